"""Pocket: the embedded model, from nothing. A Qwen2-shaped language model of ten million weights that speaks and hears.

    speak      in writing: reads answers aloud, answers written questions aloud and in writing
    converse   questions as they are heard as well; adapter, backbone and head together, codec and listener frozen

Written dialogues are endless and cheap, spoken ones are few: so it answers best what it has first written down, and the
draws go to writing down, answering in writing and reading aloud before the tasks that do it all at once.

Needs what `thinkaloud prepare pocket` makes: the spoken corpus, the trained codec and the answers' codes, the trained
listener and the features of the questions. Four codebooks at 12.5 Hz; each word stands where it is said, codebook j (from 0) at
delay j + 3. With another than the steady voice, and `timed_text` false, all words stand at the front and codebook j at j + 1.
"""

import dataclasses
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
from thinkaloud.data.domain.numbers import say
from thinkaloud.data.domain.spelled import SPELLED_WORDS
from thinkaloud.data.mixture import Part
from thinkaloud.data.pocket_mixture import hearing, writing
from thinkaloud.data.tasks import Scoring
from thinkaloud.heads.parallel import ParallelHeadConfig
from thinkaloud.layout.delayed import DelayedConfig
from thinkaloud.listen.adapter import AdapterConfig, AdapterKind
from thinkaloud.listen.characters import CharacterHeadConfig
from thinkaloud.listen.pocket import PocketListenerConfig
from thinkaloud.model import SpeechLM, load_strict
from thinkaloud.text import Tokenizer
from thinkaloud.tokens import Role, Stream
from thinkaloud.train.grow import take_on
from thinkaloud.train.spelling import LETTERS, add_letters
from thinkaloud.train.stage import Optimizer, Recipe, Schedule, Stage, Validation
from thinkaloud.train.start import TEXT_SPECIALS, speech_streams

_WORD = r"[a-z']+|[.,:?]"
_EMBEDDING_STD = 0.3  # with tables at 0.02 the mixed inputs would start 15 times smaller than the blocks expect
_MAX_WORD_STEPS = 20  # 1.6 s; no real word of 60,000 recorded answers takes more than 16 with the pause behind it
_TIMED_DELAY_STEPS = 3  # a rare word has a token for two letters: three of them are known when its speech begins
_VOICE = ("backbone.*", "head.*", "rows.weight")
_LETTERS_SIZE = 0.65  # of what an embedding knows of its word's letters, beside its own values


def tokenizer() -> Tokenizer:
    """One id for each frequent word; all others are pairs of letters, "ca ##rr ##ot", or single ones; lower case.

    What is typed in digits, signs or British spelling is read as it would be said.
    A frequent word that begins a rare one stays whole: "seven ##th". Where letters are spoken of, a word is always pairs.
    Of pairs the letters of a word can be told by rule, so that it learns to spell and not the spelling of each word; and a
    rare word is said by what other words have taught it.
    """
    from tokenizers import Regex, decoders, models, normalizers, pre_tokenizers
    from tokenizers import Tokenizer as Fast
    from transformers import PreTrainedTokenizerFast

    fast = Fast(models.WordPiece({piece: i for i, piece in enumerate(_pieces())}, unk_token="<unk>"))
    typed = [normalizers.Replace(Regex(pattern), spoken) for pattern, spoken in _typed()]
    fast.normalizer = normalizers.Sequence([normalizers.Lowercase(), *typed])
    fast.pre_tokenizer = pre_tokenizers.Split(Regex(_WORD), "removed", invert=True)
    fast.decoder = decoders.Sequence(
        [decoders.WordPiece(prefix="##", cleanup=False), decoders.Replace(Regex(r" (?=[.,:?])"), "")]
    )
    made: dict[str, Any] = {"clean_up_tokenization_spaces": False, "spelled_words": SPELLED_WORDS}
    return Tokenizer(PreTrainedTokenizerFast(tokenizer_object=fast, unk_token="<unk>", **made))


