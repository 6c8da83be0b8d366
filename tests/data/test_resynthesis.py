"""Resynthesis: what a codec makes of recordings, under their own texts."""

from pathlib import Path

import torch

from thinkaloud.audio import Audio
from thinkaloud.codecs.pocket import PocketCodecConfig
from thinkaloud.data.recordings import Recordings, record
from thinkaloud.data.resynthesis import resynthesize


def speak(row) -> Audio:
    generator = torch.Generator().manual_seed(row["seed"])
    return Audio(torch.randn(3000 + 700 * row["seed"], generator=generator).clamp(-4, 4) / 8, 16000)


@torch.no_grad()
def test_each_recording_through_the_codec_and_back(tmp_path: Path) -> None:
    jobs = [{"id": f"{seed:02d}", "seed": seed, "text": f"text {seed}", "split": "train"} for seed in range(6)]
    record(tmp_path / "spoken", jobs, speak)
    spoken = Recordings(tmp_path / "spoken")
    codec = PocketCodecConfig.tiny().build().eval()
    assert resynthesize(spoken, codec, tmp_path / "said", most=3) == {"recorded": 3, "present": 0, "failed": 0}
    assert resynthesize(spoken, codec, tmp_path / "said", most=3)["present"] == 3
    originals = {row["id"]: row for row in spoken.rows}
    said = Recordings(tmp_path / "said")
    assert [row["id"] for row in said.rows] == ["00", "02", "04"], "spread evenly"
    for row in said.rows:
        samples = spoken.audio(originals[row["id"]]).samples
        made = codec.decode(codec.encode(samples[None]))[0, : len(samples)]
        assert row["text"] == originals[row["id"]]["text"] and row["length"] == len(samples)
        assert torch.allclose(said.audio(row).samples, made, atol=1e-4)
