"""Generation for REST: one request's replies on the shared thread, and their bytes on the way to the client.

A request takes a slot or is refused at once. The slot is free again, and the model stops within one step, when the request
ends, fails, or its client leaves.
"""

import contextlib
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Any

import torch
from fastapi import Request
from fastapi.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send
from torch import Tensor

from thinkaloud.audio import Resampler
from thinkaloud.generate import AudioChunk, Event, Stats, TextDelta, TurnEnded
from thinkaloud.serve.engine import Reply
from thinkaloud.serve.errors import Refusal
from thinkaloud.serve.session_config import WIRE_HZ
from thinkaloud.serve.state import ServerState
from thinkaloud.serve.timing import Timing


class ClientLeft(Exception):
    """Nobody waits for this answer any more."""


class Generation:
    """The events of one reply, with its audio at the wire's rate."""

    def __init__(self, server: ServerState, request: Request, route: str, make: Callable[[], Reply]) -> None:
        self._server, self._request, self._route, self._make = server, request, route, make
        self.text = ""
        self.finish_reason = "stop"
        self.stats = Stats(turn=0, prompt_steps=0, steps=0, text_tokens=0, audio_frames=0, audio_samples=0)

    async def __aiter__(self) -> AsyncGenerator[str | Tensor]:
        """Text deltas, and wire samples [n]."""
        server = self._server
        if not server.requests.take():
            limit = server.requests.num_slots
            raise Refusal(503, "server_busy", f"{limit} requests are being answered; try again later", retry_s=2)
        job, timing, status, sent_s = server.worker.submit(self._make), Timing(), "left", 0.0
        resampler = Resampler(server.engine.speaks_hz, WIRE_HZ)
        try:
            async with contextlib.aclosing(aiter(job)) as batches:
                async for events in batches:
                    if await self._request.is_disconnected():
                        raise ClientLeft
                    for event in events:
                        for part in self._parts(event, resampler, timing):
                            sent_s += len(part) / WIRE_HZ if isinstance(part, Tensor) else 0.0
                            yield part
            if sent_s and len(rest := resampler.flush()):
                yield rest
            status = "completed"
        except ValueError as error:
            status = "refused"
            raise Refusal(400, "cannot_answer", str(error)) from error
        except Exception as error:
            status = "left" if isinstance(error, ClientLeft) else "failed"
            raise
        finally:
            job.cancel()
            server.requests.give_back()
            timing.end(server.metrics, job, sent_s)
            server.metrics.requests.labels(self._route, status).inc()

    def _parts(self, event: Event, resampler: Resampler, timing: Timing) -> list[str | Tensor]:
        if isinstance(event, TextDelta):
            timing.text()
            self.text += event.text
            return [event.text]
        if isinstance(event, AudioChunk):
            timing.audio()
            samples = resampler.push(event.samples)
            return [samples] if len(samples) else []
        if isinstance(event, Stats):
            self.stats = event
        if isinstance(event, TurnEnded) and event.reason == "limit":
            self.finish_reason = "length"
        return []

    async def whole(self) -> Tensor:
        """Runs to the end; the speech [N] at the wire's rate. The text is in `text`."""
        speech = [torch.zeros(0)]
        async with contextlib.aclosing(aiter(self)) as parts:
            async for part in parts:
                speech += [part] if isinstance(part, Tensor) else []
        return torch.cat(speech)

    def usage(self) -> dict[str, Any]:
        """Tokens, as chat completions count them."""
        read, text, audio = self.stats.prompt_steps, self.stats.text_tokens, self.stats.audio_frames
        return {
            "prompt_tokens": read,
            "completion_tokens": text + audio,
            "total_tokens": read + text + audio,
            "completion_tokens_details": {"audio_tokens": audio, "text_tokens": text},
        }


class _Closing(StreamingResponse):
    """A streaming response that always closes what it streams from, also if the client never reads."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with contextlib.aclosing(self.body_iterator):  # type: ignore[type-var]
            await super().__call__(scope, receive, send)


async def streamed(chunks: AsyncIterator[bytes], media_type: str) -> Response:
    """Streams chunks. What goes wrong before the first one is still an ordinary HTTP error."""
    try:
        first = await anext(chunks, b"")
    except BaseException:
        await chunks.aclose()  # type: ignore[attr-defined]
        raise

    async def joined() -> AsyncIterator[bytes]:
        async with contextlib.aclosing(chunks):  # type: ignore[type-var]
            yield first
            try:
                async for chunk in chunks:
                    yield chunk
            except ClientLeft:
                return

    return _Closing(joined(), media_type=media_type, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})


def sse(value: dict[str, Any] | str) -> bytes:
    """One server-sent event."""
    return f"data: {value if isinstance(value, str) else json.dumps(value)}\n\n".encode()
