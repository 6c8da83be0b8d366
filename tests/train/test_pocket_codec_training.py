"""The pocket codec's training from a recorded corpus to codes, in small."""

from pathlib import Path

import pytest
import torch

from thinkaloud.audio import Audio
from thinkaloud.codecs.pocket import PocketCodecConfig
from thinkaloud.data.encoded import Encoded, encode_recordings
from thinkaloud.data.recordings import Recordings, record
from thinkaloud.train.codec import train_codec
from thinkaloud.train.pocket_codec import codec_training, corpus_clips


def speak(row) -> Audio:
    generator = torch.Generator().manual_seed(row["seed"])
    return Audio(torch.randn(6000, generator=generator).clamp(-4, 4) / 8, 16000)


def test_from_recordings_to_codes(tmp_path: Path) -> None:
    jobs = [{"id": f"a{seed}", "seed": seed, "split": "test" if seed == 3 else "train"} for seed in range(4)]
    record(tmp_path / "corpus/answers", jobs, speak)
    config = codec_training(2, 2).replace(codec=PocketCodecConfig.tiny(), batch=2, crop_frames=3)
    codec = train_codec(config, corpus_clips(tmp_path / "corpus"), tmp_path / "out").codec.eval()
    encode_recordings(Recordings(tmp_path / "corpus/answers"), codec, tmp_path / "out/codes")
    assert {path.name for path in (tmp_path / "out").iterdir()} >= {"config.json", "codec.safetensors", "checkpoint.pt"}
    encoded = Encoded(tmp_path / "out/codes")
    assert len(encoded) == 4  # held-out answers are encoded as well: they are what is measured
    assert encoded.codes(encoded.rows[0]).shape == (3, 5)


def test_it_never_trains_on_what_is_held_out(tmp_path: Path) -> None:
    record(tmp_path / "answers", [{"id": "a", "seed": 1, "split": "test"}], speak)
    with pytest.raises(ValueError, match="found none"):
        corpus_clips(tmp_path)
    record(tmp_path / "answers", [{"id": "b", "seed": 2, "split": "train"}], speak)
    (clips,) = corpus_clips(tmp_path)
    assert len(clips) == 1
