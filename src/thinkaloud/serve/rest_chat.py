"""POST /v1/chat/completions: text and audio in, text and audio out, whole or streamed.

An answer's audio can be referred to in later requests by its id (`messages[].audio.id`): its transcript is remembered for an
hour, for the caller that got it.
"""

import base64
import binascii
import io
import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor

from thinkaloud import audio
from thinkaloud.generate.ask import Question
from thinkaloud.serve.auth import Caller
from thinkaloud.serve.conversation import Asked, Conversation
from thinkaloud.serve.encode import MEDIA_TYPES, encode
from thinkaloud.serve.engine import ReplyOptions
from thinkaloud.serve.entry import entry
from thinkaloud.serve.errors import Refusal
from thinkaloud.serve.generation import Generation, sse, streamed
from thinkaloud.serve.items import Item
from thinkaloud.serve.protocol import new_id
from thinkaloud.serve.recordings import hear_recording
from thinkaloud.serve.session_config import WIRE_HZ
from thinkaloud.serve.state import ServerState

_KEEP_S, _KEEP_NUM = 3_600, 1_000


class _Open(BaseModel):
    model_config = ConfigDict(extra="allow")


class InputAudio(_Open):
    """Base64 of a sound file."""

    data: str
    format: str = "wav"


class ContentPart(_Open):
    """One part of a message."""

    type: Literal["text", "input_audio", "refusal"]
    text: str | None = None
    input_audio: InputAudio | None = None


class AudioRef(_Open):
    """An earlier answer's audio."""

    id: str


