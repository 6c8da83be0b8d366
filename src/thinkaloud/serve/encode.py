"""Encode: speech as bytes of a file format, while it is being generated.

What a finished file would say in its header (sizes, checksums) is not known yet when the first bytes leave, so a stream says
"unknown" there, as every streaming server does. `encode` gives a complete file.
"""

import io
from typing import Any, Protocol

import soundfile
import torch
from torch import Tensor

from thinkaloud import audio
from thinkaloud.audio import Audio

MEDIA_TYPES = {
    "pcm": "audio/pcm",
    "wav": "audio/wav",
    "flac": "audio/flac",
    "mp3": "audio/mpeg",
    "opus": "audio/ogg; codecs=opus",
}
# a constant bit rate, so that a player can tell how long an mp3 is without its header
_SOUNDFILE: dict[str, tuple[str, str, dict[str, Any]]] = {
    "mp3": ("MP3", "MPEG_LAYER_III", {"bitrate_mode": "CONSTANT", "compression_level": 0.6}),
    "opus": ("OGG", "OPUS", {}),
}
_UNKNOWN = b"\xff\xff\xff\xff"


class Encoder(Protocol):
    """Bytes of one recording in progress."""

    def push(self, samples: Tensor) -> bytes:
        """The bytes that samples [n] add; may be none."""
        ...

    def flush(self) -> bytes:
        """The rest."""
        ...


def encoder(format: str, sample_rate: int) -> Encoder:
    """An encoder by format name; ValueError names those there are."""
    if format not in MEDIA_TYPES:
        raise ValueError(f"audio format {format!r} is not served; use {', '.join(MEDIA_TYPES)}")
    if format == "flac":
        return _Whole(format, sample_rate)
    return _Compressed(format, sample_rate) if format in _SOUNDFILE else _Plain(format == "wav", sample_rate)


def encode(format: str, samples: Tensor, sample_rate: int) -> bytes:
    """A complete file of samples [N]."""
    if format in ("wav", "flac", "mp3"):
        file = io.BytesIO()
        audio.write(file, Audio(samples, sample_rate), format)
        return file.getvalue()
    stream = encoder(format, sample_rate)
    return stream.push(samples) + stream.flush()


class _Plain:
    """PCM16, with a WAV header of unknown length before it if asked for."""

    def __init__(self, header: bool, sample_rate: int) -> None:
        self._head = _wav_header(sample_rate) if header else b""

    def push(self, samples: Tensor) -> bytes:
        head, self._head = self._head, b""
        return head + audio.to_pcm16(samples)

    def flush(self) -> bytes:
        return self.push(torch.zeros(0))


class _Whole:
    """Everything at the end: libsndfile cannot read a FLAC file whose header leaves the length open."""

    def __init__(self, format: str, sample_rate: int) -> None:
        self._format, self._sample_rate = format, sample_rate
        self._samples = [torch.zeros(0)]

    def push(self, samples: Tensor) -> bytes:
        self._samples.append(samples)
        return b""

    def flush(self) -> bytes:
        return encode(self._format, torch.cat(self._samples), self._sample_rate)


class _Compressed:
    """Any format of libsndfile, written into a pipe that cannot go back."""

    def __init__(self, format: str, sample_rate: int) -> None:
        self._pipe = _Pipe()
        name, subtype, options = _SOUNDFILE[format]
        self._file = soundfile.SoundFile(self._pipe, "w", sample_rate, 1, subtype, format=name, **options)

    def push(self, samples: Tensor) -> bytes:
        self._file.write(samples.clamp(-1, 1).numpy())
        return self._pipe.take()

    def flush(self) -> bytes:
        self._file.close()
        return self._pipe.take()


class _Pipe(io.BytesIO):
    """A file for libsndfile of which the beginning has left already: writes into that part are lost."""

    def __init__(self) -> None:
        super().__init__()
        self._bytes = bytearray()
        self._left = self._at = 0  # how many bytes have left; where the next write goes

    def take(self) -> bytes:
        taken = bytes(self._bytes)
        self._left += len(taken)
        self._bytes.clear()
        return taken

    def write(self, data: Any) -> int:
        data = bytes(data)
        start = self._at - self._left
        self._at += len(data)
        kept = data[max(0, -start) :]
        start = max(0, start)
        self._bytes[start : start + len(kept)] = kept
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._left + len(self._bytes)}[whence]
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        return b""

    def flush(self) -> None:
        """Nothing waits."""


def _wav_header(sample_rate: int) -> bytes:
    rate, bytes_per_s = sample_rate.to_bytes(4, "little"), (2 * sample_rate).to_bytes(4, "little")
    form = b"\x10\0\0\0" + b"\x01\0" + b"\x01\0" + rate + bytes_per_s + b"\x02\0" + b"\x10\0"
    return b"RIFF" + _UNKNOWN + b"WAVEfmt " + form + b"data" + _UNKNOWN
