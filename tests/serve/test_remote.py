"""`thinkaloud talk --server`: the conversation of the command line, with a server elsewhere."""

import sys
import threading
import types
from pathlib import Path

import pytest
import soundfile
import torch
from running import SPEAKS_HZ, Running, ScriptedEngine, serving

from program import run
from thinkaloud import toy
from thinkaloud.cli.remote_socket import RemoteSocket
from thinkaloud.serve.tls import self_signed

KEY = "a-key-that-is-long-enough-for-anyone"


@pytest.fixture(params=["http", "https"])
def server(request, tmp_path, monkeypatch):
    options = {}
    if request.param == "https":
        cert, key = self_signed(tmp_path / "tls", "voice.example")
        monkeypatch.setenv("SSL_CERT_FILE", str(cert))
        options = {"tls_cert": str(cert), "tls_key": str(key)}
    with serving(ScriptedEngine(), api_keys=(KEY,), **options) as running:
        monkeypatch.setenv("THINKALOUD_API_KEY", KEY)
        yield running


def test_a_written_question_is_answered_aloud(server: Running, tmp_path: Path, capsys) -> None:
    answer = tmp_path / "answer.wav"
    code, out, err = run(capsys, "talk", "--server", server.http, "--text", "hello", "-o", str(answer))
    assert (code, err) == (0, "") and out.startswith("one two three four five ")
    samples, rate = soundfile.read(answer)
    assert rate == SPEAKS_HZ and len(samples) == SPEAKS_HZ // 2  # five words of 100 ms


def test_a_recording_is_heard_there(server: Running, tmp_path: Path, capsys) -> None:
    soundfile.write(tmp_path / "question.wav", toy.ToyVoice().speak("hello there friend").samples.numpy(), toy.SAMPLE_RATE)
    arguments = ["talk", str(tmp_path / "question.wav"), "--server", server.http, "-o", str(tmp_path / "answer.wav")]
    code, out, _ = run(capsys, *arguments)
    assert code == 0 and "one two three four five" in out and (tmp_path / "answer.wav").is_file()


def test_the_microphone_talks_while_the_answer_comes(server: Running, monkeypatch, capsys) -> None:
    """A question, then silence for as long as the conversation lasts, pushed by the thread of a sound library."""
    audio = torch.cat([torch.zeros(SPEAKS_HZ), 0.3 * torch.sin(torch.arange(SPEAKS_HZ) * 0.1)])
    over = threading.Event()

    class Microphone:
        def __init__(self, *_, callback, **__) -> None:
            self.thread = threading.Thread(target=self.talk, args=(callback,))

        def talk(self, callback) -> None:
            for block in audio.split(2400):
                callback(block[:, None].numpy())
            while not over.wait(0.02):
                callback(torch.zeros(2400, 1).numpy())

        def __enter__(self) -> None:
            self.thread.start()

        def __exit__(self, *_) -> None:
            over.set()
            self.thread.join()

    class Loudspeaker:
        def __init__(self, *_, **__) -> None: ...

        def start(self) -> None: ...

        stop = start

    library = types.SimpleNamespace(
        InputStream=Microphone, OutputStream=Loudspeaker, query_devices=lambda: [{"max_input_channels": 1}]
    )
    monkeypatch.setitem(sys.modules, "sounddevice", library)
    played: list[torch.Tensor] = []

    def play(self, samples: torch.Tensor) -> None:
        played.append(samples)
        if len(played) == 5:
            raise KeyboardInterrupt

    monkeypatch.setattr("thinkaloud.cli.microphone.Speaker.play", play)
    code, out, _ = run(capsys, "talk", "--server", server.http)
    assert code == 130 and "one two three four five" in out


def test_what_a_server_refuses_is_one_line(server: Running, monkeypatch, capsys) -> None:
    asked = ("talk", "--server", server.http, "--text", "hello")
    monkeypatch.setenv("THINKALOUD_API_KEY", "another-key-that-is-long-enough-too")
    code, _, err = run(capsys, *asked)
    assert code == 2 and "THINKALOUD_API_KEY" in err and err.count("\n") == 1
    code, _, err = run(capsys, *asked, "--temperature", "1", "--json")
    assert code == 2 and "--json, --temperature: the server decides" in err


def test_a_server_that_stops_ends_the_conversation(server: Running, capsys) -> None:
    def stop() -> None:
        server.runner.should_exit = True

    with RemoteSocket(server.ws, {"Authorization": f"Bearer {KEY}"}, 1 << 20) as socket:
        frames = iter(socket)
        assert "session.created" in next(frames)
        threading.Timer(0.2, stop).start()
        assert [frame for frame in frames if "server_shutdown" in frame]
