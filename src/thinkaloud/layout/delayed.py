"""Delayed: each row carries the frames in order, late by the delay of its stream.

Letters: B batch, K rows (streams), T frames, S steps = T + L, L the largest delay.

Row k carries frame f at step f + delay_k. With delays 0, 1, 2 and four frames ("." is PAD):

    step   0   1   2   3   4   5
    text  t0  t1  t2  t3   .   .
    low    .  a0  a1  a2  a3   .
    high   .   .  b0  b1  b2  b3
                   `- frame 0 is complete here, L = 2 steps after it began

Mini-Omni (arXiv 2408.16725, section 3.2) has text at 0 and audio layers at 1..7; Moshi (arXiv 2410.00037, section 3.4.4)
has delays 0, 0, 1, 1, ... for text, what it says and what it hears. Any list of delays will do, in any order.

Where the words of a spoken answer stand in the text row is for who fills the frames (`align.py`); `timed_text` says which way.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from thinkaloud.configurable import Config
from thinkaloud.layout import Flags, Grid
from thinkaloud.tokens import Role, Stream

_UNKNOWN = 2**62  # frames of an answer that has not said END: more than any answer has


@dataclass(frozen=True, kw_only=True)
class DelayedConfig(Config):
    """The rows of a delayed layout, in order; each stream brings its own delay.

    `timed_text`: a spoken answer's words stand where they are said (Moshi), not all at once at the front (Mini-Omni).
    `max_word_steps`: then, after so many steps without a word the next one comes, longer than the voice ever takes; 0: it may
    wait for ever.
    """

    streams: tuple[Stream, ...]
    timed_text: bool = False
    max_word_steps: int = 0

    def build(self) -> "Delayed":
        """The layout; ValueError without streams or with two of one name."""
        return Delayed(self.streams, self.timed_text, self.max_word_steps)


class Delayed:
    """A layout in which row k runs delay_k steps behind. A value: it holds no state of any conversation."""

    def __init__(self, streams: tuple[Stream, ...], timed_text: bool = False, max_word_steps: int = 0) -> None:
        names = [stream.name for stream in streams]
        if not streams or len(set(names)) < len(names):
            raise ValueError(f"a layout needs at least one stream, each with a name of its own; got {names}")
        self.streams, self.timed_text, self.max_word_steps = tuple(streams), timed_text, max_word_steps
        self.delays = torch.tensor([stream.delay_steps for stream in streams])  # [K]
        self.pads = torch.tensor([stream.pad for stream in streams])  # [K]

    @property
    def latency_steps(self) -> int:
        """L: frame f is complete at step f + L."""
        return int(self.delays.max())

    def rows(self, role: Role) -> list[int]:
        """The numbers of the rows with that role, in order."""
        return [row for row, stream in enumerate(self.streams) if stream.role is role]

    def carries(self, lengths: Tensor, num_steps: int) -> Tensor:
        """Where a row carries a frame, bool [B, K, S]: False before it has begun and after its `lengths` [B] frames."""
        frame = self._frame_at(num_steps).to(lengths.device)  # [K, S]
        return (frame >= 0) & (frame < lengths[:, None, None])

    def lay(self, frames: Tensor, lengths: Tensor | None = None) -> Grid:
        """Frames [B, K, T] as a grid [B, K, T + L]; PAD where a row carries no frame.

        `lengths` [B] counts each row's own frames where the batch is ragged; what lies behind them is not read.
        """
        self._check(frames, "frames")
        num_frames = frames.shape[2]
        lengths = self._lengths(frames, lengths)  # [B]
        num_steps = num_frames + self.latency_steps
        carries = self.carries(lengths, num_steps)  # [B, K, S]
        pads = self.pads.to(frames)[:, None].expand(carries.shape)  # [B, K, S]
        if num_frames == 0:
            return Grid(ids=pads.clone(), lengths=lengths + self.latency_steps)
        source = self._frame_at(num_steps).clamp(0, num_frames - 1).to(frames.device)  # [K, S]
        shifted = frames.gather(2, source.expand(carries.shape))
        return Grid(ids=torch.where(carries, shifted, pads), lengths=lengths + self.latency_steps)

    def unlay(self, grid: Grid) -> Tensor:
        """The frames [B, K, S - L] of a grid [B, K, S]. Exact inverse of `lay`, with PAD behind each row's length."""
        self._check(grid.ids, "grid")
        num_frames = grid.ids.shape[2] - self.latency_steps
        if num_frames < 0:
            raise ValueError(f"a grid needs at least {self.latency_steps} steps, got {grid.ids.shape[2]}")
        source = torch.arange(num_frames) + self.delays[:, None]  # [K, T]
        return grid.ids.gather(2, source.to(grid.ids.device).expand(grid.ids.shape[0], -1, -1))

    def cursor(self, batch: int = 1, *, speaks: Flags = True, writes: Flags = True) -> "DelayedCursor":
        """The same, one column at a time, for `batch` answers that advance together; see `DelayedCursor`."""
        return DelayedCursor(self, batch, speaks=speaks, writes=writes)

    def _frame_at(self, num_steps: int) -> Tensor:
        """The number of the frame that each row carries at each step, [K, S]; outside 0..T-1 there is none."""
        return torch.arange(num_steps) - self.delays[:, None]

    def _lengths(self, frames: Tensor, lengths: Tensor | None) -> Tensor:
        batch, _, num_frames = frames.shape
        if lengths is None:
            return torch.full((batch,), num_frames, device=frames.device)
        if lengths.shape != (batch,) or (batch and not 0 <= int(lengths.min()) <= int(lengths.max()) <= num_frames):
            raise ValueError(f"expected {batch} lengths of 0..{num_frames} frames, got {lengths.tolist()}")
        return lengths.to(frames.device)

    def _check(self, ids: Tensor, what: str) -> None:
        if ids.ndim != 3 or ids.shape[1] != len(self.streams):
            raise ValueError(f"expected {what} [B, {len(self.streams)}, ...] with one row per stream, got {list(ids.shape)}")


