"""Events: what a conversation tells, one frozen value at a time. Audio is float32 samples; counts are in samples and steps."""

from dataclasses import dataclass, field

from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class Event:
    """Base of all events. `turn` numbers the model's answers from 0."""

    turn: int


@dataclass(frozen=True, kw_only=True)
class UserStarted(Event):
    """The user has begun to speak; `at_samples` counts the session's heard samples."""

    at_samples: int


@dataclass(frozen=True, kw_only=True)
class UserStopped(Event):
    """The user's turn has ended."""

    at_samples: int


@dataclass(frozen=True, kw_only=True)
class Transcript(Event):
    """What the model wrote down of the question before it answered (`AnswerOptions.transcribe`)."""

    text: str


@dataclass(frozen=True, kw_only=True)
class TurnStarted(Event):
    """The model begins to answer."""


@dataclass(frozen=True, kw_only=True)
class TextDelta(Event):
    """More of the answer's text, as it is thought."""

    text: str


@dataclass(frozen=True, kw_only=True)
class AudioChunk(Event):
    """More of the answer's speech: samples [n] at `sample_rate` Hz."""

    samples: Tensor = field(repr=False)
    sample_rate: int


@dataclass(frozen=True, kw_only=True)
class TurnEnded(Event):
    """The answer is complete. `reason`: "end" (said its end), "limit" (ran into max_steps) or "ignored" (nothing to answer)."""

    text: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Interrupted(Event):
    """The answer was cut short; `text` is what had been said."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Stats(Event):
    """Counts of one answer, for whoever holds a clock."""

    prompt_steps: int
    steps: int
    text_tokens: int
    audio_frames: int
    audio_samples: int
