"""Augmentation for ears: what rooms, microphones, telephones and other people do to a clean voice.

    speed -> room -> silence around -> noise -> band limit -> loudness

Everything is float32 in numpy, drawn from the Generator that the caller gives: the same seed gives the same sound.
Letters: N samples, F frequencies.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.fft
import soxr
import torch

from thinkaloud.audio import Audio
from thinkaloud.configurable import Config

Range = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class AugmentConfig(Config):
    """How likely each change is, and the range (low, high) it is drawn from."""

    speed: Range = (0.95, 1.06)
    speed_probability: float = 0.4
    reverberation_probability: float = 0.35
    direct_to_reverberant_db: Range = (0.0, 18.0)
    reverberation_s: Range = (0.1, 0.6)  # until the tail has decayed by 60 dB
    lead_s: Range = (0.0, 0.5)
    trail_s: Range = (0.4, 0.7)  # a causal listener needs time to finish
    noise_probability: float = 0.6
    signal_to_noise_db: Range = (3.0, 35.0)
    band_limit_probability: float = 0.2
    level_db: Range = (-48.0, -12.0)  # root mean square of the speech, relative to full scale

    def __post_init__(self) -> None:
        for name in (
            "speed",
            "direct_to_reverberant_db",
            "reverberation_s",
            "lead_s",
            "trail_s",
            "signal_to_noise_db",
            "level_db",
        ):
            low, high = getattr(self, name)
            if low > high or (not name.endswith("_db") and low < 0):
                raise ValueError(f"{name} must be (low, high), not below 0 where it is no level; got {(low, high)}")

    def build(self) -> "Augment":
        """The augmentation."""
        return Augment(self)


class Augment:
    """Calls give an augmented copy; `others` are other utterances [N] at the same rate, for babble (without: no babble)."""

    def __init__(self, config: AugmentConfig) -> None:
        self.config = config

    def __call__(self, audio: Audio, rng: np.random.Generator, others: Sequence[np.ndarray] = ()) -> Audio:
        """The sound as heard somewhere else: longer than it was by the silence around it."""
        config, rate = self.config, audio.sample_rate
        samples = audio.samples.numpy().astype(np.float32)  # [N]
        if _happens(rng, config.speed_probability):
            samples = soxr.resample(samples, rate * rng.uniform(*config.speed), rate, quality="LQ").astype(np.float32)
        if _happens(rng, config.reverberation_probability):
            room = room_response(rng, rate, rng.uniform(*config.reverberation_s), rng.uniform(*config.direct_to_reverberant_db))
            samples = _convolve(samples, room)
        speech_level = _level(samples)
        lead, trail = (round(rate * rng.uniform(*ends)) for ends in (config.lead_s, config.trail_s))
        samples = np.pad(samples, (lead, trail))
        if _happens(rng, config.noise_probability):
            noise = background(rng, len(samples), rate, others)
            ratio_db = rng.uniform(*config.signal_to_noise_db)
            samples += noise * np.float32(speech_level / max(_level(noise), 1e-9) * 10 ** (-ratio_db / 20))
        if _happens(rng, config.band_limit_probability):
            samples = band_limit(rng, samples, rate)
        gain = 10 ** (rng.uniform(*config.level_db) / 20) / max(speech_level, 1e-6)
        return Audio(torch.from_numpy((samples * np.float32(gain)).clip(-1, 1)), rate)


def background(rng: np.random.Generator, num_samples: int, sample_rate: int, others: Sequence[np.ndarray] = ()) -> np.ndarray:
    """Some noise [N] of any loudness: white to brown, hum, music-like tones or, with `others`, people talking behind."""
    kind = rng.choice(("white", "colored", "hum", "tones", "babble") if len(others) else ("white", "colored", "hum", "tones"))
    if kind == "white":
        return rng.standard_normal(num_samples, dtype=np.float32)
    if kind == "colored":
        return colored_noise(rng, num_samples, rng.uniform(0.5, 2.0))
    if kind == "babble":
        voices = [others[int(rng.integers(len(others)))] for _ in range(rng.integers(2, 6))]
        return np.stack([np.resize(np.roll(v, rng.integers(len(v))), num_samples) for v in voices]).sum(axis=0)
    return tones(rng, num_samples, sample_rate, steady=kind == "hum")


def colored_noise(rng: np.random.Generator, num_samples: int, slope: float) -> np.ndarray:
    """Noise [N] whose power falls with frequency to the power `slope`: 0 white, 1 pink, 2 brown. Unit level."""
    padded = _fast(num_samples)
    spectrum = rng.standard_normal((padded // 2 + 1, 2), dtype=np.float32).view(np.complex64)[:, 0]  # [F]
    spectrum *= np.arange(1, len(spectrum) + 1, dtype=np.float32) ** np.float32(-slope / 2)
    noise = _irfft(spectrum, padded)[:num_samples]
    return noise / max(_level(noise), 1e-9)


def tones(rng: np.random.Generator, num_samples: int, sample_rate: int, steady: bool = False) -> np.ndarray:
    """Music-like tones [N]: notes of a scale with overtones, one or two at a time; `steady`: the hum of 50 or 60 Hz."""
    if steady:
        return _note(rng.choice((50.0, 60.0)), num_samples, sample_rate, num_overtones=6)
    samples = np.zeros(num_samples, dtype=np.float32)
    start, base_hz = 0, rng.uniform(110.0, 330.0)
    while start < num_samples:
        length = min(round(rng.uniform(0.12, 0.6) * sample_rate), num_samples - start)
        fade = np.exp(-np.arange(length, dtype=np.float32) / np.float32(rng.uniform(0.1, 0.8) * sample_rate))
        for _ in range(rng.integers(1, 3)):
            hz = base_hz * 2 ** (rng.choice((0, 2, 4, 5, 7, 9, 11, 12)) / 12)
            samples[start : start + length] += fade * _note(hz, length, sample_rate, num_overtones=4)
        start += length
    return samples


def room_response(rng: np.random.Generator, sample_rate: int, decay_s: float, direct_to_reverberant_db: float) -> np.ndarray:
    """The impulse response [N] of a room: the direct sound, then decaying noise whose whole energy is set by the ratio.

    A tail of fixed gain would drown the speech in long rooms: its energy must be normalised before the ratio is applied.
    """
    time_s = np.arange(round(decay_s * sample_rate), dtype=np.float32) / np.float32(sample_rate)
    tail = rng.standard_normal(len(time_s), dtype=np.float32) * np.exp(-6.9 / np.float32(decay_s) * time_s)
    tail *= np.float32(10 ** (-direct_to_reverberant_db / 20)) / max(float(np.linalg.norm(tail)), 1e-9)
    before = np.zeros(round(rng.uniform(0.002, 0.01) * sample_rate), dtype=np.float32)
    before[0] = 1.0
    return np.concatenate((before, tail))


def band_limit(rng: np.random.Generator, samples: np.ndarray, sample_rate: int) -> np.ndarray:
    """The samples [N] as an 8 kHz recording or, half of the time, a telephone (300 to 3400 Hz) passes them."""
    padded = _fast(len(samples))
    spectrum = _rfft(samples, padded)  # [F]
    hz = np.arange(len(spectrum), dtype=np.float32) * np.float32(sample_rate / padded)
    keep = _slope(rng.uniform(3300.0, 3900.0) - hz, 200.0)
    if rng.random() < 0.5:
        keep *= _slope(hz - rng.uniform(200.0, 350.0), 100.0)
    return _irfft(spectrum * keep, padded)[: len(samples)]


def _slope(distance_hz: np.ndarray, width_hz: float) -> np.ndarray:
    return np.clip(distance_hz / np.float32(width_hz) + np.float32(0.5), 0, 1)


def _note(hz: float, num_samples: int, sample_rate: int, num_overtones: int) -> np.ndarray:
    turn = np.arange(num_samples, dtype=np.float32) * np.float32(2 * np.pi * hz / sample_rate)
    return np.stack([np.sin(k * turn) / np.float32(k) for k in range(1, num_overtones + 1)]).sum(axis=0)


def _convolve(samples: np.ndarray, response: np.ndarray) -> np.ndarray:
    """The whole convolution, so that the room rings on after the last word."""
    length = len(samples) + len(response) - 1
    padded = _fast(length)
    return _irfft(_rfft(samples, padded) * _rfft(response, padded), padded)[:length]


def _fast(length: int) -> int:
    return int(scipy.fft.next_fast_len(length, real=True) or length)


def _rfft(samples: np.ndarray, length: int) -> np.ndarray:
    return np.asarray(scipy.fft.rfft(samples, length))


def _irfft(spectrum: np.ndarray, length: int) -> np.ndarray:
    return np.asarray(scipy.fft.irfft(spectrum, length))


def _level(samples: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(samples)))) if len(samples) else 0.0


def _happens(rng: np.random.Generator, probability: float) -> bool:
    return bool(rng.random() < probability)
