"""The figures of an answer add up, by a clock that the test winds itself."""

import itertools
from dataclasses import asdict

import pytest
import torch

from thinkaloud import toy
from thinkaloud.evaluate.realtime import hear_as_spoken, machine, measure, measure_each
from thinkaloud.generate.answer import AnswerOptions
from thinkaloud.generate.ask import hear_recording
from thinkaloud.generate.loop import DecodeOptions
from thinkaloud.generate.sampler import SamplerConfig
from thinkaloud.model import SpeechLM


def test_figures_add_up() -> None:
    ticks = itertools.count()
    decode = DecodeOptions(sampler=SamplerConfig(temperature=1.0, seed=3), max_steps=60)
    question = toy.ToyVoice().speak("hello there")
    figures = measure(toy.model(), question, AnswerOptions(decode=decode), repeats=2, clock=lambda: next(ticks) / 1000)
    assert figures.listen_ms == 1
    assert figures.step_ms >= figures.first_step_ms >= 1
    assert figures.first_audio_ms > figures.listen_ms + figures.first_step_ms
    assert figures.answer_s > 0 and figures.real_time_factor > 0
    assert figures.steps > 1 and figures.prompt_steps > 4


def test_of_many_questions_the_median_and_the_slowest_are_told() -> None:
    ticks = itertools.count()
    options = AnswerOptions(decode=DecodeOptions(sampler=SamplerConfig(temperature=1.0, seed=3), max_steps=60))
    spoken = [toy.ToyVoice().speak(text) for text in ("hello there", "hello", "hello there you")]
    given = {"repeats": 1, "clock": lambda: next(ticks) / 1000}
    each = [asdict(measure(toy.model(), question, options, **given)) for question in spoken]
    found = measure_each(toy.model(), spoken, options, **given)
    assert found["questions"] == 3
    assert found["first_audio_ms"] == sorted(one["first_audio_ms"] for one in each)[1]
    assert found["slowest_first_audio_ms"] == max(one["first_audio_ms"] for one in each)
    assert found["prompt_steps"] == sorted(one["prompt_steps"] for one in each)[1]


@pytest.mark.parametrize("name", ["toy", "pocket"])
def test_what_is_heard_as_spoken_is_what_is_heard_as_a_whole(name: str) -> None:
    model = toy.model() if name == "toy" else SpeechLM.load(name)
    question = toy.ToyVoice().speak("hello there")
    heard, ended_s = hear_as_spoken(model, question, clock=lambda: 7.0)
    whole = hear_recording(model, question).heard
    assert ended_s == 7.0 and heard.heard is not None and whole is not None
    torch.testing.assert_close(heard.heard, whole, atol=1e-4, rtol=1e-4)


def test_machine_names_torch_and_the_day() -> None:
    assert "torch" in machine() and machine().count("-") >= 2
