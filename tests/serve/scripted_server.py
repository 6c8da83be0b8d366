"""A realtime server without a model: it hears by loudness and answers by a script. For tests of the page.

    microphone loud for a while, then quiet 500 ms  ->  the next answer of the script: words, and a tone of its length
    loud while it answers                           ->  speech_started, response.done (cancelled)

Everything the page sent is kept in `received`, in order.
"""

import asyncio
import base64
import itertools
import json
import socket
import threading
import time
from dataclasses import dataclass, field
from importlib.resources import files

import numpy as np
import uvicorn
from fastapi import FastAPI, Response, WebSocket, WebSocketDisconnect
from fastapi.staticfiles import StaticFiles
from starlette.requests import HTTPConnection

WIRE_HZ = 24_000
SILENCE_MS = 500
STATIC = str(files("thinkaloud.serve") / "static")


@dataclass(frozen=True, kw_only=True)
class Answer:
    question: str
    text: str
    seconds: float
    tone_hz: float = 330.0


@dataclass
class Script:
    answers: list[Answer]
    key: str = ""
    full: bool = False
    received: list[dict] = field(default_factory=list)
    sent: list[dict] = field(default_factory=list)
    handshakes: list[list[str]] = field(default_factory=list)

    def of_type(self, name: str) -> list[dict]:
        return [event for event in self.received if event["type"] == name]


