"""Draft: what CTC alone has spelt, read by the language model in one pass instead of a step for each word.

    CTC has spelt       i know octover but which month is next
    read, marks put in  i know octover, but which month is next?    nobody hears marks: the language model knows their places
    read again          i know|                                     sure as far as this; the search of `joint.py` goes on here

It is not another way to write down, only a sooner one. Every id more costs a text some of its score, so one that leaves the
draft at some place scores at most what it does there:

    sure      at each place so far, whoever leaves is more than `prune_nats` behind: the search would have dropped it
    proven    nowhere can one that leaves come up with the whole draft: it is ahead at every step, the search would find it

(Speculative decoding, Leviathan et al. 2023, arXiv 2211.17192, for a search with two judges.)

Letters: n ids read in a pass, L ids of the draft, V text ids.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from thinkaloud.generate.texts import Judges, Text
from thinkaloud.listen.characters import SYMBOLS
from thinkaloud.listen.prefixes import Prefixes

MOST_PASSES = 3  # marks that would change once more are left to the search


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a draft was good for: the text as far as it is sure, what CTC says of it, what would follow it [1, V].

    `score`: of the whole draft, if that is proven to be the text.
    """

    text: Text
    prefixes: Prefixes
    opinions: Tensor
    score: float | None = None


class Draft:
    """A text in question. Owned by one decoding, which runs the model on `unread` and tells `read` what came of it."""

    def __init__(self, judges: Judges, prune_nats: float) -> None:
        self._judges, self._prune_nats = judges, prune_nats
        self.ids = judges.tokenizer.encode(judges.spelt)
        self.num_agreed = 0  # ids whose opinions still hold
        self._opinions = torch.zeros(0, 0)  # [L + 1, V] log-probabilities of what follows each beginning, the empty one first
        self._passes = 0

    @property
    def unread(self) -> list[int]:
        """The ids that the next pass reads; the first one reads the prompt before them."""
        return self.ids[self.num_agreed :]

    def read(self, opinions: Tensor) -> Verdict | None:
        """Hears the opinions [n, V] of the last pass. None: marks were put in, what follows is to be read again."""
        kept = self._opinions[: self.num_agreed + 1] if self._passes else opinions[:0]
        self._opinions = torch.cat([kept, opinions])  # [L + 1, V]
        self._passes += 1
        marked = self._marked()
        if marked == self.ids or self._passes == MOST_PASSES:
            return self._verdict()
        self.num_agreed = next(n for n, (a, b) in enumerate(zip([*self.ids, None], marked, strict=False)) if a != b)
        self.ids = marked
        return None

    def _marked(self) -> list[int]:
        """The draft with the marks that the language model finds likeliest of all, each at its place."""
        ids: list[int] = []
        for place, token_id in enumerate(self._opinions.argmax(dim=1).tolist()):
            before, own = (self.ids[place - 1] if place else None), self.ids[place : place + 1]
            if [token_id] != own and self._is_mark(before, token_id):
                ids.append(token_id)
                own = [one for one in own if not self._is_mark(before, one)]
            ids += own
        return ids

    def _is_mark(self, before: int | None, token_id: int) -> bool:
        """An id of the text that adds something, but nothing that CTC could spell, behind another one."""
        if token_id >= self._judges.stream.size:
            return False
        added = self._judges.tokenizer.piece(before, token_id).strip().lower()
        return bool(added) and not set(added) & set(SYMBOLS)

    def _verdict(self) -> Verdict:
        """How far the draft is sure, and whether it is proven."""
        end = self._judges.stream.end
        texts, prefixes = self._judges.beginnings(self.ids, self._opinions)  # L + 1
        heard = self._judges.ctc_weight * prefixes.scores  # [L + 1]
        whole = texts[-1].log_prob + float(self._opinions[-1, end] + self._judges.ctc_weight * prefixes.whole[-1])
        scores = [*(text.log_prob + nats for text, nats in zip(texts, heard.tolist(), strict=True)), whole]  # [L + 2]
        candidates = self._judges.candidates(texts, self._opinions)
        path = [*self.ids, end]
        leaving = [one for one in candidates if one.last != path[one.row]]
        lost = set(range(len(path))) - {one.row for one in candidates if one.last == path[one.row]}
        dropped = [score - self._prune_nats for score in scores[1:]]  # [L + 1] below it the search drops who leaves there
        beaten = torch.inf if lost else whole  # nobody needs to be beaten by a draft that the search cannot come to
        hopeful = [one for one in leaving if one.text.log_prob + float(heard[one.row]) >= min(dropped[one.row], beaten)]
        found = self._judges.scored(hopeful, prefixes)[1].tolist()
        rivals = [(one.row, score) for one, score in zip(hopeful, found, strict=True)]
        sure = min([*lost, *(row for row, score in rivals if score >= dropped[row]), len(self.ids)])
        proven = not lost and all(score < whole for _, score in rivals)
        return Verdict(
            text=texts[sure],
            prefixes=prefixes.chosen(torch.tensor([sure])),
            opinions=self._opinions[[sure]],
            score=whole if proven else None,
        )
