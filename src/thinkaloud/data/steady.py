"""A voice that is easy to learn: flite's diphones with every word begun on a frame of the codec.

    flite alone   |pau .2 s     |the|capital      |of|france   |          words anywhere in a frame, noise or none
    steady        |the |capital ........ |of |france ....|is .. |...      words last whole frames; the first begins at sample 0

A word then sounds like itself wherever it stands, its codes begin with it, and the frame at which it begins is known: what a
layout that writes words as they are said (layout/align.py) wants to know. The pitch goes in steps, a word each, that bring
whole periods into a frame: else the codes would tell at which point of a period each frame begins. There is no noise in the
voice. Word lengths change by half a frame or so, which is hardly heard; the steps are: it chants a little.
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
_FIRST, _MIDDLE, _LAST = 9, 8, 7  # periods of the voice in a frame, by a word's place in its phrase: 112, 100, 88 Hz
_STEP_S = 1e-4  # how long the pitch takes from one word's to the next
_FUNCTION = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)
_DURATIONS, _PITCH = b"duration_model_func", b"f0_model_func"
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
        library, spans = self._flite, _Spans(pitch)
        durations = _FUNCTION(lambda utterance: spans.set_durations(library, utterance))
        tones = _FUNCTION(lambda utterance: spans.set_pitch(library, utterance))
        with flite.LOCK:
            own = flite.own_stretch(self._voice, self._features)
            library.feat_set_float(self._features, b"duration_stretch", own * _STRETCH / speed)
            self._hook(_DURATIONS, durations)
            self._hook(_PITCH, tones)
            try:
                said = letter_names(text, "ay").encode("ascii", "replace")
                utterance = library.flite_synth_text(said, self._voice)
            finally:
                self._hook(_DURATIONS, library.cart_duration)
                self._hook(_PITCH, flite.library("libflite_usenglish.so.1").us_f0_model)
            if not utterance:
                raise ValueError(f"{self.name} could not speak {text!r}")
            wave = library.utt_wave(utterance).contents
            rate, samples = wave.sample_rate, np.ctypeslib.as_array(wave.samples, (wave.num_samples,)).copy()  # [N]
            library.delete_utterance(utterance)
        if len(spans.starts) != len(text.split()):
            raise ValueError(f"{self.name} said {len(spans.starts)} of the {len(text.split())} words of {text!r}")
        return Timed(audio=_frames(samples, rate, spans.num_frames), starts=tuple(spans.starts))

    def _hook(self, name: bytes, function: Callable) -> None:
        """Has flite call a function of the utterance at that step."""
        value = self._flite.uttfunc_val(ctypes.cast(function, ctypes.c_void_p))  # type: ignore[arg-type]
        self._flite.feat_set(self._features, name, value)


class _Spans:
    """The words (and pauses) of one utterance: whole frames for each, and a pitch that fits into a frame."""

    def __init__(self, pitch: float) -> None:
        self.starts: list[int] = []
        self.num_frames = 0
        self._pitch = pitch
        self._ends: list[tuple[bool, int]] = []  # whether it is a word, and the frame behind it, counted with the first pause

    def set_durations(self, library: ctypes.CDLL, utterance: int) -> int:
        """flite's durations, changed; the pause before the first word is cut off later."""
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
            self._ends.append((bool(token), frame))
        self.num_frames = frame - 1
        return utterance

    def set_pitch(self, library: ctypes.CDLL, utterance: int) -> int:
        """Instead of flite's pitch: steps, one for each word, that bring whole periods into a frame."""
        targets, start_s = library.utt_relation_create(utterance, b"Target"), 0.0
        for (_, end), periods in zip(self._ends, _periods([word for word, _ in self._ends]), strict=True):
            for at_s in (start_s, end * FRAME_S - _STEP_S):
                target = library.relation_append(targets, None)
                library.item_set_float(target, b"pos", at_s)
                library.item_set_float(target, b"f0", self._pitch * periods / FRAME_S)
            start_s = end * FRAME_S
        return utterance


def _periods(words: list[bool]) -> list[int]:
    """Periods of the voice in a frame, for words (True) and pauses: a phrase begins higher and ends lower."""
    around = [False, *words, False]
    first = [not before for before in around[:-2]]
    last = [not behind for behind in around[2:]]
    return [_LAST if z and not a else _FIRST if a and not z else _MIDDLE for a, z in zip(first, last, strict=True)]


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
        ("utt_relation_create", address, [address, text]),
        ("relation_append", address, [address, address]),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library
