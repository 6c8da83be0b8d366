"""Feed: the batches of a stage from any step on, built here or ahead in worker processes."""

from collections.abc import Iterator

import torch
from torch.utils.data import DataLoader

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
        for number, pool in enumerate(self._pools_from(first)):
            for fault in pool.faults:
                self.faults.add(fault)
            yield from pool.steps[skip if number == 0 else 0 :]

    def _pools_from(self, first: int) -> Iterator:
        if not self._workers:
            number = first
            while True:
                yield self._pools[number]
                number += 1
        loader = DataLoader(self._pools, batch_size=None, sampler=_From(first), num_workers=self._workers)
        yield from loader


class _From:
    """All numbers from `first` on."""

    def __init__(self, first: int) -> None:
        self._first = first

    def __iter__(self) -> Iterator[int]:
        number = self._first
        while True:
            yield number
            number += 1
