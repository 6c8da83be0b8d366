"""Prefixes: how likely CTC finds that speech begins with a text, for many texts at once, each grown letter by letter.

Letters: N texts, C chances to spell (see `characters.py`), V symbols (0 is the blank), L symbols that a text grows by.

    "ca"   all ways to have spelt exactly "ca" after t chances, the last of them a letter or a blank
    "cat"  the same, made from those of "ca"; its score: all speech that begins with "cat", whatever comes after

The recursion is that of hybrid CTC/attention decoding (Watanabe et al. 2017, IEEE JSTSP 11(8), algorithm 2); what its loop over
time adds up, runs of one symbol, are differences of cumulated sums here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor

from thinkaloud.listen.characters import BLANK

_NEVER = -1e30


@dataclass(frozen=True, kw_only=True)
class Prefixes:
    """N texts: `letter` and `blank` [N, C + 1] after 0..C chances, the symbol they end with [N], and `scores` [N] in nats."""

    letter: Tensor = field(repr=False)
    blank: Tensor = field(repr=False)
    last: Tensor
    scores: Tensor

    @property
    def whole(self) -> Tensor:
        """Log-probability [N] that the text is all that was said."""
        return torch.logaddexp(self.letter[:, -1], self.blank[:, -1])

    def chosen(self, index: Tensor) -> "Prefixes":
        """Those of an index [M]."""
        return Prefixes(**{name: value[index] for name, value in vars(self).items()})

    @staticmethod
    def joined(texts: "Sequence[Prefixes]") -> "Prefixes":
        """All of them, as one."""
        return Prefixes(**{name: torch.cat([getattr(text, name) for text in texts]) for name in vars(texts[0])})


class PrefixScorer:
    """What one stretch of speech says about texts: `start()`, then `grow` as often as wanted."""

    def __init__(self, log_probs: Tensor) -> None:
        """`log_probs` [C, V] of the chances to spell; those that never spell are left out by the caller."""
        rows = log_probs.double().cpu().T  # [V, C]
        self._now = rows
        self._runs = F.pad(rows.cumsum(dim=1), (1, 0))  # [V, C + 1] of saying a symbol all the time until t

    def start(self) -> Prefixes:
        """The empty text."""
        blank = self._runs[BLANK][None]
        never = torch.full_like(blank, _NEVER)
        return Prefixes(letter=never, blank=blank, last=torch.tensor([BLANK]), scores=torch.zeros(1, dtype=torch.double))

    def grow(self, texts: Prefixes, symbols: Tensor) -> Prefixes:
        """Each text with its symbols [N, L] behind it; rows that grow by fewer end with 0."""
        for column in symbols.T:
            grown, more = self._next(texts, column), (column != BLANK)  # [N]
            texts = Prefixes(
                letter=torch.where(more[:, None], grown.letter, texts.letter),
                blank=torch.where(more[:, None], grown.blank, texts.blank),
                last=torch.where(more, grown.last, texts.last),
                scores=torch.where(more, grown.scores, texts.scores),
            )
        return texts

    def _next(self, texts: Prefixes, symbols: Tensor) -> Prefixes:
        """With one symbol more [N]. A letter twice wants a blank between, or the two would be one."""
        again = (symbols == texts.last)[:, None]
        before = torch.logaddexp(texts.blank, texts.letter.masked_fill(again, _NEVER))  # [N, C + 1]
        letter = _run(before, self._runs[symbols])
        blank = _run(letter, self._runs[BLANK].expand_as(letter))
        scores = torch.logsumexp(before[:, :-1] + self._now[symbols], dim=1)
        return Prefixes(letter=letter, blank=blank, last=symbols, scores=scores)


def _run(before: Tensor, runs: Tensor) -> Tensor:
    """After t chances, all of `before` [N, C + 1] that then said one symbol from some chance on until t, at least once."""
    reached = runs[:, 1:] + torch.logcumsumexp(before[:, :-1] - runs[:, :-1], dim=1)  # [N, C]
    return F.pad(reached, (1, 0), value=_NEVER)
