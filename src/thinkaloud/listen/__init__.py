"""Listener: audio to features the model can hear, whole or in streaming.

Letters: B batch, N samples, T feature frames, D feature width.

A listener that needs the whole question (Whisper) streams through `BufferStream`, which keeps the audio and listens at the
end; one that hears while the user speaks overrides `stream()`. The same test holds for both: everything a stream returns,
concatenated, equals `listen()` of the whole.
"""

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn


@dataclass(frozen=True, kw_only=True)
class Heard:
    """Features [B, T, D] and how many of the T frames are real for each row, lengths [B]."""

    embeds: Tensor
    lengths: Tensor


class ListenStream(Protocol):
    """A listener in progress. Owned by one conversation; never shared."""

    def push(self, audio: Tensor) -> Tensor:
        """The features [1, t, D] that are final after these samples [n]; t may be 0."""
        ...

    def flush(self) -> Tensor:
        """The features [1, t, D] still owed once the question has ended."""
        ...

    def fork(self) -> "ListenStream":
        """Another one that has heard the same; from here on neither knows of the other."""
        ...


class Listener(nn.Module):
    """Base of all listeners. `sample_rate` in Hz is what it wants; `frame_rate` in Hz is what it gives."""

    sample_rate: int
    frame_rate: float
    dim: int  # D
    max_s: float | None = None  # the longest question it can hear; None: no limit
    trailing_s: float = 0.0  # silence it wants after the last word, where the caller knows of none

    @property
    def trailing_samples(self) -> int:
        """`trailing_s` in samples."""
        return round(self.trailing_s * self.sample_rate)

    def listen(self, audio: Tensor, lengths: Tensor | None = None) -> Heard:
        """Features of samples [B, N]; `lengths` [B] in samples where the batch is ragged."""
        raise NotImplementedError

    def num_frames(self, num_samples: int) -> int:
        """How many feature frames a question of that many samples has: exact, the prompt is laid out by it."""
        raise NotImplementedError

    def stream(self) -> ListenStream:
        """A new listener in progress."""
        return BufferStream(self)


class BufferStream:
    """Keeps the audio and listens once, at the end."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._audio: list[Tensor] = []

    def push(self, audio: Tensor) -> Tensor:
        """Nothing yet: [1, 0, D]."""
        self._audio.append(audio)
        return torch.zeros(1, 0, self._listener.dim)

    def flush(self) -> Tensor:
        """All features."""
        audio = torch.cat(self._audio) if self._audio else torch.zeros(0)  # [N]
        self._audio = []
        return self._listener.listen(audio[None]).embeds

    def fork(self) -> "BufferStream":
        """Another one with the same audio."""
        other = BufferStream(self._listener)
        other._audio = list(self._audio)
        return other