def _typed() -> list[tuple[str, str]]:
    """What people type and how it is said, as regular expressions in the order in which they apply: "7+12", "colour"."""
    between = r"(?<=\d) ?[{}] ?(?=\d)"
    signs = {"+": " plus ", "\\-−": " minus ", "*×x": " times ", "/÷": " divided by "}
    found = [(between.format(sign), word) for sign, word in signs.items()]
    found += [(r"(?<=\d):00(?!\d)", " o'clock "), (r"(?<=\d):(?=\d\d)", " ")]
    found += [(r"(?<!\d)1000(?!\d)", " one thousand "), (r"(?<!\d)100(?!\d)", " one hundred ")]
    found += [(rf"(?<!\d){number}(?!\d)", f" {say(number)} ") for number in range(99, 9, -1)]
    found += [(str(digit), f" {say(digit)} ") for digit in range(10)]
    return [*found, ("’", "'"), (r"\bcolour", "color"), (r"\bfavourite", "favorite"), (r"\bgrey\b", "gray")]


def _pieces() -> list[str]:
    """What there are ids for. Letters that continue a word are told from those that begin one by "##"."""
    frequent = domain.frequent_words()
    rare = [word for word in (*domain.words(), *domain.made_up_words()) if word not in frequent]
    begin = {word[:2] for word in rare} - set(frequent)
    go_on = {f"##{word[place : place + 2]}" for word in rare for place in range(2, len(word), 2)}
    return ["<unk>", *frequent, *sorted(begin), *sorted(go_on | {f"##{letter}" for letter in LETTERS})]


def model_config(
    num_words: int,
    codec: PocketCodecConfig,
    listener: PocketListenerConfig,
    ctc: CharacterHeadConfig,
    *,
    hidden_dim: int = 256,
    num_layers: int = 6,
    mlp_dim: int = 1536,
    delays: tuple[int, ...] = (),
    timed_text: bool = True,
) -> ModelConfig:
    """The pocket model of these sizes; `delays` of the codebooks in steps, default 1, 2, 3, ... (timed text: 3, 4, 5, ...)."""
    speech = list(speech_streams(codec.num_codebooks, codec.codebook_size))
    first = _TIMED_DELAY_STEPS if timed_text else 1
    delays = delays or tuple(range(first, first + len(speech)))
    if len(delays) != len(speech):
        raise ValueError(f"expected {len(speech)} delays, one for each codebook, got {list(delays)}")
    for number, delay in enumerate(delays):
        speech[number] = dataclasses.replace(speech[number], delay_steps=delay)
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
        ctc=ctc,
        adapter=AdapterConfig(kind=AdapterKind.MLP, stack=2),
        backbone=BackboneConfig(values=values, attention="eager"),
        layout=DelayedConfig(
            streams=(
                Stream(name="text", role=Role.TEXT, size=num_words, specials=TEXT_SPECIALS),
                *speech,
            ),
            timed_text=timed_text,
            max_word_steps=_MAX_WORD_STEPS if timed_text else 0,
        ),
        head=ParallelHeadConfig(),
        codec=codec,
        mix=Mix.RMS,
        tasks=("a1a2", "a1t2", "asr", "t1a2", "t1t2", "tts"),
        transcribes=True,
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
    mlp_dim: int = 1536
    delays: tuple[int, ...] = ()  # of the codebooks, in steps; default 3, 4, 5, ..., without timed text 1, 2, 3, ...
    timed_text: bool = True  # words of an answer stand where they are said, instead of all at once at the front
    source: str = ""  # a pocket model whose weights it begins with, of this or a narrower `mlp_dim`
    seed: int = 0

    def build(self) -> SpeechLM:
        """The model with its parts."""
        taught = SpeechLM.load(self.source, parts=()) if self.source else None
        words = taught.need("tokenizer") if taught is not None else tokenizer()
        codec = _part_config(self.codec, "codec", PocketCodecConfig)
        listener = _part_config(self.listener, "listener", PocketListenerConfig)
        ctc = _part_config(self.listener, "head", CharacterHeadConfig)
        sizes = {"hidden_dim": self.hidden_dim, "num_layers": self.num_layers, "mlp_dim": self.mlp_dim}
        layout = {"delays": self.delays, "timed_text": self.timed_text}
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            model = SpeechLM(model_config(len(words), codec, listener, ctc, **sizes, **layout))
            for table in (model.backbone.lm.get_input_embeddings(), model.rows):
                torch.nn.init.normal_(table.weight, std=_EMBEDDING_STD)
            if taught is not None:
                take_on(model, taught)
            else:
                for table in (model.backbone.lm.get_input_embeddings(), model.backbone.lm.get_output_embeddings()):
                    add_letters(table.weight, _pieces(), _LETTERS_SIZE, self.seed)
        model.tokenizer = words
        model.codec = _trained(codec, Path(self.codec) / "codec.safetensors")
        if (path := Path(self.listener) / "listener.safetensors").is_file():
            model.listener, model.ctc = _trained(listener, path), _trained(ctc, path.with_name("ctc.safetensors"))
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
    speak_steps: int = 6000,
    converse_steps: int = 8000,
    batch_size: int = 96,
    lr: float = 1.5e-3,
    hidden_dim: int = 256,
    num_layers: int = 6,
    mlp_dim: int = 1536,
    seed: int = 0,
    intents: str = "",
    source: str = "",
    timed_text: bool = True,
    compiled: bool = False,
) -> Recipe:
    """The pocket model; `root` holds corpus, codes, heard, codec and listener.

    `intents`: names with commas, where the corpus has no others; default: all. `source`: a pocket model to go on from instead
    of nothing, of this or a narrower `mlp_dim`. `timed_text`: each word where it is said; the answers' voice must be steady.
    `compiled`: the backbone by torch.compile. The rate falls in a line from `lr` to nothing over both stages.
    """
    written, heard = ({split: make(root, split, intents) for split in ("train", "test")} for make in (writing, hearing))
    sizes: dict[str, Any] = {"hidden_dim": hidden_dim, "num_layers": num_layers, "mlp_dim": mlp_dim}
    falling = Schedule(lr=lr, final_lr=lr * 2 / 3, warmup_steps=150, shape="linear")
    to_nothing = Schedule(lr=lr * 2 / 3, final_lr=lr / 100, warmup_steps=50, shape="linear")
    start = PocketStart(
        codec=f"{root}/codec", listener=f"{root}/listener", seed=seed, timed_text=timed_text, source=source, **sizes
    )
    return Recipe(
        name="pocket",
        start=start,
        groups={
            "everything": ("adapter.*", *_VOICE),
            "voice": _VOICE,
        },
        stages=(
            _stage("speak", ("voice",), written, speak_steps, batch_size, falling).replace(compiled=compiled),
            _stage("converse", ("everything",), heard, converse_steps, batch_size, to_nothing).replace(compiled=compiled),
        ),
        seed=seed,
        save_every_steps=250,
        log_every_steps=25,
    )


