"""Codec: audio to codes and back, whole or in streaming.

Letters: B batch, K codebooks (rows), T frames, N samples.

A codec that only has `decode` streams through `OverlapStream`, which decodes each new frame with enough context on both
sides; a codec with a state of its own overrides `stream()`. The same tests hold for both: the concatenation of everything
a stream returns equals `decode()` of the whole, for any chunking.
"""

from typing import Protocol

import torch
from torch import Tensor, nn


class CodecStream(Protocol):
    """A decoder in progress. Owned by one conversation; never shared."""

    def push(self, codes: Tensor) -> Tensor:
        """The samples [B, n] that are final once these frames [B, K, t] are known; n may be 0."""
        ...

    def flush(self) -> Tensor:
        """The samples [B, n] still owed once no more frames come."""
        ...


class Codec(nn.Module):
    """Base of all codecs. Rates are in Hz; `frame_samples` samples are one frame of `num_codebooks` codes."""

    sample_rate: int
    frame_samples: int
    num_codebooks: int  # K
    codebook_size: int  # ids 0..size-1 in every row
    left_frames: int = 0  # how far decode() of one frame looks back ...
    right_frames: int = 0  # ... and ahead, in whole frames; OverlapStream decodes with this much context

    @property
    def frame_rate(self) -> float:
        """Frames a second."""
        return self.sample_rate / self.frame_samples

    def decode(self, codes: Tensor) -> Tensor:
        """Samples [B, T * frame_samples] in -1..1 of codes [B, K, T]."""
        raise NotImplementedError

    def encode(self, audio: Tensor) -> Tensor:
        """Codes [B, K, T] of samples [B, N], T = ceil(N / frame_samples); ValueError if this codec only decodes."""
        raise ValueError(f"{type(self).__name__} only decodes; prepare the codes with the codec's own encoder")

    def stream(self, batch: int = 1) -> CodecStream:
        """A new decoder in progress for `batch` conversations that advance together."""
        return OverlapStream(self, batch)

    def check_codes(self, codes: Tensor) -> None:
        """ValueError unless codes are [B, K, T] with ids inside the codebooks: a special id must never get here."""
        if codes.ndim != 3 or codes.shape[1] != self.num_codebooks:
            raise ValueError(f"expected codes [B, {self.num_codebooks}, T], got {list(codes.shape)}")
        if codes.numel() and not (0 <= int(codes.min()) and int(codes.max()) < self.codebook_size):
            raise ValueError(
                f"codes must be in 0..{self.codebook_size - 1}, got {int(codes.min())}..{int(codes.max())}; "
                "special ids (end, pad) are not codes"
            )


class OverlapStream:
    """Streams any codec by decoding new frames together with `left_frames` and `right_frames` of context.

    pushed so far   ........LLLL NNNN RRR
                            |    |    `- kept back until their right context has come
                            |    `------ returned now, exact
                            `----------- decoded again, thrown away
    """

    def __init__(self, codec: Codec, batch: int = 1) -> None:
        self._codec = codec
        self._kept = torch.zeros(batch, codec.num_codebooks, 0, dtype=torch.long)  # [B, K, left + not yet returned]
        self._left = 0  # how many of the kept frames were returned already

    def push(self, codes: Tensor) -> Tensor:
        """Samples [B, n] now final."""
        self._codec.check_codes(codes)
        self._kept = torch.cat([self._kept.to(codes.device), codes], dim=2)
        return self._decode(ahead_frames=self._codec.right_frames)

    def flush(self) -> Tensor:
        """The rest."""
        return self._decode(ahead_frames=0)

    def _decode(self, ahead_frames: int) -> Tensor:
        new_frames = self._kept.shape[2] - self._left - ahead_frames
        if new_frames <= 0:
            return torch.zeros(self._kept.shape[0], 0)
        size = self._codec.frame_samples
        audio = self._codec.decode(self._kept)[:, self._left * size : (self._left + new_frames) * size]  # [B, n]
        drop = max(0, self._left + new_frames - self._codec.left_frames)
        self._kept = self._kept[:, :, drop:]
        self._left = self._left + new_frames - drop
        return audio