class DelayedCursor:
    """A delayed layout being walked, one column a step. Owned by one conversation; never shared. Its state is on the CPU.

        column = cursor.next()                # all PAD; a task with a prompt feeds its last column instead
        while not cursor.ended.all():
            sampled = model(column)           # [B, K]; HEAR rows are not looked at
            frame = cursor.push(sampled)      # [B, K] or None
            column = cursor.next(heard)       # [B, K], what was really said: text is read from here without delay

    `speaks` and `writes` (one flag, or one for each answer) tell whether SAY and TEXT rows have a part in this task; where
    not, they stay PAD. What else is forced:

    - a row is PAD until it has begun (step < delay);
    - a text row that has said END is PAD from then on, and nothing else ends by it;
    - the answer has as many frames as come before the earliest END of any SAY row. Each SAY row says END once when it gets
      there, then PAD; rows that run behind first say their share of the earlier frames, so no frame is lost. Any other
      special id in a SAY row counts as END: a special id is never part of a complete frame.
    """

    def __init__(self, layout: Delayed, batch: int = 1, *, speaks: Flags = True, writes: Flags = True) -> None:
        streams = layout.streams
        self._delays, self._latency = layout.delays, layout.latency_steps
        self._sizes = torch.tensor([stream.size for stream in streams])  # [K]
        self._ends = torch.tensor([stream.end for stream in streams])  # [K]
        self._pads = layout.pads  # [K]
        self._hear = torch.tensor([stream.role is Role.HEAR for stream in streams])  # [K]
        self._say = torch.tensor([stream.role is Role.SAY for stream in streams]) & _flags(speaks, batch)  # [B, K]
        self._write = torch.tensor([stream.role is Role.TEXT for stream in streams]) & _flags(writes, batch)  # [B, K]
        self._num_frames = torch.where(self._say.any(dim=1), _UNKNOWN, 0)  # [B]
        self._column = self._pads.repeat(batch, 1)  # [B, K]
        self._frames = self._column[:, :, None].repeat(1, 1, self._latency + 1)  # [B, K, L + 1] frame f in slot f % (L + 1)
        self.steps = 0

    def push(self, column: Tensor) -> Tensor | None:
        """Takes the sampled column [B, K]. Gives the frame [B, K] now complete, or None where no answer has one.

        `live` says for which answers of the batch the frame is real. Its HEAR rows are what `next` was given at the frame's
        own step. ValueError for a column of another shape.
        """
        if column.shape != self._column.shape:
            raise ValueError(f"expected a column {list(self._column.shape)}, got {list(column.shape)}")
        frame = self.steps - self._delays  # [K] the frame that each row carries at this step
        column = self._forced(column.to("cpu", torch.long), frame)
        slots = frame.remainder(self._latency + 1)  # [K]
        said = (frame >= 0) & ~self._hear  # [K]
        self._frames[:, said, slots[said]] = column[:, said]
        self._frames[:, self._hear, self.steps % (self._latency + 1)] = self._pads[self._hear]  # until `next` is told
        self._column = torch.where(self._hear, self._pads, column)
        self.steps += 1
        if not self.live.any():
            return None
        return self._frames[:, :, (self.steps - 1 - self._latency) % (self._latency + 1)].clone()

    def next(self, heard: Tensor | None = None) -> Tensor:
        """The column [B, K] to feed now; asked again without `heard`, the same.

        `heard` [B, K_hear] is the frame heard during the step just pushed; the cursor delays it as the rows want. Before the
        first push there is no frame yet: all rows are PAD and `heard` is dropped (Moshi does the same).
        """
        if self.steps and self._hear.any():
            step, slots = self.steps - 1, self._latency + 1
            if heard is not None:
                self._frames[:, self._hear, step % slots] = heard.to("cpu", torch.long)
            self._column[:, self._hear] = self._frames[:, self._hear, (step - self._delays[self._hear]) % slots]
        return self._column.clone()

    @property
    def live(self) -> Tensor:
        """For which answers the last push completed a frame, bool [B]."""
        done = self.steps - 1 - self._latency
        return (done < self._num_frames) & torch.tensor(done >= 0)

    @property
    def frames_done(self) -> Tensor:
        """How many frames of each answer are complete, [B]."""
        return self._num_frames.clamp(max=max(0, self.steps - self._latency))

    @property
    def num_frames(self) -> list[int | None]:
        """How many frames each answer has; None until a SAY row has said END."""
        return [None if count == _UNKNOWN else int(count) for count in self._num_frames]

    @property
    def text_ended(self) -> Tensor:
        """Where no text is still to come, bool [B]."""
        return ~self._write.any(dim=1)

    @property
    def speech_ended(self) -> Tensor:
        """Where all frames are complete, bool [B]."""
        return self.frames_done == self._num_frames

    @property
    def ended(self) -> Tensor:
        """Where the answer is complete, text and speech, bool [B]."""
        return self.text_ended & self.speech_ended

    def _forced(self, column: Tensor, frame: Tensor) -> Tensor:
        """The column [B, K] after the rules above, and what it says of the ends; frame [K]."""
        begun = frame >= 0  # [K]
        special = self._say & begun & (column >= self._sizes)  # [B, K]
        self._num_frames = torch.where(special, frame, _UNKNOWN).amin(dim=1).minimum(self._num_frames)
        over = frame - self._num_frames[:, None]  # [B, K] 0 at the row's END, positive behind it
        column = torch.where(self._say & (over == 0), self._ends, column)
        column = torch.where(begun & ((self._say & (over <= 0)) | self._write), column, self._pads)
        self._write = self._write & ~(begun & (column == self._ends))
        return column


def _flags(flags: Flags, batch: int) -> Tensor:
    """One flag for each answer, bool [B, 1]."""
    given = [flags] * batch if isinstance(flags, bool) else list(flags)
    if len(given) != batch:
        raise ValueError(f"expected one flag for each of {batch} answers, got {given}")
    return torch.tensor(given, dtype=torch.bool)[:, None]
