"""Fixtures for all tests. Nothing here needs a network or anything outside the repository."""

import importlib
import os
import pathlib
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from thinkaloud import Audio

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

hypothesis.settings.register_profile("thinkaloud", deadline=None)  # a busy machine is no defect
hypothesis.settings.load_profile("thinkaloud")

ROOT = pathlib.Path(__file__).parent.parent


@pytest.fixture(scope="session")
def golden_dir() -> pathlib.Path:
    """Tiny random checkpoints with what the published implementations computed from them."""
    return ROOT / "tests" / "golden"


@pytest.fixture(scope="session")
def shared_dir() -> pathlib.Path:
    """Real recordings beside the repository; tests that need them skip where they are not."""
    folder = ROOT.parent / "shared"
    if not (folder / "data").is_dir():
        pytest.skip("the recordings beside the repository are not here")
    return folder


@pytest.fixture(scope="session")
def trimmed_question() -> "Audio":
    """The examples' question, 16 kHz, from where its speech begins to 20 ms after it ends."""
    from thinkaloud import Audio, read  # after the environment is set

    samples = read(ROOT / "examples" / "question.wav").mono().resample(16_000).samples
    loud = (samples.abs() > 0.02).nonzero()
    return Audio(samples[int(loud[0]) : int(loud[-1]) + 320], 16_000)


@pytest.fixture(scope="session")
def bench() -> Iterator[Callable[[str], ModuleType]]:
    """The scripts of bench/ by name, as modules."""
    sys.path.insert(0, str(ROOT / "bench"))
    yield importlib.import_module
    sys.path.remove(str(ROOT / "bench"))
