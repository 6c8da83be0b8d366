"""The session object of the Realtime protocol: the full effective configuration, changed field by field, always echoed.

What this server acts on is checked; everything else that clients send (unknown voices, models, tracing, tools, vendor
keys) is kept and echoed. Only two things are refused because we would otherwise lie about them: audio formats that are not
PCM16 at 24 kHz, and values outside the protocol's ranges.
"""

from typing import Annotated, Any, Literal

import pydantic
from pydantic import BaseModel, ConfigDict, Field

from thinkaloud.serve.protocol import ProtocolError, from_validation

WIRE_HZ = 24_000  # PCM16 mono in both directions


class _Open(BaseModel):
    model_config = ConfigDict(extra="allow")


class ServerVad(_Open):
    """Ends the user's turn after a silence."""

    type: Literal["server_vad"] = "server_vad"
    threshold: float = Field(default=0.5, ge=0, le=1)
    prefix_padding_ms: int = Field(default=300, ge=0, le=10_000)
    silence_duration_ms: int = Field(default=500, ge=0, le=60_000)
    idle_timeout_ms: int | None = Field(default=None, ge=1_000, le=600_000)
    create_response: bool = True
    interrupt_response: bool = True


class SemanticVad(_Open):
    """Ends the user's turn after a silence that fits the eagerness and what was said: see `silences_ms`.

    `threshold` is not of the protocol: what counts as speech, as in `ServerVad`.
    """

    type: Literal["semantic_vad"] = "semantic_vad"
    threshold: float = Field(default=0.5, ge=0, le=1)
    eagerness: Literal["low", "medium", "high", "auto"] = "auto"
    create_response: bool = True
    interrupt_response: bool = True

    @property
    def silences_ms(self) -> tuple[int, int, int]:
        """The silence that ends a turn: which is a whole, of which that is not known, which is unfinished."""
        by_eagerness = {"low": (500, 1000, 4000), "medium": (300, 600, 2000), "high": (250, 350, 1000)}
        return by_eagerness["medium" if self.eagerness == "auto" else self.eagerness]


class Format(_Open):
    """How audio is coded on the wire."""

    type: str = "audio/pcm"
    rate: int = WIRE_HZ


class AudioIn(_Open):
    """The microphone's side."""

    format: Format = Format()
    noise_reduction: dict[str, Any] | None = None
    transcription: dict[str, Any] | None = None
    turn_detection: Annotated[ServerVad | SemanticVad, Field(discriminator="type")] | None = ServerVad()


class AudioOut(_Open):
    """The loudspeaker's side."""

    format: Format = Format()
    voice: str | dict[str, Any] = "default"
    speed: float = Field(default=1.0, ge=0.25, le=4.0)


class AudioConfig(_Open):
    """Both sides."""

    input: AudioIn = AudioIn()
    output: AudioOut = AudioOut()


class SessionConfig(_Open):
    """Everything a session may be told. `changed()` applies a `session.update`; `wire()` is what is echoed."""

    type: Literal["realtime"] = "realtime"
    object: Literal["realtime.session"] = "realtime.session"
    id: str = ""
    model: str = ""
    expires_at: int | None = None
    output_modalities: list[str] = ["audio"]
    instructions: str = ""
    audio: AudioConfig = AudioConfig()
    tools: list[Any] = []
    tool_choice: Any = "auto"
    max_output_tokens: Annotated[int, Field(ge=1, le=4096)] | Literal["inf"] = "inf"
    truncation: Any = "auto"
    tracing: Any = None
    prompt: Any = None
    include: list[str] | None = None
    temperature: float | None = Field(default=None, ge=0, le=2)  # not in the GA protocol; ours

    def changed(self, update: dict[str, Any]) -> "SessionConfig":
        """A copy with the given fields changed; ProtocolError names the field that does not fit."""
        update = {key: value for key, value in modern(update).items() if key not in ("id", "object", "expires_at")}
        if update.get("type", "realtime") != "realtime":
            raise ProtocolError(
                f'session.type {update["type"]!r} is not served here; use "realtime", or POST /v1/audio/transcriptions',
                code="unsupported_session_type",
                param="session.type",
            )
        try:
            new = SessionConfig.model_validate(_merged(self.model_dump(), update))
        except pydantic.ValidationError as error:
            raise from_validation(error, prefix="session.") from None
        return new.checked()

    def checked(self) -> "SessionConfig":
        """Itself; ProtocolError for formats we do not speak. Both modalities together mean audio, which has its transcript."""
        for side, given in (("input", self.audio.input.format), ("output", self.audio.output.format)):
            if (given.type, given.rate) != ("audio/pcm", WIRE_HZ):
                raise ProtocolError(
                    f"audio format {given.type} at {given.rate} Hz is not served; use audio/pcm at {WIRE_HZ} Hz",
                    code="unsupported_format",
                    param=f"session.audio.{side}.format",
                )
        return self.model_copy(update={"output_modalities": modalities(self.output_modalities)})

    @property
    def turn_detection(self) -> ServerVad | SemanticVad | None:
        """How turns end; None: the client commits."""
        return self.audio.input.turn_detection

    def wire(self) -> dict[str, Any]:
        """The full effective configuration. What is null stays visible as null: clients read turn_detection."""
        return self.model_dump()


def modalities(asked: list[str]) -> list[str]:
    """["audio"] or ["text"]; both together mean audio, as audio always carries its transcript."""
    if not asked or not set(asked) <= {"text", "audio"}:
        raise ProtocolError(f'output_modalities must be ["audio"] or ["text"], got {asked}', param="output_modalities")
    return ["audio"] if "audio" in asked else ["text"]


_BETA_NAMES = {
    "modalities": ("output_modalities",),
    "voice": ("audio", "output", "voice"),
    "speed": ("audio", "output", "speed"),
    "turn_detection": ("audio", "input", "turn_detection"),
    "input_audio_transcription": ("audio", "input", "transcription"),
    "input_audio_noise_reduction": ("audio", "input", "noise_reduction"),
    "max_response_output_tokens": ("max_output_tokens",),
}


def modern(update: dict[str, Any]) -> dict[str, Any]:
    """An update with the flat names of the retired beta protocol moved to where they live now."""
    new = {key: value for key, value in update.items() if key not in _BETA_NAMES}
    for name, path in _BETA_NAMES.items():
        if name in update:
            value = update[name]
            for key in reversed(path):
                value = {key: value}
            new = _merged(new, value)
    return new


_NULLABLE = {"turn_detection", "transcription", "noise_reduction", "idle_timeout_ms", "tracing", "prompt", "include"}
_WHOLE = {"tools", "tool_choice", "truncation", "tracing", "prompt", "transcription", "format"}


def _merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """`old` with the fields of `new` on top, object by object; an object of another `type` replaces the old one."""
    merged = dict(old)
    for key, value in new.items():
        if value is None and key not in _NULLABLE:
            continue  # some clients send null for "as you like"
        before = old.get(key)
        if isinstance(before, dict) and isinstance(value, dict) and key not in _WHOLE and _same_type(before, value):
            merged[key] = _merged(before, value)
        else:
            merged[key] = value
    return merged


def _same_type(before: dict[str, Any], value: dict[str, Any]) -> bool:
    return value.get("type", before.get("type")) == before.get("type")
