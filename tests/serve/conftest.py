"""Fixtures for the server's tests; what they are made of is in running.py."""

import pathlib
from collections.abc import Iterator

import numpy as np
import pytest

pytest.importorskip("fastapi", reason='the server needs: pip install "thinkaloud[serve]"')

import torch
from running import SPEAKS_HZ, Running, ScriptedEngine, serving

from thinkaloud import audio, toy
from thinkaloud.duplex.vad import EnergyVad
from thinkaloud.generate.loop import DecodeOptions
from thinkaloud.serve.engine import Engine


@pytest.fixture(scope="module")
def scripted() -> Iterator[Running]:
    """A server that says "one two three four five"."""
    with serving(ScriptedEngine()) as server:
        yield server


@pytest.fixture(scope="session")
def toy_engine() -> Engine:
    """The toy model with a seed that talks, and says something else to every question."""
    torch.set_num_threads(1)
    return Engine(toy.model(17), EnergyVad(), DecodeOptions(max_steps=40))


@pytest.fixture(scope="session")
def spoken_question() -> np.ndarray:
    """A question spoken by a person where there is a recording, else by the toy voice; 24 kHz samples."""
    recording = pathlib.Path(__file__).parents[3] / "shared" / "data" / "questions" / "what_is_your_name.wav"
    spoken = audio.read(recording) if recording.is_file() else toy.ToyVoice().speak("what is your name")
    return spoken.resample(SPEAKS_HZ).samples.numpy()
