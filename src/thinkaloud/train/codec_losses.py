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


def measure_pitch(audio: Tensor, sample_rate: int, window_samples: int, hop_samples: int) -> tuple[Tensor, Tensor]:
    """Pitch in Hz and whether it is to be trusted, both [B, T], of samples [B, N].

    Frame t ends at sample (t + 1) * hop_samples. Its pitch is the highest peak of the normalised autocorrelation between 60 and
    400 Hz (Boersma 1993), refined by a parabola.
    """
    shortest, longest = sample_rate // 400, sample_rate // 60
    window = torch.hann_window(window_samples, device=audio.device)
    padded = F.pad(audio.float(), (window_samples - hop_samples, 0))
    frames = padded.unfold(1, window_samples, hop_samples) * window  # [B, T, window]
    own = _autocorrelation(window)[: longest + 2]
    raw = _autocorrelation(frames)[..., : longest + 2]  # [B, T, lags]
    match = raw / (raw[..., :1] + 1e-4) * own[0] / own
    lags = torch.arange(longest + 2, device=audio.device)
    scores = match - 0.03 * torch.log2(lags.clamp(min=1).float())  # of two octaves that fit, the higher
    best = scores[..., shortest : longest + 1].argmax(-1) + shortest  # [B, T]
    below, at, above = (match.gather(-1, (best + i)[..., None])[..., 0] for i in (-1, 0, 1))
    shift = 0.5 * (below - above) / (below - 2 * at + above).clamp(max=-1e-6)
    return sample_rate / (best + shift.clamp(-0.5, 0.5)), at > 0.7


def _autocorrelation(frames: Tensor) -> Tensor:
    size = frames.shape[-1]
    power = torch.fft.rfft(frames, 2 * size)
    return torch.fft.irfft(power.real.square() + power.imag.square())[..., :size]


def pitch_loss(said_hz: Tensor, audio: Tensor, sample_rate: int) -> Tensor:
    """Mean error of log pitch [B, T] where samples [B, N] have one; a frame of 40 ms ends where its N / T samples end."""
    hz, voiced = measure_pitch(audio, sample_rate, sample_rate // 25, audio.shape[1] // said_hz.shape[1])
    error = (said_hz.log() - hz.log()).abs() * voiced
    return error.sum() / voiced.sum().clamp(min=1)


class Distillation(nn.Module):
    """Pulls the first codebook towards what a listener hears, so that it carries the words (Mimi, arXiv 2410.00037, 3.3.2)."""

    def __init__(self, latent_dim: int, teacher_dim: int) -> None:
        super().__init__()
        self.project = nn.Linear(latent_dim, teacher_dim)

    def forward(self, first: Tensor, heard: Tensor) -> Tensor:
        """1 - cosine between the first level's vectors [B, T, D] and the teacher's features [B, T', D'], at T frames."""
        target = F.interpolate(heard.float().transpose(1, 2), size=first.shape[1], mode="linear", align_corners=False)
        return 1 - F.cosine_similarity(self.project(first).float(), target.transpose(1, 2), dim=-1).mean()
