"""ServerState: what all connections share: the model, the generation thread, the ears, slots, keys and counters.

Nothing of a conversation is in here.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from thinkaloud.serve.auth import Caller, Door
from thinkaloud.serve.engine import Engine
from thinkaloud.serve.errors import Refusal
from thinkaloud.serve.limits import Buckets, Slots
from thinkaloud.serve.metrics import Metrics
from thinkaloud.serve.protocol import ProtocolError
from thinkaloud.serve.settings import ServeConfig
from thinkaloud.serve.worker import Worker


class ServerState:
    """Made once for an app. `start()` and `stop()` belong to its lifespan."""

    def __init__(self, engine: Engine, config: ServeConfig) -> None:
        limits = config.limits
        self.engine, self.config = engine, config
        self.metrics = Metrics()
        self.metrics.slots.set(limits.num_sessions)
        self.worker = Worker(self.metrics.step_s, look_ahead=engine.look_ahead)
        self.metrics.queue.set_function(lambda: self.worker.num_jobs)
        self.sessions, self.requests = Slots(limits.num_sessions), Slots(limits.num_requests)
        self.metrics.sessions.set_function(lambda: self.sessions.taken)
        self.door = Door(config.api_keys, config.origins)
        self.rates = Buckets(limits.requests_per_min / 60, limits.requests_per_min)
        self.draining = asyncio.Event()
        self._ears = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ears")

    def start(self) -> None:
        """Begins to work."""
        self.worker.start()

    def stop(self) -> None:
        """Ends the threads."""
        self.worker.stop()
        self._ears.shutdown(wait=True, cancel_futures=True)

    @property
    def ready(self) -> bool:
        """New conversations are welcome."""
        return not self.draining.is_set() and self.worker.alive

    def admit(self, headers: Mapping[str, str], subprotocols: Sequence[str], address: str) -> Caller:
        """The caller of a request or handshake; Refusal says why they may not come in."""
        try:
            return self._admit(headers, subprotocols, address)
        except Refusal as refusal:
            self.metrics.refused.labels(refusal.code).inc()
            raise

    def _admit(self, headers: Mapping[str, str], subprotocols: Sequence[str], address: str) -> Caller:
        if not self.ready:
            raise Refusal(503, "server_shutting_down", "the server is shutting down", retry_s=5)
        if not self.door.allows_origin(headers):
            raise Refusal(
                403, "origin_not_allowed", "this web origin may not connect; start the server with --origin to allow it"
            )
        caller = self.door.caller(headers, subprotocols, address)
        if caller is None:
            raise Refusal(401, "invalid_api_key", "an API key or a valid client secret is needed: Authorization: Bearer KEY")
        if wait_s := self.rates.take(caller.name):
            raise Refusal(429, "rate_limit_exceeded", "too many connections and requests", retry_s=wait_s)
        return caller

    async def in_ears(self, function: Callable[..., Any], *args: Any) -> Any:
        """Runs a piece of hearing outside the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._ears, function, *args)

    def check_text(self, text: str) -> str:
        """The text; ProtocolError if it is longer than allowed."""
        if len(text) > self.config.limits.text_chars:
            raise ProtocolError(
                f"a text may have {self.config.limits.text_chars} characters, this one has {len(text)}", code="text_too_long"
            )
        return text
