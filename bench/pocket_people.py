"""Manifests of people's recordings for `thinkaloud prepare pocket --readings`, from public repositories.

    git clone https://github.com/jimbozhang/speechocean762                    sentences, with their words    (CC BY 4.0)
    git clone https://github.com/Picovoice/wake-word-benchmark                six phrases, by folder         (Apache 2.0)
    git clone https://github.com/Picovoice/speech-to-intent-benchmark         coffee orders, as intents      (Apache 2.0)
    git clone https://github.com/Sakshee5/alphanumeric-audio-dataset          telephone numbers, names spelt (MIT)
    git clone https://github.com/ShawnHymel/custom-speech-commands-dataset    ten phrases, by folder        (CC BY 4.0)
    LibriSpeech, or some of it: sentences read from books, with *.trans.txt beside them                     (CC BY 4.0)

    python bench/pocket_people.py FOLDER_OF_THE_CLONES --out runs/people

An order, a number or a name can be said in several ways ("double two", "oh"): of all that fit, pocketsphinx chooses the
likeliest. The letters of the names are cut out as well, into OUT/letters/LETTER/PERSON_nohash_N.wav: pocket_commands.py joins
them anew.
"""

import argparse
import csv
import hashlib
import itertools
import json
import multiprocessing
import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from thinkaloud.audio import read
from thinkaloud.data.domain.numbers import DIGITS

Line = dict[str, str]
Part = tuple[str, float, float]  # a word, and from when to when in seconds
_PER_PHRASE = 110
_APART = {"goodnight": "good night"}  # as the domain writes it
_LONGEST_S = 11.4  # a listener's training takes 12, with silence around them
_LETTERS = {"ay": "a", "zee": "z", "zed": "z"}  # as the grammar writes them
_LETTER_S, _AROUND_S = 0.3, 0.1
_OPENERS = "brew | can i get | can i have | i want | get me | give me | i'd like | make me | may i have"


def sentences(root: Path) -> Iterator[Line]:
    """What speechocean762 has people read; one person in ten is kept for the test."""
    for part in ("train", "test"):
        words, files, speakers = (_table(root / part / name) for name in ("text", "wav.scp", "utt2spk"))
        for key, text in words.items():
            if (root / files[key]).is_file():
                yield line(key, text.lower(), root / files[key], f"so{speakers[key]}", held_out(speakers[key], 10))


def phrases(root: Path) -> Iterator[Line]:
    """Some recordings of each phrase, which is the name of its folder."""
    rng = random.Random(0)
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        files, text = sorted(folder.glob("*.*")), _APART.get(folder.name, folder.name.replace("_", " "))
        for file in rng.sample(files, min(_PER_PHRASE, len(files))):
            yield line(f"{folder.name}-{file.stem}", text, file, f"wake-{file.stem}", False)


def books(root: Path) -> Iterator[Line]:
    """Sentences of LibriSpeech that are not too long; one person in ten is kept for the test."""
    for table in sorted(root.rglob("*.trans.txt")):
        for key, text in _table(table).items():
            file, person = table.parent / f"{key}.flac", key.partition("-")[0]
            if file.is_file() and soundfile.info(file).duration <= _LONGEST_S:
                yield line(key, text.lower(), file, f"libri-{person}", held_out(person, 10))


def numbers(root: Path, pool: ProcessPoolExecutor) -> Iterator[Line]:
    """Telephone numbers; one person in three is kept for the test."""
    said = _recited(root, "Number", str.isdigit)
    for path, text in _told([(path, number_grammar(number)) for path, number in said.items()], pool):
        yield line(path.stem, text, path, f"alpha-{path.stem}", held_out(path.stem, 3))


