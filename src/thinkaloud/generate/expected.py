"""Expected: what people are likely to say next, as the question LM of a model tells it beside its other judges.

    the language model    log p(text | what was heard)
    CTC                   log p(letters | what was heard)
    the question LM       log p(text | what was asked and answered before): it has heard nothing, and knows what people say

"What is the country of empty?" sounds as right as "the contrary of empty" does; nobody says it.

Letters: W texts, n ids, V text ids.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from thinkaloud.generate.ask import Exchange
from thinkaloud.layout import prompt
from thinkaloud.model import SpeechLM

_MOST_EXCHANGES = 4  # of those before
_MARKS = ".?"  # with which what people say ends in writing


class Expected:
    """The expectations of one transcript in progress. Owns its cache, which holds what `read` was given."""

    def __init__(self, model: SpeechLM, history: Sequence[Exchange] = (), weight: float = 1.0) -> None:
        """Of what is said after this history, as far as it is in writing; all that it tells is multiplied by `weight`."""
        self._lm, self._weight = model.need("question_lm"), weight
        self._cache = self._lm.new_cache()
        stream, encode = model.streams[0], model.need("tokenizer").encode
        asked = [(past.answer, ids) for past in history if (ids := encode(past.question.text))][-_MOST_EXCHANGES:]
        ids = [prompt.exchange((stream,), encode(answer), question).ids[0] for answer, question in asked]
        self._before = torch.cat([*ids, torch.tensor([stream.id("input")])])  # [n], not yet read
        self._device = model.device

    def read(self, ids: Tensor) -> Tensor:
        """Opinions [W, n, V] of what follows each of these ids [W, n]; the first time also of what comes first of all."""
        lines = torch.cat([self._before.expand(len(ids), -1), ids], dim=1)
        told = ids.shape[1] + bool(len(self._before))
        self._before = self._before[:0]
        logits = self._lm(lines.to(self._device), self._cache)[:, lines.shape[1] - told :]
        return self._weight * logits.cpu().double().log_softmax(dim=-1)

    def keep(self, rows: Sequence[int], forgotten: int = 0) -> None:
        """Goes on with these rows, of which the last so many ids are forgotten."""
        self._cache.batch_select_indices(torch.tensor(rows, device=self._device))
        if forgotten:
            self._cache.crop(-forgotten)


@torch.inference_mode()
def chance_of_end(model: SpeechLM, text: str, history: Sequence[Exchange] = ()) -> float | None:
    """How likely people are to say no more when they have said this; None for a model that has no question LM.

    Nobody says the mark at the end, so it may be any: what is asked is P(end) + P(. end) + P(? end) behind the words.
    """
    said = text.rstrip(_MARKS + " ")
    if model.question_lm is None or not said:
        return None
    stream, encode = model.streams[0], model.need("tokenizer").encode
    lines = [[*encode(said + mark), stream.end] for mark in ("", *_MARKS)]
    shared = len(lines[0]) - 1  # the words; what follows them is a mark, if any, and the end
    ids = torch.nn.utils.rnn.pad_sequence([torch.tensor(line) for line in lines], batch_first=True)  # [W, n]
    told = Expected(model, history).read(ids)  # [W, n + 1, V]
    ends = [sum(float(told[row, n, line[n]]) for n in range(shared, len(line))) for row, line in enumerate(lines)]
    return sum(math.exp(end) for end in ends)
