"""The events of the OpenAI Realtime protocol (GA spelling) that a spoken turn needs, as typed values.

Client events are checked strictly where this server acts on them and tolerate every extra field. Server events are built
only from these classes, so what leaves the server always has the shape that the published client types expect.

    client -> ClientEvent.parse(text) -> typed event        ProtocolError, which names code and parameter, if it is not one
    typed server event -> .frame() -> one JSON text frame
"""

import uuid
from typing import Annotated, Any, Literal

import pydantic
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import from_json


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


# ---------------------------------------------------------------------------------------------------- from the client


class FromClient(BaseModel):
    """Base of the client's events. Unknown fields are kept and ignored."""

    model_config = ConfigDict(extra="allow")
    event_id: str | None = Field(default=None, max_length=512)


class SessionUpdate(FromClient):
    """Change some fields of the session."""

    type: Literal["session.update"]
    session: dict[str, Any]


class AudioAppend(FromClient):
    """More of the microphone's audio, base64 of PCM16."""

    type: Literal["input_audio_buffer.append"]
    audio: str


class AudioCommit(FromClient):
    """The user's turn is over (manual mode); makes an item, not an answer."""

    type: Literal["input_audio_buffer.commit"]


class AudioClear(FromClient):
    """Forget the audio of the turn that is open."""

    type: Literal["input_audio_buffer.clear"]


class OutputAudioClear(FromClient):
    """WebRTC only; refused here with the remedy."""

    type: Literal["output_audio_buffer.clear"]


class ItemCreate(FromClient):
    """Put an item into the conversation."""

    type: Literal["conversation.item.create"]
    item: dict[str, Any]
    previous_item_id: str | None = None


class ItemRetrieve(FromClient):
    """Show an item."""

    type: Literal["conversation.item.retrieve"]
    item_id: str


class ItemDelete(FromClient):
    """Forget an item."""

    type: Literal["conversation.item.delete"]
    item_id: str


class ItemTruncate(FromClient):
    """So much of an answer was played."""

    type: Literal["conversation.item.truncate"]
    item_id: str
    content_index: int = 0
    audio_end_ms: int


class ResponseOptions(BaseModel):
    """What one `response.create` may change for its own response."""

    model_config = ConfigDict(extra="allow")
    audio: dict[str, Any] | None = None
    conversation: str | None = None
    input: list[dict[str, Any]] | None = None
    instructions: str | None = None
    max_output_tokens: int | Literal["inf"] | None = None
    metadata: dict[str, str] | None = None
    output_modalities: list[str] | None = None
    temperature: float | None = Field(default=None, ge=0, le=2)


class ResponseCreate(FromClient):
    """Answer now."""

    type: Literal["response.create"]
    response: ResponseOptions | None = None


class ResponseCancel(FromClient):
    """Stop answering."""

    type: Literal["response.cancel"]
    response_id: str | None = None


AnyClientEvent = (
    SessionUpdate | AudioAppend | AudioCommit | AudioClear | OutputAudioClear | ItemCreate | ItemRetrieve | ItemDelete
    | ItemTruncate | ResponseCreate | ResponseCancel
)  # fmt: skip
_CLIENT_EVENTS = pydantic.TypeAdapter(Annotated[AnyClientEvent, Field(discriminator="type")])


def parse_client_event(text: str | bytes) -> AnyClientEvent:
    """The typed event in one frame; ProtocolError for anything else (bad JSON, too deep, unknown type, wrong types)."""
    try:
        value = from_json(text, allow_inf_nan=False)  # refuses nesting deeper than 200 by itself
    except ValueError as error:
        raise ProtocolError(f"the frame is not JSON: {error}", code="invalid_json") from None
    if not isinstance(value, dict):
        raise ProtocolError(f"expected a JSON object with a type, got {type(value).__name__}", code="invalid_json")
    try:
        return _CLIENT_EVENTS.validate_python(value)
    except pydantic.ValidationError as error:
        raise from_validation(error, skip=1) from None


def from_validation(error: pydantic.ValidationError, skip: int = 0, prefix: str = "") -> ProtocolError:
    """The first complaint of pydantic as a ProtocolError; `skip` leading places (union tags) are left out of the name."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"][skip:]) or "type"
    kind = {"union_tag_invalid": "unknown_event_type", "union_tag_not_found": "missing_type", "missing": "missing_field"}
    return ProtocolError(
        f"{prefix}{place}: {first['msg']}", code=kind.get(first["type"], "invalid_value"), param=prefix + place
    )


# ------------------------------------------------------------------------------------------------------ to the client


class ToClient(BaseModel):
    """Base of the server's events. `frame()` is the text frame; fields that are None are left out."""

    event_id: str = Field(default_factory=lambda: new_id("event"))
    type: str

    def frame(self) -> str:
        """One JSON text frame."""
        return self.model_dump_json(exclude={name for name, value in self if value is None})


class SessionCreated(ToClient):
    """The first event: the effective configuration."""

    type: Literal["session.created"] = "session.created"
    session: dict[str, Any]


class SessionUpdated(ToClient):
    """The effective configuration after a change."""

    type: Literal["session.updated"] = "session.updated"
    session: dict[str, Any]


