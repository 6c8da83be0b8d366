"""Presets: the data sets of Mini-Omni's Table 1, each with its reader, its stages and its tasks (paper section 4.1).

thinkaloud prepare alpaca_gpt4.json --preset alpaca        text QA -> speech shards
Part(data=PresetData(preset="librispeech", path="..."), tasks={"asr": 1.0})
"""

import difflib
from dataclasses import dataclass

_STAGES = ("align", "adapt", "finetune", "final")


@dataclass(frozen=True, kw_only=True)
class Preset:
    """One line of Table 1. `kind`: asr (a tree), text (questions and answers to speak), shards (Parquet with codes)."""

    name: str
    kind: str
    reader: str
    stages: tuple[str, ...]
    tasks: tuple[str, ...]
    amount: str
    home: str = ""  # where its publishers keep it; nothing is fetched


def _asr(name: str, reader: str, amount: str, home: str) -> Preset:
    return Preset(name=name, kind="asr", reader=reader, stages=_STAGES[:3], tasks=("asr",), amount=amount, home=home)


def _voice_qa(name: str, reader: str, amount: str, home: str) -> Preset:
    tasks = ("a1a2", "a1t2", "t1a2", "t1t2")
    return Preset(name=name, kind="text", reader=reader, stages=("final",), tasks=tasks, amount=amount, home=home)


_ALL = (
    _asr("libritts", "libritts", "586 h", "openslr.org/60"),
    _asr("librispeech", "librispeech", "960 h, for evaluation (Table 2)", "openslr.org/12"),
    _asr("vctk", "vctk", "44 h", "datashare.ed.ac.uk/handle/10283/3443"),
    _asr("mls", "mls", "8000 h", "openslr.org/94"),
    Preset(
        name="open_orca", kind="text", reader="open_orca", stages=("adapt", "finetune"), tasks=("t1t2",),
        amount="2000K", home="Open-Orca/OpenOrca",
    ),
    Preset(
        name="moss", kind="text", reader="moss", stages=("finetune",), tasks=("a1a2", "a1t2", "t1a2", "t1t2"),
        amount="1500K", home="fnlp/moss-002-sft-data",
    ),
    _voice_qa("alpaca", "alpaca", "55K", "vicgalle/alpaca-gpt4"),
    _voice_qa("identity", "qa", "2K", "sayan1101 (identity finetune)"),
    _voice_qa("qa_assistant", "qa", "27K", "Mihaiii/qa-assistant-2"),
    _voice_qa("hh_rlhf", "hh_rlhf", "367K", "Anthropic/hh-rlhf"),
    _voice_qa("trivia_single", "qa", "17K", "Mihaiii (trivia, single choice)"),
    _voice_qa("trivia_multi", "qa", "20K", "Mihaiii (trivia, multiple choice)"),
    _voice_qa("oasst1", "oasst1", "2K", "OpenAssistant/oasst1"),
    Preset(
        name="voice_assistant_400k", kind="shards", reader="parquet", stages=("finetune", "final"),
        tasks=("a1a2", "a1t2", "t1a2", "t1t2"), amount="470K", home="gpt-omni/VoiceAssistant-400K",
    ),
)  # fmt: skip
PRESETS = {preset.name: preset for preset in _ALL}


def preset(name: str) -> Preset:
    """The preset of that name; ValueError that suggests the nearest."""
    if name not in PRESETS:
        near = difflib.get_close_matches(name, PRESETS, n=1)
        raise ValueError(f"no preset {name!r}; " + (f"did you mean {near[0]!r}?" if near else f"known: {', '.join(PRESETS)}"))
    return PRESETS[name]
