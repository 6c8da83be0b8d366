"""Recordings in one flat array, and random crops of them.

Letters: B batch, N samples.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from thinkaloud import audio


@dataclass(frozen=True, kw_only=True)
class Clips:
    """Recordings end to end as 16-bit samples; recording i is samples[starts[i] : starts[i + 1]].

    `share` is how often a crop is drawn from these rather than from other clips, whatever their sizes.
    """

    samples: np.ndarray
    starts: np.ndarray
    share: float = 1.0

    @classmethod
    def of(cls, recordings: Iterable[np.ndarray], share: float = 1.0) -> "Clips":
        """Clips of float recordings [n] in -1..1 or 16-bit ones; ValueError where there is none."""
        parts = [_int16(recording) for recording in recordings]
        if not any(len(part) for part in parts):
            raise ValueError("expected at least one recording with sound, got none")
        return cls(samples=np.concatenate(parts), starts=np.cumsum([0] + [len(part) for part in parts]), share=share)

    @classmethod
    def read(cls, folder: str | Path, sample_rate: int, share: float = 1.0) -> tuple["Clips", list[str]]:
        """Clips of all sound files in and under a folder, and one line for each file that could not be read."""
        recordings, faults = [], []
        for path in sorted(Path(folder).rglob("*")):
            if path.suffix.lower() in (".wav", ".flac", ".ogg", ".mp3"):
                try:
                    recordings.append(audio.read(path).resample(sample_rate).samples.numpy())
                except ValueError as error:
                    faults.append(str(error))
        return cls.of(recordings, share), faults

    def __len__(self) -> int:
        return len(self.starts) - 1

    def recording(self, i: int) -> Tensor:
        """Recording i as float samples [n]."""
        return torch.from_numpy(self.samples[self.starts[i] : self.starts[i + 1]].astype(np.float32) / 32768)

    def crop(self, crop_samples: int, at_start: bool, draw: torch.Generator, grid_samples: int = 1) -> Tensor:
        """Float samples [crop_samples] of a random recording, from its start or from a multiple of `grid_samples`.

        Silence where the recording ends.
        """
        recording = self.recording(int(torch.randint(len(self), (1,), generator=draw)))
        spare = max(0, len(recording) - crop_samples)
        begin = 0 if at_start else grid_samples * int(torch.randint(spare // grid_samples + 1, (1,), generator=draw))
        piece = recording[begin : begin + crop_samples]
        return torch.nn.functional.pad(piece, (0, crop_samples - len(piece)))


@dataclass(frozen=True, kw_only=True)
class SaidClips:
    """Recordings of whole frames end to end, int16 [N], and the codes [K, F] that a language model says of each frame.

    `starts`: the frame at which each recording begins.
    """

    samples: np.ndarray
    codes: np.ndarray
    starts: np.ndarray

    @classmethod
    def of(cls, pairs: Iterable[tuple[np.ndarray, np.ndarray]], frame_samples: int) -> "SaidClips":
        """Of recordings [n] int16 with their codes [K, f]; ValueError for one that is not as long as its codes."""
        samples, codes = zip(*pairs, strict=True)
        for recording, said in zip(samples, codes, strict=True):
            if len(recording) != said.shape[1] * frame_samples:
                raise ValueError(f"expected {said.shape[1]} frames of {frame_samples} samples, got {len(recording)} samples")
        starts = np.cumsum([0] + [said.shape[1] for said in codes[:-1]])
        return cls(samples=np.concatenate(samples), codes=np.concatenate(codes, axis=1), starts=starts)

    def draw(self, batch: int, crop_frames: int, start_share: float, draw: torch.Generator) -> tuple[Tensor, Tensor]:
        """Samples [B, N] and codes [B, K, T] from the start of a recording or anywhere; the next one follows a short one."""
        num_frames = self.codes.shape[1]
        anywhere = torch.randint(max(1, num_frames - crop_frames + 1), (batch,), generator=draw)  # [B]
        first = torch.from_numpy(self.starts)[torch.randint(len(self.starts), (batch,), generator=draw)]  # [B]
        at_start = (torch.rand(batch, generator=draw) < start_share) & (first + crop_frames <= num_frames)
        begins = torch.where(at_start, first, anywhere).tolist()
        size = len(self.samples) // num_frames
        audio = np.stack([self.samples[b * size : (b + crop_frames) * size] for b in begins]).astype(np.float32) / 32768
        codes = np.stack([self.codes[:, b : b + crop_frames] for b in begins]).astype(np.int64)
        return torch.from_numpy(audio), torch.from_numpy(codes)


def draw_crops(
    clips: Sequence[Clips], batch: int, crop_samples: int, start_share: float, draw: torch.Generator, grid_samples: int = 1
) -> Tensor:
    """Samples [B, crop_samples], clips drawn in their shares; `start_share` of the rows begin where a recording begins.

    The others begin at any multiple of `grid_samples` behind it.
    """
    shares = torch.tensor([float(c.share) for c in clips])
    which = torch.multinomial(shares, batch, replacement=True, generator=draw).tolist()
    at_start = (torch.rand(batch, generator=draw) < start_share).tolist()
    drawn = zip(which, at_start, strict=True)
    return torch.stack([clips[i].crop(crop_samples, first, draw, grid_samples) for i, first in drawn])


def _int16(recording: np.ndarray) -> np.ndarray:
    if recording.dtype == np.int16:
        return recording
    return np.clip(np.round(recording * 32768), -32768, 32767).astype(np.int16)
