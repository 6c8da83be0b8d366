"""The plan of the spoken pocket corpus: which dialogues are recorded and by which voices, before any sound is made.

    dialogues    id, intent, split, open, turns [{question, answer}], questions: the ids of its recordings
    jobs         per set, a row for each utterance: id, text, intent, split, voice, speed, pitch ...

The plan is a function of its config alone. It is saved with the corpus, which stays what it was when the domain grows.
"""

import json
import random
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from thinkaloud.configurable import Config
from thinkaloud.data import domain, nonspeech
from thinkaloud.data.domain.alone import said_alone
from thinkaloud.data.domain.lexicon import listed, pairs
from thinkaloud.data.domain.numbers import DIGITS
from thinkaloud.data.espeak import VARIANTS
from thinkaloud.data.fsdd import MIXED_SHARE, OTHER_SPEEDS, TAUGHT
from thinkaloud.data.recordings import Row
from thinkaloud.data.tongues import TONGUES

FLITE = ("flite:kal", "flite:kal16", "flite:awb", "flite:rms", "flite:slt")
_ACCENTS = listed("en-us en en-us en-gb-x-rp en-us en-gb-scotland en-029 en-us-nyc en-gb-x-gbclan en-gb-x-gbcwmd")
_VARIED = [  # each variant in two accents
    f"espeak:{_ACCENTS[(number + turn) % len(_ACCENTS)]}+{variant}"
    for turn in (0, 1)
    for number, variant in enumerate(VARIANTS)
]
ESPEAK = ("espeak:en-us", "espeak:en", *_VARIED)
FESTIVAL = ("festival:kal_diphone", "festival:ked_diphone")
PICO = {"train": "pico:en-US", "test": "pico:en-GB"}  # who is heard in training, and who never

# how often an intent is drawn, where it is not 1: open content and large tables need more, dialogues have several turns
_QUESTION_SHARES = pairs(
    "repeat 10, arithmetic 4, digits 3, clock 3, spell 9, unspell 9, letters 5.5, backwards 5.5, compare 3, kind 3.7, "
    "refuse 2, unit 2, say_to 3.7, change_mind 2, remember_name 2, remember_thing 2, say_again 1.5"
)
_ANSWER_SHARES = pairs(
    "repeat 30, digits 6, change_mind 2, clock 3, compare 2, backwards 3, arithmetic 2, spell 2, unspell 2, letters 2"
)
_FLITE_SHARE = 0.35  # of the questions: few voices, but not of the same kind as the many others


@dataclass(frozen=True, kw_only=True)
class PocketCorpusConfig(Config):
    """How much is recorded. Intents are sampled evenly but for a few whose content is open or large; () means all of them."""

    num_questions: int = 150_000
    num_answers: int = 400_000
    num_festival: int = 600
    num_pico: int = 6_000
    num_digits: int = 8_000
    num_alone: int = 8_000
    num_people: int = 4_000
    num_nonspeech: int = 2_400
    accent_share: float = 0.15  # of the questions: by espeak-ng with the habits of other languages (data/tongues.py)
    test_share: float = 0.1
    answer_voice: str = "steady:kal16"  # its words begin on frames of the codec, as timed text wants them
    intents: tuple[str, ...] = ()
    seed: int = 0

    @property
    def asked(self) -> tuple[str, ...]:
        """The names of the intents that are recorded."""
        return self.intents or domain.intents()

    def build(self) -> "PocketCorpus":
        """The plan: dialogues and everything that is to be spoken."""
        rng = random.Random(self.seed)
        dialogues, questions = _plan_questions(rng, self)
        jobs = {
            "questions": questions,
            "answers": _plan_answers(rng, self, dialogues),
            "festival": _plan_festival(rng, self),
            "digits": _plan_digits(random.Random(f"{self.seed}/digits"), self),
            "alone": _plan_alone(random.Random(f"{self.seed}/alone"), self),
            "people": _plan_people(rng, self.num_people),
            "nonspeech": _plan_nonspeech(self.num_nonspeech),
            "pico": _plan_pico(random.Random(f"{self.seed}/pico"), self),
        }
        return PocketCorpus(config=self, dialogues=dialogues, jobs=jobs)


