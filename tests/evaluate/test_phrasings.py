"""bench/pocket_phrasings.py: what counts as a right answer, and a whole run on typed questions."""

import json

import pytest


@pytest.fixture(scope="module")
def phrasings(bench):
    return bench("pocket_phrasings")


@pytest.mark.parametrize(
    ("answer", "must", "must_not", "right"),
    [
        ("Seven plus six is thirteen.", [["thirteen"]], [], True),
        ("seven plus six is thirty.", [["thirteen"]], [], False),
        ("no. a carrot is a vegetable.", [["vegetable"]], ["is a fruit"], True),
        ("a carrot is a fruit, not a vegetable.", [["vegetable"]], ["is a fruit"], False),
        ("c a t.", [["c a t", "c-a-t"]], [], True),
        ("i do not know that.", [["i don't", "do not know"]], [], True),
        ("catch.", [["cat"]], [], False),
        ("", [], [], False),
    ],
)
def test_the_keys_of_an_answer_are_whole_words(phrasings, answer, must, must_not, right):
    assert phrasings.is_right(answer, must, must_not) is right


def test_typed_questions_are_answered_and_counted(phrasings, tmp_path, monkeypatch, capsys):
    rows = [
        {"intent": "capital", "question": "what is the capital of france?", "must": [["paris"]], "must_not": []},
        {"intent": "capital", "question": "what is the capital of italy?", "must": [["paris"]], "must_not": []},
        {"intent": "joke", "question": "tell me a joke.", "must": [], "must_not": []},
    ]
    (tmp_path / "asked.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    out = tmp_path / "found.md"
    monkeypatch.setattr("sys.argv", ["x", str(tmp_path / "asked.jsonl"), "--voices", "", "--show", "--out", str(out)])
    phrasings.main()
    told = out.read_text()
    assert "| all | 50.0 % |" in told and "| capital | 1 of 2 |" in told and "| joke | 1 of 1 |" in told
    assert "what is the capital of italy? -> the capital of italy is rome." in capsys.readouterr().out
