"""Outbox: what waits to be sent to one client. Bounded: a response stops being generated while its reader lags.

Small events are never held up: a response waits for `room()` before it takes its next audio, everything else is queued at
once. When the user interrupts, audio that has not left yet is taken back.
"""

import asyncio
import collections
from collections.abc import Awaitable, Callable

from thinkaloud.serve.server_events import Delta, ToClient


class SlowReader(ConnectionError):
    """The client does not read what it is sent."""


class Outbox:
    """Events on their way to one client, in order."""

    def __init__(self, max_bytes: int = 4 * 2**20, max_events: int = 20_000) -> None:
        self._events: collections.deque[ToClient] = collections.deque()
        self._num_bytes = 0
        self._max_bytes, self._max_events = max_bytes, max_events
        self._filled, self._drained = asyncio.Event(), asyncio.Event()
        self._drained.set()
        self._closing = False
        self.overflowed = False

    def put(self, event: ToClient) -> None:
        """Queues an event. Beyond all bounds it is dropped and the client counts as a slow reader."""
        if len(self._events) >= self._max_events or self._num_bytes > 4 * self._max_bytes:
            self.overflowed = True
        else:
            self._events.append(event)
            self._num_bytes += _size(event)
        if self._num_bytes > self._max_bytes:
            self._drained.clear()
        self._filled.set()

    async def room(self) -> None:
        """Waits until the client has read enough for more audio."""
        await self._drained.wait()

    def take_back_audio(self, response_id: str) -> int:
        """Removes audio of a response that has not been sent; gives how many bytes of base64 text it was."""
        kept = [event for event in self._events if not _is_audio_of(event, response_id)]
        dropped = sum(_size(event) for event in self._events if _is_audio_of(event, response_id))
        self._events = collections.deque(kept)
        self._sent(dropped)
        return dropped

    def close(self) -> None:
        """Lets `run` end after what is queued."""
        self._closing = True
        self._filled.set()

    async def run(self, send: Callable[[str], Awaitable[None]], timeout_s: float) -> None:
        """Sends until closed; SlowReader if one frame takes longer than `timeout_s` or the bounds were passed."""
        while True:
            await self._filled.wait()
            while self._events:
                if self.overflowed:
                    raise SlowReader("too many events are waiting for this client")
                event = self._events.popleft()
                try:
                    await asyncio.wait_for(send(event.frame()), timeout_s)
                except TimeoutError:
                    raise SlowReader(f"the client took nothing for {timeout_s:g} s") from None
                self._sent(_size(event))
            if self._closing:
                return
            self._filled.clear()

    def _sent(self, num_bytes: int) -> None:
        self._num_bytes -= num_bytes
        if self._num_bytes <= self._max_bytes // 2:
            self._drained.set()


def _size(event: ToClient) -> int:
    return len(event.delta) if isinstance(event, Delta) else 512


def _is_audio_of(event: ToClient, response_id: str) -> bool:
    return isinstance(event, Delta) and event.type == "response.output_audio.delta" and event.response_id == response_id
