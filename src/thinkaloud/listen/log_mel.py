"""Causal log-mels of 16 kHz speech, one frame in 10 ms: whole or in parts, the same frames.

Letters: B batch, n samples, M mel bands.
"""

import numpy as np
import torch
from torch import Tensor, nn

from thinkaloud.mel import mel_filters

SAMPLE_RATE = 16000
HOP_SAMPLES = 160  # one mel frame
MEL_OFFSET, MEL_SCALE = 4.0, 4.0  # nats: log-mels of speech come out between about -1 and 2


class LogMel(nn.Module):
    """Frame t ends at sample (t+1) * 160. A fixed offset and scale, no statistics of the utterance.

    `floor` is power added to every band: what is quieter is not heard.
    """

    bank: Tensor  # [fft/2+1, M]
    window: Tensor  # [window]

    def __init__(self, num_mels: int, window_samples: int, floor: float) -> None:
        super().__init__()
        self.window_samples, self.floor = window_samples, floor
        self.fft_size = 1 << (window_samples - 1).bit_length()
        bank = mel_filters(self.fft_size // 2 + 1, num_mels, SAMPLE_RATE)
        self.register_buffer("bank", torch.from_numpy(bank.astype(np.float32)), persistent=False)
        self.register_buffer("window", torch.hann_window(window_samples), persistent=False)

    def forward(self, audio: Tensor, before: Tensor) -> tuple[Tensor, Tensor]:
        """Mels [B, M, n/160] of samples [B, n], given the samples before them; and the samples to remember."""
        with torch.autocast(audio.device.type, enabled=False):
            joined = torch.cat([before.float(), audio.float()], dim=1)
            frames = joined.unfold(1, self.window_samples, HOP_SAMPLES) * self.window  # [B, n/160, window]
            spectrum = torch.fft.rfft(frames, self.fft_size)
            power = spectrum.real * spectrum.real + spectrum.imag * spectrum.imag
            mels = (power @ self.bank + self.floor).log()  # [B, n/160, M]
            return ((mels + MEL_OFFSET) / MEL_SCALE).transpose(1, 2), joined[:, joined.shape[1] - before.shape[1] :]
