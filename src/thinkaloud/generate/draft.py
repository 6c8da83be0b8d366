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

import numpy as np
import torch
from torch import Tensor

from thinkaloud.generate.ahead import Reading, Spelt
from thinkaloud.generate.texts import Judges, Text
from thinkaloud.listen.prefixes import Prefixes

MOST_PASSES = 3  # marks that would change once more are left to the search


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a draft was good for: the text as far as it is sure, what CTC says of it, and the rest as it was read behind it.

    `score`: of the whole draft, if that is proven to be the text. Else `spelt`: the whole, to look up what may come next.
    """

    text: Text
    prefixes: Prefixes
    reading: Reading
    spelt: Spelt | None = None
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
            if [token_id] != own and self._judges.is_mark(before, token_id):
                ids.append(token_id)
                own = [one for one in own if not self._judges.is_mark(before, one)]
            ids += own
        return ids

    def _verdict(self) -> Verdict:
        """How far the draft is sure, and whether it is proven."""
        judges, end = self._judges, self._judges.stream.end
        texts, prefixes = judges.beginnings(self.ids, self._opinions)  # L + 1
        scores = np.array([text.log_prob for text in texts]) + judges.ctc_weight * prefixes.scores  # [L + 1]
        whole = judges.whole(texts, prefixes, self._opinions)
        candidates = judges.candidates(texts, self._opinions, prefixes)
        stays = candidates.ids == np.array([*self.ids, end])[candidates.rows]
        lost = set(range(len(texts))) - set(candidates.rows[stays].tolist())
        dropped = np.append(scores[1:], whole) - self._prune_nats  # [L + 1] below it the search drops who leaves there
        beaten = np.inf if lost else whole  # nobody needs to be beaten by a draft that the search cannot come to
        hopeful = ~stays & (candidates.hopes >= np.minimum(dropped, beaten)[candidates.rows])
        rivals = judges.scored(texts, candidates.chosen(hopeful), prefixes)
        sure = min([*lost, *rivals.rows[rivals.scores >= dropped[rivals.rows]].tolist(), len(self.ids)])
        proven = not lost and bool((rivals.scores < whole).all())
        return Verdict(
            text=texts[sure],
            prefixes=prefixes.chosen(np.array([sure])),
            reading=Reading(rests=[self.ids[sure:]], opinions=self._opinions[None, sure:]),
            spelt=None if proven else Spelt(self.ids, judges, prefixes, self._opinions, self._prune_nats),
            score=whole if proven else None,
        )
