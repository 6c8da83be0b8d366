"""Manifests: one JSON object a line, with paths relative to the manifest. Written by hand or by a script.

    {"question": "What time is it?", "question_audio": "q/7.wav", "answer": "Ten.", "answer_audio": "a/7.wav",
     "answer_codes": "a/7.npy", "language": "en", "speaker": "ann", "key": "7",
     "history": [{"question": "Hello", "answer": "Hi."}]}

Only `answer` or `question_audio` is needed; unknown names are faults, so that a misspelt one is noticed.
"""

import difflib
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from thinkaloud.data.samples import Exchange, Fault, Sample, Utterance, audio_bytes

_TURN = ("question", "question_audio", "question_features", "answer", "answer_audio", "answer_codes")
_KNOWN = (*_TURN, "key", "history", "language", "speaker", "split", "round", "task")


def read_manifest(path: Path) -> Iterator[Sample | Fault]:
    """Every line as a sample or a fault; ValueError if there is no such file."""
    if not path.is_file():
        raise ValueError(f"expected a manifest (one JSON object a line) at {path}, found no file")
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _line(line, number, path)


def write_manifest(path: Path, samples: Iterable[Sample]) -> None:
    """A manifest whose audio and codes lie in `<stem>_files/` beside it."""
    folder = path.with_name(f"{path.stem}_files")
    folder.mkdir(parents=True, exist_ok=True)

    def put(utterance: Utterance, side: str, name: str) -> dict[str, Any]:
        row: dict[str, Any] = {side: utterance.text}
        audio = utterance.audio
        if audio is not None:
            (folder / f"{name}_{side}.wav").write_bytes(audio_bytes(audio))
            row[f"{side}_audio"] = f"{folder.name}/{name}_{side}.wav"
        if utterance.codes is not None:
            np.save(folder / f"{name}_{side}.npy", utterance.codes.astype(np.int32), allow_pickle=False)
            row[f"{side}_codes"] = f"{folder.name}/{name}_{side}.npy"
        return row

    part = path.with_name(f".{path.name}.part")
    with part.open("w", encoding="utf-8") as lines:
        for number, sample in enumerate(samples):
            turns = [*sample.history, sample]
            rows = [
                put(turn.question, "question", f"{number:07d}_{n}") | put(turn.answer, "answer", f"{number:07d}_{n}")
                for n, turn in enumerate(turns)
            ]
            more = {"key": sample.key, "language": sample.language, "speaker": sample.speaker, "split": sample.split}
            row = {**rows[-1], **{k: v for k, v in more.items() if v}, "round": sample.round}
            if sample.history:
                row["history"] = rows[:-1]
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
        lines.flush()
        os.fsync(lines.fileno())
    part.replace(path)


def _line(line: str, number: int, path: Path) -> Sample | Fault:
    key = f"{path.name}:{number}"
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        return Fault(key=key, kind="not_json", detail=str(error))
    if not isinstance(row, dict):
        return Fault(key=key, kind="not_json", detail="expected an object")
    if unknown := [name for name in row if name not in _KNOWN]:
        near = difflib.get_close_matches(unknown[0], _KNOWN, n=1)
        return Fault(key=key, kind="unknown_field", detail=unknown[0] + (f", did you mean {near[0]}?" if near else ""))
    if not row.get("answer") and not row.get("question_audio"):
        return Fault(key=key, kind="empty", detail="neither answer nor question_audio")
    try:
        exchange = _exchange(row, path.parent)
        history = tuple(_exchange(turn, path.parent) for turn in row.get("history") or [])
    except (OSError, ValueError) as error:
        return Fault(key=key, kind="missing_file", detail=str(error))
    given = {name: row[name] for name in ("language", "speaker", "split", "round", "task") if row.get(name) is not None}
    return Sample(key=str(row.get("key") or key), question=exchange.question, answer=exchange.answer, history=history, **given)


def _exchange(row: dict[str, Any], folder: Path) -> Exchange:
    def audio(name: str) -> Path | None:
        if not row.get(name):
            return None
        found = folder / row[name]
        if not found.is_file():
            raise ValueError(f"{name}: no file {found}")
        return found

    codes = row.get("answer_codes")
    if isinstance(codes, str):
        codes = np.load(folder / codes, allow_pickle=False)
    features = row.get("question_features")
    return Exchange(
        question=Utterance(
            text=row.get("question") or "",
            audio=audio("question_audio"),
            features=np.load(folder / features, allow_pickle=False) if features else None,
        ),
        answer=Utterance(
            text=row.get("answer") or "",
            audio=audio("answer_audio"),
            codes=None if codes is None else np.asarray(codes, dtype=np.int32),
        ),
    )
