import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest
import torch
import transformers

from thinkaloud import toy
from thinkaloud.audio import Audio
from thinkaloud.cli import main
from thinkaloud.data import speaking
from thinkaloud.data.answers import answers_from
from thinkaloud.data.clean import Cleaning, misheard_fault, spoken_fault, word_error_rate, written_fault
from thinkaloud.data.parquet import read_parquet
from thinkaloud.data.prepare import PrepareConfig, prepare
from thinkaloud.data.samples import Fault
from thinkaloud.data.sources import Shards
from thinkaloud.data.speaking import Item, SpeakerConfig
from thinkaloud.data.textqa import TextQa, read_text_qa
from thinkaloud.data.voices import open_voice
from thinkaloud.toy import ToyCodecConfig, ToyVoice


class Voice(ToyVoice):
    def __init__(self, name):
        self.name = name

    def speak(self, text):
        if "fail" in text:
            raise RuntimeError("the engine is broken")
        return super().speak(text + self.name)


@pytest.fixture(autouse=True)
def toy_voices(monkeypatch):
    monkeypatch.setattr(speaking, "open_voice", Voice)


def config(shard_samples=4, **speaker):
    given = {"codec": ToyCodecConfig(), "question_voices": ("a", "b", "c"), "answer_voice": "d", "renderings": 2, **speaker}
    return PrepareConfig(speaker=SpeakerConfig(**given), shard_samples=shard_samples)


QA = [TextQa(question=f"what is number {n}", answer=f"it is the number {n} of course") for n in range(7)]


def rows(folder):
    return list(read_parquet(sorted(folder.glob("*.parquet")), Shards(path=str(folder)).build().rules))


def test_prepare_makes_exactly_the_samples(tmp_path):
    seen = []
    report = prepare(QA, tmp_path, config(), lambda done, total: seen.append((done, total)))
    found = rows(tmp_path)
    assert [row.key for row in found] == [f"train/{n:08d}" for n in range(14)] and report.samples == 14
    assert seen == [(0, 14), (4, 14), (8, 14), (12, 14), (14, 14)]
    assert all(found[2 * n].speaker != found[2 * n + 1].speaker for n in range(7))  # two voices for each question
    assert (found[0].answer.codes == found[1].answer.codes).all()  # one voice for the answer
    assert found[0].answer.codes.shape[0] == 3 and found[0].question.listen().sample_rate == 16000
    assert report.answer_hours > 0 and (tmp_path / "report.png").stat().st_size > 1000
    assert json.loads((tmp_path / "report.json").read_text())["speakers"] == report.speakers


def test_prepare_resumes_what_is_missing_only(tmp_path, monkeypatch):
    prepare(QA, tmp_path / "whole", config())
    prepare(QA, tmp_path / "torn", config())
    (tmp_path / "torn" / "shard-00002-of-00004.parquet").unlink()
    (tmp_path / "torn" / ".shard-00002-of-00004.parquet.77.part").write_bytes(b"half")
    spoken = []
    old = speaking.Speaker.sample
    monkeypatch.setattr(speaking.Speaker, "sample", lambda self, item: spoken.append(item.number) or old(self, item))
    report = prepare(QA, tmp_path / "torn", config())
    assert spoken == [8, 9, 10, 11] and report.samples == 14
    for path in (tmp_path / "whole").glob("*.parquet"):
        assert path.read_bytes() == (tmp_path / "torn" / path.name).read_bytes()
    assert not list((tmp_path / "torn").glob(".*.part"))


def test_a_folder_is_one_job(tmp_path):
    prepare(QA, tmp_path, config())
    with pytest.raises(ValueError, match="another speaker"):
        prepare(QA, tmp_path, config(answer_voice="e"))
    with pytest.raises(ValueError, match="another items and input_sha256"):
        prepare(QA[:3], tmp_path, config())
    with pytest.raises(ValueError, match="no questions"):
        prepare([Fault(key="1", kind="empty_text")], tmp_path / "x", config())


def test_faults_are_counted_and_named_and_stop_nothing(tmp_path):
    bad = [
        TextQa(question="please fail", answer="never heard at all"),
        TextQa(question="see https://example.org", answer="no no no no"),
        TextQa(question="как дела", answer="хорошо спасибо"),
        TextQa(question="x" * 401, answer="too long to be asked"),
    ]
    report = prepare([Fault(key="f:1", kind="empty_text"), *QA, *bad], tmp_path, config(renderings=1))
    assert report.samples == 7 and report.failed == 5
    assert {kind: found["count"] for kind, found in report.faults.items()} == {
        "RuntimeError": 1,
        "empty_text": 1,
        "too_long_text": 1,
        "unspeakable": 1,
        "wrong_script": 1,
    }
    assert "the engine is broken [please fail]" in report.faults["RuntimeError"]["first"][0]


def test_features_may_stand_for_the_audio(tmp_path):
    from thinkaloud.toy import ToyListenerConfig

    prepare(QA[:2], tmp_path, config(listener=ToyListenerConfig(), renderings=1))
    found = Shards(path=str(tmp_path)).build()[0]
    assert found.question.audio is None and found.question.features.shape[1] == 48


def test_history_is_spoken_too():
    qa = TextQa(question="and then", answer="then it was over", history=(("who are you", "a model"),))
    sample = config().speaker.build().sample(Item(number=0, qa=qa))
    assert sample.history[0].question.listen().num_samples > 0 and sample.history[0].answer.text == "a model"
    assert sample.round == 1


