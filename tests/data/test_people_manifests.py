"""bench/pocket_people.py and pocket_commands.py: manifests of people's recordings, on folders laid out as published."""

import json
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import soundfile

ROOT = Path(__file__).parents[2]
RATE = 16000


@pytest.fixture(scope="module")
def people(bench):
    return bench("pocket_people")


@pytest.fixture(scope="module")
def commands(bench):
    return bench("pocket_commands")


def word(level: float, begins_s: float, length_s: float = 0.3) -> np.ndarray:
    """A second of faint noise with a tone in it."""
    samples = np.random.default_rng(0).normal(0, 0.002, RATE).astype(np.float32)
    first, last = round(begins_s * RATE), round((begins_s + length_s) * RATE)
    samples[first:last] += level * np.sin(np.arange(last - first) * 0.2, dtype=np.float32)
    return samples


def sentences_allowed(grammar: str) -> set[str]:
    """All sentences of a grammar of words, "|" and "( ... )"."""

    def some(parts: list[str], place: int) -> tuple[set[str], int]:
        found, now = set(), {""}
        while place < len(parts) and parts[place] != ")":
            if parts[place] == "|":
                found, now = found | now, {""}
            elif parts[place] == "(":
                inner, place = some(parts, place + 1)
                now = {f"{a} {b}".strip() for a in now for b in inner}
            else:
                now = {f"{a} {parts[place]}".strip() for a in now}
            place += 1
        return found | now, place

    return some(grammar.split(), 0)[0]


def test_a_number_can_be_said_in_all_these_ways(people):
    assert sentences_allowed(people.number_grammar("7001")) == {
        "seven zero zero one",
        "seven zero oh one",
        "seven oh zero one",
        "seven oh oh one",
        "seven double zero one",
        "seven double oh one",
    }
    assert "triple five" in sentences_allowed(people.number_grammar("555"))


def test_an_order_has_its_words_in_any_order_that_the_benchmark_allows(people):
    said = sentences_allowed(
        people.order_grammar({"size": "large", "roast": "dark roast", "coffeeDrink": "latte", "milkAmount": "milk"})
    )
    assert {"can i get a large dark roast latte with milk", "i want a dark roast large latte with milk"} <= said
    assert not any("milk" in one and "with" not in one for one in said)


def test_what_people_read_becomes_a_manifest_and_a_person_is_on_one_side_alone(people, tmp_path, capsys, monkeypatch):
    part = tmp_path / "speechocean762" / "train"
    part.mkdir(parents=True)
    keys = [f"{speaker:04d}{n}" for speaker in range(40) for n in range(2)]
    (part / "text").write_text("".join(f"{key}\tWE CALL IT BEAR\n" for key in keys))
    (part / "wav.scp").write_text("".join(f"{key}\twav/{key}.wav\n" for key in keys))
    (part / "utt2spk").write_text("".join(f"{key} {key[:4]}\n" for key in keys))
    (part.parent / "test").mkdir()
    for name in ("text", "wav.scp", "utt2spk"):
        (part.parent / "test" / name).touch()
    (part.parent / "wav").mkdir()
    for key in keys[1:]:  # one is missing
        soundfile.write(part.parent / "wav" / f"{key}.wav", [0.0] * 160, 16000)
    monkeypatch.setattr("sys.argv", ["pocket_people.py", str(tmp_path), "--out", str(tmp_path / "out"), "--workers", "1"])
    people.main()
    told = capsys.readouterr().out
    assert "speechocean762: 79 recordings" in told and "wake-word-benchmark: not in" in told
    lines = [json.loads(line) for line in (tmp_path / "out" / "speechocean762.jsonl").read_text().splitlines()]
    sides = {(line["speaker"], line["split"]) for line in lines}
    assert len(sides) == 40 and {split for _, split in sides} == {"train", "test"}
    assert lines[0]["question"] == "we call it bear" and Path(lines[0]["question_audio"]).is_file()


def test_of_all_that_fits_the_likeliest_is_chosen(people):
    pytest.importorskip("pocketsphinx")
    choices = "what is three plus two | what is the capital of france | what is the capital of italy | good morning"
    assert people.likeliest((ROOT / "examples" / "question.wav", choices)) == "what is the capital of france"


