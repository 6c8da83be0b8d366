"""The app: routes, limits on bodies, headers, error shapes, the page, and the life of the threads behind it all."""

import contextlib
import logging
import pathlib
from collections.abc import AsyncIterator

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from thinkaloud.serve import realtime_socket, rest_admin, rest_audio, rest_chat
from thinkaloud.serve.engine import Engine
from thinkaloud.serve.errors import Refusal, refusal_response
from thinkaloud.serve.protocol import ProtocolError
from thinkaloud.serve.settings import ServeConfig
from thinkaloud.serve.state import ServerState

log = logging.getLogger(__name__)
PAGE = pathlib.Path(__file__).parent / "static"
_HEADERS = [(b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer"), (b"x-frame-options", b"DENY")]


def build_app(engine: Engine, config: ServeConfig | None = None) -> FastAPI:
    """The server as an ASGI app. `app.state.server` is what its connections share."""
    server = ServerState(engine, config or ServeConfig())

    @contextlib.asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        server.start()
        try:
            yield
        finally:
            server.draining.set()
            server.stop()

    app = FastAPI(title="thinkaloud", lifespan=life, docs_url="/docs", redoc_url=None)
    app.state.server = server
    for part in (realtime_socket, rest_chat, rest_audio, rest_admin):
        app.include_router(part.routes(server))
    if PAGE.is_dir():
        app.mount("/", StaticFiles(directory=PAGE, html=True), name="page")
    app.add_middleware(_Guard, max_bytes=server.config.limits.upload_bytes)
    if server.config.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(server.config.origins),
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=["Location", "Retry-After"],
        )
    _tell_errors(app)
    return app


def _tell_errors(app: FastAPI) -> None:
    """Every error in the shape that OpenAI clients parse, and never a traceback."""

    @app.exception_handler(Refusal)
    async def refused(request: Request, error: Refusal) -> JSONResponse:
        return refusal_response(error)

    @app.exception_handler(ProtocolError)
    async def wrong(request: Request, error: ProtocolError) -> JSONResponse:
        return refusal_response(Refusal(400, error.code, str(error), param=error.param))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"][1:]) or "body"
        return refusal_response(Refusal(400, "invalid_value", f"{place}: {first['msg']}", param=place))

    @app.exception_handler(HTTPException)
    async def plain(request: Request, error: HTTPException) -> JSONResponse:
        response = refusal_response(Refusal(error.status_code, "http_error", str(error.detail)))
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(Exception)
    async def failed(request: Request, error: Exception) -> JSONResponse:
        return refusal_response(Refusal(500, "server_error", "the server failed to handle this request"))


class _TooLarge(Exception):
    pass


class _Guard:
    """Refuses bodies that are too large, counted as they come in, and adds the headers every answer has."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self._app, self._max_bytes = app, max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        num_bytes, started = 0, False

        async def counted() -> Message:
            nonlocal num_bytes
            message = await receive()
            num_bytes += len(message.get("body", b""))
            if num_bytes > self._max_bytes:
                raise _TooLarge
            return message

        async def dressed(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message = {**message, "headers": [*message.get("headers", []), *_HEADERS]}
            await send(message)

        try:
            if _declared_bytes(scope) > self._max_bytes:
                raise _TooLarge
            await self._app(scope, counted, dressed)
        except _TooLarge:
            if not started:
                refusal = Refusal(413, "body_too_large", f"a request may have {self._max_bytes} bytes")
                await refusal_response(refusal)(scope, receive, dressed)


def _declared_bytes(scope: Scope) -> int:
    value = dict(scope["headers"]).get(b"content-length", b"0")
    return int(value) if value.isdigit() else 0
