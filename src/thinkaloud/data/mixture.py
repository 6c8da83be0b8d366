"""Mixture: which sample is drawn next, and as which task. A pure function of the sample's number, so that any step resumes.

Shares are exact, not only on average: every block of draws holds each part as often as its weight says, in random order,
and each part is drawn in shuffled epochs.
"""

import functools
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from thinkaloud.configurable import Config
from thinkaloud.data.samples import Sample, Source

_BLOCK = 240


@dataclass(frozen=True, kw_only=True)
class Part(Config):
    """One source of a mixture: any config that builds a Source, the tasks drawn for its samples, its share of the draws.

    `augment`: a config that builds a function (Audio, numpy Generator) -> Audio, applied to what is heard (`data/augment.py`).
    """

    data: Config
    tasks: dict[str, float]
    weight: float = 1.0
    augment: Config | None = None

    def __post_init__(self) -> None:
        if not self.tasks or min(self.tasks.values()) < 0 or sum(self.tasks.values()) <= 0 or self.weight < 0:
            raise ValueError(f"a part needs tasks with positive weights, got tasks {self.tasks} and weight {self.weight}")


@dataclass(frozen=True)
class Draw:
    """Sample number `place` of part `part`, as a task."""

    part: int
    place: int
    task: str


class Mixture:
    """Draws from several sources by weight."""

    def __init__(self, parts: Sequence[Part], seed: int = 0, sources: Sequence[Source] | None = None) -> None:
        if not parts:
            raise ValueError("a stage needs at least one part of data")
        self.parts = tuple(parts)
        self.sources = list(sources) if sources is not None else [part.data.build() for part in parts]  # type: ignore[attr-defined]
        self.seed = seed
        self._counts = apportion([part.weight for part in parts], _BLOCK)
        self._block = functools.lru_cache(maxsize=8)(self._shuffled_block)

    def __getstate__(self) -> dict:
        return {k: v for k, v in self.__dict__.items() if k != "_block"}

    def __setstate__(self, state: dict) -> None:
        self.__dict__.update(state)
        self._block = functools.lru_cache(maxsize=8)(self._shuffled_block)

    def draw(self, n: int) -> tuple[Draw, Sample]:
        """The sample number n and how it is to be learnt."""
        drawn = self.pick(n)
        sample = self.sources[drawn.part].draw(drawn.place, self.seed + 7919 * drawn.part)
        return (Draw(drawn.part, drawn.place, sample.task) if sample.task else drawn), sample

    def pick(self, n: int) -> Draw:
        """Which part, which sample of it, which task."""
        block, place = divmod(n, _BLOCK)
        part, within = self._block(block)[place]
        tasks = self.parts[part].tasks
        task = random.Random(f"{self.seed}/task/{n}").choices(list(tasks), list(tasks.values()))[0]
        return Draw(part, block * self._counts[part] + within, task)

    def _shuffled_block(self, block: int) -> list[tuple[int, int]]:
        order = [part for part, count in enumerate(self._counts) for _ in range(count)]
        random.Random(f"{self.seed}/block/{block}").shuffle(order)
        seen = [0] * len(self.parts)
        found = []
        for part in order:
            found.append((part, seen[part]))
            seen[part] += 1
        return found


def apportion(weights: Sequence[float], total: int) -> list[int]:
    """Whole numbers that sum to `total` and follow the weights (largest remainder); none is lost that should be drawn."""
    scale = total / sum(weights)
    counts = [max(1, math.floor(weight * scale)) if weight else 0 for weight in weights]
    by_need = sorted(range(len(weights)), key=lambda i: counts[i] - weights[i] * scale)
    for i in by_need * 2:
        if sum(counts) == total:
            break
        counts[i] += 1 if sum(counts) < total else 0
    while sum(counts) > total:
        counts[counts.index(max(counts))] -= 1
    return counts
