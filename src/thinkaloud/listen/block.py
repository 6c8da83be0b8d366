"""Block: what the pocket listener is made of, and what a block may see. Attention, convolution, feed-forward.

Letters: B batch, D width, H heads, T feature frames, P frames of the past, R frames of reach.

      chunk c-2    chunk c-1     chunk c       chunk c+1
      [. . . .]    [. . . .]    [. . q .]      [. . . .]      while the user speaks: q sees its whole chunk and
       seen         seen         seen           not seen      `past_chunks` chunks before it (`Sight.while_heard`)

      . . . [. . . . . . q . . . . . .] . . .                  once the turn is over: q sees R frames to either side
             seen         seen                                 (`Sight.afterwards`)
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(kw_only=True)
class BlockPast:
    """What one block remembers: keys and values [B, H, P, D/H] (not rotated) and convolution inputs [B, D, kernel-1]."""

    keys: Tensor
    values: Tensor
    convolved: Tensor

    def last(self, num_frames: int) -> "BlockPast":
        """With so many frames at most."""
        keys, values = self.keys[:, :, -num_frames:], self.values[:, :, -num_frames:]
        return BlockPast(keys=keys, values=values, convolved=self.convolved)


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What every block's attention shares: which keys [.., T, P+T] are hidden, and the angles [P+T, D/2H] of RoPE."""

    hidden: Tensor
    cosine: Tensor
    sine: Tensor
    padded: Tensor | None = None  # [B, T] frames that are no speech: a convolution that looks ahead must not see them

    @staticmethod
    def while_heard(
        x: Tensor, head_dim: int, num_past: int, chunk_frames: int, past_chunks: int, real: Tensor | None
    ) -> "Sight":
        """The sight of the T frames x [B, T, D] that follow `num_past` frames; `real` [B] of the T are not padding."""
        places = torch.arange(num_past + x.shape[1], device=x.device)  # 0 is the oldest frame remembered
        chunk = places // chunk_frames
        behind = chunk[num_past:, None] - chunk[None]  # [T, P+T] chunks between query and key
        hidden = (behind < 0) | (behind > past_chunks)
        if real is not None:
            hidden = hidden | (places >= (num_past + real)[:, None])[:, None, None]  # [B, 1, T, P+T]
        return _with_angles(hidden, places, head_dim)

    @staticmethod
    def afterwards(x: Tensor, head_dim: int, reach_frames: int, real: Tensor | None) -> "Sight":
        """The sight of x [B, T, D] once the turn is over: so many frames to either side; `real` [B] are not padding."""
        places = torch.arange(x.shape[1], device=x.device)
        hidden, padded = (places[:, None] - places[None]).abs() > reach_frames, None  # [T, T]
        if real is not None:
            padded = places >= real[:, None]  # [B, T]
            hidden = hidden | padded[:, None, None]  # [B, 1, T, T]
        return _with_angles(hidden, places, head_dim, padded)

    def rotate(self, x: Tensor) -> Tensor:
        """RoPE on [B, H, n, D/H], the last n places."""
        cosine, sine = self.cosine[-x.shape[2] :].to(x.dtype), self.sine[-x.shape[2] :].to(x.dtype)
        a, b = x.chunk(2, dim=-1)
        return torch.cat([a * cosine - b * sine, a * sine + b * cosine], dim=-1)


def _with_angles(hidden: Tensor, places: Tensor, head_dim: int, padded: Tensor | None = None) -> Sight:
    half = head_dim // 2
    angle = places[:, None] * 10000.0 ** (-torch.arange(half, device=places.device) / half)
    return Sight(hidden=hidden, cosine=angle.cos(), sine=angle.sin(), padded=padded)


