"""Roughen: makes clean speech sound as if it came over a cheap microphone in a real room.

Letters: N samples, F frequencies. All at 16 kHz, float32; a random generator in, the same samples out every time.

    clean -> speed -> (room, tone, telephone: one FFT) -> loudness -> silence around it -> noise or babble
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import fft

from thinkaloud.configurable import Config
from thinkaloud.train.utterances import SAMPLE_RATE, Spoken, babble, coloured_noise


@dataclass(frozen=True, kw_only=True)
class RoughConfig(Config):
    """How rough. Chances are per utterance; a pair is the range a value is drawn from."""

    speed: tuple[float, float] = (0.9, 1.08)
    speed_chance: float = 0.4
    most_characters_s: float = 17.0  # no speech is sped up beyond this: CTC needs room for blanks
    room_chance: float = 0.35
    direct_to_room_db: tuple[float, float] = (0.0, 18.0)
    tone_chance: float = 0.5
    tone_db: float = 6.0
    telephone_chance: float = 0.2
    peak_db: tuple[float, float] = (-26.0, -1.0)
    lead_s: tuple[float, float] = (0.0, 0.5)
    trail_s: tuple[float, float] = (0.4, 0.6)
    noise_chance: float = 0.6
    signal_to_noise_db: tuple[float, float] = (5.0, 35.0)
    babble_share: float = 0.25  # of the noises


class Noises:
    """Long stretches of noise and babble, made once; an utterance takes a random piece."""

    def __init__(self, talkers: Sequence[Spoken], seed: int = 0, stretch_s: float = 12.0, count: int = 16) -> None:
        rng, num_samples = random.Random(f"noises/{seed}"), round(stretch_s * SAMPLE_RATE)
        self.plain = [coloured_noise(rng, num_samples) for _ in range(count)]
        groups = [[rng.choice(talkers) for _ in range(8)] for _ in range(count)] if talkers else []
        self.babble = [babble(group, rng, num_samples) for group in groups]

    def piece(self, rng: random.Random, num_samples: int, babble_share: float) -> np.ndarray:
        """Samples [N] of power 1."""
        stretch = rng.choice(self.babble if self.babble and rng.random() < babble_share else self.plain)
        piece = np.roll(stretch, -rng.randrange(len(stretch)))
        piece = np.resize(piece, num_samples)
        return piece / np.float32(np.sqrt(np.mean(piece**2)) + 1e-9)


def roughen(
    clean: np.ndarray, num_characters: int, config: RoughConfig, noises: Noises, rng: random.Random
) -> tuple[np.ndarray, int]:
    """Rough samples [N'] of clean ones [N], and the sample at which speech begins."""
    samples = _hurry(clean, num_characters, config, rng)
    samples = _colour(samples, config, rng)
    peak = 10 ** (rng.uniform(*config.peak_db) / 20)
    samples = samples * np.float32(peak / max(1e-4, float(np.abs(samples).max(initial=0.0))))
    lead, trail = (round(rng.uniform(*span) * SAMPLE_RATE) for span in (config.lead_s, config.trail_s))
    begins = lead + int(np.argmax(np.abs(samples) > 0.03 * peak)) if len(samples) else lead
    samples = np.pad(samples, (lead, trail))
    if rng.random() < config.noise_chance:
        loudness = float(np.sqrt(np.mean(samples[begins : len(samples) - trail] ** 2))) if len(clean) else 0.01
        noise = noises.piece(rng, len(samples), config.babble_share)
        samples = samples + noise * np.float32(loudness * 10 ** (-rng.uniform(*config.signal_to_noise_db) / 20))
    return samples.clip(-1.0, 1.0), begins


def _hurry(samples: np.ndarray, num_characters: int, config: RoughConfig, rng: random.Random) -> np.ndarray:
    if rng.random() >= config.speed_chance or not len(samples):
        return samples
    rate = num_characters / (len(samples) / SAMPLE_RATE)
    low, high = config.speed
    speed = rng.uniform(low, max(low, min(high, config.most_characters_s / max(rate, 1e-3))))
    places = np.arange(0, len(samples) - 1, speed, dtype=np.float32)
    return np.interp(places, np.arange(len(samples), dtype=np.float32), samples).astype(np.float32)


def _colour(samples: np.ndarray, config: RoughConfig, rng: random.Random) -> np.ndarray:
    """Room, tone control and telephone band, as one product of spectra."""
    room = _room(config, rng) if rng.random() < config.room_chance else None
    tone, telephone = rng.random() < config.tone_chance, rng.random() < config.telephone_chance
    if not len(samples) or (room is None and not tone and not telephone):
        return samples
    num_samples = len(samples) + (len(room) if room is not None else 1024)
    size = fft.next_fast_len(num_samples, real=True)
    spectrum = fft.rfft(samples, size)  # [F]
    hz = np.linspace(0, SAMPLE_RATE / 2, len(spectrum), dtype=np.float32)
    if room is not None:
        spectrum *= fft.rfft(room, size)
    if tone:
        knots = np.linspace(0, 8000, 9)
        spectrum *= 10 ** (np.interp(hz, knots, [rng.gauss(0, config.tone_db / 2) for _ in knots]).astype(np.float32) / 20)
    if telephone:
        low, high = rng.uniform(100, 300), rng.uniform(3300, 4000)
        spectrum /= (1 + (low / np.maximum(hz, 1)) ** 8) ** 0.5 * (1 + (hz / high) ** 16) ** 0.5
    return fft.irfft(spectrum, size)[:num_samples].astype(np.float32)


def _room(config: RoughConfig, rng: random.Random) -> np.ndarray:
    """An impulse and a tail that dies away; the ratio of their energies is drawn in dB (a fixed gain drowns the speech)."""
    num_samples = round(rng.uniform(0.08, 0.4) * SAMPLE_RATE)
    tail = np.random.default_rng(rng.getrandbits(32)).standard_normal(num_samples, dtype=np.float32)
    tail *= np.exp(-np.linspace(0, 6.9, num_samples, dtype=np.float32))
    tail *= np.float32(10 ** (-rng.uniform(*config.direct_to_room_db) / 20) / np.sqrt(np.sum(tail**2)))
    tail[0] = 1.0
    return tail
