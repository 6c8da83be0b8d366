"""Readings: recordings of people whose words are known, from manifests of the user's own (data/manifests.py).

    {"question": "Give me a small coffee.", "question_audio": "clips/7.wav", "speaker": "ann", "split": "train"}

A listener that has heard few people learns them by heart and understands no one else: the more people, the better.
"""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from thinkaloud.audio import Audio
from thinkaloud.data.manifests import read_manifest
from thinkaloud.data.recordings import Row, record
from thinkaloud.data.samples import Fault, Sample
from thinkaloud.listen.characters import spell


def record_readings(folder: str | Path, manifests: Sequence[str | Path]) -> dict[str, int]:
    """Copies what the manifests name into a folder of recordings (rows: text, intent, voice, split); gives `record`'s counts.

    What is there is kept. A line without sound or words is counted as failed and named in failed-0.jsonl. What is of the
    split "test" is never taught. ValueError for a manifest that is missing.
    """
    lines: dict[str, Sample | Fault] = {}

    def speak(job: Row) -> Audio:
        line = lines.pop(job["id"])
        if isinstance(line, Fault):
            raise ValueError(f"{line.kind} {line.detail}")
        if not spell(line.question.text):
            raise ValueError("no words: expected what is said as question")
        return line.question.listen()

    return record(folder, _jobs(manifests, lines), speak)


def _jobs(manifests: Sequence[str | Path], lines: dict[str, Sample | Fault]) -> Iterator[Row]:
    """A job for each line, whose sample or fault is put into `lines`: one at a time is held, and none of its sound."""
    for manifest in map(Path, manifests):
        for line in read_manifest(manifest):
            number = int.from_bytes(hashlib.blake2b(f"{manifest.stem}/{line.key}".encode(), digest_size=6).digest(), "big")
            job: Row = {"id": f"r{number}", "intent": "reading", "split": "train", "voice": manifest.stem, "key": line.key}
            if isinstance(line, Sample):
                job |= {"text": _sentence(line.question.text), "split": line.split or "train"}
                job |= {"voice": line.speaker or manifest.stem}
            lines.clear()
            lines[job["id"]] = line
            yield job


def _sentence(text: str) -> str:
    """As the questions of the corpus are written."""
    text = " ".join(text.lower().split())
    return text if not text or text[-1] in ".?!" else f"{text}."
