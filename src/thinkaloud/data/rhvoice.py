"""RHVoice in process: an American, two American women, an Indian and a Scot, of whom recordings taught it the statistics.

The shared library libRHVoice.so.5, built from https://github.com/RHVoice/RHVoice with its English language and voices;
where it is not on the linker's path, LD_LIBRARY_PATH names its folder.
"""

import ctypes
import functools
import threading

import numpy as np

from thinkaloud.audio import Audio
from thinkaloud.data.voices import letter_names, mono

NAMES = ("alan", "bdl", "clb", "ksp", "slt")
_LOCK = threading.Lock()  # all voices write into one list
_Samples = ctypes.POINTER(ctypes.c_short)
_SetRate = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_void_p)
_Play = ctypes.CFUNCTYPE(ctypes.c_int, _Samples, ctypes.c_uint, ctypes.c_void_p)


class _Parameters(ctypes.Structure):
    """RHVoice_init_params of RHVoice.h, its callbacks inline: those that are not used are null."""

    _fields_ = (
        ("paths", ctypes.c_void_p * 3),
        ("set_sample_rate", _SetRate),
        ("play_speech", _Play),
        ("unused", ctypes.c_void_p * 7),
        ("options", ctypes.c_uint),
    )


class _Manner(ctypes.Structure):
    """RHVoice_synth_params of RHVoice.h."""

    _fields_ = (
        ("profile", ctypes.c_char_p),
        ("absolute", ctypes.c_double * 3),
        ("rate", ctypes.c_double),
        ("pitch", ctypes.c_double),
        ("volume", ctypes.c_double),
        ("punctuation", ctypes.c_int),
        ("punctuation_list", ctypes.c_char_p),
        ("capitals", ctypes.c_int),
        ("flags", ctypes.c_int),
    )


class RhVoice:
    """One RHVoice voice."""

    def __init__(self, name: str) -> None:
        if name not in NAMES:
            raise ValueError(f"no RHVoice voice {name!r}; known: {', '.join(NAMES)}")
        self.name = f"rhvoice:{name}"
        self._engine = _engine()
        if name not in self._engine.voices:
            raise ValueError(
                f"this RHVoice does not have {self.name}; it has: {', '.join(sorted(self._engine.voices)) or 'none'}"
            )
        self._profile = name.encode()

    def speak(self, text: str, *, speed: float = 1.0, pitch: float = 1.0) -> Audio:
        """The spoken text, at 24 kHz as the voices come."""
        content = letter_names(text, "ay").encode()
        manner = _Manner(profile=self._profile, rate=speed, pitch=pitch, volume=1.0)
        with _LOCK:
            chunks, sample_rate_hz = self._engine.speak(content, manner)
        if not chunks:
            raise ValueError(f"{self.name} could not speak {text!r}")
        return mono(np.concatenate(chunks), sample_rate_hz)  # [N]


class _Engine:
    """The library and its callbacks, which must live as long as it does."""

    def __init__(self) -> None:
        try:
            self._library = ctypes.CDLL("libRHVoice.so.5")
        except OSError as error:
            raise ValueError(
                "libRHVoice.so.5 is missing: build https://github.com/RHVoice/RHVoice and put its folder into LD_LIBRARY_PATH"
            ) from error
        self._chunks: list[np.ndarray] = []
        self._sample_rate_hz = 0
        self._parameters = _Parameters(set_sample_rate=_SetRate(self._set_rate), play_speech=_Play(self._play))
        for name in ("RHVoice_new_tts_engine", "RHVoice_new_message", "RHVoice_get_voice_profiles"):
            getattr(self._library, name).restype = ctypes.c_void_p
        self._engine = ctypes.c_void_p(self._library.RHVoice_new_tts_engine(ctypes.byref(self._parameters)))
        self.voices = frozenset(self._profiles()) if self._engine else frozenset()

    def _profiles(self) -> list[str]:
        number = self._library.RHVoice_get_number_of_voice_profiles(self._engine)
        names = ctypes.cast(self._library.RHVoice_get_voice_profiles(self._engine), ctypes.POINTER(ctypes.c_char_p))
        return [(names[place] or b"").decode().lower() for place in range(number)]

    def speak(self, content: bytes, manner: _Manner) -> tuple[list[np.ndarray], int]:
        """The chunks of what is said, and their rate."""
        self._chunks.clear()
        given = (self._engine, content, ctypes.c_uint(len(content)), 0, ctypes.byref(manner), None)
        message = ctypes.c_void_p(self._library.RHVoice_new_message(*given))
        if message:
            self._library.RHVoice_speak(message)
            self._library.RHVoice_delete_message(message)
        return list(self._chunks), self._sample_rate_hz

    def _set_rate(self, sample_rate_hz: int, _user: object) -> int:
        self._sample_rate_hz = sample_rate_hz
        return 1

    def _play(self, samples, num_samples: int, _user: object) -> int:
        self._chunks.append(np.ctypeslib.as_array(samples, (num_samples,)).copy())
        return 1


@functools.cache
def _engine() -> _Engine:
    return _Engine()
