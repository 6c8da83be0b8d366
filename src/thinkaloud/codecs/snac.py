"""SNAC: speech as 7 rows of codes, 11.7 frames a second at 24 kHz (Siuzdak et al., arXiv 2410.14411).

Letters: B batch, T frames, K = 7 rows, N samples, D latent channels, L = 4 T latents.

Three codebooks run at 1, 2 and 4 codes a frame. Mini-Omni packs them into seven rows of equal rate, in the order of a
walk through the tree of a frame, so everything outside this file sees one rate:

    codebook 0    c                      row 0   c
    codebook 1    m0          m1         row 1   m0    row 4   m1
    codebook 2    f0    f1    f2    f3   row 2   f0    row 3   f1    row 5   f2    row 6   f3

The networks and the checkpoint layout are those of the `snac` package; the weight norm is folded, the run is streamed.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import torch
from snac import SNAC
from snac.layers import NoiseBlock, ResidualUnit, Snake1d
from torch import Tensor, nn
from torch.nn.utils import parametrize

from thinkaloud.codecs import Codec
from thinkaloud.codecs.cached_conv import Chain, Conv, ConvTranspose, Pointwise, Residual, Stage
from thinkaloud.codecs.noise import Noise, seeded_noise
from thinkaloud.codecs.snac_files import load_snac
from thinkaloud.configurable import Config

ROWS = ((0,), (1, 4), (2, 3, 5, 6))  # the rows that carry codebook 0, 1, 2, in order of time
_CHUNK_FRAMES = (
    16  # whole files run in chunks: bounded memory, and the activations stay near the processor (bench/codec_stream.md)
)
_NEAR_SAMPLES = (7 - 1) // 2 * (1 + 3 + 9)  # how far three residual units of dilation 1, 3, 9 look to one side


@dataclass(frozen=True, kw_only=True)
class SnacSizes(Config):
    """The sizes of a SNAC network, named as in the published config.json; the defaults are snac_24khz."""

    sampling_rate: int = 24000
    encoder_dim: int = 48
    encoder_rates: tuple[int, ...] = (2, 4, 8, 8)
    latent_dim: int | None = None
    decoder_dim: int = 1024
    decoder_rates: tuple[int, ...] = (8, 8, 4, 2)
    attn_window_size: int | None = None
    codebook_size: int = 4096
    codebook_dim: int = 8
    vq_strides: tuple[int, ...] = (4, 2, 1)
    noise: bool = True
    depthwise: bool = True

    def build(self) -> SNAC:
        """The package's network with random weights; ValueError for a variant that cannot be packed or streamed exactly."""
        if self.vq_strides != (4, 2, 1) or self.attn_window_size is not None:
            raise ValueError(
                f"expected a SNAC with vq_strides [4, 2, 1] and no attention (as snac_24khz), got vq_strides "
                f"{list(self.vq_strides)} and attn_window_size {self.attn_window_size}; the 32 and 44 kHz variants do not fit"
            )
        if math.prod(self.encoder_rates) != math.prod(self.decoder_rates):
            raise ValueError(
                f"encoder_rates {self.encoder_rates} and decoder_rates {self.decoder_rates} differ in their product"
            )
        return SNAC(**asdict(self))


@dataclass(frozen=True, kw_only=True)
class SnacConfig(Config):
    """Which SNAC, and what to do about the decoder's noise.

    source: a hub id, a folder with config.json and pytorch_model.bin, or "random": random weights of `sizes`.
    noise: "seeded" adds what the published decoder adds, but the same at every run; "off" adds none.
    """

    source: str = "hubertsiuzdak/snac_24khz"
    sizes: SnacSizes = SnacSizes()  # used where source is "random"; otherwise the source's config.json says them
    noise: Literal["seeded", "off"] = "seeded"
    seed: int = 0

    @classmethod
    def tiny(cls) -> "SnacConfig":
        """A small random one, for tests."""
        sizes = SnacSizes(encoder_dim=4, decoder_dim=32, codebook_size=32, codebook_dim=4)
        return cls(source="random", sizes=sizes)

    @property
    def frame_rate(self) -> float:
        """Frames a second, by `sizes`."""
        return self.sizes.sampling_rate / (self.sizes.vq_strides[0] * math.prod(self.sizes.decoder_rates))

    def build(self) -> "Snac":
        """The codec, weights loaded strictly; ValueError if there are none, naming the folder and a command that helps."""
        if self.noise not in ("seeded", "off"):
            raise ValueError(f'noise must be "seeded" or "off", got {self.noise!r}')
        noise = seeded_noise(self.seed) if self.noise == "seeded" else None
        if self.source != "random":
            return Snac(load_snac(self.source, lambda values: SnacSizes.from_dict(values).build()), noise)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            return Snac(self.sizes.build(), noise)