def practice(root: str, intents: str = "") -> Stage:
    """What the language model practises while it learns to read its ears, as long as they learn (`train/practice.py`)."""
    read, ask, write = writing(root, "train", intents)
    parts = (read.replace(weight=0.25), ask.replace(weight=0.05), write.replace(weight=0.7))
    return _stage("practice", _VOICE, {"train": parts, "test": ()}, 1, 176, Schedule(lr=5e-4))


def _stage(
    name: str,
    trains: tuple[str, ...],
    data: dict[str, tuple[Part, ...]],
    steps: int,
    batch_size: int,
    schedule: Schedule,
) -> Stage:
    return Stage(
        name=name,
        trains=trains,
        data=data["train"],
        steps=steps,
        batch_size=batch_size,
        pool_steps=32,
        schedule=schedule,
        optimizer=Optimizer(betas=(0.9, 0.97), weight_decay=0.03, muon=("backbone.lm.model.layers.*",)),
        scoring=Scoring(score_tts_text=True),  # to read aloud it writes down what it reads, like any other answer
        validation=Validation(data=data["test"], every_steps=500, num_samples=96, speak=0),
        loss_weights={"text": 2.0, "audio_1": 0.64, "audio_2": 0.51, "audio_3": 0.43, "audio_4": 0.43},
        precision="bf16",
        input_dropout=0.05,
        corrupt_codes=0.05,
        max_sample_steps=400,
    )
