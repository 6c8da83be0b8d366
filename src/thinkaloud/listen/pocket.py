"""PocketListener: a small speech encoder that listens while the user speaks, and thinks it over when the turn is over.

Letters: B batch, N samples, M mel bands, D width, H heads, T feature frames (25 Hz).

    samples 16 kHz -> log-mel 100 Hz -> two causal stride-2 convolutions -> 25 Hz -> blocks -> non-causal blocks -> features
                      `------------------ while the user speaks, chunk by chunk ----------'    `-- at the end --'

What a block may see: `block.py`. The blocks see whole chunks (160 ms) and what came before; the non-causal ones, if there are
any, read what those have found once more, in the light of what came after ("cascaded encoders", arXiv 2010.14606). Without
them features are final once a chunk is complete; with them when the turn is over, and only they are left to be done then.

Whole and streamed listening are the same function: it takes samples and a `Past` (what earlier samples left behind) and
gives what the blocks found and the next `Past`. The past is bounded; what non-causal blocks are to read grows with the turn.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from thinkaloud.configurable import Config
from thinkaloud.listen import Heard, Listener
from thinkaloud.listen.block import BlockPast, Blocks, Sight
from thinkaloud.listen.characters import CharacterHead
from thinkaloud.listen.log_mel import HOP_SAMPLES, SAMPLE_RATE, LogMel

FRAME_HOPS = 4  # mel frames in a feature frame
FRAME_SAMPLES = HOP_SAMPLES * FRAME_HOPS
Disturb = Callable[[Tensor], Tensor]
_SEGMENT_CHUNKS = 128  # long audio is heard, and thought over, this much at a time: bounded memory, same result


@dataclass(frozen=True, kw_only=True)
class PocketListenerConfig(Config):
    """Sizes of the encoder. Times follow from the rates: a feature frame is 40 ms, a chunk `chunk_frames` of them."""

    dim: int = 208
    num_blocks: int = 6
    num_noncausal_blocks: int = 0  # after these, once the turn is over
    num_heads: int = 4
    kernel_frames: int = 9  # of the depth-wise convolution
    chunk_frames: int = 4
    past_chunks: int = 40  # how far attention looks back, in chunks; that of non-causal blocks ahead as well
    num_mels: int = 80
    window_samples: int = 400
    mel_floor: float = 1e-8  # power added to every band: what is quieter is not heard. Near the noise of 16 bits

    def __post_init__(self) -> None:
        if self.dim % self.num_heads or (self.dim // self.num_heads) % 2:
            raise ValueError(f"dim {self.dim} must split into {self.num_heads} heads of an even width")
        if self.chunk_frames < 1 or self.past_chunks < 1 or self.num_blocks < 1:
            raise ValueError("chunk_frames, past_chunks and num_blocks must be at least 1")
        if self.num_noncausal_blocks < 0:
            raise ValueError(f"num_noncausal_blocks must not be below 0, got {self.num_noncausal_blocks}")
        if self.mel_floor <= 0:
            raise ValueError(f"mel_floor must be above 0, got {self.mel_floor}: silence has no logarithm")

    @property
    def kept_frames(self) -> int:
        """How many frames a block remembers."""
        return self.past_chunks * self.chunk_frames

    @property
    def head_dim(self) -> int:
        """The width of a head of attention."""
        return self.dim // self.num_heads

    def build(self) -> "PocketListener":
        """The listener, with fresh weights."""
        return PocketListener(self)


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
        sizes = (config.dim, config.num_heads, config.kernel_frames)
        self.blocks = Blocks(config.num_blocks, *sizes)
        self.noncausal_blocks = Blocks(config.num_noncausal_blocks, *sizes)
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
        """Features [B, T, D] as they would leave after each of the blocks in `taps`, then as they do; and frames [B].

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
        nothing = [audio.new_zeros(audio.shape[0], 0, self.dim)] * (len(taps) + 1)
        *tapped, last = [torch.cat(level, dim=1) for level in zip(*parts, strict=True)] or nothing
        levels = [*(self.leave(level) for level in tapped), self.think_over(last, frames)]
        kept = torch.arange(last.shape[1], device=audio.device) < frames[:, None]  # [B, T]
        return [level * kept[..., None] for level in levels], frames

    def advance(
        self,
        audio: Tensor,
        past: Past,
        real: Tensor | None = None,
        taps: tuple[int, ...] = (),
        disturb: Disturb | None = None,
    ) -> tuple[list[Tensor], Past]:
        """What the blocks find in the next samples [B, T * 640], for `think_over`: [B, T, D] after each of `taps` and the last.

        And the past after them. `real` [B]: how many of these frames are not padding. Only the last call may hold a part of
        a chunk.
        """
        config = self.config
        mels, samples = self.mel(audio, past.samples)  # [B, M, 4T]
        mels = disturb(mels) if disturb else mels
        halves = F.gelu(self.halve(torch.cat([past.mels, mels], dim=2)))  # [B, D, 2T]
        x = F.gelu(self.quarter(torch.cat([past.halves, halves], dim=2))).transpose(1, 2)  # [B, T, D]
        x, num_past = self.enter(x), past.blocks[0].keys.shape[2]
        sight = Sight.while_heard(x, config.head_dim, num_past, config.chunk_frames, config.past_chunks, real)
        levels, blocks = [], []
        for index, (block, before) in enumerate(zip(self.blocks, past.blocks, strict=True)):
            x, after = block(x, before, sight)
            blocks.append(after.last(config.kept_frames))
            if index in taps:
                levels.append(x)
        mels, halves = torch.cat([past.mels, mels], dim=2)[:, :, -3:], torch.cat([past.halves, halves], dim=2)[:, :, -3:]
        return [*levels, x], Past(samples=samples, mels=mels, halves=halves, blocks=blocks)

    def think_over(self, x: Tensor, real: Tensor | None = None) -> Tensor:
        """Features [B, T, D] of all that the blocks found in a turn [B, T, D]; `real` [B] of the T frames are not padding."""
        step, halo = _SEGMENT_CHUNKS * self.config.chunk_frames, self.config.kept_frames + self.config.kernel_frames
        for block in self.noncausal_blocks:
            parts = []
            for start in range(0, x.shape[1], step):
                first = max(0, start - halo)
                around = x[:, first : start + step + halo]
                left = None if real is None else real - first
                sight = Sight.afterwards(around, self.config.head_dim, self.config.kept_frames, left)
                parts.append(block.afterwards(around, sight)[:, start - first :][:, :step])
            x = torch.cat(parts, dim=1) if parts else x
        return self.leave(x)

    def fresh(self, batch: int = 1) -> Past:
        """The past of a conversation in which nothing was said yet: silence."""
        config, like = self.config, self.halve.weight

        def zeros(*shape: int) -> Tensor:
            return like.new_zeros(batch, *shape)

        blocks = [block.fresh(batch, like) for block in self.blocks]
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