def names(root: Path, letters: Path, pool: ProcessPoolExecutor) -> Iterator[Line]:
    """Names spelt letter by letter, by the same people; their single letters are written into `letters`."""
    said = {path: name.lower() for path, name in _recited(root, "Name", str.isalpha).items() if name.isascii()}
    jobs = [(path, name_grammar(name)) for path, name in said.items()]
    for (path, name), parts in zip(said.items(), pool.map(segments, jobs, chunksize=8), strict=True):
        parts = [(_LETTERS.get(word, word), start_s, end_s) for word, start_s, end_s in parts]
        text = " ".join(word for word, _, _ in parts)
        spelt = re.sub(r"double (.)", r"\1 \1", text).replace(" ", "") == name
        if spelt and parts[-1][2] - parts[0][1] > _LETTER_S * len(name):  # some say the name instead
            cut_letters(path, parts, letters)
            if soundfile.info(path).duration <= _LONGEST_S:
                yield line(path.stem, text, path, f"alpha-{path.stem}", held_out(path.stem, 3))


def cut_letters(path: Path, parts: Sequence[Part], out: Path) -> None:
    """Writes each letter that is said by itself, with some of what is around it."""
    audio = read(path).mono().resample(16000).samples.numpy()
    for number, (letter, start_s, end_s) in enumerate(parts):
        doubled = number > 0 and parts[number - 1][0] == "double"
        if len(letter) == 1 and not doubled and _LETTER_S / 2 < end_s - start_s < 4 * _LETTER_S:
            file = out / letter / f"{path.stem}_nohash_{number}.wav"
            file.parent.mkdir(parents=True, exist_ok=True)
            cut = audio[max(0, int((start_s - _AROUND_S) * 16000)) : int((end_s + _AROUND_S) * 16000)]
            soundfile.write(file, cut, 16000, subtype="PCM_16")


def name_grammar(name: str) -> str:
    """All ways to spell a name: equal neighbours as double, z as zee or zed; the dictionary's bare "a" is the article."""

    def letter(one: str) -> str:
        return {"a": "ay", "z": "( zee | zed )"}.get(one, one)

    def rest(place: int) -> str:
        if place == len(name):
            return ""
        if name[place : place + 2] == name[place] * 2:
            two = letter(name[place])
            return f"( double {two} | {two} {two} ) {rest(place + 2)}"
        return f"{letter(name[place])} {rest(place + 1)}"

    return rest(0)


def orders(root: Path, pool: ProcessPoolExecutor) -> Iterator[Line]:
    """Coffee orders; one in twelve is kept for the test."""
    labels = json.loads((root / "data" / "label" / "label.json").read_text())
    folder = root / "data" / "speech" / "clean"
    for path, text in _told([(folder / name, order_grammar(label["slots"])) for name, label in labels.items()], pool):
        yield line(path.name, text, path, f"barista-{path.name}", held_out(path.name, 12))


def number_grammar(number: str) -> str:
    """All ways to say a number digit by digit: 0 as zero or oh, equal neighbours as double or triple."""

    def rest(place: int) -> list[str]:
        if place == len(number):
            return [""]
        word = "( zero | oh )" if number[place] == "0" else DIGITS[int(number[place])]
        found = [f"{word} {more}" for more in rest(place + 1)]
        for times, name in ((2, "double"), (3, "triple")):
            if number[place : place + times] == number[place] * times:
                found += [f"{name} {word} {more}" for more in rest(place + times)]
        return found

    return " | ".join(rest(0))


def order_grammar(slots: dict[str, str]) -> str:
    """All orders of these slots that the benchmark's own grammar allows."""
    before = [slots[name].strip() for name in ("size", "roast", "numberOfShots") if name in slots]
    after = [slots[name].strip() for name in ("milkAmount", "sugarAmount") if name in slots]
    middle = " | ".join(" ".join(some) for some in itertools.permutations(before))
    end = " | ".join(" and ".join(some) for some in itertools.permutations(after))
    drink = f"( {middle} ) {slots['coffeeDrink'].strip()}" if before else slots["coffeeDrink"].strip()
    return f"( {_OPENERS} ) ( a | an ) {drink}" + (f" with ( {end} )" if after else "")


