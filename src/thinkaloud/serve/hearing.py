"""Hearing: one session's microphone. Wire audio in; out come the beginnings and ends of the user's turns, and questions.

    wire samples (24 kHz) -> resampler -> ears (VAD, policy, listener's stream) -> BEGAN, PAUSED + question, ENDED + question

Runs in the ears' thread; one call at a time. Times are ms of all audio appended in the session.
"""

import enum
from dataclasses import dataclass

from torch import Tensor

from thinkaloud.audio import Resampler
from thinkaloud.duplex import Action, Turn
from thinkaloud.generate.ask import Question
from thinkaloud.serve.conversation import Asked
from thinkaloud.serve.engine import Engine
from thinkaloud.serve.protocol import ProtocolError
from thinkaloud.serve.session_config import WIRE_HZ, SemanticVad, ServerVad

_MIN_COMMIT_MS = 100


class Sign(enum.Enum):
    """What the user did."""

    BEGAN = "began"
    PAUSED = "paused"  # and may have ended
    ENDED = "ended"


@dataclass(frozen=True, kw_only=True)
class Heard:
    """A sign at a time; an ended turn comes with its question and how much audio that was.

    `as_paused`: the ears have spelt nothing since the last pause, so that its question is this one. `silence_ms`: so long the
    user had been silent before that time.
    """

    sign: Sign
    at_ms: int
    question: Question | None = None
    audio_ms: int = 0
    as_paused: bool = False
    silence_ms: int = 0


