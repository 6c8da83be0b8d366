"""Timing: when the parts of one answer came, counted from the moment the user had finished."""

import time
from collections.abc import Callable

from thinkaloud.serve.metrics import Metrics
from thinkaloud.serve.server_events import Latency
from thinkaloud.serve.worker import Job


class Timing:
    """One answer's moments, in seconds of a clock."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.began_s = clock()
        self.first_text_s: float | None = None
        self.first_audio_s: float | None = None

    def text(self) -> None:
        """Text came."""
        if self.first_text_s is None:
            self.first_text_s = self._clock() - self.began_s

    def audio(self) -> None:
        """Audio came."""
        if self.first_audio_s is None:
            self.first_audio_s = self._clock() - self.began_s

    def end(self, metrics: Metrics, job: Job | None, audio_s: float) -> None:
        """Tells the metrics, once."""
        metrics.audio_out_s.inc(audio_s)
        metrics.queued_s.observe(_queued_s(job))
        if self.first_text_s is not None:
            metrics.first_text_s.observe(self.first_text_s)
        if self.first_audio_s is not None:
            metrics.first_audio_s.observe(self.first_audio_s)
        if audio_s > 0:
            metrics.real_time_factor.observe((self._clock() - self.began_s) / audio_s)

    def event(self, response_id: str, job: Job | None) -> Latency:
        """The same for the client, in ms."""
        return Latency(
            response_id=response_id,
            queued_ms=_ms(_queued_s(job)) or 0.0,
            first_text_ms=_ms(self.first_text_s),
            first_audio_ms=_ms(self.first_audio_s),
        )


def _queued_s(job: Job | None) -> float:
    return max(0.0, job.started_s - job.submitted_s) if job is not None and job.started_s is not None else 0.0


def _ms(seconds: float | None) -> float | None:
    return round(seconds * 1000, 1) if seconds is not None else None