class Snac(Codec):
    """SNAC as a codec of 7 rows. Holds weights only; `noise` gives the decoder's noise by position, None for none."""

    num_codebooks = 7

    def __init__(self, model: SNAC, noise: Noise | None = None) -> None:
        super().__init__()
        self.model = _fold_weight_norm(model).eval().requires_grad_(False)
        self.noise = noise
        self.sample_rate = model.sampling_rate
        self.latent_samples = math.prod(model.decoder_rates)
        self.frame_samples = model.vq_strides[0] * self.latent_samples
        self.codebook_size = model.codebook_size
        self.look_ahead_samples = _look_ahead_samples(model.decoder_rates)
        self.left_frames = self.right_frames = math.ceil(self.look_ahead_samples / self.frame_samples)

    def decode(self, codes: Tensor) -> Tensor:
        """Samples [B, T * frame_samples] of codes [B, 7, T]; long input runs in chunks, with the same result."""
        return self.decode_window(codes, first_frame=0)

    def decode_window(self, codes: Tensor, first_frame: int) -> Tensor:
        """`decode` with the noise of frames first_frame, first_frame + 1, ..."""
        self.check_codes(codes)
        stream = SnacStream(self, len(codes), first_frame)
        return torch.cat([*map(stream.push, codes.split(_CHUNK_FRAMES, dim=2)), stream.flush()], dim=1)

    @torch.no_grad()
    def encode(self, audio: Tensor) -> Tensor:
        """Codes [B, 7, ceil(N / frame_samples)] of samples [B, N], zero-padded on the right to whole frames."""
        if audio.ndim != 2 or not audio.is_floating_point() or not audio.isfinite().all():
            raise ValueError(f"expected finite float samples [B, N], got {audio.dtype} {list(audio.shape)}")
        num_frames = math.ceil(audio.shape[1] / self.frame_samples)
        if num_frames == 0:
            return torch.zeros(audio.shape[0], self.num_codebooks, 0, dtype=torch.long, device=audio.device)
        audio = nn.functional.pad(audio, (0, num_frames * self.frame_samples - audio.shape[1]))
        encoder = _stage(self.model.encoder, {})
        chunks = audio[:, None].split(_CHUNK_FRAMES * self.frame_samples, dim=2)  # [B, 1, n] each
        latents = torch.cat([encoder(x, i == len(chunks)) for i, x in enumerate(chunks, 1)], dim=2)  # [B, D, L]
        books = [self.model.quantizer(z)[1] for z in latents.split(_CHUNK_FRAMES * self.model.vq_strides[0], dim=2)]
        return pack([torch.cat(book, dim=1) for book in zip(*books, strict=True)])

    def stream(self, batch: int = 1) -> "SnacStream":
        """A decoder in progress that computes every sample once, `look_ahead_samples` behind the frames."""
        return SnacStream(self, batch)

    def latents(self, codes: Tensor) -> Tensor:
        """The decoder's input [B, D, L] for codes [B, 7, T]; no frame touches another."""
        if codes.shape[2] == 0:
            return next(self.model.parameters()).new_zeros(codes.shape[0], self.model.latent_dim, 0)
        return self.model.quantizer.from_codes(unpack(codes))

    def decoder_stage(self, first_frame: int) -> Stage:
        """A fresh stage [B, D, l] -> [B, 1, n] whose first input is the first latent of frame number `first_frame`."""
        blocks = [block for block in self.model.decoder.modules() if isinstance(block, NoiseBlock)]
        noises, position = {}, first_frame * self.model.vq_strides[0]
        for layer, (block, rate) in enumerate(zip(blocks, self.model.decoder_rates, strict=False)):
            position *= rate
            noises[block] = _NoiseStage(block, self.noise, layer, position) if self.noise else Pointwise(lambda x: x)
        return _stage(self.model.decoder, noises)


