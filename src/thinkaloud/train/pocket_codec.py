"""Trains the pocket codec on the spoken pocket corpus, and encodes the answers once its codes are frozen.

    python -m thinkaloud.train.pocket_codec CORPUS OUT      CORPUS as thinkaloud.data.pocket_corpus records it

The answer voice is most of what it hears, because it is what the codec will speak; the many voices of the questions and the
people are there so that the codes mean something for other speech too.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from thinkaloud.codecs.pocket import PocketCodecConfig
from thinkaloud.data.encoded import Encoded, encode_recordings
from thinkaloud.data.recordings import Recordings, Row, evenly
from thinkaloud.train.clips import Clips, SaidClips
from thinkaloud.train.codec import train_codec
from thinkaloud.train.codec_stage import CodecStage, CodecTrainConfig

SHARES = {"answers": 0.8, "questions": 0.15, "people": 0.05}


def training(
    codec_steps: int = 2650, anneal_steps: int = 2400, said_steps: int = 0, whole_frames: bool = False
) -> CodecTrainConfig:
    """The recipe: about 0.35 s a step on one thread of a machine that does nothing else.

    `said_steps`: of a last stage, in which the decoder learns what to make of the codes that a language model says.
    `whole_frames`: for an answer voice whose words begin on frames; a code then tells of its own frame alone.
    """
    learn = CodecStage(name="codec", num_steps=codec_steps, rate=1e-3, last_rate=2e-4)
    anneal = CodecStage(
        name="anneal", num_steps=anneal_steps, rate=4e-4, last_rate=1.5e-5, frozen_codes=True, dropout_share=0.1
    )
    said = CodecStage(
        name="said", num_steps=said_steps, rate=3e-4, last_rate=1e-5, frozen_codes=True, said_share=0.67, dropout_share=0.0
    )
    return CodecTrainConfig(
        codec=PocketCodecConfig(encoder_kernel_frames=1) if whole_frames else PocketCodecConfig(),
        stages=(learn, anneal, said) if said_steps else (learn, anneal),
        pitch_weight=2.0,
        whole_frames=whole_frames,
    )


def said_clips(corpus: str | Path, said: str | Path) -> SaidClips:
    """The answers of a corpus with the codes that a language model says of them (`data/said.py`)."""
    recordings, encoded = Recordings(Path(corpus) / "answers"), Encoded(said)
    frame_samples = PocketCodecConfig().frame_samples

    def whole(row: Row) -> np.ndarray:
        """As the codec took it: a last frame that is not full is filled with silence."""
        return np.pad(recordings.pcm16(row), (0, -row["length"] % frame_samples))

    return SaidClips.of(((whole(row), encoded.codes(row)) for row in encoded.rows), frame_samples)


def corpus_clips(corpus: str | Path, most: int = 20_000) -> list[Clips]:
    """The training recordings of each part that the corpus has, at most `most` of a part, spread evenly over it."""
    clips = []
    for part, share in SHARES.items():
        recordings = Recordings(Path(corpus) / part)
        rows = [row for row in recordings.rows if row["split"] == "train"]
        if rows:
            clips.append(Clips.of((recordings.pcm16(row) for row in evenly(rows, most)), share))
    if not clips:
        raise ValueError(f"expected recordings in {corpus}/answers, found none; record the corpus first")
    return clips


def train_pocket_codec(
    corpus: str | Path,
    out: str | Path,
    config: CodecTrainConfig | None = None,
    on_log: Callable[[dict[str, Any]], None] = lambda record: None,
) -> None:
    """Trains (or goes on) in `out`, then writes the codes of all answers to `out`/codes."""
    trainer = train_codec(config or training(), corpus_clips(corpus), Path(out), on_log)
    trainer.codec.eval()
    encode_recordings(Recordings(Path(corpus) / "answers"), trainer.codec, Path(out) / "codes")


def main() -> None:
    """Reads the two folders from the command line; one thread, so that several trainings can run side by side."""
    import sys

    if len(sys.argv) != 3:
        raise SystemExit("usage: python -m thinkaloud.train.pocket_codec CORPUS OUT")

    def tell(record: dict[str, Any]) -> None:
        sys.stderr.write(f"{record}\n")

    torch.set_num_threads(1)
    train_pocket_codec(sys.argv[1], sys.argv[2], on_log=tell)


if __name__ == "__main__":
    main()
