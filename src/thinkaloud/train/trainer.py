"""Trainer: a recipe's stages one after the other, with validation, checkpoints and exact resume. One device or many.

thinkaloud train RECIPE                                    here
torchrun --nproc-per-node 8 -m thinkaloud.cli train RECIPE      eight devices; likewise over many machines

RUN/  recipe.json  log.jsonl  faults.json  checkpoints/  best-STAGE/  samples/STAGE-STEP/*.wav  model/
"""

import copy
import json
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator, DistributedDataParallelKwargs
from safetensors.torch import load_file

from thinkaloud.checkpoints import PARTS
from thinkaloud.data.collate import Cut, Ragged
from thinkaloud.model import SpeechLM, load_strict
from thinkaloud.train import checkpoint, validate
from thinkaloud.train.checkpoint import State
from thinkaloud.train.feed import Feed, laying_of
from thinkaloud.train.log import Log, Tell
from thinkaloud.train.loop import StageLoop
from thinkaloud.train.lora import add_lora, merge_lora, merged
from thinkaloud.train.stage import Recipe, Stage, fitting


def train(
    recipe: Recipe, run: Path, *, stage: str = "", resume: bool = False, tell: Tell = lambda line: None, cpu: bool = False
) -> SpeechLM:
    """Trains all stages, or the one called (or numbered from 1) `stage`, and gives the model, also written to `RUN/model`.

    `resume` goes on at the newest checkpoint, loss for loss. ValueError if the folder holds a run and neither is given.
    """
    return Trainer(recipe, run, tell=tell, cpu=cpu).train(stage, resume)