class SnacStream:
    """The state of one decoder in progress; the weights are the codec's."""

    def __init__(self, codec: Snac, batch: int, first_frame: int = 0) -> None:
        self._codec, self._batch = codec, batch
        self._decoder = codec.decoder_stage(first_frame)

    def push(self, codes: Tensor) -> Tensor:
        """Samples [B, n] now final, for frames [B, 7, t]."""
        self._codec.check_codes(codes, self._batch)
        return self._run(codes, end=False)

    def flush(self) -> Tensor:
        """The rest [B, n]; the stream then begins anew."""
        audio = self._run(torch.zeros(self._batch, self._codec.num_codebooks, 0, dtype=torch.long), end=True)
        self._decoder = self._codec.decoder_stage(first_frame=0)
        return audio

    @torch.no_grad()
    def _run(self, codes: Tensor, end: bool) -> Tensor:
        return self._decoder(self._codec.latents(codes), end)[:, 0]


def pack(codebooks: Sequence[Tensor]) -> Tensor:
    """Codes [B, 7, T] from the three codebooks [B, T], [B, 2 T], [B, 4 T]."""
    batch, num_frames = codebooks[0].shape
    codes = codebooks[0].new_empty(batch, 7, num_frames)
    for rows, book in zip(ROWS, codebooks, strict=True):
        codes[:, rows] = book.reshape(batch, num_frames, len(rows)).transpose(1, 2)
    return codes


def unpack(codes: Tensor) -> list[Tensor]:
    """The three codebooks [B, T], [B, 2 T], [B, 4 T] of codes [B, 7, T]."""
    return [codes[:, rows].transpose(1, 2).flatten(1) for rows in ROWS]


class _NoiseStage:
    """x + noise * linear(x), as the published NoiseBlock, with the noise of the place where the stream is."""

    def __init__(self, block: NoiseBlock, noise: Noise, layer: int, first: int) -> None:
        self._block, self._noise, self._layer, self._next = block, noise, layer, first

    def __call__(self, x: Tensor, end: bool) -> Tensor:
        num = x.shape[2]
        if num == 0:
            return x
        noise = self._noise(self._layer, self._next, num).to(x)  # [num], the same for every channel and conversation
        self._next += num
        return torch.addcmul(x, noise, self._block.linear(x))


def _stage(module: nn.Module, noises: dict[nn.Module, Stage]) -> Stage:
    """The stage of one module of the package; `noises` has those of its noise blocks."""
    if isinstance(module, NoiseBlock):
        return noises[module]
    if isinstance(module, nn.Conv1d):
        return Conv(module)
    if isinstance(module, nn.ConvTranspose1d):
        return ConvTranspose(module)
    if isinstance(module, ResidualUnit):
        return Residual(_stage(module.block, noises))
    if isinstance(module, Snake1d):
        return Pointwise(lambda x: _snake(x, module.alpha))
    if isinstance(module, nn.Tanh):
        return Pointwise(torch.tanh)
    return Chain([_stage(child, noises) for child in _children(module)])


def _children(module: nn.Module) -> Iterator[nn.Module]:
    assert isinstance(module, nn.Sequential) or len(list(module.children())) == 1, type(module)
    return module.children()


def _snake(x: Tensor, alpha: Tensor) -> Tensor:
    """x + sin(alpha x)^2 / alpha, as the package's Snake1d but for any length, also none."""
    wave = (alpha * x).sin_()
    return torch.addcmul(x, wave / (alpha + 1e-9), wave)


def _fold_weight_norm(model: SNAC) -> SNAC:
    for module in model.modules():
        if parametrize.is_parametrized(module, "weight"):
            parametrize.remove_parametrizations(module, "weight", leave_parametrized=True)
    return model


def _look_ahead_samples(decoder_rates: Sequence[int]) -> int:
    """How many samples before the end of the known frames still depend on the next frame: 4757 for snac_24khz."""
    ahead = 3  # the first convolution, kernel 7
    for rate in decoder_rates:
        ahead = ahead * rate + math.ceil(rate / 2) + _NEAR_SAMPLES
    return ahead + 3  # the last convolution, kernel 7
