"""Many conversations at once: each as if it were alone, one too many refused, and nothing left of those that vanish."""

import base64
import concurrent.futures
import gc
import http.client
import json
import os
import socket
import struct
import threading
import time

import pytest
from running import Client, ScriptedEngine, serving, silence, speech_like, user_text, wait_for
from websockets.exceptions import InvalidStatus

from thinkaloud.serve.engine import Engine
from thinkaloud.serve.settings import Limits

QUESTIONS = ["hello", "what is two", "who are you", "one", "two and three", "good day", "why", "abc"]


def conversation(server, question: str) -> list[tuple[str, bytes]]:
    """Two turns; what was said and heard in each."""
    turns = []
    with Client(server) as client:
        for text in (question, question[::-1]):
            first = len(client.events)
            client.ask(text, max_output_tokens=25)
            deltas = [event for event in client.events[first:] if event["type"].endswith(".delta")]
            words = "".join(event["delta"] for event in deltas if "transcript" in event["type"])
            sound = b"".join(base64.b64decode(event["delta"]) for event in deltas if "transcript" not in event["type"])
            turns.append((words, sound))
    return turns


def test_eight_conversations_at_once_equal_each_alone(toy_engine: Engine) -> None:
    with serving(toy_engine) as server:
        alone = [conversation(server, question) for question in QUESTIONS]
        with concurrent.futures.ThreadPoolExecutor(len(QUESTIONS)) as pool:
            together = list(pool.map(lambda question: conversation(server, question), QUESTIONS))
    assert together == alone
    assert len({words for turns in alone for words, _ in turns}) > len(QUESTIONS)  # they do differ
    assert all(sound for turns in alone for _, sound in turns)


def test_the_ninth_is_refused_at_the_handshake_and_a_free_slot_is_taken() -> None:
    with serving(ScriptedEngine()) as server:
        clients = [Client(server) for _ in range(8)]
        with pytest.raises(InvalidStatus) as refused:
            Client(server)
        assert refused.value.response.status_code == 503
        assert json.loads(refused.value.response.body or b"")["error"]["code"] == "session_limit_reached"
        assert refused.value.response.headers["Retry-After"] == "5"
        clients.pop().socket.close()
        wait_for(lambda: server.state.sessions.taken == 7)
        clients.append(Client(server))
        assert clients[-1].ask("hello")["response"]["status"] == "completed"
        for client in clients:
            client.socket.close()
        wait_for(lambda: server.state.sessions.taken == 0)


def test_abrupt_resets_leave_nothing_behind() -> None:
    engine = ScriptedEngine(" ".join(["word"] * 200), step_s=0.001)
    with serving(engine) as server:
        vanish(server)
        wait_for(lambda: server.state.sessions.taken == 0 and server.state.worker.num_jobs == 0)
        gc.collect()
        files, threads = len(os.listdir("/proc/self/fd")), threading.active_count()
        for _ in range(25):
            group = [threading.Thread(target=vanish, args=(server, number)) for number in range(8)]
            for thread in group:
                thread.start()
            for thread in group:
                thread.join()
            wait_for(lambda: server.state.sessions.taken == 0)
        wait_for(lambda: server.state.worker.num_jobs == 0)
        gc.collect()
        wait_for(lambda: len(os.listdir("/proc/self/fd")) <= files and threading.active_count() <= threads)
        assert server.state.requests.taken == 0
        assert len(engine.replies) > 100 and all(reply.done for reply in engine.replies)
        with Client(server) as client:
            assert client.next()["type"] == "session.created"


def vanish(server, number: int = 0) -> None:
    """Connects, asks, and resets the TCP connection: every other one in the middle of the answer, the rest before it."""
    with bare_socket(server) as raw:
        for event in ({"type": "conversation.item.create", "item": user_text("go")}, {"type": "response.create"}):
            raw.sendall(masked(json.dumps(event).encode()))
        received = raw.recv(2000)
        while number % 2 == 0 and b"response.output_audio.delta" not in received:
            received += raw.recv(2000)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close sends RST


