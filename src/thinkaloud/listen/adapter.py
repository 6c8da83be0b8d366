"""Adapters: from a listener's features to the language model's width.

Letters: G heard segments, T feature frames, F adapted frames, D feature width, M model width.

`stack` joins that many neighbouring frames into one, so F = ceil(T / stack); the last group is filled with zeros, nothing
is dropped.
"""

import enum
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from thinkaloud.configurable import Config


class AdapterKind(enum.StrEnum):
    """swiglu: Mini-Omni's two-layer MLP (published `llamamlp`); linear: published `mlp`; mlp: norm, linear, GELU, linear."""

    SWIGLU = "swiglu"
    LINEAR = "linear"
    MLP = "mlp"


@dataclass(frozen=True, kw_only=True)
class AdapterConfig(Config):
    """Kind, hidden width and how many frames become one."""

    kind: AdapterKind = AdapterKind.SWIGLU
    hidden_dim: int = 0  # 0: the model's width
    stack: int = 1

    def build(self, in_dim: int, out_dim: int) -> "Adapter":
        """The adapter between these widths."""
        return Adapter(self, in_dim, out_dim)


class SwiGlu(nn.Module):
    """proj(silu(fc_1(x)) * fc_2(x)), without biases."""

    def __init__(self, in_dim: int, hidden_dim: int, out_dim: int) -> None:
        super().__init__()
        self.fc_1 = nn.Linear(in_dim, hidden_dim, bias=False)
        self.fc_2 = nn.Linear(in_dim, hidden_dim, bias=False)
        self.proj = nn.Linear(hidden_dim, out_dim, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """[..., in_dim] to [..., out_dim]."""
        return self.proj(nn.functional.silu(self.fc_1(x)) * self.fc_2(x))


class Adapter(nn.Module):
    """Features [G, T, D] to embeddings [G, F, M]."""

    def __init__(self, config: AdapterConfig, in_dim: int, out_dim: int) -> None:
        super().__init__()
        if config.stack < 1:
            raise ValueError(f"an adapter stacks at least 1 frame, got {config.stack}")
        self.stack = config.stack
        width, hidden = in_dim * config.stack, config.hidden_dim or out_dim
        if config.kind is AdapterKind.SWIGLU:
            self.net: nn.Module = SwiGlu(width, hidden, out_dim)
        elif config.kind is AdapterKind.LINEAR:
            self.net = nn.Linear(width, out_dim)
        else:
            self.net = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, hidden), nn.GELU(), nn.Linear(hidden, out_dim))

    def num_frames(self, num_features: int) -> int:
        """F of T."""
        return -(-num_features // self.stack)

    def forward(self, features: Tensor) -> Tensor:
        """[G, T, D] to [G, F, M]."""
        groups, frames, dim = features.shape
        missing = -frames % self.stack
        if missing:
            features = torch.cat([features, features.new_zeros(groups, missing, dim)], dim=1)
        return self.net(features.reshape(groups, -1, dim * self.stack))
