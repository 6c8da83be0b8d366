"""Search: the few texts that are kept while something is written down, and the best one that has ended.

    say a   -> say a b | say a c | say an | ...    log p(language model) + ctc_weight * log p(CTC: it begins so)
    say the -> say the b | ...                     the best `beams` of them go on that are not far behind the very best;
                                                   END asks CTC whether that was all

It runs no model: whoever owns it asks the language model about `going` and tells it the opinions.

Letters: W texts, V text ids.
"""

import numpy as np
from torch import Tensor

from thinkaloud.generate.texts import Judges, Text
from thinkaloud.listen.prefixes import Prefixes


class Search:
    """The texts of one transcript in progress, and what CTC says of them."""

    def __init__(self, judges: Judges, beams: int, prune_nats: float) -> None:
        self._judges, self._beams, self._prune_nats = judges, beams, prune_nats
        self.going = [Text()]  # W, the best first
        self.prefixes: Prefixes = judges.start()
        self._best: tuple[float, tuple[int, ...]] | None = None  # of those that have ended
        self._told = 0

    @property
    def complete(self) -> bool:
        """The best text is known: none that goes on can become likelier than one that has ended."""
        return not self.going

    def go_to(self, text: Text, prefixes: Prefixes) -> None:
        """Goes on from this text alone, of which CTC says `prefixes`."""
        self.going, self.prefixes = [text], prefixes

    def end_with(self, ids: list[int], score: float) -> None:
        """This is the text."""
        self.going, self._best = [], (score, tuple(ids))

    def grow(self, opinions: Tensor) -> list[int]:
        """Every text by every candidate, of opinions [W, V]; the best of all go on, or end. Which text each of those was."""
        best = self._judges.best(self.going, opinions, self.prefixes, self._beams, self._prune_nats)
        for n in np.flatnonzero(best.ends):
            if self._best is None or best.scores[n] > self._best[0]:
                self._best = (float(best.scores[n]), best.texts[n].ids)
        least = self._best[0] if self._best is not None else -np.inf
        kept = best.chosen(np.flatnonzero(~best.ends & (best.scores > least)))
        self.going, self.prefixes = kept.texts, kept.prefixes
        return kept.rows.tolist()

    def certain(self, ended: bool) -> tuple[int, ...]:
        """The ids that all texts share which may still win, and that were not told yet; all of the winner once it has ended."""
        still = [text.ids for text in self.going] + ([self._best[1]] if self._best is not None else [])
        if ended:
            still = [self._best[1] if self._best is not None else self.going[0].ids]
        shared = next((n for n, ids in enumerate(zip(*still, strict=False)) if len(set(ids)) > 1), min(map(len, still)))
        told, self._told = self._told, max(self._told, shared)
        return still[0][told : self._told]
