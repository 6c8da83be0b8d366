"""`thinkaloud serve` and `thinkaloud bench serve` as commands."""

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from thinkaloud.cli import main


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--host", "0.0.0.0"], "an API key is needed"),
        (["--tls-cert", "only.crt"], "a certificate needs its key"),
        (["--vad", "magic", "--model", "toy"], "there is no VAD 'magic'"),
    ],
)
def test_wrong_options_are_one_line(options: list[str], told: str, capsys: pytest.CaptureFixture[str], monkeypatch) -> None:
    monkeypatch.delenv("THINKALOUD_API_KEY", raising=False)
    with pytest.raises(SystemExit) as ended:
        main(["serve", *options])
    error = capsys.readouterr().err
    assert ended.value.code == 2 and told in error and error.count("\n") == 1


@pytest.fixture
def command():
    """`thinkaloud serve` in a process of its own; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    code = "from thinkaloud.cli import main; main()"
    options = ["serve", "--model", "toy", "--port", str(port), "--sessions", "2", "--threads", "1", "--max-steps", "300"]
    process = subprocess.Popen([sys.executable, "-c", code, *options], stderr=subprocess.PIPE, text=True)
    try:
        ends_s = time.monotonic() + 180
        while True:
            assert process.poll() is None and time.monotonic() < ends_s, process.stderr
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=2):
                    break
            except OSError:
                time.sleep(0.2)
        yield process, port
    finally:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_the_command_serves_and_sigterm_lets_the_answer_finish(command) -> None:
    process, port = command
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as page:
        assert b"<html" in page.read().lower()
    with connect(f"ws://127.0.0.1:{port}/v1/realtime") as client:
        item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "count from one to twelve."}]}
        client.send(json.dumps({"type": "conversation.item.create", "item": item}))
        client.send(json.dumps({"type": "response.create"}))
        types = [json.loads(client.recv(timeout=30))["type"]]
        while types[-1] != "response.output_audio_transcript.delta":
            types.append(json.loads(client.recv(timeout=30))["type"])
        process.send_signal(signal.SIGTERM)
        with pytest.raises(ConnectionClosed, match="server_shutdown"):
            while True:
                types.append(json.loads(client.recv(timeout=30))["type"])
    assert "thinkaloud.warning" in types and types.index("thinkaloud.warning") < types.index("response.done")
    assert process.wait(timeout=30) in (0, -signal.SIGTERM)
    lines = [json.loads(line) for line in process.stderr.read().splitlines() if line.startswith("{")]
    assert any(line["message"] == "session closed" and line["reason"] == "server_shutdown" for line in lines)
    assert not any("traceback" in line for line in lines)
