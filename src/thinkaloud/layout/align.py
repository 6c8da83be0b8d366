"""Align: where the text of an answer sits in time, beside its frames of speech.

Letters: B batch, K rows (streams), T frames, F frames of codes, n text tokens.

    frame          0    1    2    3    4    5
    front_loaded   t0   t1   t2  end    .    .     all text first: the words run ahead of the voice (Mini-Omni, section 3.2)
    word_aligned   .    t0   t1   .    t2  end     each token when its word begins (Moshi, section 3.4.4)
    codes          a0   a1   a2   a3   a4  end
"""

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor

from thinkaloud.tokens import Role, Stream


class Placement(Protocol):
    """Gives the text row [T] of an answer with `num_frames` frames: text, END, PAD. T may be more where the text is longer."""

    def __call__(self, text_ids: Sequence[int], num_frames: int, stream: Stream) -> Tensor:
        """The ids [T], T >= num_frames."""
        ...


def front_loaded(text_ids: Sequence[int], num_frames: int, stream: Stream) -> Tensor:
    """All text at once from frame 0, then END, then PAD: ids [T], T = max(num_frames, n + 1)."""
    ids = torch.full((max(num_frames, len(text_ids) + 1),), stream.pad)
    ids[: len(text_ids) + 1] = torch.tensor([*text_ids, stream.end])
    return ids


def word_aligned(starts: Sequence[int]) -> Placement:
    """A placement that puts token i at frame `starts[i]` or, where that is taken, at the next free one; END follows the last.

    `starts` [n] holds the frame at which each token's word begins, in order; the tokens of a word share one start.
    """

    def place(text_ids: Sequence[int], num_frames: int, stream: Stream) -> Tensor:
        if len(starts) != len(text_ids):
            raise ValueError(f"expected one start for each of {len(text_ids)} text tokens, got {len(starts)}")
        order = torch.arange(len(text_ids) + 1)
        wanted = torch.tensor([*starts, 0])  # END has no start of its own: it comes right behind
        frames = order + (wanted - order).cummax(dim=0).values.clamp(min=0)  # [n + 1] each behind the one before
        ids = torch.full((max(num_frames, int(frames[-1]) + 1),), stream.pad)
        ids[frames] = torch.tensor([*text_ids, stream.end])
        return ids

    return place


def spoken(streams: Sequence[Stream], text_ids: Sequence[int], codes: Tensor, place: Placement = front_loaded) -> Tensor:
    """The frames [K, T] of a spoken answer, ready to be laid: text where `place` puts it, codes [K_say, F], END behind both.

    HEAR rows are PAD. ValueError for codes that are no codes of these streams.
    """
    say = [row for row, stream in enumerate(streams) if stream.role is Role.SAY]
    sizes = torch.tensor([streams[row].size for row in say])[:, None]
    if codes.ndim != 2 or codes.shape[0] != len(say) or bool(((codes < 0) | (codes >= sizes)).any()):
        raise ValueError(f"expected codes [{len(say)}, F] inside their codebooks, got {list(codes.shape)}")
    texts = [(k, place(text_ids, codes.shape[1] + 1, stream)) for k, stream in enumerate(streams) if stream.role is Role.TEXT]
    num_frames = max([codes.shape[1] + 1, *(len(ids) for _, ids in texts)])  # T
    frames = torch.tensor([stream.pad for stream in streams])[:, None].repeat(1, num_frames)  # [K, T]
    for row, ids in texts:
        frames[row, : len(ids)] = ids
    frames[say, : codes.shape[1]] = codes
    frames[say, codes.shape[1]] = torch.tensor([streams[row].end for row in say])
    return frames


def collate(streams: Sequence[Stream], answers: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Answers [K, T_b] as one batch: frames [B, K, T] with PAD behind, and lengths [B] in frames."""
    lengths = torch.tensor([frames.shape[1] for frames in answers])
    batch = torch.tensor([stream.pad for stream in streams])[None, :, None].repeat(len(answers), 1, int(lengths.max()))
    for b, frames in enumerate(answers):
        batch[b, :, : frames.shape[1]] = frames
    return batch, lengths
