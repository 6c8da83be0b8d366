"""Recordings that survive a kill, digit strings by people, and the plan of the spoken corpus. No voice is needed."""

import json
from collections import Counter

import numpy as np
import pytest
import soundfile
import torch

from thinkaloud.audio import Audio
from thinkaloud.data import pocket_corpus
from thinkaloud.data.fsdd import DigitSpeakers
from thinkaloud.data.pocket_corpus import PocketCorpus, PocketCorpusConfig, plan_for, render
from thinkaloud.data.pocket_plan import PICO
from thinkaloud.data.recordings import Recordings, record
from thinkaloud.data.tongues import has_accent

SMALL = PocketCorpusConfig(
    num_questions=400,
    num_answers=600,
    num_festival=40,
    num_pico=10,
    num_digits=40,
    num_alone=40,
    num_people=40,
    num_nonspeech=56,
)


def tone(job: dict) -> Audio:
    if job["text"] == "bad":
        raise ValueError("nothing to say")
    return Audio(torch.full((100 + len(job["text"]),), 0.25), 16_000)


def jobs(*texts: str) -> list[dict]:
    return [{"id": f"{number:03d}", "text": text} for number, text in enumerate(texts)]


def test_recordings_give_back_what_was_spoken(tmp_path):
    counts = record(tmp_path, jobs("one", "bad", "three"), tone)
    assert counts == {"recorded": 2, "present": 0, "failed": 1}
    read = Recordings(tmp_path)
    assert [row["text"] for row in read.rows] == ["one", "three"]
    assert read.audio(read.rows[1]).num_samples == 105
    assert read.audio(read.rows[1]).samples[0] == pytest.approx(0.25, abs=1e-4)
    failed = json.loads((tmp_path / "failed-0.jsonl").read_text())
    assert (failed["text"], failed["error"]) == ("bad", "nothing to say")
    assert record(tmp_path, jobs("one", "bad", "three"), tone) == {"recorded": 0, "present": 3, "failed": 0}


def test_several_workers_and_the_resampling_of_voices(tmp_path):
    for shard in range(2):
        record(tmp_path, jobs("a", "b", "c", "d")[shard::2], lambda _: Audio(torch.zeros(220), 22_050), shard)
    read = Recordings(tmp_path)
    assert [row["text"] for row in read.rows] == ["a", "b", "c", "d"]
    assert {row["length"] for row in read.rows} == {160}
    assert {row["file"] for row in read.rows} == {"audio-0.i16", "audio-1.i16"}


@pytest.mark.parametrize("cut", [1, 20, 60])
def test_a_kill_at_any_point_loses_and_doubles_nothing(tmp_path, cut):
    texts = [f"text {number}" for number in range(10)]
    record(tmp_path, jobs(*texts[:6]), tone)
    index, audio = tmp_path / "index-0.jsonl", tmp_path / "audio-0.i16"
    index.write_bytes(index.read_bytes()[:-cut])  # half a row
    audio.write_bytes(audio.read_bytes() + b"\x01\x02\x03")  # samples that no row names, and half a sample
    assert len(Recordings(tmp_path)) == 5  # what is not whole is not there
    counts = record(tmp_path, jobs(*texts), tone)
    assert counts == {"recorded": 5, "present": 5, "failed": 0}
    read = Recordings(tmp_path)
    assert [row["text"] for row in read.rows] == texts
    assert all(np.array_equal(read.pcm16(row), np.full(106, 8192)) for row in read.rows)


def test_more_rows_can_be_read_while_others_are_written(tmp_path):
    record(tmp_path, jobs("one"), tone)
    read = Recordings(tmp_path)
    assert read.pcm16(read.rows[0])[0] == 8192
    record(tmp_path, jobs("one", "two"), tone)
    read.rows = Recordings(tmp_path).rows
    assert read.pcm16(read.rows[1])[0] == 8192


@pytest.fixture
def fsdd(tmp_path):
    """Digits 0-2 by two people; the samples of a recording tell its digit and whether it is for the test."""
    folder = tmp_path / "fsdd"
    folder.mkdir()
    for digit in range(3):
        for speaker in ("ann", "bob"):
            for index in (0, 4, 5, 9):
                value = (digit + 1) / 10 * (-1 if index < 5 else 1)
                soundfile.write(folder / f"{digit}_{speaker}_{index}.wav", np.full(800, value), 8000, subtype="PCM_16")
    return folder


def test_people_say_digit_strings_with_pauses_from_one_split(fsdd):
    people = DigitSpeakers(fsdd)
    assert people.speakers == ("ann", "bob")
    for split, sign in (("train", 1), ("test", -1)):
        audio = people.speak("zero two one", ["ann"], split, np.random.default_rng(0))
        assert audio.sample_rate == 8000
        assert 0.3 + 2 * 0.03 <= audio.duration_s <= 0.3 + 2 * 0.3
        loud = audio.samples[audio.samples != 0] * sign
        assert (loud > 0).all()
        assert loud[:800].mean() < loud[-800:].mean() < loud[800:1600].mean()  # zero < one < two
    both = people.speak("one " * 40, people.speakers, "test", np.random.default_rng(0)).samples
    assert both.max() == 0 and len(both.unique()) > 30
    assert people.speak("two", ["ann"], "test", np.random.default_rng(0), speed=1.25).duration_s == 0.08
    with pytest.raises(ValueError, match="no train recording of 'nine'"):
        people.speak("nine", ["ann"], "train", np.random.default_rng(0))
    with pytest.raises(ValueError, match="no FSDD recordings"):
        DigitSpeakers(fsdd / "nothing")


