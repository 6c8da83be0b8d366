"""Features heard once: several workers together, after a crash, never of two listeners."""

from pathlib import Path

import numpy as np
import pytest
import torch

from thinkaloud.audio import Audio
from thinkaloud.data.heard import HeardRecordings, hear_recordings
from thinkaloud.data.recordings import Recordings, record
from thinkaloud.listen.pocket import PocketListener, PocketListenerConfig
from thinkaloud.toy import ToyListener


@pytest.fixture
def recordings(tmp_path: Path) -> Recordings:
    def speak(row) -> Audio:
        generator = torch.Generator().manual_seed(row["seed"])
        return Audio(torch.randn(3000 + 1111 * row["seed"], generator=generator).clamp(-4, 4) / 8, 16000)

    record(tmp_path / "spoken", [{"id": f"{seed:02d}", "seed": seed, "text": "x"} for seed in range(7)], speak)
    return Recordings(tmp_path / "spoken")


@pytest.fixture
def listener() -> PocketListener:
    torch.manual_seed(0)
    return PocketListenerConfig(dim=16, num_blocks=1, num_heads=2).build().eval().requires_grad_(False)


def louder(audio: Audio, rng: np.random.Generator) -> Audio:
    return Audio(audio.samples * float(rng.uniform(0.5, 1.5)), audio.sample_rate)


def heard(folder: Path) -> dict[tuple[str, int], bytes]:
    found = HeardRecordings(folder)
    return {(row["id"], row["copy"]): found.features(row).round(2).tobytes() for rows in found.copies.values() for row in rows}


def test_several_workers_hear_what_one_hears(recordings: Recordings, listener: PocketListener, tmp_path: Path) -> None:
    given = {"copies": 2, "change": louder, "batch": 1}
    assert hear_recordings(recordings, listener, tmp_path / "one", **given) == 14
    assert [hear_recordings(recordings, listener, tmp_path / "many", **given, worker=n, workers=3) for n in range(3)] == [
        6,
        4,
        4,
    ]
    whole = heard(tmp_path / "one")
    assert len(set(whole.values())) == 14 and heard(tmp_path / "many") == whole
    assert hear_recordings(recordings, listener, tmp_path / "many", **given) == 0, "another number of workers adds nothing"


def test_it_goes_on_after_a_crash(recordings: Recordings, listener: PocketListener, tmp_path: Path) -> None:
    hear_recordings(recordings, listener, tmp_path, batch=1)
    whole, index = heard(tmp_path), tmp_path / "index-0.jsonl"
    lines = index.read_text().splitlines(keepends=True)
    index.write_text("".join(lines[:3]) + lines[3][:20])  # killed in the middle of a row
    assert len(heard(tmp_path)) == 3
    assert hear_recordings(recordings, listener, tmp_path, batch=1) == 4
    assert heard(tmp_path) == whole


def test_two_listeners_never_share_a_folder(recordings: Recordings, listener: PocketListener, tmp_path: Path) -> None:
    hear_recordings(recordings, listener, tmp_path)
    listener.leave.bias.add_(1)
    with pytest.raises(ValueError, match="another listener"):
        hear_recordings(recordings, listener, tmp_path)


def test_a_listener_without_weights_hears_as_well(recordings: Recordings, tmp_path: Path) -> None:
    assert hear_recordings(recordings, ToyListener(), tmp_path) == 7 and len(heard(tmp_path)) == 7
