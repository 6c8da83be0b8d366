"""The pocket corpus as a language model takes it: answers as codes, questions, people and sounds as a listener hears them.

    root/codes             what the codec made of corpus/answers            (data/encoded.py)
    root/heard/questions   what the listener heard, changed by rooms, noise and microphones   (data/heard.py)
    root/heard/people, root/heard/readings, root/heard/nonspeech, root/heard/said

Both are resumable, and are made again only in another folder: a folder never mixes two codecs or listeners.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from thinkaloud.audio import Audio
from thinkaloud.data.augment import AugmentConfig
from thinkaloud.data.heard import hear_recordings
from thinkaloud.data.recordings import Recordings, Row
from thinkaloud.listen import Listener

Tell = Callable[[str, int, int], None]
"""Told the set's name, how many are done and how many there are."""

SETS = ("nonspeech", "people", "readings", "said", "questions")
_AUGMENT = AugmentConfig(speed=(0.9, 1.1))  # as the listener itself learns: more voices than there are
_NUM_TALKERS = 200  # whose voices make the babble behind a question


def hear_corpus(
    corpus: str | Path,
    heard: str | Path,
    listener: Listener,
    *,
    sets: Sequence[str] = SETS,
    copies: int = 1,
    share: float = 1.0,
    augment: AugmentConfig | None = None,
    seed: int = 0,
    bf16: bool = False,
    worker: int = 0,
    workers: int = 1,
    batch: int = 8,
    tell: Tell = lambda name, done, total: None,
) -> dict[str, int]:
    """Hears `share` of each set's recordings, `copies` times, each time otherwise; how many were added by set.

    A set that was not recorded is left out. As one of several workers it takes its share of each set.
    The share is taken by dialogue, so that a conversation is heard whole or not at all.
    """
    change = (augment or _AUGMENT).build()
    talkers = _talkers(Recordings(Path(corpus) / "questions"))

    def changed(audio: Audio, rng: np.random.Generator) -> Audio:
        return change(audio, rng, talkers)

    return {
        name: hear_recordings(
            Recordings(Path(corpus) / name),
            listener,
            Path(heard) / name,
            copies=copies,
            change=changed,
            seed=seed,
            bf16=bf16,
            worker=worker,
            workers=workers,
            batch=batch,
            wanted=lambda row: _part_of(row) < share,
            progress=lambda done, total, name=name: tell(name, done, total),
        )
        for name in sets
        if (Path(corpus) / name).is_dir()
    }


def _talkers(recordings: Recordings) -> list[np.ndarray]:
    rows = [row for row in recordings.rows if row["split"] == "train"]
    return [recordings.audio(row).samples.numpy() for row in rows[:: max(1, len(rows) // _NUM_TALKERS)]]


def _part_of(row: Row) -> float:
    """Where in [0, 1) the recording's dialogue falls."""
    number = row.get("dialogue", row["id"][1:])
    return int(number) * 0.6180339887 % 1.0
