"""The WebSocket at /v1/realtime: who may connect, the loops of one connection, and how it ends.

draining, origin, key, rate, slot  -> refused at the handshake, before anything is accepted
reader: frames -> session          writer: outbox -> socket          watch: time limits, shutdown
whichever ends first ends the connection; then everything it started is stopped and its slot is free
"""

import asyncio
import contextlib
import logging
import time
from dataclasses import dataclass

from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect, WebSocketState

from thinkaloud.serve.auth import SUBPROTOCOL, Caller
from thinkaloud.serve.errors import Refusal, refusal_response
from thinkaloud.serve.outbox import Outbox, SlowReader
from thinkaloud.serve.protocol import new_id
from thinkaloud.serve.realtime import RealtimeSession
from thinkaloud.serve.server_events import Warning
from thinkaloud.serve.session_config import SessionConfig
from thinkaloud.serve.state import ServerState

log = logging.getLogger(__name__)
GOING_AWAY, POLICY, INTERNAL = 1001, 1008, 1011


@dataclass(frozen=True)
class _Ending:
    """Why the server closes a connection."""

    code: int
    reason: str


def routes(server: ServerState) -> APIRouter:
    """The one route."""
    router = APIRouter()

    @router.websocket("/v1/realtime")
    async def realtime(socket: WebSocket, model: str = "") -> None:
        try:
            caller = _admit(server, socket)
        except Refusal as refusal:
            await socket.send_denial_response(refusal_response(refusal))
            return
        try:
            await _Connection(server, socket, caller, model or server.engine.name).run()
        finally:
            server.sessions.give_back()

    return router


def _admit(server: ServerState, socket: WebSocket) -> Caller:
    """The caller, whose slot is then taken; Refusal says why not."""
    address = socket.client.host if socket.client else ""
    caller = server.admit(socket.headers, socket.scope.get("subprotocols", ()), address)
    if not server.sessions.take():
        server.metrics.refused.labels("session_limit_reached").inc()
        limit = server.sessions.num_slots
        raise Refusal(503, "session_limit_reached", f"all {limit} sessions are in use; try again later", retry_s=5)
    return caller


class _Connection:
    """One accepted connection."""

    def __init__(self, server: ServerState, socket: WebSocket, caller: Caller, model: str) -> None:
        self._server, self._socket = server, socket
        self._limits = server.config.limits
        self._began_s = self._heard_from_s = time.monotonic()
        config = SessionConfig(id=new_id("sess"), model=model, expires_at=int(time.time() + self._limits.session_s))
        if caller.session:
            config = config.changed(caller.session)
        self._outbox = Outbox()
        self._session = RealtimeSession(server, self._outbox, config)
        self._caller = caller

    async def run(self) -> None:
        """Serves the connection until it ends."""
        offered = SUBPROTOCOL in self._socket.scope.get("subprotocols", ())
        await self._socket.accept(subprotocol=SUBPROTOCOL if offered else None)
        self._server.metrics.accepted.inc()
        log.info("session opened", extra={"session": self._session.id, "caller": self._caller.name})
        self._session.open()
        loops = [asyncio.create_task(loop) for loop in (self._read(), self._write(), self._watch())]
        try:
            done, _ = await asyncio.wait(loops, return_when=asyncio.FIRST_COMPLETED)
            ending = _ending(next(iter(done)))
        finally:
            for loop in loops:
                loop.cancel()
            await asyncio.gather(*loops, return_exceptions=True)
            await self._session.close()
        await self._hang_up(ending)

    async def _read(self) -> _Ending | None:
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                return None
            self._heard_from_s = time.monotonic()
            frame = message.get("text")
            await self._session.handle(frame if frame is not None else message["bytes"])

    async def _write(self) -> _Ending | None:
        try:
            await self._outbox.run(self._socket.send_text, self._limits.slow_reader_s)
        except SlowReader as error:
            self._server.metrics.slow_readers.inc()
            return _Ending(POLICY, str(error))
        except (WebSocketDisconnect, RuntimeError):  # the socket is gone
            return None
        return _Ending(GOING_AWAY, "server_shutdown")  # only a shutdown closes the outbox

    async def _watch(self) -> _Ending:
        """Ends a session that is too old, idle, or in the way of a shutdown; each is announced."""
        warned: set[str] = set()
        while True:
            if self._server.draining.is_set():
                return await self._drain()
            now_s = time.monotonic()
            left = {
                "session_limit": self._began_s + self._limits.session_s - now_s,
                "idle_limit": self._heard_from_s + self._limits.idle_s - now_s,
            }
            for code, left_s in left.items():
                if left_s <= 0:
                    return _Ending(GOING_AWAY if code == "session_limit" else POLICY, code)
                if left_s > self._limits.warn_s:
                    warned.discard(code)
                elif code not in warned:
                    warned.add(code)
                    self._outbox.put(Warning(code=code, message="the session ends soon", seconds_left=round(left_s, 1)))
            next_s = [left_s if code in warned else left_s - self._limits.warn_s for code, left_s in left.items()]
            await _wait(self._server.draining, min(1.0, *next_s))

    async def _drain(self) -> _Ending:
        """The answer in progress may end; nothing lasts longer than the server gives."""
        ends_s = time.monotonic() + self._limits.drain_s
        left_s = self._limits.drain_s if self._session.answering else 0.0
        self._outbox.put(Warning(code="server_shutdown", message="the server is shutting down", seconds_left=left_s))
        while self._session.answering and time.monotonic() < ends_s:
            await asyncio.sleep(0.02)
        self._outbox.close()
        await asyncio.sleep(self._limits.slow_reader_s)  # the writer ends the connection before that
        return _Ending(GOING_AWAY, "server_shutdown")

    async def _hang_up(self, ending: _Ending | None) -> None:
        lasted_s = round(time.monotonic() - self._began_s, 3)
        reason = ending.reason if ending else "client left"
        log.info("session closed", extra={"session": self._session.id, "reason": reason, "lasted_s": lasted_s})
        if ending is not None and self._socket.application_state is WebSocketState.CONNECTED:
            with contextlib.suppress(RuntimeError, WebSocketDisconnect, TimeoutError):  # it may have left in the meantime
                await asyncio.wait_for(self._socket.close(ending.code, ending.reason), 2.0)


def _ending(loop: asyncio.Task[_Ending | None]) -> _Ending | None:
    """Why a loop ended; one that broke is our fault and is told as that, without details."""
    error = loop.exception()
    if error is None:
        return loop.result()
    log.error("a connection broke", exc_info=error)
    return _Ending(INTERNAL, "server_error")


async def _wait(event: asyncio.Event, timeout_s: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), max(timeout_s, 0.01))
