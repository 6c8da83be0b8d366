"""Detectors of speech: the same for any chunking, silent on noise, and right about when somebody speaks."""

import math
import shutil
import subprocess

import pytest
import soundfile
import soxr
import torch

from thinkaloud.duplex import Action, Moment
from thinkaloud.duplex.endpoint import EndpointConfig
from thinkaloud.duplex.silero import SileroVad, SileroVadConfig
from thinkaloud.duplex.vad import EnergyVad, EnergyVadConfig

RATE = 16000


def voice(seconds, level=0.1):
    """A made-up voice: harmonics under moving formants, in syllables."""
    t = torch.arange(int(seconds * RATE)) / RATE
    pitch_hz = 120 * (1 + 0.1 * torch.sin(2 * math.pi * 2.3 * t))
    phase = 2 * math.pi * pitch_hz.cumsum(0) / RATE
    formants = (
        (500 + 250 * torch.sin(2 * math.pi * 3.1 * t), 80, 1.0),
        (1500 + 500 * torch.sin(2 * math.pi * 2.1 * t + 1), 120, 0.5),
        (torch.tensor(2500.0), 200, 0.2),
    )
    sound = torch.zeros_like(t)
    for harmonic in range(1, 40):
        gain = sum(weight / (1 + ((harmonic * pitch_hz - center) / width) ** 2) for center, width, weight in formants)
        sound += gain * torch.sin(harmonic * phase)
    sound *= 0.55 - 0.45 * torch.cos(2 * math.pi * 4 * t)  # four syllables a second
    return level * sound / sound.std()


def noise(seconds, level, seed=0):
    return level * torch.randn(int(seconds * RATE), generator=torch.Generator().manual_seed(seed))


def resampled(samples, rate):
    return torch.from_numpy(soxr.resample(samples, rate, RATE))


@pytest.fixture(scope="session")
def silero() -> SileroVad:
    pytest.importorskip("silero_vad", reason="the serve extra is not installed")
    return SileroVadConfig().build()


@pytest.fixture(scope="session", params=["energy", "silero"])
def vad(request):
    return EnergyVad() if request.param == "energy" else request.getfixturevalue("silero")


def turns(vad, samples, config=None):
    """The turns (start, end) in seconds that the policy finds in a recording, and the seconds at which it replies."""
    stream, policy = vad.stream(), (config or EndpointConfig()).build()
    found = []
    for i, probability in enumerate(stream.push(samples)):
        end = (i + 1) * vad.frame_samples
        if policy.observe(Moment(now_samples=end, speech_probability=probability, speaking=False)) is Action.REPLY:
            found.append((policy.turn.start_samples / RATE, policy.turn.end_samples / RATE, end / RATE))
    return found


@pytest.mark.parametrize("chunk", [1, 160, 511, 512, 513, 4000])
def test_any_chunking_gives_the_same_probabilities(vad, chunk):
    samples = torch.cat([noise(0.2, 1e-3), voice(0.3), noise(0.1, 1e-3)])[: 8000 if chunk > 1 else 1200]
    whole = vad.stream().push(samples)
    stream = vad.stream()
    assert [p for part in samples.split(chunk) for p in stream.push(part)] == whole
    assert len(whole) == len(samples) // vad.frame_samples


def test_two_streams_never_meet(vad):
    samples = voice(0.5)
    alone = vad.stream().push(samples)
    one, other = vad.stream(), vad.stream()
    interleaved = []
    for part in samples.split(700):
        interleaved += one.push(part)
        other.push(noise(0.05, 0.3))
    assert interleaved == alone


def test_a_voice_between_silences_is_one_turn(vad):
    ((start, end, reply),) = turns(vad, torch.cat([noise(1, 1e-3), voice(2), noise(1.5, 1e-3)]))
    assert start == pytest.approx(1 - 0.3, abs=0.1)  # 300 ms of padding
    assert end == pytest.approx(3, abs=0.15)
    assert end + 0.5 <= reply <= end + 0.5 + 0.04


