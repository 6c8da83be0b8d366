"""Entry: what every REST request passes before its route runs: shutdown, origin, key, rate."""

from collections.abc import Callable

from fastapi import Request

from thinkaloud.serve.auth import Caller
from thinkaloud.serve.errors import Refusal
from thinkaloud.serve.state import ServerState


def entry(server: ServerState) -> Callable[[Request], Caller]:
    """A dependency that gives the caller; Refusal says why they may not come in."""

    def admit(request: Request) -> Caller:
        return server.admit(request.headers, (), request.client.host if request.client else "")

    return admit


def owner(server: ServerState) -> Callable[[Request], Caller]:
    """The same for what only holders of an API key may do."""

    def admit(request: Request) -> Caller:
        caller = entry(server)(request)
        if caller.by_secret:
            raise Refusal(403, "insufficient_permissions", "a client secret opens sessions; this needs an API key")
        return caller

    return admit
