"""Sampler: from logits to ids. Seeded, reproducible, and the same for an answer whatever else is in its batch.

Letters: B batch (answers), V ids of a stream, C candidates left to draw from.

Every answer has one source of random numbers per stream and each choice takes exactly one number from it, so neither the
other answers of a batch nor the order in which streams are sampled can change what is said.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from thinkaloud.configurable import Config
from thinkaloud.tokens import Stream

_FEW = 256


@dataclass(frozen=True, kw_only=True)
class Sampling(Config):
    """How one stream is sampled.

    `temperature` 0 takes the likeliest id, exactly, whatever the other fields say. `top_k` (0: all) and then `top_p` cut
    the unlikely ids off. `repetition_penalty` makes the ordinary ids among the last `repetition_window_steps` less likely
    (positive logits divided by it, negative ones multiplied: CTRL, arXiv 1909.05858, section 4.1); 1 leaves them.
    """

    temperature: float = 0.0
    top_k: int = 0
    top_p: float = 1.0
    repetition_penalty: float = 1.0
    repetition_window_steps: int = 64

    def check(self) -> None:
        """ValueError for a value outside its range."""
        ranges = {
            "temperature": (self.temperature >= 0, "0 or more"),
            "top_k": (self.top_k >= 0, "0 (all) or more"),
            "top_p": (0 < self.top_p <= 1, "above 0 and at most 1"),
            "repetition_penalty": (self.repetition_penalty > 0, "above 0"),
            "repetition_window_steps": (self.repetition_window_steps >= 1, "1 or more"),
        }
        for name, (good, wanted) in ranges.items():
            if not good:
                raise ValueError(f"{name} must be {wanted}, got {getattr(self, name)}")


@dataclass(frozen=True, kw_only=True)
class StreamSampling(Sampling):
    """Sampling of one stream, by its name ("text"), or of all streams with that role ("say")."""

    stream: str


@dataclass(frozen=True, kw_only=True)
class SamplerConfig(Sampling):
    """Sampling of all streams but those in `overrides`, where a name goes before a role.

    `reserved=True` lets every id be said, reserved slots and prompt markers too: only to compare with decoders that do.
    """

    seed: int = 0
    overrides: tuple[StreamSampling, ...] = ()
    reserved: bool = False

    def build(self, batch: int = 1, seeds: Sequence[int] | None = None) -> "Sampler":
        """A sampler for `batch` answers that advance together; `seeds` gives each its own, else all take `seed`.

        Answers with one seed and the same logits say the same; the numbers of an answer depend on its seed alone.
        """
        for sampling in (self, *self.overrides):
            sampling.check()
        return Sampler(self, [self.seed] * batch if seeds is None else list(seeds))

    def of(self, stream: Stream) -> Sampling:
        """What holds for this stream."""
        for key in (stream.name, stream.role.value):
            for override in self.overrides:
                if override.stream == key:
                    return override
        return self


class Sampler:
    """Chooses ids. Owned by one batch of answers; holds their random numbers and what each stream said last."""

    def __init__(self, config: SamplerConfig, seeds: Sequence[int]) -> None:
        self.config = config
        self._seeds = list(seeds)
        self._generators: dict[tuple[int, str], torch.Generator] = {}  # by row of the batch and stream
        self._said: dict[str, Tensor] = {}  # [B, up to window] by stream
        self._masks: dict[tuple[str, int, bool, torch.device], Tensor] = {}

    def sample(self, logits: Tensor, stream: Stream, *, pad: bool = False) -> Tensor:
        """Ids [B] of the stream from its logits [B, V]: ordinary ids and END, with `pad` also PAD; never a reserved one.

        ValueError for logits that do not fit the batch.
        """
        if logits.ndim != 2 or logits.shape[0] != len(self._seeds):
            raise ValueError(f"expected logits [{len(self._seeds)}, V] for stream {stream.name!r}, got {list(logits.shape)}")
        sampling = self.config.of(stream)
        if not self.config.reserved:
            logits = logits.masked_fill(~self._allowed(stream, logits, pad), -torch.inf)
        if sampling.temperature == 0:
            return logits.argmax(dim=-1)
        if sampling.repetition_penalty != 1:
            logits = self._penalised(logits, stream, sampling)
        uniform = torch.cat([self._uniform(row, stream) for row in range(len(self._seeds))])  # [B]
        ids = draw(logits, uniform.to(logits.device), sampling)  # [B]
        if sampling.repetition_penalty != 1:
            said = self._said.get(stream.name, ids.new_zeros(len(ids), 0))
            self._said[stream.name] = torch.cat([said, ids[:, None]], dim=1)[:, -sampling.repetition_window_steps :]
        return ids

    def keep(self, row: int) -> None:
        """From now on the batch is this one row: the others have ended."""
        self._generators = {(0, name): source for (at, name), source in self._generators.items() if at == row}
        self._said = {name: said[row : row + 1] for name, said in self._said.items()}
        self._seeds = [self._seeds[row]]

    def _allowed(self, stream: Stream, logits: Tensor, pad: bool) -> Tensor:
        key = (stream.name, logits.shape[1], pad, logits.device)
        if key not in self._masks:
            self._masks[key] = allowed_ids(stream, pad=pad)[: logits.shape[1]].to(logits.device)
        return self._masks[key]

    def _uniform(self, row: int, stream: Stream) -> Tensor:
        """The next number in [0, 1) of this answer and stream, [1]."""
        if (row, stream.name) not in self._generators:
            text = f"{self._seeds[row]} {stream.name}".encode()
            seed = int.from_bytes(hashlib.blake2b(text, digest_size=7).digest(), "big")
            self._generators[row, stream.name] = torch.Generator().manual_seed(seed)
        return torch.rand(1, generator=self._generators[row, stream.name], dtype=torch.float64)

    def _penalised(self, logits: Tensor, stream: Stream, sampling: Sampling) -> Tensor:
        """Logits [B, V] with the ordinary ids said last made less likely, each once however often it was said."""
        said = self._said.get(stream.name)
        if said is None:
            return logits
        values = logits.gather(1, said)  # [B, window]
        lower = torch.where(values > 0, values / sampling.repetition_penalty, values * sampling.repetition_penalty)
        return logits.scatter(1, said, torch.where(said < stream.size, lower, values))


def allowed_ids(stream: Stream, *, pad: bool = False) -> Tensor:
    """Which ids a model may say in this stream, bool [num_ids]: the ordinary ones, END, "ignore" where the stream has it
    (what was heard is not to be answered) and, if asked, PAD."""
    mask = torch.zeros(stream.num_ids, dtype=torch.bool)
    mask[: stream.size] = True
    mask[stream.end] = True
    mask[stream.pad] = pad
    if "ignore" in stream.specials:
        mask[stream.id("ignore")] = True
    return mask


def draw(logits: Tensor, uniform: Tensor, sampling: Sampling) -> Tensor:
    """Ids [B] drawn from logits [B, V] with one number in [0, 1) for each row, uniform [B].

    The candidates (likeliest first where some are cut off) are laid end to end and the number points at one:

        0        p1      p1+p2   ...  1
        |---------|--------|----|-----|
                      ^ uniform
    """
    scaled, ids = logits.float() / sampling.temperature, None
    if sampling.top_k:
        scaled, ids = scaled.topk(min(sampling.top_k, scaled.shape[1]), dim=-1)  # [B, C] each
    probabilities = scaled.softmax(dim=-1)  # [B, C]
    if sampling.top_p < 1:
        probabilities, order = _nucleus(probabilities, sampling.top_p)
        ids = order if ids is None else ids.gather(1, order)
    reached = probabilities.cumsum(dim=-1, dtype=torch.float64)  # [B, C]
    total = reached[:, -1:]
    picked = torch.searchsorted(reached, uniform[:, None] * total, right=True)  # [B, 1]
    picked = picked.minimum((reached < total).sum(dim=-1, keepdim=True))  # rounding must not pick an id that was cut off
    return (picked if ids is None else ids.gather(1, picked))[:, 0]


def _nucleus(probabilities: Tensor, top_p: float) -> tuple[Tensor, Tensor]:
    """The likeliest of [B, C], in order, 0 behind the first that together reach `top_p`; and where they stood, [B, C']."""
    num_candidates = probabilities.shape[1]
    for num_sorted in (min(_FEW, num_candidates), num_candidates):  # a few nearly always do, and sorting all takes long
        likeliest, order = probabilities.topk(num_sorted, dim=-1)
        reached = likeliest.cumsum(dim=-1, dtype=torch.float64)
        if bool((reached[:, -1] >= top_p).all()):
            break
    return likeliest.masked_fill(reached - likeliest >= top_p, 0), order
