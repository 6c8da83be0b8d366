"""People of whom the pocket model was taught nothing: what is understood of them, and of a voice that it knows.

    apt-get download asterisk-core-sounds-en-g722 klettres-data; for file in *.deb; do dpkg -x $file prompts; done
    find prompts -name '*.g722' -execdir ffmpeg -loglevel error -i {} {}.wav ';'
    git clone https://github.com/gcompris/GCompris-voices
    python bench/pocket_prompts.py allison=prompts/usr/share/asterisk/sounds/en_US_f_Allison \\
        julia=GCompris-voices/en american=prompts/usr/share/klettres/en briton=prompts/usr/share/klettres/en_GB

Allison Smith's words for telephones (Asterisk's sounds, CC BY-SA 3.0), Julia Wycherley's for children (GCompris, GPL) and the
letters of two others (KLettres, GPL), joined into what people ask: digit strings, sums. Then into what nobody asks like that:
numbers, times, dates and letters alone, as far as somebody has the words. The other voice says the same texts, in one go:
what it is misheard in is a matter of the text. Writes bench/pocket_prompts.md.
"""

import argparse
import random
import string
from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from torch import Tensor

from thinkaloud.audio import Audio, read
from thinkaloud.data.domain.calendar import DAYS, MONTHS
from thinkaloud.data.domain.numbers import DIGITS, say
from thinkaloud.data.voices import open_voice
from thinkaloud.evaluate.pocket import hearing
from thinkaloud.evaluate.pocket_clips import Clip
from thinkaloud.evaluate.pocket_report import table
from thinkaloud.evaluate.realtime import machine
from thinkaloud.model import SpeechLM

RATE = 16_000
LETTERS = string.ascii_lowercase
ALLISON = {
    **{say(value): f"digits/{value}" for value in (*range(20), *range(20, 100, 10))},
    **{day: f"digits/day-{(number + 1) % 7}" for number, day in enumerate(DAYS)},  # her week begins on Sunday
    **{month: f"digits/mon-{number}" for number, month in enumerate(MONTHS)},
    **{letter: f"letters/{letter}" for letter in LETTERS},
    "plus": "letters/plus",
    "minus": "digits/minus",
}
JULIA = {
    **{say(value): f"alphabet/{value}" for value in range(10, 21)},
    **{one: f"alphabet/U{ord(sign):04X}" for one, sign in zip((*DIGITS, *LETTERS), string.digits + LETTERS, strict=True)},
    "plus": "misc/plus",
    "minus": "misc/minus",
}
PEOPLE: dict[str, Mapping[str, str]] = {  # by word, its recording
    "allison": ALLISON,
    "julia": JULIA,
    "american": {letter: f"alpha/{letter.upper()}" for letter in LETTERS},
    "briton": {letter: f"alpha/{letter}" for letter in LETTERS},
}


def total(rng: random.Random) -> str:
    """A sum or a difference of numbers to twenty."""
    small, large = sorted(rng.randrange(21) for _ in range(2))
    return f"{say(large)} {rng.choice(('plus', 'minus'))} {say(small)}"


KINDS: dict[str, Callable[[random.Random], str]] = {
    "digit strings": lambda rng: " ".join(rng.choices(DIGITS, k=rng.randint(3, 6))),
    "sums": total,
    "numbers alone": lambda rng: say(rng.randrange(13, 100)),
    "times alone": lambda rng: f"{say(rng.randrange(1, 13))} {say(rng.randrange(10, 60, 5))}",
    "dates alone": lambda rng: f"{rng.choice(DAYS)} {rng.choice(MONTHS)}",
    "letters alone": lambda rng: " ".join(rng.choices(LETTERS, k=rng.randint(2, 5))),
}


def spoken(folder: Path, file: str) -> Tensor:
    """A recorded word [N] without the silence around it."""
    found = next(path for suffix in ("wav", "g722.wav", "ogg") if (path := folder / f"{file}.{suffix}").is_file())
    samples = read(found).mono().resample(RATE).samples
    loud = (samples.abs() > 0.02 * samples.abs().max()).nonzero()[:, 0]
    return samples[max(0, int(loud[0]) - 400) : int(loud[-1]) + 800]


def joined(folder: Path, files: list[str], rng: random.Random) -> Audio:
    """Recorded words, one after the other, 30 to 150 ms apart."""
    parts = [torch.zeros(RATE // 5)]
    for file in files:
        parts += [spoken(folder, file), torch.zeros(int(rng.uniform(0.03, 0.15) * RATE))]
    return Audio(torch.cat([*parts, torch.zeros(RATE // 5)]), RATE)


def main() -> None:
    """Reads people, their folders and the model from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("people", nargs="+", help=f"NAME=FOLDER, of {', '.join(PEOPLE)}")
    parser.add_argument("--model", default="pocket")
    parser.add_argument("--voice", default="flite:slt", help="the voice that says the same")
    parser.add_argument("--num", type=int, default=60, help="texts of each kind")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "pocket_prompts.md")
    given = parser.parse_args()
    folders = {name: Path(folder) for name, _, folder in (one.partition("=") for one in given.people)}
    model, voice, rng, rows = SpeechLM.load(given.model), open_voice(given.voice), random.Random(7), []
    for kind, make in KINDS.items():
        texts = [make(rng) for _ in range(given.num)]
        sounds = {given.voice: [voice.speak(text).resample(RATE) for text in texts]}
        for name, folder in folders.items():
            if all(word in PEOPLE[name] for text in texts for word in text.split()):
                sounds[name] = [joined(folder, [PEOPLE[name][word] for word in text.split()], rng) for text in texts]
        clips = {
            who: [Clip(text=text, audio=one) for text, one in zip(texts, many, strict=True)] for who, many in sounds.items()
        }
        for who, scores in hearing(model, clips).items():
            asr = scores["asr"]
            rows.append([kind, who, f"{100 * asr['rate']:.1f} %", f"{round(asr['exact'] * given.num)} of {given.num}"])
            print(rows[-1], flush=True)
    command = f"python bench/pocket_prompts.py {' '.join(f'{name}=FOLDER' for name in folders)} --num {given.num}"
    head = f"# People never heard\n\n`{command} --model {given.model}`; {machine()}.\n\n"
    given.out.write_text(head + table(["", "by", "words wrong", "without fault"], rows))
    print(given.out.read_text())


if __name__ == "__main__":
    main()
