"""The spoken pocket corpus: which dialogues are recorded, by which voices, and the folder they lie in.

    folder/dialogues.jsonl   one per line: id, intent, split, turns [{question, answer}], questions: ids of its recordings
    folder/questions         questions by many voices         (Recordings; rows name dialogue, turn, voice, speed, pitch, split)
    folder/answers           distinct answers by one voice    (rows: text, split)
    folder/festival          test questions by an engine that is never trained on
    folder/people            digit strings joined from recordings of people
    folder/nonspeech         what must be ignored

The plan is a function of its config alone; recording is resumable and can be done by several processes.
"""

import json
import multiprocessing
import random
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from thinkaloud.audio import Audio
from thinkaloud.configurable import Config
from thinkaloud.data import domain, nonspeech
from thinkaloud.data.fsdd import DigitSpeakers
from thinkaloud.data.recordings import SAMPLE_RATE, Row, record
from thinkaloud.data.voices import Voice, open_voice, trim

ANSWER_VOICE = "flite:slt"
FLITE = ("flite:kal", "flite:kal16", "flite:awb", "flite:rms", "flite:slt")
ESPEAK = tuple(
    f"espeak:{voice}"
    for voice in (
        *(
            "en-us",
            "en-us+m1",
            "en-us+m3",
            "en-us+f1",
            "en-us+f2",
            "en-us+f4",
            "en-us+Annie",
            "en-us+Andy",
            "en-us+klatt2",
            "en-us+m7",
        ),
        *("en", "en+m2", "en+m5", "en+f3", "en+f5", "en-gb-scotland+m4", "en-gb-scotland+f2", "en-gb-x-rp+m6", "en-gb-x-rp+f1"),
        *("en-gb-x-gbclan+m3", "en-gb-x-gbcwmd+f4", "en-029+m1", "en-029+f3", "en-us-nyc+m2", "en-us-nyc+Michael"),
    )
)
FESTIVAL = ("festival:kal_diphone", "festival:ked_diphone")
_SHARES = {
    "digits": 4.0,
    "repeat": 5.0,
    "arithmetic": 6.0,
    "clock": 2.0,
    "spell": 1.6,
    "unspell": 1.6,
    "letters": 1.6,
    "compare": 1.6,
}
_SHARES |= {
    "remember_name": 0.7,
    "remember_thing": 0.7,
    "remember_number": 0.7,
    "change_mind": 1.0,
    "say_again": 0.7,
    "calculate_on": 0.7,
}
_ANSWER_SHARES = {
    "repeat": 14.0,
    "digits": 8.0,
    "change_mind": 2.0,
    "clock": 3.0,
    "compare": 3.0,
    "backwards": 3.0,
    "arithmetic": 2.0,
}


@dataclass(frozen=True, kw_only=True)
class PocketCorpusConfig(Config):
    """How much is recorded. Intents are sampled evenly but for a few whose content is open or large."""

    num_questions: int = 24_000
    num_answers: int = 40_000
    num_festival: int = 600
    num_people: int = 4_000
    num_nonspeech: int = 2_400
    test_share: float = 0.1
    seed: int = 0

    def build(self) -> "PocketCorpus":
        """The plan: dialogues and everything that is to be spoken."""
        return PocketCorpus(self)


class PocketCorpus:
    """The plan: `dialogues`, and `jobs` by the name of the set."""

    def __init__(self, config: PocketCorpusConfig) -> None:
        self.config = config
        rng = random.Random(config.seed)
        self.dialogues, questions = _plan_questions(rng, config)
        self.jobs: dict[str, list[Row]] = {
            "questions": questions,
            "answers": _plan_answers(rng, config, self.dialogues),
            "festival": _plan_festival(rng, config.num_festival),
            "people": _plan_people(rng, config.num_people),
            "nonspeech": _plan_nonspeech(config.num_nonspeech),
        }

    def write_dialogues(self, folder: str | Path) -> None:
        """Writes dialogues.jsonl."""
        Path(folder).mkdir(parents=True, exist_ok=True)
        with (Path(folder) / "dialogues.jsonl").open("w") as file:
            file.writelines(json.dumps(dialogue) + "\n" for dialogue in self.dialogues)


