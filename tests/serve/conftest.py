"""Fixtures for the server's tests; what they are made of is in running.py."""

from collections.abc import Iterator

import pytest

pytest.importorskip("fastapi", reason='the server needs: pip install "thinkaloud[serve]"')

import torch
from running import Running, ScriptedEngine, serving

from thinkaloud import toy
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
    """The toy model with a seed that talks for as long as it may."""
    torch.set_num_threads(1)
    return Engine(toy.model(3), EnergyVad(), DecodeOptions(max_steps=40))
