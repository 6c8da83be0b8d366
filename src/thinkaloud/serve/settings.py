"""ServeConfig: everything `thinkaloud serve` may be told, checked before anything is opened."""

import ipaddress
from dataclasses import dataclass

from thinkaloud.configurable import Config


@dataclass(frozen=True, kw_only=True)
class Limits(Config):
    """What one caller may use. Sizes in bytes, times in seconds."""

    num_sessions: int = 8  # conversations at once; the next one is refused at the handshake
    num_requests: int = 8  # REST generations at once
    frame_bytes: int = 15 * 2**20  # one WebSocket frame, as the protocol's largest append
    upload_bytes: int = 25 * 2**20
    upload_s: float = 1_800.0  # the longest recording
    text_chars: int = 16_384  # one text
    num_items: int = 1_000  # conversation items of a session
    buffer_s: float = 300.0  # audio in the input buffer
    session_s: float = 3_600.0
    idle_s: float = 600.0  # without any event from the client
    warn_s: float = 30.0  # how long before either end the client is warned
    slow_reader_s: float = 20.0  # a client that takes nothing for this long is dropped
    events_per_s: float = 500.0  # above this, reading slows down; nothing is lost
    responses_per_min: float = 120.0
    requests_per_min: float = 600.0
    lead_s: float = 20.0  # how far a realtime answer may be generated ahead of its playback
    drain_s: float = 20.0  # what a shutdown gives to the answers in progress

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not value > 0:
                raise ValueError(f"limit {name} must be positive, got {value}")


@dataclass(frozen=True, kw_only=True)
class ServeConfig(Config):
    """Where to listen, whom to let in, what to keep."""

    host: str = "127.0.0.1"
    port: int = 8000
    api_keys: tuple[str, ...] = ()
    public_without_key: bool = False  # a public address without a key must be asked for
    origins: tuple[str, ...] = ()  # web origins allowed besides the server's own page; "*" allows all
    trust_proxy: bool = False  # believe X-Forwarded-* from a proxy on this machine
    record_folder: str | None = None  # recording is off unless a folder is named
    tls_cert: str | None = None
    tls_key: str | None = None
    limits: Limits = Limits()

    def __post_init__(self) -> None:
        if not 0 <= self.port < 65_536:
            raise ValueError(f"port must be in 0..65535, got {self.port}")
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("a certificate needs its key: give both --tls-cert and --tls-key, or --self-signed")
        if any(len(key) < 8 for key in self.api_keys):
            raise ValueError("an API key must have at least 8 characters")
        if not self.api_keys and not self.is_local and not self.public_without_key:
            raise ValueError(
                f"{self.host} can be reached by others, so an API key is needed: set --api-key (or THINKALOUD_API_KEY), "
                "or say --no-auth if everybody on that network may use it"
            )

    @property
    def is_local(self) -> bool:
        """Only this machine can reach the address."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False
