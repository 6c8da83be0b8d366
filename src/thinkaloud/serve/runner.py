"""Runner: uvicorn with this server's limits, and a shutdown that lets answers finish.

SIGTERM -> not ready, new sessions refused -> sessions are warned, finish their answer, and are closed -> exit
"""

import asyncio
import socket
import time

import uvicorn
from fastapi import FastAPI

from thinkaloud.serve.logs import log_config
from thinkaloud.serve.settings import ServeConfig
from thinkaloud.serve.state import ServerState

_HANG_UP_S = 3.0  # for sessions to say goodbye after their time to drain is over


class Runner(uvicorn.Server):
    """Serves an app from `build_app` until told to stop."""

    def __init__(self, app: FastAPI, log_level: str = "info") -> None:
        self._state: ServerState = app.state.server
        super().__init__(_uvicorn_config(app, self._state.config, log_level))

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens, once `started`."""
        return self.servers[0].sockets[0].getsockname()[:2]

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Waits for what is in progress, as long as the limits allow, then closes."""
        state = self._state
        state.draining.set()
        ends_s = time.monotonic() + state.config.limits.drain_s + _HANG_UP_S
        while (state.sessions.taken or state.requests.taken) and time.monotonic() < ends_s and not self.force_exit:
            await asyncio.sleep(0.02)
        await super().shutdown(sockets)


def _uvicorn_config(app: FastAPI, config: ServeConfig, log_level: str) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=config.host,
        port=config.port,
        log_config=log_config(log_level),
        ws="websockets-sansio",
        ws_max_size=config.limits.frame_bytes,
        ws_ping_interval=20.0,
        ws_ping_timeout=60.0,
        ws_per_message_deflate=False,  # audio does not get smaller, and inflating is a way to exhaust memory
        ssl_certfile=config.tls_cert,
        ssl_keyfile=config.tls_key,
        proxy_headers=config.trust_proxy,
        server_header=False,
        timeout_graceful_shutdown=5,
        h11_max_incomplete_event_size=64 * 1024,
    )
