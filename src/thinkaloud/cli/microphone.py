"""A conversation with the microphone: `thinkaloud talk` without a question."""

import queue
import sys
import threading
from typing import Any

import torch

from thinkaloud.configurable import Config
from thinkaloud.duplex.endpoint import EndpointConfig
from thinkaloud.duplex.silero import SileroVadConfig
from thinkaloud.duplex.vad import EnergyVadConfig
from thinkaloud.generate import AudioChunk, Interrupted, TextDelta, Transcript, TurnEnded, UserStarted
from thinkaloud.generate.answer import AnswerOptions
from thinkaloud.generate.loop import DecodeOptions
from thinkaloud.generate.session import Session, SessionOptions
from thinkaloud.model import SpeechLM

_BLOCK_MS = 32


def converse(model: SpeechLM, batch_parallel: bool = True, transcribe: bool = False) -> None:
    """Listens and answers until Ctrl+C; speak into an answer to interrupt it. ValueError where there is no microphone."""
    sound = sound_library()
    decode = DecodeOptions(batch_parallel=batch_parallel)
    answer = AnswerOptions(decode=decode, transcribe=transcribe)
    options = SessionOptions(answer=answer, endpoint=EndpointConfig(), vad=_vad())
    session = Session(model, options)
    rate = model.need("listener").sample_rate
    heard: queue.Queue[torch.Tensor] = queue.Queue()
    speaker = Speaker(sound, model.need("codec").sample_rate)

    def on_audio(block: Any, *_: Any) -> None:
        heard.put(torch.from_numpy(block[:, 0].copy()))

    print("Speak; Ctrl+C ends the conversation.", file=sys.stderr)
    with sound.InputStream(rate, rate * _BLOCK_MS // 1000, channels=1, dtype="float32", callback=on_audio), speaker:
        while True:
            while not heard.empty() or not session.busy:
                session.push(heard.get(), rate)
            for event in session.step():
                _tell(event, speaker)


def _tell(event: object, speaker: "Speaker") -> None:
    if isinstance(event, TextDelta):
        print(event.text, end="", flush=True)
    elif isinstance(event, AudioChunk):
        speaker.play(event.samples)
    elif isinstance(event, Interrupted):
        speaker.clear()
        print(" -")
    elif isinstance(event, TurnEnded):
        print("(not a question)" if event.reason == "ignored" else "")
    elif isinstance(event, UserStarted):
        print("> ", end="", flush=True)
    elif isinstance(event, Transcript):
        print(event.text)


class Speaker:
    """A loudspeaker with a queue that can be emptied at once."""

    def __init__(self, sound: Any, sample_rate: int) -> None:
        self._waiting = torch.zeros(0)
        self._lock = threading.Lock()  # the device takes its samples in a thread of its own
        self._stream = sound.OutputStream(sample_rate, channels=1, dtype="float32", callback=self._fill)

    def play(self, samples: torch.Tensor) -> None:
        """Adds samples [n] to what is played."""
        with self._lock:
            self._waiting = torch.cat([self._waiting, samples])

    def clear(self) -> None:
        """Plays nothing more of what waits."""
        with self._lock:
            self._waiting = torch.zeros(0)

    def _fill(self, out: Any, num_samples: int, *_: Any) -> None:
        with self._lock:
            now, self._waiting = self._waiting[:num_samples], self._waiting[num_samples:]
        out[:, 0] = 0
        out[: len(now), 0] = now.numpy()

    @property
    def playing(self) -> bool:
        """Something still waits to be played."""
        return len(self._waiting) > 0

    def start(self) -> None:
        """Opens the device."""
        self._stream.start()

    def __enter__(self) -> None:
        self.start()

    def __exit__(self, *_: object) -> None:
        self._stream.stop()


def _vad() -> Config:
    """The VAD that knows speech from noise where it is installed, else the one that knows loudness."""
    try:
        SileroVadConfig().build()
    except ValueError:
        return EnergyVadConfig()
    return SileroVadConfig()


def sound_library() -> Any:
    """The sounddevice library; ValueError with the remedy where it or a microphone is missing."""
    try:
        import sounddevice
    except (ImportError, OSError) as error:
        raise ValueError(
            f"the microphone needs the mic extra and PortAudio ({error}): pip install 'thinkaloud[mic]' and, on Debian, "
            "apt install libportaudio2; or give a sound file: thinkaloud talk question.wav"
        ) from error
    if not any(device["max_input_channels"] for device in sounddevice.query_devices()):
        raise ValueError("there is no microphone here; give a sound file instead: thinkaloud talk question.wav")
    return sounddevice
