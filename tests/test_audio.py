"""Audio files, resampling and the wire format."""

import io
import math

import numpy as np
import pytest
import soundfile
import torch
from hypothesis import given
from hypothesis import strategies as st

from thinkaloud.audio import Audio, Resampler, from_pcm16, read, to_pcm16, write


def tone(num_samples=8000, rate=16000, hz=440.0) -> torch.Tensor:
    return 0.5 * torch.sin(torch.arange(num_samples) * (2 * math.pi * hz / rate))


def loudest_hz(audio: Audio) -> float:
    return float(torch.fft.rfft(audio.samples).abs().argmax()) * audio.sample_rate / audio.num_samples


# --- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [8000, 16000, 24000, 44100, 48000])
@pytest.mark.parametrize("suffix, tolerance", [("wav", 2e-5), ("flac", 2e-5), ("ogg", 0.05), ("mp3", 0.05)])
def test_what_is_written_is_read_again(tmp_path, suffix, tolerance, rate):
    path = tmp_path / f"tone.{suffix}"
    write(path, Audio(tone(rate, rate), rate))
    audio = read(path)
    assert audio.sample_rate == rate and audio.samples.ndim == 1
    assert loudest_hz(audio) == pytest.approx(440, abs=1)
    if suffix != "mp3":  # mp3 has a delay of its own
        torch.testing.assert_close(audio.samples, tone(rate, rate), atol=tolerance, rtol=0)


@pytest.mark.parametrize("format", ["wav", "flac", "ogg", "mp3"])
def test_open_files_work_as_paths_do(format):
    file = io.BytesIO()
    write(file, Audio(tone(), 16000), format=format)
    file.seek(0)
    assert loudest_hz(read(file)) == pytest.approx(440, abs=2)


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW"])
def test_sample_formats(tmp_path, subtype):
    soundfile.write(tmp_path / "in.wav", tone().numpy(), 48000, subtype=subtype)
    torch.testing.assert_close(read(tmp_path / "in.wav").samples, tone(), atol=0.02, rtol=0)


def test_channels_are_mixed_or_kept(tmp_path):
    left, right = tone(), 0.2 * tone(hz=1000)
    write(tmp_path / "in.wav", Audio(torch.stack([left, right]), 16000))
    torch.testing.assert_close(read(tmp_path / "in.wav").samples, (left + right) / 2, atol=2e-5, rtol=0)
    both = read(tmp_path / "in.wav", mono=False)
    torch.testing.assert_close(both.samples, torch.stack([left, right]), atol=2e-5, rtol=0)
    assert both.num_samples == 8000 and both.duration_s == 0.5


def test_ten_minutes_of_vorbis(tmp_path):
    write(tmp_path / "long.ogg", Audio(tone(8000 * 600, 8000), 8000))
    assert read(tmp_path / "long.ogg").num_samples == 8000 * 600


def test_written_samples_never_wrap(tmp_path):
    for suffix in ("wav", "flac"):
        write(tmp_path / f"loud.{suffix}", Audio(torch.tensor([1.0, 7.0, -1.0, -7.0]), 16000))
        assert soundfile.read(tmp_path / f"loud.{suffix}", dtype="int16")[0].tolist() == [32767, 32767, -32768, -32768]


def _make(path, samples, subtype="FLOAT"):
    soundfile.write(path, np.asarray(samples, dtype=np.float32), 16000, subtype=subtype)


@pytest.mark.parametrize(
    "spoil, said",
    [
        (lambda path: None, "no such file"),
        (lambda path: path.mkdir(), "no such file"),
        (lambda path: path.write_text("hello"), "not a sound file.*ffmpeg"),
        (lambda path: path.write_bytes(b""), "not a sound file"),
        (lambda path: _make(path, []), "holds no sample"),
        (lambda path: _make(path, [0.1, math.nan]), "NaN"),
        (lambda path: _make(path, [0.1, math.inf]), "infinity"),
    ],
)
def test_bad_files_are_named(tmp_path, spoil, said):
    path = tmp_path / "in.wav"
    spoil(path)
    with pytest.raises(ValueError, match=said) as error:
        read(path)
    assert str(path) in str(error.value)


