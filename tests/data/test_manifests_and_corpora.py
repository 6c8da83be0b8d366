import json

import numpy as np
import pytest
import torch

from thinkaloud.audio import Audio, write
from thinkaloud.data.corpora import librispeech, libritts, mls, vctk
from thinkaloud.data.manifests import read_manifest, write_manifest
from thinkaloud.data.presets import PRESETS, preset
from thinkaloud.data.samples import Exchange, Fault, Sample, Utterance
from thinkaloud.data.sources import HuggingFace, Manifest, PresetData
from thinkaloud.data.textqa import TextQa, read_text_qa

WAVE = Audio(torch.sin(torch.arange(800) * 0.1), 16000)


def put(path, text=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    if text is None:
        write(path, WAVE)
    else:
        path.write_text(text, encoding="utf-8")


def test_manifest_round_trip(tmp_path):
    codes = np.arange(6, dtype=np.int32).reshape(2, 3)
    past = Exchange(question=Utterance(text="before"), answer=Utterance(text="yes"))
    given = Sample(
        key="7",
        question=Utterance(text="q", audio=WAVE),
        answer=Utterance(text="a", codes=codes),
        history=(past,),
        language="de",
        speaker="ann",
    )
    write_manifest(tmp_path / "m.jsonl", [given])
    (found,) = read_manifest(tmp_path / "m.jsonl")
    assert (found.key, found.language, found.speaker) == ("7", "de", "ann")
    assert (found.answer.codes == codes).all() and found.history[0].question.text == "before"
    assert torch.allclose(found.question.listen().samples, WAVE.samples, atol=1e-4)


def test_manifest_faults_are_named(tmp_path):
    lines = [
        '{"answer": "a", "question": "q"}',
        "{",
        '{"answr": "a"}',
        '{"question": "q"}',
        '{"answer": "a", "question_audio": "no.wav"}',
    ]
    put(tmp_path / "m.jsonl", "\n".join(lines))
    found = list(read_manifest(tmp_path / "m.jsonl"))
    assert [row.kind for row in found[1:]] == ["not_json", "unknown_field", "empty", "missing_file"]
    assert "answer" in found[2].detail
    assert len(Manifest(path=str(tmp_path / "m.jsonl")).build()) == 1


def test_asr_trees(tmp_path):
    put(tmp_path / "ls/1/2/1-2-0.flac")
    put(tmp_path / "ls/1/2/1-2.trans.txt", "1-2-0 HELLO THERE\n1-2-1 LOST\n")
    put(tmp_path / "tts/1/2/1_2_0.wav")
    put(tmp_path / "tts/1/2/1_2_0.normalized.txt", "Hello there.")
    put(tmp_path / "mls/audio/10/20/10_20_0.flac")
    put(tmp_path / "mls/transcripts.txt", "10_20_0\tbonjour\n")
    put(tmp_path / "vctk/wav48_silence_trimmed/p1/p1_001_mic1.flac")
    put(tmp_path / "vctk/txt/p1/p1_001.txt", "Please call.\n")
    good, lost = librispeech(tmp_path / "ls")
    assert (good.question.text, good.speaker) == ("HELLO THERE", "1") and lost == Fault(
        key="1-2-1", kind="missing_file", detail="no recording"
    )
    for reader, name, text, speaker in (
        (libritts, "tts", "Hello there.", "1"),
        (mls, "mls", "bonjour", "10"),
        (vctk, "vctk", "Please call.", "p1"),
    ):
        (found,) = reader(tmp_path / name)
        assert (found.question.text, found.speaker, found.question.listen().num_samples) == (text, speaker, 800)


def test_presets_are_table_1():
    assert len(PRESETS) == 14
    assert preset("libritts").stages == ("align", "adapt", "finetune") and preset("libritts").tasks == ("asr",)
    with pytest.raises(ValueError, match="did you mean 'librispeech'"):
        preset("librispech")


def test_preset_data_builds(tmp_path):
    put(tmp_path / "ls/1/2/1-2-0.flac")
    put(tmp_path / "ls/1/2/1-2.trans.txt", "1-2-0 HELLO\n1-2-1 LOST\n")
    source = PresetData(preset="librispeech", path=str(tmp_path / "ls")).build()
    assert len(source) == 1 and source.faults.counts["missing_file"] == 1
    with pytest.raises(ValueError, match="no samples"):
        PresetData(preset="vctk", path=str(tmp_path / "ls")).build()


def test_text_sets_of_table_1(tmp_path):
    rows = {
        "alpaca": {"instruction": "Add", "input": "1 and 2", "output": "3"},
        "open_orca": {"question": "Q", "response": "A"},
        "moss": {"plain_text": "[Human]: a<eoh> [MOSS]: b<eoa> [Human]: c<eoh> [MOSS]: d<eoa>"},
        "hh_rlhf": {"chosen": "\n\nHuman: a\n\nAssistant: b\n\nHuman: c\n\nAssistant: d"},
    }
    wanted = {
        "alpaca": TextQa(question="Add 1 and 2", answer="3"),
        "open_orca": TextQa(question="Q", answer="A"),
        "moss": TextQa(question="c", answer="d", history=(("a", "b"),)),
        "hh_rlhf": TextQa(question="c", answer="d", history=(("a", "b"),)),
    }
    for name, row in rows.items():
        put(tmp_path / f"{name}.jsonl", json.dumps(row) + "\n")
        assert list(read_text_qa(tmp_path / f"{name}.jsonl", name)) == [wanted[name]]
    put(tmp_path / "oasst.json", json.dumps([
        {"message_id": "1", "parent_id": None, "role": "prompter", "text": "Q"},
        {"message_id": "2", "parent_id": "1", "role": "assistant", "text": "best", "rank": 0},
        {"message_id": "3", "parent_id": "1", "role": "assistant", "text": "worse", "rank": 1},
    ]))  # fmt: skip
    assert list(read_text_qa(tmp_path / "oasst.json", "oasst1")) == [TextQa(question="Q", answer="best")]
    put(tmp_path / "bad.jsonl", '{"instruction": "x"}\n{"question": "", "answer": "a"}\n')
    assert [row.kind for row in read_text_qa(tmp_path / "bad.jsonl", "alpaca")] == ["unreadable_row", "unreadable_row"]
    assert [row.kind for row in read_text_qa(tmp_path / "bad.jsonl")] == ["empty_text", "empty_text"]


def test_questions_and_answers_of_a_folder(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.Table.from_pylist([{"question": "a", "answer": "b"}]), tmp_path / "1.parquet")
    put(tmp_path / "2.json", '[{"question": "c", "answer": "d"}]')
    put(tmp_path / "more" / "3.jsonl", '{"question": "e", "answer": "f"}\n\n{"question": "g", "answer": "h"}\n')
    assert [row.question for row in read_text_qa(tmp_path)] == ["a", "c", "e", "g"]
    put(tmp_path / "half.jsonl", '{"question": "a", "answer": "b"}\n{"quest\n"no row"\n{"question": "c", "answer": "d"}\n')
    found = [row.key if isinstance(row, Fault) else row.question for row in read_text_qa(tmp_path / "half.jsonl")]
    assert found == ["a", "half.jsonl:2", "half.jsonl:3", "c"]
    put(tmp_path / "half.json", '[{"question": "c"')
    (tmp_path / "latin.jsonl").write_bytes(b'{"question": "\xe9"}')
    for name in ("half.json", "latin.jsonl", "missing.json"):
        with pytest.raises(ValueError, match=name):
            list(read_text_qa(tmp_path / name))
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="holds no"):
        list(read_text_qa(tmp_path / "empty"))


def test_hugging_face_folder(tmp_path):
    import datasets

    put(tmp_path / "a.wav")
    rows = datasets.Dataset.from_dict({"audio": [str(tmp_path / "a.wav")], "sentence": ["hello"]})
    rows.cast_column("audio", datasets.Audio(decode=False)).save_to_disk(tmp_path / "set")
    source = HuggingFace(path=str(tmp_path / "set"), text="sentence").build()
    assert source[0].question.text == "hello" and source[0].question.listen().num_samples == 800
    with pytest.raises(ValueError, match="it has audio, sentence"):
        HuggingFace(path=str(tmp_path / "set")).build()
