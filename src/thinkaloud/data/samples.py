"""Sample: one thing to learn from, and the faults that keep a sample out.

Letters: K codebooks, T frames, F feature frames, D feature width.

A sample is a question and an answer, each with whatever is known of it: text, audio, codes, features. Which tasks it can
serve follows from that. Earlier turns of the same conversation are its history.
"""

import collections
import io
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from thinkaloud.audio import Audio, read, write

Recording = bytes | Path | Audio
"""Speech as an encoded file, a path to one, or samples."""


@dataclass(frozen=True, kw_only=True)
class Utterance:
    """What one side says. Audio stays encoded until someone listens to it.

    `starts` are the frames of codes at which the words of the text, split at spaces, begin.
    """

    text: str = ""
    audio: Recording | None = field(default=None, repr=False)
    codes: np.ndarray | None = field(default=None, repr=False)  # [K, T], unshifted
    starts: tuple[int, ...] | None = field(default=None, repr=False)
    features: np.ndarray | None = field(default=None, repr=False)  # [F, D] of a frozen listener, if already known

    def listen(self) -> Audio:
        """The speech, one channel; ValueError if there is none or it is broken."""
        if self.audio is None:
            raise ValueError("this utterance has no audio")
        if isinstance(self.audio, Audio):
            return self.audio.mono()
        return read(io.BytesIO(self.audio) if isinstance(self.audio, bytes) else self.audio)

    @property
    def heard(self) -> bool:
        """Whether it can be listened to."""
        return self.audio is not None or self.features is not None

    @property
    def spoken(self) -> bool:
        """Whether its codes are known."""
        return self.codes is not None and self.codes.shape[1] > 0


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """A question and its answer."""

    question: Utterance
    answer: Utterance


@dataclass(frozen=True, kw_only=True)
class Sample(Exchange):
    """An exchange to learn, after the exchanges of its history.

    `split` and `round` are the columns of VoiceAssistant-400K. A sample that names its `task` is learnt as that task,
    whatever the mixture says. With `ignore` the right answer is silence: the model opens with its special `ignore`.
    """

    key: str = ""
    history: tuple[Exchange, ...] = ()
    language: str = "en"
    speaker: str = ""
    split: str = ""
    round: int = 0
    task: str = ""
    ignore: bool = False


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Why a row is not a sample: which row, the kind of fault (counted by it) and what was seen."""

    key: str
    kind: str
    detail: str = ""


class Source:
    """Samples by number. `draw(n, seed)` is a pure function of both, so that any position can be resumed exactly.

    A finite source gives `__len__` and `__getitem__` and is drawn in shuffled epochs, without replacement. An endless one
    (which composes its samples) overrides `draw` and seeds a generator of its own with (seed, n).
    """

    def __len__(self) -> int:
        raise NotImplementedError

    def __getitem__(self, index: int) -> Sample:
        raise NotImplementedError

    def draw(self, n: int, seed: int) -> Sample:
        """The sample number n, n = 0, 1, ... without end."""
        return self[self.index(n, seed)]

    def index(self, n: int, seed: int) -> int:
        """Which sample of a finite source is number n: epoch n // len, shuffled anew."""
        size = len(self)
        if not size:
            raise ValueError(f"{type(self).__name__} holds no samples")
        epoch, place = divmod(n, size)
        return int(self._order(epoch, seed)[place])

    def _order(self, epoch: int, seed: int) -> Sequence[int] | np.ndarray:
        known = self.__dict__.setdefault("_orders", collections.OrderedDict())
        if (epoch, seed) not in known:
            known[epoch, seed] = self.shuffle(random.Random(f"{seed}/{epoch}"))
            while len(known) > 4:
                known.popitem(last=False)
        return known[epoch, seed]

    def shuffle(self, rng: random.Random) -> Sequence[int] | np.ndarray:
        """One epoch's order of all indices."""
        return np.random.default_rng(rng.getrandbits(64)).permutation(len(self))


class Samples(Source):
    """A source held in memory, and the faults that were left out of it."""

    def __init__(self, samples: Iterable[Sample]) -> None:
        self._samples = list(samples)
        self.faults = Faults()

    def __len__(self) -> int:
        return len(self._samples)

    def __getitem__(self, index: int) -> Sample:
        return self._samples[index]


class Faults:
    """Counts faults by kind and remembers the first few of each by name."""

    def __init__(self, keep: int = 20) -> None:
        self._keep = keep
        self.counts: collections.Counter[str] = collections.Counter()
        self.first: dict[str, list[Fault]] = {}

    def add(self, fault: Fault) -> None:
        """One more."""
        self.counts[fault.kind] += 1
        kept = self.first.setdefault(fault.kind, [])
        if len(kept) < self._keep:
            kept.append(fault)

    def merge(self, other: "Faults") -> None:
        """All of another count."""
        self.counts += other.counts
        for kind, first in other.first.items():
            self.first[kind] = [*self.first.get(kind, []), *first][: self._keep]

    def sift(self, rows: Iterable[Sample | Fault]) -> Iterator[Sample]:
        """The samples among the rows; the faults are counted."""
        for row in rows:
            if isinstance(row, Fault):
                self.add(row)
            else:
                yield row

    def to_dict(self) -> dict[str, Any]:
        """Counts by kind and the first keys of each."""
        return {
            kind: {"count": n, "first": [f"{f.key}: {f.detail}".rstrip(": ") for f in self.first.get(kind, [])]}
            for kind, n in sorted(self.counts.items())
        }

    def __str__(self) -> str:
        return ", ".join(f"{kind} {n}" for kind, n in sorted(self.counts.items())) or "none"


def audio_bytes(recording: Recording) -> bytes:
    """The recording as an encoded file: a file as it is, samples as 16-bit WAV."""
    if isinstance(recording, bytes):
        return recording
    if isinstance(recording, Path):
        return recording.read_bytes()
    file = io.BytesIO()
    write(file, recording, format="wav")
    return file.getvalue()
