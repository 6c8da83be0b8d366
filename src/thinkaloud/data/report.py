"""Report: what a prepared folder holds: counts, hours, faults by kind, histograms as PNG."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from thinkaloud.data.parquet import ReadRules, notes_of, read_parquet
from thinkaloud.data.samples import Fault, Faults, Sample


@dataclass(frozen=True, kw_only=True)
class Report:
    """How many samples were made, how long they are, what was left out and why."""

    samples: int
    failed: int
    question_hours: float
    answer_hours: float
    faults: dict[str, Any]
    speakers: dict[str, int]


def write_report(out: Path, shards: Sequence[Path], faults: Faults) -> Report:
    """Reads every shard, writes `report.json` and `report.png`."""
    made: dict[str, list[float]] = {"question_s": [], "answer_s": [], "answer_chars_per_s": [], "answer_words": []}
    speakers: dict[str, int] = {}
    for shard in shards:
        notes = notes_of(shard)
        for fault in json.loads(notes.get("faults", "[]")):
            faults.add(Fault(**fault))
        rules = ReadRules(**json.loads(notes["rules"]))
        for row in read_parquet([shard], rules):
            if isinstance(row, Fault):
                faults.add(row)
                continue
            speakers[row.speaker] = speakers.get(row.speaker, 0) + 1
            for name, value in _measures(row, rules).items():
                made[name].append(value)
    report = Report(
        samples=len(made["answer_s"]),
        failed=sum(faults.counts.values()),
        question_hours=round(sum(made["question_s"]) / 3600, 4),
        answer_hours=round(sum(made["answer_s"]) / 3600, 4),
        faults=faults.to_dict(),
        speakers=dict(sorted(speakers.items())),
    )
    (out / "report.json").write_text(json.dumps(vars(report), indent=2) + "\n")
    _draw(out / "report.png", made, report)
    return report


def _measures(sample: Sample, rules: ReadRules) -> dict[str, float]:
    assert sample.answer.codes is not None
    answer_s = sample.answer.codes.shape[1] / rules.frame_rate_hz
    return {
        "question_s": sample.question.listen().duration_s if sample.question.audio is not None else 0.0,
        "answer_s": answer_s,
        "answer_chars_per_s": len(sample.answer.text) / max(answer_s, 1e-3),
        "answer_words": float(len(sample.answer.text.split())),
    }


def _draw(path: Path, made: dict[str, list[float]], report: Report) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 6), layout="constrained")
    for axes, (name, values) in zip(figure.subplots(2, 2).flat, made.items(), strict=True):
        axes.hist(np.asarray(values or [0.0]), bins=30, color="#4c72b0")
        axes.set_title(name.replace("_", " "))
    figure.suptitle(f"{report.samples} samples, {report.failed} left out, {report.answer_hours:.2f} h of answers")
    figure.savefig(path, dpi=100)
