"""Trains a codec: reconstruction through a residual quantizer, in stages, resumable to the bit.

Letters: B batch, N samples, T frames, D latent width, K codebooks.

    stage "codec"    encoder, codebooks and decoder together, a random number of codebooks for some rows
    stage "anneal"   encoder and codebooks frozen (codes no longer change), the decoder alone; optionally against critics

Any codec can be trained that has `latents(audio)`, a `quantizer` and `render(latents)` (see `TrainableCodec`).
"""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast, runtime_checkable

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from thinkaloud.codecs.rvq import ResidualQuantizer
from thinkaloud.configurable import Config
from thinkaloud.listen import Listener
from thinkaloud.train.clips import Clips, draw_crops
from thinkaloud.train.codebooks import CodebookLearner, perplexity
from thinkaloud.train.codec_losses import Distillation, SpectralLoss, pitch_loss
from thinkaloud.train.discriminator import Discriminator, critic_loss, fooling_loss, matching_loss


@runtime_checkable
class TrainableCodec(Protocol):
    """What the trainer needs of a codec besides the `Codec` interface."""

    quantizer: ResidualQuantizer
    encoder: nn.Module

    def latents(self, audio: Tensor) -> Tensor:
        """[B, N] -> [B, T, D]."""
        ...

    def render(self, latents: Tensor) -> Tensor:
        """[B, T, D] -> [B, N]."""
        ...


@runtime_checkable
class PitchedCodec(Protocol):
    """A codec that says a pitch and so can be taught the right one."""

    def pitch_hz(self, latents: Tensor) -> Tensor:
        """[B, T, D] -> [B, T * hops]."""
        ...


@dataclass(frozen=True, kw_only=True)
class CodecStage(Config):
    """One stage: what learns, how long and how fast. The rate falls linearly from `rate` to `last_rate` after a warm-up."""

    name: str = "codec"
    num_steps: int
    rate: float = 8e-4
    last_rate: float = 1e-4
    warmup_steps: int = 50
    frozen_codes: bool = False  # True: encoder and codebooks rest, the decoder learns
    dropout_share: float = 0.4  # of the rows: a random number of codebooks; the others use the codec's num_codebooks
    adversarial_weight: float = 0.0
    matching_weight: float = 0.0
    critic_rate: float = 4e-4


@dataclass(frozen=True, kw_only=True)
class CodecTrainConfig(Config):
    """A whole codec training."""

    codec: Config
    stages: tuple[CodecStage, ...]
    batch: int = 12
    crop_frames: int = 24
    start_share: float = 0.5  # of the crops begin where a recording begins, as every utterance will
    mel_weight: float = 1.0
    log_weight: float = 0.5
    convergence_weight: float = 0.5
    commitment_weight: float = 0.25
    pitch_weight: float = 1.0  # where the codec says a pitch
    distillation_weight: float = 0.0  # needs a teacher: a Listener
    adversarial_rows: int = 6  # rows of the batch that the critics see
    gradient_norm: float = 5.0
    bfloat16: bool = True  # autocast the linear layers; spectra and distances stay in float32
    log_every_steps: int = 20
    save_every_steps: int = 500
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.stages:
            raise ValueError("a codec training needs at least one stage, got none")


