"""Voices that speak text for training data: one small interface, offline engines and any OpenAI-compatible server.

    open_voice("flite:slt")            in process, Debian package libflite1
    open_voice("steady:kal16")         the same, its words beginning on frames of 80 ms (data/steady.py)
    open_voice("espeak:en-us+f3")      in process, accent + variant, Debian package libespeak-ng1
    open_voice("espeak:en-us~german+f3")   as somebody whose first language is German (data/tongues.py)
    open_voice("festival:kal_diphone") one server process, Debian packages festival and festvox-kallpc16k
    open_voice("pico:en-US")           in process, Python package py-nanotts
    open_voice("rhvoice:clb")          in process, a library built from source (data/rhvoice.py)
    open_voice("http://host:port/v1#model/voice")   POST /audio/speech of an OpenAI-compatible server

Letters: N samples.
"""

import io
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch

from thinkaloud.audio import Audio


class Voice(Protocol):
    """Something that speaks a text. `name` identifies engine and setting in an index of recordings."""

    name: str

    def speak(self, text: str, *, speed: float = 1.0, pitch: float = 1.0) -> Audio:
        """The spoken text, as the engine makes it; speed and pitch are ratios to the voice's own (1.2 is 20 % faster)."""
        ...


@dataclass(frozen=True, kw_only=True)
class Timed:
    """Speech, and the frame of codes at which each word of its text (split at spaces) begins."""

    audio: Audio
    starts: tuple[int, ...]


def open_voice(name: str) -> Voice:
    """The voice called `name` (see the top of this file); ValueError for an unknown engine or a missing library."""
    engine, _, which = name.partition(":")
    if engine == "flite":
        from thinkaloud.data.flite import FliteVoice

        return FliteVoice(which)
    if engine == "steady":
        from thinkaloud.data.steady import SteadyVoice

        return SteadyVoice(which)
    if engine == "espeak":
        from thinkaloud.data.espeak import EspeakVoice

        return EspeakVoice(which)
    if engine == "festival":
        from thinkaloud.data.festival import FestivalVoice

        return FestivalVoice(which)
    if engine == "pico":
        from thinkaloud.data.pico import PicoVoice

        return PicoVoice(which)
    if engine == "rhvoice":
        from thinkaloud.data.rhvoice import RhVoice

        return RhVoice(which)
    if engine in ("http", "https"):
        url, _, setting = name.partition("#")
        model, _, voice = setting.partition("/")
        return HttpVoice(url, model=model or "tts-1", voice=voice or "alloy")
    raise ValueError(
        f"no voice {name!r}: expected flite:NAME, steady:kal16, espeak:ACCENT~LANGUAGE+VARIANT, festival:NAME, pico:NAME, "
        "rhvoice:NAME or http://HOST/v1#MODEL/VOICE"
    )


class HttpVoice:
    """A voice of a server that answers `POST {url}/audio/speech` as OpenAI's does, with WAV. It has no pitch."""

    def __init__(self, url: str, *, model: str, voice: str, key: str | None = None, timeout_s: float = 60.0) -> None:
        self.name = f"{url}#{model}/{voice}"
        self._url, self._model, self._voice = url.rstrip("/"), model, voice
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._timeout_s = timeout_s

    def speak(self, text: str, *, speed: float = 1.0, pitch: float = 1.0) -> Audio:
        """The spoken text; ValueError where the server refuses it or a pitch is asked for."""
        if pitch != 1.0:
            raise ValueError(f"{self.name} cannot change the pitch; ask for pitch 1, not {pitch}")
        try:
            import httpx
        except ImportError as error:
            raise ValueError('a voice over HTTP needs httpx: pip install "thinkaloud[serve]"') from error
        body = {"model": self._model, "voice": self._voice, "input": text, "speed": speed, "response_format": "wav"}
        try:
            answer = httpx.post(f"{self._url}/audio/speech", json=body, headers=self._headers, timeout=self._timeout_s)
        except httpx.HTTPError as error:
            raise ValueError(f"no answer from {self._url}/audio/speech: {error}") from error
        if answer.status_code != 200:
            raise ValueError(f"{self._url}/audio/speech answered {answer.status_code}: {answer.text[:200]}")
        return _read_wav(answer.content)


def letter_names(text: str, a: str) -> str:
    """The text with the letter A written as engines need it ("ay") where a word is spelled: else they read an article.

    A letter stands next to another single letter or after the word "letter": "c a t spells cat", "the letter a".
    """
    words = text.split(" ")
    bare = [word.strip(".,:?") for word in words]

    def is_letter(place: int) -> bool:
        beside = [bare[other] for other in (place - 1, place + 1) if 0 <= other < len(bare)]
        return any(len(other) == 1 and other.isalpha() for other in beside) or (place > 0 and bare[place - 1] == "letter")

    return " ".join(word.replace("a", a) if bare[i] == "a" and is_letter(i) else word for i, word in enumerate(words))


def mono(samples: np.ndarray, sample_rate: int) -> Audio:
    """16-bit or float samples [N] as Audio in -1..1."""
    scale = 32768.0 if samples.dtype == np.int16 else 1.0
    return Audio(samples=torch.from_numpy(samples.astype(np.float32) / scale), sample_rate=sample_rate)


def trim(audio: Audio, keep_s: float = 0.04, floor: float = 0.004) -> Audio:
    """The speech with `keep_s` seconds of what surrounds it: edges quieter than `floor` of full scale are cut.

    Digital silence is added where the recording has less than that, so every answer begins at the same phase.
    """
    samples = audio.samples  # [N]
    loud = torch.nonzero(samples.abs() > floor).flatten()
    if len(loud) == 0:
        raise ValueError(f"nothing to trim: all {len(samples)} samples are below {floor} of full scale")
    keep = round(keep_s * audio.sample_rate)
    first, last = int(loud[0]) - keep, int(loud[-1]) + 1 + keep
    padded = torch.nn.functional.pad(samples, (max(0, -first), max(0, last - len(samples))))
    first = max(0, first)
    return Audio(samples=padded[first : first + (last - int(loud[0]) + keep)].clone(), sample_rate=audio.sample_rate)


def _read_wav(content: bytes) -> Audio:
    import soundfile

    samples, rate = soundfile.read(io.BytesIO(content), dtype="float32", always_2d=True)
    return mono(samples.mean(axis=1), rate)