def test_what_a_stranger_says_is_for_tests_alone(fsdd):
    for path in sorted(fsdd.glob("*_bob_*")):
        path.rename(fsdd / path.name.replace("bob", "theo"))
    people = DigitSpeakers(fsdd)
    assert (people.speakers, people.strangers) == (("ann",), ("theo",))
    assert people.speak("two", ["theo"], "test", np.random.default_rng(0)).duration_s == 0.1
    with pytest.raises(ValueError, match="no train recording of 'two' by 'theo'"):
        people.speak("two", ["theo"], "train", np.random.default_rng(0))


def test_the_plan_is_the_same_each_time_and_survives_in_its_folder(tmp_path):
    plan = plan_for(tmp_path, SMALL)
    again = SMALL.build()
    assert (plan.dialogues, plan.jobs) == (json.loads(json.dumps(again.dialogues)), json.loads(json.dumps(again.jobs)))
    assert plan_for(tmp_path, SMALL).jobs == plan.jobs
    with pytest.raises(ValueError, match="choose another folder"):
        plan_for(tmp_path, SMALL.replace(seed=1))
    with pytest.raises(ValueError, match="no pocket corpus"):
        PocketCorpus.load(tmp_path / "elsewhere")


def test_the_plan_covers_intents_voices_and_both_splits():
    plan = SMALL.replace(num_questions=2000).build()
    questions = plan.jobs["questions"]
    assert len({row["id"] for row in questions}) == len(questions)
    assert len({row["voice"] for row in questions}) >= 20
    assert not any(row["voice"].startswith(("festival", "pico")) for row in questions)
    for split in ("train", "test"):
        accents = [has_accent(row["voice"]) for row in questions if row["split"] == split]
        assert 0.08 < sum(accents) / len(accents) < 0.24
    plain = SMALL.replace(accent_share=0.0).build().jobs
    assert not any(has_accent(row["voice"]) for name in ("questions", "digits", "alone") for row in plain[name])
    shares = Counter(row["intent"] for row in questions)
    assert len(shares) >= 30
    assert min(shares.values()) > 15
    assert 0.08 < sum(row["split"] == "test" for row in questions) / len(questions) < 0.14
    for dialogue in plan.dialogues:
        assert len(dialogue["questions"]) == len(dialogue["turns"])
    answers = {row["text"]: row for row in plan.jobs["answers"]}
    assert len(answers) == len(plan.jobs["answers"])
    taught = {turn["answer"] for dialogue in plan.dialogues if dialogue["split"] == "train" for turn in dialogue["turns"]}
    assert all(answers[text]["split"] == "train" for text in taught)
    assert {row["split"] for row in plan.jobs["festival"]} == {"test"}
    assert {(row["split"], row["voice"]) for row in plan.jobs["pico"]} == set(PICO.items())
    assert all(row["answer"] is None for row in plan.jobs["nonspeech"])
    assert {row["split"] for row in plan.jobs["alone"]} == {"train"} and len({row["voice"] for row in plan.jobs["alone"]}) > 5


def test_rendering_fills_every_set_and_is_resumed(tmp_path, fsdd, monkeypatch):
    spoken = []

    class Silent:
        def __init__(self, name: str) -> None:
            self.name = name

        def speak(self, text: str, *, speed: float = 1.0, pitch: float = 1.0) -> Audio:
            spoken.append((self.name, text, speed, pitch))
            return Audio(torch.full((400,), 0.5), 16_000)

    monkeypatch.setattr(pocket_corpus, "open_voice", Silent)
    folder = tmp_path / "corpus"
    without = render(SMALL, folder, workers=1)
    assert without["people"]["recorded"] == 0 and without["alone"]["recorded"] == SMALL.num_alone
    assert without["questions"]["recorded"] >= SMALL.num_questions
    assert {without[name]["failed"] for name in without} == {0}
    answered = {(speed, pitch) for name, _, speed, pitch in spoken if name == SMALL.answer_voice}
    assert answered == {(1.0, 1.0)}, "the answer voice never varies"
    counts = render(SMALL, folder, fsdd, workers=1)
    assert counts["people"]["recorded"] + counts["people"]["failed"] == SMALL.num_people
    assert {counts[name]["recorded"] for name in ("questions", "answers", "festival", "pico", "alone", "nonspeech")} == {0}
    assert len(Recordings(folder / "answers")) == counts["answers"]["present"]
    by_id = {row["id"]: row for row in Recordings(folder / "questions").rows}
    for line in (folder / "dialogues.jsonl").read_text().splitlines():
        dialogue = json.loads(line)
        texts = [by_id[name]["text"] for name in dialogue["questions"]]
        assert texts == [turn["question"] for turn in dialogue["turns"]]
        assert len({by_id[name]["voice"] for name in dialogue["questions"]}) == 1
