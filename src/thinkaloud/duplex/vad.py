"""Vad: how likely is speech in each frame of the user's audio, in streaming.

Letters: N samples, F frames, n samples of one frame.

`EnergyVad` needs nothing and knows only loudness; `SileroVad` knows speech from noise and needs the `serve` extra.
"""

import math
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from thinkaloud.configurable import Config


class VadStream(Protocol):
    """A detector in progress. Owned by one conversation; never shared."""

    def push(self, samples: Tensor) -> list[float]:
        """The speech probability, 0..1, of each frame that is complete with these samples [N], in order; maybe none."""
        ...


class Vad(Protocol):
    """A detector of speech: shared by all conversations, state only in its streams."""

    sample_rate: int  # Hz that it wants
    frame_samples: int  # one probability for so many samples

    def stream(self) -> VadStream:
        """A new detector in progress."""
        ...


class Frames:
    """Cuts samples that come in any portions into frames of one size; what is left over waits for more."""

    def __init__(self, frame_samples: int) -> None:
        self._frame_samples = frame_samples
        self._rest = torch.zeros(0)

    def push(self, samples: Tensor) -> Tensor:
        """The frames [F, n] now complete; ValueError unless the samples are one row [N] of real numbers."""
        if samples.ndim != 1 or not samples.is_floating_point():
            raise ValueError(f"expected float samples [N] of one channel, got {samples.dtype} {list(samples.shape)}")
        samples = torch.cat([self._rest, samples.detach().to("cpu", torch.float32).nan_to_num(0, 0, 0)])
        whole = len(samples) // self._frame_samples * self._frame_samples
        self._rest = samples[whole:].clone()
        return samples[:whole].reshape(-1, self._frame_samples)


@dataclass(frozen=True, kw_only=True)
class EnergyVadConfig(Config):
    """Speech is what is louder than the noise floor by `margin_db`, where the probability is one half.

    The floor falls to quieter frames almost at once and rises by at most `rise_db_per_s`, so it follows a fan but hardly
    a sentence; it is never below `quiet_db` (dB of full scale), so that faint noise after digital silence is no speech.
    """

    sample_rate: int = 16000
    frame_ms: int = 32
    margin_db: float = 12.0
    slope_db: float = 2.0
    rise_db_per_s: float = 4.0
    quiet_db: float = -60.0

    def build(self) -> "EnergyVad":
        """The detector."""
        return EnergyVad(self)


class EnergyVad:
    """Tells loud from quiet with an adaptive noise floor. Music, a cough or a door are speech to it."""

    def __init__(self, config: EnergyVadConfig | None = None) -> None:
        self.config = config or EnergyVadConfig()
        self.sample_rate = self.config.sample_rate
        self.frame_samples = self.config.sample_rate * self.config.frame_ms // 1000

    def stream(self) -> "EnergyVadStream":
        """A new detector in progress."""
        return EnergyVadStream(self)


class EnergyVadStream:
    """The noise floor of one conversation."""

    def __init__(self, vad: EnergyVad) -> None:
        self._config = vad.config
        self._frames = Frames(vad.frame_samples)
        self._rise_db = vad.config.rise_db_per_s * vad.frame_samples / vad.sample_rate  # a frame
        self.floor_db = vad.config.quiet_db

    def push(self, samples: Tensor) -> list[float]:
        """See VadStream."""
        frames = self._frames.push(samples)  # [F, n]
        power = (frames - frames.mean(dim=1, keepdim=True)).square().mean(dim=1)  # [F]
        levels_db = (10 * power.clamp(min=1e-16).log10()).tolist()
        return [self._probability(level) for level in levels_db]

    def _probability(self, level_db: float) -> float:
        over = (level_db - self.floor_db - self._config.margin_db) / self._config.slope_db
        toward = (self.floor_db + level_db) / 2 if level_db < self.floor_db else min(level_db, self.floor_db + self._rise_db)
        self.floor_db = max(toward, self._config.quiet_db)
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, over))))
