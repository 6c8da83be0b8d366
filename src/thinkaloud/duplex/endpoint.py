"""Endpoint: answer when the user has been silent for a while, stop when the user speaks into the answer.

The while is shorter where what was said is known to be a whole, and longer where it is known not to be.

    user       .....#######..####...........................    # speech, . none
    turn        |--|----------------|                           prefix padding, speech, silence
    action                       PREPARE, REPLY
    model                             ~~~~~~~~~~~~~~~           its answer is heard
    user       ..................................#########..
    action                                          STOP        after `barge_in_ms` of speech

Field names are those of OpenAI's `server_vad` where it has them.
"""

from dataclasses import dataclass

from thinkaloud.configurable import Config
from thinkaloud.duplex import Action, Moment, Turn

_WHOLE, _UNFINISHED = 0.3, 0.02  # chances that all is said: from the one on it is taken to be, below the other not to be
_HYSTERESIS = 0.15  # speech goes on until the probability is this much below the threshold (as the published Silero VAD does)


@dataclass(frozen=True, kw_only=True)
class EndpointConfig(Config):
    """When a turn begins and ends. `sample_rate` in Hz is that of the moments.

    threshold            probability from which a frame is speech
    prefix_padding_ms    audio before the first speech that still belongs to the turn
    silence_duration_ms  silence that ends the turn
    whole_ms             silence that ends it where what was said is a whole (`Moment.whole`); not more than the above
    unfinished_ms        silence that ends it where it is surely not a whole; not less than the above
    prepare_ms           silence after which it may end: an answer is thought of already; as long as the above: never
    min_speech_ms        speech that makes a turn; less is a noise and is ignored
    barge_in_ms          the same while an answer is under way: so much speech interrupts it
    max_gap_ms           a pause longer than this starts the counting of speech for the two above anew
    echo_guard_ms        at the start of playback the microphone may hear the model: speech does not count
    """

    sample_rate: int = 16000
    threshold: float = 0.5
    prefix_padding_ms: int = 300
    silence_duration_ms: int = 500
    whole_ms: int = 300
    unfinished_ms: int = 1200
    prepare_ms: int = 250
    min_speech_ms: int = 100
    barge_in_ms: int = 300
    max_gap_ms: int = 100
    echo_guard_ms: int = 300

    def build(self) -> "Endpoint":
        """A policy for one conversation; ValueError for values outside their ranges."""
        times = {name: value for name, value in vars(self).items() if name.endswith("_ms")}
        negative = [name for name, value in times.items() if value < 0]
        if negative or not 0 < self.threshold < 1 or self.sample_rate < 1:
            raise ValueError(
                f"expected times of 0 ms or more, a threshold between 0 and 1 and a positive rate; "
                f"got {', '.join(negative) or f'threshold {self.threshold}, sample_rate {self.sample_rate}'}"
            )
        return Endpoint(self)


class Endpoint:
    """The policy of one conversation; see EndpointConfig. Everything it knows comes from the moments it observed."""

    def __init__(self, config: EndpointConfig) -> None:
        self.config = config
        self._turn: Turn | None = None
        self._heard_samples = 0  # end of the last moment
        self._from_samples = 0  # a turn cannot begin before this: what came earlier belongs to the turn before
        self._first_samples: int | None = None  # where the speech now heard began; None in silence
        self._last_samples = 0  # where it ended so far
        self._speech_samples = 0  # how much of it was speech
        self._confirmed = False  # it is a turn, not a noise
        self._stopped = False  # STOP was given for this turn
        self._prepared = False  # PREPARE was given for this pause

    @property
    def turn(self) -> Turn | None:
        """See TurnPolicy."""
        return self._turn

    def observe(self, now: Moment) -> Action:
        """PREPARE and REPLY at the end of a turn, STOP when it interrupts, IGNORE after a noise, else WAIT.

        ValueError for a moment before the last one.
        """
        began_samples, self._heard_samples = self._heard_samples, now.now_samples
        if now.now_samples < began_samples:
            raise ValueError(f"moments come in order: {now.now_samples} samples after {began_samples}")
        if not self._may_be_echo(now, began_samples) and now.speech_probability >= self._threshold():
            return self._speech(now, began_samples)
        return self._silence(now)

    def forget(self) -> None:
        """See TurnPolicy."""
        if self._confirmed and self._turn is not None:
            self._turn = Turn(start_samples=self._turn.start_samples, end_samples=self._last_samples)
        self._from_samples = self._heard_samples
        self._quiet()

    def _may_be_echo(self, now: Moment, began_samples: int) -> bool:
        """Within the guard. A turn that began before the answer is no echo."""
        if self._confirmed or not now.speaking or now.speaking_since_samples is None:
            return False
        return began_samples - now.speaking_since_samples < self._samples(self.config.echo_guard_ms)

    def _threshold(self) -> float:
        return self.config.threshold - (0 if self._first_samples is None else _HYSTERESIS)

    def _speech(self, now: Moment, began_samples: int) -> Action:
        if self._first_samples is None:
            self._first_samples = began_samples
        self._last_samples, self._prepared = now.now_samples, False
        self._speech_samples += now.now_samples - began_samples
        needed_ms = self.config.barge_in_ms if now.speaking else self.config.min_speech_ms
        if not self._confirmed and self._speech_samples >= self._samples(needed_ms):
            self._confirmed = True
            start_samples = self._first_samples - self._samples(self.config.prefix_padding_ms)
            self._turn = Turn(start_samples=max(self._from_samples, start_samples))
        if self._confirmed and now.speaking and not self._stopped:
            self._stopped = True
            return Action.STOP
        return Action.WAIT

    def _silence(self, now: Moment) -> Action:
        if self._first_samples is None:
            return Action.WAIT
        silent_samples = now.now_samples - self._last_samples
        if self._confirmed and silent_samples >= self._samples(self._enough_ms(now.whole if self._prepared else None)):
            self.forget()
            return Action.REPLY
        if self._confirmed and not self._prepared and silent_samples >= self._samples(self.config.prepare_ms):
            self._prepared = True
            return Action.PREPARE
        if not self._confirmed and silent_samples > self._samples(self.config.max_gap_ms):
            self._quiet()
            return Action.IGNORE
        return Action.WAIT

    def _enough_ms(self, whole: float | None) -> int:
        """The silence that ends a turn that is so likely to be over."""
        usual_ms = self.config.silence_duration_ms
        if whole is None or _UNFINISHED <= whole < _WHOLE:
            return usual_ms
        return min(usual_ms, self.config.whole_ms) if whole >= _WHOLE else max(usual_ms, self.config.unfinished_ms)

    def _quiet(self) -> None:
        self._first_samples, self._speech_samples = None, 0
        self._confirmed = self._stopped = self._prepared = False

    def _samples(self, time_ms: int) -> int:
        return time_ms * self.config.sample_rate // 1000
