"""How many threads of a CPU a model gets."""

from collections.abc import Iterator

import pytest
import torch

from thinkaloud import toy
from thinkaloud.cli import models


@pytest.fixture(autouse=True)
def three_threads(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As torch might like it; the tests after this one keep what they had."""
    before = torch.get_num_threads()
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(before)


def test_a_small_model_runs_on_one_thread() -> None:
    models.load("toy", "cpu")
    assert torch.get_num_threads() == 1


def test_a_large_one_as_torch_likes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "_SMALL", 1)
    models.use_threads(toy.model())
    assert torch.get_num_threads() == 3


def test_who_asks_for_threads_gets_them(monkeypatch: pytest.MonkeyPatch) -> None:
    models.load("toy", "cpu", threads=2)
    assert torch.get_num_threads() == 2
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    models.use_threads(toy.model())
    assert torch.get_num_threads() == 2
