"""Who may come in: API keys, short-lived client secrets, and the origins of web pages.

    Authorization: Bearer KEY                                     programs
    Sec-WebSocket-Protocol: realtime, openai-insecure-api-key.KEY browsers, which cannot set headers
    KEY may be an API key or a client secret (ek_...), which a page gets from the program that serves it

All of it is decided before a WebSocket is accepted. Keys are compared in constant time and never logged.
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

SUBPROTOCOL = "realtime"
_KEY_SUBPROTOCOL = "openai-insecure-api-key."
_MAX_SECRETS = 10_000


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who is asking: a name fit for logs and rate limits, and the session a client secret was made for."""

    name: str
    session: dict[str, Any] = field(default_factory=dict)
    by_secret: bool = False


@dataclass(frozen=True, kw_only=True)
class _Secret:
    expires_at: float
    session: dict[str, Any]


class Door:
    """Lets callers in. Without API keys everybody is let in (the address is then local, or the user said so)."""

    def __init__(self, api_keys: Sequence[str] = (), origins: Sequence[str] = (), clock: Callable[[], float] = time.time):
        self._keys = [key.encode() for key in api_keys]
        self._origins = {origin.rstrip("/").lower() for origin in origins}
        self._clock = clock
        self._secrets: dict[str, _Secret] = {}

    def caller(self, headers: Mapping[str, str], subprotocols: Sequence[str] = (), address: str = "") -> Caller | None:
        """Who this is; None if they may not come in."""
        given = _bearer(headers) or next(
            (name.removeprefix(_KEY_SUBPROTOCOL) for name in subprotocols if name.startswith(_KEY_SUBPROTOCOL)), None
        )
        if given is not None and given.startswith("ek_"):
            secret = self._secrets.get(_digest(given))
            if secret is not None and secret.expires_at > self._clock():
                return Caller(name="secret:" + _digest(given)[:8], session=secret.session, by_secret=True)
            return None if self._keys else Caller(name=address)
        if not self._keys:
            return Caller(name=address)
        matches = [hmac.compare_digest((given or "").encode(), key) for key in self._keys]  # all, always
        return Caller(name="key:" + _digest(given or "")[:8]) if any(matches) else None

    def new_secret(self, session: dict[str, Any], lasts_s: float) -> tuple[str, int]:
        """A client secret and when it expires, in seconds since 1970."""
        now = self._clock()
        self._secrets = {key: secret for key, secret in self._secrets.items() if secret.expires_at > now}
        if len(self._secrets) >= _MAX_SECRETS:
            raise OverflowError(f"{_MAX_SECRETS} client secrets are valid at once; wait until some expire")
        value = "ek_" + secrets.token_urlsafe(32)
        self._secrets[_digest(value)] = _Secret(expires_at=now + lasts_s, session=session)
        return value, int(now + lasts_s)

    def allows_origin(self, headers: Mapping[str, str]) -> bool:
        """Programs send no Origin and may pass; a page may if it is ours or on the list: no other page uses its visitors."""
        origin = headers.get("origin")
        if origin is None or "*" in self._origins or origin.rstrip("/").lower() in self._origins:
            return True
        return urlsplit(origin).netloc.lower() == headers.get("host", "").lower() != ""


def _bearer(headers: Mapping[str, str]) -> str | None:
    scheme, _, value = headers.get("authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" and value.strip() else None


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
