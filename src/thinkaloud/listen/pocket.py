"""PocketListener: a small causal speech encoder that listens while the user speaks.

Letters: B batch, N samples, M mel bands, D width, H heads, T feature frames (25 Hz), P past frames still remembered.

    samples 16 kHz -> log-mel 100 Hz -> two causal stride-2 convolutions -> 25 Hz -> blocks -> features
    one block:  + chunk-causal attention   + causal depth-wise convolution   + feed-forward

      chunk c-2    chunk c-1     chunk c       chunk c+1
      [. . . .]    [. . . .]    [. . q .]      [. . . .]      q sees its whole chunk and `past_chunks` chunks before it,
       seen         seen         seen           not seen      so features are final once a chunk (160 ms) is complete

Whole and streamed listening are the same function: it takes samples and a `Past` (what earlier samples left behind) and
gives features and the next `Past`. The past is bounded, so a stream can run for ever.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from thinkaloud.configurable import Config
from thinkaloud.listen import Heard, Listener
from thinkaloud.listen.characters import CharacterHead
from thinkaloud.listen.log_mel import HOP_SAMPLES, SAMPLE_RATE, LogMel

FRAME_HOPS = 4  # mel frames in a feature frame
FRAME_SAMPLES = HOP_SAMPLES * FRAME_HOPS
Disturb = Callable[[Tensor], Tensor]
_SEGMENT_CHUNKS = 128  # long audio is heard this much at a time: bounded memory, same result


@dataclass(frozen=True, kw_only=True)
class PocketListenerConfig(Config):
    """Sizes of the encoder. Times follow from the rates: a feature frame is 40 ms, a chunk `chunk_frames` of them."""

    dim: int = 208
    num_blocks: int = 6
    num_heads: int = 4
    kernel_frames: int = 9  # of the depth-wise convolution
    chunk_frames: int = 4
    past_chunks: int = 40  # how far attention looks back, in chunks
    num_mels: int = 80
    window_samples: int = 400
    mel_floor: float = 1e-8  # power added to every band: what is quieter is not heard. Near the noise of 16 bits

    def __post_init__(self) -> None:
        if self.dim % self.num_heads or (self.dim // self.num_heads) % 2:
            raise ValueError(f"dim {self.dim} must split into {self.num_heads} heads of an even width")
        if self.chunk_frames < 1 or self.past_chunks < 1 or self.num_blocks < 1:
            raise ValueError("chunk_frames, past_chunks and num_blocks must be at least 1")
        if self.mel_floor <= 0:
            raise ValueError(f"mel_floor must be above 0, got {self.mel_floor}: silence has no logarithm")

    def build(self) -> "PocketListener":
        """The listener, with fresh weights."""
        return PocketListener(self)


@dataclass(kw_only=True)
class BlockPast:
    """What one block remembers: keys and values [B, H, P, D/H] (not rotated) and convolution inputs [B, D, kernel-1]."""

    keys: Tensor
    values: Tensor
    convolved: Tensor


@dataclass(kw_only=True)
class Past:
    """All that earlier samples left behind: samples [B, n], mels [B, M, 3], half-rate frames [B, D, 3] and each block's."""

    samples: Tensor
    mels: Tensor
    halves: Tensor
    blocks: list[BlockPast]


