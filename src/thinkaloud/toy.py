"""Toy parts: a language model, codec, listener, voice and tokenizer that need no download. For tests, docs and CI.

Letters: B batch, K codebooks, T frames, N samples, F tones.

Every part is deterministic. The codec is exact: each code is one tone of a 40 ms frame, and tones are orthogonal, so
`encode(decode(codes)) == codes`. The listener gives the strength of every tone. The model's weights are random (seeded):
it speaks nonsense until it is trained.
"""

import functools
import math
from dataclasses import dataclass

import torch
from torch import Tensor

from thinkaloud.audio import Audio
from thinkaloud.backbone import BackboneConfig
from thinkaloud.codecs import Codec
from thinkaloud.config import Mix, ModelConfig
from thinkaloud.configurable import Config
from thinkaloud.heads.parallel import ParallelHeadConfig
from thinkaloud.layout.delayed import DelayedConfig
from thinkaloud.listen import Heard, Listener
from thinkaloud.listen.adapter import AdapterConfig, AdapterKind
from thinkaloud.model import SpeechLM
from thinkaloud.text import Tokenizer
from thinkaloud.tokens import Role, Stream

SAMPLE_RATE = 16000
FRAME_SAMPLES = 640
NUM_CODEBOOKS, CODEBOOK_SIZE = 3, 16
_FIRST_HZ, _TONE_HZ = 200, 100  # multiples of 1 / 40 ms: orthogonal over a frame
_CHARACTERS = " abcdefghijklmnopqrstuvwxyz0123456789.,?!'-"


@functools.cache
def _tones() -> Tensor:
    """The tones as complex waves [F, FRAME_SAMPLES], F = K * CODEBOOK_SIZE, row by row."""
    hz = _FIRST_HZ + _TONE_HZ * torch.arange(NUM_CODEBOOKS * CODEBOOK_SIZE)
    phase = 2 * math.pi * hz[:, None] * torch.arange(FRAME_SAMPLES) / SAMPLE_RATE
    return torch.polar(torch.ones_like(phase), phase)


def _strengths(audio: Tensor) -> Tensor:
    """How strong each tone is in every frame of samples [B, N]: [B, T, F], T = ceil(N / FRAME_SAMPLES)."""
    missing = -audio.shape[1] % FRAME_SAMPLES
    frames = torch.nn.functional.pad(audio, (0, missing)).unflatten(1, (-1, FRAME_SAMPLES))  # [B, T, 640]
    return (frames.to(torch.cfloat) @ _tones().conj().T).abs() * (2 / FRAME_SAMPLES)


@dataclass(frozen=True, kw_only=True)
class ToyCodecConfig(Config):
    """The toy codec has nothing to choose."""

    @property
    def frame_rate(self) -> float:
        """Frames a second."""
        return SAMPLE_RATE / FRAME_SAMPLES

    def build(self) -> "ToyCodec":
        """The codec."""
        return ToyCodec()


class ToyCodec(Codec):
    """Three tones a frame, one for each codebook."""

    sample_rate = SAMPLE_RATE
    frame_samples = FRAME_SAMPLES
    num_codebooks = NUM_CODEBOOKS
    codebook_size = CODEBOOK_SIZE

    def decode(self, codes: Tensor) -> Tensor:
        """See Codec."""
        self.check_codes(codes)
        tone = codes + CODEBOOK_SIZE * torch.arange(NUM_CODEBOOKS, device=codes.device)[:, None]  # [B, K, T]
        waves = _tones().real.to(codes.device)[tone]  # [B, K, T, 640]
        return waves.sum(dim=1).flatten(1) * (0.8 / NUM_CODEBOOKS)

    def encode(self, audio: Tensor) -> Tensor:
        """See Codec."""
        return _strengths(audio).unflatten(2, (NUM_CODEBOOKS, CODEBOOK_SIZE)).argmax(dim=3).transpose(1, 2)


@dataclass(frozen=True, kw_only=True)
class ToyListenerConfig(Config):
    """The toy listener has nothing to choose."""

    def build(self) -> "ToyListener":
        """The listener."""
        return ToyListener()


