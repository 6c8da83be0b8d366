"""Joint: what was heard, written down by two judges: the language model, and the CTC of its listener.

The language model knows what people say and may skip or repeat what it heard; CTC knows what sounded, letter for letter, and
nothing of language. A few texts are kept, and each grows by what both together think likeliest (hybrid CTC/attention decoding,
Watanabe et al. 2017, IEEE JSTSP 11(8)):

    say a   -> say a b | say a c | say an | ...    log p(language model) + ctc_weight * log p(CTC: it begins so)
    say the -> say the b | ...                     the best `beams` of them go on; END asks CTC whether that was all

Letters: W texts kept, V text ids, C candidates of each.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from thinkaloud.backbone import Hidden
from thinkaloud.generate.loop import DecodeOptions, Stepped
from thinkaloud.generate.sampler import allowed_ids
from thinkaloud.layout.prompt import Rows
from thinkaloud.listen.characters import SYMBOLS, letter_ids
from thinkaloud.listen.prefixes import Prefixes, PrefixScorer
from thinkaloud.model import Features, SpeechLM

_CANDIDATES = 8  # ids that each text may go on with: the language model's likeliest


@dataclass(frozen=True, kw_only=True)
class _Text:
    """One text: its ids, the language model's opinion in nats, and what its letters still owe: a space or an apostrophe."""

    ids: tuple[int, ...] = ()
    log_prob: float = 0.0
    owed: str = ""
    begun: bool = False  # it has letters


@dataclass(frozen=True, kw_only=True)
class _Candidate:
    """Text number `row` with one id more, before CTC has spoken: the letters that the id adds; or with END, which adds none."""

    row: int
    text: _Text
    letters: str = ""
    ends: bool = False


class JointDecoding(Stepped):
    """A transcript in progress. Owns its texts and what CTC says of them as well.

    `log_probs` [C, V] are the chances to spell (`CharacterHead.chances`). One text without weight on CTC is the plain loop.
    """

    def __init__(
        self, model: SpeechLM, prompt: Rows, features: Features | None, log_probs: Tensor, options: DecodeOptions
    ) -> None:
        super().__init__(model, prompt, features, options.max_steps)
        self._options = options
        self._allowed = allowed_ids(model.streams[0])  # [V]
        self._scorer = PrefixScorer(log_probs)
        self._prefixes: Prefixes = self._scorer.start()
        self._going = [_Text()]
        self._best: tuple[float, tuple[int, ...]] | None = None  # of those that have ended
        self._told = 0
        self._ignored = False

    @property
    def complete(self) -> bool:
        """The best text is known: none that goes on can become likelier than one that has ended."""
        return self._ignored or not self._going

    @property
    def column(self) -> Tensor | None:
        """A column [W, K] with the last id of each text; None: the prompt."""
        if not self.steps or self.ended:
            return None
        columns = self._pads.repeat(len(self._going), 1)  # [W, K]
        columns[:, 0] = torch.tensor([text.ids[-1] for text in self._going])
        return columns

    @torch.inference_mode()
    def step(self, hidden: Hidden | None = None) -> tuple[int, ...]:
        """Runs the model once, or takes the hidden states [W, 1, D] of `column`; gives the ids that have become certain."""
        log_probs = self._opinions(self._hidden(hidden))
        self.steps += 1
        if "ignore" in (stream := self._model.streams[0]).specials and self.steps == 1:
            self._ignored = int(log_probs.argmax()) == stream.id("ignore")
        if self._ignored:
            return (stream.id("ignore"),)
        self._grow(log_probs)
        return self._certain()

    def _opinions(self, hidden: Hidden) -> Tensor:
        """The language model's log-probabilities [W, V] of what comes next."""
        logits = self._model.backbone.logits(hidden.normed[:, -1]).double().cpu()
        return logits.masked_fill(~self._allowed[: logits.shape[1]], -torch.inf).log_softmax(dim=-1)

    def _grow(self, log_probs: Tensor) -> None:
        """Every text by every candidate; the best of all go on, or end."""
        candidates = self._candidates(log_probs)  # N
        rows = torch.tensor([one.row for one in candidates])
        prefixes = self._scorer.grow(self._prefixes.chosen(rows), _symbols([one.letters for one in candidates]))
        ends = torch.tensor([one.ends for one in candidates])
        own = torch.tensor([one.text.log_prob for one in candidates], dtype=torch.double)
        scores = own + self._options.ctc_weight * torch.where(ends, prefixes.whole, prefixes.scores)  # [N]
        best = scores.argsort(descending=True, stable=True)[: self._options.beams]
        for n in best[ends[best]].tolist():
            if self._best is None or scores[n] > self._best[0]:
                self._best = (float(scores[n]), candidates[n].text.ids)
        kept = best[~ends[best] & (scores[best] > (self._best[0] if self._best is not None else -torch.inf))]
        self._going, self._prefixes = [candidates[n].text for n in kept.tolist()], prefixes.chosen(kept)
        if self._going:
            self.cache.batch_select_indices(rows[kept].to(self._model.device))

    def _candidates(self, log_probs: Tensor) -> list[_Candidate]:
        """What the language model would go on with, of log-probabilities [W, V]."""
        stream, tokenizer = self._model.streams[0], self._model.need("tokenizer")
        values, ids = log_probs.topk(min(_CANDIDATES, log_probs.shape[1]), dim=1)  # [W, C] each
        found = []
        for row, text in enumerate(self._going):
            for value, token_id in zip(values[row].tolist(), ids[row].tolist(), strict=True):
                log_prob = text.log_prob + value
                if token_id == stream.end:
                    found.append(_Candidate(row=row, text=replace(text, log_prob=log_prob), ends=True))
                elif token_id < stream.size:
                    piece = tokenizer.piece(text.ids[-1] if text.ids else None, token_id)
                    letters, owed = _spelt(piece, text.owed, text.begun)
                    begun = text.begun or bool(letters)
                    grown = _Text(ids=(*text.ids, token_id), log_prob=log_prob, owed=owed, begun=begun)
                    found.append(_Candidate(row=row, text=grown, letters=letters))
        return found

    def _certain(self) -> tuple[int, ...]:
        """The ids that all texts share which may still win, and that were not told yet; all of the winner at the end."""
        still = [text.ids for text in self._going] + ([self._best[1]] if self._best is not None else [])
        if self.ended:
            still = [self._best[1] if self._best is not None else self._going[0].ids]
        shared = next((n for n, ids in enumerate(zip(*still, strict=False)) if len(set(ids)) > 1), min(map(len, still)))
        told, self._told = self._told, max(self._told, shared)
        return still[0][told : self._told]


def _spelt(piece: str, owed: str, begun: bool) -> tuple[str, str]:
    """What CTC would spell for a piece of text, as `characters.spell` of the whole would: and what is owed to the next letter.

    A space or an apostrophe shows only between letters.
    """
    letters = ""
    for character in piece.lower().replace("’", "'"):
        if character in SYMBOLS[2:]:
            letters, owed, begun = letters + owed + character, "", True
        elif begun and character != "\ufffd":
            owed = f"{owed}'" if character == "'" and not owed.strip("'") else " "
    return letters, owed


def _symbols(texts: Sequence[str]) -> Tensor:
    """The ids [N, L] of letters, 0 behind the shorter ones."""
    ids = [torch.tensor(letter_ids(text), dtype=torch.long) for text in texts]
    return torch.nn.utils.rnn.pad_sequence(ids, batch_first=True) if ids else torch.zeros(0, 0, dtype=torch.long)
