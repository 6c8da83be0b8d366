"""Several processes: what they learn together is the mean, what fails in one of them is not lost."""

import functools
from pathlib import Path

import pytest
import torch
import torch.distributed as dist

from thinkaloud.train.together import share_gradients, side_by_side, together


def learn(folder: Path) -> None:
    weight, idle = torch.nn.Parameter(torch.zeros(2, 3)), torch.nn.Parameter(torch.zeros(1))
    bias = torch.nn.Parameter(torch.zeros(2))
    rank = dist.get_rank() if dist.is_initialized() else 0
    weight.grad, bias.grad = torch.full((2, 3), rank + 1.0), torch.tensor([0.0, 10.0 * rank])
    if dist.is_initialized():
        share_gradients([weight, idle, bias])
    (folder / str(rank)).write_text(str([*weight.grad.flatten().tolist(), *bias.grad.tolist()]))


def fail() -> None:
    raise ValueError("no such corpus")


def test_two_processes_step_by_the_mean_of_their_gradients(tmp_path: Path) -> None:
    together(2, functools.partial(learn, tmp_path))
    assert [path.read_text() for path in sorted(tmp_path.iterdir())] == [str([1.5] * 6 + [0.0, 5.0])] * 2


def test_one_process_needs_no_others(tmp_path: Path) -> None:
    together(1, functools.partial(learn, tmp_path))
    assert (tmp_path / "0").read_text() == str([1.0] * 6 + [0.0, 0.0])


@pytest.mark.parametrize("processes", [1, 2])
def test_what_a_part_raises_is_raised(processes: int) -> None:
    with pytest.raises(ValueError, match="no such corpus"):
        side_by_side(processes, fail, fail)
