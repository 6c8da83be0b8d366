"""Joint: what was heard, written down by two judges: the language model, and the CTC of its listener.

The language model knows what people say and may skip or repeat what it heard; CTC knows what sounded, letter for letter, and
nothing of language. A few texts are kept, and each grows by what both together think likeliest (hybrid CTC/attention decoding,
Watanabe et al. 2017, IEEE JSTSP 11(8)): `search.py`. Here the model is run for it, as seldom as may be:

    CTC alone has spelt     my fend lost a mountain, and nave you     read first, in one pass (`draft.py`): that is the text,
    ... and is sure of      my                                        or the search begins where it is not sure to find that
    the search              my fr| my gr|                             a pass for each id, as long as it must feel its way,
    ... has come back       my friend| lost a mountain, and|          and one for many where CTC may be right (`ahead.py`)

The text is that of the search alone, which would run the model for each id of it.

Letters: W texts kept, V text ids, n ids read ahead.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from thinkaloud.backbone import Hidden
from thinkaloud.generate.ahead import Reading, Spelt, said_at
from thinkaloud.generate.ask import Exchange
from thinkaloud.generate.draft import MOST_PASSES, Draft, Verdict
from thinkaloud.generate.expected import Expected
from thinkaloud.generate.loop import DecodeOptions, Stepped
from thinkaloud.generate.sampler import allowed_ids
from thinkaloud.generate.search import Search
from thinkaloud.generate.texts import Judges
from thinkaloud.layout.prompt import Rows
from thinkaloud.listen.characters import likeliest
from thinkaloud.model import Features, SpeechLM
from thinkaloud.past import is_whole


def chances_to_spell(model: SpeechLM, heard: Tensor) -> Tensor:
    """Log-probabilities [C, V] of what CTC may spell of features [T, D]; the model has a listener that can."""
    assert model.ctc is not None, model.config.name
    with torch.inference_mode():
        return model.ctc.chances(heard.to(model.device).float())


def spelt_alone(model: SpeechLM, heard: Tensor) -> str:
    """What CTC alone makes of features [T, D]; the model has a listener that can spell."""
    return likeliest(chances_to_spell(model, heard))


class JointDecoding(Stepped):
    """A transcript in progress. Owns its search as well.

    `log_probs` [C, V] are the chances to spell (`chances_to_spell`). One text without weight on CTC is the plain loop. A model
    that has a question LM asks it as well: what is said after this `history`.
    """

    def __init__(
        self,
        model: SpeechLM,
        prompt: Rows,
        features: Features | None,
        log_probs: Tensor,
        options: DecodeOptions,
        history: Sequence[Exchange] = (),
    ) -> None:
        super().__init__(model, prompt, features, options.max_steps)
        expects = model.question_lm is not None and options.lm_weight > 0
        self._expected = Expected(model, history, options.lm_weight) if expects else None
        self._allowed = allowed_ids(model.streams[0])  # [V]
        self._judges = Judges(model.need("tokenizer"), model.streams[0], log_probs, options.ctc_weight)
        self._search = Search(self._judges, options.beams, options.prune_nats)
        self._rests: list[list[int]] = [[]]  # what is read with the last id of each text, beyond it
        self._spelt: Spelt | None = None  # by CTC, once the draft is settled
        self.ignored = False  # what was heard is not for the model
        drafts = options.draft and is_whole(self.cache)
        self._draft: Draft | None = Draft(self._judges, options.prune_nats) if drafts else None
        if self._draft is not None and 2 * len(self._draft.ids) + MOST_PASSES >= self._max_steps:
            self._draft = None  # it could grow out of the room that there is

    @property
    def complete(self) -> bool:
        """The text is known."""
        return self.ignored or self._search.complete

    @property
    def column(self) -> Tensor | None:
        """A column [W, K] with the last id of each text; None: the prompt, a draft, or more than a column."""
        if not self.steps or self.ended or self._draft is not None or any(self._rests):
            return None
        return self._columns(self._unread())[:, :, 0]

    def _unread(self) -> Tensor:
        """The ids [W, n] that the next pass reads: of the draft, or each text's last and its rest, shorter ones filled up."""
        if self._draft is not None:
            return torch.tensor([self._draft.unread], dtype=torch.long)
        if not self.steps:
            return torch.zeros(1, 0, dtype=torch.long)
        lines = [torch.tensor([text.ids[-1], *rest]) for text, rest in zip(self._search.going, self._rests, strict=True)]
        return torch.nn.utils.rnn.pad_sequence(lines, batch_first=True, padding_value=0)

    def _columns(self, ids: Tensor) -> Tensor:
        """Columns [W, K, n] with these ids [W, n] in the row of text."""
        columns = self._pads[None, :, None].repeat(ids.shape[0], 1, ids.shape[1])  # [W, K, n]
        columns[:, 0] = ids
        return columns

    @torch.inference_mode()
    def step(self, hidden: Hidden | None = None) -> tuple[int, ...]:
        """Runs the model once, or takes the hidden states [W, 1, D] of `column`; gives the ids that have become certain."""
        assert not self.ended, "nothing is left to say"
        draft, stream = self._draft, self._model.streams[0]
        if draft is not None and self.steps:
            self._forget(draft.num_agreed)
        ids = self._unread()  # [W, n]
        opinions = self._read(ids, hidden)  # [W, n, V], one more where the prompt is read
        self.steps += 1
        if self.steps == 1 and "ignore" in stream.specials:
            self.ignored = int(opinions[0, 0].argmax()) == stream.id("ignore")
        if self.ignored:
            return (stream.id("ignore"),)
        opinions = self._with_expected(opinions, ids)
        if draft is None:
            self._go_on(Reading(rests=self._rests, opinions=opinions))
        elif (verdict := draft.read(opinions[0])) is not None:
            self._settle(draft, verdict)
        return self._search.certain(self.ended)

    @torch.inference_mode()
    def score(self, ids: Sequence[int]) -> float:
        """What both judges give this text as all that was said, in nats: one pass, in place of the search."""
        assert not self.steps, "the search has begun"
        line = torch.tensor([list(ids)], dtype=torch.long)
        opinions = self._with_expected(self._read(line), line)[0]
        return self._judges.whole(*self._judges.beginnings(ids, opinions), opinions)

    def _read(self, ids: Tensor, hidden: Hidden | None = None) -> Tensor:
        """Opinions [W, n, V] of what follows each of these ids [W, n]; the first pass reads the prompt before them as well."""
        new = ids.shape[1] + (not self.steps)
        states = hidden or self._states(ids)
        return self._opinions(states.normed[:, -new:])

    def _states(self, ids: Tensor) -> Hidden:
        """Hidden states [W, n, D] of ids [W, n], the prompt's before them the first time."""
        embeds = self._model.embed(self._columns(ids).to(self._model.device))
        if not self.steps:
            embeds = torch.cat([self._prompt_embeds(), embeds], dim=1)  # [1, S + n, D]
        return self._model.backbone(embeds, self.cache)

    def _with_expected(self, opinions: Tensor, ids: Tensor) -> Tensor:
        """These opinions [W, n, V] of what follows the ids, and beside them what people say."""
        return opinions if self._expected is None else opinions + self._expected.read(ids)

    def _forget(self, num_agreed: int) -> None:
        """Of what was read of a draft, the model remembers the prompt and so many ids."""
        if more := self.cache.get_seq_length() - self._prompt.num_steps - num_agreed:
            self._keep([0], more)

    def _keep(self, rows: Sequence[int], forgotten: int) -> None:
        """All that was read of these rows, but for so many ids at its end."""
        self.cache.batch_select_indices(torch.tensor(rows, device=self._model.device))
        if forgotten:
            self.cache.crop(-forgotten)
        if self._expected is not None:
            self._expected.keep(rows, forgotten)

    def _settle(self, draft: Draft, verdict: Verdict) -> None:
        """The draft is what the search would find, or the search goes on where it is not sure, as if it had come there."""
        self._draft, self._spelt = None, verdict.spelt
        if verdict.score is not None:
            self._search.end_with(draft.ids, verdict.score)
            return
        self._max_steps += self.steps - 1 - len(verdict.text.ids)
        self._search.go_to(verdict.text, verdict.prefixes)
        self._go_on(verdict.reading)

    def _go_on(self, reading: Reading) -> None:
        """The search, as many steps as what was read is enough for; then what is to be read next."""
        rows, place = list(range(len(reading.rests))), 0
        while True:
            rows = [rows[parent] for parent in self._search.grow(reading.opinions[rows, place])]
            known = [reading.holds(row, place, text.ids[-1]) for row, text in zip(rows, self._search.going, strict=True)]
            if self.ended or not all(known):
                break
            place, self._max_steps = place + 1, self._max_steps - 1  # an id more than there are passes
        if self.complete:
            return
        self._keep(rows, reading.opinions.shape[1] - 1 - place)
        self._rests = self._to_come()

    def _to_come(self) -> list[list[int]]:
        """How the texts may go on, if that is known of all of them, and what is read of it can be forgotten again."""
        going = self._search.going
        if self._spelt is None or not hasattr(self.cache, "crop"):
            return [[] for _ in going]
        room, at = self._max_steps - self.steps - 1, said_at(self._search.prefixes).tolist()
        rests = [self._spelt.rest(text.ids, when)[:room] for text, when in zip(going, at, strict=True)]
        return rests if all(rests) else [[] for _ in going]

    def _opinions(self, normed: Tensor) -> Tensor:
        """The language model's log-probabilities [W, n, V] of what follows hidden states [W, n, D]."""
        logits = self._model.backbone.logits(normed.flatten(0, 1)).cpu().double()  # [W * n, V]
        opinions = logits.masked_fill(~self._allowed[: logits.shape[1]], -torch.inf).log_softmax(dim=-1)
        return opinions.unflatten(0, normed.shape[:2])
