"""Parquet in the VoiceAssistant-400K schema, both ways: the published set trains as it is, and ours can be published.

Letters: K codebooks, T frames.

    split_name  index  round  question  question_audio {bytes, path}  answer  answer_snac
    "identity"  "7"    0      "Who.."   a sound file                  "I.."   "# t1 t2 .. tK # t1 t2 .. tK"

`answer_snac` holds one `#` and K unshifted codes per frame (published: K = 7, the order of `codecs/snac.py`). What we write
has further columns (key, language, speaker, history, features); readers of the published schema may ignore them.
Faults known in the published set (github.com/gpt-omni/mini-omni issue 132) are refused row by row and counted by kind.
"""

import base64
import functools
import json
import os
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from thinkaloud.data.samples import Exchange, Fault, Faults, Sample, Source, Utterance, audio_bytes

_BRACKETED = re.compile(r"\[[^\]]*\]|\([^)]*\)|\{[^}]*\}|<[^>]*>")


@dataclass(frozen=True, kw_only=True)
class ReadRules:
    """What a good row looks like. Text and audio are compared by speaking rate; 0 turns a bound off."""

    num_codebooks: int = 7
    codebook_size: int = 4096
    frame_rate_hz: float = 24000 / 2048
    min_chars_per_s: float = 4.0
    max_chars_per_s: float = 35.0
    allow_brackets: bool = False


def codes_to_text(codes: np.ndarray) -> str:
    """`# t1 .. tK # ..` of codes [K, T]."""
    return " ".join("# " + " ".join(str(int(code)) for code in frame) for frame in codes.T)


def codes_from_text(text: str, num_codebooks: int, codebook_size: int) -> np.ndarray:
    """Codes [K, T] of `# t1 .. tK # ..`; ValueError whose first word is the kind of fault."""
    frames = [part.split() for part in text.split("#")[1:]]
    if not any(frames):
        raise ValueError("empty_codes no codes")
    if wrong := [len(frame) for frame in frames if len(frame) != num_codebooks]:
        raise ValueError(f"wrong_code_count {len(wrong)} of {len(frames)} frames, e.g. {wrong[0]} codes, not {num_codebooks}")
    try:
        codes = np.array(frames, dtype=np.int64).T  # [K, T]
    except ValueError:
        raise ValueError("unreadable_codes not whole numbers") from None
    if codes.min() < 0 or codes.max() >= codebook_size:
        raise ValueError(f"code_out_of_range {codes.min()}..{codes.max()}, not 0..{codebook_size - 1}")
    return codes.astype(np.int32)


def row_to_sample(row: dict[str, Any], rules: ReadRules) -> Sample | Fault:
    """The sample of one Parquet row, or what is wrong with it."""
    key = str(row.get("key") or f"{row.get('split_name', '')}/{row.get('index', '')}/{row.get('round', '')}")
    question, answer = row.get("question") or "", row.get("answer") or ""
    if not answer.strip():
        return Fault(key=key, kind="empty_answer")
    if not rules.allow_brackets and (found := _BRACKETED.search(answer)):
        return Fault(key=key, kind="bracketed_text", detail=found.group())
    codes = None
    if row.get("answer_snac") is not None:
        try:
            codes = codes_from_text(row["answer_snac"], rules.num_codebooks, rules.codebook_size)
        except ValueError as error:
            kind, _, detail = str(error).partition(" ")
            return Fault(key=key, kind=kind, detail=detail)
        if detail := _mismatch(answer, codes.shape[1] / rules.frame_rate_hz, rules):
            return Fault(key=key, kind="text_audio_mismatch", detail=detail)
    audio = (row.get("question_audio") or {}).get("bytes")
    if not question.strip() and not audio:
        return Fault(key=key, kind="empty_question")
    return Sample(
        key=key,
        question=Utterance(text=question, audio=audio, features=_array(row.get("question_features"))),
        answer=Utterance(text=answer, codes=codes),
        history=tuple(_exchange(turn) for turn in json.loads(row.get("history") or "[]")),
        language=row.get("language") or "en",
        speaker=row.get("speaker") or "",
        split=row.get("split_name") or "",
        round=int(row.get("round") or 0),
    )


def _mismatch(text: str, seconds: float, rules: ReadRules) -> str:
    rate = len(text) / seconds
    if len(text) < 8:  # too short for a rate
        return ""
    low, high = rules.min_chars_per_s, rules.max_chars_per_s
    return f"{rate:.1f} characters/s" if rate < low or (high and rate > high) else ""


def sample_to_row(sample: Sample) -> dict[str, Any]:
    """The Parquet row of a sample. Audio given as samples is written as 16-bit WAV."""
    audio = None if sample.question.audio is None else audio_bytes(sample.question.audio)
    codes = sample.answer.codes
    features = sample.question.features
    return {
        "split_name": sample.split,
        "index": sample.key.rpartition("/")[2],
        "round": sample.round,
        "question": sample.question.text,
        "question_audio": None if audio is None else {"bytes": audio, "path": f"{sample.key}.wav"},
        "answer": sample.answer.text,
        "answer_snac": None if codes is None else codes_to_text(codes),
        "key": sample.key,
        "language": sample.language,
        "speaker": sample.speaker,
        "history": json.dumps([_turn(exchange) for exchange in sample.history]) if sample.history else None,
        "question_features": None if features is None else _array_bytes(features),
    }