class PocketListenStream:
    """Keeps samples until a chunk is complete, then hears it. One utterance a stream: push ..., flush."""

    def __init__(self, listener: PocketListener) -> None:
        self._listener = listener
        self._begin()

    def _begin(self) -> None:
        self._past = self._listener.fresh()
        self._waiting = torch.zeros(0)  # samples of a chunk that is not complete
        self._found: list[Tensor] = []  # [1, t, D] each, what non-causal blocks are to read

    @torch.inference_mode()
    def push(self, audio: Tensor) -> Tensor:
        """The features [1, t, D] that are final: of the chunks that these samples [n] complete, or none before the end."""
        if audio.ndim != 1:
            raise ValueError(f"expected samples [n] of one conversation, got {list(audio.shape)}")
        self._waiting = torch.cat([self._waiting, audio.float().cpu()])
        found = self._find(len(self._waiting) // self._listener.chunk_samples * self._listener.chunk_samples)
        if not self._listener.config.num_noncausal_blocks:
            return self._listener.think_over(found).cpu()
        self._found.append(found)
        return torch.zeros(1, 0, self._listener.dim)

    @torch.inference_mode()
    def flush(self) -> Tensor:
        """The features of the last chunk, which need not be complete, or of the whole turn; the stream begins anew."""
        self._waiting = F.pad(self._waiting, (0, -len(self._waiting) % FRAME_SAMPLES))
        found = torch.cat([*self._found, self._find(len(self._waiting))], dim=1)
        self._begin()
        return self._listener.think_over(found).cpu()

    def fork(self) -> "PocketListenStream":
        """Another one with the same past: neither changes what it holds, it only takes new ones."""
        other = PocketListenStream(self._listener)
        other._past, other._waiting, other._found = self._past, self._waiting, list(self._found)
        return other

    def _find(self, num_samples: int) -> Tensor:
        device, segment = self._listener.halve.weight.device, _SEGMENT_CHUNKS * self._listener.chunk_samples
        found = [torch.zeros(1, 0, self._listener.dim, device=device)]
        for part in self._waiting[:num_samples].split(segment) if num_samples else ():
            levels, self._past = self._listener.advance(part[None].to(device), self._past)
            found.append(levels[-1])
        self._waiting = self._waiting[num_samples:]
        return torch.cat(found, dim=1)


@torch.inference_mode()
def transcribe_ctc(listener: Listener, head: CharacterHead, audio: Tensor, lengths: Tensor | None = None) -> list[str]:
    """What the listener heard in samples [B, N] at its own rate, spelt greedily, one text a row."""
    heard = listener.listen(audio, lengths)
    return head.texts(head(heard.embeds), heard.lengths)