@pytest.mark.parametrize(
    "name, rate, said",
    [
        ("a.docx", 16000, "cannot write docx"),
        ("a", 16000, "without a suffix"),
        ("no/a.wav", 16000, "folder"),
        ("a.mp3", 96000, "mp3"),
    ],
)
def test_what_cannot_be_written_is_named(tmp_path, name, rate, said):
    with pytest.raises(ValueError, match=said) as error:
        write(tmp_path / name, Audio(tone(), rate))
    assert str(tmp_path / name) in str(error.value)


@pytest.mark.parametrize(
    "samples, rate",
    [
        (torch.zeros(4, dtype=torch.int16), 16000),
        (torch.zeros(4, dtype=torch.float64), 16000),
        (torch.zeros(1, 1, 4), 16000),
        (torch.zeros(4), 0),
        (torch.tensor([math.nan]), 16000),
    ],
)
def test_audio_refuses_what_is_not_sound(samples, rate):
    with pytest.raises(ValueError):
        Audio(samples, rate)


# --- resampling ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("from_hz, to_hz", [(8000, 16000), (48000, 16000), (44100, 24000), (24000, 24000)])
def test_resampling_keeps_the_tone_and_the_length(from_hz, to_hz):
    audio = Audio(tone(from_hz, from_hz), from_hz).resample(to_hz)
    assert audio.sample_rate == to_hz and audio.num_samples == to_hz
    torch.testing.assert_close(audio.samples[500:-500], tone(to_hz, to_hz)[500:-500], atol=1e-3, rtol=0)


def test_channels_are_resampled_alone():
    samples = torch.stack([tone(), tone(hz=1000)])
    both = Audio(samples, 16000).resample(24000).samples
    for one, channel in zip(samples, both, strict=True):
        torch.testing.assert_close(Audio(one, 16000).resample(24000).samples, channel)


@pytest.mark.parametrize("chunk", [1, 160, 333, 8000])
@pytest.mark.parametrize("from_hz, to_hz", [(48000, 16000), (16000, 24000), (22050, 16000), (16000, 16000)])
def test_streamed_resampling_equals_the_whole(from_hz, to_hz, chunk):
    samples = torch.randn(3001, generator=torch.Generator().manual_seed(0))
    stream = Resampler(from_hz, to_hz)
    streamed = torch.cat([*map(stream.push, samples.split(chunk)), stream.flush()])
    assert torch.equal(streamed, Audio(samples, from_hz).resample(to_hz).samples)


def test_a_resampler_takes_one_channel():
    with pytest.raises(ValueError, match="mono"):
        Resampler(48000, 16000).push(torch.zeros(2, 100))


# --- the wire --------------------------------------------------------------------------------------------------------


def test_pcm16_is_little_endian_and_never_wraps():
    assert to_pcm16(torch.tensor([0.0, 0.5, 1.0, -1.0, 2.0, -2.0])) == bytes.fromhex("0000 0040 ff7f 0080 ff7f 0080")


@given(st.lists(st.integers(-32768, 32767), max_size=20))
def test_pcm16_round_trip(values):
    data = np.array(values, dtype="<i2").tobytes()
    assert to_pcm16(from_pcm16(data)) == data
    assert to_pcm16(from_pcm16(data + data, num_channels=2)) == data + data


def test_pcm16_channels_are_interleaved():
    assert from_pcm16(bytes.fromhex("0100 0200 0300 0400"), num_channels=2).mul(32768).tolist() == [[1, 3], [2, 4]]


def test_pcm16_refuses_half_a_sample_and_nan():
    with pytest.raises(ValueError, match="3 bytes"):
        from_pcm16(b"abc")
    with pytest.raises(ValueError, match="NaN"):
        to_pcm16(torch.tensor([math.nan]))
