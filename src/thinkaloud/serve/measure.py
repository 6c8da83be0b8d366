"""Measure: clients that talk to a running server in real time and take the times that a user feels.

    user's speech ends                                                     first sample can be played
         |------ silence ------|-- queue, listening, first text --|-- first speech --|
         |                speech_stopped                     text delta         audio delta

Every client sends its microphone's audio at the speed of time, silence included, as a browser does.
"""

import asyncio
import base64
import json
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import torch
from torch import Tensor

from thinkaloud.audio import to_pcm16
from thinkaloud.serve.session_config import WIRE_HZ

_CHUNK_MS = 20
_WAIT_S = 60.0


@dataclass(frozen=True, kw_only=True)
class TurnTimes:
    """One answer, in ms from the end of the user's speech; how late playback ever was; generation time over audio time."""

    stopped_ms: float
    first_text_ms: float
    first_audio_ms: float
    late_ms: float
    audio_s: float
    real_time_factor: float


@dataclass(frozen=True, kw_only=True)
class LoadTimes:
    """Many answers under one load: median and 95th percentile of each time."""

    num_sessions: int
    num_turns: int
    num_failed: int
    median: TurnTimes
    high: TurnTimes


async def measure_load(url: str, question: Tensor, num_sessions: int, num_turns: int, key: str = "") -> LoadTimes:
    """Lets so many clients ask the spoken question [N] (24 kHz) so often, all at the same time."""
    clients = [_Client(url, question, num_turns, key) for _ in range(num_sessions)]
    results = await asyncio.gather(*(client.talk() for client in clients), return_exceptions=True)
    turns = [turn for result in results if isinstance(result, list) for turn in result]
    if not turns:
        raise ValueError(f"no turn succeeded at {url}: {results[0]}")
    failed = num_sessions * num_turns - len(turns)
    median, high = _summary(turns, 0.5), _summary(turns, 0.95)
    return LoadTimes(num_sessions=num_sessions, num_turns=len(turns), num_failed=failed, median=median, high=high)


def _summary(turns: Sequence[TurnTimes], quantile: float) -> TurnTimes:
    def of(name: str) -> float:
        values = sorted(getattr(turn, name) for turn in turns)
        return statistics.median(values) if quantile == 0.5 else values[min(int(quantile * len(values)), len(values) - 1)]

    return TurnTimes(**{field.name: round(of(field.name), 3) for field in fields(TurnTimes)})


class _Client:
    """One user."""

    def __init__(self, url: str, question: Tensor, num_turns: int, key: str) -> None:
        self._url, self._num_turns, self._key = url, num_turns, key
        size = WIRE_HZ * _CHUNK_MS // 1000
        padded = torch.cat([torch.zeros(WIRE_HZ // 2), question])
        self._chunks = [_append(chunk) for chunk in padded.split(size)]
        self._silence = _append(torch.zeros(size))
        self._speech_ended_s: float | None = None
        self._ask = asyncio.Event()

    async def talk(self) -> list[TurnTimes]:
        """Asks every time the answer before has been played."""
        import websockets

        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        options = {"additional_headers": headers, "compression": None, "max_size": None, "ping_interval": None}
        async with websockets.connect(self._url, **options) as socket:
            microphone = asyncio.create_task(self._speak(socket))
            try:
                return [await asyncio.wait_for(self._turn(socket), _WAIT_S) for _ in range(self._num_turns)]
            finally:
                microphone.cancel()

    async def _speak(self, socket: Any) -> None:
        """The microphone: the question when it is asked for, silence otherwise, never faster than time."""
        next_s = time.monotonic()
        waiting: list[str] = []
        while True:
            if self._ask.is_set():
                self._ask.clear()
                waiting = list(self._chunks)
            asked = bool(waiting)
            await socket.send(waiting.pop(0) if waiting else self._silence)
            if asked and not waiting:
                self._speech_ended_s = time.monotonic()
            next_s += _CHUNK_MS / 1000
            await asyncio.sleep(max(0.0, next_s - time.monotonic()))

    async def _turn(self, socket: Any) -> TurnTimes:
        self._speech_ended_s = None
        self._ask.set()
        moments: dict[str, float] = {}
        audio_s, late_s, last_s = 0.0, 0.0, 0.0
        async for frame in socket:
            event, now_s = json.loads(frame), time.monotonic()
            kind = event["type"]
            moments.setdefault(kind, now_s)
            if kind == "response.output_audio.delta":
                behind_s = now_s - moments[kind] - audio_s  # how much later than gapless playback needs it
                late_s, last_s = max(late_s, behind_s), now_s
                audio_s += len(event["delta"]) * 3 / 4 / 2 / WIRE_HZ
            elif kind == "response.done":
                break
        if self._speech_ended_s is None or "response.output_audio.delta" not in moments:
            raise ValueError("the server answered without speech, or before the question had ended")
        await asyncio.sleep(max(0.0, moments["response.output_audio.delta"] + audio_s - time.monotonic()) + 0.2)
        ended_s, first_s = self._speech_ended_s, moments["response.output_audio.delta"]
        return TurnTimes(
            stopped_ms=(moments["input_audio_buffer.speech_stopped"] - ended_s) * 1000,
            first_text_ms=(moments.get("response.output_audio_transcript.delta", first_s) - ended_s) * 1000,
            first_audio_ms=(first_s - ended_s) * 1000,
            late_ms=late_s * 1000,
            audio_s=audio_s,
            real_time_factor=(last_s - moments["response.created"]) / audio_s,
        )


def _append(samples: Tensor) -> str:
    return json.dumps({"type": "input_audio_buffer.append", "audio": base64.b64encode(to_pcm16(samples)).decode()})
