"""What the pocket model is measured with: test dialogues, answers and sounds of a recorded corpus. None of it was taught.

Letters: T feature frames, D feature width.
"""

import functools
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from thinkaloud.audio import Audio
from thinkaloud.configurable import Config
from thinkaloud.data import domain
from thinkaloud.data.encoded import Encoded
from thinkaloud.data.fsdd import DigitSpeakers
from thinkaloud.data.pocket_plan import read_rows, repeated_digits
from thinkaloud.data.recordings import Recordings, Row
from thinkaloud.evaluate.judge import padded
from thinkaloud.listen import Listener
from thinkaloud.train.hearing_corpus import HearingCorpusConfig


@dataclass(frozen=True, kw_only=True)
class Clip:
    """A recording and what is said in it. `with_room`: with what is heard before and after, where others are silent there."""

    text: str
    audio: Audio = field(repr=False)
    with_room: bool = False


@dataclass(frozen=True, kw_only=True)
class Talk:
    """A dialogue: spoken questions and the right answers. `open`: its content was held out, else only its wording and voice."""

    intent: str
    open: bool
    questions: tuple[Clip, ...]
    answers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PocketClipsConfig(Config):
    """The corpus (see data/pocket_corpus.py), the answers' codes, and how much of each is used.

    `fsdd` is a folder of FSDD recordings, or empty: with it, strangers are heard as well.
    """

    corpus: str
    codes: str
    fsdd: str = ""
    per_intent: int = 12
    num_clips: int = 120  # of each hearing condition, and of sounds to ignore
    num_answers: int = 60
    seed: int = 0

    def build(self) -> "PocketClips":
        """The clips; ValueError if there is no such corpus."""
        if not (Path(self.corpus) / "dialogues.jsonl").is_file():
            raise ValueError(f"no pocket corpus in {self.corpus}: make it with thinkaloud prepare pocket, or give --corpus")
        return PocketClips(self)


