"""A recording heard at several speeds."""

from pathlib import Path

import pytest

from thinkaloud import audio, toy
from thinkaloud.audio import Audio
from thinkaloud.generate.again import Hearing, write_down_again
from thinkaloud.generate.answer import TRANSCRIPT, write_down
from thinkaloud.generate.ask import hear_recording
from thinkaloud.generate.joint import JointDecoding
from thinkaloud.model import SpeechLM

QUESTION = Path(__file__).parents[2] / "examples" / "question.wav"


@pytest.fixture(scope="module")
def pocket() -> SpeechLM:
    return SpeechLM.load("pocket")


@pytest.fixture(scope="module")
def recording() -> Audio:
    return audio.read(str(QUESTION)).mono()


def test_at_one_speed_it_is_what_is_always_written_down(pocket: SpeechLM, recording: Audio) -> None:
    assert write_down_again(pocket, recording, speeds=[1.0]) == write_down(pocket, hear_recording(pocket, recording))
    assert write_down_again(pocket, recording) == "what is the capital of france?"


@pytest.mark.parametrize("speed", [0.8, 1.0, 1.6])
def test_the_score_is_that_of_the_search(pocket: SpeechLM, recording: Audio, speed: float) -> None:
    hearing = Hearing(pocket, recording, speed, TRANSCRIPT.replace(draft=False))
    decoding, ids = hearing._decoding(), []
    while not decoding.ended:
        ids += decoding.step()
    best = decoding._search._best
    assert best is not None and best[1] == tuple(ids) == hearing.written()
    assert hearing.score(tuple(ids)) == pytest.approx(best[0], abs=1e-3)
    others = [pocket.need("tokenizer").encode(text) for text in ("what is the capital of spain?", "yes.")]
    assert all(hearing.score(tuple(other)) < best[0] for other in [*others, []])


def test_the_text_is_the_one_that_all_hearings_find_likeliest(
    pocket: SpeechLM, recording: Audio, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = {1.0: "ten.", 0.9: "two.", 1.1: "two."}
    scores = {"ten.": {1.0: -1.0, 0.9: -9.0, 1.1: -2.0}, "two.": {1.0: -3.0, 0.9: -2.0, 1.1: -1.0}}
    encode, decode = pocket.need("tokenizer").encode, pocket.need("tokenizer").decode

    class Told:
        def __init__(self, model: SpeechLM, recording: Audio, speed: float, decode: object) -> None:
            self.speed = speed

        def written(self) -> tuple[int, ...]:
            return tuple(encode(words[self.speed]))

        def score(self, ids: tuple[int, ...]) -> float:
            return scores[decode(list(ids))][self.speed]

    monkeypatch.setattr("thinkaloud.generate.again.Hearing", Told)
    assert write_down_again(pocket, recording, speeds=[1.0]) == "ten."
    assert write_down_again(pocket, recording, speeds=[0.9, 1.0, 1.1]) == "two."


def test_what_most_hearings_ignore_is_nothing(pocket: SpeechLM, recording: Audio, monkeypatch: pytest.MonkeyPatch) -> None:
    def ignoring(self: JointDecoding, hidden: object = None) -> tuple[int, ...]:
        self.ignored = True
        return (self._model.streams[0].id("ignore"),)

    monkeypatch.setattr(JointDecoding, "step", ignoring)
    assert write_down_again(pocket, recording, speeds=[0.9, 1.0, 1.1]) == ""


def test_what_cannot_be_is_refused(pocket: SpeechLM, recording: Audio) -> None:
    for speeds in ((), (1.0, 0.0), (3.0,)):
        with pytest.raises(ValueError, match=r"expected speeds from 0\.5 to 2"):
            write_down_again(pocket, recording, speeds=speeds)
    with pytest.raises(ValueError, match="cannot spell"):
        write_down_again(toy.model(), recording)
