"""flite in process: five American and Scottish voices through ctypes, twenty times faster than its command.

The clustergen voices (awb, rms, slt) mix noise from libc's `rand` into the excitation: seeding it before each call makes
the same text give the same samples.
"""

import ctypes
import functools
import threading

import numpy as np
import soxr

from thinkaloud.audio import Audio
from thinkaloud.data.voices import letter_names, mono

NAMES = ("kal", "kal16", "awb", "rms", "slt")
LOCK = threading.Lock()
"""flite and `rand` are global: who uses them holds this."""


class Wave(ctypes.Structure):
    """flite's `cst_wave`."""

    _fields_ = [
        ("type", ctypes.c_char_p),
        ("sample_rate", ctypes.c_int),
        ("num_samples", ctypes.c_int),
        ("num_channels", ctypes.c_int),
        ("samples", ctypes.POINTER(ctypes.c_short)),
    ]


class VoiceObject(ctypes.Structure):
    """The beginning of flite's `cst_voice`."""

    _fields_ = [("name", ctypes.c_char_p), ("features", ctypes.c_void_p)]


class FliteVoice:
    """One flite voice: kal (8 kHz), kal16, awb, rms or slt (16 kHz). Deterministic."""

    def __init__(self, name: str) -> None:
        if name not in NAMES:
            raise ValueError(f"flite has no voice {name!r}; it has {', '.join(NAMES)}")
        self.name = f"flite:{name}"
        self._flite, self._libc = library("libflite.so.1"), ctypes.CDLL(None)
        self._voice = register(name)
        self._features = ctypes.cast(self._voice, ctypes.POINTER(VoiceObject)).contents.features
        # rms predicts its F0 track directly and knows no shift: its pitch is changed by resampling a slower rendering
        self._resamples = name == "rms"

    def speak(self, text: str, *, speed: float = 1.0, pitch: float = 1.0) -> Audio:
        """The spoken text; speed and pitch are set anew at each call, since flite remembers them."""
        slower = pitch if self._resamples else 1.0
        with LOCK:
            stretch = own_stretch(self._voice, self._features) * slower / speed
            self._flite.feat_set_float(self._features, b"duration_stretch", stretch)
            self._flite.feat_set_float(self._features, b"f0_shift", 1.0 if self._resamples else pitch)
            self._libc.srand(1)
            wave = self._flite.flite_text_to_wave(letter_names(text, "ay").encode("ascii", "replace"), self._voice)
            if not wave:
                raise ValueError(f"{self.name} could not speak {text!r}")
            rate, num_samples = wave.contents.sample_rate, wave.contents.num_samples
            samples = np.ctypeslib.as_array(wave.contents.samples, (max(num_samples, 0),)).copy()  # [N]
            self._flite.delete_wave(wave)
        audio = mono(samples, rate)
        return audio if slower == 1.0 else mono(soxr.resample(audio.samples.numpy(), rate * slower, rate), rate)


@functools.cache
def own_stretch(voice: int, features: int) -> float:
    """How much slower the voice at this address speaks than its models say, before anyone changed it."""
    return library("libflite.so.1").get_param_float(features, b"duration_stretch", 1.0)


@functools.cache
def library(file: str) -> ctypes.CDLL:
    """One of flite's libraries; ValueError that names the package where it is missing."""
    try:
        found = ctypes.CDLL(file, mode=ctypes.RTLD_GLOBAL)
    except OSError as error:
        raise ValueError(f"{file} is missing: apt install libflite1") from error
    if file == "libflite.so.1":
        found.flite_text_to_wave.restype = ctypes.POINTER(Wave)
        found.flite_text_to_wave.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
        found.get_param_float.restype = ctypes.c_float
        found.get_param_float.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_float]
        found.feat_set_float.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_float]
        found.delete_wave.argtypes = [ctypes.POINTER(Wave)]
        found.flite_init()
    return found


@functools.cache
def register(name: str) -> int:
    """The address of the one voice object of this name; its settings are shared by all who speak with it."""
    for file in ("libflite.so.1", "libflite_usenglish.so.1", "libflite_cmulex.so.1"):
        library(file)
    register = getattr(library(f"libflite_cmu_us_{name}.so.1"), f"register_cmu_us_{name}")
    register.restype, register.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
    voice = register(None)
    own_stretch(voice, ctypes.cast(voice, ctypes.POINTER(VoiceObject)).contents.features)  # read before anyone changes it
    return voice