@dataclass(frozen=True, kw_only=True)
class PocketCorpus:
    """The plan: dialogues, and the jobs of each set by its name."""

    config: PocketCorpusConfig
    dialogues: list[Row]
    jobs: dict[str, list[Row]]

    def save(self, folder: str | Path) -> None:
        """Writes dialogues.jsonl and plan/; the config comes last and says that the plan is whole."""
        plan = Path(folder) / "plan"
        plan.mkdir(parents=True, exist_ok=True)
        _write_rows(plan.parent / "dialogues.jsonl", self.dialogues)
        for name, rows in self.jobs.items():
            _write_rows(plan / f"{name}.jsonl", rows)
        (plan / "config.json").write_text(self.config.to_json())

    @classmethod
    def load(cls, folder: str | Path) -> "PocketCorpus":
        """The plan that a folder was made with, whatever the domain has become since."""
        plan = Path(folder) / "plan"
        if not (plan / "config.json").is_file():
            raise ValueError(f"no plan/config.json in {folder}; it is no pocket corpus, or its planning was interrupted")
        jobs = {path.stem: read_rows(path) for path in sorted(plan.glob("*.jsonl"))}
        config = PocketCorpusConfig.from_json((plan / "config.json").read_text())
        return cls(config=config, dialogues=read_rows(plan.parent / "dialogues.jsonl"), jobs=jobs)


def _plan_questions(rng: random.Random, config: PocketCorpusConfig) -> tuple[list[Row], list[Row]]:
    """Dialogues with the ids of their spoken questions; the jobs shuffled, the turns of a dialogue together."""
    total = sum(float(_QUESTION_SHARES.get(intent, 1)) for intent in config.asked)
    dialogues: list[Row] = []
    spoken: list[list[Row]] = []
    for intent in config.asked:
        quota = config.num_questions * float(_QUESTION_SHARES.get(intent, 1)) / total
        for split, share in (("train", 1 - config.test_share), ("test", config.test_share)):
            for dialogue in _distinct(rng, intent, split, quota * share):
                spoken.append(
                    _questions_of(dialogue, {"intent": intent, "split": split, "dialogue": len(dialogues)}, _voice(rng, config))
                )
                turns = [{"question": turn.question, "answer": turn.answer} for turn in dialogue.turns]
                ids = [row["id"] for row in spoken[-1]]
                fixed = {"id": len(dialogues), "intent": intent, "split": split, "open": dialogue.is_open}
                dialogues.append({**fixed, "turns": turns, "questions": ids})
    rng.shuffle(spoken)
    return dialogues, [row for rows in spoken for row in rows]


def _questions_of(dialogue: domain.Dialogue, fixed: Row, voice: Row) -> list[Row]:
    """One job for each turn, all in the same voice."""
    return [
        {"id": f"q{fixed['dialogue']:05d}-{place}", "text": turn.question, **fixed, "turn": place, **voice}
        for place, turn in enumerate(dialogue.turns)
    ]


def _distinct(rng: random.Random, intent: str, wanted: str, num_turns: float) -> Iterable[domain.Dialogue]:
    """Dialogues with `num_turns` questions in all; the same wording twice only where few others are left."""
    seen: set[tuple[domain.Turn, ...]] = set()
    while num_turns > 0:
        dialogue = _answerable(rng, intent, wanted)
        for _ in range(12):
            if dialogue.turns not in seen:
                break
            dialogue = _answerable(rng, intent, wanted)
        seen.add(dialogue.turns)
        num_turns -= len(dialogue.turns)
        yield dialogue


def _answerable(rng: random.Random, intent: str, wanted: str) -> domain.Dialogue:
    """A dialogue whose answer can be known by ear."""
    while True:
        dialogue = domain.draw(rng, intent, wanted)
        if domain.told_by_sound(intent, dialogue.turns[-1].answer or ""):
            return dialogue


def _voice(rng: random.Random, config: PocketCorpusConfig) -> Row:
    drawn = rng.random()
    if drawn < config.accent_share:
        return {"voice": f"{rng.choice(ESPEAK[:2])}~{rng.choice(TONGUES)}+{rng.choice(VARIANTS)}", **_manner(rng)}
    return {"voice": rng.choice(FLITE if drawn < config.accent_share + _FLITE_SHARE else ESPEAK), **_manner(rng)}


def _manner(rng: random.Random) -> Row:
    return {"speed": round(rng.uniform(0.78, 1.15), 3), "pitch": round(rng.uniform(0.8, 1.28), 3)}


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
    intents = config.asked
    shares = [float(_ANSWER_SHARES.get(intent, 1)) for intent in intents]
    for _ in range(20 * config.num_answers):
        if len(split_of) >= config.num_answers:
            break
        intent = rng.choices(intents, shares)[0]
        dialogue = domain.generate(rng, intent)
        for turn in dialogue.turns:
            add(turn.answer, intent, domain.split(dialogue))
    texts = needed + list(split_of)[len(needed) :]
    return [
        {"id": f"a{number:05d}", "text": text, "intent": intent_of[text], "split": split_of[text], "voice": config.answer_voice}
        for number, text in enumerate(texts)
    ]


