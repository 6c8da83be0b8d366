"""How the pocket codec is trained, and on what of the spoken pocket corpus; `thinkaloud prepare pocket` does it.

The answer voice is most of what it hears, because it is what the codec will speak; the many voices of the questions and the
people are there so that the codes mean something for other speech too.
"""

from pathlib import Path

import numpy as np

from thinkaloud.codecs.pocket import PocketCodecConfig
from thinkaloud.data.encoded import Encoded
from thinkaloud.data.recordings import Recordings, Row, evenly
from thinkaloud.train.clips import Clips, SaidClips
from thinkaloud.train.codec_stage import CodecStage, CodecTrainConfig

SHARES = {"answers": 0.8, "questions": 0.15, "people": 0.05}


def codec_training(codec_steps: int, anneal_steps: int, said_steps: int = 0, whole_frames: bool = False) -> CodecTrainConfig:
    """The stages: about 0.35 s a step on one thread of a machine that does nothing else.

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
