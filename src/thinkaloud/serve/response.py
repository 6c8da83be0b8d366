"""Response: the events of one answer, in the order that clients rely on, from its start to its one end.

    response.created, output_item.added, item.added, content_part.added          open()
    {transcript.delta, audio.delta}*                                             text(), audio()
    audio.done, transcript.done, content_part.done, output_item.done,
    item.done, response.done                                                     close(status)

After `close` nothing more comes out, whatever is still put in: that is what makes an interruption final.
"""

import base64
from collections.abc import Callable
from typing import Any, Literal

from torch import Tensor

from thinkaloud.audio import Resampler, to_pcm16
from thinkaloud.generate import Stats
from thinkaloud.serve import server_events
from thinkaloud.serve.conversation import Conversation
from thinkaloud.serve.items import Item
from thinkaloud.serve.protocol import new_id
from thinkaloud.serve.server_events import ToClient
from thinkaloud.serve.session_config import WIRE_HZ, AudioOut

Status = Literal["completed", "cancelled", "failed", "incomplete"]


class Response:
    """One response. `send` takes its events; `conversation` gets its item, or is None for a response outside of it."""

    def __init__(
        self,
        send: Callable[[ToClient], None],
        conversation: Conversation | None,
        *,
        speaks: bool,
        output: AudioOut,
        conversation_id: str,
        max_output_tokens: int | Literal["inf"] = "inf",
        metadata: dict[str, str] | None = None,
    ) -> None:
        self.id = new_id("resp")
        self.item = Item(role="assistant", spoken=speaks, status="in_progress")
        self.closed = False
        self._send, self._conversation, self._speaks = send, conversation, speaks
        self._resampler: Resampler | None = None
        self._num_samples = self._num_deltas = self._num_chunks = 0
        self._stats: Stats | None = None
        self._status, self._details = "in_progress", None
        self._fixed = {
            "id": self.id,
            "object": "realtime.response",
            "conversation_id": conversation_id if conversation is not None else None,
            "output_modalities": ["audio"] if speaks else ["text"],
            "audio": {"output": {"format": output.format.model_dump(), "voice": output.voice}},
            "max_output_tokens": max_output_tokens,
            "metadata": metadata,
        }

    def open(self) -> None:
        """Announces the response, its item and its one content part."""
        self._send(server_events.ResponseCreated(response=self.wire()))
        self._send(server_events.OutputItem(type="response.output_item.added", response_id=self.id, item=self.item.wire()))
        if self._conversation is not None:
            for event in self._conversation.add(self.item):
                self._send(event)
        part = {"type": "audio", "transcript": ""} if self._speaks else {"type": "text", "text": ""}
        self._send(server_events.ContentPart(type="response.content_part.added", part=part, **self._place))

    def text(self, delta: str) -> None:
        """More of the text."""
        if self.closed or not delta:
            return
        self.item.text += delta
        self._num_deltas += 1
        kind = "response.output_audio_transcript.delta" if self._speaks else "response.output_text.delta"
        self._send(server_events.Delta(type=kind, delta=delta, **self._place))

    def audio(self, samples: Tensor, sample_rate: int) -> None:
        """More of the speech: samples [n] at any rate."""
        if self.closed or not self._speaks:
            return
        self._resampler = self._resampler or Resampler(sample_rate, WIRE_HZ)
        self._num_chunks += 1
        self._send_audio(self._resampler.push(samples))

    def count(self, stats: Stats) -> None:
        """What the model counted."""
        self._stats = stats

    def close(self, status: Status, reason: str | None = None, error: dict[str, Any] | None = None) -> None:
        """Ends the response, once; later calls do nothing."""
        if self.closed:
            return
        if self._resampler is not None and status == "completed":
            self._send_audio(self._resampler.flush())
        self.closed = True
        self._status = status
        details = {"type": status, "reason": reason, "error": error}
        self._details = {key: value for key, value in details.items() if value is not None} if status != "completed" else None
        self.item.status = "completed" if status == "completed" else "incomplete"
        self._close_part()
        self._send(server_events.OutputItem(type="response.output_item.done", response_id=self.id, item=self.item.wire()))
        if self._conversation is not None and self.item in self._conversation.items:
            before = self._conversation.before(self.item)
            self._send(server_events.ItemDone(item=self.item.wire(), previous_item_id=before))
        self._send(server_events.ResponseDone(response=self.wire()))

    @property
    def sent_ms(self) -> int:
        """How much speech has been sent."""
        return self._num_samples * 1000 // WIRE_HZ

    def wire(self) -> dict[str, Any]:
        """The response object. It always has its usage."""
        done = self._status != "in_progress"
        output = [self.item.wire()] if done else []
        usage = self._usage() if done else None
        return {**self._fixed, "status": self._status, "status_details": self._details, "output": output, "usage": usage}

    @property
    def _place(self) -> dict[str, Any]:
        return {"response_id": self.id, "item_id": self.item.id}

    def _send_audio(self, samples: Tensor) -> None:
        if len(samples):
            self._num_samples += len(samples)
            self.item.audio_ms = self.sent_ms
            data = base64.b64encode(to_pcm16(samples)).decode()
            self._send(server_events.Delta(type="response.output_audio.delta", delta=data, **self._place))

    def _close_part(self) -> None:
        text = self.item.remembered
        if self._speaks:
            self._send(server_events.AudioDone(**self._place))
            self._send(server_events.TranscriptDone(transcript=text, **self._place))
        else:
            self._send(server_events.TextDone(text=text, **self._place))
        part = {"type": "audio", "transcript": text} if self._speaks else {"type": "text", "text": text}
        self._send(server_events.ContentPart(type="response.content_part.done", part=part, **self._place))

    def _usage(self) -> dict[str, Any]:
        """Tokens in and out. Of a response that was cut short only what it sent is known."""
        told = self._stats
        read = told.prompt_steps if told else 0
        text, audio = (told.text_tokens, told.audio_frames) if told else (self._num_deltas, self._num_chunks)
        return {
            "total_tokens": read + text + audio,
            "input_tokens": read,
            "output_tokens": text + audio,
            "input_token_details": {"text_tokens": read, "audio_tokens": 0, "cached_tokens": 0},
            "output_token_details": {"text_tokens": text, "audio_tokens": audio},
        }
