"""Metrics: what Prometheus reads at /metrics. One registry for each server, so servers in one process do not mix."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_LATENCY_S = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0)
_STEP_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.085, 0.1, 0.2, 0.5, 1.0)
_RATIO = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0, 1.2, 1.5, 2.0, 5.0)


class Metrics:
    """All families. Names begin with thinkaloud_; times are in seconds."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.sessions = self._gauge("sessions", "realtime sessions open")
        self.slots = self._gauge("slots", "realtime sessions that may be open at once")
        self.queue = self._gauge("queue_depth", "replies being generated or waiting for it")
        self.accepted = self._counter("sessions_accepted", "realtime sessions accepted")
        self.refused = self._counter("refused", "connections and requests refused", "reason")
        self.responses = self._counter("responses", "responses ended", "status")
        self.requests = self._counter("requests", "REST generations ended", "route", "status")
        self.interruptions = self._counter("interruptions", "responses interrupted by the user's voice")
        self.errors = self._counter("errors", "error events sent to clients", "code")
        self.slow_readers = self._counter("slow_readers", "clients dropped because they did not read")
        self.audio_in_s = self._counter("audio_in_seconds", "audio heard")
        self.audio_out_s = self._counter("audio_out_seconds", "audio sent")
        self.first_text_s = self._histogram("first_text_seconds", "end of user speech to first text", _LATENCY_S)
        self.first_audio_s = self._histogram("first_audio_seconds", "end of user speech to first audio", _LATENCY_S)
        self.queued_s = self._histogram("queued_seconds", "wait for the generation thread", _LATENCY_S)
        self.step_s = self._histogram("step_seconds", "one step of one reply", _STEP_S)
        self.real_time_factor = self._histogram("real_time_factor", "generation time over audio time of a response", _RATIO)

    def text(self) -> bytes:
        """The exposition format."""
        return generate_latest(self.registry)

    def _gauge(self, name: str, help: str) -> Gauge:
        return Gauge(f"thinkaloud_{name}", help, registry=self.registry)

    def _counter(self, name: str, help: str, *labels: str) -> Counter:
        return Counter(f"thinkaloud_{name}", help, labels, registry=self.registry)

    def _histogram(self, name: str, help: str, buckets: tuple[float, ...]) -> Histogram:
        return Histogram(f"thinkaloud_{name}", help, buckets=buckets, registry=self.registry)
