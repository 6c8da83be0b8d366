"""Speech corpora as they unpack: recordings with transcripts, for the ASR task. Audio is read when it is needed.

LibriSpeech   */*/<id>.flac + */*/*.trans.txt ("<id> TEXT")        also any tree of that shape
LibriTTS      */*/<id>.wav + <id>.normalized.txt
MLS           audio/<speaker>/<book>/<id>.flac + transcripts.txt ("<id>\\tText")
VCTK          wav48*/<speaker>/<id>[_mic1].(wav|flac) + txt/<speaker>/<id>.txt
Hugging Face  a folder of `datasets` (saved or loadable) with an audio and a text column
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import torch

from thinkaloud.audio import Audio
from thinkaloud.data.samples import Fault, Sample, Source, Utterance

_SOUND = (".flac", ".wav", ".ogg", ".mp3")


def librispeech(folder: Path, language: str = "en") -> Iterator[Sample | Fault]:
    """Recordings named in the `*.trans.txt` beside them."""
    for transcripts in sorted(folder.rglob("*.trans.txt")):
        for line in transcripts.read_text(encoding="utf-8").splitlines():
            name, _, text = line.strip().partition(" ")
            yield _recorded(name, text, _sound(transcripts.parent / name), language, speaker=name.partition("-")[0])


def libritts(folder: Path, language: str = "en") -> Iterator[Sample | Fault]:
    """Recordings with a `.normalized.txt` of their own."""
    for transcript in sorted(folder.rglob("*.normalized.txt")):
        name = transcript.name.removesuffix(".normalized.txt")
        text = transcript.read_text(encoding="utf-8")
        yield _recorded(name, text, _sound(transcript.with_name(name)), language, speaker=name.partition("_")[0])


def mls(folder: Path, language: str = "en") -> Iterator[Sample | Fault]:
    """Multilingual LibriSpeech: one `transcripts.txt` a split."""
    for transcripts in sorted(folder.rglob("transcripts.txt")):
        for line in transcripts.read_text(encoding="utf-8").splitlines():
            name, _, text = line.partition("\t")
            speaker, _, rest = name.partition("_")
            path = transcripts.parent / "audio" / speaker / rest.partition("_")[0] / name
            yield _recorded(name, text, _sound(path), language, speaker=speaker)


def vctk(folder: Path, language: str = "en") -> Iterator[Sample | Fault]:
    """VCTK, either release; the first microphone where there are two."""
    sounds = next(iter(sorted(folder.glob("wav48*"))), folder / "wav48")
    for transcript in sorted((folder / "txt").rglob("*.txt")):
        path = sounds / transcript.parent.name / transcript.stem
        found = _sound(path) or _sound(path.with_name(f"{path.name}_mic1"))
        text = transcript.read_text(encoding="utf-8")
        yield _recorded(transcript.stem, text, found, language, speaker=transcript.parent.name)


def _sound(stem: Path) -> Path | None:
    return next((path for end in _SOUND if (path := stem.with_name(stem.name + end)).is_file()), None)


def _recorded(name: str, text: str, path: Path | None, language: str, speaker: str) -> Sample | Fault:
    if path is None:
        return Fault(key=name, kind="missing_file", detail="no recording")
    if not text.strip():
        return Fault(key=name, kind="empty_text")
    said = Utterance(text=text.strip(), audio=path)
    return Sample(key=name, question=said, answer=Utterance(), language=language, speaker=speaker, split=path.parts[-3])


def huggingface(folder: Path, audio: str = "audio", text: str = "text", split: str | None = None) -> "HuggingFaceSource":
    """A `datasets` folder with these two columns; ValueError that lists the columns where one is missing."""
    import datasets

    try:
        loaded: Any = datasets.load_from_disk(str(folder))
    except FileNotFoundError:
        loaded = datasets.load_dataset(str(folder))
    if isinstance(loaded, datasets.DatasetDict):
        name = split or next(iter(loaded))
        if name not in loaded:
            raise ValueError(f"{folder} has no split {name!r}; it has {', '.join(map(str, loaded))}")
        loaded = loaded[name]
    if missing := [name for name in (audio, text) if name not in loaded.column_names]:
        raise ValueError(f"{folder} has no column {missing[0]!r}; it has {', '.join(loaded.column_names)}")
    if isinstance(loaded.features[audio], datasets.Audio):
        loaded = loaded.cast_column(audio, datasets.Audio(decode=False))
    return HuggingFaceSource(loaded, audio, text)


class HuggingFaceSource(Source):
    """Rows of a `datasets.Dataset` as ASR samples."""

    def __init__(self, rows: Any, audio: str, text: str) -> None:
        self._rows, self._audio, self._text = rows, audio, text

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: int) -> Sample:
        row = self._rows[index]
        audio = row[self._audio]
        if "array" in audio:
            found: Any = Audio(torch.as_tensor(audio["array"], dtype=torch.float32), int(audio["sampling_rate"]))
        else:
            found = audio["bytes"] if audio.get("bytes") else Path(audio["path"])
        return Sample(key=str(index), question=Utterance(text=row[self._text], audio=found), answer=Utterance())


Tree = Callable[[Path], Iterable[Sample | Fault]]
TREES: dict[str, Tree] = {"librispeech": librispeech, "libritts": libritts, "mls": mls, "vctk": vctk}
