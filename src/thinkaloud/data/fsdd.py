"""Digit strings by people: recordings of the Free Spoken Digit Dataset (github Jakobovski/free-spoken-digit-dataset,
CC BY-SA 4.0) joined with pauses. Its files `{digit}_{speaker}_{index}.wav` are 8 kHz; index 0-4 is its own test split.
Of two of its six people nothing is taught, so that they can say how well the voice of a stranger is understood.

Letters: N samples.
"""

import functools
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from thinkaloud import audio
from thinkaloud.audio import Audio
from thinkaloud.data.domain.numbers import DIGITS

TEST_INDEXES = range(5)
TAUGHT, STRANGERS = ("george", "jackson", "lucas", "nicolas"), ("theo", "yweweler")
OTHER_SPEEDS = (0.8, 1.25)  # to learn from: another voice of the same person
MIXED_SHARE = 0.3  # of the strings to learn from: every digit by any of the people
_RATE = 8000


class DigitSpeakers:
    """The people of a folder of FSDD recordings, who say any digit string: `speakers` to learn from, and `strangers`.

    All that a stranger says is of the split "test".
    """

    def __init__(self, folder: str | Path) -> None:
        self._paths: dict[tuple[str, str, str], list[Path]] = defaultdict(list)  # (speaker, digit, split)
        for path in sorted(Path(folder).glob("[0-9]_*_*.wav")):
            digit, speaker, index = path.stem.split("_")
            split = "test" if int(index) in TEST_INDEXES or speaker in STRANGERS else "train"
            self._paths[speaker, DIGITS[int(digit)], split].append(path)
        if not self._paths:
            raise ValueError(f"no FSDD recordings ({{digit}}_{{speaker}}_{{index}}.wav) in {folder}")
        people = sorted({speaker for speaker, _, _ in self._paths})
        self.speakers = tuple(name for name in people if name not in STRANGERS)
        self.strangers = tuple(name for name in people if name in STRANGERS)

    def speak(self, string: str, speakers: Sequence[str], split: str, rng: np.random.Generator, speed: float = 1.0) -> Audio:
        """The digits of `string`, each by any of the `speakers`, with 30 to 300 ms between them; recordings of one split.

        Played `speed` times as fast, and so higher: the voice of somebody else.
        """
        pieces: list[np.ndarray] = []
        for word in string.split():
            speaker = speakers[int(rng.integers(len(speakers)))] if len(speakers) > 1 else speakers[0]
            choice = self._paths.get((speaker, word, split))
            if not choice:
                names = ", ".join(self.speakers + self.strangers)
                raise ValueError(f"no {split} recording of {word!r} by {speaker!r}; speakers: {names}")
            if pieces:
                pieces.append(np.zeros(round(_RATE * rng.uniform(0.03, 0.3)), dtype=np.float32))
            pieces.append(_read(choice[rng.integers(len(choice))]) * np.float32(10 ** rng.uniform(-0.1, 0.1)))
        return Audio(torch.from_numpy(np.concatenate(pieces)), round(_RATE * speed))  # [N]


@functools.cache
def _read(path: Path) -> np.ndarray:
    return audio.read(path).resample(_RATE).samples.numpy()
