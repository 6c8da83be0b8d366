"""Prefixes: how likely CTC finds that speech begins with a text, for many texts at once, each grown letter by letter.

Letters: N texts, C chances to spell (see `characters.py`), V symbols (0 is the blank), L symbols that a text grows by.

    "ca"   all ways to have spelt exactly "ca" after t chances, the last of them a letter or a blank
    "cat"  the same, made from those of "ca"; its score: all speech that begins with "cat", whatever comes after

The recursion is that of hybrid CTC/attention decoding (Watanabe et al. 2017, IEEE JSTSP 11(8), algorithm 2); what its loop over
time adds up, runs of one symbol, are differences of cumulated sums here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from thinkaloud.listen.characters import BLANK

_NEVER = -1e30

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Prefixes:
    """N texts: `letter` and `blank` [N, C + 1] after 0..C chances, the symbol they end with [N], and `scores` [N] in nats."""

    letter: Floats = field(repr=False)
    blank: Floats = field(repr=False)
    last: Ints
    scores: Floats

    @property
    def whole(self) -> Floats:
        """Log-probability [N] that the text is all that was said."""
        return np.logaddexp(self.letter[:, -1], self.blank[:, -1])

    def chosen(self, index: Ints | NDArray[np.bool_]) -> "Prefixes":
        """Those of an index [M], or of a mask [N]."""
        return Prefixes(**{name: value[index] for name, value in vars(self).items()})

    def replaced(self, mask: NDArray[np.bool_], others: "Prefixes") -> "Prefixes":
        """With others in the places of a mask [N]."""
        values = {name: value.copy() for name, value in vars(self).items()}
        for name, value in values.items():
            value[mask] = getattr(others, name)
        return Prefixes(**values)

    @staticmethod
    def joined(texts: "Sequence[Prefixes]") -> "Prefixes":
        """All of them, as one."""
        return Prefixes(**{name: np.concatenate([getattr(text, name) for text in texts]) for name in vars(texts[0])})


class PrefixScorer:
    """What one stretch of speech says about texts: `start()`, then `grow` as often as wanted."""

    def __init__(self, log_probs: Tensor) -> None:
        """`log_probs` [C, V] of the chances to spell; those that never spell are left out by the caller."""
        self._now: Floats = np.ascontiguousarray(log_probs.cpu().double().numpy().T)  # [V, C]
        self._runs: Floats = np.pad(self._now.cumsum(axis=1), ((0, 0), (1, 0)))  # [V, C + 1] of saying a symbol until t

    def start(self) -> Prefixes:
        """The empty text."""
        blank = self._runs[[BLANK]]
        return Prefixes(letter=np.full_like(blank, _NEVER), blank=blank, last=np.array([BLANK]), scores=np.zeros(1))

    def grow(self, texts: Prefixes, symbols: Ints) -> Prefixes:
        """Each text with its symbols [N, L] behind it; rows that grow by fewer end with 0."""
        for column in symbols.T:
            more = column != BLANK  # [N]
            texts = (
                self._next(texts, column) if more.all() else texts.replaced(more, self._next(texts.chosen(more), column[more]))
            )
        return texts

    def _next(self, texts: Prefixes, symbols: Ints) -> Prefixes:
        """With one symbol more [N]. A letter twice wants a blank between, or the two would be one."""
        before = np.logaddexp(texts.blank, texts.letter)  # [N, C + 1]
        again = symbols == texts.last
        before[again] = texts.blank[again]
        letter = _run(before, self._runs[symbols])
        blank = _run(letter, self._runs[[BLANK]])
        return Prefixes(letter=letter, blank=blank, last=symbols, scores=_summed(before[:, :-1] + self._now[symbols]))


def _run(before: Floats, runs: Floats) -> Floats:
    """After t chances, all of `before` [N, C + 1] that then said one symbol from some chance on until t, at least once."""
    reached = np.full_like(before, _NEVER)  # [N, C + 1]
    reached[:, 1:] = runs[:, 1:] + np.logaddexp.accumulate(before[:, :-1] - runs[:, :-1], axis=1)
    return reached


def _summed(log_probs: Floats) -> Floats:
    """The logarithm [N] of what these [N, C] are in all."""
    most = log_probs.max(axis=1)
    return most + np.log(np.exp(log_probs - most[:, None]).sum(axis=1))
