"""The realtime events a client may send, as typed values.

They are checked strictly where this server acts on them; every other field is tolerated.
"""

from typing import Annotated, Any, Literal

import pydantic
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import from_json

from thinkaloud.serve.protocol import ProtocolError, from_validation


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
