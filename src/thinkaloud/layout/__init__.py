"""Layout: where each frame's tokens stand in the grid of steps that the language model walks over.

Letters: B batch, K rows (streams), T frames, S steps.

A layout is a value: `lay` and `unlay` are inverses for whole sequences (training), `cursor` does the same one column at a
time (generation).
"""

from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

from thinkaloud.tokens import Stream


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Token ids [B, K, S] and how many of the S steps are in use for each row of the batch, lengths [B]."""

    ids: Tensor
    lengths: Tensor


class Cursor(Protocol):
    """A layout being walked, one column a step. Owned by one conversation; never shared."""

    def push(self, column: Tensor) -> Tensor | None:
        """Takes the sampled column [B, K]; rows that have not begun become PAD. Gives the frame [B, K] now complete, if one is."""
        ...

    def next(self, heard: Tensor | None = None) -> Tensor:
        """The column [B, K] to feed now; HEAR rows are filled from `heard` [B, K_hear]."""
        ...


class Layout(Protocol):
    """How streams are arranged over steps."""

    @property
    def streams(self) -> tuple[Stream, ...]:
        """The rows, in order."""
        ...

    @property
    def latency_steps(self) -> int:
        """Steps from a frame's first token to its last: a frame is complete this many steps later."""
        ...

    def lay(self, frames: Tensor, lengths: Tensor | None = None) -> Grid:
        """Frames [B, K, T] (lengths [B] in frames) as a grid of T + latency_steps steps; PAD where a row says nothing."""
        ...

    def unlay(self, grid: Grid) -> Tensor:
        """The inverse: frames [B, K, T]."""
        ...

    def cursor(self, batch: int) -> Cursor:
        """The same, one column at a time."""
        ...
