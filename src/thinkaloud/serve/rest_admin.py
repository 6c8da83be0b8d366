"""What clients and operators ask besides answers: models, voices, client secrets, health, metrics."""

import time
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from thinkaloud.serve.auth import Caller
from thinkaloud.serve.entry import entry, owner
from thinkaloud.serve.errors import Refusal
from thinkaloud.serve.protocol import new_id
from thinkaloud.serve.session_config import SessionConfig
from thinkaloud.serve.state import ServerState


class ExpiresAfter(BaseModel):
    """When a client secret expires."""

    anchor: Literal["created_at"] = "created_at"
    seconds: Annotated[int, Field(ge=10, le=7_200)] = 600


class SecretRequest(BaseModel):
    """The body for a client secret: how long it lasts, and the session it opens."""

    model_config = ConfigDict(extra="allow")
    expires_after: ExpiresAfter = ExpiresAfter()
    session: dict[str, Any] | None = None


def routes(server: ServerState) -> APIRouter:
    """All of them."""
    router = APIRouter()
    began = int(time.time())
    model = {"id": server.engine.name, "object": "model", "created": began, "owned_by": "thinkaloud"}
    admit = [Depends(entry(server))]

    @router.get("/v1/models", dependencies=admit)
    async def models() -> dict[str, Any]:
        """The one model."""
        return {"object": "list", "data": [{**model, "thinkaloud": server.engine.describe()}]}

    @router.get("/v1/models/{name:path}", dependencies=admit)
    async def one_model(name: str) -> dict[str, Any]:
        """The model by its name."""
        if name != server.engine.name:
            message = f"there is no model {name!r} here; this server has {server.engine.name!r}"
            raise Refusal(404, "model_not_found", message, param="model")
        return {**model, "thinkaloud": server.engine.describe()}

    @router.get("/v1/audio/voices", dependencies=admit)
    async def voices() -> dict[str, Any]:
        """The model's own voice; every other name is accepted and means this one."""
        return {"object": "list", "data": [{"id": "default", "object": "voice", "name": server.engine.name}]}

    @router.post("/v1/realtime/client_secrets")
    async def client_secrets(body: SecretRequest, caller: Annotated[Caller, Depends(owner(server))]) -> JSONResponse:
        """A secret that a browser may hold: it opens sessions until it expires."""
        given = body.session or {}
        config = SessionConfig(id=new_id("sess"), model=server.engine.name).changed(given)
        try:
            value, expires_at = server.door.new_secret(given, body.expires_after.seconds)
        except OverflowError as error:
            raise Refusal(429, "too_many_secrets", str(error)) from None
        return JSONResponse({"value": value, "expires_at": expires_at, "session": config.wire()})

    @router.get("/health")
    async def health() -> dict[str, str]:
        """The process answers."""
        return {"status": "ok"}

    @router.get("/ready")
    async def ready() -> JSONResponse:
        """The model is loaded and new conversations are welcome."""
        sessions = {"sessions": server.sessions.taken, "slots": server.sessions.num_slots}
        status = "ready" if server.ready else "shutting down"
        return JSONResponse({"status": status, **sessions}, status_code=200 if server.ready else 503)

    @router.get("/metrics", dependencies=admit)
    async def metrics() -> Response:
        """Prometheus."""
        return Response(server.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return router
