import collections

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

from thinkaloud.audio import Audio
from thinkaloud.data.parquet import (
    ParquetSource,
    ReadRules,
    codes_from_text,
    codes_to_text,
    notes_of,
    read_parquet,
    write_parquet,
)
from thinkaloud.data.samples import Exchange, Fault, Faults, Sample, Utterance, audio_bytes


def codes(frames, seed=0):
    return np.random.default_rng(seed).integers(0, 4096, (7, frames)).astype(np.int32)


def sample(n, **more):
    wave = Audio(torch.sin(torch.arange(1600) * 0.05), 16000)
    return Sample(
        key=f"test/{n}",
        question=Utterance(text=f"question {n}", audio=wave),
        answer=Utterance(text="an answer of some words", codes=codes(20, n)),
        **more,
    )


def test_codes_are_text_and_back():
    text = codes_to_text(codes(3))
    assert text.startswith("# ") and text.count("#") == 3
    assert (codes_from_text(text, 7, 4096) == codes(3)).all()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "empty_codes"),
        ("#", "empty_codes"),
        ("# 1 2 3 4 5 6", "wrong_code_count"),
        ("# 1 2 3 4 5 6 7 # 1", "wrong_code_count"),
        ("# 1 2 3 4 5 6 4096", "code_out_of_range"),
        ("# 1 2 3 4 5 6 -1", "code_out_of_range"),
        ("# 1 2 3 4 5 6 x", "unreadable_codes"),
    ],
)
def test_faulty_codes_say_their_kind(text, kind):
    with pytest.raises(ValueError, match=f"^{kind} "):
        codes_from_text(text, 7, 4096)


def test_shard_round_trip_with_history_and_notes(tmp_path):
    past = Exchange(question=Utterance(text="hello"), answer=Utterance(text="hi", codes=codes(2)))
    features = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float16)
    given = [sample(1, history=(past,), speaker="ann"), sample(2)]
    given[1] = Sample(key="test/2", question=Utterance(text="q", features=features), answer=given[1].answer)
    write_parquet(tmp_path / "a.parquet", given, {"rules": "{}"})
    first, second = read_parquet([tmp_path / "a.parquet"])
    assert notes_of(tmp_path / "a.parquet") == {"rules": "{}"}
    assert (first.question.text, first.speaker, first.key) == ("question 1", "ann", "test/1")
    assert (first.answer.codes == codes(20, 1)).all() and (first.history[0].answer.codes == codes(2)).all()
    assert torch.allclose(first.question.listen().samples, given[0].question.audio.samples, atol=1e-4)
    assert (second.question.features == features).all() and second.question.audio is None
    assert [path.name for path in tmp_path.iterdir()] == ["a.parquet"]  # no half-written file is left


def published(path):
    """A file in exactly the published columns, good rows and every known fault."""
    wav = audio_bytes(sample(0).question.audio)
    good = codes_to_text(codes(20))
    rows = [
        ("good one", good, "an answer of some words"),
        ("mismatch", good, "far too many words for a second and a half of speech, " * 6),
        ("slow", codes_to_text(codes(400)), "hardly any"),
        ("bracketed", good, "see the list [1] of some words"),
        ("no codes", "", "an answer of some words"),
        ("six codes", good + " # 1 2 3 4 5 6", "an answer of some words"),
        ("special id", " ".join(["# 4097", *good.split()[2:]]), "an answer of some words"),
        ("no answer", good, " "),
        ("good two", good, "an answer of some words"),
    ]
    table = [
        {
            "split_name": "identity",
            "index": str(n),
            "round": 0,
            "question": question,
            "question_audio": {"bytes": wav, "path": "x.wav"},
            "answer": answer,
            "answer_snac": snac,
        }
        for n, (question, snac, answer) in enumerate(rows)
    ]
    pq.write_table(pa.Table.from_pylist(table), path, row_group_size=4)


def test_published_file_counts_its_faults_by_kind(tmp_path):
    published(tmp_path / "train-00000-of-00001.parquet")
    source = ParquetSource([tmp_path / "train-00000-of-00001.parquet"])
    assert [source[i].question.text for i in range(len(source))] == ["good one", "good two"]
    assert source.faults.counts == collections.Counter(
        text_audio_mismatch=2, bracketed_text=1, empty_codes=1, wrong_code_count=1, code_out_of_range=1, empty_answer=1
    )
    assert source.faults.to_dict()["bracketed_text"]["first"] == ["identity/3/0: [1]"]


def test_rules_can_be_loosened(tmp_path):
    published(tmp_path / "a.parquet")
    rules = ReadRules(allow_brackets=True, min_chars_per_s=0, max_chars_per_s=0)
    faults = Faults()
    kept = list(faults.sift(read_parquet([tmp_path / "a.parquet"], rules)))
    assert len(kept) == 5 and "text_audio_mismatch" not in faults.counts


def test_shuffled_epochs_hold_every_row_once(tmp_path):
    for shard in range(3):
        write_parquet(tmp_path / f"{shard}.parquet", [sample(shard * 10 + n) for n in range(10)], group_rows=3)
    source = ParquetSource(sorted(tmp_path.iterdir()), window_groups=2)
    first = [source.draw(n, 7).key for n in range(30)]
    second = [source.draw(n, 7).key for n in range(30, 60)]
    assert sorted(first) == sorted(second) == sorted(f"test/{n}" for n in range(30))
    assert first != second and first != sorted(first)
    assert [source.draw(n, 7).key for n in (5, 31)] == [first[5], second[1]]  # any position, at any time


def test_a_fault_is_not_a_sample():
    faults = Faults(keep=1)
    rows = [Fault(key="a", kind="x"), sample(1), Fault(key="b", kind="x", detail="why")]
    assert [row.key for row in faults.sift(rows)] == ["test/1"]
    assert faults.to_dict() == {"x": {"count": 2, "first": ["a"]}} and str(faults) == "x 2"
