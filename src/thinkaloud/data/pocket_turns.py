"""The pocket corpus as training samples: what is learnt of the recorded dialogues, answers and sounds.

Every source draws the intent first and then the item, so that a table of ten facts is learnt as well as a million sums.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from thinkaloud.configurable import Config
from thinkaloud.data import domain
from thinkaloud.data.encoded import Encoded
from thinkaloud.data.heard import HeardRecordings
from thinkaloud.data.pocket_rows import Clips, Intents, by_intent, clips_of, codes_by_text, dialogues_of, opened
from thinkaloud.data.recordings import Row
from thinkaloud.data.samples import Exchange, Faults, Sample, Source, Utterance


@dataclass(frozen=True, kw_only=True)
class WrittenTurns(Config):
    """Endless dialogues of the domain, in writing; `shares` draws an intent more or less often than the others.

    With `codes` only dialogues whose last answer was recorded, and its codes with it. With `corpus` its dialogues instead of
    endless ones: the answers of those were recorded, whose content is open too. `hold_out_facts` splits endless ones so that
    a fact that is tested was never taught, in no wording.
    """

    split: str = "train"
    shares: dict[str, float] | None = None
    codes: str = ""
    corpus: str = ""
    hold_out_facts: bool = False

    def __post_init__(self) -> None:
        if self.corpus and self.hold_out_facts:
            raise ValueError("hold_out_facts splits endless dialogues; the split of a corpus is fixed, so leave out corpus")

    def build(self) -> "WrittenSource":
        """The source."""
        return WrittenSource(self)


class WrittenSource(Source):
    """Dialogues made as they are drawn, or drawn from a corpus."""

    def __init__(self, config: WrittenTurns) -> None:
        self._config = config
        self._encoded = opened(Encoded, config.codes) if config.codes else None
        self._codes = codes_by_text(self._encoded, config.split) if self._encoded is not None else {}
        known = {row["intent"] for row in self._codes.values()} or set(domain.intents())
        self._recorded = by_intent(self._dialogues(), config.corpus) if config.corpus else {}
        known &= set(self._recorded) if self._recorded else known
        self._intents = Intents([name for name in domain.intents() if name in known], config.shares)

    def _dialogues(self) -> list[Row]:
        found = dialogues_of(self._config.corpus, self._config.split)
        return [row for row in found if not self._codes or row["turns"][-1]["answer"] in self._codes]

    def draw(self, n: int, seed: int) -> Sample:
        """See Source."""
        rng = random.Random(f"{seed}/{n}")
        for _ in range(100):
            turns = self._turns(rng, self._intents.draw(rng))
            if self._encoded is None or turns[-1].answer.spoken:
                break
        return _sample(turns, f"w{n}")

    def _turns(self, rng: random.Random, intent: str) -> list[Exchange]:
        if self._recorded:
            return [self._exchange(turn["question"], turn["answer"]) for turn in rng.choice(self._recorded[intent])["turns"]]
        made = domain.draw(rng, intent, self._config.split, self._config.hold_out_facts)
        return [self._exchange(_as_typed(rng, turn.question), turn.answer or "") for turn in made.turns]

    def _exchange(self, question: str, answer: str) -> Exchange:
        return Exchange(question=Utterance(text=question), answer=spoken(answer, self._codes.get(answer), self._encoded))


@dataclass(frozen=True, kw_only=True)
class SpokenAnswers(Config):
    """The recorded answers as text and codes: what the voice learns to read aloud."""

    codes: str
    split: str = "train"
    shares: dict[str, float] | None = None

    def build(self) -> "AnswerSource":
        """The source."""
        return AnswerSource(self)


class AnswerSource(Source):
    """Draws an intent, then one of its answers."""

    def __init__(self, config: SpokenAnswers) -> None:
        self._encoded = opened(Encoded, config.codes)
        rows = [row for row in self._encoded.rows if row["split"] == config.split]
        self._by_intent = by_intent(rows, config.codes)
        self._intents = Intents(tuple(self._by_intent), config.shares, {k: len(v) for k, v in self._by_intent.items()})
        self.faults = Faults()

    def draw(self, n: int, seed: int) -> Sample:
        """See Source."""
        rng = random.Random(f"{seed}/{n}")
        row = rng.choice(self._by_intent[self._intents.draw(rng)])
        answer = spoken(row["text"], row, self._encoded)
        return Sample(key=row["id"], question=Utterance(text=row["text"]), answer=answer)


@dataclass(frozen=True, kw_only=True)
class HeardAnswers(Config):
    """Sentences as they are heard (`features`), to be written down: answers in the model's own voice, or readings by people."""

    features: str
    split: str = "train"
    shares: dict[str, float] | None = None

    def build(self) -> "HeardSource":
        """The source; ValueError where there is nothing to draw."""
        return HeardSource(self)

    @property
    def is_there(self) -> bool:
        """Whether there is anything of this split to draw."""
        return clips_of(self.features, self.split) is not None


