"""Ahead: what may come next in a transcript, read in one pass with what has come.

    CTC has spelt      my fend lost a mountain, and nave you
    a text so far      my friend lost                            it has come back to what CTC has spelt:
    read at once       lost a mountain, and nave you             so it may go on like that

The search stays what it is: it only finds known what it would have asked next, as long as all texts that it keeps
go on as was read (speculative decoding, Leviathan et al. 2023, arXiv 2211.17192, for a search).

Letters: W texts, n ids read ahead, V text ids.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from torch import Tensor

from thinkaloud.generate.texts import Judges
from thinkaloud.listen.prefixes import Ints, Prefixes

_NEAR = 12  # chances to spell: one id that ends so near to another, equal one is the same


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What one pass has read: W texts, a rest behind each, and opinions [W, 1 + n, V] of what follows the text and its rest."""

    rests: Sequence[Sequence[int]]
    opinions: Tensor = field(repr=False)

    def holds(self, row: int, place: int, token_id: int) -> bool:
        """Whether the text in this row was read on with this id, after `place` others."""
        return self.rests[row][place : place + 1] == [token_id]


class Spelt:
    """What CTC has spelt, as ids, in which a text may find itself again, by when its last letter was said."""

    def __init__(self, ids: Sequence[int], judges: Judges, beginnings: Prefixes, opinions: Tensor, most_nats: float) -> None:
        """What CTC says of all `beginnings` [L + 1] of the ids, the language model's opinions [L + 1, V] of what follows each.

        A rest ends where it found an id more than `most_nats` less likely than another one: there the text will not go on.
        """
        self._ids, self._judges = list(ids), judges
        self._said_at = said_at(beginnings)  # [L + 1]
        likely = opinions.max(dim=1).values.numpy() - most_nats
        doubted = [place for place, token_id in enumerate(ids) if float(opinions[place, token_id]) < likely[place]]
        self._doubted = [*doubted, len(ids)]

    def rest(self, ids: Sequence[int], at: int) -> list[int]:
        """How a text whose last letter was said `at` a chance would go on as was spelt; nothing where that cannot be told."""
        marked = self._judges.is_mark(None, ids[-1])
        last = ids[-2] if marked and len(ids) > 1 else ids[-1]
        apart = np.abs(self._said_at - at)
        same = [n for n in np.flatnonzero(apart <= _NEAR).tolist() if n and self._ids[n - 1] == last]
        place = min(same, key=lambda n: apart[n]) if same else int(apart.argmin())
        if marked and place < len(self._ids) and self._judges.is_mark(None, self._ids[place]):
            place += 1
        if not same and not self._begins_word(place):
            return []
        return self._ids[place : next(end for end in self._doubted if end >= place)]

    def _begins_word(self, place: int) -> bool:
        before, now = (self._ids[n : n + 1] for n in (place - 1, place))
        return bool(before and now) and not self._judges.tokenizer.piece(before[0], now[0])[:1].isalpha()


def said_at(texts: Prefixes) -> Ints:
    """After how many chances [N] the last letter of each text was most likely said."""
    return texts.letter.argmax(axis=1)
