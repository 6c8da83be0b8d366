"""Readings: recordings of people whose words are known, from manifests of the user's own (data/manifests.py).

    {"question": "Give me a small coffee.", "question_audio": "clips/7.wav", "speaker": "ann", "split": "train"}

A listener that has heard few people learns them by heart and understands no one else: the more people, the better.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from thinkaloud.audio import Audio
from thinkaloud.data.manifests import read_manifest
from thinkaloud.data.recordings import Row, record
from thinkaloud.data.samples import Fault, Sample
from thinkaloud.listen.characters import spell


def record_readings(folder: str | Path, manifests: Sequence[str | Path], worker: int = 0, workers: int = 1) -> dict[str, int]:
    """Copies what the manifests name into a folder of recordings (rows: text, intent, voice, split); gives `record`'s counts.

    What is there is kept. A line without sound or words is counted as failed and named in failed-*.jsonl. What is of the
    split "test" is never taught. As one of several workers, each a process, it takes its share. ValueError for a manifest
    that is missing.
    """
    lines = {_id(path, line.key): (path, line) for path in map(Path, manifests) for line in read_manifest(path)}

    def speak(job: Row) -> Audio:
        _, line = lines[job["id"]]
        if isinstance(line, Fault):
            raise ValueError(f"{line.kind} {line.detail}")
        if job["split"] not in ("train", "test"):
            raise ValueError(f"expected the split train or test, got {job['split']}")
        if not spell(job["text"]):
            raise ValueError("no words: expected what is said as question")
        return line.question.listen()

    jobs = [_job(name, path, line) for name, (path, line) in lines.items()]
    return record(folder, jobs[worker::workers], speak, worker)


def _job(name: str, manifest: Path, line: Sample | Fault) -> Row:
    job: Row = {"id": name, "intent": "reading", "key": line.key, "voice": manifest.stem, "split": "train"}
    if isinstance(line, Fault):
        return job
    text, voice, split = sentence(line.question.text), line.speaker or manifest.stem, line.split or "train"
    return job | {"text": text, "voice": voice, "split": split}


def _id(manifest: Path, key: str) -> str:
    """A letter and a number, as all ids of a corpus; the same whatever else the manifest comes to hold."""
    return f"r{int.from_bytes(hashlib.blake2b(f'{manifest.stem}/{key}'.encode(), digest_size=6).digest(), 'big')}"


def sentence(text: str) -> str:
    """As the questions of the corpus are written: lower case, single spaces, a mark at the end; nothing stays nothing."""
    text = " ".join(text.lower().split())
    return text if not text or text[-1] in ".?!" else f"{text}."
