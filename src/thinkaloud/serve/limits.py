"""Limits: a fixed number of slots, and buckets that refill with time."""

import time
from collections.abc import Callable


class Slots:
    """A fixed number of places. `take()` never waits: there is one, or there is none."""

    def __init__(self, num_slots: int) -> None:
        self.num_slots = num_slots
        self.taken = 0

    def take(self) -> bool:
        """True if a place was free; it is now taken."""
        if self.taken >= self.num_slots:
            return False
        self.taken += 1
        return True

    def give_back(self) -> None:
        """Frees a place."""
        assert self.taken > 0, self.taken
        self.taken -= 1


class Bucket:
    """Holds `burst` tokens and refills at `per_s`. Time comes from outside, so tests need not wait."""

    def __init__(self, per_s: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_s, self.burst, self._clock = per_s, burst, clock
        self._level, self._at_s = burst, clock()

    @property
    def level(self) -> float:
        """Tokens there now."""
        now_s = self._clock()
        self._level = min(self.burst, self._level + (now_s - self._at_s) * self.per_s)
        self._at_s = now_s
        return self._level

    def take(self, num_tokens: float = 1.0) -> float:
        """0.0 if there were enough tokens, which are now gone; otherwise how many seconds to wait, and nothing is taken."""
        missing = num_tokens - self.level
        if missing > 0:
            return missing / self.per_s
        self._level -= num_tokens
        return 0.0

    @property
    def full_in_s(self) -> float:
        """Seconds until the bucket is full again."""
        return (self.burst - self.level) / self.per_s


class Buckets:
    """One bucket for each caller; full buckets are forgotten, so the table cannot grow without end."""

    def __init__(self, per_s: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_s, self._burst, self._clock = per_s, burst, clock
        self._buckets: dict[str, Bucket] = {}

    def take(self, caller: str) -> float:
        """As `Bucket.take`, for this caller."""
        if len(self._buckets) > 1_000:
            self._buckets = {name: bucket for name, bucket in self._buckets.items() if bucket.full_in_s > 0}
        if caller not in self._buckets:
            self._buckets[caller] = Bucket(self._per_s, self._burst, self._clock)
        return self._buckets[caller].take()
