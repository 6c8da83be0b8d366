"""Joint: what was heard, written down by two judges: the language model, and the CTC of its listener.

The language model knows what people say and may skip or repeat what it heard; CTC knows what sounded, letter for letter, and
nothing of language. A few texts are kept, and each grows by what both together think likeliest (hybrid CTC/attention decoding,
Watanabe et al. 2017, IEEE JSTSP 11(8)):

    say a   -> say a b | say a c | say an | ...    log p(language model) + ctc_weight * log p(CTC: it begins so)
    say the -> say the b | ...                     the best `beams` of them go on that are not far behind the very best;
                                                   END asks CTC whether that was all

Mostly the result is known sooner: what CTC alone has spelt is read first (`draft.py`), and the search begins where that is not
sure to be what it would find.

Letters: W texts kept, V text ids.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from thinkaloud.backbone import Hidden
from thinkaloud.generate.draft import MOST_PASSES, Draft, Verdict
from thinkaloud.generate.loop import DecodeOptions, Stepped
from thinkaloud.generate.sampler import allowed_ids
from thinkaloud.generate.texts import Judges, Text
from thinkaloud.layout.prompt import Rows
from thinkaloud.listen.prefixes import Prefixes
from thinkaloud.model import Features, SpeechLM
from thinkaloud.past import is_whole


class JointDecoding(Stepped):
    """A transcript in progress. Owns its texts and what CTC says of them as well.

    `log_probs` [C, V] are the chances to spell (`CharacterHead.chances`). One text without weight on CTC is the plain loop.
    """

    def __init__(
        self, model: SpeechLM, prompt: Rows, features: Features | None, log_probs: Tensor, options: DecodeOptions
    ) -> None:
        super().__init__(model, prompt, features, options.max_steps)
        self._beams, self._prune_nats = options.beams, options.prune_nats
        self._allowed = allowed_ids(model.streams[0])  # [V]
        self._judges = Judges(model.need("tokenizer"), model.streams[0], log_probs, options.ctc_weight)
        self._prefixes: Prefixes = self._judges.start()
        self._going = [Text()]
        self._best: tuple[float, tuple[int, ...]] | None = None  # of those that have ended
        self._told = 0
        self._ignored = False
        self._draft: Draft | None = Draft(self._judges, options.prune_nats) if options.draft and is_whole(self.cache) else None
        if self._draft is not None and 2 * len(self._draft.ids) + MOST_PASSES >= self._max_steps:
            self._draft = None  # it could grow out of the room that there is

    @property
    def complete(self) -> bool:
        """The best text is known: none that goes on can become likelier than one that has ended."""
        return self._ignored or not self._going

    @property
    def column(self) -> Tensor | None:
        """A column [W, K] with the last id of each text; None: the prompt, or what a draft adds to it."""
        if not self.steps or self.ended or self._draft is not None:
            return None
        return self._columns([text.ids[-1] for text in self._going])

    def _columns(self, ids: Sequence[int]) -> Tensor:
        """Columns [n, K] with these ids in the row of text."""
        columns = self._pads.repeat(len(ids), 1)  # [n, K]
        columns[:, 0] = torch.tensor(ids, dtype=torch.long)
        return columns

    @torch.inference_mode()
    def step(self, hidden: Hidden | None = None) -> tuple[int, ...]:
        """Runs the model once, or takes the hidden states [W, 1, D] of `column`; gives the ids that have become certain."""
        draft, stream = self._draft, self._model.streams[0]
        log_probs = self._read(draft) if draft is not None else self._opinions(self._hidden(hidden))
        self.steps += 1
        if self.steps == 1 and "ignore" in stream.specials:
            self._ignored = int(log_probs[0].argmax()) == stream.id("ignore")
        if self._ignored:
            return (stream.id("ignore"),)
        if draft is None:
            self._grow(log_probs)
        elif (verdict := draft.read(log_probs)) is not None:
            self._settle(draft, verdict)
        return self._certain()

    def _read(self, draft: Draft) -> Tensor:
        """Opinions [n, V] of what follows each id that the draft wants read; the first pass reads the prompt as well."""
        embeds = self._model.embed(self._columns(draft.unread).T[None].to(self._model.device))  # [1, n, D]
        if self.steps:
            self._forget(draft.num_agreed)
        else:
            embeds = torch.cat([self._prompt_embeds(), embeds], dim=1)  # [1, S + n, D]
        hidden = self._model.backbone(embeds, self.cache)
        new = len(draft.unread) + (not self.steps)
        return self._opinions(Hidden(*(states[0, -new:, None] for states in hidden)))

    def _forget(self, num_agreed: int) -> None:
        """Of what was read of a draft, the model remembers the prompt and so many ids."""
        self.cache.crop(self._prompt.num_steps + num_agreed - self.cache.get_seq_length())

    def _settle(self, draft: Draft, verdict: Verdict) -> None:
        """The draft is what the search would find, or the search goes on where it is not sure, as if it had come there."""
        self._draft = None
        if verdict.score is not None:
            self._going, self._best = [], (verdict.score, tuple(draft.ids))
            return
        num_sure = len(verdict.text.ids)
        self._forget(num_sure)
        self._max_steps += self.steps - 1 - num_sure
        self._going, self._prefixes = [verdict.text], verdict.prefixes
        self._grow(verdict.opinions)

    def _opinions(self, hidden: Hidden) -> Tensor:
        """The language model's log-probabilities [W, V] of what comes next."""
        logits = self._model.backbone.logits(hidden.normed[:, -1]).double().cpu()
        return logits.masked_fill(~self._allowed[: logits.shape[1]], -torch.inf).log_softmax(dim=-1)

    def _grow(self, log_probs: Tensor) -> None:
        """Every text by every candidate; the best of all go on, or end."""
        candidates = self._judges.candidates(self._going, log_probs)  # N
        rows, ends = (torch.tensor([getattr(one, name) for one in candidates]) for name in ("row", "ends"))
        prefixes, scores = self._judges.scored(candidates, self._prefixes)
        best = scores.argsort(descending=True, stable=True)[: self._beams]
        best = best[scores[best] >= scores[best[0]] - self._prune_nats]
        for n in best[ends[best]].tolist():
            if self._best is None or scores[n] > self._best[0]:
                self._best = (float(scores[n]), candidates[n].text.ids)
        kept = best[~ends[best] & (scores[best] > (self._best[0] if self._best is not None else -torch.inf))]
        self._going, self._prefixes = [candidates[n].text for n in kept.tolist()], prefixes.chosen(kept)
        if self._going:
            self.cache.batch_select_indices(rows[kept].to(self._model.device))

    def _certain(self) -> tuple[int, ...]:
        """The ids that all texts share which may still win, and that were not told yet; all of the winner at the end."""
        still = [text.ids for text in self._going] + ([self._best[1]] if self._best is not None else [])
        if self.ended:
            still = [self._best[1] if self._best is not None else self._going[0].ids]
        shared = next((n for n, ids in enumerate(zip(*still, strict=False)) if len(set(ids)) > 1), min(map(len, still)))
        told, self._told = self._told, max(self._told, shared)
        return still[0][told : self._told]
