"""Whisper as a listener: exact lengths, the padded window, windows of long questions, clear refusals."""

import pytest
import torch

from thinkaloud.listen.adapter import AdapterConfig, AdapterKind
from thinkaloud.listen.whisper import WhisperListener, WhisperListenerConfig

TINY = {
    "d_model": 16, "encoder_layers": 2, "encoder_attention_heads": 2, "encoder_ffn_dim": 24, "num_mel_bins": 80,
    "max_source_positions": 1500, "vocab_size": 10, "decoder_layers": 1, "decoder_attention_heads": 2, "decoder_ffn_dim": 8,
    "pad_token_id": 0, "bos_token_id": 0, "eos_token_id": 0, "decoder_start_token_id": 0,
}  # fmt: skip


def listener(**options: object) -> WhisperListener:
    torch.manual_seed(0)
    return WhisperListenerConfig(values=TINY, **options).build().eval()  # type: ignore[arg-type]


def tone(seconds: float) -> torch.Tensor:
    return 0.1 * torch.sin(torch.arange(int(seconds * 16000)) * 0.2)


@pytest.mark.parametrize(
    ("num_samples", "frames"), [(1, 1), (319, 1), (320, 2), (16000, 51), (16001, 51), (480000 - 1, 1500), (480000, 1500)]
)
def test_lengths_are_the_published_ones(num_samples: int, frames: int) -> None:
    assert listener().num_frames(num_samples) == frames


@torch.inference_mode()
def test_features_are_those_of_the_padded_window() -> None:
    """What the published model hears: the whole 30 s window, cut to the frames of the speech."""
    ears = listener()
    audio = tone(1.0)
    heard = ears.listen(audio[None])
    padded = torch.cat([audio, torch.zeros(480000 - len(audio))])
    whole = ears.listen(padded[None]).embeds
    assert heard.embeds.shape == (1, 51, 16)
    assert torch.allclose(heard.embeds[0], whole[0, :51], atol=1e-4)


@torch.inference_mode()
def test_stream_equals_whole() -> None:
    ears = listener()
    audio = tone(0.7)
    stream = ears.stream()
    pushed = [stream.push(piece) for piece in audio.split(1000)]
    assert torch.equal(torch.cat([*pushed, stream.flush()], dim=1), ears.listen(audio[None]).embeds)


@torch.inference_mode()
def test_batch_rows_equal_single_questions() -> None:
    ears = listener()
    one, two = tone(0.5), tone(0.9)
    batch = torch.nn.utils.rnn.pad_sequence([one, two], batch_first=True)
    heard = ears.listen(batch, torch.tensor([len(one), len(two)]))
    assert heard.lengths.tolist() == [26, 46]
    assert torch.allclose(heard.embeds[0, :26], ears.listen(one[None]).embeds[0], atol=1e-5)


@torch.inference_mode()
def test_long_questions_are_refused_or_windowed_never_cut() -> None:
    audio = tone(31)
    with pytest.raises(ValueError, match=r"31\.0 s.*30 s.*window"):
        listener().listen(audio[None])
    heard = listener(long="window").listen(audio[None])
    assert heard.embeds.shape[1] == 31 * 50 + 1


@torch.inference_mode()
def test_trimmed_window_is_short_and_finite() -> None:
    heard = listener(trim=True).listen(tone(1.3)[None])
    assert heard.embeds.shape == (1, 66, 16)
    assert heard.embeds.isfinite().all()


def test_nothing_to_hear_and_nowhere_to_load_from() -> None:
    with pytest.raises(ValueError, match="empty"):
        listener().listen(torch.zeros(1, 0))
    with pytest.raises(ValueError, match="hf download openai/whisper-none"):
        WhisperListenerConfig(source="openai/whisper-none").build()
    with pytest.raises(ValueError, match="refuse, window"):
        WhisperListenerConfig(source="x", long="cut")


@pytest.mark.parametrize("kind", AdapterKind)
@pytest.mark.parametrize(("stack", "frames", "expected"), [(1, 7, 7), (2, 7, 4), (5, 7, 2), (5, 10, 2)])
def test_adapters_count_exactly_and_lose_nothing(kind: AdapterKind, stack: int, frames: int, expected: int) -> None:
    adapter = AdapterConfig(kind=kind, stack=stack).build(8, 12)
    features = torch.randn(2, frames, 8)
    assert adapter.num_frames(frames) == expected
    adapted = adapter(features)
    assert adapted.shape == (2, expected, 12)
    features[:, -1, 0] += 3
    assert not torch.allclose(adapter(features)[:, -1], adapted[:, -1])
