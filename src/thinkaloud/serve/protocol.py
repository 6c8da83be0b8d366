"""What both directions of the OpenAI Realtime protocol (GA spelling) share: ids, and errors that leave a session open.

client_events.py    text frame -> typed event, or ProtocolError
server_events.py    typed event -> text frame
session_config.py   the session object: changed field by field, always echoed in full
"""

import uuid

import pydantic


def new_id(kind: str) -> str:
    """A fresh id as the protocol spells them: new_id("resp") -> "resp_3f..."."""
    return f"{kind}_{uuid.uuid4().hex[:21]}"


class ProtocolError(ValueError):
    """Something a client did that cannot be done. It is answered with an `error` event; the session stays open."""

    def __init__(
        self, message: str, *, code: str = "invalid_value", param: str | None = None, kind: str = "invalid_request_error"
    ):
        super().__init__(message)
        self.code, self.param, self.kind = code, param, kind


def from_validation(error: pydantic.ValidationError, skip: int = 0, prefix: str = "") -> ProtocolError:
    """The first complaint of pydantic as a ProtocolError; `skip` leading places (union tags) are left out of the name."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"][skip:]) or "type"
    kind = {"union_tag_invalid": "unknown_event_type", "union_tag_not_found": "missing_type", "missing": "missing_field"}
    return ProtocolError(
        f"{prefix}{place}: {first['msg']}", code=kind.get(first["type"], "invalid_value"), param=prefix + place
    )
