"""SpeechLM: listener + row embeddings + any Hugging Face backbone + heads.

Letters: B batch, K rows (text first), S steps, D width, G heard segments, T feature frames.

    ids [B, K, S] --embed--> K rows of [B, S, D] --mix--> [B, S, D] --backbone--> hidden --> text logits | speech head
    features [G, T, .] --adapter--^  (overwrite the audio rows of the steps that are heard)
"""

import pathlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from thinkaloud import checkpoints
from thinkaloud.checkpoints import PARTS, own
from thinkaloud.codecs import Codec
from thinkaloud.config import Mix, ModelConfig
from thinkaloud.listen import Listener
from thinkaloud.listen.characters import CharacterHead
from thinkaloud.listen.question_lm import QuestionLM
from thinkaloud.text import Tokenizer

NOT_SCORED = -100
_PREFIXES = tuple(f"{part}." for part in PARTS)


@dataclass(frozen=True, kw_only=True)
class Features:
    """Heard segments: features [G, T, .], their lengths [G], and the batch row and first step [G] where each one stands."""

    values: Tensor
    lengths: Tensor
    rows: Tensor
    starts: Tensor

    def to(self, device: torch.device | str) -> "Features":
        """The same on a device."""
        return Features(**{name: value.to(device) for name, value in vars(self).items()})


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What a training step sees: ids and labels [B, K, S]; labels[..., s] is what step s must predict, -100 is not scored.

    `positions` [B, S] only where several samples are packed into a row: each begins at 0 and sees nothing before it.
    """

    ids: Tensor
    labels: Tensor
    features: Features | None = None
    positions: Tensor | None = None

    def to(self, device: torch.device | str) -> "Batch":
        """The same on a device."""
        features = self.features.to(device) if self.features is not None else None
        positions = self.positions.to(device) if self.positions is not None else None
        return replace(self, ids=self.ids.to(device), labels=self.labels.to(device), features=features, positions=positions)


class SpeechLM(nn.Module):
    """A language model that hears and talks. Holds weights only: every conversation owns its caches and streams."""

    def __init__(self, config: ModelConfig, fresh: bool = True) -> None:
        """A model with fresh weights, or with room for those that are about to be loaded."""
        super().__init__()
        self.config = config
        self.layout = config.layout.build()
        self.streams = self.layout.streams
        self.backbone = config.backbone.build(self.streams[0].num_ids, fresh)
        dim = self.backbone.dim
        speech = self.streams[1:]
        self.adapter = config.adapter.build(config.listener_dim, dim) if config.listener_dim else None
        self.rows = nn.Embedding(sum(stream.num_ids for stream in speech), dim)
        if fresh:
            like = self.backbone.embed(torch.zeros(1, dtype=torch.long)).detach()
            nn.init.normal_(self.rows.weight, std=float(like.std()) or 0.02)
        starts = [sum(stream.num_ids for stream in speech[:k]) for k in range(len(speech))]
        self.row_starts: Tensor
        self.register_buffer("row_starts", torch.tensor(starts, dtype=torch.long)[:, None], persistent=False)  # [K - 1, 1]
        self.head = config.head.build(speech, config.backbone, dim)  # type: ignore[attr-defined]
        self.tie()
        self.listener: Listener | None = None
        self.codec: Codec | None = None
        self.ctc: CharacterHead | None = None
        self.question_lm: QuestionLM | None = None
        self.tokenizer: Tokenizer | None = None

    def tie(self) -> None:
        """Makes tied tables one tensor again (after loading or moving)."""
        self.backbone.lm.tie_weights()
        if getattr(self.config.head, "tied", False):
            self.head.proj.weight = self.rows.weight

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.rows.weight.device

    def embed(self, ids: Tensor, features: Features | None = None) -> Tensor:
        """Inputs [B, S, D] of ids [B, K, S]; features overwrite the audio rows of their steps, the text row stays."""
        rows = torch.cat([self.backbone.embed(ids[:, :1]), self.rows(ids[:, 1:] + self.row_starts)], dim=1)  # [B, K, S, D]
        speech = rows[:, 1:].sum(dim=1)  # [B, S, D]
        num_rows = ids.shape[1]
        if features is not None:
            speech = self._write_features(speech, features, num_rows - 1)
        total = rows[:, 0] + speech
        divisor = {Mix.MEAN: float(num_rows), Mix.SUM: 1.0, Mix.RMS: num_rows**0.5}[self.config.mix]
        return total / divisor

    def _write_features(self, speech: Tensor, features: Features, num_speech_rows: int) -> Tensor:
        """The audio rows' sum [B, S, D] with every heard step replaced by as many copies of its feature."""
        if self.adapter is None:
            raise ValueError(f"model {self.config.name!r} does not listen: it was built without listener_dim")
        values = features.values.to(speech.dtype)  # [G, T, .]
        real = torch.arange(values.shape[1], device=values.device) < features.lengths[:, None]  # [G, T]
        heard = self.adapter(values * real[..., None])  # [G, F, D]
        num_frames = -(-features.lengths // self.adapter.stack)  # [G]
        frame = torch.arange(heard.shape[1], device=values.device)
        used = frame < num_frames[:, None]  # [G, F]
        steps = (features.starts[:, None] + frame)[used]
        rows = features.rows[:, None].expand_as(used)[used]
        return speech.index_put((rows, steps), (heard[used] * num_speech_rows).to(speech.dtype))

    def forward(self, batch: Batch, weights: Mapping[str, float] | None = None) -> dict[str, Tensor]:
        """Losses by stream name, and "total": their mean, weighted where `weights` names a stream (Mini-Omni eq. 1: all 1)."""
        hidden = self.backbone(self.embed(batch.ids, batch.features), positions=batch.positions)
        scored = batch.labels[:, 0] >= 0  # [B, S]
        logits = self.backbone.logits(hidden.normed[scored]).float()  # [n, V]
        targets = batch.labels[:, 0][scored]
        text = nn.functional.cross_entropy(logits, targets, reduction="sum") / max(len(targets), 1)
        losses = {self.streams[0].name: text, **self.head.loss(hidden, batch.labels[:, 1:], batch.positions)}
        scale = {name: (weights or {}).get(name, 1.0) for name in losses}
        total = sum((scale[name] * loss for name, loss in losses.items()), torch.zeros((), device=text.device))
        return {**losses, "total": total / max(sum(scale.values()), 1e-9)}

    def logits(self, ids: Tensor, features: Features | None = None) -> list[Tensor]:
        """Logits [B, S, V] of every row for a whole sequence: what a trainer computes, without cache."""
        hidden = self.backbone(self.embed(ids, features))
        return [self.backbone.logits(hidden.normed), *self.head.logits(hidden)]

    def need(self, part: str) -> Any:
        """The part of this name: one of PARTS, or the tokenizer; ValueError if the model was loaded without it."""
        found = getattr(self, part)
        if found is None:
            raise ValueError(
                f"model {self.config.name!r} has no {part} loaded; load it with its parts, or give one: model.{part} = ..."
            )
        return found

    @classmethod
    def load(
        cls,
        source: str | pathlib.Path,
        *,
        parts: Sequence[str] = PARTS,
        listener_source: str = "",
        codec_source: str = "",
        trust: tuple[str, ...] = (),
    ) -> "SpeechLM":
        """A model by packaged name, folder or hub id, ready to run (eval mode, no gradients).

        `parts` names what to load beside the language model; `listener_source` and `codec_source` say where from, if not from
        where the checkpoint says. Weights load strictly: missing, extra or misshapen tensors are a ValueError that lists them.
        """
        found = checkpoints.read(source, trust)
        config = found.config
        if listener_source and config.listener is not None:
            config = config.replace(listener=config.listener.replace(source=listener_source))
        if codec_source and config.codec is not None:
            config = config.replace(codec=config.codec.replace(source=codec_source))
        model = cls(config, fresh=False)
        model.load_weights(found.weights)
        if found.tokenizer_folder is not None:
            model.tokenizer = Tokenizer.load(found.tokenizer_folder)
            if len(model.tokenizer) > config.layout.streams[0].size:
                size = config.layout.streams[0].size
                raise ValueError(f"the tokenizer has {len(model.tokenizer)} ids, the text stream {size}: wrong tokenizer files")
        for part in PARTS:
            if part in parts and getattr(config, part) is not None:
                setattr(model, part, _build_part(getattr(config, part), getattr(found, part)))
        return model.eval().requires_grad_(False)

    def load_weights(self, weights: Mapping[str, Tensor]) -> None:
        """Takes the language model's weights strictly; tied tables may be absent or must be equal to their twin."""
        load_strict(self, weights, skip=_PREFIXES)
        self.tie()

    def core_weights(self) -> dict[str, Tensor]:
        """The weights of adapter, rows, backbone and head by name; of tied tables only the first."""
        return {name: weight for name, weight in distinct(self).items() if not name.startswith(_PREFIXES)}

    def save(
        self, folder: str | pathlib.Path, storage: str = "float32", core_weights: Mapping[str, Tensor] | None = None
    ) -> None:
        """Writes the model in our own format (see checkpoints/own.py); parts that come from another source are only named.

        `core_weights`: to write in place of its own, of a model whose weights lie in pieces.
        """
        folder = pathlib.Path(folder)
        weights = {"model": self.core_weights() if core_weights is None else core_weights}
        for part in PARTS:
            module, config = getattr(self, part), getattr(self.config, part)
            if module is not None and not getattr(config, "source", ""):
                weights[part] = distinct(module)
        own.write(folder, self.config, weights, storage)
        if self.tokenizer is not None:
            self.tokenizer.save(folder)


def _build_part(config: Any, weights: Mapping[str, Tensor] | None) -> Any:
    part = config.build()
    if weights is not None:
        load_strict(part, weights)
    elif not getattr(config, "source", ""):
        raise ValueError(
            f"the checkpoint has no weights for its {type(part).__name__}, and its config names no source for them"
        )
    return part


def distinct(module: nn.Module) -> dict[str, Tensor]:
    """The weights of a module by name; of tied tables only the first."""
    seen: set[int] = set()
    weights = {}
    for name, weight in module.state_dict(keep_vars=True).items():
        if id(weight) not in seen:
            seen.add(id(weight))
            weights[name] = weight.detach()
    return weights


def load_strict(module: nn.Module, weights: Mapping[str, Tensor], skip: tuple[str, ...] = ()) -> None:
    """Copies weights into a module; ValueError that lists all missing, extra or misshapen ones. Tied twins may be missing."""
    own_weights = {k: v for k, v in module.state_dict(keep_vars=True).items() if not k.startswith(skip or ("\0",))}
    given = {id(own_weights[name]) for name in weights if name in own_weights}
    faults = [f"missing {name}" for name, value in own_weights.items() if name not in weights and id(value) not in given]
    faults += [f"extra {name}" for name in weights if name not in own_weights]
    faults += [
        f"{name} is {list(weight.shape)}, expected {list(own_weights[name].shape)}"
        for name, weight in weights.items()
        if name in own_weights and weight.shape != own_weights[name].shape
    ]
    if faults:
        more = f" ... and {len(faults) - 12} more" if len(faults) > 12 else ""
        raise ValueError(f"the weights do not fit the model: {'; '.join(faults[:12])}{more}")
    with torch.no_grad():
        for name, weight in weights.items():
            own_weights[name].copy_(weight)
