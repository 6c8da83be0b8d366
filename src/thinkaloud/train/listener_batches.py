"""The batches a listener learns from: clips augmented, sorted by length, collated; and the CTC loss that reads them.

Letters: B batch, N samples, T feature frames, C chances to spell (some a frame), V symbols.

    frames   0 ............ first-1     first ............ frames-1
             nothing to spell yet       CTC
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.data import Dataset

from thinkaloud.audio import Audio
from thinkaloud.configurable import Config
from thinkaloud.data.augment import AugmentConfig
from thinkaloud.data.tasks import Example
from thinkaloud.listen.characters import BLANK, CharacterHeadConfig, least_symbols, symbol_ids
from thinkaloud.listen.log_mel import SAMPLE_RATE
from thinkaloud.listen.pocket import FRAME_SAMPLES
from thinkaloud.train.feed import numbered
from thinkaloud.train.hearing_corpus import Spoken
from thinkaloud.train.reader import Reader

Draw = Callable[[random.Random], Spoken]


@dataclass(frozen=True, kw_only=True)
class ListenerBatchConfig(Config):
    """How clips become batches. A pool of `clips * pool_batches` clips is sorted by length, so that batches waste little."""

    augment: AugmentConfig = AugmentConfig(
        speed=(0.9, 1.1),
        speed_probability=0.5,
        lead_s=(0.0, 0.0),
        trail_s=(0.4, 0.6),
        noise_probability=0.5,
        signal_to_noise_db=(5.0, 35.0),
        reverberation_probability=0.25,
        direct_to_reverberant_db=(2.0, 18.0),
    )
    lead_s: tuple[float, float] = (0.0, 0.5)  # silence before speech: here, since the loss must know where speech begins
    silent_lead_share: float = 0.15  # of the clips: what noise there is begins with the speech, as where a gate opens
    clips: int = 16
    pool_batches: int = 16
    longest_s: float = 12.0
    round_frames: int = 8  # lengths are rounded up to this: fewer distinct shapes, less memory
    onset_frames: int = 3  # nothing is spelt before this many frames after speech begins


@dataclass(frozen=True, kw_only=True)
class ClipBatch:
    """Samples [B, N], lengths [B]; CTC targets [sum] with lengths [B]; the first frame [B] that may spell.

    With a reader its rows: ids and labels [B, K, S].
    """

    audio: Tensor
    lengths: Tensor
    targets: Tensor
    target_lengths: Tensor
    first_frames: Tensor
    ids: Tensor | None = None
    labels: Tensor | None = None

    def to(self, device: torch.device) -> "ClipBatch":
        """The same on a device."""
        return ClipBatch(
            **{name: value.to(device, non_blocking=True) for name, value in vars(self).items() if value is not None}
        )


@dataclass(frozen=True, kw_only=True)
class _Clip:
    """A clip as it sounds now: samples [N], where speech begins, its symbols, and the rows of a reader if there is one."""

    samples: np.ndarray
    begins: int
    ids: list[int]
    rows: Example | None


@dataclass(frozen=True, kw_only=True)
class ClipPool:
    """The batches of some consecutive steps, and how many unfit clips were dropped for them."""

    batches: list[ClipBatch]
    dropped: int


class ListenerBatches(Dataset):
    """Pools of batches: what pool number n holds depends on (seed, n) and the corpus alone.

    `draw` gives a random clip; `others` are utterances [N] for babble behind it; `head` says when it may spell; `reader` lays
    what a language model is to read.
    """

    def __init__(
        self,
        config: ListenerBatchConfig,
        draw: Draw,
        head: CharacterHeadConfig,
        others: Sequence[np.ndarray] = (),
        reader: Reader | None = None,
        seed: int = 0,
    ) -> None:
        self.config, self.draw, self.others, self.head, self.reader = config, draw, others, head, reader
        self.seed = seed
        self.augment = config.augment.build()

    def pools_from(self, first: int, workers: int = 0) -> Iterator[ClipPool]:
        """Pool `first`, the next one, ... endlessly; with workers, each a process, they are made ahead of time."""
        return numbered(self, first, workers, "fork")  # the corpus is theirs without being copied

    def __getitem__(self, number: int) -> ClipPool:
        """Pool `number`: its clips augmented, sorted by length, cut into batches in random order.

        The order hangs on the number alone: processes that learn together have batches of like length at the same time.
        """
        config, rng = self.config, random.Random(f"{self.seed}/{number}")
        clips, dropped = [], 0
        while len(clips) < config.clips * config.pool_batches:
            if clip := self._augmented(rng):
                clips.append(clip)
            else:
                dropped += 1
        clips.sort(key=lambda clip: len(clip.samples))
        batches = [self._collate(clips[i : i + config.clips]) for i in range(0, len(clips), config.clips)]
        random.Random(number).shuffle(batches)
        return ClipPool(batches=batches, dropped=dropped)

    def _augmented(self, rng: random.Random) -> _Clip | None:
        """A random clip; None if it is unfit: too long, or too fast to spell."""
        clip, own = self.draw(rng), np.random.default_rng(rng.getrandbits(64))
        ids, lead = symbol_ids(clip.text), round(rng.uniform(*self.config.lead_s) * SAMPLE_RATE)
        clean = Audio(torch.from_numpy(np.pad(clip.read(), (lead, 0))), SAMPLE_RATE)
        audio = self.augment(clean, own, self.others)
        if own.random() < self.config.silent_lead_share:
            audio.samples[:lead] = 0.0
        room = (audio.num_samples // FRAME_SAMPLES - self._first(lead)) * self.head.symbols_per_frame
        if audio.num_samples > self.config.longest_s * SAMPLE_RATE or least_symbols(ids) > room:
            return None
        rows = self.reader.lay(clip, audio, rng) if self.reader is not None else None
        return _Clip(samples=audio.samples.numpy(), begins=lead, ids=ids, rows=rows)

    def _first(self, begins: int) -> int:
        return max(self.head.delay_frames, begins // FRAME_SAMPLES + self.config.onset_frames)

    def _collate(self, clips: list[_Clip]) -> ClipBatch:
        lengths = torch.tensor([len(clip.samples) for clip in clips])
        step = self.config.round_frames * FRAME_SAMPLES
        audio = torch.zeros(len(clips), -(-int(lengths.max()) // step) * step)
        for row, clip in zip(audio, clips, strict=True):
            row[: len(clip.samples)] = torch.from_numpy(clip.samples)
        rows = [clip.rows for clip in clips if clip.rows is not None]
        ids, labels = self.reader.collate(rows) if self.reader is not None else (None, None)
        return ClipBatch(
            audio=audio,
            lengths=lengths,
            targets=torch.tensor([i for clip in clips for i in clip.ids], dtype=torch.long),
            target_lengths=torch.tensor([len(clip.ids) for clip in clips]),
            first_frames=torch.tensor([self._first(clip.begins) if clip.ids else 0 for clip in clips]),
            ids=ids,
            labels=labels,
        )


def delayed_ctc(log_probs: Tensor, lengths: Tensor, first: Tensor, batch: ClipBatch) -> Tensor:
    """CTC loss a character of log-probabilities [B, C, V], each row read from its `first` [B] to before its `lengths` [B]."""
    left = lengths - first
    places = (first[:, None] + torch.arange(int(left.max()), device=left.device)).clamp(max=log_probs.shape[1] - 1)  # [B, C']
    read = log_probs.gather(1, places[..., None].expand(-1, -1, log_probs.shape[2]))
    lost = F.ctc_loss(
        read.transpose(0, 1), batch.targets, left, batch.target_lengths, blank=BLANK, reduction="sum", zero_infinity=True
    )
    return lost / batch.target_lengths.sum().clamp(min=1)
