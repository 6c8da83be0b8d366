"""Codec: audio to codes and back, whole or in streaming.

Letters: B batch, K codebooks (rows), T frames, N samples.

A codec that only has `decode` streams through `OverlapStream`, which decodes each new frame with enough context on both
sides; a codec with a state of its own overrides `stream()`. The same tests hold for both: the concatenation of everything
a stream returns equals `decode()` of the whole, for any chunking. The tests collect every codec config of this package,
built with its defaults, or through `tiny()` where it has one.
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
        """The samples [B, n] still owed once no more frames come; the stream then begins anew."""
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

    def decode_window(self, codes: Tensor, first_frame: int) -> Tensor:
        """`decode` of frames that begin at `first_frame` of the whole; only a codec whose result depends on it overrides."""
        return self.decode(codes)

    def encode(self, audio: Tensor) -> Tensor:
        """Codes [B, K, T] of samples [B, N], T = ceil(N / frame_samples); ValueError if this codec only decodes."""
        raise ValueError(f"{type(self).__name__} only decodes; prepare the codes with the codec's own encoder")

    def stream(self, batch: int = 1) -> CodecStream:
        """A new decoder in progress for `batch` conversations that advance together."""
        return OverlapStream(self, batch)

    def check_codes(self, codes: Tensor, batch: int | None = None) -> None:
        """ValueError unless codes are [B, K, T] with ids inside the codebooks: a special id must never get here.

        A stream gives its `batch`, so that codes of another number of conversations are refused too.
        """
        if codes.ndim != 3 or codes.shape[1] != self.num_codebooks or codes.is_floating_point():
            raise ValueError(f"expected integer codes [B, {self.num_codebooks}, T], got {codes.dtype} {list(codes.shape)}")
        if batch is not None and len(codes) != batch:
            raise ValueError(f"expected codes of {batch} conversations (the stream's batch), got {list(codes.shape)}")
        if codes.numel() and (int(codes.min()) < 0 or int(codes.max()) >= self.codebook_size):
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
        self._codec, self._batch = codec, batch
        self._begin()

    def _begin(self) -> None:
        self._kept = torch.zeros(self._batch, self._codec.num_codebooks, 0, dtype=torch.long)  # [B, K, left + not returned]
        self._left = 0  # how many of the kept frames were returned already
        self._first = 0  # which frame of the whole the first kept one is

    def push(self, codes: Tensor) -> Tensor:
        """Samples [B, n] now final."""
        self._codec.check_codes(codes, self._batch)
        self._kept = torch.cat([self._kept.to(codes.device), codes], dim=2)
        return self._decode(ahead_frames=self._codec.right_frames)

    def flush(self) -> Tensor:
        """The rest."""
        audio = self._decode(ahead_frames=0)
        self._begin()
        return audio

    def _decode(self, ahead_frames: int) -> Tensor:
        new_frames = self._kept.shape[2] - self._left - ahead_frames
        if new_frames <= 0:
            return torch.zeros(self._batch, 0, device=self._kept.device)
        size, end = self._codec.frame_samples, self._left + new_frames
        audio = self._codec.decode_window(self._kept, self._first)[:, self._left * size : end * size]  # [B, n]
        drop = max(0, end - self._codec.left_frames)
        self._kept, self._left, self._first = self._kept[:, :, drop:], end - drop, self._first + drop
        return audio
