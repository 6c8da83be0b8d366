"""Refusals: what a REST request or a handshake is told when it cannot be served, in the shape OpenAI clients parse."""

import math

from fastapi.responses import JSONResponse

_KINDS = {401: "authentication_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error"}


class Refusal(Exception):
    """A request that is not served: HTTP status, code, message, and when to try again."""

    def __init__(self, status: int, code: str, message: str, *, param: str | None = None, retry_s: float | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.param, self.retry_s = status, code, message, param, retry_s


def refusal_response(refusal: Refusal) -> JSONResponse:
    """The HTTP answer: {"error": {"message", "type", "param", "code"}}."""
    kind = _KINDS.get(refusal.status, "server_error" if refusal.status >= 500 else "invalid_request_error")
    error = {"message": refusal.message, "type": kind, "param": refusal.param, "code": refusal.code}
    headers = {"Retry-After": str(max(1, math.ceil(refusal.retry_s)))} if refusal.retry_s is not None else {}
    if refusal.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse({"error": error}, status_code=refusal.status, headers=headers)
