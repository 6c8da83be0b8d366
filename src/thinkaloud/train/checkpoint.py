"""Checkpoints of a run: a folder each, complete or absent, loadable as a model, and enough to go on exactly where it was.

    RUN/checkpoints/2-adapt-0001500/     config.json, model.safetensors, tokenizer.json ..   a model (SpeechLM.load)
                                         trainer.pt     optimizer, average, random numbers    tensors and plain values only
                                         state.json     stage, step, best score
    RUN/best-adapt/, RUN/model/          models alone

Tensors are saved whole and by parameter name, so that a run may go on with another number of processes, sharded or not.
"""

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from thinkaloud.model import SpeechLM

_NAME = re.compile(r"(\d+)-(.+)-(\d{7})")


@dataclass(frozen=True, kw_only=True)
class State:
    """Where a run is: stage number, steps done in it, whether that stage is over, the best validation loss so far."""

    stage: int
    step: int
    best: float | None = None
    stage_done: bool = False


def whole(tensor: Tensor) -> Tensor:
    """A sharded tensor gathered (every process must take part), any other as it is; on the CPU."""
    gathered = tensor.full_tensor() if hasattr(tensor, "full_tensor") else tensor  # type: ignore[attr-defined]
    return gathered.detach().cpu()


def like(parameter: Tensor, tensor: Tensor) -> Tensor:
    """The inverse of `whole`: placed and sharded as the parameter is."""
    if hasattr(parameter, "device_mesh"):
        from torch.distributed.tensor import distribute_tensor

        mesh, placements = parameter.device_mesh, parameter.placements  # type: ignore[attr-defined]
        return distribute_tensor(tensor.to(parameter.device), mesh, placements)
    return tensor.to(parameter.device)


def optimizer_states(optimizers: Sequence[torch.optim.Optimizer], names: Mapping[int, str]) -> dict[str, dict[str, Any]]:
    """The optimizers' states by parameter name; `names` by id of the parameter."""
    found = {}
    for optimizer, _, parameter in _stepped(optimizers):
        state = optimizer.state.get(parameter, {})
        found[names[id(parameter)]] = {k: whole(v) if isinstance(v, Tensor) else v for k, v in state.items()}
    return found


def restore_optimizers(
    optimizers: Sequence[torch.optim.Optimizer], names: Mapping[int, str], states: Mapping[str, Mapping[str, Any]]
) -> None:
    """The inverse of `optimizer_states`; ValueError if the run trained other parameters."""
    wanted = {names[id(parameter)] for _, _, parameter in _stepped(optimizers)}
    if wanted != set(states):
        raise ValueError(
            f"the checkpoint trained {len(states)} parameters and this recipe {len(wanted)}: resume with the recipe the run "
            "began with"
        )
    for optimizer, group, parameter in _stepped(optimizers):
        optimizer.state[parameter] = {
            k: _placed(v, parameter, group) if isinstance(v, Tensor) else v for k, v in states[names[id(parameter)]].items()
        }


def _stepped(
    optimizers: Sequence[torch.optim.Optimizer],
) -> Iterator[tuple[torch.optim.Optimizer, dict[str, Any], Tensor]]:
    """Every parameter with its optimizer and the group it is in."""
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            for parameter in group["params"]:
                yield optimizer, group, parameter


def _placed(value: Tensor, parameter: Tensor, group: Mapping[str, Any]) -> Tensor:
    if value.ndim or not parameter.ndim:
        return like(parameter, value)
    return value.to(parameter.device) if group.get("fused") else value  # the count of steps lies where the kernel wants it


def delivered(folder: str | Path, what: str, *names: str) -> Path:
    """The folder into which a training has delivered these files; ValueError that names what is missing."""
    folder = Path(folder)
    if missing := [name for name in names if not (folder / name).is_file()]:
        raise ValueError(f"{folder} holds no trained {what}: {', '.join(missing)} missing; train one or name its folder")
    return folder


def model_weights(model: SpeechLM) -> dict[str, Tensor]:
    """The language model's weights, whole, by name; of tied tables only the first. Every process must call it."""
    return {name: whole(weight) for name, weight in model.core_weights().items()}


def write_whole(folder: Path, fill: Callable[[Path], None]) -> None:
    """A folder that appears complete or not at all, in place of an older one of its name."""
    part, old = folder.with_name(f".{folder.name}.part"), folder.with_name(f".{folder.name}.old")
    for left in (part, old):
        shutil.rmtree(left, ignore_errors=True)
    part.mkdir(parents=True)
    fill(part)
    for file in part.rglob("*"):
        if file.is_file():
            with file.open("rb+") as opened:
                os.fsync(opened.fileno())
    if folder.exists():
        folder.rename(old)
    part.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def save(
    run: Path, stage_name: str, state: State, model: SpeechLM, weights: Mapping[str, Tensor], rest: Mapping[str, Any]
) -> Path:
    """Writes one checkpoint."""
    folder = run / "checkpoints" / f"{state.stage}-{stage_name}-{state.step:07d}"

    def fill(part: Path) -> None:
        model.save(part, core_weights=weights)
        torch.save(dict(rest), part / "trainer.pt")
        (part / "state.json").write_text(json.dumps(asdict(state)) + "\n")

    write_whole(folder, fill)
    return folder


def rotate(run: Path, keep: int) -> None:
    """Deletes all but the newest `keep` checkpoints and the last one of each finished stage."""
    folders = found(run)
    for folder in folders[: max(0, len(folders) - keep)]:
        if not read_state(folder).stage_done:
            shutil.rmtree(folder)


def found(run: Path) -> list[Path]:
    """The checkpoints of a run, oldest first."""
    folders = [path for path in (run / "checkpoints").glob("*") if _NAME.fullmatch(path.name)]
    return sorted(folders, key=lambda path: (_parts(path), path.name))


def _parts(path: Path) -> tuple[int, int]:
    match = _NAME.fullmatch(path.name)
    assert match, path
    return int(match[1]), int(match[3])


def read_state(folder: Path) -> State:
    """Where the run was."""
    return State(**json.loads((folder / "state.json").read_text()))


def read_rest(folder: Path) -> dict[str, Any]:
    """Optimizer, average and random numbers; nothing in the file can run."""
    return torch.load(folder / "trainer.pt", map_location="cpu", weights_only=True)
