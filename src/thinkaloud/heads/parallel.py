"""ParallelHead: every speech row has its own slice of one linear head, all said in the same step (Mini-Omni, section 3.1).

Letters: B batch, S steps, D width, K speech rows, V ids of a row.

With a TTS adapter, some more blocks of the backbone's kind stand between the hidden state (before the final norm) and the
slices; text logits are untouched (Mini-Omni, section 3.3; in the published code `post_adapter`).

    hidden.normed      -> linear -> row 1 | row 2 | .. | row K             adapter_blocks = 0
    hidden.before_norm -> blocks -> norm -> linear -> row 1 | .. | row K   adapter_blocks > 0
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from thinkaloud.backbone import BackboneConfig, Hidden, blocks_like
from thinkaloud.configurable import Config
from thinkaloud.heads import Choose, Head
from thinkaloud.tokens import Stream


@dataclass(frozen=True, kw_only=True)
class ParallelHeadConfig(Config):
    """`adapter_blocks` blocks of TTS adapter; `tied`: the head is the rows' embedding table."""

    adapter_blocks: int = 0
    tied: bool = False

    def build(self, streams: Sequence[Stream], backbone: BackboneConfig, dim: int) -> "ParallelHead":
        """The head for these speech rows."""
        return ParallelHead(self, streams, backbone, dim)


class ParallelHead(Head):
    """One linear head sliced by row, with or without TTS adapter."""

    def __init__(self, config: ParallelHeadConfig, streams: Sequence[Stream], backbone: BackboneConfig, dim: int) -> None:
        super().__init__()
        self.names = [stream.name for stream in streams]
        self.sizes = [stream.num_ids for stream in streams]
        self.adapter = blocks_like(backbone, config.adapter_blocks) if config.adapter_blocks else None
        self.proj = nn.Linear(dim, sum(self.sizes), bias=False)

    def _features(self, hidden: Hidden, cache: Any = None, positions: Tensor | None = None) -> Tensor:
        """What the slices read: [B, S, D]."""
        if self.adapter is None:
            return hidden.normed
        return self.adapter(
            inputs_embeds=hidden.before_norm,
            past_key_values=cache,
            use_cache=cache is not None,
            position_ids=positions,
        ).last_hidden_state

    def logits(self, hidden: Hidden, cache: Any = None) -> list[Tensor]:
        """Logits [B, S, V] of every row."""
        return list(self.proj(self._features(hidden, cache)).split(self.sizes, dim=-1))

    def loss(self, hidden: Hidden, labels: Tensor, positions: Tensor | None = None) -> dict[str, Tensor]:
        """See Head. Only steps with a scored row are projected: text-only steps cost nothing here."""
        features = self._features(hidden, positions=positions)  # [B, S, D]
        scored = (labels >= 0).any(dim=1)  # [B, S]
        logits = self.proj(features[scored]).float().split(self.sizes, dim=-1)  # K of [n, V]
        targets = labels.transpose(1, 2)[scored]  # [n, K]
        return {
            name: nn.functional.cross_entropy(row, targets[:, k], ignore_index=-100, reduction="sum")
            / (targets[:, k] >= 0).sum().clamp(min=1)
            for k, (name, row) in enumerate(zip(self.names, logits, strict=True))
        }

    def stream(self) -> "ParallelStream":
        """A new stream."""
        return ParallelStream(self)


class ParallelStream:
    """Chooses every row's code from one hidden state; holds the TTS adapter's cache."""

    def __init__(self, head: ParallelHead) -> None:
        self._head = head
        self._cache = _past_of(head.adapter) if head.adapter is not None else None

    def step(self, hidden: Hidden, choose: Choose) -> Tensor:
        """Codes [B, K]."""
        if self._head.adapter is None:
            hidden = hidden.last()
        logits = [row[:, -1] for row in self._head.logits(hidden, self._cache)]  # K of [B, V]
        return torch.stack([choose(row, k) for k, row in enumerate(logits)], dim=1)


def _past_of(adapter: Any) -> Any:
    from transformers import DynamicCache

    return DynamicCache(config=adapter.config)
