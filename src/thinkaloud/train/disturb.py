"""Features disturbed as other throats and microphones would: what keeps a listener from learning its few voices by heart.

Letters: B batch, M mels, T mel frames of 10 ms.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from thinkaloud.configurable import Config
from thinkaloud.listen.log_mel import MEL_SCALE, SAMPLE_RATE
from thinkaloud.mel import hertz_to_mel, mel_to_hertz, top_mels


@dataclass(frozen=True, kw_only=True)
class Disturbance(Config):
    """How far every clip strays, each in its own way. Bands and moments are hidden twice ("SpecAugment", arXiv 1904.08779)."""

    tract: float = 0.16  # how far the frequencies of formants stray: vocal tracts of other lengths
    tone_db: float = 4.0  # how far the loudness of the bands strays: microphones and rooms
    mask_mels: int = 12  # widest band hidden
    mask_frames: int = 8  # longest moment hidden

    def __call__(self, mels: Tensor, generator: torch.Generator) -> Tensor:
        """Mels [B, M, T] of another speaker through another microphone."""
        batch, bands, frames = mels.shape
        mels = _warped(mels, 1 + self.tract * (2 * torch.rand(batch, generator=generator) - 1))
        knots = torch.randn(batch, 1, 8, generator=generator) * (self.tone_db / 10 * math.log(10))
        mels = mels + F.interpolate(knots, size=bands, mode="linear").transpose(1, 2).to(mels) / MEL_SCALE
        for _ in range(2):
            mels = mels.masked_fill(_span(batch, bands, self.mask_mels, generator)[:, :, None].to(mels.device), 0.0)
            mels = mels.masked_fill(_span(batch, frames, self.mask_frames, generator)[:, None].to(mels.device), 0.0)
        return mels


def _span(batch: int, length: int, longest: int, generator: torch.Generator) -> Tensor:
    """A random stretch of at most `longest` places in each row, as a mask [B, length]."""
    first = torch.randint(0, length, (batch, 1), generator=generator)
    width = torch.randint(0, longest + 1, (batch, 1), generator=generator)
    place = torch.arange(length)
    return (place >= first) & (place < first + width)


def _warped(mels: Tensor, stretch: Tensor) -> Tensor:
    """Mels [B, M, T] with the frequencies of row b moved by the ratio stretch[b]; what would lie above the top is its edge."""
    bands, top = mels.shape[1], top_mels(SAMPLE_RATE)
    centers = np.linspace(0.0, top, bands + 2)[1:-1]
    hertz = stretch.numpy()[:, None] * mel_to_hertz(centers)  # [B, M]
    places = torch.from_numpy(hertz_to_mel(hertz) / top * (bands + 1) - 1).clamp(0, bands - 1)
    low = places.long().clamp(max=bands - 2)  # [B, M]
    share, low = (places - low)[..., None].to(mels), low.to(mels.device)
    below, above = (mels.gather(1, (low + step)[..., None].expand_as(mels)) for step in (0, 1))
    return below + share * (above - below)
