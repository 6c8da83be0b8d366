"""bench/pocket_people.py: manifests of people's recordings, on folders laid out as the repositories are."""

import importlib.util
import json
from pathlib import Path

import pytest
import soundfile

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def people():
    spec = importlib.util.spec_from_file_location("pocket_people", ROOT / "bench" / "pocket_people.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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
