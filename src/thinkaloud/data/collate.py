"""Collate: examples of any tasks and lengths as one ragged batch, in length-sorted pools that can be resumed at any step.

Letters: B batch, K rows, S steps, G heard segments, T feature frames, N samples.

Rows are padded on the right; attention is causal and padding is not scored, so it changes nothing. Packed rows hold several
samples; their positions begin anew with each, by which the backbone keeps them apart. A pool is `pool_steps`
training steps' worth of draws, sorted by length, cut into batches, and the batches shuffled. With several processes each
takes every num_ranks-th draw.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import Dataset

from thinkaloud.data.mixture import Mixture
from thinkaloud.data.samples import Fault, Sample
from thinkaloud.data.tasks import NOT_SCORED, Example, Laying
from thinkaloud.layout.prompt import TASKS
from thinkaloud.tokens import Stream

_ROUND_STEPS = 8  # lengths are rounded up: fewer shapes, less memory kept by the CPU's primitive caches


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What is heard in a batch: features [G, T, D] or samples [G, N], their lengths [G], batch rows [G] and first steps [G]."""

    values: Tensor
    lengths: Tensor
    rows: Tensor
    starts: Tensor

    def to(self, device: torch.device) -> "Heard":
        """The same on a device."""
        return Heard(**{name: value.to(device, non_blocking=True) for name, value in vars(self).items()})


@dataclass(frozen=True, kw_only=True)
class Ragged:
    """Ids and labels [B, K, S]. `written` [B, S] marks the steps of samples that are all text: read, answered in writing.

    `counts` [K + 1] stay on the host: the scored labels of each row, and all written steps. `positions` [B, S] of packed rows.
    """

    ids: Tensor
    labels: Tensor
    written: Tensor
    counts: Tensor
    features: Heard | None = None
    samples: Heard | None = None
    positions: Tensor | None = None
    keys: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()

    def to(self, device: torch.device) -> "Ragged":
        """Ids, labels and what is heard on a device; the counts stay."""
        features = self.features.to(device) if self.features is not None else None
        samples = self.samples.to(device) if self.samples is not None else None
        ids, labels = self.ids.to(device, non_blocking=True), self.labels.to(device, non_blocking=True)
        written = self.written.to(device, non_blocking=True)
        positions = self.positions.to(device, non_blocking=True) if self.positions is not None else None
        moved = {"ids": ids, "labels": labels, "written": written, "features": features, "samples": samples}
        return replace(self, **moved, positions=positions)


