"""A conversation by microphone, with a sound library that plays a recording into it and keeps what is played."""

import queue
import sys
import types
from collections.abc import Callable
from typing import Any

import pytest
import torch

from thinkaloud import cli, toy
from thinkaloud.cli import microphone

RATE = toy.SAMPLE_RATE


class Emptied(queue.Queue):
    """Ends the conversation, as Ctrl+C does, once everything was heard."""

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        if self.empty():
            raise KeyboardInterrupt
        return super().get(block, timeout)


class Device:
    """An input that is heard at once, or an output."""

    def __init__(self, callback: Callable[..., None], audio: torch.Tensor | None = None) -> None:
        self.callback, self.audio = callback, audio

    def __enter__(self) -> None:
        assert self.audio is not None
        for block in self.audio.split(512):
            self.callback(block[:, None].numpy(), len(block), None, None)

    def __exit__(self, *_: object) -> None:
        pass

    def start(self) -> None:
        pass

    stop = start


@pytest.fixture
def sound(monkeypatch: pytest.MonkeyPatch) -> types.SimpleNamespace:
    quiet = 1e-4 * torch.randn(RATE, generator=torch.Generator().manual_seed(0))
    audio = torch.cat([quiet, toy.ToyVoice().speak("hello there friend").samples, quiet, quiet])
    library = types.SimpleNamespace(
        InputStream=lambda *_, callback, **__: Device(callback, audio),
        OutputStream=lambda *_, callback, **__: Device(callback),
        query_devices=lambda: [{"max_input_channels": 1}],
    )
    monkeypatch.setitem(sys.modules, "sounddevice", library)
    monkeypatch.setattr(microphone.queue, "Queue", Emptied)
    monkeypatch.setattr(microphone, "_vad", microphone.EnergyVadConfig)
    return library


def test_a_spoken_question_is_answered(sound: types.SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        cli.main(["talk", "--model", "toy"])
    out = capsys.readouterr().out
    assert done.value.code == 130
    assert out.startswith("> ") and len(out) > 4


def test_the_speaker_plays_in_order_and_can_be_silenced(sound: types.SimpleNamespace) -> None:
    speaker = microphone.Speaker(sound, RATE)
    speaker.play(torch.arange(1.0, 6.0))
    out = torch.zeros(3, 1).numpy()
    speaker._fill(out, 3)
    assert out[:, 0].tolist() == [1, 2, 3] and speaker.playing
    speaker._fill(out, 3)
    assert out[:, 0].tolist() == [4, 5, 0] and not speaker.playing
    speaker.play(torch.ones(5))
    speaker.clear()
    assert not speaker.playing


def test_without_a_microphone_the_remedy_is_named(sound: types.SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    sound.query_devices = lambda: [{"max_input_channels": 0}]
    with pytest.raises(SystemExit) as done:
        cli.main(["talk", "--model", "toy"])
    assert done.value.code == 2 and "thinkaloud talk question.wav" in capsys.readouterr().err
