"""Augmentation and non-speech: the same seed gives the same sound, levels are what was asked for."""

import numpy as np
import pytest
import torch

from thinkaloud.audio import Audio
from thinkaloud.data import nonspeech
from thinkaloud.data.augment import AugmentConfig, background, band_limit, colored_noise, room_response, tones

RATE = 16_000
NEVER = AugmentConfig(
    speed_probability=0.0,
    reverberation_probability=0.0,
    noise_probability=0.0,
    band_limit_probability=0.0,
    lead_s=(0.0, 0.0),
    trail_s=(0.0, 0.0),
    level_db=(-20.0, -20.0),
)


def speech(seconds: float = 1.0) -> Audio:
    """A buzz of 20 overtones with a syllable rhythm."""
    time_s = torch.arange(round(seconds * RATE)) / RATE
    buzz = sum(torch.sin(2 * np.pi * 150 * k * time_s) for k in range(1, 21)) * 0.05
    return Audio((buzz * (torch.sin(2 * np.pi * 3 * time_s) > 0)).float(), RATE)


def level(samples) -> float:
    return float(np.sqrt(np.mean(np.square(np.asarray(samples)))))


def power_between(samples: np.ndarray, low_hz: float, high_hz: float) -> float:
    spectrum = np.abs(np.fft.rfft(samples)) ** 2
    hz = np.fft.rfftfreq(len(samples), 1 / RATE)
    return float(spectrum[(hz >= low_hz) & (hz < high_hz)].sum())


def test_the_same_seed_gives_the_same_sound_and_another_seed_another():
    augment, others = AugmentConfig().build(), [speech().samples.numpy()]
    first, same, other = (augment(speech(), np.random.default_rng(seed), others) for seed in (1, 1, 2))
    assert torch.equal(first.samples, same.samples)
    assert first.num_samples != other.num_samples or not torch.equal(first.samples, other.samples)


def test_many_draws_stay_finite_in_range_and_float32():
    augment, rng = AugmentConfig().build(), np.random.default_rng(0)
    for _ in range(60):
        heard = augment(speech(0.5), rng, [speech(0.3).samples.numpy()])
        assert heard.samples.dtype == torch.float32
        assert heard.samples.abs().max() <= 1
        assert 0.8 < heard.duration_s < 2.5
        assert level(heard.samples) > 1e-3


def test_nothing_happens_where_nothing_is_asked_but_the_level():
    heard = NEVER.build()(speech(), np.random.default_rng(0))
    assert level(heard.samples) == pytest.approx(0.1, rel=1e-3)
    assert torch.allclose(heard.samples / heard.samples.abs().max(), speech().samples / speech().samples.abs().max(), atol=1e-4)


def test_the_input_is_left_alone():
    audio = speech()
    before = audio.samples.clone()
    AugmentConfig(noise_probability=1.0).build()(audio, np.random.default_rng(0))
    assert torch.equal(audio.samples, before)


def test_silence_around_and_speed_change_the_length():
    around = NEVER.replace(lead_s=(0.25, 0.25), trail_s=(0.5, 0.5)).build()(speech(), np.random.default_rng(0))
    assert around.num_samples == RATE * 1.75
    assert around.samples[:3900].abs().max() == 0
    faster = NEVER.replace(speed=(1.25, 1.25), speed_probability=1.0).build()(speech(), np.random.default_rng(0))
    assert faster.duration_s == pytest.approx(0.8, abs=0.01)


def test_noise_has_the_ratio_that_was_drawn():
    noisy = NEVER.replace(noise_probability=1.0, signal_to_noise_db=(10.0, 10.0)).build()
    for seed in range(8):
        heard = noisy(speech(), np.random.default_rng(seed)).samples - NEVER.build()(speech(), np.random.default_rng(0)).samples
        assert 20 * np.log10(0.1 / level(heard)) == pytest.approx(10, abs=0.2)


@pytest.mark.parametrize("ratio_db", [0.0, 9.0, 18.0])
@pytest.mark.parametrize("decay_s", [0.1, 0.6])
def test_a_room_has_the_drawn_ratio_however_long_it_rings(ratio_db, decay_s):
    response = room_response(np.random.default_rng(0), RATE, decay_s, ratio_db)
    assert response[0] == 1
    assert 10 * np.log10(1 / np.sum(response[1:] ** 2)) == pytest.approx(ratio_db, abs=0.01)
    late, early = np.square(response[-len(response) // 4 :]).sum(), np.square(response[1 : len(response) // 2]).sum()
    assert late < 0.05 * early


def test_a_band_limited_sound_has_nothing_above_four_kilohertz():
    noise = np.random.default_rng(0).standard_normal(RATE).astype(np.float32)
    low_ends = []
    for seed in range(12):
        heard = band_limit(np.random.default_rng(seed), noise, RATE)
        assert power_between(heard, 4100, 8000) < 1e-3 * power_between(heard, 500, 3000)
        low_ends.append(power_between(heard, 0, 140) / power_between(noise, 0, 140))
    assert min(low_ends) < 0.01  # a telephone
    assert max(low_ends) > 0.9  # only the rate


@pytest.mark.parametrize(("slope", "ratio"), [(0.0, 1.0), (1.0, 8.0), (2.0, 64.0)])
def test_colored_noise_falls_as_its_name_says(slope, ratio):
    noise = colored_noise(np.random.default_rng(0), 4 * RATE, slope)
    assert level(noise) == pytest.approx(1, rel=1e-3)
    assert power_between(noise, 200, 400) / power_between(noise, 1600, 3200) * 8 == pytest.approx(ratio, rel=0.15)


def test_hum_is_at_the_mains_frequency():
    hum = tones(np.random.default_rng(0), RATE, RATE, steady=True)
    strongest = int(np.abs(np.fft.rfft(hum)).argmax())
    assert strongest in (50, 60)


def test_background_uses_babble_only_where_there_are_others():
    for seed in range(20):
        assert len(background(np.random.default_rng(seed), 1000, RATE)) == 1000
        assert len(background(np.random.default_rng(seed), 1000, RATE, [np.ones(300, np.float32)])) == 1000


@pytest.mark.parametrize("kind", nonspeech.KINDS)
def test_nonspeech_of_every_kind(kind):
    others = [speech(0.7).samples.numpy(), speech(1.1).samples.numpy()]
    first = nonspeech.nonspeech(np.random.default_rng(3), kind, others, RATE)
    again = nonspeech.nonspeech(np.random.default_rng(3), kind, others, RATE)
    assert torch.equal(first.samples, again.samples)
    assert 0.2 < first.duration_s <= 4
    assert first.samples.abs().max() <= 1
    assert (level(first.samples) < 0.004) == (kind == "silence")


def test_half_words_are_shorter_than_words():
    others = [speech(1.0).samples.numpy()]
    for seed in range(10):
        clip = nonspeech.nonspeech(np.random.default_rng(seed), "half_word", others, RATE).samples.abs()
        loud = torch.nonzero(clip > 0.05 * clip.max()).flatten()
        assert loud[-1] - loud[0] <= 0.16 * RATE


def test_wrong_settings_are_refused():
    with pytest.raises(ValueError, match="speed"):
        AugmentConfig(speed=(1.2, 1.0))
    with pytest.raises(ValueError, match="lead_s"):
        AugmentConfig(lead_s=(-0.1, 0.2))
    with pytest.raises(ValueError, match="no kind of non-speech"):
        nonspeech.nonspeech(np.random.default_rng(0), "speech", [], RATE)