def _plan_festival(rng: random.Random, config: PocketCorpusConfig) -> list[Row]:
    """Questions that are not taught, by an engine that is never heard in training."""
    rows = []
    for number in range(config.num_festival):
        text = {"id": f"f{number:05d}", **_asked_once(rng, config, number, "test")}
        manner = {"speed": round(rng.uniform(0.85, 1.1), 3), "pitch": round(rng.uniform(0.9, 1.15), 3)}
        rows.append({**text, "voice": FESTIVAL[number % 2], **manner})
    return rows


def _plan_pico(rng: random.Random, config: PocketCorpusConfig) -> list[Row]:
    """Questions by one woman to learn from, and by another one, who is never heard in training, to test with."""
    rows = []
    for number in range(config.num_pico):
        split = "test" if number < config.num_pico * config.test_share else "train"
        text = {"id": f"c{number:05d}", **_asked_once(rng, config, number, split)}
        rows.append({**text, **_manner(rng), "voice": PICO[split]})
    return rows


def _asked_once(rng: random.Random, config: PocketCorpusConfig, number: int, split: str) -> Row:
    """A question of a single turn and its answer, one intent after the other."""
    single = [intent for intent in config.asked if not intent.startswith(("remember", "change", "say_again", "calculate"))]
    intent = single[number % len(single)]
    turn = _answerable(rng, intent, split).turns[0]
    return {"text": turn.question, "answer": turn.answer, "intent": intent, "split": split}


def _plan_digits(rng: random.Random, config: PocketCorpusConfig) -> list[Row]:
    """Digit strings by the voices of the questions, with and without pauses: so many speak them that a stranger may as well."""
    rows = []
    for number in range(config.num_digits):
        digits = repeated_digits(rng, "train").rstrip(".").split()
        text = {"id": f"d{number:05d}", "text": rng.choice((" ", ", ")).join(digits), "intent": "digits", "split": "train"}
        rows.append({**text, **_voice(rng, config)})
    return rows


def _plan_alone(rng: random.Random, config: PocketCorpusConfig) -> list[Row]:
    """What is not asked but said, by the voices of the questions: without a sentence around them letters are other sounds."""
    rows = []
    for number in range(config.num_alone):
        text = {"id": f"l{number:05d}", "text": said_alone(rng), "intent": "alone", "split": "train"}
        rows.append({**text, **_voice(rng, config)})
    return rows


def _plan_people(rng: random.Random, num_strings: int) -> list[Row]:
    """Digit strings of 1 to 6 digits, a tenth of them from test recordings and with held-out content."""
    rows: list[Row] = []
    while len(rows) < num_strings:
        split = "test" if len(rows) % 10 == 0 else "train"
        string = repeated_digits(rng, split)
        row = {"id": f"p{len(rows):05d}", "text": string.rstrip("."), "answer": string, "intent": "digits", "split": split}
        speaker = TAUGHT[len(rows) // (10 if split == "test" else 1) % len(TAUGHT)]
        rows.append({**row, "voice": f"fsdd:{speaker}"} | (_other_voice(row["id"]) if split == "train" else {}))
    return rows


def _other_voice(row_id: str) -> Row:
    """Played faster or slower; in some strings every digit is by any of the people, named with "+" between them."""
    rng = random.Random(f"people/{row_id}")
    everyone = {"voice": f"fsdd:{'+'.join(TAUGHT)}"} if rng.random() < MIXED_SHARE else {}
    return {**everyone, "speed": round(rng.uniform(*OTHER_SPEEDS), 3)}


def repeated_digits(rng: random.Random, split: str) -> str:
    """An answer which says the digits of its question, and nothing else."""
    while True:
        string = domain.draw(rng, "digits", split).turns[0].answer or ""
        if all(word in DIGITS for word in string.rstrip(".").split()):
            return string


def _plan_nonspeech(num_clips: int) -> list[Row]:
    """Every kind evenly, an eighth for the test."""
    rows = []
    for number in range(num_clips):
        turn, kind = divmod(number, len(nonspeech.KINDS))
        fixed = {"id": f"n{number:05d}", "text": "", "answer": None, "intent": domain.IGNORE, "voice": "none"}
        rows.append({**fixed, "kind": nonspeech.KINDS[kind], "split": "train" if turn % 8 else "test"})
    return rows


def _write_rows(path: Path, rows: list[Row]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def read_rows(path: Path) -> list[Row]:
    """The rows of a file, one on each line."""
    return [json.loads(line) for line in path.read_text().splitlines()]
