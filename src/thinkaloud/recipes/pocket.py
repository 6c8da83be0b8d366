"""Pocket: the embedded model, from nothing. A Qwen2-shaped language model of six million weights that speaks and hears.

    speak      in writing: reads answers aloud, answers written questions aloud and in writing
    converse   questions as they are heard as well; adapter, backbone and head together, codec and listener frozen

Needs what `thinkaloud prepare pocket` makes: the spoken corpus, the trained codec and the answers' codes, the trained
listener and the features of the questions. Four codebooks at 12.5 Hz, text at delay 0, codebook j (from 0) at j + 1.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file

from thinkaloud.backbone import BackboneConfig
from thinkaloud.codecs.pocket import PocketCodecConfig
from thinkaloud.config import Mix, ModelConfig
from thinkaloud.configurable import Config
from thinkaloud.data import domain
from thinkaloud.data.mixture import Part
from thinkaloud.data.pocket_turns import SpokenAnswers, SpokenTurns, WrittenTurns
from thinkaloud.data.tasks import Scoring
from thinkaloud.heads.parallel import ParallelHeadConfig
from thinkaloud.layout.delayed import DelayedConfig
from thinkaloud.listen.adapter import AdapterConfig, AdapterKind
from thinkaloud.listen.pocket import PocketListenerConfig
from thinkaloud.model import SpeechLM, load_strict
from thinkaloud.text import Tokenizer
from thinkaloud.tokens import Role, Stream
from thinkaloud.train.stage import Optimizer, Recipe, Schedule, Stage, Validation
from thinkaloud.train.start import TEXT_SPECIALS, speech_streams

_WORD = r"[a-z']+|[.,:?]"
_EMBEDDING_STD = 0.3  # with tables at 0.02 the mixed inputs would start 15 times smaller than the blocks expect
_SHARES = {"digits": 3.0, "repeat": 3.0, "arithmetic": 3.0, "clock": 1.5, "spell": 1.5, "compare": 1.5}


def tokenizer() -> Tokenizer:
    """One id a word of the domain, whatever else is spelt from its letters; lower case."""
    from tokenizers import Regex, decoders, models, normalizers, pre_tokenizers
    from tokenizers import Tokenizer as Fast
    from transformers import PreTrainedTokenizerFast

    letters = "abcdefghijklmnopqrstuvwxyz'"
    pieces = ["<unk>", *domain.words(), *(f"##{letter}" for letter in letters)]
    fast = Fast(models.WordPiece({piece: i for i, piece in enumerate(pieces)}, unk_token="<unk>"))
    fast.normalizer = normalizers.Sequence([normalizers.Lowercase()])
    fast.pre_tokenizer = pre_tokenizers.Split(Regex(_WORD), "removed", invert=True)
    fast.decoder = decoders.Sequence(
        [decoders.WordPiece(prefix="##", cleanup=False), decoders.Replace(Regex(r" (?=[.,:?])"), "")]
    )
    return Tokenizer(PreTrainedTokenizerFast(tokenizer_object=fast, unk_token="<unk>", clean_up_tokenization_spaces=False))


def model_config(
    num_words: int,
    codec: PocketCodecConfig,
    listener: PocketListenerConfig,
    *,
    hidden_dim: int = 256,
    num_layers: int = 6,
    mlp_dim: int = 768,
) -> ModelConfig:
    """The pocket model of these sizes."""
    values = {
        "model_type": "qwen2",
        "vocab_size": num_words,
        "hidden_size": hidden_dim,
        "intermediate_size": mlp_dim,
        "num_hidden_layers": num_layers,
        "num_attention_heads": hidden_dim // 64,
        "num_key_value_heads": hidden_dim // 64,
        "max_position_embeddings": 1024,
        "tie_word_embeddings": False,
    }
    return ModelConfig(
        name="pocket",
        listener=listener,
        listener_dim=listener.dim,
        adapter=AdapterConfig(kind=AdapterKind.MLP, stack=2),
        backbone=BackboneConfig(values=values, attention="eager"),
        layout=DelayedConfig(
            streams=(
                Stream(name="text", role=Role.TEXT, size=num_words, specials=TEXT_SPECIALS),
                *speech_streams(codec.num_codebooks, codec.codebook_size),
            )
        ),
        head=ParallelHeadConfig(),
        codec=codec,
        mix=Mix.RMS,
        tasks=("a1a2", "a1t2", "asr", "t1a2", "t1t2", "tts"),
    )


@dataclass(frozen=True, kw_only=True)
class PocketStart(Config):
    """A fresh language model between a trained listener and a trained codec, each a folder with its config and weights.

    The listener's weights may still be missing: stages that only write and speak do without them.
    """

    codec: str
    listener: str
    hidden_dim: int = 256
    num_layers: int = 6
    mlp_dim: int = 768
    seed: int = 0

    def build(self) -> SpeechLM:
        """The model with its parts."""
        words = tokenizer()
        codec = _part_config(self.codec, "codec", PocketCodecConfig)
        listener = _part_config(self.listener, "listener", PocketListenerConfig)
        sizes = {"hidden_dim": self.hidden_dim, "num_layers": self.num_layers, "mlp_dim": self.mlp_dim}
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            model = SpeechLM(model_config(len(words), codec, listener, **sizes))
            for table in (model.backbone.lm.get_input_embeddings(), model.rows):
                torch.nn.init.normal_(table.weight, std=_EMBEDDING_STD)
        model.tokenizer = words
        model.codec = _trained(codec, Path(self.codec) / "codec.safetensors")
        if (path := Path(self.listener) / "listener.safetensors").is_file():
            model.listener = _trained(listener, path)
        return model.eval().requires_grad_(False)


def _trained(config: Any, path: Path) -> Any:
    part = config.build()
    load_strict(part, load_file(path))
    return part


def _part_config(folder: str, key: str, cls: Any) -> Any:
    """The config beside a part's weights: the file itself, or what it holds under `key`."""
    path = Path(folder) / "config.json"
    if not path.is_file():
        raise ValueError(f"no trained {key} in {folder}: {path} is missing; make it with: thinkaloud prepare pocket")
    values = json.loads(path.read_text())
    return cls.from_dict(values.get(key, values))