def collate(examples: Sequence[Example], streams: Sequence[Stream], pack_steps: int = 0) -> Ragged:
    """One batch of examples: one a row, or with `pack_steps` as many as fit into rows of so many steps."""
    rows = _packed(examples, pack_steps) if pack_steps else [[example] for example in examples]
    steps = max(sum(example.num_steps for example in row) for row in rows)
    steps = -(-steps // _ROUND_STEPS) * _ROUND_STEPS
    ids = torch.tensor([stream.pad for stream in streams])[None, :, None].repeat(len(rows), 1, steps)  # [B, K, S]
    labels = torch.full_like(ids, NOT_SCORED)
    written = torch.zeros(len(rows), steps, dtype=torch.bool)
    positions = torch.arange(steps).repeat(len(rows), 1)  # [B, S]
    heard = []
    for number, row in enumerate(rows):
        at = 0
        for example in row:
            here = slice(at, at + example.num_steps)
            ids[number, :, here] = example.ids
            labels[number, :, here] = example.labels
            written[number, here] = _is_written(example)
            positions[number, at:] = torch.arange(steps - at)
            heard += [(values, number, at + start) for values, start in zip(example.heard, example.starts, strict=True)]
            at += example.num_steps
    return Ragged(
        ids=ids,
        labels=labels,
        written=written,
        counts=torch.cat([(labels != NOT_SCORED).sum(dim=(0, 2)), written.sum()[None]]),
        features=_pad([item for item in heard if item[0].ndim == 2]),
        samples=_pad([item for item in heard if item[0].ndim == 1]),
        positions=positions if pack_steps else None,
        keys=tuple(example.key for example in examples),
        tasks=tuple(example.task for example in examples),
    )


def _packed(examples: Sequence[Example], limit: int) -> list[list[Example]]:
    """Rows of at most `limit` steps (a longer sample has its own), longest samples first, each where it first fits."""
    rows: list[list[Example]] = []
    room: list[int] = []
    for example in sorted(examples, key=lambda example: -example.num_steps):
        fits = next((n for n, left in enumerate(room) if left >= example.num_steps), None)
        if fits is None:
            rows.append([example])
            room.append(limit - example.num_steps)
        else:
            rows[fits].append(example)
            room[fits] -= example.num_steps
    return rows


def _is_written(example: Example) -> bool:
    """Whether a sample is text alone, and learnt."""
    scored = example.labels != NOT_SCORED
    return not example.heard and bool(scored.any()) and not bool(scored[1:].any())


def _pad(heard: Sequence[tuple[Tensor, int, int]]) -> Heard | None:
    if not heard:
        return None
    values = nn.utils.rnn.pad_sequence([item[0] for item in heard], batch_first=True)
    return Heard(
        values=values,
        lengths=torch.tensor([len(item[0]) for item in heard]),
        rows=torch.tensor([item[1] for item in heard]),
        starts=torch.tensor([item[2] for item in heard]),
    )


@dataclass(frozen=True, kw_only=True)
class Pool:
    """The micro-batches of some consecutive steps, and what could not be used."""

    steps: list[list[Ragged]]
    faults: list[Fault]


@dataclass(frozen=True, kw_only=True)
class Cut:
    """How draws become batches: samples a step over all processes, at most `micro_size` a forward pass, steps a pool.

    With `pack_steps` the samples of a forward pass share rows of so many steps.
    """

    batch_size: int
    micro_size: int = 0  # 0: the whole share of a process at once
    pool_steps: int = 16
    pack_steps: int = 0
    rank: int = 0
    num_ranks: int = 1

    def __post_init__(self) -> None:
        if self.batch_size < self.num_ranks or self.batch_size % self.num_ranks or self.pool_steps < 1:
            raise ValueError(
                f"batch_size {self.batch_size} must be a positive multiple of the {self.num_ranks} processes, and pool_steps "
                f"{self.pool_steps} at least 1"
            )


class Pools(Dataset):
    """Pools by number: a map-style data set, so that a DataLoader's workers may build them ahead."""

    def __init__(self, mixture: Mixture, laying: Laying, cut: Cut) -> None:
        self.mixture, self.laying, self.cut = mixture, laying, cut
        self._augment = [part.augment.build() if part.augment else None for part in mixture.parts]  # type: ignore[attr-defined]

    def __getitem__(self, number: int) -> Pool:
        cut = self.cut
        size = cut.batch_size * cut.pool_steps
        faults: list[Fault] = []
        found = [self._example(n, faults) for n in range(number * size + cut.rank, (number + 1) * size, cut.num_ranks)]
        examples = [example for example in found if example is not None]
        if not examples:
            raise ValueError(f"no usable sample among {len(found)}; the last fault: {faults[-1]}")
        if cut.pool_steps > 1:
            examples.sort(key=lambda example: example.num_steps)
        steps = list(_split(examples, cut.pool_steps))
        random.Random(f"{self.mixture.seed}/pool/{number}").shuffle(steps)
        return Pool(steps=[self._step(step, examples[0]) for step in steps], faults=faults)

    def _example(self, n: int, faults: list[Fault]) -> Example | None:
        try:
            drawn, sample = self.mixture.draw(n)
            augment = self._augment[drawn.part]
            if augment is not None and sample.question.audio is not None:
                sample = _augmented(sample, augment, f"{self.mixture.seed}/augment/{n}")
            return self.laying.lay(sample, TASKS[drawn.task])
        except ValueError as error:
            faults.append(Fault(key=str(n), kind=str(error).partition(" ")[0], detail=str(error)))
            return None

    def _step(self, step: list[Example], spare: Example) -> list[Ragged]:
        """The micro-batches of one step. Every process makes as many, if need be with nothing to learn: they step together."""
        blank = replace(spare, labels=torch.full_like(spare.labels, NOT_SCORED))
        share = self.cut.batch_size // self.cut.num_ranks
        size = self.cut.micro_size or share
        starts = range(0, max(share, len(step)), size)
        streams, pack = self.laying.layout.streams, self.cut.pack_steps
        return [collate(step[i : i + size] or [blank], streams, pack) for i in starts]


def _split(examples: list[Example], num_steps: int) -> Iterator[list[Example]]:
    """Consecutive pieces of almost equal size; some are empty only where there are fewer examples than steps."""
    base, more = divmod(len(examples), num_steps)
    at = 0
    for step in range(num_steps):
        size = base + (step < more)
        yield examples[at : at + size]
        at += size


def _augmented(sample: Sample, augment, seed: str) -> Sample:
    rng = np.random.default_rng(random.Random(seed).getrandbits(64))
    audio = augment(sample.question.listen(), rng)
    return replace(sample, question=replace(sample.question, audio=audio, features=None))
