"""Mel: the scale on which equal steps sound equally far, as Slaney's Auditory Toolbox has it, and filters along it.

Below 1000 Hz it is a line (15 mels there), above a logarithm (27 mels for a factor of 6.4). The values are those of
`transformers.audio_utils` and librosa; theirs would have to be imported, which takes longer than all else that needs them.
"""

import math

import numpy as np

_LINEAR_HZ, _LINEAR_MELS, _MELS_PER_NAT = 1000.0, 15.0, 27.0 / math.log(6.4)


def hertz_to_mel(hertz: np.ndarray) -> np.ndarray:
    """Mels of frequencies."""
    above = np.log(np.maximum(hertz, _LINEAR_HZ) / _LINEAR_HZ) * _MELS_PER_NAT
    return np.minimum(hertz, _LINEAR_HZ) * (_LINEAR_MELS / _LINEAR_HZ) + above


def mel_to_hertz(mels: np.ndarray) -> np.ndarray:
    """Frequencies of mels."""
    above = np.exp(np.maximum(mels - _LINEAR_MELS, 0.0) / _MELS_PER_NAT)
    return np.minimum(mels, _LINEAR_MELS) * (_LINEAR_HZ / _LINEAR_MELS) * above


def top_mels(sample_rate: int) -> float:
    """The mels of the highest frequency that there is at a sample rate in Hz."""
    return float(hertz_to_mel(np.array(sample_rate / 2)))


def mel_filters(num_bins: int, num_mels: int, sample_rate: int) -> np.ndarray:
    """Triangles [num_bins, num_mels] over the bins of a spectrum from 0 to half the rate, each of the same area."""
    edges_hz = mel_to_hertz(np.linspace(0.0, top_mels(sample_rate), num_mels + 2))
    bins_hz = np.linspace(0.0, sample_rate / 2, num_bins)[:, None]
    rising = (bins_hz - edges_hz[:-2]) / (edges_hz[1:-1] - edges_hz[:-2])
    falling = (edges_hz[2:] - bins_hz) / (edges_hz[2:] - edges_hz[1:-1])
    return np.maximum(0.0, np.minimum(rising, falling)) * (2.0 / (edges_hz[2:] - edges_hz[:-2]))
