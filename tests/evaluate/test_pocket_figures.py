"""Word errors, right answers and the report, on made-up answers."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from thinkaloud.audio import Audio, read
from thinkaloud.data.encoded import CodesWriter
from thinkaloud.data.recordings import Recordings, record
from thinkaloud.evaluate.batch import Said
from thinkaloud.evaluate.judge import WordErrors, independent, padded, rate_gap
from thinkaloud.evaluate.pocket import right
from thinkaloud.evaluate.pocket_clips import Clip, PocketClipsConfig, Talk, hear_all
from thinkaloud.evaluate.pocket_report import markdown
from thinkaloud.evaluate.pocket_summary import summary
from thinkaloud.toy import ToyListener

ROOT = Path(__file__).parents[2]
QUESTION = ROOT / "examples" / "question.wav"
NO_CODES = torch.zeros(3, 0, dtype=torch.long)


def said(text: str) -> Said:
    return Said(text=text, text_ids=(), reason="end", codes=NO_CODES)


def test_word_errors_are_pooled_over_words_not_clips():
    found = WordErrors.of(["one two three four.", "five", ""], ["one two four", "six", "noise"])
    assert found.rate == pytest.approx(2 / 5) and found.exact == 0 and found.clips == 2
    assert WordErrors.of(["Yes, you can."], ["yes you can"]).rate == 0


def test_word_errors_count_insertions_and_know_their_spread():
    found = WordErrors.of(["a b", "a b"], ["a b", "a b c d"])
    assert found.rate == 0.5
    assert found.standard_error == pytest.approx((1 + 1) ** 0.5 / 4)


def test_nothing_to_judge_is_an_error():
    with pytest.raises(ValueError, match="no utterance has words"):
        WordErrors.of([""], ["hm"])


def test_the_independent_judge_hears_the_same_in_several_processes():
    pytest.importorskip("pocketsphinx")
    question = read(QUESTION)
    clips = [question, Audio(question.samples * 0.5, question.sample_rate), Audio(torch.zeros(8000), 16000)]
    alone = independent()(clips)
    assert len(alone[0].split()) >= 3 and independent(workers=2)(clips) == alone


def test_only_the_last_answer_counts_and_marks_do_not():
    clip = Clip(text="", audio=Audio(torch.zeros(10), 16000))
    talk = Talk(intent="x", open=True, questions=(clip, clip), answers=("okay.", "your name is mia."))
    assert right([talk, talk], [[said("no"), said("your name is mia")], [said("okay."), said("your name is max.")]]) == [
        True,
        False,
    ]


def test_heard_in_a_batch_is_heard_alone():
    torch.manual_seed(0)
    listener = ToyListener()
    clips = [Clip(text="", audio=Audio(torch.randn(n), 16000)) for n in (900, 5000, 2500)]
    for clip, features in zip(clips, hear_all(listener, clips, batch=2), strict=True):
        alone = listener.listen(padded(clip.audio, 16000)[None])
        torch.testing.assert_close(features, alone.embeds[0])


def test_the_report_says_what_was_measured_where():
    errors = {"rate": 0.125, "standard_error": 0.01, "exact": 0.5, "missing": 0.25, "added": 0.0, "repeated": 0.0, "clips": 8}
    text = markdown(
        {
            "about": {"model": "m", "command": "c", "machine": "two cores", "size_mb": 1.25, "load_s": 0.5},
            "hearing": {"quiet": {"asr": errors}},
            "speech": {"recording": {"ears": errors}, "endings": {"ran on": 0.0}, "gap": {"ears": (0.031, 0.004)}},
        }
    )
    assert "two cores" in text and "| quiet | 12.5 % ± 1.0 | - | 50.0 % | 8 |" in text and "ran on: 0.0 %" in text
    assert "own ears 3.1 ± 0.4" in text


def test_the_card_of_the_pocket_model_tells_the_figures_on_record():
    figures = json.loads((ROOT / "bench" / "pocket.json").read_text())
    table = summary(figures)
    assert table in (ROOT / "docs" / "pocket.md").read_text() and table in markdown(figures)
    assert len(table.splitlines()) > 20 and "written down first" in table
    assert "pocketsphinx" not in summary({"hearing": figures["hearing"]}), "what was not measured is left out"


def test_word_errors_tell_missing_added_and_repeated_words():
    said = ["one two three.", "four five.", "six six.", "seven."]
    found = WordErrors.of(said, ["one three", "four five five", "six six", "seven to"])
    assert (found.missing, found.added, found.repeated, found.clips) == (0.25, 0.5, 0.25, 4)
    assert found.rate == 3 / 8


def test_the_gap_to_a_floor_is_counted_sentence_by_sentence():
    said, floor = ["one two.", "three four."] * 8, ["one too", "three four"] * 8
    assert rate_gap(said, floor, floor) == (0.0, 0.0)
    points, error = rate_gap(said, ["one too", "three for"] * 8, floor)
    assert points == 0.25 and 0 < error < WordErrors.of(said, floor).standard_error * 1.01


def test_strangers_are_heard_where_there_are_recordings_of_them(tmp_path):
    (tmp_path / "dialogues.jsonl").touch()
    (tmp_path / "fsdd").mkdir()
    for digit in range(10):
        for name, level in (("george", 0.1), ("theo", 0.2), ("yweweler", 0.4)):
            soundfile.write(tmp_path / f"fsdd/{digit}_{name}_9.wav", np.full(800, level), 8000)
    config = PocketClipsConfig(corpus=str(tmp_path), codes="", num_clips=6)
    talks = config.replace(fsdd=str(tmp_path / "fsdd")).build().strangers
    assert len(talks) == 6 and not config.build().strangers
    for talk, level in zip(talks, (0.2, 0.4) * 3, strict=True):
        (question,) = talk.questions
        assert talk.answers == (f"{question.text}.",)
        assert question.audio.samples.max() == pytest.approx(level, rel=0.3)  # a tenth of a bel around it


def test_answers_whose_sound_was_not_kept_are_not_asked_for(tmp_path):
    (tmp_path / "dialogues.jsonl").touch()
    jobs = [{"id": f"a{n}", "text": f"text {n}.", "intent": "digits", "split": "test"} for n in range(3)]
    record(tmp_path / "answers", jobs[:2], lambda job: Audio(torch.zeros(1600), 16000))
    (tmp_path / "codes").mkdir()
    (tmp_path / "codes" / "codec.json").write_text('{"num_codebooks": 2}')
    with CodesWriter(tmp_path / "codes") as codes:
        for job in [*Recordings(tmp_path / "answers").rows, jobs[2]]:
            codes.add(job, np.zeros((2, 5), dtype=np.uint8))
    clips = PocketClipsConfig(corpus=str(tmp_path), codes=str(tmp_path / "codes"), num_answers=9).build()
    assert {clip.text for clip, _ in clips.answers()} == {"text 0.", "text 1."}
    assert len(clips.answers_of("digits")) == 2 and clips.codes_of("text 2.") is not None
