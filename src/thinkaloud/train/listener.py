"""The listener's trainer: teaches a `PocketListener` to hear, with CTC on characters.

Letters: B batch, N samples, T feature frames, C chances to spell (some a frame), V symbols.

    batches -> CTC of the last block and of a middle one, blank before speech -> AdamW and Muon
    every so often: transcripts and word error rates -> weights delivered

It learns on the device that its settings name; batches are made by this process, or ahead of time by `data_workers` others.
What is drawn depends on (seed, step) alone, so a run that was cut goes on exactly where it stopped. Where torch.distributed
joins several processes (`train/together.py`), each draws batches of its own and all step by the mean of their gradients; the
first one writes and reports.
"""

import copy
import fnmatch
import json
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor, nn

from thinkaloud.checkpoints.own import save_weights
from thinkaloud.listen.characters import BLANK, CharacterHead
from thinkaloud.listen.pocket import PocketListener
from thinkaloud.model import load_strict
from thinkaloud.train.ears import describe_ears, ears_in, ears_of
from thinkaloud.train.grow import think_over
from thinkaloud.train.hearing_corpus import HearingCorpusConfig
from thinkaloud.train.hearing_score import score_hearing
from thinkaloud.train.listener_batches import ClipBatch, Draw, ListenerBatches, delayed_ctc
from thinkaloud.train.listener_config import ListenerTrainConfig
from thinkaloud.train.log import Log, Tell
from thinkaloud.train.optimizers import optimizers
from thinkaloud.train.practice import Practice
from thinkaloud.train.stage import Optimizer
from thinkaloud.train.together import share_gradients

_READER = "reader."  # the names of its parts begin so
_MOST_STEPS = 1_000_000  # of a run: no two seeds draw the same at any step

Evaluate = Callable[[PocketListener, CharacterHead], dict[str, Any]]


