"""Items of a conversation: what the client sees of a message, and what the model needs of it.

user message       input_text parts, or one input_audio part (heard by an ear; the transcript comes later)
assistant message  one output_text part, or one output_audio part with its transcript
system message     joins the instructions
anything else      (function calls and their outputs, ...) is kept and shown, and not put to the model
"""

import base64
from dataclasses import dataclass, field
from typing import Any, Literal

import pydantic
import torch
from pydantic import BaseModel, ConfigDict
from torch import Tensor

from thinkaloud.audio import from_pcm16
from thinkaloud.generate.ask import Question
from thinkaloud.generate.played import text_heard
from thinkaloud.serve.protocol import ProtocolError, from_validation, new_id


class _PartIn(BaseModel):
    model_config = ConfigDict(extra="ignore")
    type: Literal["input_text", "input_audio", "input_image", "output_text", "output_audio", "text", "audio"]
    text: str | None = None
    audio: str | None = None
    transcript: str | None = None


class _MessageIn(BaseModel):
    model_config = ConfigDict(extra="ignore")
    id: str | None = pydantic.Field(default=None, min_length=1, max_length=64)
    type: Literal["message"]
    role: Literal["user", "assistant", "system"]
    content: list[_PartIn]


@dataclass(kw_only=True)
class Item:
    """One item. `speech_ms` is how much audio an assistant's answer has, `heard_ms` how much of it was played (None: all)."""

    id: str = field(default_factory=lambda: new_id("item"))
    role: str = "other"
    text: str = ""
    spoken: bool = False
    status: str = "completed"
    question: Question | None = None
    audio_ms: int = 0
    heard_ms: int | None = None
    raw: dict[str, Any] = field(default_factory=dict)

    @property
    def remembered(self) -> str:
        """The text as it was really said: of an interrupted answer, the part that was heard."""
        if self.heard_ms is None or not self.spoken:
            return self.text
        return text_heard(self.text, self.heard_ms, self.audio_ms if self.status == "completed" else None)

    def wire(self) -> dict[str, Any]:
        """The item as clients see it."""
        if self.role == "other":
            return {**self.raw, "id": self.id, "object": "realtime.item", "status": self.status}
        side = "output" if self.role == "assistant" else "input"
        if self.spoken:
            part = {"type": f"{side}_audio", "transcript": self.remembered or (None if side == "input" else "")}
        else:
            part = {"type": f"{side}_text", "text": self.text}
        empty = self.status == "in_progress" and not self.text
        shown = [] if empty else [part]
        head = {"id": self.id, "object": "realtime.item", "type": "message", "status": self.status}
        return {**head, "role": self.role, "content": shown}


def item_from_client(value: dict[str, Any]) -> tuple[Item, Tensor | None]:
    """A checked item, and the samples [n] of its audio that must still be heard; ProtocolError names what does not fit."""
    if value.get("type", "message") != "message":
        item_id = value.get("id") or new_id("item")
        if not isinstance(item_id, str) or not isinstance(value["type"], str):
            raise ProtocolError("item.id and item.type must be texts", param="item")
        return Item(id=item_id, raw=value), None
    try:
        message = _MessageIn.model_validate({"type": "message", **value})
    except pydantic.ValidationError as error:
        raise from_validation(error, prefix="item.") from None
    audio = [part.audio for part in message.content if part.type == "input_audio" and part.audio]
    if audio and message.role != "user":
        raise ProtocolError("only a user's message may bring audio", param="item.content")
    text = "\n".join(part.text or part.transcript or "" for part in message.content if part.text or part.transcript)
    item = Item(id=message.id or new_id("item"), role=message.role, text=text, spoken=bool(audio))
    samples = torch.cat([pcm16(part, "item.content.audio") for part in audio]) if audio else None
    if message.role == "user" and samples is None:
        item.question = Question(text=text)
    return item, samples


def pcm16(text: str, param: str = "audio") -> Tensor:
    """Samples [n] in -1..1 of base64 PCM16; ProtocolError if it is not that."""
    try:
        return from_pcm16(base64.b64decode(text, validate=True))
    except ValueError as error:
        raise ProtocolError(f"{param} is not base64 of PCM16: {error}", code="invalid_audio", param=param) from None
