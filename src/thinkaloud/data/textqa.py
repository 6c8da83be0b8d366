"""Text QA: questions and answers in writing, from what the publishers of text sets ship (JSON, JSON lines or Parquet)."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thinkaloud.data.samples import Fault


@dataclass(frozen=True, kw_only=True)
class TextQa:
    """A question and an answer in writing, with the exchanges before it."""

    question: str
    answer: str
    history: tuple[tuple[str, str], ...] = ()


def _qa(row: dict[str, Any]) -> TextQa:
    question = row.get("question") or row.get("instruction") or row.get("prompt") or ""
    answer = row.get("answer") or row.get("output") or row.get("response") or row.get("completion") or ""
    history = tuple((turn["question"], turn["answer"]) for turn in row.get("history") or ())
    return TextQa(question=question, answer=answer, history=history)


def _alpaca(row: dict[str, Any]) -> TextQa:
    extra = row.get("input") or ""
    return TextQa(question=f"{row['instruction']} {extra}".strip(), answer=row["output"])


def _open_orca(row: dict[str, Any]) -> TextQa:
    return TextQa(question=row["question"], answer=row["response"])


def _moss(row: dict[str, Any]) -> TextQa:
    """`plain_text` of moss-002-sft: `[Human]: ...<eoh> [MOSS]: ...<eoa>`, several turns."""
    turns = []
    for part in row["plain_text"].split("[Human]:")[1:]:
        asked, _, said = part.partition("[MOSS]:")
        turns.append((asked.replace("<eoh>", "").strip(), said.replace("<eoa>", "").strip()))
    return TextQa(question=turns[-1][0], answer=turns[-1][1], history=tuple(turns[:-1]))


def _hh_rlhf(row: dict[str, Any]) -> TextQa:
    """`chosen` of hh-rlhf: paragraphs that begin with `Human:` and `Assistant:`."""
    turns = []
    for part in row["chosen"].split("\n\nHuman:")[1:]:
        asked, _, said = part.partition("\n\nAssistant:")
        turns.append((asked.strip(), said.strip()))
    return TextQa(question=turns[-1][0], answer=turns[-1][1], history=tuple(turns[:-1]))


ROWS: dict[str, Callable[[dict[str, Any]], TextQa]] = {
    "qa": _qa, "alpaca": _alpaca, "open_orca": _open_orca, "moss": _moss, "hh_rlhf": _hh_rlhf,
}  # fmt: skip


def read_text_qa(path: Path, reader: str = "qa") -> Iterator[TextQa | Fault]:
    """Questions and answers of a JSON, JSON-lines or Parquet file, or of all of a folder; a fault for each bad row."""
    if path.is_dir():
        files = sorted(found for found in path.rglob("*") if found.suffix in (".json", ".jsonl", ".parquet"))
        if not files:
            raise ValueError(f"{path} holds no .json, .jsonl or .parquet file")
        for file in files:
            yield from read_text_qa(file, reader)
        return
    if reader != "oasst1" and reader not in ROWS:
        raise ValueError(f"no text reader {reader!r}; known: {', '.join((*ROWS, 'oasst1'))}")
    rows: list[dict[str, Any]] = []
    for number, row in enumerate(_rows(path), 1):
        if isinstance(row, Fault):
            yield row
        elif reader == "oasst1":
            rows.append(row)
        else:
            yield _read(row, ROWS[reader], f"{path.name}:{number}")
    yield from _oasst1(rows)


def _read(row: dict[str, Any], reader: Callable[[dict[str, Any]], TextQa], key: str) -> TextQa | Fault:
    try:
        found = reader(row)
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        return Fault(key=key, kind="unreadable_row", detail=repr(error))
    return found if found.question.strip() and found.answer.strip() else Fault(key=key, kind="empty_text")


def _rows(path: Path) -> Iterator[dict[str, Any] | Fault]:
    """The rows of a file; a line that is not JSON is a fault, a file that is none is a ValueError."""
    if not path.is_file():
        raise ValueError(f"expected a file of questions and answers at {path}, found none")
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=256):
                yield from batch.to_pylist()
        return
    try:
        text = path.read_text(encoding="utf-8")
        if text.lstrip().startswith("["):
            yield from json.loads(text)
            return
    except ValueError as error:
        raise ValueError(f"{path} is neither JSON nor JSON lines: {error}") from error
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                yield json.loads(line)
            except json.JSONDecodeError as error:
                yield Fault(key=f"{path.name}:{number}", kind="unreadable_row", detail=str(error))


def _oasst1(rows: Sequence[dict[str, Any]]) -> Iterator[TextQa]:
    """oasst1 is a forest of messages: each prompt with its best-ranked reply."""
    by_id = {row["message_id"]: row for row in rows}
    for row in by_id.values():
        asked = by_id.get(row.get("parent_id"))
        if row["role"] == "assistant" and asked is not None and (row.get("rank") or 0) == 0:
            yield TextQa(question=asked["text"], answer=row["text"])
