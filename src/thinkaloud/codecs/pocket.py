"""The pocket codec: a small causal speech codec, 12.5 frames a second, for one CPU thread.

Letters: B batch, K codebooks, T frames, D latent width, N samples.

    samples 16 kHz -> log-mel 100 Hz -> fold, blocks -> 12.5 Hz latents -> K codes of 256
    codes -> latents 12.5 Hz -> blocks, unfold -> 100 Hz -> magnitude and phase -> samples
                             -> pitch -----------------------'

Everything looks back only. Frame t is made of samples before (t + 1) * 1280. Decoding holds back 480 samples (30 ms), the
overlap of the spectral windows; they come with the next frame or with `flush()`.

Always encode an utterance from its first sample: the codes depend on where the 80 ms frames begin.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from thinkaloud.codecs import Codec
from thinkaloud.codecs.causal import ConvNeXtBlock, Fold, Glide, LogMel, SpectrumHead, Stack, Unfold
from thinkaloud.codecs.rvq import ResidualQuantizer
from thinkaloud.configurable import Config


@dataclass(frozen=True, kw_only=True)
class PocketCodecConfig(Config):
    """Sizes. `num_codebooks` may be anything up to `max_codebooks` at run time: the weights serve every choice."""

    sample_rate: int = 16000
    num_codebooks: int = 4
    max_codebooks: int = 8
    codebook_size: int = 256
    latent_dim: int = 64
    hop_samples: int = 160
    window_samples: int = 640
    num_mels: int = 80
    mel_dim: int = 96
    encoder_dim: int = 192
    encoder_hidden_dim: int = 512
    encoder_blocks: tuple[int, ...] = (1, 2, 2)  # after each halving of the rate: 50, 25, 12.5 Hz
    decoder_dim: int = 256
    decoder_hidden_dim: int = 640
    decoder_blocks: tuple[int, ...] = (1, 2, 2, 3)  # at 12.5 Hz and after each doubling: 25, 50, 100 Hz
    pitch_dim: int = 128
    kernel_frames: int = 7
    encoder_kernel_frames: int = 7  # 1: a code tells of its own 80 ms alone, and so depends on nothing that was said before

    def __post_init__(self) -> None:
        if not 1 <= self.num_codebooks <= self.max_codebooks:
            raise ValueError(f"num_codebooks must be in 1..{self.max_codebooks} (max_codebooks), got {self.num_codebooks}")
        if len(self.decoder_blocks) != len(self.encoder_blocks) + 1:
            raise ValueError(
                f"decoder_blocks {self.decoder_blocks} must have one entry more than encoder_blocks {self.encoder_blocks}"
            )

    @property
    def frame_samples(self) -> int:
        """Samples of one frame: the hop, doubled by each halving of the rate."""
        return self.hop_samples * 2 ** len(self.encoder_blocks)

    @property
    def frame_rate(self) -> float:
        """Frames a second."""
        return self.sample_rate / self.frame_samples

    @classmethod
    def tiny(cls) -> "PocketCodecConfig":
        """The smallest one worth testing: a few thousand weights."""
        return cls(
            num_codebooks=3,
            max_codebooks=4,
            codebook_size=16,
            latent_dim=8,
            num_mels=16,
            mel_dim=8,
            encoder_dim=12,
            encoder_hidden_dim=16,
            decoder_dim=12,
            decoder_hidden_dim=16,
            pitch_dim=8,
        )

    def build(self) -> "PocketCodec":
        """A codec with random weights."""
        return PocketCodec(self)


class PocketCodec(Codec):
    """Encoder, residual quantizer and decoder. The trainer uses `latents`, `quantizer` and `render` between them."""

    def __init__(self, config: PocketCodecConfig) -> None:
        super().__init__()
        c = self.config = config
        self.sample_rate, self.frame_samples = c.sample_rate, c.frame_samples
        self.num_codebooks, self.codebook_size = c.num_codebooks, c.codebook_size
        self.late_samples = c.window_samples - c.hop_samples
        self.encoder = _encoder(c)
        self.quantizer = ResidualQuantizer(c.max_codebooks, c.codebook_size, c.latent_dim)
        self.decoder = _decoder(c)
        self.pitch = _pitch(c)
        self.head = SpectrumHead(c.decoder_dim, c.sample_rate, c.window_samples, c.hop_samples)

    def latents(self, audio: Tensor) -> Tensor:
        """Latents [B, T, D] of samples [B, N], N a multiple of the frame."""
        return self.encoder(audio, self.encoder.start())

    def render(self, latents: Tensor) -> Tensor:
        """Samples [B, T * frame_samples] of latents [B, T, D]. One silent latent more drives out the last overlap."""
        return self._render(latents, frames_at_once=latents.shape[1] + 1)

    def _render(self, latents: Tensor, frames_at_once: int) -> Tensor:
        audio = _Rendering(self, frames_at_once).push(F.pad(latents, (0, 0, 0, 1)))
        return audio[:, : latents.shape[1] * self.frame_samples]

    def pitch_hz(self, latents: Tensor) -> Tensor:
        """The pitch [B, T * hops] that the voice is to have at each hop, of latents [B, T, D]."""
        return _hz(self.pitch(latents, self.pitch.start()))

    def encode(self, audio: Tensor) -> Tensor:
        """Codes [B, K, T] of samples [B, N]; a last frame that is not full is filled with silence."""
        if not audio.shape[1]:
            return torch.zeros(len(audio), self.num_codebooks, 0, dtype=torch.long, device=audio.device)
        short = -audio.shape[1] % self.frame_samples
        return self.quantizer.encode(self.latents(F.pad(audio, (0, short))), self.num_codebooks)

    def decode(self, codes: Tensor) -> Tensor:
        """Samples [B, T * frame_samples] of codes [B, K, T]."""
        self.check_codes(codes)
        if not codes.shape[2]:
            return torch.zeros(codes.shape[0], 0, device=codes.device)
        return self._render(self.quantizer.decode(codes), frames_at_once=1).clamp(-1, 1)

    def stream(self, batch: int = 1) -> "PocketDecodeStream":
        """A decoder in progress."""
        return PocketDecodeStream(self, batch)

    def encode_stream(self, batch: int = 1) -> "PocketEncodeStream":
        """An encoder in progress: samples in, codes out, equal to `encode` of the whole."""
        return PocketEncodeStream(self, batch)


class _Rendering:
    """Latents to samples in pieces: the past of every layer, of the pitch and of the overlap.

    A harmonic multiplies what is lost in counting cycles, so even the last bit of the pitch shows. Decoding finds the pitch one
    frame at a time, however many come at once: the same sums in the same order. Training takes all frames at once.
    """

    def __init__(self, codec: PocketCodec, frames_at_once: int = 1) -> None:
        self._codec, self._frames_at_once = codec, frames_at_once
        self._decoder, self._pitch = codec.decoder.start(), codec.pitch.start()
        self._past: tuple[Tensor, Tensor] | None = None

    def push(self, latents: Tensor) -> Tensor:
        """Samples [B, n] that are final after latents [B, t, D]: `late_samples` fewer than their frames, once."""
        codec = self._codec
        skip = codec.late_samples if self._past is None else 0  # before the first sample there is nothing
        hz = torch.cat([_hz(codec.pitch(few, self._pitch)) for few in latents.split(self._frames_at_once, dim=1)], dim=1)
        audio, self._past = codec.head(codec.decoder(latents, self._decoder), hz, self._past)
        return audio[:, skip:]


class PocketDecodeStream:
    """Keeps the past of every layer, so a frame costs the same however long the answer is."""

    def __init__(self, codec: PocketCodec, batch: int) -> None:
        self._codec, self._batch = codec, batch
        self._begin()

    def _begin(self) -> None:
        self._rendering = _Rendering(self._codec)
        self._frames = 0

    @torch.inference_mode()
    def push(self, codes: Tensor) -> Tensor:
        """Samples [B, n] that are final now: all but the last `late_samples` of these frames [B, K, t]."""
        self._codec.check_codes(codes, self._batch)
        if not codes.shape[2]:
            return torch.zeros(self._batch, 0, device=codes.device)
        self._frames += codes.shape[2]
        return self._rendering.push(self._codec.quantizer.decode(codes)).clamp(-1, 1)

    @torch.inference_mode()
    def flush(self) -> Tensor:
        """The samples still held back; the stream then begins anew."""
        width = self._codec.config.latent_dim
        silence = self._codec.quantizer.codebooks.new_zeros(self._batch, 1, width)
        audio = self._rendering.push(silence)[:, : self._codec.late_samples] if self._frames else silence[:, 0, :0]
        self._begin()
        return audio.clamp(-1, 1)


class PocketEncodeStream:
    """Keeps the samples of a frame that is not full and the past of every layer."""

    def __init__(self, codec: PocketCodec, batch: int) -> None:
        self._codec = codec
        self._state = codec.encoder.start()
        self._rest = torch.zeros(batch, 0)  # samples of the frame that is not full yet

    @torch.inference_mode()
    def push(self, audio: Tensor) -> Tensor:
        """Codes [B, K, t] of the frames that these samples [B, n] complete."""
        codec = self._codec
        audio = torch.cat([self._rest.to(audio.device), audio], dim=1)
        full = audio.shape[1] // codec.frame_samples * codec.frame_samples
        self._rest = audio[:, full:]
        if not full:
            return torch.zeros(audio.shape[0], codec.num_codebooks, 0, dtype=torch.long, device=audio.device)
        return codec.quantizer.encode(codec.encoder(audio[:, :full], self._state), codec.num_codebooks)

    @torch.inference_mode()
    def flush(self) -> Tensor:
        """The code frame of what is left, filled with silence; then the stream begins anew."""
        short = -self._rest.shape[1] % self._codec.frame_samples
        codes = self.push(self._rest.new_zeros(self._rest.shape[0], short))
        self._state = self._codec.encoder.start()
        return codes


def _encoder(c: PocketCodecConfig) -> Stack:
    layers: list[nn.Module] = [
        LogMel(c.sample_rate, c.window_samples, c.hop_samples, c.num_mels),
        _Project(c.num_mels, c.mel_dim),
    ]
    width, scale = c.mel_dim, 1 / max(1, sum(c.encoder_blocks))
    for count in c.encoder_blocks:
        layers += [Fold(width, c.encoder_dim)]
        layers += [ConvNeXtBlock(c.encoder_dim, c.encoder_hidden_dim, c.encoder_kernel_frames, scale) for _ in range(count)]
        width = c.encoder_dim
    return Stack([*layers, _Project(width, c.latent_dim)])


def _decoder(c: PocketCodecConfig) -> Stack:
    layers: list[nn.Module] = [_Project(c.latent_dim, c.decoder_dim)]
    scale = 1 / max(1, sum(c.decoder_blocks))
    for i, count in enumerate(c.decoder_blocks):
        layers += [Unfold(c.decoder_dim, c.decoder_dim)] * (i > 0)
        layers += [ConvNeXtBlock(c.decoder_dim, c.decoder_hidden_dim, c.kernel_frames, scale) for _ in range(count)]
    return Stack(layers)


def _pitch(c: PocketCodecConfig) -> Stack:
    blocks = [ConvNeXtBlock(c.pitch_dim, 2 * c.pitch_dim, c.kernel_frames, 0.5) for _ in range(2)]
    knots = _Project(c.pitch_dim, 2)  # every 40 ms: a voice glides
    return Stack([_Project(c.latent_dim, c.pitch_dim), *blocks, knots, Glide(c.frame_samples // c.hop_samples)])


def _hz(values: Tensor) -> Tensor:
    """Pitch of the pitch network's values, both [B, T * hops]: 150 Hz times e to the value, within what voices do."""
    return (150 * values.exp()).clamp(50.0, 500.0)


class _Project(nn.Linear):
    """A linear layer as a layer of a Stack."""

    def forward(self, x: Tensor, past: Tensor | None) -> tuple[Tensor, Tensor | None]:  # type: ignore[override]
        return super().forward(x), past
