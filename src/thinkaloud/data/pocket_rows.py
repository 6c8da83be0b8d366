"""What the sources of the pocket corpus read, and how they draw from it.

What is read is shared by all sources of a process: half a million rows are a gigabyte.
"""

import functools
import random
from collections.abc import Container, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from thinkaloud.data.encoded import Encoded
from thinkaloud.data.heard import HeardRecordings
from thinkaloud.data.pocket_plan import read_rows
from thinkaloud.data.recordings import Row

DIALOGUES = "dialogues.jsonl"


class Intents:
    """Draws intents evenly, times their share; an intent with few items is not drawn beyond what they can teach."""

    def __init__(
        self, names: Sequence[str], shares: dict[str, float] | None = None, counts: dict[str, int] | None = None
    ) -> None:
        self._names = list(names)
        full = {name: min(1.0, (counts or {}).get(name, 1 << 30) / 50) for name in names}
        self._weights = [full[name] * (shares or {}).get(name, 1.0) for name in names]

    def draw(self, rng: random.Random) -> str:
        """The next intent."""
        return rng.choices(self._names, self._weights)[0]


class Clips:
    """Heard clips without a dialogue, drawn evenly."""

    def __init__(self, folder: str, split: str) -> None:
        self._heard = opened(HeardRecordings, folder)
        self.rows = [copy for copies in self._heard.copies.values() for copy in copies if copy["split"] == split]

    def draw(self, rng: random.Random, rows: Sequence[Row] = ()) -> tuple[Row, np.ndarray]:
        """The row and features of one of the clips, or of these of them."""
        row = rng.choice(rows or self.rows)
        return row, self._heard.features(row)


def opened(kind: Any, folder: str) -> Any:
    """The Encoded or HeardRecordings of a folder, as it is now; ValueError if there are none."""
    if not (indexes := list(Path(folder).glob("index*.jsonl"))):
        raise ValueError(f"{folder} holds no codes or features; make them with: thinkaloud prepare pocket")
    return _shared(kind, folder, max(indexes, key=lambda path: path.stat().st_mtime_ns))


def _shared(read: Any, path: str | Path, written: Path) -> Any:
    """What is read of the path, as it is since `written` was."""
    return _read(read, path, written.stat().st_mtime_ns)


@functools.lru_cache(maxsize=8)
def _read(read: Any, path: str | Path, written_ns: int) -> Any:
    return read(path)


def clips_of(folder: str, split: str, answers: Container[str] | None = None) -> Clips | None:
    """The clips of a folder, if there are any; with `answers`, those that have one of these."""
    if not folder or not (Path(folder) / "about.json").is_file():
        return None
    clips = Clips(folder, split)
    clips.rows = [row for row in clips.rows if answers is None or row["answer"] in answers]
    return clips if clips.rows else None


def dialogues_of(corpus: str, split: str) -> list[Row]:
    """The dialogues of a split."""
    path = Path(corpus) / DIALOGUES
    return [row for row in _shared(read_rows, path, path) if row["split"] == split]


def codes_by_text(encoded: Encoded, split: str) -> dict[str, Row]:
    """The recorded answers by their text. Those kept for the test are said in the test alone, whoever's answers they are."""
    return {row["text"]: row for row in encoded.rows if split == "test" or row["split"] == split}


def by_intent(rows: Sequence[Row], where: str) -> dict[str, list[Row]]:
    """The rows, intent by intent; ValueError if there are none."""
    if not rows:
        raise ValueError(f"{where} holds nothing to draw; render and encode the corpus first")
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["intent"], []).append(row)
    return found
