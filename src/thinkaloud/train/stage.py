"""Stage and Recipe: what is trained, on what, how long. Values only; a recipe is a function that returns one.

    Recipe(start, groups, stages)
      Stage 1  trains ("adapter", "head")        data: ASR + TTS            4e-4 -> 4e-6
      Stage 2  trains ("backbone",)              data: ASR + text QA
      ...

`groups` gives the names of parameters by pattern (`fnmatch` on the model's own names), so that a stage speaks of parts.
"""

import difflib
import fnmatch
import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from thinkaloud.configurable import Config
from thinkaloud.data.mixture import Part
from thinkaloud.data.tasks import Scoring

SHAPES = ("cosine", "linear", "constant")
PRECISIONS = ("float32", "bf16")


@dataclass(frozen=True, kw_only=True)
class Schedule(Config):
    """Learning rate: warm-up from 0, then from `lr` to `final_lr` along a shape."""

    lr: float = 4e-4
    final_lr: float = 4e-6
    warmup_steps: int = 0
    shape: str = "cosine"

    def __post_init__(self) -> None:
        if self.shape not in SHAPES or self.lr <= 0 or not self.final_lr >= 0 or self.warmup_steps < 0:
            raise ValueError(f"a schedule needs a shape of {', '.join(SHAPES)}, lr > 0 and warmup_steps >= 0, got {self}")

    def at(self, step: int, num_steps: int) -> float:
        """The rate of step 0 .. num_steps - 1."""
        if step < self.warmup_steps:
            return self.lr * (step + 1) / self.warmup_steps
        if self.shape == "constant":
            return self.lr
        done = (step - self.warmup_steps) / max(1, num_steps - 1 - self.warmup_steps)  # 0..1
        share = (1 + math.cos(math.pi * min(1.0, done))) / 2 if self.shape == "cosine" else 1 - min(1.0, done)
        return self.final_lr + (self.lr - self.final_lr) * share


@dataclass(frozen=True, kw_only=True)
class Optimizer(Config):
    """AdamW and clipping. `scales` multiply the learning rate of parameters by pattern, e.g. {"backbone.*": 0.1}.

    `muon`: patterns of the matrices that Muon steps instead (`train/optimizers.py`), e.g. ("backbone.*.layers.*",).
    """

    betas: tuple[float, float] = (0.9, 0.95)
    eps: float = 1e-8
    weight_decay: float = 0.01
    clip_norm: float = 1.0
    scales: dict[str, float] = field(default_factory=dict)
    muon: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Lora(Config):
    """Low-rank adapters (peft) in the backbone's linear layers; merged when the stage ends."""

    rank: int = 16
    alpha: float = 32.0
    dropout: float = 0.0
    targets: tuple[str, ...] = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


@dataclass(frozen=True, kw_only=True)
class Anchor(Config):
    """Against forgetting: KL(frozen text model || this model) on the written rows of a batch, times `weight`."""

    weight: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Validation(Config):
    """Every `every_steps`: losses on the first `num_samples` draws of `data`, and `speak` of them answered aloud as WAV."""

    data: tuple[Part, ...] = ()
    every_steps: int = 500
    num_samples: int = 64
    speak: int = 4
    max_steps: int = 512


@dataclass(frozen=True, kw_only=True)
class Stage(Config):
    """One stage of training. `trains` names parameter groups of the recipe, or patterns of parameter names.

    A step sees `batch_size` samples over all processes, at most `micro_batch_size` (0: all) in one forward pass. Each
    stream's loss is its mean over the whole step, so neither accumulation nor the number of processes changes the result.
    """

    name: str
    trains: tuple[str, ...]
    data: tuple[Part, ...]
    steps: int
    batch_size: int = 32
    micro_batch_size: int = 0
    pool_steps: int = 16
    pack_steps: int = 0  # several samples share rows of so many steps, exactly; 0: one sample a row
    schedule: Schedule = Schedule()
    optimizer: Optimizer = Optimizer()
    scoring: Scoring = Scoring()
    loss_weights: dict[str, float] = field(default_factory=dict)  # by stream name; others 1
    precision: str = "float32"
    gradient_checkpointing: bool = False
    compiled: bool = False  # the backbone by torch.compile: needs a C++ compiler and a minute, then takes about half the time
    input_dropout: float = 0.0  # of the backbone's inputs
    corrupt_codes: float = 0.0  # share of given speech codes replaced at random: hardens against the model's own slips
    ema: float = 0.0  # decay of an average of the weights, kept beside them; 0: none
    lora: Lora | None = None
    anchor: Anchor = Anchor()
    validation: Validation = Validation()
    max_sample_steps: int = 2048  # longer samples are faults

    def __post_init__(self) -> None:
        if self.precision not in PRECISIONS:
            raise ValueError(f"precision must be one of {', '.join(PRECISIONS)}, got {self.precision!r}")
        if self.steps < 1 or self.batch_size < 1 or self.micro_batch_size < 0:
            raise ValueError(f"stage {self.name!r}: steps and batch_size must be at least 1, micro_batch_size at least 0")


@dataclass(frozen=True, kw_only=True)
class Recipe(Config):
    """A complete training: where it starts (a config that builds a SpeechLM), its parameter groups and its stages."""

    name: str
    start: Config
    groups: dict[str, tuple[str, ...]]
    stages: tuple[Stage, ...]
    seed: int = 0
    log_every_steps: int = 10
    save_every_steps: int = 500
    keep_checkpoints: int = 2
    data_workers: int = 0  # processes that build batches ahead; 0: the training process
    shard: bool = False  # several processes share one copy of the weights (FSDP) instead of having one each (DDP)

    def __post_init__(self) -> None:
        names = [stage.name for stage in self.stages]
        if not names or len(set(names)) < len(names):
            raise ValueError(f"a recipe needs at least one stage, each with a name of its own; got {names}")


def fitting(names: Iterable[str], wanted: str, groups: dict[str, tuple[str, ...]]) -> set[str]:
    """The parameters of these names that a group, or a pattern that is none, stands for."""
    known = list(names)
    return {name for pattern in groups.get(wanted, (wanted,)) for name in fnmatch.filter(known, pattern)}


def chosen(names: Iterable[str], stage: Stage, groups: dict[str, tuple[str, ...]]) -> set[str]:
    """Which parameters of these names the stage trains; ValueError for a group or pattern that fits none."""
    known = list(names)
    found: set[str] = set()
    for wanted in stage.trains:
        fits = fitting(known, wanted, groups)
        if not fits and wanted not in groups:
            near = difflib.get_close_matches(wanted, [*groups, *known], n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"groups: {', '.join(groups)}"
            raise ValueError(f"stage {stage.name!r} trains {wanted!r}, which fits no parameter; {hint}")
        found |= fits
    if not found:
        raise ValueError(f"stage {stage.name!r} trains nothing: {', '.join(stage.trains)} fit no parameter of this model")
    return found
