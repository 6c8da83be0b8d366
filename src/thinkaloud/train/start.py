"""Start: the model a training begins with. Each config `build()`s a SpeechLM with its listener, codec and tokenizer."""

from dataclasses import dataclass
from typing import Any

import torch

from thinkaloud.backbone import BackboneConfig
from thinkaloud.codecs import Codec
from thinkaloud.config import Mix, ModelConfig
from thinkaloud.configurable import Config
from thinkaloud.heads.parallel import ParallelHeadConfig
from thinkaloud.layout.delayed import DelayedConfig
from thinkaloud.listen.adapter import AdapterConfig
from thinkaloud.model import SpeechLM
from thinkaloud.text import Tokenizer
from thinkaloud.tokens import Role, Stream

TEXT_SPECIALS = ("end", "pad", "input", "answer", "asr", "tts", "ignore")


@dataclass(frozen=True, kw_only=True)
class FromModel(Config):
    """A model that can be loaded: a packaged name, a folder, a hub id (also the published Mini-Omni layout)."""

    source: str

    def build(self) -> SpeechLM:
        """The model with its parts."""
        if self.source == "toy":
            from thinkaloud import toy

            return toy.model()
        return SpeechLM.load(self.source)


@dataclass(frozen=True, kw_only=True)
class Fresh(Config):
    """Random weights of a model config; `tokenizer` is a folder with tokenizer.json."""

    model: ModelConfig
    tokenizer: str
    seed: int = 0

    def build(self) -> SpeechLM:
        """The model with its parts."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            model = SpeechLM(self.model)
        model.tokenizer = Tokenizer.load(self.tokenizer)
        return _with_parts(model)


@dataclass(frozen=True, kw_only=True)
class FromTextModel(Config):
    """Any Hugging Face text model, with ears and a voice added. Its text ability is untouched at step 0.

    The vocabulary grows by the specials; speech rows, adapter and head are new. With `mix` SUM the silent rows (pad) begin as
    zero vectors, so a written row gives exactly the logits of the bare model. (The paper averages the rows, which divides the
    text embeddings by their number: choose MEAN to train as it does.)
    """

    backbone: str  # hub id or folder
    codec: Config
    listener: Config | None
    adapter: AdapterConfig = AdapterConfig()
    head: Config = ParallelHeadConfig(adapter_blocks=6)
    mix: Mix = Mix.SUM
    name: str = "thinkaloud"
    attention: str = ""  # as the family likes it; "eager" is faster for short sequences on a CPU
    seed: int = 0

    def build(self) -> SpeechLM:
        """The model with its parts."""
        codec: Codec = self.codec.build()  # type: ignore[attr-defined]
        listener = self.listener.build() if self.listener else None  # type: ignore[attr-defined]
        text_model, tokenizer = _read_text_model(self.backbone)
        num_text = text_model.get_input_embeddings().weight.shape[0]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            model = SpeechLM(self._config(num_text, codec, listener))
        model.backbone.adopt(text_model)
        model.tie()
        silence_pads(model)
        model.codec, model.listener, model.tokenizer = codec, listener, tokenizer
        return model.eval().requires_grad_(False)

    def _config(self, num_text: int, codec: Codec, listener: Any) -> ModelConfig:
        text = Stream(name="text", role=Role.TEXT, size=num_text, specials=TEXT_SPECIALS)
        speech = speech_streams(codec.num_codebooks, codec.codebook_size)
        tasks = ("a1a2", "a1t2", "asr", "t1a2", "t1t2", "tts") if listener is not None else ("t1a2", "t1t2", "tts")
        return ModelConfig(
            name=self.name,
            backbone=BackboneConfig.of(self.backbone).replace(attention=self.attention),
            layout=DelayedConfig(streams=(text, *speech)),
            head=self.head,
            listener=self.listener,
            listener_dim=listener.dim if listener is not None else 0,
            adapter=self.adapter,
            codec=self.codec,
            mix=self.mix,
            tasks=tasks,
        )


def speech_streams(num_codebooks: int, codebook_size: int) -> tuple[Stream, ...]:
    """The speech rows of a codec, one step later each (Mini-Omni, section 3.2)."""
    return tuple(
        Stream(name=f"audio_{k + 1}", role=Role.SAY, size=codebook_size, delay_steps=k + 1) for k in range(num_codebooks)
    )


def silence_pads(model: SpeechLM) -> None:
    """Makes the pad of every speech row a zero vector: a row that says nothing adds nothing."""
    with torch.no_grad():
        for start, stream in zip(model.row_starts.flatten().tolist(), model.streams[1:], strict=True):
            model.rows.weight[start + stream.pad] = 0.0


def _read_text_model(source: str) -> tuple[Any, Tokenizer]:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    try:
        text_model = AutoModelForCausalLM.from_pretrained(source, dtype=torch.float32)
        return text_model, Tokenizer(AutoTokenizer.from_pretrained(source))
    except OSError as error:
        raise ValueError(
            f"cannot load a text model from {source!r} ({str(error).splitlines()[0]}). With a network: "
            f"`hf download {source} --local-dir lm`, then --set backbone=lm"
        ) from error


def _with_parts(model: SpeechLM) -> SpeechLM:
    config: Any = model.config
    model.listener = config.listener.build() if config.listener is not None else None
    model.codec = config.codec.build() if config.codec is not None else None
    model.ctc = config.ctc.build() if config.ctc is not None else None
    model.question_lm = config.question_lm.build(fresh=True) if config.question_lm is not None else None
    return model.eval().requires_grad_(False)
