"""The pocket codec: a stream is its whole, nothing looks ahead, padding in a batch changes no code."""

import random

import pytest
import torch

from thinkaloud.codecs.pocket import PocketCodec, PocketCodecConfig
from thinkaloud.configurable import Config

TINY = PocketCodecConfig.tiny()


@pytest.fixture
def codec() -> PocketCodec:
    torch.manual_seed(0)
    codec = TINY.build().eval()
    codec.quantizer.codebooks.mul_(10)  # as far apart as random latents are
    return codec


def speech(num_samples: int, batch: int = 2) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    time_s = torch.arange(num_samples) / 16000
    tone = torch.sin(2 * torch.pi * (200 + 300 * time_s) * time_s)
    return 0.3 * tone + 0.05 * torch.randn(batch, num_samples, generator=generator)


def some_codes(num_frames: int, batch: int = 2) -> torch.Tensor:
    return torch.randint(16, (batch, 3, num_frames), generator=torch.Generator().manual_seed(2))


def pieces(total: int, size: int) -> list[int]:
    """Sizes that add up to `total`; size 0: random, zeros included."""
    draw, sizes = random.Random(3), []
    while sum(sizes) < total:
        sizes.append(min(size or draw.randint(0, 5), total - sum(sizes)))
    return sizes


@pytest.mark.parametrize("size", [1, 2, 3, 7, 0])
def test_streamed_decode_equals_the_whole(codec: PocketCodec, size: int) -> None:
    codes = some_codes(19)
    whole = codec.decode(codes)
    stream = codec.stream(batch=2)
    streamed = [stream.push(part) for part in codes.split(pieces(19, size), dim=2)] + [stream.flush()]
    assert whole.shape == (2, 19 * 1280)
    assert whole.abs().max() > 0.01
    torch.testing.assert_close(torch.cat(streamed, dim=1), whole, atol=1e-5, rtol=0)
    assert torch.equal(stream.push(codes), codec.stream(batch=2).push(codes))  # after flush a stream begins anew


@pytest.mark.parametrize("size", [1, 160, 1280, 3000])
def test_streamed_encode_equals_the_whole(codec: PocketCodec, size: int) -> None:
    audio = speech(1280 * 5 + 77)
    if size == 1:
        audio = audio[:, :2700]
    stream = codec.encode_stream(batch=2)
    streamed = [stream.push(part) for part in audio.split(size, dim=1)] + [stream.flush()]
    codes = codec.encode(audio)
    assert torch.equal(torch.cat(streamed, dim=2), codes)
    assert codes.unique().numel() > 3


def test_a_push_returns_all_but_the_overlap_at_once(codec: PocketCodec) -> None:
    stream = codec.stream()
    assert [stream.push(some_codes(1, batch=1)).shape[1] for _ in range(3)] == [800, 1280, 1280]
    assert stream.flush().shape[1] == 480
    assert stream.flush().shape[1] == 0


def test_later_codes_change_no_earlier_sample(codec: PocketCodec) -> None:
    codes = some_codes(10)
    changed = codes.clone()
    changed[:, :, 6:] = (changed[:, :, 6:] + 5) % 16
    before, after = codec.decode(codes), codec.decode(changed)
    first = 6 * 1280 - codec.late_samples
    torch.testing.assert_close(before[:, :first], after[:, :first], atol=1e-6, rtol=0)
    assert not torch.allclose(before[:, first : first + 640], after[:, first : first + 640])


def test_later_samples_change_no_earlier_code(codec: PocketCodec) -> None:
    audio = speech(1280 * 9)
    changed = audio.clone()
    changed[:, 1280 * 6 :] = speech(1280 * 3).flip(1) * 2
    before, after = codec.encode(audio), codec.encode(changed)
    assert torch.equal(before[:, :, :6], after[:, :, :6])
    assert not torch.equal(before[:, :, 6:], after[:, :, 6:])


def test_padding_in_a_batch_changes_no_code(codec: PocketCodec) -> None:
    lengths = [1280 * 7, 1280 * 3 + 500, 900]
    recordings = [speech(length, batch=1)[0] for length in lengths]
    padded = torch.nn.utils.rnn.pad_sequence(recordings, batch_first=True)
    together = codec.encode(padded)
    for row, recording in enumerate(recordings):
        alone = codec.encode(recording[None])[0]
        assert alone.shape[1] == -(-len(recording) // 1280)
        assert torch.equal(together[row, :, : alone.shape[1]], alone)


def test_fewer_codebooks_are_the_first_ones(codec: PocketCodec) -> None:
    two = TINY.replace(num_codebooks=2).build().eval()
    two.load_state_dict(codec.state_dict())
    audio = speech(1280 * 4)
    assert torch.equal(two.encode(audio), codec.encode(audio)[:, :2])
    assert two.decode(two.encode(audio)).shape == (2, 1280 * 4)


def test_each_codebook_brings_the_latents_nearer(codec: PocketCodec) -> None:
    latents = torch.randn(2, 50, 8, generator=torch.Generator().manual_seed(4))
    codec.quantizer.codebooks[:] = torch.randn(4, 16, 8) * torch.tensor([1, 0.7, 0.5, 0.3])[:, None, None]
    left = [float((latents - codec.quantizer.decode(codec.quantizer.encode(latents, k))).norm()) for k in (1, 2, 3, 4)]
    assert sorted(left, reverse=True) == left
    assert left[3] < 0.7 * left[0] < 0.7 * float(latents.norm())


def test_nothing_gives_nothing(codec: PocketCodec) -> None:
    assert codec.encode(torch.zeros(2, 0)).shape == (2, 3, 0)
    assert codec.decode(some_codes(0)).shape == (2, 0)
    assert codec.encode_stream(2).flush().shape == (2, 3, 0)


def test_special_ids_are_refused(codec: PocketCodec) -> None:
    with pytest.raises(ValueError, match=r"0\.\.15"):
        codec.decode(some_codes(2) + 10)
    with pytest.raises(ValueError, match="expected integer codes"):
        codec.stream().push(some_codes(2)[:, :2])


def test_the_config_checks_itself_and_survives_json() -> None:
    assert Config.from_json(TINY.to_json()) == TINY
    assert PocketCodecConfig().frame_samples == 1280
    assert PocketCodecConfig().build().frame_rate == 12.5
    with pytest.raises(ValueError, match="max_codebooks"):
        PocketCodecConfig(num_codebooks=9)
    with pytest.raises(ValueError, match="one entry more"):
        PocketCodecConfig(decoder_blocks=(1, 1))
