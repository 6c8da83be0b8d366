"""POST /v1/audio/speech and /v1/audio/transcriptions: speak a text, write down a recording."""

import base64
import io
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor

from thinkaloud import audio
from thinkaloud.generate.ask import Question
from thinkaloud.serve.encode import MEDIA_TYPES, encoder
from thinkaloud.serve.engine import ReplyOptions
from thinkaloud.serve.entry import entry
from thinkaloud.serve.errors import Refusal
from thinkaloud.serve.generation import Generation, sse, streamed
from thinkaloud.serve.recordings import read_recording, windows
from thinkaloud.serve.session_config import WIRE_HZ
from thinkaloud.serve.state import ServerState


class SpeechRequest(BaseModel):
    """The body of a speech request; fields this server does not know (voice, instructions, speed) are ignored."""

    model_config = ConfigDict(extra="allow")
    input: Annotated[str, Field(min_length=1, max_length=4_096)]
    model: str = ""
    voice: str | dict[str, Any] = "default"
    response_format: str = "mp3"
    stream_format: Literal["audio", "sse"] = "audio"


def routes(server: ServerState) -> APIRouter:
    """Both routes."""
    router = APIRouter(tags=["audio"], dependencies=[Depends(entry(server))])

    @router.post("/v1/audio/speech", response_class=Response, response_model=None)
    async def speech(body: SpeechRequest, request: Request) -> Response:
        """Speaks a text; the sound is streamed while it is generated."""
        _need(server, "tts", "speak a given text")
        format = body.response_format
        if format not in MEDIA_TYPES:
            known = ", ".join(MEDIA_TYPES)
            raise Refusal(400, "unsupported_format", f"response_format must be one of {known}", param="response_format")
        generation = Generation(server, request, "speech", lambda: server.engine.say(body.input, ReplyOptions()))
        if body.stream_format == "sse":
            return await streamed(_speech_events(generation, format), "text/event-stream")
        return await streamed(_speech_bytes(generation, format), MEDIA_TYPES[format])

    @router.post("/v1/audio/transcriptions", response_model=None)
    async def transcriptions(
        request: Request,
        file: Annotated[UploadFile, File()],
        model: Annotated[str, Form()] = "",
        response_format: Annotated[Literal["json", "text", "verbose_json"], Form()] = "json",
        language: Annotated[str, Form()] = "",
        stream: Annotated[bool, Form()] = False,
    ) -> Response:
        """Writes down what is said."""
        _need(server, "asr", "transcribe")
        transcript = _Transcript(server, request, io.BytesIO(await file.read()))
        if stream:
            return await streamed(transcript.stream(), "text/event-stream")
        async for _ in transcript.deltas():
            pass
        if response_format == "text":
            return PlainTextResponse(transcript.text + "\n")
        return JSONResponse(transcript.verbose(language) if response_format == "verbose_json" else transcript.brief())

    return router


def _need(server: ServerState, task: str, what: str) -> None:
    if not server.engine.can(task):
        raise Refusal(
            400, "unsupported_task", f"model {server.engine.name!r} was not trained to {what} (task {task})", param="model"
        )


async def _speech_bytes(generation: Generation, format: str) -> AsyncIterator[bytes]:
    encoded = encoder(format, WIRE_HZ)
    async for part in generation:
        if isinstance(part, Tensor) and (data := encoded.push(part)):
            yield data
    yield encoded.flush()


async def _speech_events(generation: Generation, format: str) -> AsyncIterator[bytes]:
    async for data in _speech_bytes(generation, format):
        if data:
            yield sse({"type": "speech.audio.delta", "audio": base64.b64encode(data).decode()})
    counts = generation.usage()
    usage = {"input_tokens": counts["prompt_tokens"], "output_tokens": counts["completion_tokens"]}
    yield sse({"type": "speech.audio.done", "usage": {**usage, "total_tokens": counts["total_tokens"]}})


class _Transcript:
    """One recording being written down, window by window."""

    def __init__(self, server: ServerState, request: Request, file: io.BytesIO) -> None:
        self._server, self._request, self._file = server, request, file
        self.duration_s = 0.0
        self.segments: list[dict[str, Any]] = []

    @property
    def text(self) -> str:
        """All of it."""
        return " ".join(segment["text"] for segment in self.segments if segment["text"])

    async def deltas(self) -> AsyncIterator[str]:
        """Pieces of the text, as they are recognised."""
        server, hears_hz = self._server, self._server.engine.hears_hz
        recording: audio.Audio = await server.in_ears(read_recording, server, self._file, server.config.limits.upload_s)
        for window in windows(recording.samples, hears_hz, server.engine.max_question_s):
            begin_s, self.duration_s = self.duration_s, self.duration_s + len(window) / hears_hz
            question: Question = await server.in_ears(server.engine.listen, window)
            generation = Generation(
                server, self._request, "transcriptions", lambda heard=question: server.engine.transcribe(heard)
            )
            if self.segments:
                yield " "
            async for part in generation:
                if isinstance(part, str):
                    yield part
            self._add(begin_s, generation.text.strip())

    async def stream(self) -> AsyncIterator[bytes]:
        """The same as server-sent events."""
        async for delta in self.deltas():
            yield sse({"type": "transcript.text.delta", "delta": delta})
        yield sse({"type": "transcript.text.done", **self.brief()})

    def brief(self) -> dict[str, Any]:
        """The json format."""
        return {"text": self.text, "usage": {"type": "duration", "seconds": round(self.duration_s, 3)}}

    def verbose(self, language: str) -> dict[str, Any]:
        """The verbose_json format. Segments are the windows that the model heard; it gives no probabilities."""
        return {
            "task": "transcribe",
            "language": language,
            "duration": self.duration_s,
            **self.brief(),
            "segments": self.segments,
        }

    def _add(self, begin_s: float, text: str) -> None:
        unknown = {"avg_logprob": 0.0, "compression_ratio": 1.0, "no_speech_prob": 0.0, "temperature": 0.0, "tokens": []}
        place = {"id": len(self.segments), "seek": int(begin_s * 100), "start": begin_s, "end": self.duration_s}
        self.segments.append({**place, "text": text, **unknown})
