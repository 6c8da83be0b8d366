"""What people say to the pocket model, in writing and without end: what its question LM learns.

    two thirds    conversations of one to three dialogues
    one third     something by itself: a turn out of its dialogue, an answer, letters, numbers, words, digits

None of it is content that was held out for testing.
"""

import random
from dataclasses import dataclass
from typing import NamedTuple

from thinkaloud.configurable import Config
from thinkaloud.data import domain
from thinkaloud.data.domain.alone import said_alone
from thinkaloud.data.pocket_plan import repeated_digits

_FEWER = (0, 0, 0, 1, 1, 2)  # how many dialogues came before, each as often
_ALONE_SHARE = 1 / 3


class Turn(NamedTuple):
    """What was said, and the answer; None: nothing comes after it."""

    said: str
    answer: str | None = None


@dataclass(frozen=True, kw_only=True)
class AskedTurns(Config):
    """Conversations of a split, of these intents (default: all), each intent as often."""

    split: str = "train"
    intents: tuple[str, ...] = ()

    def draw(self, n: int, seed: int) -> list[Turn]:
        """The n-th conversation."""
        rng = random.Random(f"{seed}/{n}")
        if rng.random() < _ALONE_SHARE:
            return [Turn(self._alone(rng))]
        return [turn for _ in range(1 + rng.choice(_FEWER)) for turn in self._dialogue(rng)]

    def _dialogue(self, rng: random.Random) -> list[Turn]:
        made = domain.draw(rng, rng.choice(self.intents or domain.intents()), self.split)
        return [Turn(turn.question, turn.answer or "") for turn in made.turns]

    def _alone(self, rng: random.Random) -> str:
        """Something that is said without a conversation around it."""
        kind = rng.choice(("turn", "answer", "alone", "digits"))
        if kind == "alone" and not self.intents:
            return said_alone(rng)
        if kind == "digits":
            return repeated_digits(rng, self.split).rstrip(".")
        turn = rng.choice(self._dialogue(rng))
        return turn.answer or turn.said if kind == "answer" else turn.said
