"""A woman of whom the pocket model was taught nothing: what is understood of her, and of a voice that it knows.

    apt-get download asterisk-core-sounds-en-g722; dpkg -x asterisk-core-sounds-en-g722*.deb prompts
    find prompts -name '*.g722' -execdir ffmpeg -loglevel error -i {} {}.wav ';'
    python bench/pocket_prompts.py prompts/usr/share/asterisk/sounds/en_US_f_Allison [--model pocket]

Allison Smith's words for telephones (Asterisk's sounds, CC BY-SA 3.0), joined into what people ask: digit strings, sums. Then
into what nobody asks like that: numbers, times, dates and letters alone. The other voice says the same texts, in one go:
what it is misheard in is a matter of the text. Writes bench/pocket_prompts.md.
"""

import argparse
import random
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from thinkaloud.audio import Audio, read
from thinkaloud.data.domain.calendar import DAYS, MONTHS
from thinkaloud.data.domain.numbers import say
from thinkaloud.data.voices import open_voice
from thinkaloud.evaluate.pocket import hearing
from thinkaloud.evaluate.pocket_clips import Clip
from thinkaloud.evaluate.pocket_report import table
from thinkaloud.evaluate.realtime import machine
from thinkaloud.model import SpeechLM

RATE = 16_000
Words = list[tuple[str, str]]  # what is said, and the recording of it


def number(value: int) -> Words:
    """A number below 100."""
    parts = [value] if value < 20 else [value // 10 * 10, *([value % 10] if value % 10 else [])]
    return [(say(part), f"digits/{part}") for part in parts]


def digits(rng: random.Random) -> Words:
    """Three to six of them."""
    return [word for _ in range(rng.randint(3, 6)) for word in number(rng.randrange(10))]


def total(rng: random.Random) -> Words:
    """A sum or a difference of numbers to twenty."""
    small, large = sorted(rng.randrange(21) for _ in range(2))
    signs = [("plus", "letters/plus"), ("minus", "digits/minus")]
    return [*number(large), rng.choice(signs), *number(small)]


def moment(rng: random.Random) -> Words:
    """A time of day."""
    return [*number(rng.randrange(1, 13)), *number(rng.randrange(10, 60, 5))]


def date(rng: random.Random) -> Words:
    """A day and a month. Her week begins on Sunday."""
    day, month = rng.randrange(7), rng.randrange(12)
    return [(DAYS[day - 1], f"digits/day-{day}"), (MONTHS[month], f"digits/mon-{month}")]


def letters(rng: random.Random) -> Words:
    """Two to five of them."""
    return [(letter, f"letters/{letter}") for letter in rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(2, 5))]


KINDS: dict[str, Callable[[random.Random], Words]] = {
    "digit strings": digits,
    "sums": total,
    "numbers alone": lambda rng: number(rng.randrange(13, 100)),
    "times alone": moment,
    "dates alone": date,
    "letters alone": letters,
}


def spoken(folder: Path, file: str) -> Tensor:
    """A recorded word [N] without the silence around it."""
    found = next(path for path in (folder / f"{file}.wav", folder / f"{file}.g722.wav") if path.is_file())
    samples = read(found).resample(RATE).samples
    loud = (samples.abs() > 0.02 * samples.abs().max()).nonzero()[:, 0]
    return samples[max(0, int(loud[0]) - 400) : int(loud[-1]) + 800]


def joined(folder: Path, said: Words, rng: random.Random) -> Audio:
    """Her words, one after the other, 30 to 150 ms apart."""
    parts = [torch.zeros(RATE // 5)]
    for _, file in said:
        parts += [spoken(folder, file), torch.zeros(int(rng.uniform(0.03, 0.15) * RATE))]
    return Audio(torch.cat([*parts, torch.zeros(RATE // 5)]), RATE)


def main() -> None:
    """Reads the folder and the model from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="pocket")
    parser.add_argument("--voice", default="flite:slt", help="the voice that says the same")
    parser.add_argument("--num", type=int, default=60, help="texts of each kind")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "pocket_prompts.md")
    given = parser.parse_args()
    model, voice, rng, rows = SpeechLM.load(given.model), open_voice(given.voice), random.Random(7), []
    for name, make in KINDS.items():
        said = [make(rng) for _ in range(given.num)]
        texts = [" ".join(word for word, _ in one) for one in said]
        sounds = {
            "her": [joined(given.folder, one, rng) for one in said],
            given.voice: [voice.speak(text).resample(RATE) for text in texts],
        }
        clips = {
            who: [Clip(text=text, audio=one) for text, one in zip(texts, many, strict=True)] for who, many in sounds.items()
        }
        row: list[str] = [name]
        for scores in hearing(model, clips, None).values():
            row += [f"{100 * scores['asr']['rate']:.1f} %", f"{round(scores['asr']['exact'] * given.num)} of {given.num}"]
        rows.append(row)
        print(row, flush=True)
    head = ["", "her: words wrong", "without fault", f"{given.voice}: words wrong", "without fault"]
    command = f"python bench/pocket_prompts.py ALLISON --model {given.model} --num {given.num}"
    text = f"# A woman never heard\n\n`{command}`; {machine()}.\n\n{table(head, rows)}"
    given.out.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