class Trainer:
    """One run."""

    def __init__(self, recipe: Recipe, run: Path, *, tell: Tell = lambda line: None, cpu: bool = False) -> None:
        unused = DistributedDataParallelKwargs(find_unused_parameters=True, broadcast_buffers=False)
        self._accelerator = Accelerator(cpu=cpu, kwargs_handlers=[unused])
        self._recipe, self._run = recipe, run
        self._main = self._accelerator.is_main_process
        self._log = Log(run, self._main, tell)
        self._origin: SpeechLM | None = None  # the model as it was at the very start, for stages that anchor to it

    def train(self, stage: str = "", resume: bool = False) -> SpeechLM:
        """See the function `train`."""
        stages = self._recipe.stages
        wanted = _numbered(stage, stages) if stage else None
        model, first, state = self._begin(wanted, resume)
        if self._main:
            self._run.mkdir(parents=True, exist_ok=True)
            (self._run / "recipe.json").write_text(self._recipe.to_json())
        self._accelerator.wait_for_everyone()
        for number in range(first, len(stages) if wanted is None else wanted + 1):
            model = self._stage(model, number, state)
            state = None
        weights = checkpoint.model_weights(model)
        if self._main:
            checkpoint.write_whole(self._run / "model", lambda part: model.save(part, core_weights=weights))
        self._accelerator.wait_for_everyone()
        return model.eval().requires_grad_(False)

    def _begin(self, wanted: int | None, resume: bool) -> tuple[SpeechLM, int, State | None]:
        """The model to begin with, the first stage, and where in that stage a checkpoint stands."""
        folders = checkpoint.found(self._run)
        model: SpeechLM = self._recipe.start.build()  # type: ignore[attr-defined]
        if any(stage.anchor.weight for stage in self._recipe.stages):
            self._origin = copy.deepcopy(model).requires_grad_(False).eval()
            self._origin.listener = self._origin.codec = None
        if resume and folders:
            state = checkpoint.read_state(folders[-1])
            if state.stage_done:
                self._load(model, folders[-1])
                return model, state.stage + 1, None
            if self._recipe.stages[state.stage].lora:  # adapters go onto the weights the stage began with
                model = self._before(model, folders, state.stage)
            else:
                self._load(model, folders[-1])
            return model, state.stage, state
        if wanted is not None:
            return self._before(model, folders, wanted), wanted, None
        if folders:
            raise ValueError(f"{self._run} holds a run already; go on with --resume, or give another folder with --out")
        return model, 0, None

    def _before(self, model: SpeechLM, folders: list[Path], stage: int) -> SpeechLM:
        """The model as it was when a stage began: with the weights of the stage before, if there are any."""
        earlier = [f for f in folders if (state := checkpoint.read_state(f)).stage_done and state.stage < stage]
        if earlier:
            self._load(model, earlier[-1])
        return model

    def _load(self, model: SpeechLM, folder: Path) -> None:
        """A checkpoint's weights. Parts that no stage trains stay as the recipe begins with them: they may be newer there."""
        model.load_weights(load_file(folder / "model.safetensors"))
        names = [name for name, _ in model.named_parameters()]
        wanted = {one for stage in self._recipe.stages for one in stage.trains}
        trained = {name.partition(".")[0] for one in wanted for name in fitting(names, one, self._recipe.groups)}
        for part in PARTS:
            if part in trained and (path := folder / f"{part}.safetensors").is_file():
                load_strict(getattr(model, part), load_file(path))

    def _stage(self, model: SpeechLM, number: int, state: State | None) -> SpeechLM:
        stage = self._recipe.stages[number]
        torch.manual_seed(self._recipe.seed * 1000 + number)
        if stage.lora:
            add_lora(model, stage.lora)
        loop = StageLoop(model, self._recipe, stage, self._accelerator, self._origin)
        step, best = 0, None
        if state is not None:
            folder = checkpoint.found(self._run)[-1]
            loop.restore(checkpoint.read_rest(folder))
            step, best = state.step, state.best
        self._log.cut(step, stage.name)
        laying = laying_of(model, stage.scoring, stage.max_sample_steps)
        ranks, rank = self._accelerator.num_processes, self._accelerator.process_index
        cut = Cut(
            batch_size=stage.batch_size,
            micro_size=stage.micro_batch_size,
            pool_steps=stage.pool_steps,
            pack_steps=stage.pack_steps,
            rank=rank,
            num_ranks=ranks,
        )
        feed = Feed(stage.data, laying, cut, self._recipe.seed * 1000 + number, self._recipe.data_workers)
        for done, line in loop.run(feed.steps_from(step), step):
            last = done == stage.steps
            if line is not None:
                self._log.add({**line, **self._faults(feed)})
            if stage.validation.data and (last or done % stage.validation.every_steps == 0):
                best = self._validate(loop, done, best)
            if not last and done % self._recipe.save_every_steps == 0:
                self._save(loop, State(stage=number, step=done, best=best))
        return self._finish(loop, State(stage=number, step=stage.steps, best=best, stage_done=True))

    def _faults(self, feed: Feed) -> dict[str, Any]:
        """Counts for the log; the first of each kind by name go into a file."""
        if not feed.faults.counts:
            return {}
        if self._main:
            (self._run / "faults.json").write_text(json.dumps(feed.faults.to_dict(), indent=2) + "\n")
        return {"faults": dict(feed.faults.counts)}

    def _finish(self, loop: StageLoop, state: State) -> SpeechLM:
        """The stage's last checkpoint holds its average, if it keeps one; the next stage begins there."""
        loop.swap_average()
        folder = self._save(loop, state)
        sharded = self._recipe.shard and self._accelerator.num_processes > 1
        model = loop.lesson.release()
        self._accelerator.free_memory()
        if sharded:  # whole again, from what was just written
            model = self._recipe.start.build()  # type: ignore[attr-defined]
            self._load(model, folder)
        elif loop.stage.lora:
            merge_lora(model)
        return model.requires_grad_(False)

    def _validate(self, loop: StageLoop, step: int, best: float | None) -> float | None:
        """Tells how good the model is now and keeps it if it is the best so far."""
        stage, model = loop.stage, loop.lesson.model
        sharded = self._recipe.shard and self._accelerator.num_processes > 1
        loop.swap_average()
        loop.lesson.eval()
        with torch.random.fork_rng():
            laying = laying_of(model, stage.scoring, stage.max_sample_steps)
            found: dict[str, Any] = dict(validate.losses(lambda batch: self._sift(loop, batch), laying, stage.validation))
            if stage.validation.speak and self._main and not sharded:  # decoding runs parts of the model on their own
                folder = self._run / "samples" / f"{stage.name}-{step:07d}"
                found |= validate.speak(model, stage.validation, folder)
        better = best is None or found["loss"] < best
        if better:
            weights = self._weights(loop)
            if self._main:
                target = self._run / f"best-{stage.name}"
                checkpoint.write_whole(target, lambda part: model.save(part, core_weights=weights))
        loop.swap_average()
        loop.lesson.train()
        self._log.add({"stage": stage.name, "step": step, "validation": found})
        self._accelerator.wait_for_everyone()
        return found["loss"] if better else best

    def _sift(self, loop: StageLoop, batch: Ragged) -> dict[str, torch.Tensor]:
        return loop.lesson(batch.to(self._accelerator.device))

    def _save(self, loop: StageLoop, state: State) -> Path:
        weights, rest = self._weights(loop), loop.state()
        folder = self._run / "checkpoints" / f"{state.stage}-{loop.stage.name}-{state.step:07d}"
        if self._main:
            rest = {} if state.stage_done else rest
            checkpoint.save(self._run, loop.stage.name, state, loop.lesson.model, weights, rest)
            checkpoint.rotate(self._run, self._recipe.keep_checkpoints)
        self._accelerator.wait_for_everyone()
        return folder

    def _weights(self, loop: StageLoop) -> dict[str, torch.Tensor]:
        weights = checkpoint.model_weights(loop.lesson.model)
        return merged(loop.lesson.model, weights, loop.stage.lora) if loop.stage.lora else weights


def _numbered(stage: str, stages: tuple[Stage, ...]) -> int:
    names = [one.name for one in stages]
    if stage in names:
        return names.index(stage)
    if stage.isdigit() and 1 <= int(stage) <= len(stages):
        return int(stage) - 1
    raise ValueError(f"no stage {stage!r}; the recipe has {', '.join(f'{n} {name}' for n, name in enumerate(names, 1))}")