class PocketListener(Listener):
    """The encoder: weights only; a conversation owns its `Past`."""

    trailing_s = 0.4  # as in training: the last word is finished in the silence behind it

    def __init__(self, config: PocketListenerConfig) -> None:
        super().__init__()
        self.config = config
        self.sample_rate = SAMPLE_RATE
        self.frame_rate = SAMPLE_RATE / FRAME_SAMPLES
        self.dim = config.dim
        self.chunk_samples = config.chunk_frames * FRAME_SAMPLES
        self.mel = LogMel(config.num_mels, config.window_samples, config.mel_floor)
        self.halve = nn.Conv1d(config.num_mels, config.dim, kernel_size=5, stride=2)
        self.quarter = nn.Conv1d(config.dim, config.dim, kernel_size=5, stride=2)
        self.enter = nn.LayerNorm(config.dim)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.num_blocks))
        self.leave = nn.LayerNorm(config.dim)

    def num_frames(self, num_samples: int) -> int:
        """ceil(samples / 640): a last frame that is not full is filled with silence."""
        return -(-num_samples // FRAME_SAMPLES)

    def listen(self, audio: Tensor, lengths: Tensor | None = None) -> Heard:
        """Features [B, T, D] of samples [B, N]; what lies behind a row's length changes nothing and gives zeros."""
        hidden, frames = self.hidden(audio, lengths)
        return Heard(embeds=hidden[-1], lengths=frames)

    def hidden(
        self, audio: Tensor, lengths: Tensor | None = None, taps: tuple[int, ...] = (), disturb: Disturb | None = None
    ) -> tuple[list[Tensor], Tensor]:
        """Normalised features [B, T, D] after each of the blocks in `taps`, then after the last one; and frames [B].

        `disturb` changes the mels [B, M, 4T] on their way in (training hides some).
        """
        audio, lengths = self._check(audio, lengths)
        frames = (lengths + FRAME_SAMPLES - 1) // FRAME_SAMPLES  # [B]
        audio = audio.masked_fill(torch.arange(audio.shape[1], device=audio.device) >= lengths[:, None], 0.0)
        audio = F.pad(audio, (0, self.num_frames(audio.shape[1]) * FRAME_SAMPLES - audio.shape[1]))
        past, parts, step = self.fresh(audio.shape[0]), [], _SEGMENT_CHUNKS * self.chunk_samples
        for start in range(0, audio.shape[1], step):
            real = frames - start // FRAME_SAMPLES
            part, past = self.advance(audio[:, start : start + step], past, real, taps, disturb)
            parts.append(part)
        joined = [torch.cat(level, dim=1) for level in zip(*parts, strict=True)] or [self._silence(audio)] * (len(taps) + 1)
        kept = torch.arange(joined[-1].shape[1], device=audio.device) < frames[:, None]  # [B, T]
        return [level * kept[..., None] for level in joined], frames

    def advance(
        self,
        audio: Tensor,
        past: Past,
        real: Tensor | None = None,
        taps: tuple[int, ...] = (),
        disturb: Disturb | None = None,
    ) -> tuple[list[Tensor], Past]:
        """The next features of the next samples [B, T * 640] and the past after them.

        `real` [B]: how many of these frames are not padding. Only the last call may hold a part of a chunk.
        """
        mels, samples = self.mel(audio, past.samples)  # [B, M, 4T]
        mels = disturb(mels) if disturb else mels
        halves = F.gelu(self.halve(torch.cat([past.mels, mels], dim=2)))  # [B, D, 2T]
        x = F.gelu(self.quarter(torch.cat([past.halves, halves], dim=2))).transpose(1, 2)  # [B, T, D]
        x = self.enter(x)
        sight = Sight.of(self.config, x, past.blocks[0].keys.shape[2], real)
        levels, blocks = [], []
        for index, (block, before) in enumerate(zip(self.blocks, past.blocks, strict=True)):
            x, after = block(x, before, sight)
            blocks.append(after)
            if index in taps:
                levels.append(self.leave(x))
        mels, halves = torch.cat([past.mels, mels], dim=2)[:, :, -3:], torch.cat([past.halves, halves], dim=2)[:, :, -3:]
        return [*levels, self.leave(x)], Past(samples=samples, mels=mels, halves=halves, blocks=blocks)

    def fresh(self, batch: int = 1) -> Past:
        """The past of a conversation in which nothing was said yet: silence."""
        config, like = self.config, self.halve.weight

        def zeros(*shape: int) -> Tensor:
            return like.new_zeros(batch, *shape)

        empty = (config.num_heads, 0, config.dim // config.num_heads)
        blocks = [
            BlockPast(keys=zeros(*empty), values=zeros(*empty), convolved=zeros(config.dim, config.kernel_frames - 1))
            for _ in range(config.num_blocks)
        ]
        samples = zeros(config.window_samples - HOP_SAMPLES)
        return Past(samples=samples, mels=zeros(config.num_mels, 3), halves=zeros(config.dim, 3), blocks=blocks)

    def stream(self) -> "PocketListenStream":
        """A listener in progress: features come a chunk at a time."""
        return PocketListenStream(self)

    def _check(self, audio: Tensor, lengths: Tensor | None) -> tuple[Tensor, Tensor]:
        if audio.ndim != 2 or not audio.is_floating_point():
            raise ValueError(f"expected float samples [B, N] at {SAMPLE_RATE} Hz, got {audio.dtype} {list(audio.shape)}")
        if lengths is None:
            lengths = torch.full((audio.shape[0],), audio.shape[1])
        if lengths.shape != (audio.shape[0],) or (len(lengths) and int(lengths.max()) > audio.shape[1]):
            raise ValueError(f"lengths {lengths.tolist()} do not fit samples {list(audio.shape)}")
        return audio, lengths.to(audio.device)

    def _silence(self, audio: Tensor) -> Tensor:
        return audio.new_zeros(audio.shape[0], 0, self.dim)


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What every block's attention shares: which keys [.., T, P+T] are hidden, and the angles [P+T, D/2H] of RoPE."""

    hidden: Tensor
    cosine: Tensor
    sine: Tensor

    @staticmethod
    def of(config: PocketListenerConfig, x: Tensor, num_past: int, real: Tensor | None) -> "Sight":
        """The sight of the T frames x [B, T, D] that follow `num_past` frames; `real` [B] of the T are not padding."""
        device, half = x.device, config.dim // config.num_heads // 2
        places = torch.arange(num_past + x.shape[1], device=device)  # 0 is the oldest frame remembered
        chunk = places // config.chunk_frames
        behind = chunk[num_past:, None] - chunk[None]  # [T, P+T] chunks between query and key
        hidden = (behind < 0) | (behind > config.past_chunks)
        if real is not None:
            hidden = hidden | (places >= (num_past + real)[:, None])[:, None, None]  # [B, 1, T, P+T]
        angle = places[:, None] * 10000.0 ** (-torch.arange(half, device=device) / half)
        return Sight(hidden=hidden, cosine=angle.cos(), sine=angle.sin())

    def rotate(self, x: Tensor) -> Tensor:
        """RoPE on [B, H, n, D/H], the last n places."""
        cosine, sine = self.cosine[-x.shape[2] :].to(x.dtype), self.sine[-x.shape[2] :].to(x.dtype)
        a, b = x.chunk(2, dim=-1)
        return torch.cat([a * cosine - b * sine, a * sine + b * cosine], dim=-1)


class Block(nn.Module):
    """Attention, convolution, feed-forward; each behind a LayerNorm and added to its input."""

    def __init__(self, config: PocketListenerConfig) -> None:
        super().__init__()
        dim, self.config = config.dim, config
        self.norms = nn.ModuleList(nn.LayerNorm(dim) for _ in range(3))
        self.qkv, self.merge = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
        self.gate, self.mix = nn.Linear(dim, 2 * dim), nn.Linear(dim, dim)
        self.depthwise = nn.Conv1d(dim, dim, config.kernel_frames, groups=dim)
        self.widen, self.narrow = nn.Linear(dim, 4 * dim), nn.Linear(4 * dim, dim)

    def forward(self, x: Tensor, past: BlockPast, sight: Sight) -> tuple[Tensor, BlockPast]:
        """x [B, T, D] after this block, and what it remembers."""
        attended, keys, values = self._attend(self.norms[0](x), past, sight)
        x = x + attended
        mixed, convolved = self._convolve(self.norms[1](x), past)
        x = x + mixed
        x = x + self.narrow(F.gelu(self.widen(self.norms[2](x)), approximate="tanh"))
        return x, BlockPast(keys=keys, values=values, convolved=convolved)

    def _attend(self, x: Tensor, past: BlockPast, sight: Sight) -> tuple[Tensor, Tensor, Tensor]:
        batch, frames, dim = x.shape
        q, k, v = self.qkv(x).view(batch, frames, 3, self.config.num_heads, -1).permute(2, 0, 3, 1, 4)  # [B, H, T, D/H]
        keys, values = torch.cat([past.keys.to(k.dtype), k], dim=2), torch.cat([past.values.to(v.dtype), v], dim=2)
        scores = sight.rotate(q * q.shape[-1] ** -0.5) @ sight.rotate(keys).transpose(2, 3)  # [B, H, T, P+T]
        weights = scores.masked_fill(sight.hidden, torch.finfo(scores.dtype).min).softmax(-1).to(values.dtype)
        attended = (weights @ values).transpose(1, 2).reshape(batch, frames, dim)
        kept = self.config.past_chunks * self.config.chunk_frames
        return self.merge(attended), keys[:, :, -kept:].detach(), values[:, :, -kept:].detach()

    def _convolve(self, x: Tensor, past: BlockPast) -> tuple[Tensor, Tensor]:
        x = F.glu(self.gate(x), dim=-1).transpose(1, 2)  # [B, D, T]
        x = torch.cat([past.convolved.to(x.dtype), x], dim=2)
        mixed = self.mix(F.silu(self.depthwise(x)).transpose(1, 2))
        return mixed, x[:, :, -past.convolved.shape[2] :].detach()


class PocketListenStream:
    """Keeps samples until a chunk is complete, then hears it. One utterance a stream: push ..., flush."""

    def __init__(self, listener: PocketListener) -> None:
        self._listener = listener
        self._past = listener.fresh()
        self._waiting = torch.zeros(0)  # samples of a chunk that is not complete

    @torch.inference_mode()
    def push(self, audio: Tensor) -> Tensor:
        """The features [1, t, D] of the chunks that these samples [n] complete."""
        if audio.ndim != 1:
            raise ValueError(f"expected samples [n] of one conversation, got {list(audio.shape)}")
        self._waiting = torch.cat([self._waiting, audio.float().cpu()])
        whole = len(self._waiting) // self._listener.chunk_samples * self._listener.chunk_samples
        return self._hear(whole)

    @torch.inference_mode()
    def flush(self) -> Tensor:
        """The features of the last chunk, which need not be complete; the stream begins anew."""
        missing = -len(self._waiting) % FRAME_SAMPLES
        self._waiting = F.pad(self._waiting, (0, missing))
        heard = self._hear(len(self._waiting))
        self._past = self._listener.fresh()
        return heard

    def fork(self) -> "PocketListenStream":
        """Another one with the same past: neither changes what it holds, it only takes new ones."""
        other = PocketListenStream(self._listener)
        other._past, other._waiting = self._past, self._waiting
        return other

    def _hear(self, num_samples: int) -> Tensor:
        heard, segment = [torch.zeros(1, 0, self._listener.dim)], _SEGMENT_CHUNKS * self._listener.chunk_samples
        for part in self._waiting[:num_samples].split(segment) if num_samples else ():
            levels, self._past = self._listener.advance(part[None].to(self._listener.halve.weight.device), self._past)
            heard.append(levels[-1].cpu())
        self._waiting = self._waiting[num_samples:]
        return torch.cat(heard, dim=1)


@torch.inference_mode()
def transcribe_ctc(listener: Listener, head: CharacterHead, audio: Tensor, lengths: Tensor | None = None) -> list[str]:
    """What the listener heard in samples [B, N] at its own rate, spelt greedily, one text a row."""
    heard = listener.listen(audio, lengths)
    return head.texts(head(heard.embeds), heard.lengths)
