"""A critic of waveforms: small two-dimensional convolutions over complex spectra at several resolutions.

Letters: B batch, N samples. Hinge losses and feature matching as in MelGAN (arXiv 1910.06711).
"""

import itertools

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Judgement = list[list[Tensor]]  # per resolution: the feature maps, the score map last


class SpectrumCritic(nn.Module):
    """One resolution: real and imaginary part as two channels, halved in frequency by every layer."""

    window: Tensor  # [window]

    def __init__(self, window_samples: int, channels: int, num_layers: int = 4) -> None:
        super().__init__()
        self.window_samples = window_samples
        self.register_buffer("window", torch.hann_window(window_samples), persistent=False)
        widths = [2] + [channels] * num_layers
        norm = nn.utils.parametrizations.weight_norm
        self.layers = nn.ModuleList(
            norm(nn.Conv2d(a, b, (3, 5), stride=(1, 2), padding=(1, 2))) for a, b in itertools.pairwise(widths)
        )
        self.score = norm(nn.Conv2d(channels, 1, (3, 3), padding=1))

    def forward(self, audio: Tensor) -> list[Tensor]:
        """Feature maps of samples [B, N]; the last is the score map."""
        size = self.window_samples
        with torch.autocast(audio.device.type, enabled=False):
            spectrum = torch.stft(audio.float(), size, size // 4, window=self.window, normalized=True, return_complex=True)
            quiet = (spectrum.real.square() + spectrum.imag.square() + 1e-8).pow(-0.35)  # magnitudes to the power of 0.3:
            parts = torch.stack([spectrum.real * quiet, spectrum.imag * quiet], dim=1)  # what is quiet is heard too
        x = parts.transpose(2, 3)  # [B, 2, T, bins]
        x = x.contiguous(memory_format=torch.channels_last)
        features = []
        for layer in self.layers:
            x = F.leaky_relu(layer(x), 0.1)
            features.append(x)
        return [*features, self.score(x)]


class Discriminator(nn.Module):
    """Several resolutions side by side."""

    def __init__(self, windows_samples: tuple[int, ...] = (512, 1024, 256), channels: int = 24) -> None:
        super().__init__()
        self.critics = nn.ModuleList(SpectrumCritic(size, channels) for size in windows_samples)

    def forward(self, audio: Tensor) -> Judgement:
        """The judgement of samples [B, N]."""
        return [critic(audio) for critic in self.critics]


def critic_loss(real: Judgement, made: Judgement) -> Tensor:
    """Hinge: real above 1, made below -1."""
    pairs = zip(real, made, strict=True)
    return torch.stack([F.relu(1 - r[-1].float()).mean() + F.relu(1 + m[-1].float()).mean() for r, m in pairs]).mean()


def fooling_loss(made: Judgement) -> Tensor:
    """What the codec wants of the critics' scores."""
    return torch.stack([F.relu(1 - m[-1].float()).mean() for m in made]).mean()


def matching_loss(real: Judgement, made: Judgement) -> Tensor:
    """L1 between feature maps, relative to the size of the real ones."""
    terms = [
        (a.float() - b.detach().float()).abs().mean() / (b.detach().float().abs().mean() + 1e-4)
        for m, r in zip(made, real, strict=True)
        for a, b in zip(m[:-1], r[:-1], strict=True)
    ]
    return torch.stack(terms).mean()