class HeardSource(Source):
    """Draws an intent, then one of its recordings; what is said in it is its question."""

    def __init__(self, config: HeardAnswers) -> None:
        self._clips = Clips(config.features, config.split)
        self._by_intent = by_intent(self._clips.rows, config.features)
        self._intents = Intents(tuple(self._by_intent), config.shares)
        self.faults = Faults()

    def draw(self, n: int, seed: int) -> Sample:
        """See Source."""
        rng = random.Random(f"{seed}/{n}")
        row, features = self._clips.draw(rng, self._by_intent[self._intents.draw(rng)])
        return Sample(key=row["id"], question=Utterance(text=row["text"], features=features), answer=Utterance())


@dataclass(frozen=True, kw_only=True)
class SpokenTurns(Config):
    """The recorded dialogues: questions as they were heard (`features`), answers as text and, where recorded, codes.

    `people` and `nonspeech` are further folders of features: digit strings read by people, sounds that are no question. One
    that is not there is left out.
    """

    corpus: str
    codes: str
    features: str
    people: str = ""
    nonspeech: str = ""
    people_share: float = 0.12
    nonspeech_share: float = 0.06
    split: str = "train"
    shares: dict[str, float] | None = None
    must_speak: bool = False  # only questions whose last answer has codes
    alone: bool = False  # each turn by itself, without those before it

    def build(self) -> "TurnSource":
        """The source."""
        return TurnSource(self)


class TurnSource(Source):
    """Draws an intent, a dialogue, one of its turns (the earlier ones are its history) and a copy of each question."""

    def __init__(self, config: SpokenTurns) -> None:
        self._config = config
        self._heard = opened(HeardRecordings, config.features)
        self._encoded = opened(Encoded, config.codes)
        self._codes = codes_by_text(self._encoded, config.split)
        self._people = clips_of(config.people, config.split, self._codes if config.must_speak else None)
        self._sounds = clips_of(config.nonspeech, config.split)
        dialogues = [row for row in dialogues_of(config.corpus, config.split) if self._known(row)]
        self._by_intent = by_intent(dialogues, config.corpus)
        self._intents = Intents(tuple(self._by_intent), config.shares)
        self.faults = Faults()

    def _known(self, dialogue: Row) -> bool:
        """Whether all of it was heard, and its last answer spoken where that is asked for."""
        heard = all(question in self._heard.copies for question in dialogue["questions"])
        return heard and (not self._config.must_speak or dialogue["turns"][-1]["answer"] in self._codes)

    def draw(self, n: int, seed: int) -> Sample:
        """See Source."""
        rng = random.Random(f"{seed}/{n}")
        kind = rng.random()
        if self._sounds is not None and kind < self._config.nonspeech_share:
            _, features = self._sounds.draw(rng)
            return Sample(key=f"n{n}", question=Utterance(features=features), answer=Utterance(), ignore=True)
        if self._people is not None and kind < self._config.nonspeech_share + self._config.people_share:
            row, features = self._people.draw(rng)
            return _sample([self._exchange(f"{row['text']}.", row["answer"], features)], row["id"])
        dialogue = rng.choice(self._by_intent[self._intents.draw(rng)])
        turns = []
        for question, turn in zip(dialogue["questions"], dialogue["turns"], strict=True):
            copy = rng.choice(self._heard.copies[question])
            turns.append(self._exchange(turn["question"], turn["answer"], self._heard.features(copy)))
        if self._config.alone:
            turns = [rng.choice(turns)]
        elif len(turns) > 1 and rng.random() < 0.3:  # sometimes the lesson is an earlier turn
            told = [n for n, turn in enumerate(turns, 1) if turn.answer.spoken or not self._config.must_speak]
            turns = turns[: rng.choice(told)]
        return _sample(turns, f"d{dialogue['id']}")

    def _exchange(self, question: str, answer: str, features: np.ndarray) -> Exchange:
        said = spoken(answer, self._codes.get(answer), self._encoded)
        return Exchange(question=Utterance(text=question, features=features), answer=said)


def spoken(text: str, row: Row | None, encoded: Encoded | None) -> Utterance:
    """An answer with its codes and the starts of its words, where it was recorded."""
    if row is None or encoded is None:
        return Utterance(text=text)
    starts = tuple(row["starts"]) if "starts" in row else None
    return Utterance(text=text, codes=encoded.codes(row), starts=starts)


def _as_typed(rng: random.Random, question: str) -> str:
    """People who type often leave out the last mark."""
    return question.rstrip(".?") if rng.random() < 0.25 else question


def _sample(turns: Sequence[Exchange], key: str) -> Sample:
    return Sample(key=key, question=turns[-1].question, answer=turns[-1].answer, history=tuple(turns[:-1]))
