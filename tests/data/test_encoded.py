"""Codes made once: as if each utterance were alone, resumable, never of two codecs."""

from pathlib import Path

import pytest
import torch

from thinkaloud.audio import Audio
from thinkaloud.codecs.pocket import PocketCodec, PocketCodecConfig
from thinkaloud.data.encoded import Encoded, encode_recordings, encode_spoken
from thinkaloud.data.recordings import Recordings, record


def speak(row) -> Audio:
    generator = torch.Generator().manual_seed(row["seed"])
    return Audio(torch.randn(700 + 1111 * row["seed"], generator=generator).clamp(-4, 4) / 8, 16000)


@pytest.fixture
def recordings(tmp_path: Path) -> Recordings:
    record(tmp_path / "spoken", [{"id": f"{seed:02d}", "seed": seed, "text": "x"} for seed in range(9)], speak)
    return Recordings(tmp_path / "spoken")


@pytest.fixture
def codec() -> PocketCodec:
    torch.manual_seed(0)
    return PocketCodecConfig.tiny().build().eval()


def test_codes_are_those_of_each_utterance_alone(recordings: Recordings, codec: PocketCodec, tmp_path: Path) -> None:
    assert encode_recordings(recordings, codec, tmp_path / "codes", batch=4) == 9
    encoded = Encoded(tmp_path / "codes")
    assert {row["id"] for row in encoded.rows} == {row["id"] for row in recordings.rows}
    for row in encoded.rows:
        alone = codec.encode(recordings.audio(row).samples[None])[0]
        assert torch.equal(torch.from_numpy(encoded.codes(row).copy()).long(), alone)
    assert len({encoded.codes(row).tobytes() for row in encoded.rows}) == 9


def test_it_goes_on_after_a_crash(recordings: Recordings, codec: PocketCodec, tmp_path: Path) -> None:
    folder = tmp_path / "codes"
    encode_recordings(recordings, codec, folder, batch=2)
    whole = {row["id"]: Encoded(folder).codes(row).copy() for row in Encoded(folder).rows}
    lines = (folder / "index.jsonl").read_text().splitlines(keepends=True)
    (folder / "index.jsonl").write_text("".join(lines[:3]) + lines[3][:20])  # killed in the middle of a row
    assert encode_recordings(recordings, codec, folder, batch=2) == 6
    encoded = Encoded(folder)
    assert len(encoded) == 9
    assert all((encoded.codes(row) == whole[row["id"]]).all() for row in encoded.rows)
    assert encode_recordings(recordings, codec, folder) == 0


def test_what_is_not_kept_has_the_same_codes(recordings: Recordings, codec: PocketCodec, tmp_path: Path) -> None:
    def spoken(row) -> Audio:
        if row["seed"] == 4:
            raise ValueError("no such sound")
        return speak(row)

    encode_recordings(recordings, codec, tmp_path / "kept")
    kept = {row["id"]: Encoded(tmp_path / "kept").codes(row).tobytes() for row in Encoded(tmp_path / "kept").rows}
    jobs = [{"id": f"{seed:02d}", "seed": seed, "text": "x"} for seed in range(9)]
    assert encode_spoken(jobs, spoken, codec, tmp_path / "codes", batch=2) == 8
    encoded = Encoded(tmp_path / "codes")
    assert {row["id"]: encoded.codes(row).tobytes() for row in encoded.rows} == {k: v for k, v in kept.items() if k != "04"}
    assert all("file" not in row and row["length"] == 700 + 1111 * row["seed"] for row in encoded.rows)
    assert '"error": "no such sound"' in (tmp_path / "codes" / "failed.jsonl").read_text()
    assert encode_spoken(jobs, spoken, codec, tmp_path / "codes") == 0, "what failed is not tried again"


def test_two_codecs_never_share_a_folder(recordings: Recordings, codec: PocketCodec, tmp_path: Path) -> None:
    encode_recordings(recordings, codec, tmp_path / "codes")
    with torch.no_grad():
        codec.head.linear.weight.mul_(2)
    assert encode_recordings(recordings, codec, tmp_path / "codes") == 0  # the decoder may still learn
    codec.quantizer.codebooks.mul_(2)
    with pytest.raises(ValueError, match="another codec"):
        encode_recordings(recordings, codec, tmp_path / "codes")