def bare_socket(server) -> socket.socket:
    """A bare socket after the WebSocket handshake."""
    raw = socket.create_connection((server.host, server.port))
    key = base64.b64encode(os.urandom(16)).decode()
    head = f"GET /v1/realtime HTTP/1.1\r\nHost: {server.host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    raw.sendall(f"{head}Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
    assert raw.recv(12).startswith(b"HTTP/1.1 101")
    return raw


def masked(payload: bytes, opcode: int = 1) -> bytes:
    """One client frame with a mask of zeros."""
    size = struct.pack("!B", 0x80 | len(payload)) if len(payload) < 126 else struct.pack("!BH", 0x80 | 126, len(payload))
    return bytes([0x80 | opcode]) + size + b"\0\0\0\0" + payload


def test_a_reader_that_stops_holds_up_its_own_answer_only() -> None:
    engine = ScriptedEngine(" ".join(["word"] * 3000), step_s=0.0005)
    limits = Limits(slow_reader_s=1.0, lead_s=10_000, drain_s=1.0)
    with serving(engine, limits=limits) as server:
        raw = bare_socket(server)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        for event in ({"type": "conversation.item.create", "item": user_text("go")}, {"type": "response.create"}):
            raw.sendall(masked(json.dumps(event).encode()))
        wait_for(lambda: bool(engine.replies))
        with Client(server) as client:
            client.send("session.update", session={"type": "realtime", "output_modalities": ["text"]})
            assert client.ask("hello")["response"]["status"] == "completed"
        wait_for(lambda: server.state.sessions.taken == 0, 15)  # the one that does not read is dropped
        assert server.state.metrics.slow_readers._value.get() == 1
        assert not engine.replies[0].done or engine.replies[0].cancelled
        raw.close()


def test_an_answer_is_not_generated_far_ahead_of_its_playback() -> None:
    engine = ScriptedEngine(" ".join(["word"] * 100))
    with serving(engine, limits=Limits(lead_s=0.5, drain_s=0.5)) as server, Client(server) as client:
        client.send("conversation.item.create", item=user_text("go"))
        began = time.monotonic()
        client.send("response.create")
        client.until("response.output_audio.delta")
        time.sleep(0.5)
        said_s = len(engine.replies[0]._said) * 0.1  # of 10 s of speech, which could be made at once
        assert said_s < time.monotonic() - began + 0.5 + 1.0
        client.send("response.cancel")
        client.until("response.done")


def test_idle_and_old_sessions_are_warned_and_closed() -> None:
    for limits, code in ((Limits(idle_s=0.6, warn_s=0.4), "idle_limit"), (Limits(session_s=0.6, warn_s=0.4), "session_limit")):
        with serving(ScriptedEngine(), limits=limits) as server, Client(server) as client:
            warning = client.until("thinkaloud.warning")
            assert warning["code"] == code and 0 < warning["seconds_left"] <= 0.4
            with pytest.raises(Exception, match=code):
                client.next()


def test_shutdown_lets_the_answer_finish_and_refuses_new_ones() -> None:
    engine = ScriptedEngine(" ".join(["word"] * 30), step_s=0.03)
    with serving(engine, limits=Limits(drain_s=5.0)) as server, Client(server) as client:
        client.send("conversation.item.create", item=user_text("go"))
        client.send("response.create")
        client.until("response.output_audio.delta")
        server.runner.should_exit = True
        assert client.until("thinkaloud.warning")["code"] == "server_shutdown"
        with pytest.raises(InvalidStatus) as refused:
            Client(server)
        assert refused.value.response.status_code == 503
        ready = http.client.HTTPConnection(server.host, server.port)
        ready.request("GET", "/ready")
        assert ready.getresponse().status == 503
        assert client.until("response.done")["response"]["status"] == "completed"
        with pytest.raises(Exception, match="server_shutdown"):
            while True:
                client.next()


def test_a_large_append_does_not_hold_up_other_sessions(toy_engine: Engine) -> None:
    with serving(ScriptedEngine()) as server, Client(server) as busy, Client(server) as other:
        busy.speak(silence(60.0), chunk_ms=60_000)
        busy.speak(speech_like(0.5))
        began_s = time.monotonic()
        other.ask("hello")
        busy.speak(silence(1.0))
        busy.until("response.done", 30)
        assert time.monotonic() - began_s < 30
