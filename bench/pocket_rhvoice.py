"""Questions by RHVoice for `thinkaloud prepare pocket --readings`: three voices to learn from, a fourth to test with.

Debian has no package of it; its library, its English and the voices alan, bdl, clb and slt are built like this (GPL-3; the
voices, from the CMU ARCTIC recordings and from a Scot's, are free):

    git clone https://github.com/RHVoice/RHVoice && cd RHVoice
    git submodule update --init data/languages/English data/voices/{alan,bdl,clb,slt} external/libs/{boost,sonic}
    scons languages=English audio_libs=none prefix=$HOME/rhvoice install

    LD_LIBRARY_PATH=$HOME/rhvoice/lib python bench/pocket_rhvoice.py --out runs/people --num 9000

rhvoice.jsonl is to learn from; one text in six there is no question: letters, numbers, times, dates or words alone.
rhvoice-test.jsonl has a tenth as many test questions by alan, who is never heard in training.
"""

import argparse
import random
from collections.abc import Iterator
from pathlib import Path

import soundfile
import torch
from pocket_people import Line, line, write_manifest

from thinkaloud.data import domain
from thinkaloud.data.domain.alone import said_alone
from thinkaloud.data.pocket_plan import PocketCorpusConfig
from thinkaloud.data.recordings import SAMPLE_RATE
from thinkaloud.data.voices import open_voice, trim

VOICES = {"train": ("bdl", "clb", "slt"), "test": ("alan",)}
_TEST_SHARE, _ALONE_SHARE = 0.1, 1 / 6


def questions(split: str, num: int, seed: int, sound: Path) -> Iterator[Line]:
    """So many questions of a split, by its voices in turn."""
    none = dict.fromkeys(("num_festival", "num_pico", "num_digits", "num_alone", "num_people"), 0)
    plan = PocketCorpusConfig(num_questions=12 * num, num_answers=1, seed=seed, **none).build()
    rows = [row for row in plan.jobs["questions"] if row["split"] == split][:num]
    rng, words = random.Random(seed), [word for word in domain.words() if len(word) > 1 and word.isalpha()]
    for number, row in enumerate(rows):
        if split == "train" and rng.random() < _ALONE_SHARE:
            row["text"] = said_alone(rng, words)
        voice, path = open_voice(f"rhvoice:{VOICES[split][number % len(VOICES[split])]}"), sound / f"{row['id']}.wav"
        if not path.is_file():  # run again, it goes on
            audio = trim(voice.speak(row["text"], speed=row["speed"], pitch=row["pitch"])).resample(SAMPLE_RATE)
            soundfile.write(path.with_suffix(".new"), audio.samples.numpy(), SAMPLE_RATE, "PCM_16", format="WAV")
            path.with_suffix(".new").replace(path)
        yield line(row["id"], row["text"], path, voice.name, split == "test")


def main() -> None:
    """Reads the numbers from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--num", type=int, default=9000)
    parser.add_argument("--seed", type=int, default=1, help="of the questions; the corpus's are of seed 0")
    given = parser.parse_args()
    torch.set_num_threads(1)
    for split, name, num in (("train", "rhvoice", given.num), ("test", "rhvoice-test", round(given.num * _TEST_SHARE))):
        sound = given.out / name
        sound.mkdir(parents=True, exist_ok=True)
        print(name, write_manifest(given.out / f"{name}.jsonl", questions(split, num, given.seed, sound)))


if __name__ == "__main__":
    main()
