"""Picture: a layout drawn as text, to see which row says what at which step."""

import torch

from thinkaloud.layout import Layout
from thinkaloud.tokens import Role

_LETTERS = "abcdefghijklmnopqrsuvwxyz"  # without t, which is text


def draw_layout(layout: Layout, frame_rate: float, num_frames: int = 4) -> str:
    """The grid of the first `num_frames` frames and the latency, for a layout whose frames come at `frame_rate` Hz.

        step     0   1   2   3
        text    t0  t1   .   .      t is text
        audio1   .  a0  a1   .      a0 is frame 0 of the first speech row, b0 of the second; `.` is PAD
        audio2   .   .  b0  b1      capitals are heard, not said

        one step is one frame: 80.0 ms of speech, 12.5 steps a second
        frame 0 is complete after 3 steps: 240 ms at the pace of speech

    ValueError for less than one frame or a rate that is not positive.
    """
    if num_frames < 1 or frame_rate <= 0:
        raise ValueError(f"expected at least one frame at more than 0 Hz, got {num_frames} frames at {frame_rate} Hz")
    numbers = torch.arange(num_frames).repeat(1, len(layout.streams), 1)  # [1, K, T] every row carries its frame's number
    grid = layout.lay(numbers)
    carries = layout.carries(torch.tensor([num_frames]), grid.ids.shape[2])[0].tolist()  # [K][S]
    rows = [["step", *map(str, range(grid.ids.shape[2]))]]
    for stream, mark, ids, said in zip(layout.streams, _marks(layout), grid.ids[0].tolist(), carries, strict=True):
        rows.append([stream.name, *(f"{mark}{frame}" if here else "." for frame, here in zip(ids, said, strict=True))])
    timed = ["a written word stands where it is said, with pads between words"] if layout.timed_text else []
    return "\n".join([*_columns(rows), "", *_latency(layout, frame_rate), *timed]) + "\n"


def _marks(layout: Layout) -> list[str]:
    """One letter a row: t for text, a, b, c, ... for what is said, A, B, C, ... for what is heard."""
    marks = {Role.TEXT: iter("t" * len(layout.streams)), Role.SAY: iter(_LETTERS), Role.HEAR: iter(_LETTERS.upper())}
    return [next(marks[stream.role], "x") for stream in layout.streams]


def _columns(rows: list[list[str]]) -> list[str]:
    """Cells as aligned lines: names to the left, steps to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join([row[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True))])
        for row in rows
    ]


def _latency(layout: Layout, frame_rate: float) -> list[str]:
    num_steps, step_ms = layout.latency_steps + 1, 1000 / frame_rate
    return [
        f"one step is one frame: {step_ms:.1f} ms of speech, {frame_rate:.4g} steps a second",
        f"frame 0 is complete after {num_steps} steps: {num_steps * step_ms:.0f} ms at the pace of speech",
    ]
