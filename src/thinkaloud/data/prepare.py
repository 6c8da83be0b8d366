"""Prepare: written questions and answers in, training shards out. Resumable: killed at any point, nothing is lost or doubled.

The work is cut into shards by number before it starts. A shard is made whole by one worker and appears under its name in one
step, or not at all; a later run makes exactly the shards that are not there. The plan (what is prepared, and how) lies beside
them, so that a folder never mixes two jobs.

    OUT/plan.json                      the settings, the digest of the input, how many items
    OUT/shard-00003-of-00040.parquet   64 samples; its faults and counts are noted in the file itself
    OUT/report.json, report.png        counts, hours, faults by kind, histograms
"""

import contextlib
import fcntl
import hashlib
import json
import multiprocessing
import multiprocessing.connection
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from thinkaloud.configurable import Config
from thinkaloud.data.parquet import ReadRules, write_parquet
from thinkaloud.data.report import Report, write_report
from thinkaloud.data.samples import Fault, Faults, Sample
from thinkaloud.data.speaking import Item, Speaker, SpeakerConfig
from thinkaloud.data.textqa import TextQa

_LOCK, _PLAN = ".lock", "plan.json"


@dataclass(frozen=True, kw_only=True)
class PrepareConfig(Config):
    """What to make of the questions, how many samples a shard has, how many processes work (0: this one)."""

    speaker: SpeakerConfig
    shard_samples: int = 64
    workers: int = 0

    def __post_init__(self) -> None:
        if self.shard_samples < 1 or self.workers < 0:
            raise ValueError(f"expected shard_samples >= 1 and workers >= 0, got {self.shard_samples} and {self.workers}")


def prepare(
    questions: Iterable[TextQa | Fault],
    out: Path,
    config: PrepareConfig,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """Makes the shards that `out` does not have yet and reports on all of them; `progress(samples done, samples in all)`.

    ValueError if `out` was begun with other questions or settings, or is being prepared by another process.
    """
    faults = Faults()
    written: list[TextQa] = []
    for qa in questions:
        if isinstance(qa, Fault):
            faults.add(qa)
        else:
            written.append(qa)
    if not written:
        raise ValueError(f"there are no questions to prepare (faults: {faults})")
    items = [
        Item(number=n * config.speaker.renderings + r, qa=qa, rendering=r)
        for n, qa in enumerate(written)
        for r in range(config.speaker.renderings)
    ]
    out.mkdir(parents=True, exist_ok=True)
    with _locked(out):
        _check_plan(out, config, items)
        shards = [items[i : i + config.shard_samples] for i in range(0, len(items), config.shard_samples)]
        paths = [out / f"shard-{n:05d}-of-{len(shards):05d}.parquet" for n in range(len(shards))]
        for part in out.glob(".*.part"):  # what a killed run left half-written
            part.unlink()
        done = sum(len(shard) for shard, path in zip(shards, paths, strict=True) if path.is_file())
        progress(done, len(items))
        missing = [(shard, path) for shard, path in zip(shards, paths, strict=True) if not path.is_file()]
        for num_samples in _work(config, missing):
            done += num_samples
            progress(done, len(items))
        return write_report(out, paths, faults)


def _work(config: PrepareConfig, jobs: Sequence[tuple[list[Item], Path]]) -> Iterator[int]:
    """Does the jobs here or in worker processes; yields the items of each shard as it is finished."""
    if not jobs:
        return
    if config.workers == 0:
        speaker = config.speaker.build()
        for items, path in jobs:
            yield _make_shard(speaker, items, path)
        return
    workers = min(config.workers, len(jobs))
    context = multiprocessing.get_context("spawn")  # voices and codecs hold threads and libraries: never fork them
    with ProcessPoolExecutor(workers, context, initializer=_open_worker, initargs=(config.speaker.to_json(),)) as pool:
        futures: list[Future[int]] = [pool.submit(_in_worker, items, path) for items, path in jobs]
        try:
            for future in as_completed(futures):
                yield future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


_speaker: Speaker | None = None  # one in each worker process


def _open_worker(config: str) -> None:
    global _speaker
    parent = multiprocessing.parent_process()
    assert parent is not None

    def leave_with_parent() -> None:  # a killed run must not leave workers behind
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=leave_with_parent, daemon=True).start()
    torch.set_num_threads(1)
    _speaker = SpeakerConfig.from_json(config).build()


def _in_worker(items: list[Item], path: Path) -> int:
    assert _speaker is not None
    return _make_shard(_speaker, items, path)


def _make_shard(speaker: Speaker, items: Sequence[Item], path: Path) -> int:
    faults = Faults(keep=len(items))
    samples: list[Sample] = list(faults.sift(speaker.sample(item) for item in items))
    codec, cleaning = speaker.codec, speaker.config.cleaning
    rules = ReadRules(
        num_codebooks=codec.num_codebooks,
        codebook_size=codec.codebook_size,
        frame_rate_hz=codec.frame_rate,
        min_chars_per_s=cleaning.min_chars_per_s,
        max_chars_per_s=cleaning.max_chars_per_s,
        allow_brackets=True,
    )
    notes = {
        "rules": json.dumps(asdict(rules)),
        "faults": json.dumps([asdict(fault) for found in faults.first.values() for fault in found]),
    }
    write_parquet(path, samples, notes)
    return len(items)


def _check_plan(out: Path, config: PrepareConfig, items: Sequence[Item]) -> None:
    digest = hashlib.sha256("\0".join(repr(item.qa) for item in items).encode()).hexdigest()
    plan = {
        "speaker": config.speaker.to_dict(),
        "shard_samples": config.shard_samples,
        "items": len(items),
        "input_sha256": digest,
    }
    path = out / _PLAN
    if path.is_file():
        begun = json.loads(path.read_text())
        if different := [name for name in plan if begun.get(name) != json.loads(json.dumps(plan[name]))]:
            raise ValueError(
                f"{out} was begun with another {' and '.join(different)}; give another folder, or delete it to begin anew"
            )
        return
    if any(out.glob("shard-*.parquet")):
        raise ValueError(f"{out} holds shards but no {_PLAN}; give an empty folder")
    part = out / f".{_PLAN}.part"
    part.write_text(json.dumps(plan, indent=2) + "\n")
    part.replace(path)


@contextlib.contextmanager
def _locked(out: Path) -> Iterator[None]:
    """One job at a time in a folder; the lock goes with the process, however it ends."""
    with (out / _LOCK).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ValueError(f"{out} is being prepared by another process; wait for it or give another folder") from None
        yield
