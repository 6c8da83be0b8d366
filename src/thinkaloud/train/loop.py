"""The loop of one stage: batches in, steps of its optimizers, a log line now and then. The same on any number of devices.

Letters: K rows (text first).

Each stream's loss is the mean over all its labels of the step, on all processes and in all micro-batches: every part of a
step is weighted by its share of them, so the gradients are those of one big batch.
"""

import math
import time
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from accelerate import Accelerator
from torch import Tensor, nn

from thinkaloud.data.collate import Ragged
from thinkaloud.model import SpeechLM
from thinkaloud.train.checkpoint import like, optimizer_states, restore_optimizers, whole
from thinkaloud.train.lesson import Lesson
from thinkaloud.train.optimizers import optimizers
from thinkaloud.train.stage import Recipe, Stage, chosen

_MOST_BAD_STEPS = 5


class StageLoop:
    """One stage in progress: model, optimizer, average, counters. `state()` and `restore()` carry it over an interruption."""

    def __init__(
        self, model: SpeechLM, recipe: Recipe, stage: Stage, accelerator: Accelerator, origin: SpeechLM | None = None
    ) -> None:
        self.stage, self._recipe, self._accelerator = stage, recipe, accelerator
        self._free(model)
        self.lesson = Lesson(model, stage, origin)
        self._wrapped = self._wrap()
        self._names = {id(parameter): name for name, parameter in self.lesson.model.named_parameters()}
        self.trained = {name: p for name, p in self.lesson.model.named_parameters() if p.requires_grad}
        sharded = recipe.shard and accelerator.num_processes > 1
        self._optimizers = optimizers(self.trained, stage.schedule.lr, stage.optimizer, sharded=sharded)
        self._rows = [stream.name for stream in model.streams]
        weights = torch.tensor([stage.loss_weights.get(name, 1.0) for name in self._rows])
        self._weights = torch.cat([weights / weights.sum(), torch.tensor([stage.anchor.weight])])  # [K + 1]
        if unknown := set(stage.loss_weights) - set(self._rows):
            raise ValueError(f"loss_weights name {', '.join(sorted(unknown))}; the streams are {', '.join(self._rows)}")
        self.average = {name: p.detach().clone() for name, p in self.trained.items()} if stage.ema else {}
        # sums of losses and of labels by stream since the last log line, the anchor last; they stay on the device until then
        self._sums = torch.zeros(2, len(self._rows) + 1, device=accelerator.device)
        self._norm, self._bad = 0.0, 0
        self._clock, self._seen, self._since = time.monotonic(), 0, 0

    def run(self, steps: Iterator[list[Ragged]], first: int) -> Iterator[tuple[int, dict[str, Any] | None]]:
        """Trains to the stage's end; after every step its number (from 1) and, when it is time, a log line."""
        self.lesson.train()
        self._clock, self._since = time.monotonic(), first
        for step in range(first, self.stage.steps):
            micros = next(steps)
            try:
                self._step(step, micros)
            except torch.OutOfMemoryError as error:
                raise ValueError(self._memory_advice(micros)) from error
            done = step + 1
            due = done % self._recipe.log_every_steps == 0 or done == self.stage.steps
            yield done, self._line(done) if due else None

    def _step(self, step: int, micros: Sequence[Ragged]) -> None:
        rate = self.stage.schedule.at(step, self.stage.steps)
        for optimizer in self._optimizers:
            for group in optimizer.param_groups:
                group["lr"] = rate * group["scale"]
        counts = torch.stack([micro.counts for micro in micros]).sum(dim=0).double()  # [K + 1]
        if self._accelerator.num_processes > 1:
            counts = self._reduced(counts)
        for number, micro in enumerate(micros):
            total = self._loss(micro, counts)
            if number < len(micros) - 1 and not self._recipe.shard:
                with self._accelerator.no_sync(self._wrapped):
                    total.backward()
            else:
                total.backward()
        self._seen += sum(len(micro.keys) for micro in micros) * self._accelerator.num_processes
        self._update(micros)

    def _loss(self, micro: Ragged, counts: Tensor) -> Tensor:
        """This micro-batch's part of the step's loss."""
        device = self._accelerator.device
        with torch.autocast(device.type, torch.bfloat16, enabled=self.stage.precision == "bf16"):
            found = self._wrapped(micro.to(device))
        losses = torch.stack([found[name] for name in (*self._rows, "anchor")])  # [K + 1]
        shares = micro.counts / counts.clamp(min=1) * self._accelerator.num_processes  # processes are averaged
        labels = micro.counts.to(device, non_blocking=True)
        self._sums[0] += losses.detach().float() * labels
        self._sums[1] += labels
        return (losses * (self._weights * shares).to(losses)).sum()

    def _update(self, micros: Sequence[Ragged]) -> None:
        """One step of the optimizer; a step whose gradient is not finite is skipped, some in a row are an error."""
        clip = self.stage.optimizer.clip_norm or math.inf
        norm = nn.utils.clip_grad_norm_(self.trained.values(), clip)
        self._norm = float(whole(norm))
        if not math.isfinite(self._norm):
            self._bad += 1
            self._forget_gradients()
            if self._bad >= _MOST_BAD_STEPS:
                keys = ", ".join(key for micro in micros for key in micro.keys[:4])
                raise ValueError(
                    f"the loss was not finite in {self._bad} steps in a row, last with samples {keys}: lower the learning "
                    "rate, warm up longer, or train in float32; the last checkpoint is good"
                )
            return
        self._bad = 0
        for optimizer in self._optimizers:
            optimizer.step()
        self._forget_gradients()
        if self.average:
            with torch.no_grad():
                torch._foreach_lerp_(list(self.average.values()), list(self.trained.values()), 1 - self.stage.ema)

    def _forget_gradients(self) -> None:
        for optimizer in self._optimizers:
            optimizer.zero_grad(set_to_none=True)

    def _line(self, step: int) -> dict[str, Any]:
        """What happened since the last line."""
        sums, self._sums = self._sums, torch.zeros_like(self._sums)
        if self._accelerator.num_processes > 1:
            sums = self._reduced(sums)
        names = [*self._rows, "anchor" if self.stage.anchor.weight else ""]
        means = {name: round(float(s / c), 6) for name, s, c in zip(names, *sums.cpu(), strict=True) if c and name}
        streams = [means[name] for name in self._rows if name in means]
        seconds, steps = max(time.monotonic() - self._clock, 1e-6), step - self._since
        line = {
            "stage": self.stage.name,
            "step": step,
            "loss": round(sum(streams) / max(len(streams), 1), 6),
            **means,
            "lr": self._optimizers[0].param_groups[0]["lr"],
            "grad_norm": round(self._norm, 6),
            "samples_per_s": round(self._seen / seconds, 2),
            "steps_per_s": round(steps / seconds, 3),
            "seconds_left": round((self.stage.steps - step) * seconds / max(steps, 1)),
        }
        self._clock, self._seen, self._since = time.monotonic(), 0, step
        return line

    def state(self) -> dict[str, Any]:
        """Everything beside the weights that the next step depends on. Every process must call it."""
        lora = {name: whole(p) for name, p in self.trained.items()} if self.stage.lora else {}
        return {
            "optimizer": optimizer_states(self._optimizers, self._names),
            "average": {name: whole(value) for name, value in self.average.items()},
            "lora": lora,
            "random": torch.get_rng_state(),
            "random_cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
            "sums": self._sums.cpu(),
            "bad": self._bad,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """The inverse of `state`, on a loop whose model has the checkpoint's weights."""
        restore_optimizers(self._optimizers, self._names, state["optimizer"])
        with torch.no_grad():
            for name, value in state["lora"].items():
                self.trained[name].copy_(like(self.trained[name], value))
            for name, value in state["average"].items():
                self.average[name].copy_(like(self.average[name], value))
        torch.set_rng_state(state["random"])
        if state["random_cuda"] and len(state["random_cuda"]) == torch.cuda.device_count():
            torch.cuda.set_rng_state_all(state["random_cuda"])
        self._sums, self._bad = state["sums"].to(self._accelerator.device), state["bad"]

    def _reduced(self, values: Tensor) -> Tensor:
        """The sum over all processes."""
        found: Any = self._accelerator.reduce(values.to(self._accelerator.device), "sum")
        return found.to(values.device)

    def swap_average(self) -> None:
        """Exchanges the weights and their average, if there is one; called again, it puts them back."""
        with torch.no_grad():
            for name, value in self.average.items():
                now = self.trained[name].detach().clone()
                self.trained[name].copy_(value)
                value.copy_(now)

    def _free(self, model: SpeechLM) -> None:
        """Lets gradients reach what the stage trains, and nothing else."""
        from thinkaloud.train.lora import PATTERN

        stage = self.stage
        model.backbone.whole()
        named = dict(model.named_parameters(remove_duplicate=False))  # a tied table has two names, and either will do
        wanted = chosen(named, stage, {**self._recipe.groups, "lora": (PATTERN,)})
        if any(name.startswith("codec.") for name in wanted):
            raise ValueError(f"stage {stage.name!r} would train the codec, whose codes are the data; name other parameters")
        if any(name.startswith("listener.") for name in wanted) and getattr(model.config.listener, "source", ""):
            raise ValueError(
                f"stage {stage.name!r} would train a listener that is kept elsewhere (its config names a source), so its new "
                "weights would be lost: give the model a listener of its own"
            )
        model.requires_grad_(False)
        for name in wanted:
            named[name].requires_grad_(True)
        if stage.gradient_checkpointing:
            model.backbone.lm.gradient_checkpointing_enable()

    def _wrap(self) -> nn.Module:
        """The lesson on its device, shared by the processes."""
        self.lesson.to(self._accelerator.device)
        self.lesson.model.tie()
        if self.stage.compiled:
            self.lesson.model.backbone.compile(dynamic=True)
        if self._recipe.shard and self._accelerator.num_processes > 1:
            from thinkaloud.train.shard import shard

            return shard(self.lesson)
        return self._accelerator.prepare_model(self.lesson)

    def _memory_advice(self, micros: Sequence[Ragged]) -> str:
        batch, _, steps = micros[0].ids.shape
        return (
            f"out of memory with {batch} samples of {steps} steps at once. In this order: --set "
            f"stages.N.micro_batch_size={max(1, batch // 2)} (same result, less memory), stages.N.precision=bf16, "
            "stages.N.gradient_checkpointing=true, shard=true with several devices, or LoRA"
        )
