"""Causal layers that run whole or in pieces: the same code does both, so a stream equals its whole.

Letters: B batch, T frames, C channels, N samples.

A layer that looks back takes `past`, the end of what it saw before (None at the start: silence), and returns the new past
beside its result. `Stack` keeps one past per layer in a list that the caller owns.

    whole     [ 0 0 | x0 x1 x2 x3 x4 ]            zeros: the past before the start
    pieces    [ 0 0 | x0 x1 ] [ x0 x1 | x2 x3 x4 ]
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from thinkaloud.mel import mel_filters

State = list[Tensor | None]  # one past per layer of a Stack; owned by whoever streams


class ConvNeXtBlock(nn.Module):
    """Depth-wise causal convolution, norm and a two-layer perceptron around a skip (ConvNeXt, arXiv 2201.03545, in time)."""

    def __init__(self, dim: int, hidden_dim: int, kernel_frames: int, scale: float) -> None:
        super().__init__()
        self.mix = nn.Conv2d(dim, dim, (1, kernel_frames), groups=dim)
        self.norm = nn.LayerNorm(dim)
        self.widen = nn.Linear(dim, hidden_dim)
        self.narrow = nn.Linear(hidden_dim, dim)
        self.scale = nn.Parameter(torch.full((dim,), scale))
        self.past_frames = kernel_frames - 1

    def forward(self, x: Tensor, past: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """[B, T, C] and the last `past_frames` inputs -> [B, T, C] and the new past."""
        if past is None:
            past = x.new_zeros(x.shape[0], self.past_frames, x.shape[2])
        seen = torch.cat([past, x], dim=1)  # [B, past + T, C]
        with torch.autocast(x.device.type, enabled=False):  # channels last in float32: the fastest of four ways on CPU
            mixed = self.mix(seen.float().unsqueeze(1).permute(0, 3, 1, 2)).permute(0, 2, 3, 1).squeeze(1)  # [B, T, C]
        update = self.narrow(F.gelu(self.widen(self.norm(mixed))))
        return x + self.scale * update, seen[:, seen.shape[1] - self.past_frames :]


class Fold(nn.Module):
    """Two frames become one: [B, T, C] -> [B, T/2, C']."""

    def __init__(self, dim: int, out_dim: int) -> None:
        super().__init__()
        self.linear = nn.Linear(2 * dim, out_dim)

    def forward(self, x: Tensor, past: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """Frames 2t and 2t+1 side by side through one linear layer; nothing looks back."""
        return self.linear(x.reshape(x.shape[0], x.shape[1] // 2, -1)), past


class Unfold(nn.Module):
    """One frame becomes two: [B, T, C] -> [B, 2T, C']."""

    def __init__(self, dim: int, out_dim: int) -> None:
        super().__init__()
        self.linear = nn.Linear(dim, 2 * out_dim)

    def forward(self, x: Tensor, past: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """The inverse order of `Fold`."""
        return self.linear(x).reshape(x.shape[0], 2 * x.shape[1], -1), past


class Glide(nn.Module):
    """Knots joined by straight lines: [B, T, knots] -> [B, T * hops]; the first line begins level."""

    def __init__(self, num_hops: int) -> None:
        super().__init__()
        self.num_hops = num_hops  # of a frame, a multiple of its knots

    def forward(self, x: Tensor, past: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """Each knot is reached at the last hop of its stretch; the past is the last knot [B, 1]."""
        knots = x.float().flatten(1)  # [B, T * knots]
        before = torch.cat([knots[:, :1] if past is None else past, knots[:, :-1]], dim=1)
        stretch = self.num_hops // x.shape[2]
        part = torch.arange(1, stretch + 1, device=x.device) / stretch  # [hops of a stretch]
        return torch.lerp(before[..., None], knots[..., None], part).flatten(1), knots[:, -1:]


class Stack(nn.ModuleList):
    """Layers one after the other, each with its own past."""

    def start(self) -> State:
        """The state before the first frame."""
        return [None] * len(self)

    def forward(self, x: Tensor, state: State) -> Tensor:
        """[B, T, C] -> [B, T', C']; `state` moves on in place."""
        for i, layer in enumerate(self):
            x, state[i] = layer(x, state[i])
        return x


class LogMel(nn.Module):
    """Causal log-mel frames: frame t is made of the samples before (t + 1) * hop_samples and knows nothing later."""

    window: Tensor  # [window]
    bank: Tensor  # [bins, mels]

    def __init__(self, sample_rate: int, window_samples: int, hop_samples: int, num_mels: int) -> None:
        super().__init__()
        self.window_samples, self.hop_samples = window_samples, hop_samples
        self.register_buffer("window", torch.hann_window(window_samples), persistent=False)
        self.register_buffer("bank", mel_bank(sample_rate, window_samples, num_mels), persistent=False)

    def forward(self, audio: Tensor, past: Tensor | None) -> tuple[Tensor, Tensor]:
        """Samples [B, N], N a multiple of the hop -> natural log of mel magnitudes [B, N / hop, mels] and the new past."""
        back = self.window_samples - self.hop_samples
        if past is None:
            past = audio.new_zeros(audio.shape[0], back)
        seen = torch.cat([past, audio], dim=1)  # [B, back + N]
        with torch.autocast(audio.device.type, enabled=False):
            frames = seen.float().unfold(1, self.window_samples, self.hop_samples) * self.window  # [B, T, window]
            mels = torch.fft.rfft(frames).abs() @ self.bank  # [B, T, mels]
        return mels.clamp(min=1e-4).log(), seen[:, seen.shape[1] - back :]


def mel_bank(sample_rate: int, window_samples: int, num_mels: int) -> Tensor:
    """Triangular mel filters [window_samples / 2 + 1, num_mels], Slaney's scale and area."""
    return torch.as_tensor(mel_filters(window_samples // 2 + 1, num_mels, sample_rate), dtype=torch.float32)


class SpectrumHead(nn.Module):
    """Frames to samples: log magnitudes and phases, inverse FFT, window, overlap-add (Vocos, arXiv 2306.00814).

    A phase is said relative to the nearest harmonic of the pitch, whose own phase is carried from frame to frame: a voice stays
    a clean buzz up to its highest harmonics, where a network that sees a few frames could not keep count of the cycles.

    Frame t ends where its own hop ends, so a hop is final once the three frames after it (window = 4 hops) have been added:

        frame t        [---------------------]
        frame t + 1          [---------------------]
        hops           |  t-3 | t-2 | t-1 | t | t+1 |
    """

    window: Tensor  # [window]
    bins_hz: Tensor  # [bins]
    centred: Tensor  # [bins]

    def __init__(self, dim: int, sample_rate: int, window_samples: int, hop_samples: int) -> None:
        super().__init__()
        if window_samples % hop_samples:
            raise ValueError(f"window_samples {window_samples} must be a multiple of hop_samples {hop_samples}")
        self.hop_samples, self.overlap, self.hop_s = hop_samples, window_samples // hop_samples, hop_samples / sample_rate
        self.norm = nn.LayerNorm(dim)
        self.linear = nn.Linear(dim, window_samples + 2)
        bins = torch.arange(window_samples // 2 + 1)
        nn.init.constant_(
            self.linear.bias[: len(bins)], -2.0
        )  # begin with a whisper, nearer to speech than noise at full level
        window = torch.hann_window(window_samples) * 2 / self.overlap  # shifted copies add up to one
        self.register_buffer("window", window, persistent=False)
        self.register_buffer("bins_hz", bins * sample_rate / window_samples, persistent=False)
        self.register_buffer("centred", torch.pi * (bins % 2), persistent=False)  # phases count from the middle of a window

    def forward(self, x: Tensor, pitch_hz: Tensor, past: tuple[Tensor, Tensor] | None) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """[B, T, C], pitch [B, T] and the past -> samples [B, T * hop], (overlap - 1) hops late, and the new past.

        The past: hops that later frames still add to [B, overlap - 1, hop], and the pitch's cycles so far [B], modulo one.
        """
        log_magnitude, phase = self.linear(self.norm(x)).float().chunk(2, dim=-1)  # [B, T, bins] each
        pitch_hz = pitch_hz.detach()  # no gradient through a count of cycles: the pitch has a loss of its own
        late, count = self.overlap - 1, x.shape[1]
        hops, begun = past or (log_magnitude.new_zeros(len(x), late, self.hop_samples), pitch_hz.new_zeros(len(x)).double())
        with torch.autocast(x.device.type, enabled=False):
            cycles = (begun[:, None] + (pitch_hz.double() * self.hop_s).cumsum(1)) % 1  # [B, T]
            nearest = (self.bins_hz / pitch_hz[..., None]).round()  # [B, T, bins] which harmonic each bin belongs to
            carried = 2 * torch.pi * (nearest * cycles.float()[..., None]) + self.centred
            frames = torch.fft.irfft(torch.polar(log_magnitude.clamp(max=6.0).exp(), phase + carried)) * self.window
        parts = frames.unflatten(2, (self.overlap, self.hop_samples))  # [B, T, overlap, hop]
        sums = F.pad(hops, (0, 0, 0, count))  # [B, T + late, hop]
        for i in range(self.overlap):
            sums = sums + F.pad(parts[:, :, i], (0, 0, i, late - i))
        return sums[:, :count].flatten(1), (sums[:, count:], cycles[:, -1])
