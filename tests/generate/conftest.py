"""The toy model and something it heard."""

import pytest
import torch

from thinkaloud import toy
from thinkaloud.model import SpeechLM


@pytest.fixture(scope="module")
def model() -> SpeechLM:
    return toy.model()


@pytest.fixture(scope="module")
def heard(model: SpeechLM) -> torch.Tensor:
    return model.need("listener").listen(toy.ToyVoice().speak("hello").samples[None]).embeds[0]
