"""What a listener hears as it learns and when it is tested: a recorded corpus, digit strings of people, wordless sounds.

Letters: N samples, float32 at 16 kHz.

    kind        where from                                                      text
    question    corpus/questions, many voices; corpus/pico, one more            what was asked
    answer      corpus/answers, the one answer voice                            what was said
    said        corpus/said, the same as a codec says it                        what was said
    digits      corpus/digits, many voices                                      "three, one, four"
    alone       corpus/alone, the same                                          "a, n, n"; "half past two"
    people      single digits said by people (FSDD), joined anew every time     "three one four"
    reading     corpus/readings, sentences said by people                       what was said
    wordless    corpus/nonspeech, and noise, tones, babble made anew            ""
"""

import functools
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from thinkaloud.configurable import Config
from thinkaloud.data import domain
from thinkaloud.data.augment import colored_noise
from thinkaloud.data.domain.numbers import DIGITS
from thinkaloud.data.fsdd import MIXED_SHARE, OTHER_SPEEDS, DigitSpeakers
from thinkaloud.data.nonspeech import KINDS, babble, nonspeech
from thinkaloud.data.pocket_plan import read_rows
from thinkaloud.data.recordings import SAMPLE_RATE, Recordings, Row
from thinkaloud.data.tongues import has_accent

_NOISE_AROUND_S = (0.2, 0.5)  # before and after what is said in it


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """One utterance: its text, what kind it is, who speaks (for reports) and how to get the samples [N].

    `answer` where it is a question whose answer is known. `with_room`: what is heard before and after it is in the samples.
    """

    text: str
    kind: str
    voice: str
    read: Callable[[], np.ndarray] = field(repr=False)
    answer: str = ""
    with_room: bool = False

    @property
    def readable(self) -> bool:
        """Whether a language model of the domain can be asked to write it down: of readings, those whose words it has."""
        return self.kind != "reading" or set(domain.tokens(self.text)) <= _domain_words()


@dataclass(frozen=True, kw_only=True)
class HearingCorpusConfig(Config):
    """Where the recordings are, and the shares in which their kinds are drawn. `fsdd` is a folder of FSDD, or empty.

    It has few people, and they are soon known by heart: to learn from, their digits are played at other speeds
    (`people_speed`), which makes other voices of theirs, and in a share of the strings every digit is by any of them
    (`mixed_people`). The corpus may still be growing: it is read again every `reread_draws` draws.
    """

    corpus: str
    fsdd: str = ""
    question_share: float = 0.8
    reading_share: float = 0.5
    answer_share: float = 0.15
    said_share: float = 0.10
    digit_share: float = 0.07
    alone_share: float = 0.1
    people_share: float = 0.10
    people_speed: tuple[float, float] = OTHER_SPEEDS
    mixed_people: float = MIXED_SHARE
    wordless_share: float = 0.05
    reread_draws: int = 4000
    test_clips: int = 160  # of each condition

    def build(self) -> "HearingCorpus":
        """The corpus as it is on disk now."""
        return HearingCorpus(self)


