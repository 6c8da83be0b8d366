"""`thinkaloud talk --server URL`: the same conversation with a running server, over its realtime protocol.

A question from a file or in writing is one turn; without a question the microphone talks until Ctrl+C, and the server's
voice activity detection takes the turns.
"""

import base64
import json
import os
import sys
import time
from collections.abc import Iterator
from typing import Any

import torch

from thinkaloud import audio
from thinkaloud.audio import Audio, from_pcm16, to_pcm16
from thinkaloud.cli.remote_socket import RemoteSocket

_WIRE_HZ = 24000  # PCM16 of the realtime protocol
_CHUNK_SAMPLES = 2400
KEY_VARIABLE = "THINKALOUD_API_KEY"


def talk_to_server(server: str, question: str, output: str, text: str) -> None:
    """Asks once and writes the answer, or talks by microphone; ValueError where the server cannot be reached or refuses."""
    with _connect(server) as socket:
        if not question and not text:
            _converse(socket)
            return
        started_s = time.perf_counter()
        _ask(socket, question, text)
        spoken, first_audio_ms = [], None
        for event in _events(socket):
            kind = event["type"]
            if kind == "response.output_audio.delta":
                first_audio_ms = first_audio_ms or (time.perf_counter() - started_s) * 1000
                spoken.append(from_pcm16(base64.b64decode(event["delta"])))
            elif kind == "response.done":
                break
        print()
        if spoken:
            samples = torch.cat(spoken)
            audio.write(output, Audio(samples, _WIRE_HZ))
            print(f"speech: {output}, {len(samples) / _WIRE_HZ:.1f} s, first audio after {first_audio_ms:.0f} ms")


def _connect(server: str) -> RemoteSocket:
    try:
        from websockets.exceptions import WebSocketException
    except ImportError as error:
        raise ValueError("talking to a server needs the serve extra: pip install 'thinkaloud[serve]'") from error
    address = server.rstrip("/").replace("http://", "ws://", 1).replace("https://", "wss://", 1)
    if not address.startswith(("ws://", "wss://")):
        raise ValueError(f"expected a server URL such as http://127.0.0.1:8000, got {server!r}")
    key = os.environ.get(KEY_VARIABLE)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        return RemoteSocket(f"{address}/v1/realtime", headers, max_bytes=1 << 24)
    except (OSError, WebSocketException) as error:
        hint = f" (does it want a key? set {KEY_VARIABLE})" if "401" in str(error) else "; is `thinkaloud serve` running there?"
        raise ValueError(f"cannot talk to {server}: {error}{hint}") from error


def _ask(socket: RemoteSocket, question: str, text: str) -> None:
    """One turn, committed by hand."""
    _send(socket, type="session.update", session={"type": "realtime", "audio": {"input": {"turn_detection": None}}})
    if text:
        content = [{"type": "input_text", "text": text}]
        _send(socket, type="conversation.item.create", item={"type": "message", "role": "user", "content": content})
    else:
        samples = audio.read(question).resample(_WIRE_HZ).samples
        for chunk in samples.split(_CHUNK_SAMPLES):
            _append(socket, chunk)
        _send(socket, type="input_audio_buffer.commit")
    _send(socket, type="response.create")


def _converse(socket: RemoteSocket) -> None:
    """The microphone, until Ctrl+C."""
    from thinkaloud.cli.microphone import Speaker, sound_library

    sound = sound_library()
    speaker = Speaker(sound, _WIRE_HZ)

    def on_audio(block: Any, *_: Any) -> None:
        _append(socket, torch.from_numpy(block[:, 0].copy()))

    print("Speak; Ctrl+C ends the conversation.", file=sys.stderr)
    with sound.InputStream(_WIRE_HZ, _CHUNK_SAMPLES, channels=1, dtype="float32", callback=on_audio), speaker:
        for event in _events(socket):
            if event["type"] == "response.output_audio.delta":
                speaker.play(from_pcm16(base64.b64decode(event["delta"])))
            elif event["type"] == "input_audio_buffer.speech_started":
                speaker.clear()
            elif event["type"] == "response.done":
                print()


def _events(socket: RemoteSocket) -> Iterator[dict[str, Any]]:
    """Server events, with their text printed as it comes; a typed error, or an end, is a ValueError."""
    for message in _frames(socket):
        event = json.loads(message)
        kind = event["type"]
        if kind == "error":
            raise ValueError(f"the server says: {event['error'].get('message', event['error'])}")
        if kind == "conversation.item.input_audio_transcription.completed":
            print(f"heard:  {event['transcript']}")
        if kind in ("response.output_audio_transcript.delta", "response.output_text.delta"):
            print(event["delta"], end="", flush=True)
        yield event
    raise ValueError("the server closed the connection")


def _frames(socket: RemoteSocket) -> Iterator[str]:
    from websockets.exceptions import ConnectionClosed

    try:
        yield from socket
    except ConnectionClosed as error:
        raise ValueError(f"the connection to the server broke: {error}") from error


def _append(socket: RemoteSocket, samples: torch.Tensor) -> None:
    _send(socket, type="input_audio_buffer.append", audio=base64.b64encode(to_pcm16(samples)).decode())


def _send(socket: RemoteSocket, **event: Any) -> None:
    socket.send(json.dumps(event))
