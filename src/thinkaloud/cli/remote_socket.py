"""A WebSocket that any thread may use, for programs without an event loop.

    this thread, the microphone's  --send, receive-->  one thread with an event loop  <-->  the server

One thread alone reads and writes: before Python 3.13, two that do so at once break an encrypted connection
(websockets' own client for threads, one of which always reads, then waits for ever; python/cpython#124984).
"""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from typing import Any


class RemoteSocket:
    """A connection to a WebSocket server, open until `close`.

    Raises what `websockets` raises: OSError or WebSocketException where there is no connection.
    """

    def __init__(self, address: str, headers: dict[str, str], max_bytes: int, timeout_s: float = 10.0) -> None:
        from websockets.asyncio.client import connect

        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

        async def opened() -> Any:
            # frames queue up without end, for while a full queue waits for a reader no goodbye is read
            options = {"max_size": max_bytes, "max_queue": None, "open_timeout": timeout_s}
            return await connect(address, additional_headers=headers, **options)

        try:
            self._connection = self._wait_for(opened())
        except BaseException:
            self._stop()
            raise

    def send(self, frame: str) -> None:
        """Sends a frame."""
        self._wait_for(self._connection.send(frame))

    def __iter__(self) -> Iterator[str]:
        """The frames that come, until the server closes the connection in good order."""
        from websockets.exceptions import ConnectionClosedOK

        try:
            while True:
                yield self._wait_for(self._connection.recv())
        except ConnectionClosedOK:
            return

    def close(self) -> None:
        """Says goodbye."""
        self._wait_for(self._connection.close())
        self._stop()

    def __enter__(self) -> "RemoteSocket":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _wait_for(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
