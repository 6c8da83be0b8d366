"""Heard recordings: a frozen listener's features of many utterances, made once, with some augmented copies of each.

Letters: F feature frames, D feature width.

    folder/features.f16   float16, the features [F, D] of one copy after the other
    folder/index.jsonl    {"id", "copy", "text", ..., "feature_offset", "frames"}; offsets in frames
    folder/about.json     D, and which listener made them: a folder never mixes two

A row is written after its features: what the index names is whole. Resumable at any time.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from thinkaloud.audio import Audio
from thinkaloud.data.recordings import Recordings, Row
from thinkaloud.listen import Listener

Change = Callable[[Audio, np.random.Generator], Audio]
"""An augmentation: the same words, heard otherwise."""


class HeardRecordings:
    """The copies of a folder by the id of their recording."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.dim = int(json.loads((self.folder / "about.json").read_text())["dim"])
        self.copies: dict[str, list[Row]] = {}
        for line in (self.folder / "index.jsonl").read_text().split("\n")[:-1]:  # likewise
            row = json.loads(line)
            self.copies.setdefault(row["id"], []).append(row)
        values = np.memmap(self.folder / "features.f16", dtype=np.float16, mode="r")
        self._values = values[: len(values) // self.dim * self.dim].reshape(-1, self.dim)  # the last row may be half written

    def features(self, row: Row) -> np.ndarray:
        """The features [F, D] of a copy, float32."""
        start = row["feature_offset"]
        return self._values[start : start + row["frames"]].astype(np.float32)


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
) -> int:
    """Hears `copies` of every wanted recording that `folder` does not name yet; how many copies were added.

    With `change`, each copy is changed by it, seeded by its id and number. `bf16` takes half the time, for features that are
    right to three digits. ValueError if the folder holds another listener's.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    _check_listener(listener, folder)
    done = _cut_unfinished(folder, listener.dim)
    rows = [row for row in recordings.rows if wanted(row)]
    todo = [(row, copy) for copy in range(copies) for row in rows if (row["id"], copy) not in done]
    todo.sort(key=lambda job: (job[1], job[0]["length"]))
    with (folder / "features.f16").open("ab") as values, (folder / "index.jsonl").open("a") as index:
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
    with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
        heard = listener.listen(torch.nn.utils.rnn.pad_sequence(audios, batch_first=True), lengths)
    return [row[:n].float().numpy() for row, n in zip(heard.embeds, heard.lengths.tolist(), strict=True)]


def _check_listener(listener: Listener, folder: Path) -> None:
    digest = hashlib.blake2b(digest_size=8)
    for name, weight in sorted(listener.state_dict().items()):
        digest.update(name.encode() + weight.detach().cpu().numpy().tobytes())
    about: dict[str, Any] = {"dim": listener.dim, "listener": digest.hexdigest()}
    path = folder / "about.json"
    if not path.exists():
        path.write_text(json.dumps(about))
    elif json.loads(path.read_text()) != about:
        raise ValueError(f"{folder} holds the features of another listener; give another folder, or remove it")


def _cut_unfinished(folder: Path, dim: int) -> set[tuple[str, int]]:
    """After a kill: drops half a row and the features that no row names; gives what is there."""
    index, values = folder / "index.jsonl", folder / "features.f16"
    text = index.read_bytes() if index.exists() else b""
    whole = text[: text.rfind(b"\n") + 1]
    if len(whole) < len(text):
        index.write_bytes(whole)
    rows = [json.loads(line) for line in whole.splitlines()]
    frames = max((row["feature_offset"] + row["frames"] for row in rows), default=0)
    with values.open("ab") as file:
        file.truncate(2 * dim * frames)
    return {(row["id"], row["copy"]) for row in rows}
