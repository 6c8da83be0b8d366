"""How soon an answer is heard in a conversation, by a clock that the test winds itself."""

import itertools

import pytest
import torch

from thinkaloud import Audio, SpeechLM
from thinkaloud.duplex.endpoint import EndpointConfig
from thinkaloud.evaluate.conversing import first_audio, first_audio_of_each
from thinkaloud.evaluate.realtime import ways

OPTIONS = ways(60)["written down first"]

BY_SILENCE = EndpointConfig(whole_ms=500, unfinished_ms=500)


@pytest.fixture(scope="module")
def pocket() -> SpeechLM:
    return SpeechLM.load("pocket")


@pytest.fixture
def question(trimmed_question: Audio) -> Audio:
    return trimmed_question


def ticking(step_ms: float):
    """A clock by which whatever is timed takes `step_ms`."""
    ticks = itertools.count()
    return lambda: next(ticks) * step_ms / 1000


@pytest.mark.parametrize("step_ms", [1.0, 6.0])
def test_what_was_begun_in_the_pause_is_heard_when_the_turn_is_over(pocket: SpeechLM, question: Audio, step_ms: float) -> None:
    found = first_audio(pocket, question, OPTIONS, BY_SILENCE, ticking(step_ms))
    assert found is not None
    assert found.after_turn_ms == pytest.approx(2 * step_ms)  # the last block was heard, and what is known was told
    assert 500 <= found.after_speech_ms < 560 + 2 * step_ms


def test_without_that_it_takes_all_its_steps_after_the_turn(pocket: SpeechLM, question: Audio) -> None:
    never = BY_SILENCE.replace(prepare_ms=500)
    late = [first_audio(pocket, question, OPTIONS, never, ticking(step_ms)) for step_ms in (1.0, 6.0)]
    assert late[0] is not None and late[1] is not None
    assert late[0].after_turn_ms >= 8  # listening, a transcript, and the steps that the first speech needs
    assert late[1].after_turn_ms > 6 * late[0].after_turn_ms  # and the blocks that come meanwhile


def test_too_slow_to_be_ready_it_goes_on_where_it_is(pocket: SpeechLM, question: Audio) -> None:
    never = BY_SILENCE.replace(prepare_ms=500)
    slow, later = (first_audio(pocket, question, OPTIONS, endpoint, ticking(15.0)) for endpoint in (BY_SILENCE, never))
    assert slow is not None and later is not None
    assert 2 * 15 < slow.after_turn_ms < later.after_turn_ms


def test_of_many_the_median_and_the_slowest_are_told(pocket: SpeechLM, question: Audio) -> None:
    noise = Audio(0.3 * torch.randn(20_000, generator=torch.Generator().manual_seed(1)), 16_000)  # is not answered
    found = first_audio_of_each(pocket, [question, noise, question], OPTIONS, BY_SILENCE, ticking(1.0))
    assert found["questions"] == 2 and found["slowest_after_turn_ms"] == found["after_turn_ms"] == pytest.approx(2.0)
    assert first_audio_of_each(pocket, [noise], OPTIONS, clock=ticking(1.0)) == {"questions": 0}
