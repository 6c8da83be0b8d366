"""Strings of words by many people for `thinkaloud prepare pocket --readings`, joined from recordings of single words.

    Google's Speech Commands (arXiv 1804.03209, CC BY 4.0), all or a part of it: WORD/PERSON_nohash_N.wav, a second each

    python bench/pocket_commands.py FOLDER ... --out runs/people

Letters by people, which pocket_people.py cuts out of spelt names, are joined so too:

    python bench/pocket_commands.py runs/people/letters --out runs/people --name spelt --strings-per-recording 8 --kept 3

And so are 563 words by one person (Art4Apps, CC BY-SA 3.0), in https://github.com/gcompris/GCompris-voices as WORD.ogg:

    python bench/pocket_commands.py GCompris-voices/en/words --out runs/people --name words --strings-per-recording 3 --kept 0

A string has one to five words, all by one person, with what surrounds them in their recordings as pauses; some people
are kept for the test.
"""

import argparse
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import soundfile
from pocket_people import Line, held_out, line, write_manifest

from thinkaloud.audio import read

RATE = 16000
_FRAME_SAMPLES = 160  # 10 ms
_LENGTHS = (1, 1, 2, 3, 4, 5)
_TEST_STRINGS = 2  # of each person


def recordings(folders: Sequence[Path]) -> dict[str, list[tuple[str, Path]]]:
    """Words and files by person; what lies in a folder as WORD.ogg is by the one person who has the folder's name."""
    found = defaultdict(list)
    for folder in folders:
        for path in sorted(folder.glob("*.ogg")):
            if path.stem.isalpha():
                found[folder.name].append((path.stem, path))
        for path in sorted(folder.glob("*/*_nohash_*.wav")):
            word, stem = path.parent.name, path.name.removesuffix(".wav").removesuffix(".wav")
            if word == "_unknown_":  # a folder of many words, which the names begin with
                word, _, stem = stem.partition("_")
            if not word.startswith("_"):
                found[stem.partition("_nohash_")[0]].append((word, path))
    return dict(found)


def spoken_part(samples: np.ndarray, rng: random.Random) -> np.ndarray:
    """The word in a recording [N], with 30 to 200 ms around it, fading at its ends; ValueError if there is hardly any."""
    frames = samples[: len(samples) // _FRAME_SAMPLES * _FRAME_SAMPLES].reshape(-1, _FRAME_SAMPLES)
    level_db = 10 * np.log10(np.mean(frames**2, axis=1) + 1e-10)  # [T]
    floor, peak = np.percentile(level_db, 10), level_db.max()
    loud = np.flatnonzero(level_db > max(floor + 0.3 * (peak - floor), peak - 35))
    if peak - floor < 8 or len(loud) < 10:
        raise ValueError("no word stands out")
    first = max(0, loud[0] - rng.randint(3, 20)) * _FRAME_SAMPLES
    word = samples[first : (loud[-1] + rng.randint(3, 20)) * _FRAME_SAMPLES].copy()
    ramp = np.linspace(0, 1, _FRAME_SAMPLES, dtype=np.float32)
    word[:_FRAME_SAMPLES] *= ramp
    word[-_FRAME_SAMPLES:] *= ramp[::-1]
    return word


def strings(person: str, said: Sequence[tuple[str, Path]], out: Path, per_recording: float, kept: int) -> Iterator[Line]:
    """A person's strings, so many for each recording, written as files; recordings without a word in them are left out."""
    rng, words = random.Random(person), []
    for word, path in said:
        try:
            words.append((word, spoken_part(read(path).mono().resample(RATE).samples.numpy(), rng)))
        except ValueError:
            continue
    test = kept > 0 and held_out(person, kept)
    count = min(_TEST_STRINGS, len(words)) if test else round(len(words) * per_recording + 0.5)
    for number in range(count if words else 0):
        chosen = rng.sample(words, min(rng.choice(_LENGTHS), len(words)))
        path = out / f"{person}-{number}.wav"
        soundfile.write(path, np.concatenate([samples for _, samples in chosen]), RATE, subtype="PCM_16")
        yield line(path.stem, " ".join(word for word, _ in chosen), path, f"sc-{person}", test)


def main() -> None:
    """Reads the folders from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--name", default="commands", help="of the manifest, and of the folder of sounds")
    parser.add_argument("--strings-per-recording", type=float, default=0.4)
    parser.add_argument("--kept", type=int, default=12, help="of so many people one is kept for the test; 0: nobody")
    given = parser.parse_args()
    sound = given.out / given.name
    sound.mkdir(parents=True, exist_ok=True)
    people = recordings(given.folders)
    lines = (
        made
        for person, said in sorted(people.items())
        for made in strings(person, said, sound, given.strings_per_recording, given.kept)
    )
    print(f"strings by {len(people)} people: {write_manifest(given.out / f'{given.name}.jsonl', lines)}")


if __name__ == "__main__":
    main()