class Message(_Open):
    """One message of the conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[ContentPart] | None = None
    audio: AudioRef | None = None


class AudioOptions(_Open):
    """How to speak."""

    voice: str | dict[str, Any] = "default"
    format: str = "wav"


class StreamOptions(_Open):
    """What a stream tells besides."""

    include_usage: bool = False


class ChatRequest(_Open):
    """The body of the request; fields this server does not know are ignored."""

    messages: Annotated[list[Message], Field(min_length=1, max_length=1_000)]
    model: str = ""
    modalities: list[Literal["text", "audio"]] = ["text"]
    audio: AudioOptions | None = None
    stream: bool = False
    stream_options: StreamOptions | None = None
    max_tokens: Annotated[int, Field(ge=1, le=100_000)] | None = None
    max_completion_tokens: Annotated[int, Field(ge=1, le=100_000)] | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    seed: Annotated[int, Field(ge=0, lt=2**63)] | None = None


class Transcripts:
    """What was said under an audio id, for the caller that heard it."""

    def __init__(self) -> None:
        self._texts: OrderedDict[tuple[str, str], tuple[float, str]] = OrderedDict()

    def keep(self, caller: str, audio_id: str, text: str) -> int:
        """Remembers a transcript; gives when it is forgotten, in seconds since 1970."""
        self._texts[caller, audio_id] = (time.time() + _KEEP_S, text)
        while len(self._texts) > _KEEP_NUM:
            self._texts.popitem(last=False)
        return int(time.time() + _KEEP_S)

    def find(self, caller: str, audio_id: str) -> str:
        """The transcript; Refusal if it is unknown or too old."""
        expires_at, text = self._texts.get((caller, audio_id), (0.0, ""))
        if expires_at < time.time():
            raise Refusal(400, "audio_not_found", f"there is no audio {audio_id!r}, or it has expired", param="messages")
        return text


def routes(server: ServerState) -> APIRouter:
    """The one route."""
    router = APIRouter(tags=["chat"])
    transcripts = Transcripts()

    @router.post("/v1/chat/completions", response_model=None)
    async def chat(body: ChatRequest, request: Request, caller: Annotated[Caller, Depends(entry(server))]) -> Response:
        """Answers a conversation."""
        speaks = "audio" in body.modalities
        format = (body.audio.format if body.audio else "wav").replace("pcm16", "pcm")
        if speaks and format not in MEDIA_TYPES:
            raise Refusal(
                400, "unsupported_format", f"audio.format must be one of {', '.join(MEDIA_TYPES)}", param="audio.format"
            )
        if speaks and body.stream and format != "pcm":
            raise Refusal(400, "unsupported_format", "streamed audio needs audio.format pcm16", param="audio.format")
        asked = await _asked(server, body, transcripts, caller)
        options = ReplyOptions(
            speaks=speaks,
            max_tokens=body.max_completion_tokens or body.max_tokens,
            temperature=body.temperature,
            seed=body.seed,
        )
        generation = Generation(server, request, "chat", lambda: server.engine.answer(asked.question, asked.history, options))
        answer = _Answer(server.engine.name, generation, transcripts, caller, speaks)
        if body.stream:
            usage = body.stream_options is not None and body.stream_options.include_usage
            return await streamed(answer.stream(usage), "text/event-stream")
        return JSONResponse(await answer.whole(format))

    return router


class _Answer:
    """One completion on its way out."""

    def __init__(self, model: str, generation: Generation, transcripts: Transcripts, caller: Caller, speaks: bool) -> None:
        self._generation, self._transcripts, self._caller, self._speaks = generation, transcripts, caller, speaks
        self._audio_id = new_id("audio")
        self._head = {"id": new_id("chatcmpl"), "created": int(time.time()), "model": model}

    def _expires_at(self) -> int:
        return self._transcripts.keep(self._caller.name, self._audio_id, self._generation.text)

    async def whole(self, format: str) -> dict[str, Any]:
        """The complete answer."""
        speech = await self._generation.whole()
        message: dict[str, Any] = {"role": "assistant", "content": self._generation.text, "refusal": None}
        if self._speaks:
            data = base64.b64encode(encode(format, speech, WIRE_HZ)).decode()
            said = {"id": self._audio_id, "data": data, "transcript": self._generation.text, "expires_at": self._expires_at()}
            message |= {"content": None, "audio": said}
        choice = {"index": 0, "message": message, "finish_reason": self._generation.finish_reason, "logprobs": None}
        return {**self._head, "object": "chat.completion", "choices": [choice], "usage": self._generation.usage()}

    async def stream(self, usage: bool) -> AsyncIterator[bytes]:
        """Chunks as server-sent events."""
        yield self._chunk({"role": "assistant", "content": None if self._speaks else ""})
        if self._speaks:
            yield self._chunk({"audio": {"id": self._audio_id, "transcript": ""}})
        async for part in self._generation:
            if isinstance(part, Tensor):
                yield self._chunk({"audio": {"data": base64.b64encode(audio.to_pcm16(part)).decode()}})
            else:
                yield self._chunk({"audio": {"transcript": part}} if self._speaks else {"content": part})
        if self._speaks:
            yield self._chunk({"audio": {"expires_at": self._expires_at()}})
        yield self._chunk({}, self._generation.finish_reason)
        if usage:
            yield sse({**self._head, "object": "chat.completion.chunk", "choices": [], "usage": self._generation.usage()})
        yield sse("[DONE]")

    def _chunk(self, delta: dict[str, Any], finish_reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        return sse({**self._head, "object": "chat.completion.chunk", "choices": [choice]})


async def _asked(server: ServerState, body: ChatRequest, transcripts: Transcripts, caller: Caller) -> Asked:
    """What the messages ask; Refusal if they ask nothing."""
    items = [await _item(server, message, transcripts, caller) for message in body.messages]
    asked = Conversation().asked("", items)
    if asked is None:
        raise Refusal(400, "nothing_to_answer", "messages have no text and no audio to answer", param="messages")
    return asked


async def _item(server: ServerState, message: Message, transcripts: Transcripts, caller: Caller) -> Item:
    """A message as an item; its audio has been heard."""
    role = {"developer": "system", "tool": "other", "function": "other"}.get(message.role, message.role)
    parts = [ContentPart(type="text", text=message.content)] if isinstance(message.content, str) else message.content or []
    text = "\n".join(part.text for part in parts if part.text)
    if message.audio is not None and role == "assistant":
        text = transcripts.find(caller.name, message.audio.id)
    item = Item(role=role, text=server.check_text(text))
    recordings = [part.input_audio for part in parts if part.input_audio is not None]
    if role == "user" and recordings:
        if len(recordings) > 1:
            raise Refusal(400, "too_many_recordings", "one message may bring one recording", param="messages")
        item.question = await _hear(server, recordings[0])
    elif role == "user" and text:
        item.question = Question(text=text)
    return item


async def _hear(server: ServerState, recording: InputAudio) -> Question:
    try:
        file = io.BytesIO(base64.b64decode(recording.data, validate=True))
    except (binascii.Error, ValueError):
        raise Refusal(400, "invalid_audio", "input_audio.data is not base64", param="messages") from None
    return await server.in_ears(hear_recording, server, file)
