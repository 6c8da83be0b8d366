"""What is heard but not to be answered: noise, hum, music-like tones, babble, pieces of words, silence.

Letters: N samples.
"""

from collections.abc import Sequence

import numpy as np
import torch

from thinkaloud.audio import Audio
from thinkaloud.data.augment import colored_noise, tones

KINDS = ("noise", "hum", "tones", "babble", "half_word", "silence", "clicks")


def nonspeech(rng: np.random.Generator, kind: str, speech: Sequence[np.ndarray], sample_rate: int) -> Audio:
    """One clip of 0.4 to 4 seconds; `speech` are other utterances [N] from which babble and half words are made."""
    num_samples = round(rng.uniform(0.4, 4.0) * sample_rate)
    makers = {
        "noise": lambda: colored_noise(rng, num_samples, slope=rng.uniform(-0.2, 2.2)),
        "hum": lambda: tones(rng, num_samples, sample_rate, steady=True) + 0.3 * colored_noise(rng, num_samples, 1.0),
        "tones": lambda: tones(rng, num_samples, sample_rate),
        "babble": lambda: babble(rng, num_samples, speech),
        "half_word": lambda: _half_word(rng, speech, sample_rate),
        "silence": lambda: 0.01 * colored_noise(rng, num_samples, 1.0),
        "clicks": lambda: _clicks(rng, num_samples, sample_rate),
    }
    if kind not in makers:
        raise ValueError(f"no kind of non-speech {kind!r}; known: {', '.join(KINDS)}")
    samples = makers[kind]().astype(np.float32)  # [N]
    level = 10 ** (rng.uniform(-45, -14) / 20) if kind != "silence" else 10 ** (rng.uniform(-75, -50) / 20)
    samples *= level / max(float(np.sqrt(np.mean(samples**2))), 1e-9)
    return Audio(torch.from_numpy(samples.clip(-1, 1)), sample_rate)


def babble(
    rng: np.random.Generator, num_samples: int, speech: Sequence[np.ndarray], num_talkers: int | None = None
) -> np.ndarray:
    """Four to eight people talking at once [N]: nobody can be understood."""
    mixed = np.zeros(num_samples, dtype=np.float32)
    for _ in range(num_talkers or rng.integers(4, 9)):
        talk = np.concatenate([speech[int(rng.integers(len(speech)))] for _ in range(1 + num_samples // 16_000)])
        talk = np.resize(np.roll(talk, rng.integers(len(talk))), num_samples)
        mixed += talk / max(float(np.sqrt(np.mean(talk**2))), 1e-6) * np.float32(10 ** rng.uniform(-0.15, 0.15))
    return mixed


def _half_word(rng: np.random.Generator, speech: Sequence[np.ndarray], sample_rate: int) -> np.ndarray:
    """60 to 160 ms cut out of speech, too short to be a word, with room around it."""
    talk = speech[int(rng.integers(len(speech)))]
    length = min(len(talk), round(rng.uniform(0.06, 0.16) * sample_rate))
    starts = rng.integers(len(talk) - length + 1, size=6)
    start = max(starts, key=lambda at: float(np.square(talk[at : at + length]).sum()))  # not the pause between words
    piece = talk[start : start + length] * np.hanning(length + 2)[1:-1] ** 0.3
    room = [np.zeros(round(rng.uniform(0.1, 0.6) * sample_rate), dtype=np.float32) for _ in range(2)]
    return np.concatenate((room[0], piece, room[1])) + 1e-4 * colored_noise(rng, len(piece) + len(room[0]) + len(room[1]), 1.0)


def _clicks(rng: np.random.Generator, num_samples: int, sample_rate: int) -> np.ndarray:
    """Knocks and key presses: short decaying bursts at irregular times."""
    samples = 0.01 * colored_noise(rng, num_samples, 1.0)
    for _ in range(rng.integers(1, 9)):
        start, length = rng.integers(num_samples), round(rng.uniform(0.005, 0.06) * sample_rate)
        length = min(length, num_samples - start)
        burst = rng.standard_normal(length) * np.exp(-np.arange(length) / (rng.uniform(0.001, 0.01) * sample_rate))
        samples[start : start + length] += burst.astype(np.float32)
    return samples