def segments(job: tuple[Path, str]) -> list[Part]:
    """Of the sentences of a grammar the one that pocketsphinx hears in a recording: words and when; none if it hears none."""
    import pocketsphinx

    samples = read(job[0]).mono().resample(16000).samples.numpy()
    samples = np.pad(samples / max(float(np.abs(samples).max()), 1e-6) * 0.7, 4000)
    wide: dict[str, Any] = {"beam": 1e-60, "wbeam": 1e-50, "pbeam": 1e-60}
    decoder = pocketsphinx.Decoder(lm=None, loglevel="FATAL", samprate=16000, **wide)
    decoder.add_jsgf_string("said", f"#JSGF V1.0;\ngrammar said;\npublic <said> = {job[1]};\n")
    decoder.activate_search("said")
    decoder.start_utt()
    decoder.process_raw((samples * 32767).astype("<i2").tobytes(), full_utt=True)
    decoder.end_utt()
    if decoder.hyp() is None:
        return []
    said = [
        (part.word.partition("(")[0].lower(), part.start_frame / 100 - 0.25, part.end_frame / 100 - 0.25)
        for part in decoder.seg()
    ]
    return [part for part in said if part[0] and part[0][0] not in "<[+"]  # not silence, noise or "(NULL)"


def likeliest(job: tuple[Path, str]) -> str:
    """The text of `segments`."""
    return " ".join(word for word, _, _ in segments(job))


def _told(jobs: list[tuple[Path, str]], pool: ProcessPoolExecutor) -> Iterator[tuple[Path, str]]:
    there = [job for job in jobs if job[0].is_file()]
    for (path, _), text in zip(there, pool.map(likeliest, there, chunksize=8), strict=True):
        if text.strip():
            yield path, text


def _recited(root: Path, column: str, kind: Callable[[str], bool]) -> dict[Path, str]:
    """What the recordings of a folder of alphanumeric-audio-dataset say, by file: the characters of a kind of one column."""
    with (root / "metadata.csv").open() as table:
        rows = {row["Response_ID"]: "".join(filter(kind, row[column])) for row in csv.DictReader(table)}
    files = {root / "audio_data" / f"{column}s" / f"{key}.wav": text for key, text in rows.items()}
    return {path: text for path, text in files.items() if text and path.is_file()}


def _table(path: Path) -> dict[str, str]:
    rows = (line.replace("\t", " ").split(" ", 1) for line in path.read_text().splitlines())
    return {key: value.strip() for key, value in rows}


def line(key: str, text: str, audio: Path, speaker: str, test: bool) -> Line:
    """A line of a manifest."""
    split = "test" if test else "train"
    return {"key": key, "question": text, "question_audio": str(audio.resolve()), "speaker": speaker, "split": split}


def write_manifest(path: Path, made: Iterable[Line]) -> str:
    """Writes the lines, and says how many there are."""
    lines = list(made)
    path.write_text("".join(json.dumps(one) + "\n" for one in lines))
    return f"{len(lines)} recordings, {sum(one['split'] == 'test' for one in lines)} of them for the test"


def held_out(name: str, one_in: int) -> bool:
    """Whether a person of this name is one of those that are kept for the test."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest(), "big") % one_in == 0


def main() -> None:
    """Reads the folders from the command line; a repository that is not there is left out and named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clones", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(given.workers, multiprocessing.get_context("spawn")) as pool:
        makers = (  # the clone, its manifest, what makes that
            ("speechocean762", "speechocean762", sentences),
            ("wake-word-benchmark", "wake-word-benchmark", lambda root: phrases(root / "audio")),
            (
                "custom-speech-commands-dataset",
                "custom-speech-commands-dataset",
                lambda root: phrases(root / "custom_keywords"),
            ),
            ("LibriSpeech", "LibriSpeech", books),
            ("alphanumeric-audio-dataset", "alphanumeric-audio-dataset", lambda root: numbers(root, pool)),
            (
                "alphanumeric-audio-dataset",
                "alphanumeric-audio-dataset-names",
                lambda root: names(root, given.out / "letters", pool),
            ),
            ("speech-to-intent-benchmark", "speech-to-intent-benchmark", lambda root: orders(root, pool)),
        )
        for clone, name, make in makers:
            if not (given.clones / clone).is_dir():
                print(f"{clone}: not in {given.clones}, left out")
                continue
            print(f"{name}: {write_manifest(given.out / f'{name}.jsonl', make(given.clones / clone))}")


if __name__ == "__main__":
    main()
