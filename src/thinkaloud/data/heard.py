"""Heard recordings: a frozen listener's features of many utterances, made once, with some augmented copies of each.

Letters: F feature frames, D feature width.

    folder/features-0.f16   float16, the features [F, D] of one copy after the other; one file per worker
    folder/index-0.jsonl    {"id", "copy", "text", ..., "feature_offset", "frames"}; offsets in frames
    folder/about.json       D, and which listener made them: a folder never mixes two

A row is written after its features: what the index names is whole. Resumable at any time, by other numbers of workers too.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from thinkaloud.audio import Audio
from thinkaloud.data.recordings import Recordings, Row, cut_half_row, whole_rows
from thinkaloud.listen import Listener

Change = Callable[[Audio, np.random.Generator], Audio]
"""An augmentation: the same words, heard otherwise."""


class HeardRecordings:
    """The copies of a folder by the id of their recording."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.dim = int(json.loads((self.folder / "about.json").read_text())["dim"])
        self.copies: dict[str, list[Row]] = {}
        self._values: dict[str, np.ndarray] = {}  # by worker
        for index in sorted(self.folder.glob("index-*.jsonl")):
            worker = index.stem.removeprefix("index-")
            for row in whole_rows(index):
                row["heard_by"] = worker
                self.copies.setdefault(row["id"], []).append(row)
            self._values[worker] = self._features_of(worker)

    def _features_of(self, worker: str) -> np.ndarray:
        path = self.folder / f"features-{worker}.f16"
        if not path.stat().st_size:
            return np.zeros((0, self.dim), dtype=np.float16)
        values = np.memmap(path, dtype=np.float16, mode="r")
        return values[: len(values) // self.dim * self.dim].reshape(-1, self.dim)  # the last row may be half written

    def features(self, row: Row) -> np.ndarray:
        """The features [F, D] of a copy, float32."""
        start = row["feature_offset"]
        return self._values[row["heard_by"]][start : start + row["frames"]].astype(np.float32)


def hear_recordings(
    recordings: Recordings,
    listener: Listener,
    folder: str | Path,
    *,
    copies: int = 1,
    change: Change | None = None,
    seed: int = 0,
    wanted: Callable[[Row], bool] = lambda row: True,
    progress: Callable[[int, int], None] = lambda done, total: None,
    batch: int = 8,
    bf16: bool = False,
    worker: int = 0,
    workers: int = 1,
) -> int:
    """Hears `copies` of every wanted recording that `folder` does not name yet; how many copies were added.

    As one of several workers, each a process, it takes its share of them.

    With `change`, each copy is changed by it, seeded by its id and number. `bf16` takes half the time, for features that are
    right to three digits. ValueError if the folder holds another listener's.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    _check_listener(listener, folder, worker)
    index_path, values_path = folder / f"index-{worker}.jsonl", folder / f"features-{worker}.f16"
    _cut_unfinished(index_path, values_path, listener.dim)
    done = {(row["id"], row["copy"]) for index in folder.glob("index-*.jsonl") for row in whole_rows(index)}
    rows = [row for row in recordings.rows if wanted(row)][worker::workers]
    todo = [(row, copy) for copy in range(copies) for row in rows if (row["id"], copy) not in done]
    todo.sort(key=lambda job: (job[1], job[0]["length"]))
    with values_path.open("ab") as values, index_path.open("a") as index:
        for start in range(0, len(todo), batch):
            jobs = todo[start : start + batch]
            for (row, copy), features in zip(jobs, _hear(recordings, listener, jobs, change, seed, bf16), strict=True):
                offset = values.tell() // (2 * listener.dim)
                values.write(features.astype(np.float16).tobytes())
                values.flush()
                index.write(json.dumps({**row, "copy": copy, "feature_offset": offset, "frames": len(features)}) + "\n")
                index.flush()
            progress(min(start + batch, len(todo)), len(todo))
    return len(todo)


@torch.inference_mode()
def _hear(
    recordings: Recordings, listener: Listener, jobs: Sequence[tuple[Row, int]], change: Change | None, seed: int, bf16: bool
) -> list[np.ndarray]:
    audios = []
    for row, copy in jobs:
        audio = recordings.audio(row).resample(listener.sample_rate)
        if change is not None:
            number = int.from_bytes(hashlib.blake2b(f"{seed}/{row['id']}/{copy}".encode(), digest_size=8).digest(), "big")
            audio = change(audio, np.random.default_rng(number))
        audios.append(audio.samples)
    lengths = torch.tensor([len(samples) for samples in audios])
    device = next(listener.parameters(), lengths).device  # some listeners have no weights
    with torch.autocast(device.type, torch.bfloat16, enabled=bf16):
        heard = listener.listen(torch.nn.utils.rnn.pad_sequence(audios, batch_first=True).to(device), lengths)
    return [row[:n].numpy() for row, n in zip(heard.embeds.float().cpu(), heard.lengths.tolist(), strict=True)]


def _check_listener(listener: Listener, folder: Path, worker: int) -> None:
    digest = hashlib.blake2b(digest_size=8)
    for name, weight in sorted(listener.state_dict().items()):
        digest.update(name.encode() + weight.detach().cpu().numpy().tobytes())
    about: dict[str, Any] = {"dim": listener.dim, "listener": digest.hexdigest()}
    path = folder / "about.json"
    if not path.exists():
        (part := folder / f"about-{worker}.new").write_text(json.dumps(about))
        part.replace(path)  # at once: other workers may be looking
    elif json.loads(path.read_text()) != about:
        raise ValueError(f"{folder} holds the features of another listener; give another folder, or remove it")


def _cut_unfinished(index: Path, values: Path, dim: int) -> None:
    """After a kill: drops half a row and the features that no row names."""
    cut_half_row(index)
    frames = max((row["feature_offset"] + row["frames"] for row in whole_rows(index)), default=0)
    with values.open("ab") as file:
        file.truncate(2 * dim * frames)
