"""What every codec promises. Each config in thinkaloud.codecs whose build() gives a Codec is collected by itself."""

import importlib
import pkgutil
import random
import typing

import pytest
import torch

import thinkaloud.codecs
from thinkaloud.codecs import Codec, OverlapStream
from thinkaloud.configurable import Config


def codec_configs() -> list[type[Config]]:
    found = []
    for info in pkgutil.iter_modules(thinkaloud.codecs.__path__, "thinkaloud.codecs."):
        module = importlib.import_module(info.name)
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Config) and value.__module__ == info.name:
                build = getattr(value, "build", None)
                built = typing.get_type_hints(build).get("return") if build else None
                if isinstance(built, type) and issubclass(built, Codec):
                    found.append(value)
    return found


class Smear(Codec):
    """The simplest codec: decode only, each frame smeared over its neighbours; streams through OverlapStream."""

    sample_rate, frame_samples, num_codebooks, codebook_size = 100, 4, 2, 10
    left_frames, right_frames = 2, 1

    def decode(self, codes):
        self.check_codes(codes)
        level = torch.nn.functional.pad(codes.sum(dim=1).float(), (2, 1))  # [B, 2 + T + 1]
        frames = level[:, :-3] / 800 + level[:, 1:-2] / 200 + level[:, 2:-1] / 50 + level[:, 3:] / 100
        return frames.repeat_interleave(4, dim=1)


class SmearConfig(Config):
    def build(self) -> Smear:
        return Smear()


CONFIGS = [SmearConfig, *codec_configs()]
NUM_FRAMES = 16


def test_snac_is_collected():
    assert "SnacConfig" in [config.__name__ for config in CONFIGS]


@pytest.fixture(scope="module", params=CONFIGS, ids=lambda config: config.__name__)
def codec(request) -> Codec:
    torch.manual_seed(0)
    return getattr(request.param, "tiny", request.param)().build().eval()


def random_codes(codec: Codec, batch: int = 1, num_frames: int = NUM_FRAMES, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(codec.codebook_size, (batch, codec.num_codebooks, num_frames), generator=generator)


def chunked(codes: torch.Tensor, size: int | str) -> list[torch.Tensor]:
    """Chunks of one size, or of random sizes, some of them empty."""
    if isinstance(size, int):
        return list(codes.split(size, dim=2))
    sizes, rng = [], random.Random(1)
    while sum(sizes) < codes.shape[2]:
        sizes.append(min(rng.randint(0, 5), codes.shape[2] - sum(sizes)))
    return list(codes.split(sizes, dim=2))


@torch.no_grad()
def test_rates_and_lengths(codec):
    assert codec.frame_rate * codec.frame_samples == pytest.approx(codec.sample_rate)
    for num_frames in (1, 2, 3, 5):
        audio = codec.decode(random_codes(codec, batch=2, num_frames=num_frames))
        assert audio.shape == (2, num_frames * codec.frame_samples)
        assert audio.isfinite().all() and audio.std() > 0 and audio.abs().max() <= 1


@pytest.mark.parametrize("size", [1, 2, 3, 7, NUM_FRAMES, "random"])
@torch.no_grad()
def test_stream_equals_whole(codec, size):
    codes = random_codes(codec, batch=2)
    stream = codec.stream(2)
    audio = torch.cat([*map(stream.push, chunked(codes, size)), stream.flush()], dim=1)
    torch.testing.assert_close(audio, codec.decode(codes), atol=1e-4, rtol=0)


@pytest.mark.parametrize("num_frames", [1, 2, 3])
@torch.no_grad()
def test_short_answers_are_heard_in_full(codec, num_frames):
    codes = random_codes(codec, num_frames=num_frames)
    stream = codec.stream()
    audio = torch.cat([stream.push(codes), stream.flush()], dim=1)
    assert audio.shape[1] == num_frames * codec.frame_samples
    torch.testing.assert_close(audio, codec.decode(codes), atol=1e-4, rtol=0)


@torch.no_grad()
def test_a_flushed_stream_begins_anew(codec):
    stream = codec.stream()
    assert stream.flush().shape == (1, 0)
    for seed in (1, 2):
        codes = random_codes(codec, num_frames=5, seed=seed)
        audio = torch.cat([stream.push(codes), stream.flush()], dim=1)
        torch.testing.assert_close(audio, codec.decode(codes), atol=1e-4, rtol=0)


@torch.no_grad()
def test_later_frames_never_change_what_was_returned(codec):
    prefix = random_codes(codec)
    stream = codec.stream()
    returned = torch.cat([stream.push(chunk) for chunk in chunked(prefix, 3)], dim=1)
    assert returned.shape[1] > 0
    for seed in (1, 2):
        whole = codec.decode(torch.cat([prefix, random_codes(codec, seed=seed)], dim=2))
        torch.testing.assert_close(returned, whole[:, : returned.shape[1]], atol=1e-4, rtol=0)


@torch.no_grad()
def test_interleaved_streams_do_not_meet(codec):
    codes = [random_codes(codec, seed=seed) for seed in (1, 2)]
    streams, audio = [codec.stream(), codec.stream()], [[], []]
    for chunks in zip(*(chunked(each, 3) for each in codes), strict=True):
        for i in (0, 1):
            audio[i].append(streams[i].push(chunks[i]))
    for i in (1, 0):
        whole = torch.cat([*audio[i], streams[i].flush()], dim=1)
        torch.testing.assert_close(whole, codec.decode(codes[i]), atol=1e-4, rtol=0)


@torch.no_grad()
def test_conversations_of_a_batch_do_not_meet(codec):
    codes = random_codes(codec, batch=3)
    alone = torch.cat([codec.decode(row[None]) for row in codes])
    torch.testing.assert_close(codec.decode(codes), alone, atol=1e-4, rtol=0)


@pytest.mark.parametrize("wrong", ["special", "negative", "rows", "floats"])
def test_what_is_not_a_code_is_refused(codec, wrong):
    codes = random_codes(codec, num_frames=2)
    if wrong == "rows":
        codes = torch.cat([codes, codes], dim=1)
    elif wrong == "floats":
        codes = codes.float()
    else:
        codes[0, -1, 1] = codec.codebook_size if wrong == "special" else -1
    for decode in (codec.decode, codec.stream().push):
        with pytest.raises(ValueError, match="codes"):
            decode(codes)


def test_a_stream_refuses_another_batch(codec):
    with pytest.raises(ValueError, match="1 conversations"):
        codec.stream().push(random_codes(codec, batch=2))


@torch.no_grad()
def test_encode_or_say_why_not(codec):
    audio = torch.randn(2, 3 * codec.frame_samples + 1, generator=torch.Generator().manual_seed(0)) / 10
    if type(codec).encode is Codec.encode:
        with pytest.raises(ValueError, match="only decodes"):
            codec.encode(audio)
        return
    codes = codec.encode(audio)
    assert codes.shape == (2, codec.num_codebooks, 4)
    codec.check_codes(codes)
    torch.testing.assert_close(codec.encode(audio[1:]), codes[1:])


@torch.no_grad()
def test_overlap_returns_a_frame_once_its_right_context_is_there():
    codec = Smear()
    stream = OverlapStream(codec)
    lengths = [stream.push(chunk).shape[1] for chunk in random_codes(codec, num_frames=4).split(1, dim=2)]
    assert [*lengths, stream.flush().shape[1]] == [0, 4, 4, 4, 4]