class ToyListener(Listener):
    """The strengths of all tones, every 40 ms."""

    sample_rate = SAMPLE_RATE
    frame_rate = SAMPLE_RATE / FRAME_SAMPLES
    dim = NUM_CODEBOOKS * CODEBOOK_SIZE

    def num_frames(self, num_samples: int) -> int:
        """ceil(N / 640)."""
        return -(-num_samples // FRAME_SAMPLES)

    def listen(self, audio: Tensor, lengths: Tensor | None = None) -> Heard:
        """See Listener."""
        if not audio.shape[1]:
            raise ValueError("the question is empty: there is nothing to hear")
        sizes = torch.full((len(audio),), audio.shape[1]) if lengths is None else lengths
        return Heard(embeds=_strengths(audio), lengths=-(-sizes // FRAME_SAMPLES))

    def stream(self) -> "ToyListenStream":
        """Frame by frame."""
        return ToyListenStream()


class ToyListenStream:
    """Gives each frame as soon as it is whole."""

    def __init__(self) -> None:
        self._rest = torch.zeros(0)

    def push(self, audio: Tensor) -> Tensor:
        """See ListenStream."""
        samples = torch.cat([self._rest, audio])
        whole = len(samples) // FRAME_SAMPLES * FRAME_SAMPLES
        self._rest = samples[whole:]
        return _strengths(samples[None, :whole])

    def flush(self) -> Tensor:
        """See ListenStream."""
        rest, self._rest = self._rest, torch.zeros(0)
        return _strengths(rest[None])

    def fork(self) -> "ToyListenStream":
        """See ListenStream."""
        other = ToyListenStream()
        other._rest = self._rest
        return other


class ToyVoice:
    """Speaks a text as one tone chord a character: different texts sound different, the same text always the same."""

    name = "toy"

    def speak(self, text: str) -> Audio:
        """The spoken text; ValueError for an empty one."""
        if not text:
            raise ValueError("nothing to speak: the text is empty")
        digits = [_CHARACTERS.find(c) + 1 for c in text.lower()]
        codes = torch.tensor([[d % CODEBOOK_SIZE for d in digits], [d // CODEBOOK_SIZE for d in digits], [0] * len(digits)])
        return Audio(samples=ToyCodec().decode(codes[None])[0], sample_rate=SAMPLE_RATE)


def tokenizer() -> Tokenizer:
    """One id a character."""
    from tokenizers import Regex, decoders, models, pre_tokenizers
    from tokenizers import Tokenizer as Fast
    from transformers import PreTrainedTokenizerFast

    vocab = {character: i for i, character in enumerate(["<unk>", *_CHARACTERS])}
    fast = Fast(models.WordLevel(vocab, unk_token="<unk>"))
    fast.pre_tokenizer = pre_tokenizers.Split(Regex("."), "isolated")
    fast.decoder = decoders.Fuse()
    return Tokenizer(PreTrainedTokenizerFast(tokenizer_object=fast, unk_token="<unk>", clean_up_tokenization_spaces=False))


def config(hidden_dim: int = 64, num_layers: int = 2, adapter_blocks: int = 0) -> ModelConfig:
    """The toy model's configuration."""
    num_text = len(_CHARACTERS) + 1
    text = Stream(
        name="text", role=Role.TEXT, size=num_text, specials=("end", "pad", "input", "answer", "asr", "tts", "ignore")
    )
    audio = tuple(Stream(name=f"audio{j}", role=Role.SAY, size=CODEBOOK_SIZE, delay_steps=j + 1) for j in range(NUM_CODEBOOKS))
    values = {
        "model_type": "qwen2",
        "vocab_size": num_text,
        "hidden_size": hidden_dim,
        "intermediate_size": 2 * hidden_dim,
        "num_hidden_layers": num_layers,
        "num_attention_heads": 2,
        "num_key_value_heads": 2,
        "max_position_embeddings": 2048,
        "tie_word_embeddings": False,
    }
    return ModelConfig(
        name="toy",
        listener=ToyListenerConfig(),
        listener_dim=ToyListener.dim,
        adapter=AdapterConfig(kind=AdapterKind.MLP),
        backbone=BackboneConfig(values=values, attention="eager"),
        layout=DelayedConfig(streams=(text, *audio)),
        head=ParallelHeadConfig(adapter_blocks=adapter_blocks),
        codec=ToyCodecConfig(),
        mix=Mix.RMS,
        tasks=("a1a2", "a1t2", "asr", "t1a2", "t1t2", "tts"),
    )


def model(seed: int = 0, **options: int) -> SpeechLM:
    """A toy model with random weights, complete with listener, codec and tokenizer."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        built = SpeechLM(config(**options))
    built.listener, built.codec, built.tokenizer = ToyListener(), ToyCodec(), tokenizer()
    return built.eval().requires_grad_(False)
