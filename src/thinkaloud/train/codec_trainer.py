"""The state of a codec training and one step of it.

Letters: B batch, N samples, T frames, D latent width, K codebooks.

Any codec can be trained that has `latents(audio)`, a `quantizer` and `render(latents)` (see `TrainableCodec`). Linear layers
may run in bfloat16; spectra and distances stay in float32.
"""

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from thinkaloud.codecs.rvq import ResidualQuantizer
from thinkaloud.listen import Listener
from thinkaloud.train.clips import Clips, SaidClips, draw_crops
from thinkaloud.train.codebooks import CodebookLearner
from thinkaloud.train.codec_losses import Distillation, SpectralLoss, pitch_loss
from thinkaloud.train.codec_stage import CodecStage, CodecTrainConfig
from thinkaloud.train.discriminator import Discriminator, critic_loss, fooling_loss, matching_loss


@runtime_checkable
class TrainableCodec(Protocol):
    """What the trainer needs of a codec besides the `Codec` interface."""

    sample_rate: int
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


class CodecTrainer:
    """The state of one training: codec, codebook averages, optimizers, random draws and the number of steps done."""

    def __init__(
        self,
        config: CodecTrainConfig,
        clips: Sequence[Clips],
        teacher: Listener | None = None,
        said: SaidClips | None = None,
    ) -> None:
        if config.distillation_weight and teacher is None:
            raise ValueError("distillation_weight needs a teacher: pass a Listener, or set the weight to 0")
        if said is None and any(stage.said_share for stage in config.stages):
            raise ValueError("said_share needs recordings with the codes that a model says of them: pass SaidClips")
        self.config, self.clips, self.teacher, self.said = config, clips, teacher, said
        with torch.random.fork_rng():
            torch.manual_seed(config.seed)
            self.codec: Any = config.codec.build()  # type: ignore[attr-defined]
            if not isinstance(self.codec, TrainableCodec):
                raise ValueError(f"{type(self.codec).__name__} cannot be trained: it needs latents(), quantizer and render()")
            self.critics = Discriminator()
            dim = self.codec.quantizer.codebooks.shape[2]
            self.distillation = Distillation(dim, teacher.dim) if teacher else None
        self.learner = CodebookLearner(self.codec.quantizer)
        self.sample_rate = self.codec.sample_rate
        self.spectra = SpectralLoss(self.sample_rate)
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
            self._begin_codebooks()
        audio = self._crops(self.config.batch)  # [B, N]
        codes = None
        if self.said is not None and (rows := round(stage.said_share * len(audio))):
            audio[:rows], codes = self.said.draw(rows, self.config.crop_frames, self.config.start_share, self.draw)
        made, terms = self._reconstruct(audio, stage, codes)
        total = torch.stack([getattr(self.config, f"{name}_weight") * value for name, value in terms.items()]).sum()
        if stage.adversarial_weight or stage.matching_weight:
            rows = self.config.adversarial_rows
            fool, match, critic = self._against_critics(audio[:rows], made[:rows])
            total = total + stage.adversarial_weight * fool + stage.matching_weight * match
            terms |= {"fooling": fool, "matching": match, "critic": critic}
        norm = self._descend(total, stage.rate_at(done))
        self.steps_done += 1
        values = {name: float(value.detach()) for name, value in (terms | {"norm": norm, "total": total}).items()}
        self.sums = {name: self.sums.get(name, 0.0) + value for name, value in values.items()}
        return values

    def _descend(self, total: Tensor, rate: float) -> Tensor:
        """One step of the codec's optimizer; the norm of the gradient before it was clipped."""
        (group,) = self.optimizer.param_groups
        group["lr"] = rate
        self.optimizer.zero_grad(set_to_none=True)
        total.backward()
        norm = nn.utils.clip_grad_norm_(group["params"], self.config.gradient_norm)
        self.optimizer.step()
        return norm

    def _reconstruct(self, audio: Tensor, stage: CodecStage, said: Tensor | None) -> tuple[Tensor, dict[str, Tensor]]:
        """What the codec makes of samples [B, N], and the losses of that by name; `said`: codes of the first rows [b, K, T]."""
        counts = self._draw_counts(len(audio), stage)  # [B] codebooks of each row
        draw = None if stage.frozen_codes else self.draw
        with torch.autocast(audio.device.type, torch.bfloat16, enabled=self.config.bfloat16):
            with torch.set_grad_enabled(not stage.frozen_codes):
                latents = self.codec.latents(audio).float()  # [B, T, D]
            quantized = self.learner.quantize(self.codec.quantizer, latents, counts, draw)
            if said is not None:
                quantized.latents[: len(said)] = self.codec.quantizer.decode(said)
            made = self.codec.render(quantized.latents)  # [B, N]
            said_hz = self.codec.pitch_hz(quantized.latents) if isinstance(self.codec, PitchedCodec) else None  # [B, T * hops]
        terms = self.spectra(made, audio)
        if said_hz is not None:
            terms["pitch"] = pitch_loss(said_hz, audio, self.sample_rate)
        if not stage.frozen_codes:
            terms["commitment"] = quantized.commitment
            if self.distillation and self.teacher:
                with torch.no_grad():
                    heard = self.teacher.listen(audio).embeds
                terms["distillation"] = self.distillation(quantized.first, heard)
        return made, terms

    def _begin_codebooks(self) -> None:
        size = self.codec.quantizer.codebooks.shape[1]
        rows = max(self.config.batch, 8 * size // self.config.crop_frames)  # about eight vectors for each entry
        with torch.no_grad():
            self.learner.begin(self.codec.quantizer, self.codec.latents(self._crops(rows)), self.draw)

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
        grid_samples = self.codec.frame_samples if self.config.whole_frames else 1
        return draw_crops(self.clips, batch, num_samples, self.config.start_share, self.draw, grid_samples)

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
