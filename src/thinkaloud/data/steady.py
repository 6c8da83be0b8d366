"""A voice that is easy to learn: flite's diphones with every word begun on a frame of the codec.

    flite alone   |pau .2 s     |the|capital      |of|france   |          words anywhere in a frame, noise or none
    steady        |the |capital ........ |of |france ....|is .. |...      words last whole frames; the first begins at sample 0

A word then sounds like itself wherever it stands, its codes begin with it, and the frame at which it begins is known: what a
layout that writes words as they are said (layout/align.py) wants to know. There is no noise in the voice. Word lengths
change by half a frame at most, which nobody hears.
"""

import ctypes
import functools
from collections.abc import Callable

import numpy as np
import torch

from thinkaloud.audio import Audio
from thinkaloud.data import flite
from thinkaloud.data.voices import Timed, letter_names

FRAME_S = 0.08
_STRETCH = 1.15  # of the voice's own durations: unhurried
_SHORTEST = 0.35  # of a frame; what is longer is rounded up to a whole one
_FUNCTION = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)
_TOKEN = b"R:SylStructure.parent.parent.R:Token.parent"


class SteadyVoice:
    """flite's kal16 in steps of 80 ms. Deterministic, a millisecond a sentence."""

    def __init__(self, name: str = "kal16") -> None:
        if name != "kal16":
            raise ValueError(f"only the diphones of kal16 can be timed, not {name!r}")
        self.name = f"steady:{name}"
        self._voice = flite.register(name)
        self._features = ctypes.cast(self._voice, ctypes.POINTER(flite.VoiceObject)).contents.features
        self._flite = _library()

    def speak(self, text: str, *, speed: float = 1.0, pitch: float = 1.0) -> Audio:
        """The spoken text."""
        return self.timed(text, speed=speed, pitch=pitch).audio

    def timed(self, text: str, *, speed: float = 1.0, pitch: float = 1.0) -> Timed:
        """The spoken text in whole frames, and where its words begin; ValueError where not every word of it is said."""
        library, spans = self._flite, _Spans()
        hook = _FUNCTION(lambda utterance: spans.set(library, utterance))
        with flite.LOCK:
            own = flite.own_stretch(self._voice, self._features)
            library.feat_set_float(self._features, b"duration_stretch", own * _STRETCH / speed)
            library.feat_set_float(self._features, b"f0_shift", pitch)
            self._set_durations(hook)
            try:
                said = letter_names(text, "ay").encode("ascii", "replace")
                utterance = library.flite_synth_text(said, self._voice)
            finally:
                self._set_durations(library.cart_duration)
            if not utterance:
                raise ValueError(f"{self.name} could not speak {text!r}")
            wave = library.utt_wave(utterance).contents
            rate, samples = wave.sample_rate, np.ctypeslib.as_array(wave.samples, (wave.num_samples,)).copy()  # [N]
            library.delete_utterance(utterance)
        if len(spans.starts) != len(text.split()):
            raise ValueError(f"{self.name} said {len(spans.starts)} of the {len(text.split())} words of {text!r}")
        return Timed(audio=_frames(samples, rate, spans.num_frames), starts=tuple(spans.starts))

    def _set_durations(self, function: Callable) -> None:
        value = self._flite.uttfunc_val(ctypes.cast(function, ctypes.c_void_p))  # type: ignore[arg-type]
        self._flite.feat_set(self._features, b"duration_model_func", value)


class _Spans:
    """What happens between flite's durations and its pitch: words get whole frames."""

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.num_frames = 0

    def set(self, library: ctypes.CDLL, utterance: int) -> int:
        """flite's hook: the utterance with its segments moved; the pause before the first word is cut off later."""
        utterance = library.cart_duration(utterance)
        groups = _groups(library, utterance)
        frame = 0
        for place, (token, segments) in enumerate(groups):
            length_s = sum(duration_s for _, duration_s in segments)
            edge = token == 0 and place in (0, len(groups) - 1)
            num_frames = 1 if edge else max(1, int(length_s / FRAME_S + 1 - _SHORTEST))
            if token:
                self.starts.append(frame - 1)
            end_s = frame * FRAME_S
            for segment, duration_s in segments:
                end_s += duration_s * num_frames * FRAME_S / length_s
                library.item_set_float(segment, b"end", end_s)
            frame += num_frames
        self.num_frames = frame - 1
        return utterance


def _groups(library: ctypes.CDLL, utterance: int) -> list[tuple[int, list[tuple[int, float]]]]:
    """The segments and their durations in seconds, a group for each word (its token's address) or pause (0)."""
    groups: list[tuple[int, list[tuple[int, float]]]] = []
    segment, last_s = library.relation_head(library.utt_relation(utterance, b"Segment")), 0.0
    while segment:
        pause = library.ffeature_string(segment, b"name") == b"pau"
        token = 0 if pause else library.path_to_item(segment, _TOKEN) or 0
        if not groups or groups[-1][0] != token:
            groups.append((token, []))
        end_s = library.item_feat_float(segment, b"end")
        groups[-1][1].append((segment, end_s - last_s))
        segment, last_s = library.item_next(segment), end_s
    return groups


def _frames(samples: np.ndarray, rate: int, num_frames: int) -> Audio:
    """The samples [N] behind the first frame, which is a pause, as whole frames."""
    size = round(FRAME_S * rate)
    audio = torch.zeros(num_frames * size)
    kept = torch.from_numpy(samples.astype(np.float32) / 32768)[size : size + len(audio)]
    audio[: len(kept)] = kept
    return Audio(samples=audio, sample_rate=rate)


@functools.cache
def _library() -> ctypes.CDLL:
    """libflite with the functions that walk an utterance."""
    library = flite.library("libflite.so.1")
    address, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_float
    for name, result, arguments in (
        ("flite_synth_text", address, [text, address]),
        ("utt_relation", address, [address, text]),
        ("relation_head", address, [address]),
        ("item_next", address, [address]),
        ("item_feat_float", number, [address, text]),
        ("item_set_float", None, [address, text, number]),
        ("ffeature_string", text, [address, text]),
        ("path_to_item", address, [address, text]),
        ("utt_wave", ctypes.POINTER(flite.Wave), [address]),
        ("delete_utterance", None, [address]),
        ("feat_set", None, [address, text, address]),
        ("uttfunc_val", address, [address]),
        ("cart_duration", address, [address]),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library
