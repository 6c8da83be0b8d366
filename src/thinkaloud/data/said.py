"""Said: recorded answers in the codes that a language model says, told at every step what was really said before.

    recorded codes   a0 a1 a2 a3      given, step by step
    said codes       a0'a1'a2'a3'     the likeliest next one at each step (teacher-forced)

A decoder that is taught on them learns which of its codes to trust: ground-truth alignment, as vocoders are tuned on predicted
spectra (Tacotron 2, arXiv 1712.05884, section 2.3).

Letters: B batch, K speech rows, S steps, F frames, V ids.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from thinkaloud.data.collate import collate
from thinkaloud.data.encoded import CodesWriter, Encoded
from thinkaloud.data.pocket_turns import spoken
from thinkaloud.data.recordings import Row, evenly
from thinkaloud.data.samples import Sample, Utterance
from thinkaloud.data.tasks import Laying
from thinkaloud.layout.prompt import TTS
from thinkaloud.model import SpeechLM


@torch.inference_mode()
def say_codes(
    model: SpeechLM,
    laying: Laying,
    encoded: Encoded,
    folder: str | Path,
    *,
    split: str = "train",
    wanted: Callable[[Row], bool] = lambda row: True,
    most: int = 20_000,
    batch: int = 32,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Writes what `model` says of up to `most` wanted answers of a split, read aloud, in the form of `Encoded`; how many."""
    folder = Path(folder)
    shutil.rmtree(folder, ignore_errors=True)  # what another model said
    folder.mkdir(parents=True)
    (folder / "codec.json").write_text((encoded.folder / "codec.json").read_text())
    rows = sorted(
        evenly([row for row in encoded.rows if row["split"] == split and wanted(row)], most), key=lambda row: row["frames"]
    )
    with CodesWriter(folder) as writer:
        for start in range(0, len(rows), batch):
            group = rows[start : start + batch]
            for row, made in zip(group, _said(model, laying, [_sample(encoded, row) for row in group]), strict=True):
                writer.add(row, made)
            progress(min(start + batch, len(rows)), len(rows))
    return len(rows)


def _sample(encoded: Encoded, row: dict) -> Sample:
    answer = spoken(row["text"], row, encoded)
    return Sample(key=row["id"], question=Utterance(text=row["text"]), answer=answer)


def _said(model: SpeechLM, laying: Laying, samples: list[Sample]) -> list[np.ndarray]:
    """The likeliest codes [K, F] uint8 of each sample."""
    ragged = collate([laying.lay(sample, TTS) for sample in samples], model.streams)
    with torch.autocast("cpu", torch.bfloat16):
        logits = model.head.logits(model.backbone(model.embed(ragged.ids)))  # K of [B, S, V]
    found: list[list[np.ndarray]] = [[] for _ in samples]
    for row, (stream, chances) in enumerate(zip(model.streams[1:], logits, strict=True), 1):
        likeliest = chances[..., : stream.size].argmax(dim=-1)  # [B, S]
        wanted = (ragged.labels[:, row] >= 0) & (ragged.labels[:, row] < stream.size)  # [B, S] frames, not the END
        for said, ids, mask in zip(found, likeliest, wanted, strict=True):
            said.append(ids[mask].to(torch.uint8).numpy())
    return [np.stack(rows) for rows in found]
