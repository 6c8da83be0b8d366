"""Feed: the batches of a stage from any step on, built here or ahead in worker processes."""

import itertools
from collections.abc import Iterator
from typing import Any

import torch
from torch.utils.data import DataLoader, Dataset

from thinkaloud.data.collate import Cut, Pools, Ragged
from thinkaloud.data.mixture import Mixture, Part
from thinkaloud.data.samples import Faults, Utterance
from thinkaloud.data.tasks import Laying, Scoring, hearer
from thinkaloud.model import SpeechLM


def laying_of(model: SpeechLM, scoring: Scoring, max_steps: int) -> Laying:
    """How this model's samples are laid."""
    listener, adapter = model.listener, model.adapter

    def deaf(utterance: Utterance) -> tuple[torch.Tensor, int]:
        raise ValueError("missing_part the model has no listener; train it on written tasks, or give it one")

    if adapter is None:
        hear = deaf
    elif listener is None:
        hear = hearer(16000, _no_listener, adapter.num_frames)
    else:
        hear = hearer(
            listener.sample_rate, lambda num_samples: adapter.num_frames(listener.num_frames(num_samples)), adapter.num_frames
        )
    return Laying(
        layout=model.layout,
        tokenizer=model.need("tokenizer"),
        hear=hear,
        scoring=scoring,
        max_steps=min(max_steps, model.backbone.max_steps),
    )


def _no_listener(num_samples: int) -> int:
    raise ValueError("missing_part the model has no listener loaded; prepare the data with --features-from")


class Feed:
    """Steps of micro-batches, endlessly. `faults` counts what could not be used."""

    def __init__(self, parts: tuple[Part, ...], laying: Laying, cut: Cut, seed: int, workers: int = 0) -> None:
        self._pools = Pools(Mixture(parts, seed), laying, cut)
        self._cut, self._workers = cut, workers
        self.faults = Faults()
        for source in self._pools.mixture.sources:  # what could not even be read
            self.faults.merge(getattr(source, "faults", None) or Faults())

    def steps_from(self, step: int) -> Iterator[list[Ragged]]:
        """The micro-batches of step `step`, step + 1, ...: the same whenever they are asked for."""
        first, skip = divmod(step, self._cut.pool_steps)
        for number, pool in enumerate(numbered(self._pools, first, self._workers)):
            for fault in pool.faults:
                self.faults.add(fault)
            yield from pool.steps[skip if number == 0 else 0 :]


def numbered(items: Dataset, first: int, workers: int = 0, context: str | None = None) -> Iterator[Any]:
    """items[first], items[first + 1], ... endlessly; with workers ahead of time, in processes begun as `context` says."""
    numbers: Any = itertools.count(first)
    if not workers:
        yield from map(items.__getitem__, numbers)
    yield from DataLoader(items, batch_size=None, sampler=numbers, num_workers=workers, multiprocessing_context=context)
