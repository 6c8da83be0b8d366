"""What a codec is trained on: spectra at several resolutions, and what a teacher hears.

Letters: B batch, N samples, T frames, D width.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from thinkaloud.codecs.causal import mel_bank


class SpectralLoss(nn.Module):
    """Distance of two waveforms in magnitude, not phase: the mean over several windows (Parallel WaveGAN, arXiv 1910.11480)."""

    def __init__(self, sample_rate: int, windows_samples: tuple[int, ...] = (256, 512, 1024, 2048)) -> None:
        super().__init__()
        self.windows_samples = windows_samples
        for size in windows_samples:  # a short window has too few bins for many mel bands
            self.register_buffer(f"window_{size}", torch.hann_window(size), persistent=False)
            self.register_buffer(f"bank_{size}", mel_bank(sample_rate, size, min(80, size // 12)), persistent=False)

    def forward(self, made: Tensor, wanted: Tensor) -> dict[str, Tensor]:
        """Three scalars: "mel" (L1 of natural logs), "log" (the same for every bin), "convergence" (relative error)."""
        totals = {"mel": made.new_zeros(()), "log": made.new_zeros(()), "convergence": made.new_zeros(())}
        for size in self.windows_samples:
            ours, theirs = self.magnitudes(made, size), self.magnitudes(wanted, size)  # [B, T, bins]
            bank = self.get_buffer(f"bank_{size}")
            totals["mel"] += F.l1_loss(_log(ours @ bank), _log(theirs @ bank))
            totals["log"] += F.l1_loss(_log(ours), _log(theirs))
            totals["convergence"] += (ours - theirs).norm() / (theirs.norm() + 1e-3)
        return {name: total / len(self.windows_samples) for name, total in totals.items()}

    def magnitudes(self, audio: Tensor, size: int) -> Tensor:
        """[B, T, bins] of samples [B, N], in float32, hop = window / 4."""
        window = self.get_buffer(f"window_{size}")
        with torch.autocast(audio.device.type, enabled=False):
            spectrum = torch.stft(audio.float(), size, size // 4, window=window, return_complex=True)  # [B, bins, T]
        return (spectrum.real.square() + spectrum.imag.square() + 1e-10).sqrt().transpose(1, 2)


def _log(magnitude: Tensor) -> Tensor:
    return magnitude.clamp(min=1e-4).log()


def mel_distance(made: Tensor, wanted: Tensor, sample_rate: int) -> float:
    """Mean absolute difference of log-mel spectra (80 bands, window 1024, hop 256, natural log) of samples [B, N]."""
    loss = SpectralLoss(sample_rate, (1024,))
    return float(loss(made, wanted)["mel"])


class Distillation(nn.Module):
    """Pulls the first codebook towards what a listener hears, so that it carries the words (Mimi, arXiv 2410.00037, 3.3.2)."""

    def __init__(self, latent_dim: int, teacher_dim: int) -> None:
        super().__init__()
        self.project = nn.Linear(latent_dim, teacher_dim)

    def forward(self, first: Tensor, heard: Tensor) -> Tensor:
        """1 - cosine between the first level's vectors [B, T, D] and the teacher's features [B, T', D'], at T frames."""
        target = F.interpolate(heard.float().transpose(1, 2), size=first.shape[1], mode="linear", align_corners=False)
        return 1 - F.cosine_similarity(self.project(first).float(), target.transpose(1, 2), dim=-1).mean()
