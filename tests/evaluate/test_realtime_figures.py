"""The figures of an answer add up, by a clock that the test winds itself."""

import itertools

from thinkaloud import toy
from thinkaloud.evaluate.realtime import machine, measure
from thinkaloud.generate.answer import AnswerOptions
from thinkaloud.generate.loop import DecodeOptions
from thinkaloud.generate.sampler import SamplerConfig


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


def test_machine_names_torch_and_the_day() -> None:
    assert "torch" in machine() and machine().count("-") >= 2
