"""TurnPolicy: when to speak, when to stop, when to keep listening. A pure function of what has been heard and said.

Time is counted in samples of the listener's rate, never read from a clock: a scenario is a list of moments.
"""

import enum
from dataclasses import dataclass
from typing import Protocol


class Action(enum.StrEnum):
    """What the session should do now."""

    WAIT = "wait"
    PREPARE = "prepare"  # the user's turn may be over: an answer may be thought of, but not told yet
    REPLY = "reply"  # the user's turn has ended: answer it
    STOP = "stop"  # the user interrupts: stop speaking, go on listening
    IGNORE = "ignore"  # what was heard was not speech for us: forget it


@dataclass(frozen=True, kw_only=True)
class Moment:
    """What is known when one VAD frame of the user's audio has been heard. All counts in samples since the session began."""

    now_samples: int  # end of this frame
    speech_probability: float  # of this frame, 0..1
    speaking: bool  # an answer is under way or still being heard (audio sent and not yet played counts)
    speaking_since_samples: int | None = None  # when its playback began; None: nothing of it can be heard yet
    whole: float | None = None  # how likely what was said up to this pause is all that is to be said, where that is known
    state_tag: str | None = None  # what the model itself said of the user's audio (VITA), if it did


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One turn of the user, in samples since the session began."""

    start_samples: int  # where its audio begins, some padding before the first speech included
    end_samples: int | None = None  # where its last speech ended; None while the user speaks


class TurnPolicy(Protocol):
    """One conversation's policy. It may remember earlier moments; the same moments always give the same actions."""

    @property
    def turn(self) -> Turn | None:
        """The user's turn now under way or, between turns, the last one; None before the first."""
        ...

    def observe(self, now: Moment) -> Action:
        """What to do after this moment. Moments come in order."""
        ...

    def forget(self) -> None:
        """Ends the user's turn without an action: its audio was taken (manual commit) or dropped (clear)."""
        ...