def render(
    plan: PocketCorpus, folder: str | Path, fsdd: str | Path | None = None, workers: int = 2, first_answers: int = 8_000
) -> dict[str, dict[str, int]]:
    """Record the plan into the folder and give the counts per set; what is there already is kept.

    Questions and the first answers come first, since training can begin with them. Without `fsdd`, a folder of FSDD
    recordings, there are no digit strings by people (their count is 0).
    """
    plan.write_dialogues(folder)
    answers = plan.jobs["answers"]
    parts = [("questions", plan.jobs["questions"]), ("answers", answers[:first_answers]), ("festival", plan.jobs["festival"])]
    parts += [
        ("people", plan.jobs["people"] if fsdd else []),
        ("nonspeech", plan.jobs["nonspeech"]),
        ("answers", answers[first_answers:]),
    ]
    tasks = [
        _Task(folder=Path(folder), parts=[(name, jobs[worker::workers]) for name, jobs in parts], worker=worker, fsdd=fsdd)
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
    counts: dict[str, dict[str, int]] = {}
    for name, jobs in task.parts:
        total = counts.setdefault(name, {"recorded": 0, "present": 0, "failed": 0})
        done = record(task.folder / name, jobs, _speaker(name, task.fsdd), shard=task.worker) if jobs else {}
        counts[name] = {kind: total[kind] + done.get(kind, 0) for kind in total}
    return counts


def _speaker(name: str, fsdd: str | Path | None) -> Callable[[Row], Audio]:
    """What turns a job of a set into sound."""
    if name == "people":
        people = DigitSpeakers(fsdd or "")
        return lambda job: people.speak(job["text"], job["voice"].removeprefix("fsdd:"), job["split"], _generator(job))
    if name == "nonspeech":
        voice, rng = open_voice("flite:kal16"), random.Random(0)
        texts = [domain.generate(rng, rng.choice(domain.intents())).turns[0].question for _ in range(100)]
        speech = [voice.speak(text, pitch=rng.uniform(0.8, 1.4)).samples.numpy() for text in texts]
        return lambda job: nonspeech.nonspeech(_generator(job), job["kind"], speech, SAMPLE_RATE)
    voices: dict[str, Voice] = {}

    def speak(job: Row) -> Audio:
        voice = voices.setdefault(job["voice"], voices.get(job["voice"]) or open_voice(job["voice"]))
        return trim(voice.speak(job["text"], speed=job.get("speed", 1.0), pitch=job.get("pitch", 1.0)))

    return speak


def _plan_questions(rng: random.Random, config: PocketCorpusConfig) -> tuple[list[Row], list[Row]]:
    """Dialogues with the ids of their spoken questions, all turns of one dialogue in one voice; shuffled."""
    total = sum(_SHARES.get(intent, 1.0) for intent in domain.intents())
    dialogues, jobs = [], []
    for intent in domain.intents():
        quota = config.num_questions * _SHARES.get(intent, 1.0) / total
        for wanted, share in (("train", 1 - config.test_share), ("test", config.test_share)):
            for dialogue in _distinct(rng, intent, wanted, quota * share):
                number = len(dialogues)
                voice = _voice(rng)
                spoken = [
                    {
                        "id": f"q{number:05d}-{turn}",
                        "text": text.question,
                        "intent": intent,
                        "split": wanted,
                        "dialogue": number,
                        "turn": turn,
                        **voice,
                    }
                    for turn, text in enumerate(dialogue.turns)
                ]
                turns = [{"question": turn.question, "answer": turn.answer} for turn in dialogue.turns]
                fixed = {"id": number, "intent": intent, "split": wanted, "open": dialogue.is_open}
                dialogues.append({**fixed, "turns": turns, "questions": [row["id"] for row in spoken]})
                jobs.append(spoken)
    rng.shuffle(jobs)
    return dialogues, [row for spoken in jobs for row in spoken]


def _distinct(rng: random.Random, intent: str, wanted: str, num_turns: float) -> Iterable[domain.Dialogue]:
    """Dialogues with `num_turns` questions in all; the same wording twice only where few others are left."""
    seen: set[tuple[domain.Turn, ...]] = set()
    while num_turns > 0:
        dialogue = domain.draw(rng, intent, wanted)
        for _ in range(12):
            if dialogue.turns not in seen:
                break
            dialogue = domain.draw(rng, intent, wanted)
        seen.add(dialogue.turns)
        num_turns -= len(dialogue.turns)
        yield dialogue


def _voice(rng: random.Random) -> Row:
    voice = rng.choice(FLITE if rng.random() < 0.55 else ESPEAK)
    return {"voice": voice, "speed": round(rng.uniform(0.78, 1.15), 3), "pitch": round(rng.uniform(0.8, 1.28), 3)}


def _plan_answers(rng: random.Random, config: PocketCorpusConfig, dialogues: list[Row]) -> list[Row]:
    """Distinct answers, those of the recorded questions first. "test": said in test dialogues only."""
    split_of: dict[str, str] = {}
    intent_of: dict[str, str] = {}

    def add(answer: str | None, intent: str, split: str) -> None:
        if answer is not None and (answer not in split_of or split == "train"):
            split_of[answer] = split
            intent_of.setdefault(answer, intent)

    for dialogue in dialogues:
        for turn in dialogue["turns"]:
            add(turn["answer"], dialogue["intent"], dialogue["split"])
    needed = list(split_of)
    rng.shuffle(needed)
    intents = domain.intents()
    shares = [_ANSWER_SHARES.get(intent, 1.0) for intent in intents]
    for _ in range(20 * config.num_answers):
        if len(split_of) >= config.num_answers:
            break
        intent = rng.choices(intents, shares)[0]
        dialogue = domain.generate(rng, intent)
        for turn in dialogue.turns:
            add(turn.answer, intent, domain.split(dialogue))
    texts = needed + list(split_of)[len(needed) :]
    return [
        {"id": f"a{number:05d}", "text": text, "intent": intent_of[text], "split": split_of[text], "voice": ANSWER_VOICE}
        for number, text in enumerate(texts)
    ]


def _plan_festival(rng: random.Random, num_questions: int) -> list[Row]:
    single = [intent for intent in domain.intents() if len(domain.draw(rng, intent, "test").turns) == 1]
    rows = []
    for number in range(num_questions):
        intent = single[number % len(single)]
        dialogue = domain.draw(rng, intent, "test")
        while len(dialogue.turns) > 1:
            dialogue = domain.draw(rng, intent, "test")
        turn = dialogue.turns[0]
        voice = {
            "voice": FESTIVAL[number % 2],
            "speed": round(rng.uniform(0.85, 1.1), 3),
            "pitch": round(rng.uniform(0.9, 1.15), 3),
        }
        rows.append(
            {"id": f"f{number:05d}", "text": turn.question, "answer": turn.answer, "intent": intent, "split": "test", **voice}
        )
    return rows


def _plan_people(rng: random.Random, num_strings: int) -> list[Row]:
    """Digit strings of 1 to 6 digits, a tenth of them from test recordings and with held-out content."""
    speakers = ("george", "jackson", "lucas", "nicolas")
    rows: list[Row] = []
    while len(rows) < num_strings:
        split = "test" if len(rows) % 10 == 0 else "train"
        dialogue = domain.draw(rng, "digits", split)
        string = dialogue.turns[0].answer or ""
        if any(word not in domain.numbers.DIGITS for word in string.rstrip(".").split()):
            continue  # answered with more than the digits
        row = {"id": f"p{len(rows):05d}", "text": string.rstrip("."), "answer": string, "intent": "digits", "split": split}
        rows.append({**row, "voice": f"fsdd:{speakers[len(rows) // 10 % 4 if split == 'test' else len(rows) % 4]}"})
    return rows


def _plan_nonspeech(num_clips: int) -> list[Row]:
    kinds = nonspeech.KINDS
    return [
        {"id": f"n{number:05d}", "text": "", "answer": None, "intent": domain.IGNORE, "kind": kinds[number % len(kinds)],
         "split": "test" if number // len(kinds) % 8 == 0 else "train", "voice": "none"}
        for number in range(num_clips)
    ]  # fmt: skip


def _generator(job: Row) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(job["id"].encode()))