class Conversation:
    """One socket's state."""

    def __init__(self, script: Script, websocket: WebSocket):
        self.script, self.websocket = script, websocket
        self.ids = (f"x{n}" for n in itertools.count(1))
        self.answers = iter(script.answers)
        self.session = {"type": "realtime", "id": "sess_1", "model": "scripted", "output_modalities": ["audio"]}
        self.session["audio"] = {"input": {"turn_detection": {"type": "server_vad"}}, "output": {"voice": "tone"}}
        self.heard_ms, self.loud_ms, self.quiet_ms = 0.0, 0.0, 0.0
        self.user_id: str | None = None  # of the speech that is being heard
        self.asked_id: str | None = None  # of the last spoken question
        self.answering: asyncio.Task | None = None
        self.texts: dict[str, str] = {}

    async def send(self, kind: str, **fields):
        event = {"event_id": next(self.ids), "type": kind, **fields}
        self.script.sent.append({**event, "at": time.monotonic()})
        await self.websocket.send_json(event)

    async def run(self):
        await self.send("session.created", session=self.session)
        while True:
            text = await self.websocket.receive_text()
            self.script.received.append({**json.loads(text), "at": time.monotonic()})
            await self.take(json.loads(text))

    async def take(self, event):
        kind = event["type"]
        if kind == "session.update":
            audio, new = self.session["audio"], event["session"].pop("audio", {})
            audio["input"].update(new.get("input", {}))
            audio["output"].update(new.get("output", {}))
            self.session.update(event["session"])
            await self.send("session.updated", session=self.session)
        elif kind == "input_audio_buffer.append":
            await self.hear(np.frombuffer(base64.b64decode(event["audio"]), np.int16) / 32768)
        elif kind == "input_audio_buffer.commit":
            await self.commit(next(self.ids))
        elif kind == "conversation.item.create":
            await self.send("conversation.item.added", item={"id": next(self.ids), **event["item"]})
        elif kind == "response.create":
            self.answering = asyncio.create_task(self.answer())
        elif kind == "response.cancel":
            await self.stop("client_cancelled")
        elif kind == "conversation.item.truncate":
            fields = {key: event[key] for key in ("item_id", "content_index", "audio_end_ms")}
            await self.send("conversation.item.truncated", **fields)
        elif kind == "conversation.item.retrieve":
            content = [{"type": "output_audio", "transcript": self.texts[event["item_id"]].partition(" ")[0]}]
            await self.send("conversation.item.retrieved", item={"id": event["item_id"], "content": content})

    async def hear(self, samples):
        ms = 1000 * len(samples) / WIRE_HZ
        self.heard_ms += ms
        if self.session["audio"]["input"]["turn_detection"] is None:
            return
        loud = np.sqrt(np.mean(samples**2)) > 0.02
        self.loud_ms, self.quiet_ms = (self.loud_ms + ms, 0.0) if loud else (self.loud_ms, self.quiet_ms + ms)
        if self.user_id is None and self.loud_ms >= 80:
            await self.stop("turn_detected")
            self.user_id = next(self.ids)
            await self.send("input_audio_buffer.speech_started", item_id=self.user_id, audio_start_ms=int(self.heard_ms))
        if self.user_id is not None and self.quiet_ms >= SILENCE_MS:
            await self.send("input_audio_buffer.speech_stopped", item_id=self.user_id, audio_end_ms=int(self.heard_ms))
            user_id, self.user_id, self.loud_ms = self.user_id, None, 0.0
            await self.commit(user_id)
            self.answering = asyncio.create_task(self.answer())

    async def commit(self, user_id):
        await self.send("input_audio_buffer.committed", item_id=user_id, previous_item_id=None)
        item = {"id": user_id, "type": "message", "role": "user", "content": [{"type": "input_audio"}]}
        await self.send("conversation.item.added", item=item)
        self.asked_id = user_id

    async def stop(self, reason):
        if self.answering is None or self.answering.done():
            return
        self.answering.cancel()
        await asyncio.gather(self.answering, return_exceptions=True)
        output = [{"id": item_id} for item_id in list(self.texts)[-1:]]
        details = {"type": "cancelled", "reason": reason}
        await self.send("response.done", response={"status": "cancelled", "status_details": details, "output": output})

    async def answer(self):
        answer = next(self.answers)
        item_id, response_id = next(self.ids), next(self.ids)
        self.texts[item_id] = answer.text
        where = {"response_id": response_id, "item_id": item_id, "output_index": 0, "content_index": 0}
        await self.send("response.created", response={"id": response_id, "status": "in_progress"})
        item = {"id": item_id, "type": "message", "role": "assistant", "content": []}
        await self.send("conversation.item.added", item=item, previous_item_id=self.asked_id)
        if self.asked_id:
            done = "conversation.item.input_audio_transcription.completed"
            await self.send(done, item_id=self.asked_id, content_index=0, transcript=answer.question, usage={})
        if self.session["output_modalities"] == ["text"]:
            await self.send("response.output_text.delta", **where, delta=answer.text)
            await self.send("response.output_text.done", **where, text=answer.text)
        else:
            await self.speak(answer, where)
        response = {"id": response_id, "status": "completed", "output": [{"id": item_id}], "usage": {}}
        await self.send("response.done", response=response)

    async def speak(self, answer, where):
        """Twice as fast as it is played, so that there is a queue."""
        num_pieces = max(1, round(answer.seconds / 0.2))
        words = answer.text.split(" ")
        for n in range(num_pieces):
            said = words[n * len(words) // num_pieces : (n + 1) * len(words) // num_pieces]
            if said:
                await self.send("response.output_audio_transcript.delta", **where, delta=" " * (n > 0) + " ".join(said))
            time_s = (np.arange(WIRE_HZ // 5) + n * WIRE_HZ // 5) / WIRE_HZ
            envelope = 0.12 + 0.1 * np.sin(2 * np.pi * 2.2 * time_s) * np.sin(2 * np.pi * 0.7 * time_s)
            pcm = (32767 * envelope * np.sin(2 * np.pi * answer.tone_hz * time_s)).astype(np.int16)
            await self.send("response.output_audio.delta", **where, delta=base64.b64encode(pcm.tobytes()).decode())
            await asyncio.sleep(0.1)
        await self.send("response.output_audio.done", **where)
        await self.send("response.output_audio_transcript.done", **where, transcript=answer.text)


def app_of(script: Script) -> FastAPI:
    app = FastAPI()

    def locked(connection: HTTPConnection) -> bool:
        return bool(script.key) and connection.headers.get("authorization") != f"Bearer {script.key}"

    @app.get("/v1/models")
    def models(connection: HTTPConnection):
        return Response(status_code=401) if locked(connection) else {"data": [{"id": "scripted", "object": "model"}]}

    @app.get("/v1/audio/voices")
    def voices():
        return {"data": [{"id": "tone"}]}

    @app.get("/ready")
    def ready():
        return {"sessions": int(script.full), "slots": 1}

    @app.post("/v1/realtime/client_secrets")
    def secrets(connection: HTTPConnection):
        return Response(status_code=401) if locked(connection) else {"value": "ek_secret"}

    @app.websocket("/v1/realtime")
    async def realtime(websocket: WebSocket):
        offered = websocket.scope["subprotocols"]
        script.handshakes.append(offered)
        if script.full or (script.key and "openai-insecure-api-key.ek_secret" not in offered):
            await websocket.close()
            return
        await websocket.accept(subprotocol="realtime")
        conversation = Conversation(script, websocket)
        try:
            await conversation.run()
        except WebSocketDisconnect:
            pass
        finally:
            if conversation.answering:
                conversation.answering.cancel()

    app.mount("/", StaticFiles(directory=STATIC, html=True))
    return app


class Server:
    """Any ASGI application on a free port, in a thread: `with Server(app) as base: ...`"""

    def __init__(self, app):
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)

    def __enter__(self) -> str:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}/"

    def __exit__(self, *exc):
        self._server.should_exit = True
        self._thread.join(10)
