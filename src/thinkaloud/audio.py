"""Audio: samples with their rate. Read, write, resample, to and from the wire. The only file that knows audio files.

Letters: N samples, C channels. Samples are float32 in -1..1; the rate is in Hz.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soundfile
import soxr
import torch
from torch import Tensor

AudioFile = str | os.PathLike[str] | BinaryIO

_SUBTYPES = {"wav": "PCM_16", "flac": "PCM_16", "ogg": "VORBIS", "mp3": "MPEG_LAYER_III"}
_PCM16_SCALE = 32768  # libsndfile's: an int16 read from a file or from the wire is the same float


@dataclass(frozen=True, eq=False)
class Audio:
    """Sound: `samples` float32 [N] or [C, N], finite, and their rate. ValueError for anything else."""

    samples: Tensor
    sample_rate: int

    def __post_init__(self) -> None:
        if self.samples.dtype != torch.float32 or self.samples.ndim not in (1, 2):
            raise ValueError(f"expected float32 samples [N] or [C, N], got {self.samples.dtype} {list(self.samples.shape)}")
        if self.sample_rate < 1:
            raise ValueError(f"expected a sample rate in Hz, got {self.sample_rate}")
        if not self.samples.isfinite().all():
            raise ValueError("samples must be finite, got NaN or infinity; was the recording divided by a zero peak?")

    @property
    def num_samples(self) -> int:
        """N, the samples of one channel."""
        return self.samples.shape[-1]

    @property
    def duration_s(self) -> float:
        """Seconds."""
        return self.num_samples / self.sample_rate

    def mono(self) -> "Audio":
        """One channel [N]: the mean of all."""
        return self if self.samples.ndim == 1 else Audio(self.samples.mean(dim=0), self.sample_rate)

    def resample(self, sample_rate: int) -> "Audio":
        """The same sound at another rate, round(N * sample_rate / self.sample_rate) samples."""
        if sample_rate == self.sample_rate:
            return self
        resampled = soxr.resample(_channels_last(self.samples), self.sample_rate, sample_rate)
        return Audio(torch.from_numpy(resampled.T.copy()), sample_rate)


def read(file: AudioFile, mono: bool = True) -> Audio:
    """The sound of a file, path or open binary file: wav, flac, mp3, ogg and what else libsndfile knows, at its own rate.

    Channels are mixed to one [N] unless `mono` is false, which gives [C, N]. ValueError names the file and the remedy where
    there is no file, no audio in it, no sample, or NaN.
    """
    name = _name(file)
    if isinstance(file, str | os.PathLike) and not Path(file).is_file():
        raise ValueError(f"{name}: no such file; give the path of a sound file")
    try:
        samples, sample_rate = soundfile.read(file, dtype="float32", always_2d=True)  # [N, C]
    except (soundfile.SoundFileError, OSError) as error:
        raise ValueError(
            f"{name}: not a sound file that can be read ({error}); give wav, flac, mp3 or ogg, "
            "or convert it first: ffmpeg -i INPUT OUTPUT.wav"
        ) from error
    if len(samples) == 0:
        raise ValueError(f"{name}: holds no sample; record it again")
    try:
        audio = Audio(torch.from_numpy(samples.T.copy()), sample_rate)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error
    return audio.mono() if mono else audio


def write(file: AudioFile, audio: Audio, format: str | None = None) -> None:
    """Writes wav or flac (16 bit), ogg (Vorbis) or mp3, by the suffix of the path; an open binary file needs `format`.

    Samples beyond -1..1 are clipped. ValueError for an unknown format, a rate it cannot hold, or a folder that is not there.
    """
    name = _name(file)
    format = (format or Path(name).suffix.removeprefix(".")).lower()
    if format not in _SUBTYPES:
        raise ValueError(f"{name}: cannot write {format or 'a file without a suffix'}; use .wav, .flac, .ogg or .mp3")
    samples = _channels_last(audio.samples).clip(-1, 1)
    if _SUBTYPES[format] == "PCM_16":
        samples = np.frombuffer(to_pcm16(audio.samples), dtype="<i2").reshape(samples.shape)
    channels = 1 if audio.samples.ndim == 1 else len(audio.samples)
    try:
        with soundfile.SoundFile(file, "w", audio.sample_rate, channels, _SUBTYPES[format], format=format) as sink:
            for start in range(0, len(samples), audio.sample_rate):  # by the second: Vorbis fails on minutes at once
                sink.write(samples[start : start + audio.sample_rate])
    except (soundfile.SoundFileError, OSError) as error:
        raise ValueError(
            f"{name}: cannot be written as {format} at {audio.sample_rate} Hz ({error}); is the folder there? "
            "mp3 holds 8 to 48 kHz standard rates only, wav any"
        ) from error


class Resampler:
    """Resamples one channel as it arrives. All it returns, joined, is `Audio.resample` of the whole, bit for bit."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        self._stream = None if from_hz == to_hz else soxr.ResampleStream(from_hz, to_hz, num_channels=1, dtype="float32")

    def push(self, samples: Tensor) -> Tensor:
        """The resampled samples [n] that are final once these [N] are known; n may be 0."""
        return self._run(samples, last=False)

    def flush(self) -> Tensor:
        """The rest [n]; push again only into a new one."""
        return self._run(torch.zeros(0), last=True)

    def _run(self, samples: Tensor, last: bool) -> Tensor:
        if samples.ndim != 1:
            raise ValueError(f"expected samples of one channel [N], got {list(samples.shape)}; mix them first: Audio.mono()")
        if self._stream is None:
            return samples
        return torch.from_numpy(self._stream.resample_chunk(_channels_last(samples), last=last).copy())


def to_pcm16(samples: Tensor) -> bytes:
    """Little-endian 16-bit samples of [N], or of [C, N] interleaved. Never wraps: 1.0 and above give 32767."""
    if not samples.isfinite().all():
        raise ValueError("samples must be finite to become 16-bit integers, got NaN or infinity")
    scaled = (samples.float() * _PCM16_SCALE).round().clamp(-_PCM16_SCALE, _PCM16_SCALE - 1)
    return _channels_last(scaled).astype("<i2").tobytes()


def from_pcm16(data: bytes, num_channels: int = 1) -> Tensor:
    """Samples [N], or [C, N] where num_channels is above 1, of little-endian 16-bit bytes; ValueError for half a sample."""
    if len(data) % (2 * num_channels):
        raise ValueError(f"expected whole 16-bit samples of {num_channels} channels, got {len(data)} bytes")
    samples = torch.from_numpy(np.frombuffer(data, dtype="<i2").astype(np.float32)) / _PCM16_SCALE
    return samples if num_channels == 1 else samples.reshape(-1, num_channels).T.contiguous()


def _channels_last(samples: Tensor) -> np.ndarray:
    """[N] or [N, C], as soundfile and soxr want it."""
    return np.ascontiguousarray(samples.detach().cpu().numpy().T)


def _name(file: AudioFile) -> str:
    return str(file) if isinstance(file, str | os.PathLike) else str(getattr(file, "name", "the audio given"))
