"""Practice: what a language model does meanwhile that reads along with a listener and learns from it.

    clips -> listener -> adapter -> language model -> what was said | what is to be answered        reader.py
             written dialogues, answers read aloud -> language model -> text | codes                here, in the same step

Who only reads forgets how to write and speak; who practises may learn all three at once, and the ears are taught by what the
language model is about to become.
"""

import torch
from torch import Tensor

from thinkaloud.data.collate import Cut, Ragged
from thinkaloud.model import SpeechLM
from thinkaloud.train.feed import Feed, laying_of
from thinkaloud.train.lesson import Lesson
from thinkaloud.train.optimizers import optimizers
from thinkaloud.train.stage import Stage, chosen

_PLAIN = Stage(name="plain", trains=(), data=(), steps=1)
_NOT_HERE = ("micro_batch_size", "pack_steps", "gradient_checkpointing", "compiled", "ema", "lora", "anchor")


class Practice:
    """A stage of `model` inside another training: its batches by number of the step, their loss, and what learns by it.

    Of the stage are used: what it trains, its data, batch and pool size, scoring, losses, and what hardens it; its highest rate
    and optimizer by `optimizers`. Precision and clipping are the other training's. ValueError if it asks for what only a stage
    of its own can do. Process `rank` of `num_ranks` takes its share of each batch; `workers` make them ahead of time; `seed`
    says which samples are drawn.
    """

    def __init__(
        self, model: SpeechLM, stage: Stage, *, rank: int = 0, num_ranks: int = 1, workers: int = 0, seed: int = 0
    ) -> None:
        unfit = [name for name in _NOT_HERE if getattr(stage, name) != getattr(_PLAIN, name)]
        if unfit:
            raise ValueError(
                f"stage {stage.name!r} sets {', '.join(unfit)}, which does nothing inside another training: leave it out"
            )
        self._stage, self._model = stage, model
        named = dict(model.named_parameters())
        self._learning = {name: named[name].requires_grad_(True) for name in sorted(chosen(named, stage, {}))}
        self._lesson = Lesson(model, stage).train()
        cut = Cut(batch_size=stage.batch_size, pool_steps=stage.pool_steps, rank=rank, num_ranks=num_ranks)
        self._feed = Feed(stage.data, laying_of(model, stage.scoring, stage.max_sample_steps), cut, seed, workers)
        self._next, self._steps = -1, iter(())  # the step whose batch comes next

    def optimizers(self) -> list[torch.optim.Optimizer]:
        """What steps what learns, at the stage's rate."""
        return optimizers(self._learning, self._stage.schedule.lr, self._stage.optimizer)

    def loss(self, step: int) -> Tensor:
        """The streams' mean losses of the batch of `step`, weighted as the stage says."""
        return self._lesson(self._batch(step).to(self._model.device))["total"]

    def _batch(self, step: int) -> Ragged:
        if step != self._next:
            self._next, self._steps = step, self._feed.steps_from(step)
        self._next += 1
        (batch,) = next(self._steps)
        return batch