class Block(nn.Module):
    """Attention, convolution, feed-forward; each behind a LayerNorm and added to its input."""

    def __init__(self, dim: int, num_heads: int, kernel_frames: int) -> None:
        super().__init__()
        self.num_heads, self.kernel_frames = num_heads, kernel_frames
        self.norms = nn.ModuleList(nn.LayerNorm(dim) for _ in range(3))
        self.qkv, self.merge = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
        self.gate, self.mix = nn.Linear(dim, 2 * dim), nn.Linear(dim, dim)
        self.depthwise = nn.Conv1d(dim, dim, kernel_frames, groups=dim)
        self.widen, self.narrow = nn.Linear(dim, 4 * dim), nn.Linear(4 * dim, dim)

    def fresh(self, batch: int, like: Tensor) -> BlockPast:
        """What it remembers before anything was heard: no frames, and silence before the first convolution."""
        dim = self.merge.in_features
        none = like.new_zeros(batch, self.num_heads, 0, dim // self.num_heads)
        return BlockPast(keys=none, values=none, convolved=like.new_zeros(batch, dim, self.kernel_frames - 1))

    def forward(self, x: Tensor, past: BlockPast, sight: Sight) -> tuple[Tensor, BlockPast]:
        """x [B, T, D] after this block, while it is heard; and what it remembers: all of its frames, the past's as well."""
        q, k, v = self._heads(self.norms[0](x))
        keys, values = torch.cat([past.keys.to(k.dtype), k], dim=2), torch.cat([past.values.to(v.dtype), v], dim=2)
        x = x + self._attend(q, keys, values, sight)
        mixed, convolved = self._convolve(self._gated(x), past.convolved)
        after = BlockPast(keys=keys.detach(), values=values.detach(), convolved=convolved.detach())
        return self._think(x + mixed), after

    def afterwards(self, x: Tensor, sight: Sight) -> Tensor:
        """x [B, T, D] after this block, once all of it was heard: attention and convolution look to both sides."""
        x = x + self._attend(*self._heads(self.norms[0](x)), sight)
        gated, behind = self._gated(x), (self.kernel_frames - 1) // 2
        if sight.padded is not None:
            gated = gated.masked_fill(sight.padded[:, None], 0.0)
        mixed, _ = self._convolve(F.pad(gated, (0, self.kernel_frames - 1 - behind)), gated.new_zeros(*gated.shape[:2], behind))
        return self._think(x + mixed)

    def _heads(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        batch, frames, _ = x.shape
        q, k, v = self.qkv(x).view(batch, frames, 3, self.num_heads, -1).permute(2, 0, 3, 1, 4)  # [B, H, T, D/H]
        return q, k, v

    def _attend(self, q: Tensor, keys: Tensor, values: Tensor, sight: Sight) -> Tensor:
        scores = sight.rotate(q * q.shape[-1] ** -0.5) @ sight.rotate(keys).transpose(2, 3)  # [B, H, T, P+T]
        weights = scores.masked_fill(sight.hidden, torch.finfo(scores.dtype).min).softmax(-1).to(values.dtype)
        return self.merge((weights @ values).transpose(1, 2).flatten(2))

    def _gated(self, x: Tensor) -> Tensor:
        return F.glu(self.gate(self.norms[1](x)), dim=-1).transpose(1, 2)  # [B, D, T]

    def _convolve(self, gated: Tensor, before: Tensor) -> tuple[Tensor, Tensor]:
        x = torch.cat([before.to(gated.dtype), gated], dim=2)
        return self.mix(F.silu(self.depthwise(x)).transpose(1, 2)), x[:, :, -(self.kernel_frames - 1) :]

    def _think(self, x: Tensor) -> Tensor:
        return x + self.narrow(F.gelu(self.widen(self.norms[2](x)), approximate="tanh"))


class Blocks(nn.ModuleList):
    """Some blocks, one after the other."""

    def __init__(self, number: int, dim: int, num_heads: int, kernel_frames: int) -> None:
        super().__init__(Block(dim, num_heads, kernel_frames) for _ in range(number))

    def __iter__(self) -> Iterator[Block]:  # type: ignore[override]
        """Block by block."""
        return super().__iter__()  # type: ignore[return-value]