class ErrorBody(BaseModel):
    """What was wrong, and with which client event."""

    type: str
    code: str
    message: str
    param: str | None = None
    event_id: str | None = None


class Error(ToClient):
    """Something could not be done; the session goes on."""

    type: Literal["error"] = "error"
    error: ErrorBody


class ItemAdded(ToClient):
    """An item has its place."""

    type: Literal["conversation.item.added"] = "conversation.item.added"
    item: dict[str, Any]
    previous_item_id: str | None = None


class ItemDone(ToClient):
    """An item will not change any more."""

    type: Literal["conversation.item.done"] = "conversation.item.done"
    item: dict[str, Any]
    previous_item_id: str | None = None


class ItemDeleted(ToClient):
    """An item is forgotten."""

    type: Literal["conversation.item.deleted"] = "conversation.item.deleted"
    item_id: str


class ItemRetrieved(ToClient):
    """An item as it is."""

    type: Literal["conversation.item.retrieved"] = "conversation.item.retrieved"
    item: dict[str, Any]


class ItemTruncated(ToClient):
    """An answer is remembered up to here."""

    type: Literal["conversation.item.truncated"] = "conversation.item.truncated"
    item_id: str
    content_index: int
    audio_end_ms: int


class AudioCommitted(ToClient):
    """A spoken turn becomes an item."""

    type: Literal["input_audio_buffer.committed"] = "input_audio_buffer.committed"
    item_id: str
    previous_item_id: str | None = None


class AudioCleared(ToClient):
    """The open turn is forgotten."""

    type: Literal["input_audio_buffer.cleared"] = "input_audio_buffer.cleared"


class SpeechStarted(ToClient):
    """The user speaks; a client stops its playback now."""

    type: Literal["input_audio_buffer.speech_started"] = "input_audio_buffer.speech_started"
    item_id: str
    audio_start_ms: int


class SpeechStopped(ToClient):
    """The user's turn has ended."""

    type: Literal["input_audio_buffer.speech_stopped"] = "input_audio_buffer.speech_stopped"
    item_id: str
    audio_end_ms: int


class TranscriptOfUser(ToClient):
    """What the user said, complete."""

    type: Literal["conversation.item.input_audio_transcription.completed"] = (
        "conversation.item.input_audio_transcription.completed"
    )
    item_id: str
    content_index: int = 0
    transcript: str
    usage: dict[str, Any]


class TranscriptOfUserDelta(ToClient):
    """What the user said, as it is recognised."""

    type: Literal["conversation.item.input_audio_transcription.delta"] = "conversation.item.input_audio_transcription.delta"
    item_id: str
    content_index: int = 0
    delta: str


class TranscriptOfUserFailed(ToClient):
    """What the user said could not be written down."""

    type: Literal["conversation.item.input_audio_transcription.failed"] = "conversation.item.input_audio_transcription.failed"
    item_id: str
    content_index: int = 0
    error: dict[str, Any]


class ResponseCreated(ToClient):
    """An answer begins."""

    type: Literal["response.created"] = "response.created"
    response: dict[str, Any]


class ResponseDone(ToClient):
    """An answer has ended, with its status and usage."""

    type: Literal["response.done"] = "response.done"
    response: dict[str, Any]


class OutputItem(ToClient):
    """The item of an answer begins or ends."""

    type: Literal["response.output_item.added", "response.output_item.done"]
    response_id: str
    output_index: int = 0
    item: dict[str, Any]


class _InPart(ToClient):
    """Everything that belongs to one content part of one response says which."""

    response_id: str
    item_id: str
    output_index: int = 0
    content_index: int = 0


class ContentPart(_InPart):
    """The one part of that item begins or ends."""

    type: Literal["response.content_part.added", "response.content_part.done"]
    part: dict[str, Any]


class Delta(_InPart):
    """More speech (base64 of PCM16), more of its transcript, or more text."""

    type: Literal["response.output_audio.delta", "response.output_audio_transcript.delta", "response.output_text.delta"]
    delta: str


class AudioDone(_InPart):
    """No more speech."""

    type: Literal["response.output_audio.done"] = "response.output_audio.done"


class TranscriptDone(_InPart):
    """The whole transcript."""

    type: Literal["response.output_audio_transcript.done"] = "response.output_audio_transcript.done"
    transcript: str


class TextDone(_InPart):
    """The whole text."""

    type: Literal["response.output_text.done"] = "response.output_text.done"
    text: str


class RateLimits(ToClient):
    """What is left of the limits."""

    type: Literal["rate_limits.updated"] = "rate_limits.updated"
    rate_limits: list[dict[str, Any]]


class Latency(ToClient):
    """Ours, not the protocol's: the parts of the time to the first audio, in ms."""

    type: Literal["thinkaloud.latency"] = "thinkaloud.latency"
    response_id: str
    queued_ms: float
    first_text_ms: float | None = None
    first_audio_ms: float | None = None


class Warning(ToClient):
    """Ours: the session is about to reach a limit, or the server is about to stop."""

    type: Literal["thinkaloud.warning"] = "thinkaloud.warning"
    code: str
    message: str
    seconds_left: float