class CodecTrainer:
    """The state of one training: codec, codebook averages, optimizers, random draws and the number of steps done."""

    def __init__(self, config: CodecTrainConfig, clips: Sequence[Clips], teacher: Listener | None = None) -> None:
        if config.distillation_weight and teacher is None:
            raise ValueError("distillation_weight needs a teacher: pass a Listener, or set the weight to 0")
        self.config, self.clips, self.teacher = config, clips, teacher
        with torch.random.fork_rng():
            torch.manual_seed(config.seed)
            self.codec = config.codec.build()  # type: ignore[attr-defined]
            if not isinstance(self.codec, TrainableCodec):
                raise ValueError(f"{type(self.codec).__name__} cannot be trained: it needs latents(), quantizer and render()")
            self.critics = Discriminator()
            dim = self.codec.quantizer.codebooks.shape[2]
            self.distillation = Distillation(dim, teacher.dim) if teacher else None
        self.learner = CodebookLearner(self.codec.quantizer)
        self.spectra = SpectralLoss(self.codec.sample_rate)
        self.draw = torch.Generator().manual_seed(config.seed)
        self.steps_done = 0
        self.sums: dict[str, float] = {}  # of the losses since the last record
        self._begin_stage()

    @property
    def num_steps(self) -> int:
        """Steps of all stages together."""
        return sum(stage.num_steps for stage in self.config.stages)

    def place(self) -> tuple[CodecStage, int]:
        """The stage of the next step and the steps already done in it."""
        left = self.steps_done
        for stage in self.config.stages:
            if left < stage.num_steps:
                return stage, left
            left -= stage.num_steps
        return self.config.stages[-1], self.config.stages[-1].num_steps

    def _begin_stage(self) -> None:
        stage, _ = self.place()
        self.codec.requires_grad_(True)
        self.codec.encoder.requires_grad_(not stage.frozen_codes)
        learning = [p for p in self.codec.parameters() if p.requires_grad]
        learning += list(self.distillation.parameters()) if self.distillation and not stage.frozen_codes else []
        self.optimizer = torch.optim.AdamW(learning, lr=stage.rate, betas=(0.8, 0.99), weight_decay=1e-3)
        self.critic_optimizer = torch.optim.AdamW(self.critics.parameters(), lr=stage.critic_rate, betas=(0.8, 0.99))

    def step(self) -> dict[str, float]:
        """One step on a fresh batch; the losses by name."""
        stage, done = self.place()
        if done == 0:
            self._begin_stage()
        if self.steps_done == 0:
            size = self.codec.quantizer.codebooks.shape[1]
            rows = max(self.config.batch, 8 * size // self.config.crop_frames)  # about eight vectors for each entry
            with torch.no_grad():
                self.learner.begin(self.codec.quantizer, self.codec.latents(self._crops(rows)), self.draw)
        audio = self._crops(self.config.batch)  # [B, N]
        terms = self._losses(audio, stage)
        made = terms.pop("made")
        total = torch.stack([getattr(self.config, f"{name}_weight") * value for name, value in terms.items()]).sum()
        if stage.adversarial_weight or stage.matching_weight:
            rows = self.config.adversarial_rows
            fool, match, critic = self._against_critics(audio[:rows], made[:rows])
            total = total + stage.adversarial_weight * fool + stage.matching_weight * match
            terms |= {"fooling": fool, "matching": match, "critic": critic}
        for group in self.optimizer.param_groups:
            group["lr"] = _rate(stage, done)
        self.optimizer.zero_grad(set_to_none=True)
        total.backward()
        norm = nn.utils.clip_grad_norm_(
            [p for g in self.optimizer.param_groups for p in g["params"]], self.config.gradient_norm
        )
        self.optimizer.step()
        self.steps_done += 1
        values = {name: float(value.detach()) for name, value in (terms | {"norm": norm, "total": total}).items()}
        self.sums = {name: self.sums.get(name, 0.0) + value for name, value in values.items()}
        return values

    def _losses(self, audio: Tensor, stage: CodecStage) -> dict[str, Tensor]:
        with torch.autocast(audio.device.type, torch.bfloat16, enabled=self.config.bfloat16):
            with torch.set_grad_enabled(not stage.frozen_codes):
                latents = self.codec.latents(audio).float()  # [B, T, D]
            counts = self._draw_counts(len(audio), stage)  # [B] codebooks of each row
            draw = None if stage.frozen_codes else self.draw
            quantized = self.learner.quantize(self.codec.quantizer, latents, counts, draw)
            made = self.codec.render(quantized.latents)  # [B, N]
            terms = {"made": made, **self.spectra(made, audio)}
            if isinstance(self.codec, PitchedCodec):
                said_hz = self.codec.pitch_hz(quantized.latents)  # [B, T * hops]
                terms["pitch"] = pitch_loss(said_hz, audio, self.codec.sample_rate)
        if not stage.frozen_codes:
            terms["commitment"] = quantized.commitment
            if self.distillation and self.teacher:
                with torch.no_grad():
                    heard = self.teacher.listen(audio).embeds
                terms["distillation"] = self.distillation(quantized.first, heard)
        return terms

    def _against_critics(self, real: Tensor, made: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The codec's two adversarial losses, after one step of the critics."""
        with torch.autocast(real.device.type, torch.bfloat16, enabled=self.config.bfloat16):
            truth = self.critics(real)
            loss = critic_loss(truth, self.critics(made.detach()))
            self.critic_optimizer.zero_grad(set_to_none=True)
            loss.backward()
            self.critic_optimizer.step()
            self.critics.requires_grad_(False)
            judged = self.critics(made)
            self.critics.requires_grad_(True)
        return fooling_loss(judged), matching_loss(truth, judged), loss

    def _crops(self, batch: int) -> Tensor:
        num_samples = self.config.crop_frames * self.codec.frame_samples
        return draw_crops(self.clips, batch, num_samples, self.config.start_share, self.draw)

    def _draw_counts(self, batch: int, stage: CodecStage) -> Tensor:
        most = self.codec.quantizer.codebooks.shape[0]
        counts = torch.randint(1, most + 1, (batch,), generator=self.draw)
        dropped = torch.rand(batch, generator=self.draw) < stage.dropout_share
        return torch.where(dropped, counts, self.codec.num_codebooks)

    def state(self) -> dict[str, Any]:
        """Everything a later process needs to go on exactly here."""
        parts = {"codec": self.codec, "learner": self.learner, "critics": self.critics, "distillation": self.distillation}
        return {
            **{name: part.state_dict() for name, part in parts.items() if part is not None},
            "optimizer": self.optimizer.state_dict(),
            "critic_optimizer": self.critic_optimizer.state_dict(),
            "draw": self.draw.get_state(),
            "steps_done": self.steps_done,
            "sums": self.sums,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Goes on from a `state()`; strict."""
        self.steps_done, self.sums = state["steps_done"], state["sums"]
        self._begin_stage()
        parts = {"codec": self.codec, "learner": self.learner, "critics": self.critics, "distillation": self.distillation}
        for name, part in parts.items():
            if part is not None:
                part.load_state_dict(state[name])
        _, done = self.place()
        if done:  # at the start of a stage the optimizers begin anew
            self.optimizer.load_state_dict(state["optimizer"])
            self.critic_optimizer.load_state_dict(state["critic_optimizer"])
        self.draw.set_state(state["draw"])


def _rate(stage: CodecStage, done: int) -> float:
    fall = stage.rate + (stage.last_rate - stage.rate) * done / max(1, stage.num_steps)
    return fall * min(1.0, (done + 1) / max(1, stage.warmup_steps))


def train_codec(
    config: CodecTrainConfig,
    clips: Sequence[Clips],
    folder: Path,
    on_log: Callable[[dict[str, Any]], None] = lambda record: None,
    teacher: Listener | None = None,
) -> CodecTrainer:
    """Trains to the end, or goes on where `folder` was left; returns the trainer with the codec.

    folder: checkpoint.pt (to resume), log.jsonl (one line every `log_every_steps`), config.json and codec.safetensors
    (the codec as it is now). `on_log` gets each record of the log.
    """
    folder.mkdir(parents=True, exist_ok=True)
    trainer = CodecTrainer(config, clips, teacher)
    if (folder / "checkpoint.pt").exists():
        trainer.restore(torch.load(folder / "checkpoint.pt", weights_only=True))
    _cut_log(folder / "log.jsonl", trainer.steps_done)
    while trainer.steps_done < trainer.num_steps:
        stage, _ = trainer.place()
        trainer.step()
        if trainer.steps_done % config.log_every_steps == 0:
            record = _record(trainer, stage)
            with (folder / "log.jsonl").open("a") as log:
                log.write(json.dumps(record) + "\n")
            on_log(record)
        if trainer.steps_done % config.save_every_steps == 0 or trainer.steps_done == trainer.num_steps:
            _save_checkpoint(trainer, folder)
    return trainer


def _record(trainer: CodecTrainer, stage: CodecStage) -> dict[str, Any]:
    means = {name: round(value / trainer.config.log_every_steps, 4) for name, value in trainer.sums.items()}
    trainer.sums = {}
    used = [round(float(value)) for value in perplexity(trainer.learner.counts)]
    return {"step": trainer.steps_done, "stage": stage.name, **means, "perplexity": used}


def _cut_log(log: Path, steps_done: int) -> None:
    """Drops the lines after the checkpoint, so that a resumed log reads as if nothing had happened."""
    if log.exists():
        lines = [line for line in log.read_text().splitlines() if json.loads(line)["step"] <= steps_done]
        log.write_text("".join(line + "\n" for line in lines))


def _save_checkpoint(trainer: CodecTrainer, folder: Path) -> None:
    torch.save(trainer.state(), folder / "checkpoint.tmp")
    os.replace(folder / "checkpoint.tmp", folder / "checkpoint.pt")
    save_codec(cast(nn.Module, trainer.codec), trainer.config.codec, folder)


def save_codec(codec: nn.Module, config: Config, folder: Path) -> None:
    """Writes config.json and codec.safetensors."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file({name: value.contiguous() for name, value in codec.state_dict().items()}, folder / "codec.safetensors.tmp")
    os.replace(folder / "codec.safetensors.tmp", folder / "codec.safetensors")
    (folder / "config.json").write_text(config.to_json())
