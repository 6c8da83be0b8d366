"""Speaking: a written exchange becomes a training sample: question recordings by several voices, answer codes of one.

Letters: K codebooks, T frames, F feature frames, D feature width, N samples.
"""

import random
from dataclasses import dataclass, field
from typing import Any

import torch

from thinkaloud.audio import Audio
from thinkaloud.codecs import Codec
from thinkaloud.configurable import Config
from thinkaloud.data.clean import Cleaning, misheard_fault, recogniser, spoken_fault, written_fault
from thinkaloud.data.samples import Exchange, Fault, Sample, Utterance
from thinkaloud.data.textqa import TextQa
from thinkaloud.data.voices import Voice, open_voice
from thinkaloud.listen import Listener


@dataclass(frozen=True, kw_only=True)
class ModelCodec(Config):
    """The codec of any loadable model."""

    model: str

    def build(self) -> Codec:
        """The codec with its weights."""
        from thinkaloud.model import SpeechLM

        return SpeechLM.load(self.model, parts=("codec",)).need("codec")


@dataclass(frozen=True, kw_only=True)
class ModelListener(Config):
    """The listener of any loadable model."""

    model: str

    def build(self) -> Listener:
        """The listener with its weights."""
        from thinkaloud.model import SpeechLM

        return SpeechLM.load(self.model, parts=("listener",)).need("listener")


@dataclass(frozen=True, kw_only=True)
class SpeakerConfig(Config):
    """Who speaks, what encodes. `renderings` of the question voices speak each question; one voice speaks all answers.

    With a `listener` its features are stored instead of the question's audio: training then needs no listening.
    """

    codec: Config
    question_voices: tuple[str, ...] = ("flite:slt", "flite:rms", "espeak:en-us", "espeak:en")
    answer_voice: str = "flite:slt"
    renderings: int = 1
    speeds: tuple[float, ...] = (1.0,)
    listener: Config | None = None
    cleaning: Cleaning = field(default_factory=Cleaning)
    language: str = "en"
    split: str = "train"
    seed: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.renderings <= len(self.question_voices):
            raise ValueError(f"renderings must be 1..{len(self.question_voices)} (the question voices), got {self.renderings}")

    def build(self) -> "Speaker":
        """The voices, codec and listener, opened."""
        return Speaker(self)


@dataclass(frozen=True, kw_only=True)
class Item:
    """One rendering of one written exchange. `number` counts all items of a job."""

    number: int
    qa: TextQa
    rendering: int = 0


class Speaker:
    """Makes samples of items. What it makes of an item depends on the config and the item alone."""

    def __init__(self, config: SpeakerConfig) -> None:
        self.config = config
        self._voices: dict[str, Voice] = {name: open_voice(name) for name in (*config.question_voices, config.answer_voice)}
        self.codec: Codec = config.codec.build().eval()  # type: ignore[attr-defined]
        self._listener: Any = config.listener.build().eval() if config.listener else None  # type: ignore[attr-defined]
        self._transcribe = recogniser(config.cleaning.recogniser) if config.cleaning.recogniser else None

    def sample(self, item: Item) -> Sample | Fault:
        """The sample, or why there is none. Whatever goes wrong with one item is its fault alone."""
        key = f"{self.config.split}/{item.number:08d}"
        asked = item.qa.question[:60]
        try:
            return self._sample(item, key)
        except _Refused as error:
            kind, _, detail = str(error).partition(" ")
            return Fault(key=key, kind=kind, detail=f"{detail} [{asked}]")
        except Exception as error:  # a voice, codec or text of any kind may fail: it is counted and named, the rest goes on
            return Fault(key=key, kind=type(error).__name__, detail=f"{error} [{asked}]")

    def _sample(self, item: Item, key: str) -> Sample:
        qa, rules = item.qa, self.config.cleaning
        _refuse(written_fault(qa, rules))
        voice, speed = self._pick(item)
        question = voice.speak(qa.question, speed=speed) if speed != 1.0 else voice.speak(qa.question)
        answer = self._voices[self.config.answer_voice].speak(qa.answer)
        _refuse(spoken_fault(question, answer, qa.answer, rules))
        if self._transcribe is not None:
            _refuse(misheard_fault(question, qa.question, self._transcribe, rules))
            _refuse(misheard_fault(answer, qa.answer, self._transcribe, rules))
        return Sample(
            key=key,
            question=self._question(qa.question, question),
            answer=Utterance(text=qa.answer, codes=self._encode(answer)),
            history=tuple(
                Exchange(question=self._question(asked, voice.speak(asked)), answer=Utterance(text=said))
                for asked, said in qa.history
            ),
            language=self.config.language,
            speaker=voice.name,
            split=self.config.split,
            round=len(qa.history),
        )

    def _pick(self, item: Item) -> tuple[Voice, float]:
        """The voice and speed of a rendering: the renderings of one question have different voices."""
        rng = random.Random(f"{self.config.seed}/{item.qa.question}/{item.qa.answer}")
        names = rng.sample(self.config.question_voices, self.config.renderings)
        speeds = [rng.choice(self.config.speeds) for _ in names]
        return self._voices[names[item.rendering]], speeds[item.rendering]

    def _question(self, text: str, audio: Audio) -> Utterance:
        if self._listener is None:
            return Utterance(text=text, audio=audio)
        with torch.inference_mode():
            heard = self._listener.listen(audio.mono().resample(self._listener.sample_rate).samples[None])
        return Utterance(text=text, features=heard.embeds[0].half().numpy())  # [F, D]

    def _encode(self, audio: Audio) -> Any:
        with torch.inference_mode():
            samples = audio.mono().resample(self.codec.sample_rate).samples  # [N]
            return self.codec.encode(samples[None])[0].int().numpy()  # [K, T]


class _Refused(ValueError):
    """A fault found by cleaning: its text begins with the kind."""


def _refuse(fault: str) -> None:
    if fault:
        raise _Refused(fault)
