"""Questions by RHVoice for `thinkaloud prepare pocket --readings`: four voices to learn from, a fifth to test with.

Debian has no package of it; its library, its English and the voices alan, bdl, clb, ksp and slt are built like this (GPL-3;
the voices, from the CMU ARCTIC recordings and from a Scot's, are free):

    git clone https://github.com/RHVoice/RHVoice && cd RHVoice
    git submodule update --init data/languages/English data/voices/{alan,bdl,clb,ksp,slt} external/libs/{boost,sonic}
    scons languages=English audio_libs=none prefix=$HOME/rhvoice install

    LD_LIBRARY_PATH=$HOME/rhvoice/lib python bench/pocket_rhvoice.py --out runs/people --num 9000

rhvoice.jsonl is to learn from; one text in six there is no question: letters, numbers, times, dates or words alone.
rhvoice-test.jsonl has a tenth as many test questions by alan, who is never heard in training.
"""

import argparse
import random
import zlib
from collections.abc import Iterator
from pathlib import Path

import soundfile
import torch
from pocket_people import Line, line, write_manifest

from thinkaloud.data.domain.alone import said_alone
from thinkaloud.data.pocket_plan import PocketCorpusConfig
from thinkaloud.data.recordings import SAMPLE_RATE, Row
from thinkaloud.data.voices import open_voice, trim

VOICES = {"train": ("bdl", "clb", "ksp", "slt"), "test": ("alan",)}
_TEST_SHARE, _ALONE_SHARE = 0.1, 1 / 6


def plan(num: int, seed: int) -> dict[str, list[Row]]:
    """So many questions to learn from, and a share of that to test with."""
    none = dict.fromkeys(("num_festival", "num_pico", "num_digits", "num_alone", "num_people"), 0)
    made = PocketCorpusConfig(num_questions=12 * num // 10, num_answers=1, seed=seed, **none).build().jobs["questions"]
    counts = {"train": num, "test": round(num * _TEST_SHARE)}
    return {split: [row for row in made if row["split"] == split][:count] for split, count in counts.items()}


def questions(split: str, rows: list[Row], seed: int, sound: Path) -> Iterator[Line]:
    """The questions of a split, by its voices in turn."""
    rng = random.Random(seed)
    for number, row in enumerate(rows):
        text = said_alone(rng) if split == "train" and rng.random() < _ALONE_SHARE else row["text"]
        voice = open_voice(f"rhvoice:{VOICES[split][number % len(VOICES[split])]}")
        path = sound / f"{row['id']}-{zlib.crc32(f'{voice.name} {text}'.encode()):08x}.wav"  # other numbers: other texts
        if not path.is_file():  # run again, it goes on
            audio = trim(voice.speak(text, speed=row["speed"], pitch=row["pitch"])).resample(SAMPLE_RATE)
            soundfile.write(path.with_suffix(".new"), audio.samples.numpy(), SAMPLE_RATE, "PCM_16", format="WAV")
            path.with_suffix(".new").replace(path)
        yield line(row["id"], text, path, voice.name, split == "test")


def main() -> None:
    """Reads the numbers from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--num", type=int, default=9000)
    parser.add_argument("--seed", type=int, default=1, help="of the questions; the corpus's are of seed 0")
    given = parser.parse_args()
    torch.set_num_threads(1)
    for split, rows in plan(given.num, given.seed).items():
        name = "rhvoice" if split == "train" else "rhvoice-test"
        sound = given.out / name
        sound.mkdir(parents=True, exist_ok=True)
        print(name, write_manifest(given.out / f"{name}.jsonl", questions(split, rows, given.seed, sound)))


if __name__ == "__main__":
    main()
