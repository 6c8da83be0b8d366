"""Layout: where each frame's tokens stand in the grid of steps that the language model walks over.

Letters: B batch, K rows (streams), T frames, S steps.

A layout is a value: `lay` and `unlay` are inverses for whole sequences (training), `cursor` does the same one column at a
time (generation).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

from thinkaloud.tokens import Role, Stream

Flags = bool | Sequence[bool]  # one for all answers of a batch, or one for each


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Token ids [B, K, S] and how many of the S steps are in use for each row of the batch, lengths [B]."""

    ids: Tensor
    lengths: Tensor


class Cursor(Protocol):
    """A layout being walked, one column a step. Owned by one conversation; never shared."""

    steps: int  # how many columns were pushed

    def push(self, column: Tensor) -> Tensor | None:
        """Takes the sampled column [B, K]; rows that have not begun become PAD. Gives the frame [B, K] now complete, if one is.

        A frame is whole: a special id is never among its codes. For a batch, `live` says whose frame it is.
        """
        ...

    def next(self, heard: Tensor | None = None) -> Tensor:
        """The column [B, K] to feed now; HEAR rows are filled from `heard` [B, K_hear], given once after each push."""
        ...

    @property
    def live(self) -> Tensor:
        """For which answers of the batch the last push completed a frame, bool [B]."""
        ...

    @property
    def frames_done(self) -> Tensor:
        """How many frames of each answer are complete, [B]."""
        ...

    @property
    def text_ended(self) -> Tensor:
        """Where no text is still to come, bool [B]."""
        ...

    @property
    def speech_ended(self) -> Tensor:
        """Where every frame of speech is complete, bool [B]."""
        ...

    @property
    def ended(self) -> Tensor:
        """Where the answer is complete, bool [B]."""
        ...


class Layout(Protocol):
    """How streams are arranged over steps."""

    @property
    def streams(self) -> tuple[Stream, ...]:
        """The rows, in order."""
        ...

    @property
    def timed_text(self) -> bool:
        """Whether the words of a spoken answer stand where they are said, with PAD between them."""
        ...

    @property
    def max_word_steps(self) -> int:
        """The longest that a word of timed text is said for; 0: not known."""
        ...

    @property
    def latency_steps(self) -> int:
        """Steps from a frame's own step to its last token: frame f is complete at step f + latency_steps."""
        ...

    def rows(self, role: Role) -> list[int]:
        """The numbers of the rows with that role, in order."""
        ...

    def carries(self, lengths: Tensor, num_steps: int) -> Tensor:
        """Where a row carries a frame, bool [B, K, S], when each row of the batch has `lengths` [B] frames."""
        ...

    def lay(self, frames: Tensor, lengths: Tensor | None = None) -> Grid:
        """Frames [B, K, T] (lengths [B] in frames) as a grid of T + latency_steps steps; PAD where a row says nothing."""
        ...

    def unlay(self, grid: Grid) -> Tensor:
        """The inverse: frames [B, K, T], PAD behind each length."""
        ...

    def cursor(self, batch: int = 1, *, speaks: Flags = True, writes: Flags = True) -> Cursor:
        """The same, one column at a time, for `batch` answers; `speaks`, `writes`: whether SAY and TEXT rows take part."""
        ...
