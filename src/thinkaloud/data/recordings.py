"""Recordings: many utterances in few large files. Written by several workers, killed at any time, resumed; read as a map.

    folder/audio-0.i16     16-bit samples at 16 kHz, one utterance after the other; one file per worker
    folder/index-0.jsonl   one row per utterance: {"id", "text", ..., "file": "audio-0.i16", "offset", "length"} in samples
    folder/failed-0.jsonl  one row per utterance that could not be spoken, with its error

A row is written after its samples: what the index names is whole. Rows may be read while others are still written.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from thinkaloud.audio import Audio, to_pcm16
from thinkaloud.data.voices import Timed

SAMPLE_RATE = 16_000
Row = dict[str, Any]
Speak = Callable[[Row], Audio | Timed]
"""What turns a job into sound; where that is timed, its row says the "starts" of the words."""


class Recordings:
    """The utterances of a folder: `rows` from the indexes, in the order of their ids, and the `audio` of each."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.rows = sorted(_rows(self.folder, "index"), key=lambda row: row["id"])
        self._files: dict[str, np.ndarray] = {}

    def __len__(self) -> int:
        return len(self.rows)

    def audio(self, row: Row) -> Audio:
        """The sound of a row, 16 kHz float32."""
        return Audio(torch.from_numpy(self.pcm16(row).astype(np.float32) / 32768), SAMPLE_RATE)

    def pcm16(self, row: Row) -> np.ndarray:
        """The same as the int16 samples [N] on disk (a view that is not read before it is used)."""
        name, stop = row["file"], row["offset"] + row["length"]
        if name not in self._files or len(self._files[name]) < stop:
            self._files[name] = np.memmap(self.folder / name, dtype="<i2", mode="r")
        return self._files[name][row["offset"] : stop]


def evenly(rows: Sequence[Row], most: int) -> Sequence[Row]:
    """Up to `most` of the rows, spread over all of them."""
    return rows[:: -(-len(rows) // most) or 1]


def record(folder: str | Path, jobs: Iterable[Row], speak: Speak, shard: int = 0) -> dict[str, int]:
    """Speak every job that no index of the folder names yet; gives the counts "recorded", "present" and "failed".

    A job is a row with an "id". One that raises ValueError is counted and named in failed-*.jsonl, and does not stop the rest.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    index, sound = folder / f"index-{shard}.jsonl", folder / f"audio-{shard}.i16"
    _cut_unfinished(index, sound)
    done = {row["id"] for row in _rows(folder, "index")} | {row["id"] for row in _rows(folder, "failed")}
    counts = {"recorded": 0, "present": 0, "failed": 0}
    with sound.open("ab") as samples, index.open("a") as rows:
        for job in jobs:
            if job["id"] in done:
                counts["present"] += 1
                continue
            try:
                row, pcm = spoken(job, speak)
            except ValueError as error:
                counts["failed"] += 1
                note_failed(folder / f"failed-{shard}.jsonl", job, error)
                continue
            offset = samples.tell() // 2
            samples.write(pcm)
            samples.flush()
            rows.write(json.dumps({**row, "file": sound.name, "offset": offset}) + "\n")
            rows.flush()
            counts["recorded"] += 1
    return counts


def spoken(job: Row, speak: Speak) -> tuple[Row, bytes]:
    """A job with its "length" in samples and the "starts" of its words where they are known; and its 16-bit samples."""
    said = speak(job)
    known = {"starts": said.starts} if isinstance(said, Timed) else {}
    audio = said.audio if isinstance(said, Timed) else said
    pcm = to_pcm16(audio.mono().resample(SAMPLE_RATE).samples)
    return {**job, **known, "length": len(pcm) // 2}, pcm


def _rows(folder: Path, kind: str) -> Iterator[Row]:
    for path in sorted(folder.glob(f"{kind}-*.jsonl")):
        yield from whole_rows(path)


def whole_rows(path: Path) -> Iterator[Row]:
    """The rows of a file that may still be written, or not be there: behind the last newline there may be half a row."""
    if path.exists():
        for line in path.read_text().split("\n")[:-1]:
            yield json.loads(line)


def cut_half_row(path: Path) -> bytes:
    """Drops half a row at the end of a file, after a kill, and gives what is there; nothing where there is no file."""
    text = path.read_bytes() if path.exists() else b""
    whole = text[: text.rfind(b"\n") + 1]
    if len(whole) < len(text):
        path.write_bytes(whole)
    return whole


def note_failed(path: Path, job: Row, error: Exception) -> None:
    """Names a job that could not be done, and why."""
    with path.open("a") as failed:
        failed.write(json.dumps({**job, "error": str(error)}) + "\n")


def _cut_unfinished(index: Path, audio: Path) -> None:
    """After a kill: drop half a row, and the samples that no row names."""
    if not index.exists():
        audio.unlink(missing_ok=True)
        return
    whole = cut_half_row(index)
    last = json.loads(whole.splitlines()[-1]) if whole else {"offset": 0, "length": 0}
    with audio.open("ab") as samples:
        samples.truncate(2 * (last["offset"] + last["length"]))