class PocketClips:
    """Test material of a corpus, drawn with a seed."""

    def __init__(self, config: PocketClipsConfig) -> None:
        self.config = config

    def hearing(self) -> dict[str, list[Clip]]:
        """Clips by condition: seen voices, the unseen engines, the answer voice, noise, people and strangers."""
        rate, count = 16_000, self.config.num_clips
        conditions = HearingCorpusConfig(corpus=self.config.corpus, test_clips=count).build().conditions()
        found = {
            name: [
                Clip(text=clip.text, audio=Audio(torch.from_numpy(clip.read().copy()), rate), with_room=clip.with_room)
                for clip in clips
            ]
            for name, clips in conditions.items()
            if name != "wordless"
        }
        found["people_digits"] = self._some("people", count)
        strangers = [talk.questions[0] for talk in self.strangers]
        return found | ({"strangers_digits": strangers} if strangers else {})

    def sounds(self) -> list[Clip]:
        """What is no question."""
        return self._some("nonspeech", self.config.num_clips)

    def talks(self) -> dict[str, list[Talk]]:
        """Test dialogues by intent, as many of each; without those of `further` and `guessed`."""
        return self._talks(
            lambda intent, answer: domain.told_by_sound(intent, answer) and not domain.is_further(intent, answer)
        )

    def further(self) -> list[Talk]:
        """Test dialogues about the letters of words of which the domain says nothing else."""
        return [talk for many in self._talks(domain.is_further).values() for talk in many]

    def guessed(self) -> list[Talk]:
        """Test dialogues that ask for letters which nobody can know by ear: of words that mean nothing."""
        guessed = self._talks(lambda intent, answer: not domain.told_by_sound(intent, answer))
        return [talk for many in guessed.values() for talk in many]

    @functools.cached_property
    def _asked(self) -> tuple[Recordings, dict[str, Row], list[Row]]:
        """The recorded questions, their rows by id, and the dialogues."""
        recordings = Recordings(Path(self.config.corpus) / "questions")
        dialogues = read_rows(Path(self.config.corpus) / "dialogues.jsonl")
        return recordings, {row["id"]: row for row in recordings.rows}, dialogues

    def _talks(self, wanted: Callable[[str, str], bool]) -> dict[str, list[Talk]]:
        """Those whose intent and last answer are wanted."""
        recordings, rows, dialogues = self._asked
        found: dict[str, list[Row]] = {}
        for row in dialogues:
            if row["split"] != "test" or not all(one in rows for one in row["questions"]):
                continue
            if wanted(row["intent"], row["turns"][-1]["answer"] or ""):
                found.setdefault(row["intent"], []).append(row)
        return {
            intent: [
                self._talk(recordings, rows, row)
                for row in self._rng(intent).sample(many, min(len(many), self.config.per_intent))
            ]
            for intent, many in sorted(found.items())
        }

    def told(self, part: str) -> list[Talk]:
        """Test questions of one turn whose row names the answer: `people`, `festival` or `pico`."""
        recordings = Recordings(Path(self.config.corpus) / part)
        rows = [row for row in recordings.rows if row["split"] == "test" and domain.told_by_sound(row["intent"], row["answer"])]
        chosen = self._rng(part).sample(rows, min(len(rows), self.config.num_clips))
        return [
            Talk(
                intent=row["intent"],
                open=True,
                questions=(Clip(text=row["text"], audio=recordings.audio(row)),),
                answers=(row["answer"],),
            )
            for row in chosen
        ]

    @functools.cached_property
    def strangers(self) -> list[Talk]:
        """Digit strings by people of whom nothing was taught; none without a folder in which there are such people."""
        people, rng = DigitSpeakers(self.config.fsdd) if self.config.fsdd else None, self._rng("strangers")
        if people is None or not people.strangers:
            return []
        found = []
        for number in range(self.config.num_clips):
            answer, pauses = repeated_digits(rng, "test"), np.random.default_rng(rng.getrandbits(64))
            text, speaker = answer.rstrip("."), people.strangers[number % len(people.strangers)]
            clip = Clip(text=text, audio=people.speak(text, [speaker], "test", pauses))
            found.append(Talk(intent="digits", open=True, questions=(clip,), answers=(answer,)))
        return found

    def answers(self) -> list[tuple[Clip, Tensor]]:
        """Recorded answers that were not taught, with their codes [K, T]: intents evenly."""
        recordings, encoded = self._recorded
        by_intent: dict[str, list[Row]] = {}
        for row in self._kept:
            by_intent.setdefault(row["intent"], []).append(row)
        rng, found = self._rng("answers"), []
        for rows in by_intent.values():
            rng.shuffle(rows)
        while len(found) < self.config.num_answers and any(by_intent.values()):
            for rows in by_intent.values():
                if rows and len(found) < self.config.num_answers:
                    found.append(self._answer(recordings, encoded, rows.pop()))
        return found

    def answers_of(self, intent: str) -> list[tuple[Clip, Tensor]]:
        """The same of one intent, all there are."""
        recordings, encoded = self._recorded
        rows = [row for row in self._kept if row["intent"] == intent]
        self._rng(intent).shuffle(rows)
        return [self._answer(recordings, encoded, row) for row in rows]

    def codes_of(self, text: str) -> Tensor | None:
        """The codes [K, T] of an answer, if it was recorded, whether it was taught or not."""
        row = self._answer_of.get(text)
        return _codes(self._recorded[1], row) if row is not None else None

    @functools.cached_property
    def _recorded(self) -> tuple[Recordings, Encoded]:
        """The answers' recordings and their codes."""
        return Recordings(Path(self.config.corpus) / "answers"), Encoded(self.config.codes)

    @functools.cached_property
    def _kept(self) -> list[Row]:
        """The answers of the test whose sound was kept: others were encoded as they were spoken."""
        return [row for row in self._recorded[1].rows if row["split"] == "test" and "file" in row]

    @functools.cached_property
    def _answer_of(self) -> dict[str, Row]:
        return {row["text"]: row for row in self._recorded[1].rows}

    def _answer(self, recordings: Recordings, encoded: Encoded, row: Row) -> tuple[Clip, Tensor]:
        return Clip(text=row["text"], audio=recordings.audio(row)), _codes(encoded, row)

    def _some(self, part: str, count: int) -> list[Clip]:
        recordings = Recordings(Path(self.config.corpus) / part)
        rows = [row for row in recordings.rows if row["split"] == "test"]
        chosen = self._rng(part).sample(rows, min(len(rows), count))
        return [Clip(text=row["text"], audio=recordings.audio(row)) for row in chosen]

    def _talk(self, recordings: Recordings, rows: dict[str, Row], dialogue: Row) -> Talk:
        turns = dialogue["turns"]
        return Talk(
            intent=dialogue["intent"],
            open=dialogue["open"],
            questions=tuple(
                Clip(text=turn["question"], audio=recordings.audio(rows[one]))
                for one, turn in zip(dialogue["questions"], turns, strict=True)
            ),
            answers=tuple(turn["answer"] for turn in turns),
        )

    def _rng(self, name: str) -> random.Random:
        return random.Random(f"{self.config.seed}/{name}")


def _codes(encoded: Encoded, row: Row) -> Tensor:
    return torch.from_numpy(encoded.codes(row).astype("int64"))


@torch.inference_mode()
def hear_all(listener: Listener, clips: Sequence[Clip], batch: int = 16) -> list[Tensor]:
    """The features [T, D] of each clip, with a little silence around it where it has nothing there, in order."""
    rate = listener.sample_rate
    waves = [clip.audio.mono().resample(rate).samples if clip.with_room else padded(clip.audio, rate) for clip in clips]
    order = sorted(range(len(clips)), key=lambda index: len(waves[index]))
    found: dict[int, Tensor] = {}
    for start in range(0, len(order), batch):
        group = order[start : start + batch]
        lengths = torch.tensor([len(waves[index]) for index in group])
        heard = listener.listen(torch.nn.utils.rnn.pad_sequence([waves[index] for index in group], batch_first=True), lengths)
        found.update({i: row[:n] for i, row, n in zip(group, heard.embeds, heard.lengths.tolist(), strict=True)})
    return [found[index] for index in range(len(clips))]
