"""Work in several processes of one machine: parts side by side, or one training whose gradients they average."""

import functools
import multiprocessing
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import TypeVar

import torch
import torch.distributed as dist

T = TypeVar("T")


def side_by_side(processes: int, *parts: Callable[[], T]) -> list[T]:
    """Each part in a process of its own and with its share of the threads; or one after the other, if there is one process.

    Gives what they give. What a part raises is raised here. The parts must be picklable, and so must what they hold.
    """
    if processes < 2:
        return [part() for part in parts]
    threads = max(1, torch.get_num_threads() // len(parts))
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(len(parts), spawn, initializer=torch.set_num_threads, initargs=(threads,)) as pool:
        running = [pool.submit(part) for part in parts]
        for done in as_completed(running):
            done.result()  # raises as soon as one fails
        return [done.result() for done in running]


def together(processes: int, task: Callable[[], None]) -> None:
    """The same task in so many processes, which torch.distributed joins (gloo)."""
    if processes < 2:
        task()
        return
    with tempfile.TemporaryDirectory() as folder:
        place = f"file://{folder}/join"
        side_by_side(processes, *(functools.partial(_joined, place, rank, processes, task) for rank in range(processes)))


def _joined(place: str, rank: int, processes: int, task: Callable[[], None]) -> None:
    dist.init_process_group("gloo", init_method=place, rank=rank, world_size=processes)
    try:
        task()
    finally:
        dist.destroy_process_group()


def share_gradients(parameters: Sequence[torch.nn.Parameter]) -> None:
    """Every process's gradients become the mean of all. All of them must have the same parameters with gradients."""
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    flat = torch.cat([gradient.flatten() for gradient in gradients])
    dist.all_reduce(flat)
    for gradient, mean in zip(gradients, (flat / dist.get_world_size()).split([g.numel() for g in gradients]), strict=True):
        gradient.copy_(mean.view_as(gradient))