def test_steady_noise_and_digital_silence_are_no_turn(silero):
    for level in (0.0, 1e-3, 0.03):
        assert turns(silero, noise(3, level)) == []
        # The detector that knows only loudness takes noise that is already there at the start for speech until its floor has
        # risen: it must get used to it, and quiet noise is nothing from the start.
        known = turns(EnergyVad(), noise(10, level))
        assert known == [] if level < 0.01 else all(end < 6 for _, end, _ in known)


def test_the_energy_floor_follows_the_noise_and_the_voice_is_heard_above_it():
    stream = EnergyVad().stream()
    stream.push(noise(8, 0.01))
    assert stream.floor_db == pytest.approx(-40, abs=1.5)
    assert max(stream.push(noise(4, 0.01, seed=1))) < 0.5
    heard = stream.push(voice(2, level=0.2) + noise(2, 0.01, seed=2))
    assert sum(p > 0.5 for p in heard) > len(heard) / 2
    stream.push(noise(1, 1e-3))
    assert stream.floor_db == pytest.approx(-60, abs=0.5)


def test_faint_noise_after_digital_silence_is_not_speech_to_the_energy_vad():
    stream = EnergyVad().stream()
    stream.push(torch.zeros(RATE))
    assert max(stream.push(noise(1, 10 ** (-55 / 20)))) < 0.5


def test_a_click_is_no_turn(vad):
    samples = noise(3, 1e-3)
    samples[16000:16400] += 0.5
    assert turns(vad, samples) == []


def speech_of(request, source):
    """Speech of about two seconds, from a speech synthesiser or from a recording beside the repository."""
    if source == "espeak-ng":
        program = shutil.which("espeak-ng")
        if not program:
            pytest.skip("espeak-ng is not installed; the made-up voice tests the same")
        path = request.getfixturevalue("tmp_path") / "speech.wav"
        subprocess.run([program, "-w", str(path), "What is the weather like in Paris today"], check=True)
    else:
        path = request.getfixturevalue("shared_dir") / "data" / "questions" / source
    samples, rate = soundfile.read(path, dtype="float32")
    return resampled(samples, rate)


@pytest.mark.parametrize("source", ["espeak-ng", "what_are_your_hobbies.wav", "do_you_like_beijing.wav"])
def test_real_speech_is_one_turn_that_holds_all_of_it(request, silero, source):
    speech = speech_of(request, source)
    loud = (speech.abs() > 0.1 * speech.abs().max()).nonzero()[:, 0] / RATE
    found = turns(silero, torch.cat([torch.zeros(RATE), speech, torch.zeros(RATE)]))
    assert len(found) == 1
    assert found[0][0] <= 1 + loud.min() and 1 + loud.max() <= found[0][1] + 0.15


def test_silero_equals_the_package_s_own_network(silero):
    import importlib.util
    from pathlib import Path

    root = Path(importlib.util.find_spec("silero_vad").submodule_search_locations[0])
    published = torch.jit.load(str(root / "data" / "silero_vad.jit"))
    samples = torch.cat([noise(0.3, 0.01), voice(1.0), noise(0.3, 0.1)])
    with torch.no_grad():
        expected = [float(published(frame[None], RATE)) for frame in samples.split(512) if len(frame) == 512]
    assert silero.stream().push(samples) == pytest.approx(expected, abs=1e-5)
    assert max(expected) > 0.9 and min(expected) < 0.1


def test_silero_without_its_package_says_what_to_install(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r'pip install "thinkaloud\[serve\]"'):
        SileroVadConfig().build()


def test_other_frames_and_rates_of_the_energy_vad():
    vad = EnergyVadConfig(sample_rate=24000, frame_ms=20).build()
    assert vad.frame_samples == 480 and len(vad.stream().push(torch.zeros(1000))) == 2


@pytest.mark.parametrize("samples", [torch.zeros(2, 512), torch.zeros(512, dtype=torch.int16)])
def test_samples_of_another_kind_are_refused(vad, samples):
    with pytest.raises(ValueError, match=r"expected float samples \[N\] of one channel"):
        vad.stream().push(samples)


def test_numbers_that_are_none_count_as_silence(vad):
    broken = torch.full((2048,), float("nan"))
    broken[::3] = float("inf")
    assert max(vad.stream().push(broken)) < 0.5
