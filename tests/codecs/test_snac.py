"""SNAC against the published package (golden files) and against itself (streams, noise, files)."""

import json
import pickle
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from snac.layers import NoiseBlock

from thinkaloud.codecs import OverlapStream
from thinkaloud.codecs.noise import seeded_noise
from thinkaloud.codecs.snac import SnacConfig, SnacSizes, pack, unpack
from thinkaloud.configurable import Config

GOLDEN = Path(__file__).parent.parent / "golden" / "snac"
TENSORS = load_file(GOLDEN / "tensors.safetensors")
LAYOUT = json.loads((GOLDEN / "token_layout.json").read_text())


def close(audio, expected):
    torch.testing.assert_close(audio, expected, atol=1e-4, rtol=0)


def golden_codes(case):
    return pack([TENSORS[f"{case}.codes_{i}"].long() for i in range(3)])


def random_codes(codec, num_frames, batch=1):
    return torch.randint(codec.codebook_size, (batch, 7, num_frames), generator=torch.Generator().manual_seed(0))


@pytest.fixture(scope="module")
def quiet():
    return SnacConfig(source=str(GOLDEN), noise="off").build()


@pytest.fixture(scope="module")
def noisy():
    return SnacConfig(source=str(GOLDEN), seed=3).build()


# --- the published package -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", ["decode", "decode_batch"])
def test_golden_decode(quiet, case):
    close(quiet.decode(golden_codes(case)), TENSORS[f"{case}.audio_noise_zero"][:, 0])


def test_golden_decode_with_given_noise():
    codec = SnacConfig(source=str(GOLDEN)).build()
    codec.noise = lambda layer, first, num: TENSORS[f"decode_noise.noise_{layer}"][0, 0, first : first + num]
    close(codec.decode(golden_codes("decode_noise")), TENSORS["decode_noise.audio"][:, 0])


def test_golden_encode(quiet):
    wave = TENSORS["encode.wave"][:, 0]
    codes = quiet.encode(wave)
    assert torch.equal(codes, golden_codes("encode"))
    close(quiet.decode(codes)[:, : wave.shape[1]], TENSORS["roundtrip.audio_noise_zero"][:, 0])


def test_golden_row_order(quiet):
    codes = torch.tensor(LAYOUT["frames"]).T[None]  # [1, 7, T]
    assert [book[0].tolist() for book in unpack(codes)] == LAYOUT["codebooks"]
    assert torch.equal(pack(unpack(codes)), codes)
    close(quiet.decode(codes), TENSORS["layout.audio_noise_zero"][:, 0])


def test_long_input_equals_the_published_network():
    """Chunked decoding and encoding against one run of the package's own modules over everything."""
    codec = SnacConfig(source=str(GOLDEN), noise="off").build()
    for block in codec.model.modules():
        if isinstance(block, NoiseBlock):
            block.forward = lambda x: x
    codes = random_codes(codec, num_frames=65, batch=2)
    audio = codec.decode(codes)
    close(audio, codec.model.decode(unpack(codes))[:, 0])
    assert torch.equal(codec.encode(audio), pack(codec.model.encode(audio[:, None])))


# --- streams ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_overlap_and_cached_stream_agree_with_noise(noisy, size):
    codes = random_codes(noisy, num_frames=15, batch=2)
    for stream in (noisy.stream(2), OverlapStream(noisy, 2)):
        audio = torch.cat([*map(stream.push, codes.split(size, dim=2)), stream.flush()], dim=1)
        close(audio, noisy.decode(codes))


def test_the_look_ahead_is_exact(quiet):
    """All but the last 4757 samples are returned at once, and the next one does depend on a later frame."""
    assert quiet.look_ahead_samples == 4757 and quiet.right_frames == quiet.left_frames == 3
    codes = random_codes(quiet, num_frames=6)
    num_final = 5 * 2048 - 4757
    assert quiet.stream().push(codes[:, :, :5]).shape == (1, num_final)
    one, other = quiet.decode(codes), quiet.decode(torch.cat([codes[:, :, :5], (codes[:, :, 5:] + 1) % 64], dim=2))
    torch.testing.assert_close(one[:, :num_final], other[:, :num_final], atol=1e-6, rtol=0)
    assert (one - other)[:, num_final : num_final + 100].abs().max() > 1e-6


def test_no_frames_are_no_samples(quiet):
    assert quiet.decode(random_codes(quiet, num_frames=0)).shape == (1, 0)
    assert quiet.encode(torch.zeros(2, 0)).shape == (2, 7, 0)


