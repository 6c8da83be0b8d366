"""SVOX Pico in process: an American and a British woman.

Python package py-nanotts, which has the engine and the voices inside it (Apache 2.0). The same text may sound a little
otherwise the next time: the engine begins with whatever lies in memory. 100 ms a sentence, most of it to read the voice.
"""

import numpy as np

from thinkaloud.audio import Audio
from thinkaloud.data.voices import letter_names, mono

NAMES = ("en-US", "en-GB")
_RATE_HZ = 16_000
_VOLUME = 0.6  # at 1 it clips


class PicoVoice:
    """One Pico voice."""

    def __init__(self, name: str) -> None:
        if name not in NAMES:
            raise ValueError(f"no Pico voice {name!r}; known: {', '.join(NAMES)}")
        try:
            from py_nanotts import NanoTTS
        except ImportError as error:
            raise ValueError("the package py-nanotts is missing: pip install py-nanotts") from error
        self.name = f"pico:{name}"
        self._which, self._engine = name, NanoTTS()

    def speak(self, text: str, *, speed: float = 1.0, pitch: float = 1.0) -> Audio:
        """The spoken text at 16 kHz."""
        plain = letter_names(text, "ay").replace("<", " ").replace("\n", " ")  # it would read them as markup
        pcm = self._engine.speak(plain, voice=self._which, speed=speed, pitch=pitch, volume=_VOLUME)
        return mono(np.frombuffer(pcm, dtype="<i2"), _RATE_HZ)