class Hearing:
    """Owned by one session."""

    def __init__(self, engine: Engine, detection: ServerVad | SemanticVad | None, max_s: float) -> None:
        self._engine = engine
        self._max_s = min(max_s, engine.max_question_s)
        self._heard_before_ms = 0  # by ears that this session no longer has
        self._renew(detection)

    def configure(self, detection: ServerVad | SemanticVad | None) -> None:
        """Other turn detection from now on; what was heard of an open turn is forgotten."""
        self._heard_before_ms = self._now_ms
        self._renew(detection)

    def _renew(self, detection: ServerVad | SemanticVad | None) -> None:
        self._by_words = isinstance(detection, SemanticVad)
        self._judged: tuple[Asked | None, float | None] = (None, None)  # what was said so far, and whether it is all
        self._policy = self._engine.policy(detection)
        self._ears = self._engine.ears(self._policy)
        self._fresh()

    def push(
        self, samples: Tensor, speaking: bool = False, heard_for_s: float | None = None, so_far: Asked | None = None
    ) -> list[Heard]:
        """Hears wire samples [n] while the model is `speaking` (or about to), and has been heard for so long.

        `so_far`: what the user had said by the last pause, if it is in writing.
        """
        ears, signs = self._ears, []
        if self._policy is None:
            self._check_room(len(samples) / WIRE_HZ)
        since, whole = self._playing_since(heard_for_s), self._chance_of_end(so_far)
        for piece in ears.pieces(self._resampler.push(samples)):
            before = ears.hearing
            action = ears.hear(piece, speaking, since, whole)
            self._turn_samples += len(piece)
            if self._policy is not None and ears.hearing and not before:
                signs.append(self._began())
            if action is Action.PREPARE:
                whole = None  # that was of the pause before
                signs += [paused] if (paused := self._paused()) is not None else []
            if action is Action.REPLY or (self._policy is not None and ears.hearing and self._too_long):
                signs.append(self._ended())
        return signs

    def commit(self) -> Heard:
        """The client ends the turn; ProtocolError if there is next to nothing in it."""
        if self._policy is None:
            for piece in self._ears.pieces(self._resampler.flush()):
                self._ears.hear(piece, False, None)
                self._turn_samples += len(piece)
            self._resampler = Resampler(WIRE_HZ, self._engine.hears_hz)
        if not self._ears.hearing or self._turn_ms < _MIN_COMMIT_MS:
            raise ProtocolError(
                f"the input audio buffer has {self._turn_ms if self._ears.hearing else 0} ms of speech; "
                f"a turn needs at least {_MIN_COMMIT_MS} ms",
                code="input_audio_buffer_commit_empty",
            )
        return self._ended()

    def clear(self) -> None:
        """Forgets what is in the buffer."""
        self._ears.drop()
        self._fresh()

    def listen(self, samples: Tensor) -> Question:
        """A whole recording of wire samples [n] that is not part of the microphone's audio."""
        if len(samples) / WIRE_HZ > self._max_s:
            raise ProtocolError(
                f"audio may last {self._max_s:g} s, this lasts {len(samples) / WIRE_HZ:.1f} s", code="audio_too_long"
            )
        if len(samples) * 1000 < _MIN_COMMIT_MS * WIRE_HZ:
            raise ProtocolError(f"audio must last at least {_MIN_COMMIT_MS} ms", code="audio_too_short")
        resampler = Resampler(WIRE_HZ, self._engine.hears_hz)
        ears = self._engine.ears(None)
        for part in (resampler.push(samples), resampler.flush()):
            for piece in ears.pieces(part):
                ears.hear(piece, False, None)
        return Question(heard=ears.close())

    def _fresh(self) -> None:
        self._resampler = Resampler(WIRE_HZ, self._engine.hears_hz)
        self._turn_samples = 0
        self._since: int | None = None  # when the answer being heard began to play, in heard samples

    def _playing_since(self, heard_for_s: float | None) -> int | None:
        """When playback began, in heard samples: by the clock, or earlier if audio comes faster than real time."""
        if heard_for_s is None:
            self._since = None
            return None
        by_clock = self._ears.now_samples - int(heard_for_s * self._engine.hears_hz)
        self._since = by_clock if self._since is None else min(self._since, by_clock)
        return self._since

    def _chance_of_end(self, so_far: Asked | None) -> float | None:
        """How likely the user has nothing more to say, by the words, if turns end by them; asked once."""
        if not self._by_words or so_far is None:
            return None
        if self._judged[0] is None or self._judged[0].question is not so_far.question:
            self._judged = (so_far, self._engine.chance_of_end(so_far.question.text, so_far.history))
        return self._judged[1]

    def _began(self) -> Heard:
        assert self._turn is not None, "only turn detection sees a turn begin"
        start_samples = self._turn.start_samples
        self._turn_samples = self._ears.now_samples - start_samples
        return Heard(sign=Sign.BEGAN, at_ms=self._heard_before_ms + self._to_ms(start_samples))

    def _paused(self) -> Heard | None:
        """What may be all of the turn; None where it cannot be told later whether it was."""
        heard = self._ears.heard_so_far() if self._engine.answers_early else None
        if heard is None:
            return None
        return Heard(sign=Sign.PAUSED, at_ms=self._now_ms, question=Question(heard=heard), audio_ms=self._turn_ms)

    def _ended(self) -> Heard:
        audio_ms, self._turn_samples = self._turn_ms, 0
        question = Question(heard=self._ears.close())
        said_samples = self._turn.end_samples if self._turn is not None else None
        return Heard(
            sign=Sign.ENDED,
            at_ms=self._now_ms,
            question=question,
            audio_ms=audio_ms,
            as_paused=self._ears.as_paused,
            silence_ms=0 if said_samples is None else self._to_ms(self._ears.now_samples - said_samples),
        )

    def _check_room(self, more_s: float) -> None:
        if self._turn_ms / 1000 + more_s > self._max_s:
            raise ProtocolError(
                f"the input audio buffer holds {self._max_s:g} s; commit or clear it", code="input_audio_buffer_full"
            )

    @property
    def _turn(self) -> Turn | None:
        return self._policy.turn if self._policy is not None else None

    @property
    def _too_long(self) -> bool:
        return self._ears.full or self._turn_ms / 1000 >= self._max_s

    @property
    def _turn_ms(self) -> int:
        return self._to_ms(self._turn_samples)

    @property
    def _now_ms(self) -> int:
        return self._heard_before_ms + self._to_ms(self._ears.now_samples)

    def _to_ms(self, samples: int) -> int:
        return samples * 1000 // self._engine.hears_hz
