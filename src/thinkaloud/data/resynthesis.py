"""Resynthesis: recordings as a codec says them. So a listener learns to hear the voice that its own model will have.

corpus/answers   recordings            codec.encode, codec.decode            corpus/said   recordings of the same texts
"""

from pathlib import Path

import torch

from thinkaloud.audio import Audio
from thinkaloud.codecs import Codec
from thinkaloud.data.recordings import SAMPLE_RATE, Recordings, Row, evenly, record

_PLACE = ("file", "offset", "length")  # of the original on disk


def resynthesize(
    recordings: Recordings, codec: Codec, folder: str | Path, most: int = 12_000, worker: int = 0, workers: int = 1
) -> dict[str, int]:
    """Up to `most` of the recordings, spread evenly, through the codec and back, into `folder`; counts as `record` gives them.

    Resumable: what is there already is kept. As one of several workers, each a process, it takes its share of them.
    """
    rows = evenly(recordings.rows, most)[worker::workers]

    @torch.inference_mode()
    def said(job: Row) -> Audio:
        audio = recordings.audio(places[job["id"]]).resample(codec.sample_rate)
        made = codec.decode(codec.encode(audio.samples[None]))[0, : audio.num_samples]
        return Audio(made, codec.sample_rate).resample(SAMPLE_RATE)

    places = {row["id"]: row for row in rows}
    return record(folder, [{name: row[name] for name in row if name not in _PLACE} for row in rows], said, worker)
