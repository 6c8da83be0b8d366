"""Decodings that share passes say what each says alone, whoever joins or leaves."""

import pytest
import torch
from toy_answers import run, run_together

from thinkaloud import toy
from thinkaloud.backbone import BackboneConfig
from thinkaloud.generate.answer import Answer, AnswerOptions
from thinkaloud.generate.ask import Exchange, Question
from thinkaloud.generate.loop import DecodeOptions
from thinkaloud.generate.sampler import SamplerConfig
from thinkaloud.generate.together import Together
from thinkaloud.layout.prompt import A1A2, A1T2, ASR, T1A2, T1T2, TTS
from thinkaloud.model import SpeechLM


def questions(model, heard):
    """Answers of many kinds: tasks, lengths, sampling, thinking rows, transcripts, histories."""
    short = DecodeOptions(max_steps=24)
    hot = short.replace(sampler=SamplerConfig(temperature=0.8, seed=3))
    aside = DecodeOptions(batch_parallel=True, max_steps=40)
    past = (Exchange(question=Question(text="hello"), answer="good day"),)
    return [
        lambda: Answer(model, Question(heard=heard), options=AnswerOptions(task=A1A2, decode=aside)),
        lambda: Answer(model, Question(text="hello"), options=AnswerOptions(task=T1A2, decode=short)),
        lambda: Answer(model, Question(text="hi"), options=AnswerOptions(task=T1T2, decode=short), history=past),
        lambda: Answer(model, Question(heard=heard[:3]), options=AnswerOptions(task=ASR, decode=short)),
        lambda: Answer(model, Question(text="good day"), options=AnswerOptions(task=TTS, decode=short)),
        lambda: Answer(model, Question(heard=heard), options=AnswerOptions(task=A1T2, decode=hot)),
        lambda: Answer(model, Question(text="go"), options=AnswerOptions(task=T1A2, decode=aside)),
    ]


def told(events):
    """What an answer said: its events, sound as numbers."""
    return [(type(event).__name__, getattr(event, "text", ""), getattr(event, "samples", torch.zeros(0))) for event in events]


def same(one, other):
    assert [row[:2] for row in told(one)] == [row[:2] for row in told(other)]
    for left, right in zip(told(one), told(other), strict=True):
        assert torch.allclose(left[2], right[2], atol=1e-4)


@pytest.mark.parametrize("gap_rounds", [0, 1, 5])
def test_each_says_what_it_says_alone_however_they_come(model, heard, gap_rounds):
    makes = questions(model, heard)
    _, events = run_together(model, makes, gap_rounds)
    for make, shared in zip(makes, events, strict=True):
        same(run(make()), shared)


def test_a_transcript_and_the_answer_to_it_are_both_shared(model, heard):
    together = Together(model)
    first = AnswerOptions(task=A1A2, transcribe=True, decode=DecodeOptions(max_steps=12))
    pair = [Answer(model, Question(heard=heard), options=first) for _ in range(2)]
    kinds = [set(), set()]
    for _ in range(470):  # a transcript may have 448 steps
        if all(answer.done for answer in pair):
            break
        for answer, state in zip(pair, together.hidden([one.decoding for one in pair]), strict=True):
            kinds[state is None].add(answer.decoding)
            answer.step(state)
    assert pair[0].text == pair[1].text and pair[0].done
    assert len(kinds[0]) == 4, "two transcripts and two answers"


def test_rows_are_used_again_when_their_answers_are_forgotten(model, heard):
    together, short = Together(model), AnswerOptions(task=A1A2, decode=DecodeOptions(max_steps=8))
    for _ in range(6):
        pair = [Answer(model, Question(heard=heard), options=short) for _ in range(2)]
        while not any(answer.done for answer in pair):
            for answer, state in zip(pair, together.hidden([one.decoding for one in pair]), strict=True):
                answer.step(state)
        del answer, pair
    assert len(together._tables._lengths) == 2


def test_one_alone_keeps_its_own_cache(model, heard):
    together = Together(model)
    short = DecodeOptions(max_steps=8)
    answer = Answer(model, Question(heard=heard), options=AnswerOptions(task=A1A2, decode=short))
    while not answer.done:
        assert together.hidden([answer.decoding, None]) == [None, None]
        answer.step()


FAMILIES = {
    "qwen2": {},
    "qwen3": {"head_dim": 32},
    "llama": {"num_key_value_heads": 1},
    "gemma": {"num_key_value_heads": 1, "head_dim": 16},
    "gpt2": {"n_positions": 512},
}


def of_family(family, **changes):
    """The toy model with another backbone."""
    plain = toy.config(adapter_blocks=1)
    values = {**plain.backbone.values, "model_type": family, **changes}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        built = SpeechLM(plain.replace(backbone=BackboneConfig(values=values, attention="sdpa")))
    built.listener, built.codec, built.tokenizer = toy.ToyListener(), toy.ToyCodec(), toy.tokenizer()
    return built.eval().requires_grad_(False)


@pytest.mark.parametrize("family", FAMILIES)
def test_any_backbone_that_keeps_its_past(family, heard):
    model = of_family(family, **FAMILIES[family])
    makes = questions(model, heard)[:4]
    _, events = run_together(model, makes, gap_rounds=0)
    for make, shared in zip(makes, events, strict=True):
        same(run(make()), shared)


def test_a_backbone_with_a_window_steps_alone(heard):
    window = {"use_sliding_window": True, "sliding_window": 4, "max_window_layers": 0}
    model = of_family("qwen2", **window)
    pair = [Answer(model, Question(heard=heard), options=AnswerOptions(task=A1A2)) for _ in range(2)]
    for answer in pair:
        answer.step()
    assert Together(model).hidden([answer.decoding for answer in pair]) == [None, None]