def schema() -> Any:
    """The Arrow schema of what we write."""
    import pyarrow as pa

    audio = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    text = ("split_name", "index", "question", "answer", "answer_snac", "key", "language", "speaker", "history")
    types: dict[str, Any] = dict.fromkeys(text, pa.string())
    types |= {"round": pa.int64(), "question_audio": audio, "question_features": pa.binary()}
    order = ("split_name", "index", "round", "question", "question_audio", "answer", "answer_snac")
    return pa.schema([(name, types[name]) for name in (*order, "key", "language", "speaker", "history", "question_features")])


def write_parquet(path: Path, samples: Iterable[Sample], notes: dict[str, str] | None = None, group_rows: int = 256) -> None:
    """One file of samples, written whole or not at all; `notes` go into the file's own metadata."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pylist([sample_to_row(sample) for sample in samples], schema=schema().with_metadata(notes or {}))
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    pq.write_table(table, part, row_group_size=group_rows, compression="zstd")
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    part.replace(path)


def read_parquet(paths: Iterable[Path], rules: ReadRules | None = None) -> Iterator[Sample | Fault]:
    """Every row of the files in order, as a sample or a fault."""
    import pyarrow.parquet as pq

    for path in paths:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=64):
                for row in batch.to_pylist():
                    yield row_to_sample(row, rules or ReadRules())


def notes_of(path: Path) -> dict[str, str]:
    """The notes that `write_parquet` put into a file."""
    import pyarrow.parquet as pq

    return {k.decode(): v.decode() for k, v in (pq.read_schema(path).metadata or {}).items() if not k.startswith(b"ARROW")}


@dataclass
class ParquetSource(Source):
    """Parquet files as a source. Good rows only: one pass over the text columns finds the faults and counts them.

    Shuffled by row group: a window of groups is opened at a time, so that a large set is not read at random places.
    """

    paths: Sequence[Path]
    rules: ReadRules = field(default_factory=ReadRules)
    window_groups: int = 8

    def __post_init__(self) -> None:
        import pyarrow.parquet as pq

        self.faults = Faults()
        self._places: list[tuple[int, int, int]] = []  # (file, row group, row) of every good row
        for number, path in enumerate(self.paths):
            with pq.ParquetFile(path) as file:
                columns = [name for name in file.schema_arrow.names if name not in ("question_audio", "question_features")]
                for group in range(file.num_row_groups):
                    rows = file.read_row_group(group, columns=columns).to_pylist()
                    if not all((row.get("question") or "").strip() for row in rows):  # then it matters whether there is audio
                        rows = file.read_row_group(group).to_pylist()
                    for place, row in enumerate(rows):
                        found = row_to_sample(row, self.rules)
                        if isinstance(found, Fault):
                            self.faults.add(found)
                        else:
                            self._places.append((number, group, place))
        self._group = functools.lru_cache(maxsize=self.window_groups + 1)(self._read_group)

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, index: int) -> Sample:
        number, group, place = self._places[index]
        found = row_to_sample(self._group(number, group).slice(place, 1).to_pylist()[0], self.rules)
        if isinstance(found, Fault):
            raise ValueError(f"{self.paths[number]}, row group {group}, row {place}: {found.kind} {found.detail}")
        return found

    def __getstate__(self) -> dict[str, Any]:  # a worker process opens its own files
        return {k: v for k, v in self.__dict__.items() if k not in ("_group", "_orders")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._group = functools.lru_cache(maxsize=self.window_groups + 1)(self._read_group)

    def _read_group(self, number: int, group: int) -> Any:
        import pyarrow.parquet as pq

        with pq.ParquetFile(self.paths[number]) as file:
            return file.read_row_group(group)

    def shuffle(self, rng: random.Random) -> list[int]:
        """Row groups in random order, rows at random within a window of them."""
        groups: dict[tuple[int, int], list[int]] = {}
        for index, (number, group, _) in enumerate(self._places):
            groups.setdefault((number, group), []).append(index)
        order = rng.sample(list(groups.values()), len(groups))
        found: list[int] = []
        for start in range(0, len(order), self.window_groups):
            window = [index for group in order[start : start + self.window_groups] for index in group]
            rng.shuffle(window)
            found += window
        return found


def _turn(exchange: Exchange) -> dict[str, Any]:
    codes, audio = exchange.answer.codes, exchange.question.audio
    return {
        "question": exchange.question.text,
        "question_audio": None if audio is None else base64.b64encode(audio_bytes(audio)).decode(),
        "answer": exchange.answer.text,
        "answer_codes": None if codes is None else codes.tolist(),
    }


def _exchange(turn: dict[str, Any]) -> Exchange:
    codes = None if turn.get("answer_codes") is None else np.array(turn["answer_codes"], dtype=np.int32)
    audio = None if turn.get("question_audio") is None else base64.b64decode(turn["question_audio"])
    return Exchange(question=Utterance(text=turn["question"], audio=audio), answer=Utterance(text=turn["answer"], codes=codes))


def _array_bytes(array: np.ndarray) -> bytes:
    import io

    file = io.BytesIO()
    np.save(file, array.astype(np.float16), allow_pickle=False)
    return file.getvalue()


def _array(data: bytes | None) -> np.ndarray | None:
    import io

    return None if data is None else np.load(io.BytesIO(data), allow_pickle=False)