def test_cleaning_rules():
    rules = Cleaning()
    good = TextQa(question="how are you", answer="very well, thank you")
    second = Audio(torch.zeros(16000), 16000)
    long = Audio(torch.zeros(31 * 16000), 16000)
    assert written_fault(good, rules) == "" and spoken_fault(second, second, good.answer, rules) == ""
    assert written_fault(TextQa(question=" ", answer="a"), rules) == "empty_text"
    assert spoken_fault(long, second, good.answer, rules).startswith("too_long_audio the question")
    assert spoken_fault(second, long, good.answer, rules).startswith("text_audio_mismatch 0.6")
    assert spoken_fault(second, second, good.answer * 3, rules).startswith("text_audio_mismatch 60")
    assert misheard_fault(second, "one two three", lambda audio: "one too three", rules) == ""
    assert misheard_fault(second, "one two three", lambda audio: "something else", rules).startswith("misheard")
    assert word_error_rate("Hello, World!", "hello world") == 0 and word_error_rate("a b", "a") == 0.5


def test_answers_from_the_model_are_kept_and_resumed(tmp_path):
    asked = []

    def reply(questions):
        asked.extend(questions)
        return [f"I say {question}" for question in questions]

    path = tmp_path / "answers.jsonl"
    first = list(answers_from(QA[:3], reply, path, batch_size=2))
    with path.open("a") as file:
        file.write('{"question": "torn')  # killed while writing
    again = list(answers_from(QA[:4], reply, path, batch_size=2))
    assert asked == [qa.question for qa in QA[:4]]
    assert {qa.question: qa.answer for qa in again} == {qa.question: f"I say {qa.question}" for qa in QA[:4]}
    assert first == again[:3]


def test_the_command_lets_a_text_model_answer(tmp_path, capsys):
    config = transformers.Qwen2Config(
        vocab_size=80, hidden_size=32, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2, num_key_value_heads=1
    )
    torch.manual_seed(3)
    transformers.Qwen2ForCausalLM(config).save_pretrained(tmp_path / "text")
    toy.tokenizer().save(tmp_path / "text")
    (tmp_path / "qa.jsonl").write_text(
        '{"question": "what is it", "answer": "x"}\n{"quest\n{"question": "and now", "answer": "y"}\n'
    )
    arguments = ["prepare", str(tmp_path / "qa.jsonl"), "--out", str(tmp_path / "out"), "--codec", "toy", "--speeds", "1,1.1"]
    more = ["--answers-from-model", str(tmp_path / "text"), "--question-voices", "a,b", "--answer-voice", "c", "--scripts", ""]
    with pytest.raises(SystemExit) as ended:
        main([*arguments, *more])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    answers = [json.loads(line) for line in (tmp_path / "out" / "answers.jsonl").read_text().splitlines()]
    assert [row["question"] for row in answers] == ["what is it", "and now"] and all(row["answer"] for row in answers)
    assert "left out, unreadable_row: 1, e.g. qa.jsonl:2" in told
    found = [row.answer.text for row in rows(tmp_path / "out")]  # what random weights say is sometimes no word at all
    assert set(found) <= {row["answer"] for row in answers} and len(found) == 2 - told.count("unspeakable")
    with pytest.raises(SystemExit, match="2"):
        main([*arguments, "--answers-from-model", str(tmp_path / "nothing")])
    assert "cannot load a text model" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_sigkill_five_times_ends_with_the_exact_set(tmp_path, monkeypatch):
    lines = [json.dumps({"question": f"what is number {n}", "answer": f"it is number {n}"}) for n in range(160)]
    (tmp_path / "qa.jsonl").write_text("\n".join(lines))

    def start(out):
        arguments = ["prepare", str(tmp_path / "qa.jsonl"), "--out", str(out), "--codec", "toy", "--workers", "1"]
        arguments += ["--shard-samples", "3", "--question-voices", "flite:kal16,espeak:en-us", "--answer-voice", "flite:slt"]
        code = f"from thinkaloud.cli import main; main({arguments!r})"
        return subprocess.Popen([sys.executable, "-c", code], env={**os.environ, "OMP_NUM_THREADS": "1"})

    rng, kills, out = random.Random(11), 0, tmp_path / "killed"
    for kill in range(5):
        run = start(out)
        wanted = len(list(out.glob("*.parquet"))) + rng.randint(1, 8)  # kill somewhere in the work, not in the imports
        until = time.monotonic() + 120
        while run.poll() is None and time.monotonic() < until and len(list(out.glob("*.parquet"))) < wanted:
            time.sleep(0.01)
        time.sleep(rng.random() * 0.1)
        if run.poll() is None:
            run.send_signal(signal.SIGKILL)
            kills += 1
        run.wait()
        assert not (out / "report.json").exists(), kill
    assert kills == 5 and start(out).wait() == 0
    monkeypatch.setattr(speaking, "open_voice", open_voice)
    plan = json.loads((out / "plan.json").read_text())
    speaker = SpeakerConfig.from_dict(plan["speaker"])
    whole = PrepareConfig(speaker=speaker, shard_samples=3)
    prepare(read_text_qa(tmp_path / "qa.jsonl"), tmp_path / "whole", whole)
    found, whole = rows(out), rows(tmp_path / "whole")
    assert [row.key for row in found] == [f"qa/{n:08d}" for n in range(160)]
    assert all((a.answer.codes == b.answer.codes).all() for a, b in zip(found, whole, strict=True))
    flite = [(a, b) for a, b in zip(found, whole, strict=True) if a.speaker == b.speaker == "flite:kal16"]
    assert len(flite) > 40 and all(a.question.audio == b.question.audio for a, b in flite)  # espeak-ng varies by itself
    assert json.loads((out / "report.json").read_text())["samples"] == 160