@pytest.mark.parametrize("sizes", [{"depthwise": False}, {"noise": False}, {"encoder_rates": (3, 3), "decoder_rates": (3, 3)}])
def test_other_sizes_stream_exactly_too(sizes):
    config = SnacConfig.tiny()
    codec = config.replace(sizes=config.sizes.replace(**sizes)).build()
    codes, stream = random_codes(codec, num_frames=15), codec.stream()
    audio = torch.cat([*map(stream.push, codes.split(2, dim=2)), stream.flush()], dim=1)
    assert audio.std() > 1e-3
    close(audio, codec.decode(codes))
    overlap = OverlapStream(codec)
    close(torch.cat([*map(overlap.push, codes.split(2, dim=2)), overlap.flush()], dim=1), audio)
    assert codec.encode(audio).shape == codes.shape


# --- noise -----------------------------------------------------------------------------------------------------------


def test_noise_is_normal_and_known_by_position():
    noise = seeded_noise(1)
    whole = noise(2, 0, 50_000)
    assert abs(float(whole.mean())) < 0.02 and abs(float(whole.std()) - 1) < 0.02 and float(whole.abs().max()) < 7
    assert torch.equal(noise(2, 1233, 77), whole[1233:1310])
    for other in (noise(1, 0, 50_000), seeded_noise(2)(2, 0, 50_000), noise(2, 1, 50_000)):
        assert abs(float((whole * other).mean())) < 0.02


def test_noise_is_the_same_at_every_run_and_differs_by_seed(noisy, quiet):
    codes = random_codes(noisy, num_frames=4)
    assert torch.equal(noisy.decode(codes), SnacConfig(source=str(GOLDEN), seed=3).build().decode(codes))
    for other in (quiet, SnacConfig(source=str(GOLDEN), seed=4).build()):
        assert (noisy.decode(codes) - other.decode(codes)).abs().max() > 1e-3


def test_a_window_meets_the_noise_of_its_place(noisy):
    codes = random_codes(noisy, num_frames=12)
    window = noisy.decode_window(codes[:, :, 3:], first_frame=3)
    close(window[:, 4757:], noisy.decode(codes)[:, 3 * 2048 + 4757 :])


# --- configs and files -----------------------------------------------------------------------------------------------


def test_config_survives_json_and_gives_the_same_codec():
    config = SnacConfig.tiny()
    again = Config.from_json(config.to_json())
    assert again == config
    codes = random_codes(config.build(), num_frames=2)
    assert torch.equal(config.build().decode(codes), again.build().decode(codes))


def test_building_leaves_the_global_generator_alone():
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    SnacConfig.tiny().build()
    assert torch.equal(torch.rand(1), expected)


@pytest.mark.parametrize(
    "config, said",
    [
        (SnacConfig(source="random", sizes=SnacSizes(vq_strides=(8, 4, 2, 1))), "32 and 44 kHz"),
        (SnacConfig(source="random", sizes=SnacSizes(attn_window_size=32)), "no attention"),
        (SnacConfig(source="random", sizes=SnacSizes(decoder_rates=(8, 8))), "product"),
        (SnacConfig(source="random", noise="loud"), '"seeded" or "off"'),  # type: ignore[arg-type]
    ],
)
def test_what_cannot_be_built_is_refused(config, said):
    with pytest.raises(ValueError, match=said):
        config.build()


class Boom:
    def __reduce__(self):
        return print, ("code ran",)


def _without_one(weights: Path):
    state = torch.load(weights, weights_only=True)
    del state["encoder.block.0.bias"]
    state["surplus"] = torch.zeros(1)
    state["decoder.model.0.bias"] = torch.zeros(3)
    torch.save(state, weights)


@pytest.mark.parametrize(
    "spoil, said",
    [
        (lambda weights: weights.unlink(), "has no pytorch_model.bin"),
        (lambda weights: weights.write_bytes(weights.read_bytes()[:5000]), "cannot be read as plain weights"),
        (lambda weights: weights.write_bytes(pickle.dumps(Boom())), "cannot be read as plain weights"),
        (lambda weights: torch.save(torch.zeros(1), weights), "do not fit"),
        (_without_one, r"(?s)encoder.block.0.bias.*surplus.*decoder.model.0.bias"),
        (lambda weights: weights.with_name("config.json").write_text("{"), "config.json does not describe"),
        (lambda weights: weights.with_name("config.json").write_text('{"codebok_size": 1}'), "did you mean 'codebook_size'"),
    ],
)
def test_broken_folders_are_named(tmp_path, capsys, spoil, said):
    for name in ("config.json", "pytorch_model.bin"):
        shutil.copy(GOLDEN / name, tmp_path / name)
    spoil(tmp_path / "pytorch_model.bin")
    with pytest.raises(ValueError, match=said) as error:
        SnacConfig(source=str(tmp_path)).build()
    assert str(tmp_path) in str(error.value) and "code ran" not in capsys.readouterr().out


def test_offline_says_which_command_would_help(monkeypatch):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(ValueError, match=r"hf download nobody/no-snac config\.json pytorch_model\.bin --local-dir") as error:
        SnacConfig(source="nobody/no-snac").build()
    assert constants.HF_HUB_CACHE in str(error.value)