class HearingCorpus:
    """Draws clips to learn from, and names the clips to test with. Test content is never drawn."""

    def __init__(self, config: HearingCorpusConfig) -> None:
        self.config, self._draws, self._sizes = config, 0, None
        self._people = DigitSpeakers(config.fsdd) if config.fsdd else None
        self.read()

    def read(self) -> None:
        """Looks at the corpus again, if it has grown."""
        sizes = {path: path.stat().st_size for path in Path(self.config.corpus).glob("*/index-*.jsonl")}
        if self._sizes == sizes:
            return
        self._sizes = sizes
        self.questions = [*self._spoken("questions", "question", "train"), *self._spoken("pico", "question", "train")]
        self.answers = self._spoken("answers", "answer", "train")
        self.said = self._spoken("said", "said", "train")
        self.digits = self._spoken("digits", "digits", "train")
        self.alone = self._spoken("alone", "alone", "train")
        self.readings = self._spoken("readings", "reading", "train")
        self.wordless = self._spoken("nonspeech", "wordless", "train")
        self.speech = [clip.read() for clip in (self.questions or self.answers)[:200]]  # for babble

    def draw(self, rng: random.Random) -> Spoken:
        """A random clip; kinds that are not at hand leave their share to the others."""
        self._draws += 1
        if self._draws % self.config.reread_draws == 0:
            self.read()
        config = self.config
        recorded = {
            "question": (config.question_share, self.questions),
            "answer": (config.answer_share, self.answers),
            "said": (config.said_share, self.said),
            "digits": (config.digit_share, self.digits),
            "alone": (config.alone_share, self.alone),
            "reading": (config.reading_share, self.readings),
        }
        shares = {kind: share * bool(clips) for kind, (share, clips) in recorded.items()}
        shares["people"] = config.people_share * bool(self._people and self._people.speakers)
        shares["wordless"] = config.wordless_share
        kind = rng.choices(list(shares), list(shares.values()))[0]
        if kind == "people" and self._people is not None:
            return self._by_people(self._people, rng)
        if kind == "wordless":
            return rng.choice(self.wordless) if self.wordless and rng.random() < 0.3 else wordless(rng, self.speech)
        return rng.choice(recorded[kind][1])

    def _by_people(self, people: DigitSpeakers, rng: random.Random) -> Spoken:
        everyone = rng.random() < self.config.mixed_people
        speakers = people.speakers if everyone else [rng.choice(people.speakers)]
        return digit_string(people, speakers, "train", rng, rng.uniform(*self.config.people_speed))

    def conditions(self) -> dict[str, list[Spoken]]:
        """The test clips by condition: what the listener is judged by."""
        rng, count = random.Random("conditions"), self.config.test_clips

        def some(part: str, kind: str, readable: bool = True, accent: bool = False, rng: random.Random = rng) -> list[Spoken]:
            clips = self._spoken(part, kind, "test")
            clips = [clip for clip in clips if clip.readable == readable and has_accent(clip.voice) == accent]
            return rng.sample(clips, min(count, len(clips)))

        seen, answers, festival = some("questions", "question"), some("answers", "answer"), some("festival", "question")
        nonspeech_clips = some("nonspeech", "wordless") or [wordless(rng, self.speech) for _ in range(count)]
        found = {
            "seen_voices": seen,
            "accents": some("questions", "question", accent=True, rng=random.Random("accents")),
            "festival": festival,
            "pico": some("pico", "question", rng=random.Random("pico")),  # the others stay the clips they were
            "answers": answers,
            "said": some("said", "said"),
            "readings": some("readings", "reading"),
            "readings_other_words": some("readings", "reading", readable=False),
            "noise_15_db": in_noise(seen, 15.0),
            "noise_5_db": in_noise(seen, 5.0),
            "babble_15_db": in_noise(seen, 15.0, self.speech),
            "wordless": nonspeech_clips,
        }
        if self._people is not None:
            for name, people in (("people_digits", self._people.speakers), ("strangers_digits", self._people.strangers)):
                clips = range(count if people else 0)
                found[name] = [digit_string(self._people, [rng.choice(people)], "test", rng) for _ in clips]
        return {name: clips for name, clips in found.items() if clips}

    @functools.cached_property
    def _replies(self) -> dict[str, str]:
        """What is answered to the questions that open a dialogue, by the id of their recording."""
        path = Path(self.config.corpus) / "dialogues.jsonl"
        rows = read_rows(path) if path.is_file() else []
        return {row["questions"][0]: row["turns"][0]["answer"] or "" for row in rows}

    def _spoken(self, part: str, kind: str, split: str) -> list[Spoken]:
        recordings = Recordings(Path(self.config.corpus) / part)

        def spoken(row: Row) -> Spoken:
            answer = (row.get("answer") or self._replies.get(row["id"], "")) if kind == "question" else ""
            text = row["text"].replace(",", "") if kind in ("digits", "alone") else row["text"]
            read = functools.partial(_samples, recordings, row)
            return Spoken(text=text, kind=kind, voice=row["voice"], read=read, answer=answer)

        return [spoken(row) for row in recordings.rows if row["split"] == split]


def _samples(recordings: Recordings, row: Row) -> np.ndarray:
    return recordings.audio(row).samples.numpy()


@functools.cache
def _domain_words() -> frozenset[str]:
    return frozenset(domain.words())


def digit_string(people: DigitSpeakers, speakers: Sequence[str], split: str, rng: random.Random, speed: float = 1) -> Spoken:
    """1 to 8 random digits, each by any of the `speakers`, with random pauses."""
    text = " ".join(rng.choices(DIGITS, k=rng.choice((1, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8))))
    said = people.speak(text, speakers, split, np.random.default_rng(rng.getrandbits(64)), speed)
    samples = said.resample(SAMPLE_RATE).samples.numpy()
    return Spoken(text=text, kind="people", voice=f"fsdd:{'+'.join(speakers)}", read=lambda: samples, answer=f"{text}.")


def wordless(rng: random.Random, speech: Sequence[np.ndarray]) -> Spoken:
    """A new sound without words; of half words too, which may well sound like something said, there are none."""
    kind = rng.choice([kind for kind in KINDS if kind != "half_word" and (speech or kind != "babble")])
    samples = nonspeech(np.random.default_rng(rng.getrandbits(64)), kind, speech, SAMPLE_RATE).samples.numpy()
    return Spoken(text="", kind="wordless", voice=kind, read=lambda: samples)


def in_noise(clips: Sequence[Spoken], signal_to_noise_db: float, talkers: Sequence[np.ndarray] = ()) -> list[Spoken]:
    """The same clips before pink noise (or babble of `talkers`) of a fixed ratio; the same noise every time.

    It is there before the first word and after the last one: no room falls silent where speech ends.
    """

    def noisy(clip: Spoken, number: int) -> Spoken:
        def read() -> np.ndarray:
            speech, rng = clip.read(), np.random.default_rng(number)
            samples = np.pad(speech, [int(time_s * SAMPLE_RATE) for time_s in _NOISE_AROUND_S])  # [N]
            noise = babble(rng, len(samples), talkers) if talkers else colored_noise(rng, len(samples), 1.0)
            ratio = np.sqrt(np.mean(speech**2) / np.mean(noise**2)) * 10 ** (-signal_to_noise_db / 20)
            return (samples + noise * np.float32(ratio)).clip(-1.0, 1.0)

        return Spoken(text=clip.text, kind=clip.kind, voice=clip.voice, read=read, with_room=True)

    return [noisy(clip, number) for number, clip in enumerate(clips)]
