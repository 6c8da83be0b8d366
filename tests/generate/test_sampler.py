"""Sampler: greedy is exact, the distribution is right, nothing reserved is said, and no answer depends on its neighbours."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from thinkaloud.generate.sampler import SamplerConfig, Sampling, StreamSampling, allowed_ids, draw
from thinkaloud.tokens import Role, Stream

TEXT = Stream(name="text", role=Role.TEXT, size=6, num_ids=12)
AUDIO = Stream(name="audio1", role=Role.SAY, size=4, num_ids=10)


def logits_of(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@given(st.integers(0, 5), st.sampled_from([0.1, 1.0]), st.sampled_from([0.5, 1.0, 3.0]), st.integers(0, 99))
def test_temperature_zero_is_the_likeliest_id_whatever_the_rest(top_k, top_p, penalty, seed):
    sampler = SamplerConfig(top_k=top_k, top_p=top_p, repetition_penalty=penalty, seed=seed).build(3)
    for step in range(5):
        logits = logits_of(3, TEXT.num_ids, seed=seed + step)
        allowed = logits[:, : TEXT.end + 1]
        assert torch.equal(sampler.sample(logits, TEXT), allowed.argmax(dim=1))


def counted(logits, sampling, num_draws=20_000):
    uniform = torch.rand(num_draws, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    ids = draw(logits.expand(num_draws, -1), uniform, sampling)
    return ids.bincount(minlength=logits.shape[-1]).double() / num_draws


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
@pytest.mark.parametrize(("top_k", "top_p"), [(0, 1.0), (3, 1.0), (0, 0.7), (4, 0.8), (100, 1.0), (1, 1.0)])
def test_draws_follow_the_distribution(temperature, top_k, top_p):
    logits = torch.tensor([1.0, 3.0, 0.0, 2.5, -1.0, 2.0])
    expected = (logits.double() / temperature).softmax(dim=0)
    if top_k:
        expected[expected < expected.sort(descending=True).values[: min(top_k, 6)][-1]] = 0
        expected /= expected.sum()
    mass = 0.0
    for i in expected.argsort(descending=True).tolist():  # the smallest set of likeliest ids with at least top_p of the mass
        mass, expected[i] = mass + float(expected[i]), expected[i] if mass < top_p else 0.0
    expected /= expected.sum()
    found = counted(logits, Sampling(temperature=temperature, top_k=top_k, top_p=top_p))
    assert ((found == 0) == (expected == 0)).all(), (found, expected)
    error = 4.5 * (expected * (1 - expected) / 20_000).sqrt()  # 4.5 standard deviations
    assert ((found - expected).abs() <= error).all(), (found, expected)


def test_the_smallest_set_of_likely_ids_is_found_among_many_whether_it_is_small_or_large():
    num_ids = 1000
    flat, peaked = torch.zeros(num_ids), -torch.arange(num_ids) / 5.0
    uniform = torch.linspace(0, 1, 2001, dtype=torch.float64)[:-1]
    for logits in (flat, peaked):
        alone = draw(logits.expand(2000, -1), uniform, Sampling(temperature=1, top_p=0.9))
        with_flat = torch.stack([logits, flat]).repeat(1000, 1)  # a neighbour that needs many changes nothing
        assert torch.equal(draw(with_flat, uniform, Sampling(temperature=1, top_p=0.9))[::2], alone[::2])
        mass = logits.double().softmax(dim=0)
        wanted = int((mass.cumsum(dim=0) - mass < 0.9 - 1e-9).sum())
        assert abs(len(alone.unique()) - wanted) <= 1


def test_the_ends_of_the_unit_interval_never_pick_an_id_without_probability():
    logits = torch.tensor([[-torch.inf, 0.0, -torch.inf, 1.0, -torch.inf]]).repeat(2, 1)
    uniform = torch.tensor([0.0, 1.0], dtype=torch.float64)  # 1.0 never comes; rounding may come as near as this
    for sampling in (Sampling(temperature=1), Sampling(temperature=1, top_k=4), Sampling(temperature=1, top_p=0.99)):
        assert set(draw(logits, uniform, sampling).tolist()) <= {1, 3}
    assert draw(logits, uniform, Sampling(temperature=1)).tolist() == [1, 3]


def said(config, seeds, streams=(TEXT, AUDIO), steps=12):
    """What answers with these seeds say; answer b sees the logits of its own seed."""
    sampler, answers = config.build(seeds=seeds), []
    for step in range(steps):
        for stream in streams:
            logits = torch.cat([logits_of(1, stream.num_ids, seed=1000 * seed + step) for seed in seeds])
            answers.append((stream.name, sampler.sample(logits, stream).tolist()))
    return answers


@given(st.lists(st.integers(0, 5), min_size=1, max_size=4), st.booleans())
def test_an_answer_is_the_same_alone_and_in_any_batch_and_order_of_streams(seeds, reverse):
    config = SamplerConfig(temperature=1.0, top_k=5, repetition_penalty=1.3, repetition_window_steps=3)
    together = said(config, seeds, streams=(AUDIO, TEXT) if reverse else (TEXT, AUDIO))
    for b, seed in enumerate(seeds):
        alone = said(config, [seed])
        for stream in ("text", "audio1"):
            assert [ids[b] for name, ids in together if name == stream] == [ids[0] for name, ids in alone if name == stream]


def test_a_seed_repeats_and_another_seed_or_stream_differs():
    config = SamplerConfig(temperature=5.0, seed=7)
    flat = torch.zeros(1, 10)
    other_name = Stream(name="audio2", role=Role.SAY, size=4, num_ids=10)

    def run(config, stream):
        sampler = config.build()
        return [int(sampler.sample(flat, stream)) for _ in range(40)]

    assert run(config, AUDIO) == run(config, AUDIO)
    assert run(config, AUDIO) != run(config.replace(seed=8), AUDIO)
    assert run(config, AUDIO) != run(config, other_name)


@pytest.mark.parametrize("row", [0, 1])
def test_keep_goes_on_as_the_kept_answer_would_have(row):
    config = SamplerConfig(temperature=1.0, repetition_penalty=2.0)
    both, alone = config.build(seeds=[1, 2]), config.build(seeds=[1 + row])
    for step in range(20):
        logits = logits_of(1, 12, seed=step)
        if step == 8:
            both.keep(row)
        ids = both.sample(logits.repeat(2 if step < 8 else 1, 1), TEXT)
        assert ids[row if step < 8 else 0] == alone.sample(logits, TEXT)[0]


def test_reserved_ids_are_never_said_unless_asked_for():
    likely = torch.arange(12.0)[None] * 10  # the higher the id, the likelier
    for temperature in (0.0, 1.0):
        config = SamplerConfig(temperature=temperature)
        assert config.build().sample(likely, TEXT).tolist() == [TEXT.end]
        assert config.build().sample(likely, TEXT, pad=True).tolist() == [TEXT.pad]
        assert config.replace(reserved=True).build().sample(likely, TEXT).tolist() == [11]
    assert allowed_ids(TEXT).nonzero()[:, 0].tolist() == [*range(6), TEXT.end]
    assert allowed_ids(AUDIO, pad=True).nonzero()[:, 0].tolist() == [*range(4), AUDIO.end, AUDIO.pad]


def test_a_head_without_rows_for_specials_can_be_sampled():
    assert SamplerConfig().build().sample(torch.tensor([[0.0, 1.0, 3.0, 2.0]]), AUDIO).tolist() == [2]


def test_repetition_penalty_lowers_what_was_said_inside_the_window_only():
    logits = torch.ones(1, 12)
    logits[0, 2] = 4.0  # nearly always said without a penalty
    config = SamplerConfig(temperature=1.0, repetition_penalty=1e6, repetition_window_steps=2, top_k=1)
    sampler = config.build()
    ids = [int(sampler.sample(logits, TEXT)) for _ in range(9)]
    assert ids[0] == 2 and ids[1] != 2 and ids[2] != 2 and ids[3] == 2, ids
    assert ids == [2, ids[1], ids[2]] * 3


def test_repetition_penalty_lowers_negative_logits_too():
    logits = torch.full((1, 12), -9.0)
    logits[0, [1, 4]] = torch.tensor([-1.0, -2.0])
    sampler = SamplerConfig(temperature=1.0, top_k=1, repetition_penalty=3.0).build()
    assert [int(sampler.sample(logits, TEXT)) for _ in range(2)] == [1, 4]


def test_the_end_of_a_stream_is_not_penalised():
    logits = torch.full((1, 12), 0.5)
    logits[0, TEXT.end] = 1.0
    sampler = SamplerConfig(temperature=0.01, repetition_penalty=100.0).build()
    assert [int(sampler.sample(logits, TEXT)) for _ in range(5)] == [TEXT.end] * 5


def test_overrides_name_a_stream_or_a_role():
    config = SamplerConfig(
        temperature=0.1,
        overrides=(
            StreamSampling(stream="say", temperature=0.2),
            StreamSampling(stream="audio1", temperature=0.3),
        ),
    )
    second = Stream(name="audio2", role=Role.SAY, size=4)
    assert [config.of(stream).temperature for stream in (TEXT, AUDIO, second)] == [0.1, 0.3, 0.2]
    assert SamplerConfig.from_json(config.to_json()) == config


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"temperature": -1.0}, "temperature must be 0 or more, got -1.0"),
        ({"top_k": -1}, "top_k must be 0"),
        ({"top_p": 0.0}, "top_p must be above 0 and at most 1, got 0.0"),
        ({"repetition_penalty": 0.0}, "repetition_penalty must be above 0"),
        ({"repetition_window_steps": 0}, "repetition_window_steps must be 1 or more"),
        ({"overrides": (StreamSampling(stream="text", top_p=2.0),)}, "top_p must be"),
    ],
)
def test_bad_values_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        SamplerConfig(**change).build()


def test_logits_of_another_batch_are_refused():
    with pytest.raises(ValueError, match=r"expected logits \[2, V\] for stream 'text', got \[1, 12\]"):
        SamplerConfig().build(2).sample(torch.zeros(1, 12), TEXT)
