"""A real server on a free port in a thread, with the toy model or a scripted voice behind it."""

import base64
import contextlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from websockets.sync.client import connect

from thinkaloud import toy
from thinkaloud.duplex.vad import EnergyVad
from thinkaloud.generate import AudioChunk, Event, Stats, TextDelta, TurnEnded, TurnStarted
from thinkaloud.serve.app import build_app
from thinkaloud.serve.engine import Engine
from thinkaloud.serve.runner import Runner
from thinkaloud.serve.settings import Limits, ServeConfig
from thinkaloud.serve.state import ServerState

SPEAKS_HZ = 24_000


class ScriptedReply:
    """Says a text one word a step, with 100 ms of a tone each, never faster than `step_s`."""

    def __init__(self, text: str, speaks: bool, step_s: float) -> None:
        self._words, self._speaks, self._step_s = text.split(" "), speaks, step_s
        self._said: list[str] = []
        self.done = self.cancelled = False

    @property
    def has_begun(self) -> bool:
        return bool(self._said)

    def step(self, hidden=None) -> list[Event]:
        time.sleep(self._step_s)
        first = not self._said
        self._said.append(self._words[len(self._said)])
        events: list[Event] = [TurnStarted(turn=0)] if first else []
        events.append(TextDelta(turn=0, text=self._said[-1] + " "))
        if self._speaks:
            tone = 0.3 * torch.sin(torch.arange(SPEAKS_HZ // 10) * 0.1)
            events.append(AudioChunk(turn=0, samples=tone, sample_rate=SPEAKS_HZ))
        if len(self._said) == len(self._words):
            self.done = True
            count = len(self._said)
            events.append(Stats(turn=0, prompt_steps=5, steps=count, text_tokens=count, audio_frames=count, audio_samples=0))
            events.append(TurnEnded(turn=0, text=" ".join(self._said), reason="end"))
        return events

    def cancel(self) -> list[Event]:
        self.done = self.cancelled = True
        return []


class ScriptedEngine(Engine):
    """The toy's ears with a scripted voice: what was asked is known, what is said is too."""

    def __init__(self, script: str = "one two three four five", step_s: float = 0.0) -> None:
        super().__init__(toy.model(), EnergyVad())
        self.script, self.step_s = script, step_s
        self.asked: list[tuple[Any, tuple[Any, ...]]] = []
        self.replies: list[ScriptedReply] = []

    @property
    def speaks_hz(self) -> int:
        return SPEAKS_HZ

    def answer(self, question, history, options):
        self.asked.append((question, tuple(history)))
        return self._scripted(self.script, options.speaks)

    def transcribe(self, question):
        return self._scripted("what was heard", False)

    def say(self, text, options):
        return self._scripted(text, True)

    def _scripted(self, text: str, speaks: bool) -> ScriptedReply:
        self.replies.append(ScriptedReply(text, speaks, self.step_s))
        return self.replies[-1]


@dataclass
class Running:
    """A server in its thread."""

    host: str
    port: int
    state: ServerState
    runner: Runner
    scheme: str = "http"

    @property
    def http(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"

    @property
    def ws(self) -> str:
        return self.http.replace("http", "ws", 1) + "/v1/realtime"


@contextlib.contextmanager
def serving(engine: Engine, **options: Any) -> Iterator[Running]:
    """Serves an engine on a free port until the block ends."""
    options = {"limits": Limits(drain_s=2.0), **options, "port": 0}
    app = build_app(engine, ServeConfig(**options))
    runner = Runner(app, log_level="warning")
    failed: list[BaseException] = []

    def run() -> None:
        try:
            runner.run()
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    while not runner.started:
        assert thread.is_alive(), failed
        time.sleep(0.01)
    host, port = runner.address
    try:
        yield Running(host, port, app.state.server, runner, "https" if options.get("tls_cert") else "http")
    finally:
        runner.should_exit = True
        thread.join(timeout=20)
        assert not thread.is_alive(), "the server does not stop"


class Client:
    """A plain WebSocket client that keeps every event."""

    def __init__(self, server: Running, **options: Any) -> None:
        self.socket = connect(server.ws, compression=None, max_size=None, **options)
        self.events: list[dict[str, Any]] = []

    def send(self, type: str, **fields: Any) -> None:
        self.socket.send(json.dumps({"type": type, **fields}))

    def raw(self, frame: str | bytes) -> None:
        self.socket.send(frame)

    def next(self, timeout_s: float = 10.0) -> dict[str, Any]:
        self.events.append(json.loads(self.socket.recv(timeout=timeout_s)))
        return self.events[-1]

    def until(self, type: str, timeout_s: float = 10.0) -> dict[str, Any]:
        """The next event of that type; everything on the way is kept."""
        while (event := self.next(timeout_s))["type"] != type:
            pass
        return event

    def ask(self, text: str, **options: Any) -> dict[str, Any]:
        """A whole text turn; gives response.done."""
        self.send("conversation.item.create", item=user_text(text))
        self.send("response.create", response=options)
        return self.until("response.done")

    def speak(self, samples: np.ndarray, chunk_ms: int = 40) -> None:
        """Appends 24 kHz samples in chunks, as fast as they are taken."""
        size = SPEAKS_HZ * chunk_ms // 1000
        for start in range(0, len(samples), size):
            self.send("input_audio_buffer.append", audio=pcm16(samples[start : start + size]))

    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()


def user_text(text: str) -> dict[str, Any]:
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}


def pcm16(samples: np.ndarray) -> str:
    return base64.b64encode((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()).decode()


def silence(seconds: float) -> np.ndarray:
    return np.zeros(int(SPEAKS_HZ * seconds), dtype=np.float32)


def speech_like(seconds: float) -> np.ndarray:
    """Loud enough for the energy VAD: a tone that changes like syllables."""
    t = np.arange(int(SPEAKS_HZ * seconds)) / SPEAKS_HZ
    return (0.4 * np.sin(2 * np.pi * (180 + 40 * np.sin(2 * np.pi * 3 * t)) * t)).astype(np.float32)


def wait_for(condition, timeout_s: float = 10.0) -> None:
    """Waits until a condition holds."""
    ends_s = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < ends_s, "it did not happen in time"
        time.sleep(0.01)
