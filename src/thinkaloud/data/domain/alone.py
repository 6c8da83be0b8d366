"""What is said without a sentence around it: letters, numbers, clock times, dates, a few words. Nothing is answered to it."""

import functools
import random
import string

from thinkaloud.data import domain
from thinkaloud.data.domain.calendar import DAYS, MONTHS
from thinkaloud.data.domain.clock import clock
from thinkaloud.data.domain.lexicon import ORDINALS
from thinkaloud.data.domain.numbers import say

KINDS = ("letters", "number", "time", "date", "words")
_LARGEST = (100, 100, 1000, 10_000)  # small numbers are said more often


def said_alone(rng: random.Random, kind: str = "") -> str:
    """One such phrase, of a kind if that is named."""
    kind = kind or rng.choice(KINDS)
    if kind == "letters":
        return rng.choice((" ", ", ")).join(rng.choices(string.ascii_lowercase, k=rng.randint(2, 6)))
    if kind == "number":
        return say(rng.randrange(rng.choice(_LARGEST)))
    if kind == "time":
        return clock(rng.randrange(12 * 60))
    if kind == "words":
        return " ".join(rng.choices(_words(), k=rng.randint(1, 4)))
    day, month, ordinal = rng.choice(DAYS), rng.choice(MONTHS), rng.choice(ORDINALS)
    return rng.choice((day, month, f"{day} {month}", f"{month} {ordinal}", f"{day} the {ordinal} of {month}", f"the {ordinal}"))


@functools.cache
def _words() -> list[str]:
    """The words of the domain; letters are a kind of their own."""
    return [word for word in domain.words() if len(word) > 1 and word.isalpha()]
