"""Readings: what people said, from manifests, becomes part of a corpus; what cannot be used is named."""

import json

import numpy as np
import pytest
import soundfile

from thinkaloud.data.readings import record_readings
from thinkaloud.data.recordings import Recordings


@pytest.fixture
def manifest(tmp_path):
    tone = 0.3 * np.sin(np.arange(2400) / 5)
    soundfile.write(tmp_path / "a.wav", tone, 8000)
    soundfile.write(tmp_path / "b.flac", np.stack([tone, tone], axis=1), 48000)
    (tmp_path / "broken.wav").write_bytes(b"RIFF of no use")
    lines = [
        {"question": "GIVE ME  a coffee", "question_audio": "a.wav", "speaker": "ann"},
        {"question": "Is it warm?", "question_audio": "b.flac", "split": "test"},
        {"question": "Gone.", "question_audio": "gone.wav", "speaker": "bob"},
        {"question": "Broken.", "question_audio": "broken.wav"},
        {"question": "12 %", "question_audio": "a.wav", "key": "no letters"},
        {"question": "Nothing to hear.", "answer": "That is so."},
        {"question": "Hello.", "question_audio": "a.wav", "split": "dev"},
    ]
    path = tmp_path / "people.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_they_are_recordings_of_a_corpus(manifest, tmp_path):
    counts = record_readings(tmp_path / "readings", [manifest])
    assert counts == {"recorded": 2, "present": 0, "failed": 5}
    read = Recordings(tmp_path / "readings")
    by_text = {row["text"]: row for row in read.rows}
    ann, warm = by_text["give me a coffee."], by_text["is it warm?"]
    assert (ann["voice"], ann["split"], ann["length"]) == ("ann", "train", 4800), "8 kHz becomes 16"
    assert (warm["voice"], warm["split"], warm["length"]) == ("people", "test", 800), "two channels of 48 kHz become one of 16"
    assert abs(float(read.audio(ann).samples.abs().max()) - 0.3) < 0.02
    assert len({row["id"] for row in read.rows}) == 2


def test_workers_share_them(manifest, tmp_path):
    counts = [record_readings(tmp_path / "readings", [manifest], worker, 2) for worker in (0, 1)]
    assert [sum(count[kind] for count in counts) for kind in ("recorded", "failed")] == [2, 5]
    assert all(count["recorded"] + count["failed"] < 7 for count in counts)
    assert record_readings(tmp_path / "readings", [manifest])["present"] == 7


def test_what_cannot_be_used_is_named_with_its_reason(manifest, tmp_path):
    record_readings(tmp_path / "readings", [manifest])
    rows = [json.loads(line) for line in (tmp_path / "readings" / "failed-0.jsonl").read_text().splitlines()]
    errors = {row["key"]: row["error"] for row in rows}
    assert "gone.wav" in errors["people.jsonl:3"]
    assert "broken.wav" in errors["people.jsonl:4"]
    assert errors["no letters"].startswith("no words")
    assert "no audio" in errors["people.jsonl:6"]
    assert "train or test, got dev" in errors["people.jsonl:7"]


def test_more_manifests_add_to_what_is_there(manifest, tmp_path):
    record_readings(tmp_path / "readings", [manifest])
    more = tmp_path / "more.jsonl"
    more.write_text(json.dumps({"question": "Hello", "question_audio": "a.wav"}) + "\n")
    counts = record_readings(tmp_path / "readings", [manifest, more])
    assert counts == {"recorded": 1, "present": 7, "failed": 0}
    with pytest.raises(ValueError, match="expected a manifest"):
        record_readings(tmp_path / "readings", [tmp_path / "none.jsonl"])
