"""Sources as configs: what a stage's data may be. Each `build()`s a Source; its `faults` say what was left out."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thinkaloud.configurable import Config
from thinkaloud.data.corpora import TREES, huggingface
from thinkaloud.data.manifests import read_manifest
from thinkaloud.data.parquet import ParquetSource, ReadRules, notes_of
from thinkaloud.data.presets import preset
from thinkaloud.data.samples import Exchange, Fault, Faults, Sample, Samples, Source, Utterance
from thinkaloud.data.textqa import TextQa, read_text_qa


@dataclass(frozen=True, kw_only=True)
class PresetData(Config):
    """Data of a named preset at a path, as a config that `build()`s the source."""

    preset: str
    path: str
    rules: dict[str, Any] | None = None

    def build(self) -> Source:
        """The source; its `faults` say what was left out."""
        found, path = preset(self.preset), Path(self.path)
        if found.kind == "shards":
            return Shards(path=self.path, rules=self.rules).build()
        if found.kind == "asr":
            return _loaded(TREES[found.reader](path), path)
        return _loaded((_as_sample(qa, n) for n, qa in enumerate(read_text_qa(path, found.reader))), path)


@dataclass(frozen=True, kw_only=True)
class Shards(Config):
    """A Parquet file, or a folder of them (what `thinkaloud prepare` wrote, or the published 400K set)."""

    path: str
    rules: dict[str, Any] | None = None  # fields of ReadRules; None: those noted in the shards, else the published ones

    def build(self) -> ParquetSource:
        """The source; its `faults` say what was left out."""
        path = Path(self.path)
        files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
        if not files or not files[0].is_file():
            raise ValueError(f"expected Parquet shards at {path}, found none; make some with: thinkaloud prepare")
        rules = self.rules or json.loads(notes_of(files[0]).get("rules", "{}"))
        return ParquetSource(files, ReadRules(**rules))


@dataclass(frozen=True, kw_only=True)
class Manifest(Config):
    """A JSONL manifest."""

    path: str

    def build(self) -> Source:
        """The source; its `faults` say what was left out."""
        return _loaded(read_manifest(Path(self.path)), Path(self.path))


@dataclass(frozen=True, kw_only=True)
class HuggingFace(Config):
    """A `datasets` folder with an audio and a text column, for ASR."""

    path: str
    audio: str = "audio"
    text: str = "text"
    split: str | None = None

    def build(self) -> Source:
        """The source."""
        return huggingface(Path(self.path), self.audio, self.text, self.split)


def _as_sample(qa: TextQa | Fault, number: int) -> Sample | Fault:
    if isinstance(qa, Fault):
        return qa
    history = tuple(Exchange(question=Utterance(text=asked), answer=Utterance(text=said)) for asked, said in qa.history)
    return Sample(key=str(number), question=Utterance(text=qa.question), answer=Utterance(text=qa.answer), history=history)


def _loaded(rows: Iterable[Sample | Fault], path: Path) -> Source:
    faults = Faults()
    source = Samples(faults.sift(rows))
    source.faults = faults
    if not len(source):
        raise ValueError(f"no samples at {path} (faults: {faults}); is it the right folder and preset?")
    return source
