"""Utterances a listener learns from: recordings with their texts, digit strings of people, and sounds that say nothing.

Letters: N samples, always float32 at 16 kHz.

    kind        where from                                     text
    question    recordings of a corpus, many voices            what was asked
    answer      recordings of a corpus, the one answer voice   what was said
    digits      recordings of single digits, joined            "three one four"
    noise       made here: noise, tones, knocks, babble        ""
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from scipy import fft

from thinkaloud import audio

SAMPLE_RATE = 16000
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """One utterance: its text, what kind it is, who speaks (for reports) and how to get the samples [N]."""

    text: str
    kind: str
    voice: str
    read: Callable[[], np.ndarray] = field(repr=False)


def read_mono(path: Path) -> np.ndarray:
    """Samples [N] at 16 kHz of an audio file of any rate."""
    return audio.read(path).resample(SAMPLE_RATE).samples.numpy()


class DigitRecordings:
    """Single spoken digits, files named `{digit}_{speaker}_{index}.wav` (Free Spoken Digit Dataset), joined into strings.

    Index 0..4 is the data set's test split: `test=True` uses only those, `test=False` only the others.
    """

    def __init__(self, folder: Path, *, test: bool = False, speakers: Sequence[str] | None = None) -> None:
        self._recordings: dict[tuple[str, int], list[np.ndarray]] = {}
        for path in sorted(folder.glob("*.wav")):
            match = re.fullmatch(r"(\d)_([a-z]+)_(\d+)", path.stem)
            if match and (int(match[3]) < 5) == test and (speakers is None or match[2] in speakers):
                samples = read_mono(path)
                self._recordings.setdefault((match[2], int(match[1])), []).append(samples / max(1e-3, np.abs(samples).max()))
        self.speakers = sorted({speaker for speaker, _ in self._recordings})
        if not self.speakers:
            raise ValueError(f"no recordings named digit_speaker_index.wav in {folder}")

    def string(self, rng: random.Random) -> Spoken:
        """A new string of 1 to 8 digits by one speaker, with pauses of 30 to 300 ms."""
        speaker = rng.choice(self.speakers)
        digits = [rng.randrange(10) for _ in range(rng.choice((1, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8)))]
        parts: list[np.ndarray] = []
        for digit in digits:
            parts.append(rng.choice(self._recordings[speaker, digit]) * np.float32(rng.uniform(0.3, 0.5)))
            parts.append(np.zeros(round(rng.uniform(0.03, 0.3) * SAMPLE_RATE), np.float32))
        samples = np.concatenate(parts[:-1])
        text = " ".join(DIGITS[digit] for digit in digits)
        return Spoken(text=text, kind="digits", voice=f"fsdd:{speaker}", read=lambda: samples)


def wordless(rng: random.Random, speech: Sequence[Spoken]) -> Spoken:
    """A sound without words to hear: noise, tones like music, knocks, near silence, or babble of many in `speech`."""
    makers: list[Callable[[random.Random, int], np.ndarray]] = [_rush, _tones, _knocks, _quiet]
    seed, num_samples = rng.getrandbits(32), round(rng.uniform(0.6, 4.0) * SAMPLE_RATE)
    make = rng.choice(makers) if not speech or rng.random() < 0.7 else None
    talkers = [rng.choice(speech) for _ in range(rng.randint(6, 9))] if make is None else []

    def read() -> np.ndarray:
        own = random.Random(seed)
        if make is not None:
            return make(own, num_samples)
        return babble(talkers, own, num_samples) * np.float32(own.uniform(0.02, 0.1))

    name = make.__name__.strip("_") if make is not None else "babble"
    return Spoken(text="", kind="noise", voice=f"noise:{name}", read=read)


def babble(talkers: Sequence[Spoken], rng: random.Random, num_samples: int) -> np.ndarray:
    """Many voices at once [N], of power 1, none of which can be understood."""
    mixed = np.zeros(num_samples, np.float32)
    for talker in talkers:
        samples = np.roll(np.resize(talker.read(), num_samples), rng.randrange(num_samples))
        mixed += samples / max(1e-3, float(np.sqrt(np.mean(samples**2))))
    return mixed / np.float32(np.sqrt(np.mean(mixed**2)) + 1e-9)


def coloured_noise(rng: random.Random, num_samples: int) -> np.ndarray:
    """Noise [N] of power 1 whose spectrum falls by a random 0 to 6 dB an octave."""
    size = fft.next_fast_len(num_samples, real=True)
    spectrum = fft.rfft(np.random.default_rng(rng.getrandbits(32)).standard_normal(size, dtype=np.float32))
    slope = (np.arange(len(spectrum), dtype=np.float32) + 8.0) ** np.float32(-rng.uniform(0.0, 1.0))
    noise = fft.irfft(spectrum * slope, size)[:num_samples]
    return (noise / np.sqrt(np.mean(noise**2) + 1e-12)).astype(np.float32)


def _rush(rng: random.Random, num_samples: int) -> np.ndarray:
    return coloured_noise(rng, num_samples) * np.float32(10 ** rng.uniform(-3, -0.9))


def _tones(rng: random.Random, num_samples: int) -> np.ndarray:
    time_s = np.arange(num_samples, dtype=np.float32) / SAMPLE_RATE
    sound, at = np.zeros(num_samples, np.float32), 0
    while at < num_samples:
        end = min(num_samples, at + round(rng.uniform(0.1, 0.6) * SAMPLE_RATE))
        hz, fade = 110.0 * 2 ** (rng.randrange(36) / 12), rng.uniform(0, 6)
        for partial in range(1, rng.randint(2, 6)):
            sound[at:end] += np.sin(2 * np.pi * hz * partial * time_s[: end - at]) / partial
        sound[at:end] *= np.exp(-time_s[: end - at] * fade)
        at = end
    return sound * np.float32(rng.uniform(0.02, 0.2))


def _knocks(rng: random.Random, num_samples: int) -> np.ndarray:
    sound = np.zeros(num_samples, np.float32)
    for _ in range(rng.randint(1, 8)):
        size = round(rng.uniform(0.005, 0.15) * SAMPLE_RATE)
        at = rng.randrange(max(1, num_samples - size))
        knock = coloured_noise(rng, size) * np.exp(-np.linspace(0, rng.uniform(3, 9), size, dtype=np.float32))
        sound[at : at + size] += (knock * np.float32(rng.uniform(0.02, 0.3)))[: num_samples - at]
    return sound


def _quiet(rng: random.Random, num_samples: int) -> np.ndarray:
    return coloured_noise(rng, num_samples) * np.float32(10 ** rng.uniform(-6, -3.5))
