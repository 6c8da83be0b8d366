"""espeak-ng in process: English accents and voice variants through ctypes, one millisecond or two for a sentence.

    "en-us+f3"          an accent, a variant of the voice
    "en-us~german+f3"   the same, with the habits of somebody whose first language is German (tongues.py)

Its noise source keeps running between calls, so two renderings of a text differ a little. Use flite for answers.
"""

import ctypes
import functools
import re
import threading
from collections.abc import Callable

import numpy as np

from thinkaloud.audio import Audio
from thinkaloud.data.domain.lexicon import listed
from thinkaloud.data.tongues import spoken_by
from thinkaloud.data.voices import letter_names, mono

ACCENTS = ("en-us", "en", "en-gb-scotland", "en-gb-x-rp", "en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-029", "en-us-nyc")
# of the variants that come with espeak-ng 1.51, those that could be people
VARIANTS = tuple(
    listed(
        "m1 m2 m3 m4 m5 m6 m7 m8 f1 f2 f3 f4 f5 Alex Alicia Andrea Andy Annie Denis Diogo Gene Gene2 Henrique Hugo "
        "Jacky Lee Marco Mario Michael Mike Nguyen Storm adam anika announcer antonio aunty belinda benjamin boris "
        "caleb david ed edward grandma grandpa gustave iven iven2 iven3 iven4 john kaukovalta klatt klatt2 klatt3 "
        "klatt4 klatt5 linda marcelo max michel miguel norbert pablo paul pedro quincy rob robert sandro shelby steph "
        "steph2 steph3 travis victor whisper whisperf zac"
    )
)
_SYNCHRONOUS, _RATE, _PITCH, _CHARS_UTF8, _PHONEMES = 2, 1, 3, 1, 0x100  # enum values of espeak-ng/speak_lib.h
_OWN_RATE_WPM, _OWN_PITCH = 165, 50
_LOCK = threading.Lock()  # the library has one global voice
_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class EspeakVoice:
    """One accent with an optional first language of its speaker and an optional variant of the voice: "en-us~german+f3"."""

    def __init__(self, name: str) -> None:
        spoken, _, variant = name.partition("+")
        accent, _, tongue = spoken.partition("~")
        if accent not in ACCENTS or (variant and variant not in VARIANTS):
            raise ValueError(f"no espeak-ng voice {name!r}; accents: {', '.join(ACCENTS)}; variants: {', '.join(VARIANTS)}")
        self.name = f"espeak:{name}"
        self._says = spoken_by(tongue, variant) if tongue else None
        self._voice = f"{accent}+{variant}".rstrip("+").encode()
        self._engine = _engine()

    def speak(self, text: str, *, speed: float = 1.0, pitch: float = 1.0) -> Audio:
        """The spoken text at 22,050 Hz."""
        library, sample_rate, chunks, _keep = self._engine
        written = letter_names(text, "eigh")
        with _LOCK:
            if library.espeak_SetVoiceByName(self._voice) != 0:
                raise ValueError(f"this espeak-ng does not have {self.name}: apt install espeak-ng-data")
            library.espeak_SetParameter(_RATE, round(_OWN_RATE_WPM * speed), 0)
            library.espeak_SetParameter(_PITCH, max(0, min(99, round(_OWN_PITCH + 100 * (pitch - 1)))), 0)
            flags = _CHARS_UTF8
            if self._says is not None:
                written, flags = _pronounced(library, written, self._says), flags | _PHONEMES
            content = written.encode()
            chunks.clear()
            failed = library.espeak_Synth(content, len(content) + 1, 0, 1, 0, flags, None, None)
            if failed or not chunks:
                raise ValueError(f"{self.name} could not speak {text!r}")
            return mono(np.concatenate(chunks), sample_rate)  # [N]


def _pronounced(library: ctypes.CDLL, text: str, says: Callable[[str], str]) -> str:
    """A text as the phonemes that the speaker has for it: each clause in [[ ]] before the sign that ends it."""
    clauses = []
    for clause in re.findall(r"[^.,:;?!]+[.,:;?!]*", text):
        buffer, phonemes = ctypes.create_string_buffer(clause.encode()), []
        rest = ctypes.c_void_p(ctypes.addressof(buffer))
        while rest.value:  # of what is left, the library takes as much as it likes
            phonemes.append(library.espeak_TextToPhonemes(ctypes.byref(rest), _CHARS_UTF8, 0).decode())
        clauses.append(f"[[{says(' '.join(phonemes).strip())}]]{clause[len(clause.rstrip('.,:;?!')) :]}")
    return " ".join(clauses)


@functools.cache
def _engine() -> tuple[ctypes.CDLL, int, list[np.ndarray], object]:
    """The library, its rate, the list that its callback fills, and the callback (which must stay alive)."""
    try:
        library = ctypes.CDLL("libespeak-ng.so.1")
    except OSError as error:
        raise ValueError("libespeak-ng.so.1 is missing: apt install libespeak-ng1") from error
    chunks: list[np.ndarray] = []

    def receive(samples, num_samples: int, _events) -> int:
        if samples and num_samples > 0:
            chunks.append(np.ctypeslib.as_array(samples, (num_samples,)).copy())
        return 0

    sample_rate = library.espeak_Initialize(_SYNCHRONOUS, 0, None, 0)
    if sample_rate <= 0:
        raise ValueError("espeak-ng could not start: apt install espeak-ng-data")
    callback = _Callback(receive)
    library.espeak_SetSynthCallback(callback)
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    return library, sample_rate, chunks, callback