def test_names_are_spelt_and_their_letters_cut_out(people, commands, tmp_path, monkeypatch):
    assert sentences_allowed(people.name_grammar("annaz")) == {
        f"ay {n} ay {z}" for n in ("double n", "n n") for z in ("zee", "zed")
    }
    rows = {"ann": "Ann", "bob": "B.ob", "zoe": "Zoe", "nobody": "Zoë"}
    heard = {  # the second one says the name, of the third one not all was heard
        "ann": [("ay", 0.2, 0.7), ("double", 0.9, 1.4), ("n", 1.4, 1.9)],
        "bob": [("b", 0.2, 0.3), ("o", 0.3, 0.4), ("b", 0.4, 0.5)],
        "zoe": [("zee", 0.2, 0.8), ("o", 1.0, 1.6)],
    }
    (tmp_path / "metadata.csv").write_text("Response_ID,Name\n" + "".join(f"{key},{name}\n" for key, name in rows.items()))
    (tmp_path / "audio_data" / "Names").mkdir(parents=True)
    for key in rows:
        soundfile.write(tmp_path / "audio_data" / "Names" / f"{key}.wav", np.tile(word(0.3, 0.2, 0.6), 2), RATE)
    monkeypatch.setattr(people, "segments", lambda job: heard[job[0].stem])
    with ThreadPoolExecutor(1) as pool:
        lines = list(people.names(tmp_path, tmp_path / "letters", pool))
    assert [(line["key"], line["question"]) for line in lines] == [("ann", "a double n")]
    assert [path.relative_to(tmp_path / "letters").as_posix() for path in tmp_path.glob("letters/*/*")] == [
        "a/ann_nohash_0.wav"
    ]
    made = list(commands.strings("ann", commands.recordings([tmp_path / "letters"])["ann"], tmp_path, 4, 3))
    assert {line["question"] for line in made} == {"a"} and lines[0]["split"] == made[0]["split"]


def test_a_word_is_found_in_its_second(commands):
    for seed in range(5):
        found = commands.spoken_part(word(0.2, 0.4), random.Random(seed))
        assert 0.3 * RATE < len(found) <= (0.3 + 0.42) * RATE and np.abs(found).max() == pytest.approx(0.2, rel=0.1)
        assert found[0] == found[-1] == 0
    with pytest.raises(ValueError, match="no word"):
        commands.spoken_part(word(0.0, 0.4), random.Random(0))


def test_strings_are_of_one_persons_words_and_few_people_are_kept_for_the_test(commands, tmp_path, monkeypatch, capsys):
    names = [f"{number:08x}" for number in range(60)]
    for n, name in enumerate(names):
        for folder, file in (
            ("up", f"{name}_nohash_0.wav"),
            ("_unknown_", f"five_{name}_nohash_1.wav.wav"),
            ("_silence_", f"{name}.wav"),
        ):
            (tmp_path / "sc" / folder).mkdir(parents=True, exist_ok=True)
            soundfile.write(tmp_path / "sc" / folder / file, word(0.1 + n / 100 if folder != "_silence_" else 0.0, 0.3), RATE)
    soundfile.write(tmp_path / "sc" / "up" / f"{names[0]}_nohash_7.wav", word(0.0, 0.3), RATE)  # nothing is said here
    monkeypatch.setattr("sys.argv", ["pocket_commands.py", str(tmp_path / "sc"), "--out", str(tmp_path / "out")])
    commands.main()
    assert "by 60 people" in capsys.readouterr().out
    lines = [json.loads(row) for row in (tmp_path / "out" / "commands.jsonl").read_text().splitlines()]
    assert {line["speaker"] for line in lines} == {f"sc-{name}" for name in names}
    assert {"train", "test"} == {line["split"] for line in lines} and len({(x["speaker"], x["split"]) for x in lines}) == 60
    for line in lines:
        assert sorted(line["question"].split()) in (["up"], ["five"], ["five", "up"])
        samples, _ = soundfile.read(line["question_audio"])
        assert np.abs(samples).max() == pytest.approx(0.1 + int(line["speaker"][3:], 16) / 100, rel=0.1), (
            "the person's own level"
        )
        assert len(samples) < len(line["question"].split()) * 0.75 * RATE


def test_a_folder_of_words_is_one_persons_and_all_of_it_may_be_taught(commands, tmp_path):
    (tmp_path / "ann").mkdir()
    for name in ("dog", "cat", "orange-color"):
        soundfile.write(tmp_path / "ann" / f"{name}.ogg", word(0.3, 0.2), RATE)
    ((person, said),) = commands.recordings([tmp_path / "ann"]).items()
    assert person == "ann" and [name for name, _ in said] == ["cat", "dog"]
    assert {line["split"] for line in commands.strings(person, said, tmp_path, 3, 0)} == {"train"}
    assert {line["split"] for line in commands.strings(person, said, tmp_path, 3, 1)} == {"test"}


def test_phrases_are_named_by_their_folders_and_books_are_not_too_long(people, tmp_path):
    for folder in ("goodnight", "how_are_you"):
        (tmp_path / "a" / folder).mkdir(parents=True)
        soundfile.write(tmp_path / "a" / folder / "0.wav", word(0.1, 0.2), RATE)
    assert {line["question"] for line in people.phrases(tmp_path / "a")} == {"good night", "how are you"}
    soundfile.write(tmp_path / "12-3-0000.flac", word(0.1, 0.2), RATE)
    soundfile.write(tmp_path / "12-3-0001.flac", np.zeros(12 * RATE), RATE)
    (tmp_path / "12-3.trans.txt").write_text("12-3-0000 MARIE SIGHED\n12-3-0001 LONG\n12-3-0002 NOT THERE\n")
    (line,) = people.books(tmp_path)
    assert (line["question"], line["speaker"]) == ("marie sighed", "libri-12")
