"""`thinkaloud models`: what can be loaded."""

import os

from rich import box
from rich.console import Console
from rich.table import Table

from thinkaloud import checkpoints, toy
from thinkaloud.checkpoints import own
from thinkaloud.config import ModelConfig
from thinkaloud.model import SpeechLM

_PUBLISHED = {
    "gpt-omni/mini-omni": (
        "published Mini-Omni, 0.5 B, MIT: a download of 2.8 GB and Whisper and SNAC",
        "a1a2 a1t2 asr t1a2 t1t2",
    )
}

_SMALL = 100_000_000  # weights: a guess; with the 19 million of the pocket model it was measured (bench/threads.md)


def command() -> None:
    """List the models that can be loaded by name; a folder in our format or in a published layout works too."""
    table = Table("name", "what it is", "tasks", box=box.SIMPLE)
    for name in checkpoints.packaged():
        config = ModelConfig.from_json((checkpoints.PACKAGED / name / own.CONFIG).read_text())
        table.add_row(name, "comes with this package, works offline", " ".join(config.tasks))
    table.add_row("toy", "random weights, speaks nonsense: for tests and documentation", " ".join(toy.config().tasks))
    for name, (what, tasks) in _PUBLISHED.items():
        table.add_row(name, what, tasks)
    Console().print(table)


def default_model() -> str:
    """The model that commands use when none is named: the packaged one, or the toy where this build has none."""
    return next(iter(checkpoints.packaged()), "toy")


def best_device() -> str:
    """Where models run and learn if the user does not say."""
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def load(name: str, device: str = "", threads: int = 0, **options: object) -> SpeechLM:
    """The model of a `--model` option, on the best device at hand; `threads` for it on a CPU, 0: see `use_threads`."""
    model = toy.model() if name == "toy" else SpeechLM.load(name, **options)  # type: ignore[arg-type]
    device = device or best_device()
    try:
        model = model.to(device)
    except (RuntimeError, AssertionError) as error:
        raise ValueError(f"device {device!r} cannot be used here ({str(error).splitlines()[0]}); try --device cpu") from error
    model.tie()
    if device == "cpu":
        use_threads(model, threads)
    return model


def use_threads(model: SpeechLM, threads: int = 0) -> None:
    """So many threads of a CPU from here on; 0: as OMP_NUM_THREADS says, else one for a small model, as torch likes for others.

    A small model's threads wait for each other thousands of times a second. Where another program has one of their cores, each
    wait is as long as that keeps it: an answer of .1 s took four.
    """
    import torch

    small = sum(weight.numel() for weight in model.parameters()) < _SMALL and "OMP_NUM_THREADS" not in os.environ
    if threads or small:
        torch.set_num_threads(threads or 1)
