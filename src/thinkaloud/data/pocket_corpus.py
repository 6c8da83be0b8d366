"""The spoken pocket corpus: a folder of recordings that a plan asked for.

    folder/dialogues.jsonl   one per line: id, intent, split, turns [{question, answer}], questions: ids of its recordings
    folder/questions         questions by many voices         (Recordings; rows name dialogue, turn, voice, speed, pitch, split)
    folder/answers           distinct answers by one voice    (rows: text, split); only some of those that are planned
    folder/festival          test questions by an engine that is never trained on
    folder/pico              questions by one of Pico's voices, test questions by its other one
    folder/digits, alone     digit strings; letters, numbers, times, dates and words alone: by the voices of the questions
    folder/people            digit strings joined from recordings of people
    folder/readings          further recordings of people, if the user has some (data/readings.py)
    folder/nonspeech         what must be ignored
    folder/plan              the settings and everything that is to be spoken, fixed before the first recording

Recording is resumable, and done by several processes.
"""

import multiprocessing
import random
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from thinkaloud.audio import Audio
from thinkaloud.data import domain, nonspeech
from thinkaloud.data.fsdd import DigitSpeakers
from thinkaloud.data.pocket_plan import PocketCorpus, PocketCorpusConfig
from thinkaloud.data.recordings import SAMPLE_RATE, Row, Speak, record
from thinkaloud.data.steady import SteadyVoice
from thinkaloud.data.voices import Timed, Voice, open_voice, trim

_SETS = ("questions", "answers", "festival", "pico", "digits", "alone", "people", "nonspeech")

__all__ = ["PocketCorpus", "PocketCorpusConfig", "plan_for", "render", "speaker"]


def plan_for(folder: str | Path, config: PocketCorpusConfig) -> PocketCorpus:
    """The plan of a folder, made and saved if it has none; ValueError where the folder was begun with other settings."""
    if not (Path(folder) / "plan" / "config.json").is_file():
        config.build().save(folder)
    plan = PocketCorpus.load(folder)
    if plan.config != config:
        raise ValueError(f"{folder} was begun with {plan.config}, not {config}; choose another folder or the same settings")
    return plan


def render(
    config: PocketCorpusConfig,
    folder: str | Path,
    fsdd: str | Path | None = None,
    workers: int = 2,
    kept_answers: int | None = None,
) -> dict[str, dict[str, int]]:
    """Record the corpus into the folder and give the counts per set; what is there already is kept.

    Of the answers only the first `kept_answers` are recorded, if given: the others are encoded without being kept. Without
    `fsdd`, a folder of FSDD recordings, there are no digit strings by people (their count is 0).
    """
    jobs = plan_for(folder, config).jobs
    wanted = jobs | {"answers": jobs["answers"][:kept_answers], "people": jobs["people"] if fsdd else []}
    # a plan that was made before there were digits, words alone or Pico has none
    parts = [(name, wanted.get(name, [])) for name in _SETS]
    tasks = [
        _Task(folder=Path(folder), parts=[(name, rows[worker::workers]) for name, rows in parts], worker=worker, fsdd=fsdd)
        for worker in range(workers)
    ]
    if workers == 1:
        results = [_record_share(tasks[0])]
    else:
        with multiprocessing.get_context("spawn").Pool(workers) as pool:
            results = pool.map(_record_share, tasks)
    return {name: {kind: sum(result[name][kind] for result in results) for kind in results[0][name]} for name in results[0]}


@dataclass(frozen=True, kw_only=True)
class _Task:
    """One worker's share of every set."""

    folder: Path
    parts: list[tuple[str, list[Row]]]
    worker: int
    fsdd: str | Path | None


def _record_share(task: _Task) -> dict[str, dict[str, int]]:
    torch.set_num_threads(1)
    return {
        name: record(task.folder / name, jobs, speaker(name, task.fsdd), shard=task.worker)
        if jobs
        else {"recorded": 0, "present": 0, "failed": 0}
        for name, jobs in task.parts
    }


def speaker(name: str, fsdd: str | Path | None) -> Speak:
    """What turns a job of a set into sound."""
    if name == "people":
        people = DigitSpeakers(fsdd or "")

        def read(job: Row) -> Audio:
            speakers = job["voice"].removeprefix("fsdd:").split("+")
            return people.speak(job["text"], speakers, job["split"], _generator(job), job.get("speed", 1.0))

        return read
    if name == "nonspeech":
        voice, rng = open_voice("flite:kal16"), random.Random(0)
        texts = [domain.generate(rng, rng.choice(domain.intents())).turns[0].question for _ in range(100)]
        speech = [voice.speak(text, pitch=rng.uniform(0.8, 1.4)).samples.numpy() for text in texts]
        return lambda job: nonspeech.nonspeech(_generator(job), job["kind"], speech, SAMPLE_RATE)
    voices: dict[str, Voice] = {}

    def speak(job: Row) -> Audio | Timed:
        voice = voices.setdefault(job["voice"], voices.get(job["voice"]) or open_voice(job["voice"]))
        manner = {"speed": job.get("speed", 1.0), "pitch": job.get("pitch", 1.0)}
        if isinstance(voice, SteadyVoice):
            return voice.timed(job["text"], **manner)
        return trim(voice.speak(job["text"], **manner))

    return speak


def _generator(job: Row) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(job["id"].encode()))
