"""The realtime events this server sends, as typed values: what leaves always has the shape that clients expect."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from thinkaloud.serve.protocol import new_id


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
    """The user's turn has ended. `silence_ms` is not of the protocol: of the time until `audio_end_ms`, so much was silent."""

    type: Literal["input_audio_buffer.speech_stopped"] = "input_audio_buffer.speech_stopped"
    item_id: str
    audio_end_ms: int
    silence_ms: int


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