class ListenerTrainer:
    """Trains until `num_steps`, delivering into `folder`: config.json, listener.safetensors, ctc.safetensors, metrics.json.

    `draw` gives a random clip; `others` are utterances [N] for babble behind it; `evaluate` scores by condition; `report`
    hears of progress.
    """

    def __init__(
        self,
        config: ListenerTrainConfig,
        draw: Draw,
        folder: Path,
        others: Sequence[np.ndarray] = (),
        evaluate: Evaluate | None = None,
        report: Tell = lambda line: None,
    ) -> None:
        self.config, self.folder, self.evaluate = config, folder, evaluate
        joined = dist.is_available() and dist.is_initialized()
        self.rank, self.processes = (dist.get_rank(), dist.get_world_size()) if joined else (0, 1)
        self.reader = config.reader.build() if config.reader is not None else None
        self._log = Log(folder, self.rank == 0, report)
        own = config.seed * self.processes + self.rank  # each process draws clips of its own
        self.batches = ListenerBatches(config.batches, draw, config.head, others, self.reader, own)
        torch.manual_seed(config.seed)
        self.listener, self.head = config.listener.build(), config.head.build()
        self.learning: dict[str, nn.Module] = {"listener": self.listener, "head": self.head}
        self._source: dict[str, dict[str, Tensor]] = {}  # the weights that they began with
        taught = ears_in(config.source) if config.source else ears_of(self.reader.model) if self.reader is not None else {}
        for name, module in taught.items():
            if isinstance(module, PocketListener):
                module = think_over(module, config.listener.num_noncausal_blocks)
            self._source[name] = module.state_dict()
            load_strict(self.learning[name], self._source[name])
        if self.reader is not None:
            parts = {f"{_READER}{name}": part for name, part in self.reader.parts.items()}
            self.learning |= parts
            self._source |= {name: copy.deepcopy(part.state_dict()) for name, part in parts.items()}
            self.reader.model.to(config.device)
        self.device = torch.device(config.device)
        for module in self.learning.values():
            module.to(self.device)
        self.step, self.dropped = 0, 0  # clips that were unfit
        self.practice = self._practice()
        self.optimizers = self._ears_optimizers() + (self.practice.optimizers() if self.practice is not None else [])
        self._highest = [[group["lr"] for group in optimizer.param_groups] for optimizer in self.optimizers]

    def _ears_optimizers(self) -> list[torch.optim.Optimizer]:
        """What steps listener, letters and adapter."""
        config, names = self.config, ("listener", "head", f"{_READER}adapter")
        parts = {name: self.learning[name] for name in names if name in self.learning}
        ears = {f"{name}.{key}": p for name, part in parts.items() for key, p in part.named_parameters()}
        for name in {name for pattern in config.frozen for name in fnmatch.filter(ears, pattern)}:
            ears.pop(name).requires_grad_(False)
        muon = ("listener.blocks.*", "listener.noncausal_blocks.*") if config.muon else ()
        given = {"weight_decay": config.weight_decay, "muon": muon, "scales": config.scales}
        return optimizers(ears, config.rate, Optimizer(betas=(0.9, 0.98), **given))

    def _practice(self) -> Practice | None:
        """What the language model practises, if it learns."""
        if self.reader is None or self.reader.config.learns is None:
            return None
        given = {"rank": self.rank, "num_ranks": self.processes, "seed": self.config.seed}
        return Practice(self.reader.model, self.reader.config.learns, workers=min(1, self.config.data_workers), **given)

    def run(self) -> dict[str, Any]:
        """Trains to the end, resuming from the folder's checkpoint if there is one; gives the last scores."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.resume()
        losses, heard_s, began = [], 0.0, time.monotonic()
        scores: dict[str, Any] = {}
        for batch in self._remaining():
            losses.append(self.learn(batch))
            heard_s += float(batch.lengths.sum()) / self.listener.sample_rate
            if self.step % self.config.log_steps == 0:
                mean = {name: float(np.mean([loss[name] for loss in losses])) for name in losses[0]}
                self._log.add({"step": self.step, **mean, "took_s": time.monotonic() - began, "heard_s": heard_s})
                losses, heard_s, began = [], 0.0, time.monotonic()
            if self._due(self.config.save_steps):
                self.save()
            if self._due(self.config.evaluate_steps):
                scores = self.deliver()
                began = time.monotonic()
        return scores

    def learn(self, batch: ClipBatch) -> dict[str, float]:
        """One step; gives its losses by name."""
        torch.manual_seed(self._step_seed())
        for optimizer, rates in zip(self.optimizers, self._highest, strict=True):
            for group, highest in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = highest * self._rise()
        self.listener.train()
        losses = self.losses(batch.to(self.device))
        losses["loss"].backward()
        parameters = [p for optimizer in self.optimizers for group in optimizer.param_groups for p in group["params"]]
        if self.processes > 1:
            share_gradients(parameters)
        norm = torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        for optimizer in self.optimizers:
            optimizer.step()
            optimizer.zero_grad()
        self.step += 1
        return {name: float(loss.detach()) for name, loss in losses.items()} | {"norm": float(norm)}

    def losses(self, batch: ClipBatch) -> dict[str, Tensor]:
        """CTC a character of the last block ("ctc") and of the middle one, blank before speech ("quiet"), and their sum.

        The middle one is the last that knows nothing of what is yet to come, if there are others.
        With a reader, what a token costs it ("read") as well, and what it practises ("practice").
        """
        config, blocks = self.config, self.config.listener
        middle = blocks.num_blocks - 1 if blocks.num_noncausal_blocks else blocks.num_blocks // 2 - 1
        with torch.autocast(batch.audio.device.type, torch.bfloat16, enabled=config.bf16):
            levels, frames = self.listener.hidden(batch.audio, batch.lengths, taps=(middle,), disturb=self._disturb)
            spelt = [self.head(level) for level in levels]  # [B, C, V] each
            read = self._read(batch, levels[-1], frames)
            practised = self.practice.loss(self.step) if self.practice is not None else None
        per_frame = config.head.symbols_per_frame
        lengths, first = frames * per_frame, batch.first_frames * per_frame  # [B]
        middle_ctc, ctc = (delayed_ctc(log_probs, lengths, first, batch) for log_probs in spelt)
        early = torch.arange(spelt[-1].shape[1], device=self.device) < first[:, None]  # [B, C]
        quiet = -(spelt[-1][..., BLANK] * early).sum() / early.sum().clamp(min=1)
        loss = (1 - config.middle_weight) * ctc + config.middle_weight * middle_ctc + config.quiet_weight * quiet
        found = {"loss": loss, "ctc": ctc, "middle": middle_ctc, "quiet": quiet}
        if read is not None and config.reader is not None:
            found |= {"loss": loss + config.reader.weight * read, "read": read}
        if practised is not None:
            found |= {"loss": found["loss"] + practised, "practice": practised}
        return found

    def _read(self, batch: ClipBatch, features: Tensor, frames: Tensor) -> Tensor | None:
        if self.reader is None or batch.ids is None or batch.labels is None:
            return None
        return self.reader.loss(batch.ids, batch.labels, features, frames)

    def deliver(self) -> dict[str, Any]:
        """Scores the listener as it is and writes weights and scores where others can use them; the first process does."""
        if self.rank:
            return {}
        learnt = self._delivered()
        listener, head = self.config.listener.build().eval(), self.config.head.build().eval()
        for name, module in (("listener", listener), ("head", head)):
            load_strict(module, learnt.pop(name))
        scores = {"step": self.step, **(self.evaluate(listener, head) if self.evaluate else {})}
        for name, module in (("listener", listener), ("ctc", head)):
            save_weights(module.state_dict(), self.folder / f"{name}.safetensors")
        if self.reader is not None:
            parts = {name.removeprefix(_READER): weights for name, weights in learnt.items()}
            self.reader.with_learnt(listener, head, parts).save(self.folder / "model")
        describe_ears(self.folder, self.config.listener, self.config.head)
        (self.folder / "metrics.json").write_text(json.dumps(scores, indent=2) + "\n")
        self._log.add({"evaluated": scores})
        return scores

    def _delivered(self) -> dict[str, dict[str, Tensor]]:
        """What was learnt, by part; averaged with what it began with if that is known ("model soups", arXiv 2203.05482)."""
        found = {
            part: {name: weight.detach().cpu().clone() for name, weight in module.state_dict().items()}
            for part, module in self.learning.items()
        }
        for part, source in self._source.items():
            for name, weight in found[part].items():
                if weight.is_floating_point():
                    weight.lerp_(source[name], self.config.kept_share)
        return found

    def resume(self) -> None:
        """Goes on from the folder's checkpoint, if there is one."""
        path = self.folder / "checkpoint.pt"
        if path.exists():
            state = torch.load(path, weights_only=True, map_location=self.device)
            for name, module in self.learning.items():
                module.load_state_dict(state[name])
            for optimizer, known in zip(self.optimizers, state["optimizers"], strict=True):
                optimizer.load_state_dict(known)
            self.step, self.dropped = state["step"], state["dropped"]

    def _remaining(self) -> Iterator[ClipBatch]:
        number, done = divmod(self.step, self.config.batches.pool_batches)
        pools = self.batches.pools_from(number, self.config.data_workers)
        while self.step < self.config.num_steps:
            pool = next(pools)
            self.dropped += pool.dropped
            yield from pool.batches[done : done + self.config.num_steps - self.step]
            done = 0

    def _due(self, every_steps: int) -> bool:
        return self.step % every_steps == 0 or self.step == self.config.num_steps

    def _step_seed(self) -> int:
        """What is drawn in this step, by this process, depends on it."""
        return (self.config.seed * _MOST_STEPS + self.step) * self.processes + self.rank

    def _disturb(self, mels: Tensor) -> Tensor:
        generator = torch.Generator().manual_seed(self._step_seed())
        return self.config.disturb(mels, generator)

    def _rise(self) -> float:
        """The share of its highest at which the learning rate is now."""
        rising = (self.step + 1) / self.config.warmup_steps
        return min(rising, max(0.0, 1 - self.step / self.config.num_steps))

    def save(self) -> None:
        """Writes the checkpoint that `resume` reads, in place of the last one; the first process does."""
        if self.rank:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        state = {
            **{name: module.state_dict() for name, module in self.learning.items()},
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
        }
        torch.save({**state, "step": self.step, "dropped": self.dropped}, self.folder / "checkpoint.new")
        (self.folder / "checkpoint.new").replace(self.folder / "checkpoint.pt")


def train_listener(
    config: ListenerTrainConfig, corpus: HearingCorpusConfig, folder: str | Path, report: Tell = lambda line: None
) -> dict[str, Any]:
    """Trains (or goes on training) a listener on a corpus into `folder` and gives its scores by condition."""
    heard = corpus.build()

    def evaluate(listener: PocketListener, head: CharacterHead) -> dict[str, Any]:
        return score_hearing(listener, head, heard.conditions())

    return ListenerTrainer(config, heard.draw, Path(folder), heard.speech, evaluate, report).run()