def recipe(
    *,
    root: str = "runs/pocket",
    speak_steps: int = 5500,
    converse_steps: int = 12000,
    batch_size: int = 24,
    lr: float = 1.5e-3,
    hidden_dim: int = 256,
    num_layers: int = 6,
    mlp_dim: int = 768,
    seed: int = 0,
) -> Recipe:
    """The pocket model; `root` holds corpus, codes, heard, codec and listener."""
    sizes = {"hidden_dim": hidden_dim, "num_layers": num_layers, "mlp_dim": mlp_dim}
    schedule = Schedule(lr=lr, final_lr=lr / 50, warmup_steps=150, shape="linear")
    return Recipe(
        name="pocket",
        start=PocketStart(codec=f"{root}/codec", listener=f"{root}/listener", seed=seed, **sizes),
        groups={
            "everything": ("adapter.*", "backbone.*", "head.*", "rows.weight"),
            "voice": ("backbone.*", "head.*", "rows.weight"),
        },
        stages=(
            _stage("speak", "voice", _writing(root), _writing(root, "test"), speak_steps, batch_size, schedule, 1.0),
            _stage("converse", "everything", _hearing(root), _hearing(root, "test"), converse_steps, batch_size, schedule, 2.0),
        ),
        seed=seed,
        save_every_steps=250,
        log_every_steps=25,
    )


def _stage(
    name: str,
    trains: str,
    data: tuple[Part, ...],
    unseen: tuple[Part, ...],
    steps: int,
    batch_size: int,
    schedule: Schedule,
    text_weight: float,
) -> Stage:
    return Stage(
        name=name,
        trains=(trains,),
        data=data,
        steps=steps,
        batch_size=batch_size,
        pool_steps=32,
        schedule=schedule,
        optimizer=Optimizer(betas=(0.9, 0.97), weight_decay=0.03),
        scoring=Scoring(score_tts_text=True),  # to read aloud it writes down what it reads, like any other answer
        validation=Validation(data=unseen, every_steps=500, num_samples=96, speak=0),
        loss_weights={"text": text_weight, "audio_1": 0.64, "audio_2": 0.51, "audio_3": 0.43, "audio_4": 0.43},
        precision="bf16",
        input_dropout=0.05,
        corrupt_codes=0.05,
        max_sample_steps=400,
    )


def _writing(root: str, split: str = "train") -> tuple[Part, ...]:
    """Without ears: answers read aloud, dialogues in writing answered aloud and in writing."""
    codes = f"{root}/codes"
    return (
        Part(data=SpokenAnswers(codes=codes, split=split, shares=_SHARES), tasks={"tts": 1.0}, weight=0.5),
        Part(data=WrittenTurns(codes=codes, split=split, shares=_SHARES), tasks={"t1a2": 1.0}, weight=0.35),
        Part(data=WrittenTurns(split=split, shares=_SHARES), tasks={"t1t2": 1.0}, weight=0.15),
    )


def _hearing(root: str, split: str = "train") -> tuple[Part, ...]:
    """Everything, five sixths of it heard. Understanding is learnt by writing: transcripts and written answers have most."""
    codes = f"{root}/codes"
    heard = SpokenTurns(
        corpus=f"{root}/corpus",
        codes=codes,
        features=f"{root}/heard/questions",
        people=f"{root}/heard/people",
        nonspeech=f"{root}/heard/nonspeech",
        split=split,
        shares=_SHARES,
    )
    aloud = heard.replace(must_speak=True)
    words = heard.replace(nonspeech="", nonspeech_share=0.0)
    read, ask, write = _writing(root, split)
    return (
        Part(data=aloud, tasks={"a1a2": 1.0}, weight=0.24),
        Part(data=heard, tasks={"a1t2": 1.0}, weight=0.34),
        Part(data=words, tasks={"asr": 1.0}, weight=0.26),
        read.replace(weight=0.08),
        ask.replace(weight=0.05),
        write.replace(weight=0.03),
    )
