"""Plain: the modules of a Qwen2 language model, bare, for `blocks.run`: names, shapes and rounding are those of transformers.

To import transformers' takes seconds, in which nobody is answered. Who only runs a model needs no more than this; who trains
it has the weights moved into theirs (`Backbone.whole`).

    model.embed_tokens    model.layers.N.input_layernorm, .self_attn.{q,k,v,o}_proj
    model.norm            model.layers.N.post_attention_layernorm, .mlp.{gate,up,down}_proj    lm_head

Letters: B batch, S steps, D width, E head width.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

_SIZES = ("hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads", "vocab_size")
_MEANT = {"model_type": "qwen2", "hidden_act": "silu", "use_sliding_window": False, "rope_scaling": None}  # only so
_OF_NO_MATTER = {  # how it was made, trained or sampled
    *("architectures", "attention_dropout", "bos_token_id", "dtype", "eos_token_id", "initializer_range", "max_window_layers"),
    *("pad_token_id", "sliding_window", "torch_dtype", "transformers_version", "use_cache"),
}


@dataclass(frozen=True, kw_only=True)
class PlainSizes:
    """What transformers' configuration of a Qwen2 says of its shape; what it leaves out is as in transformers."""

    hidden_size: int
    intermediate_size: int
    num_hidden_layers: int
    num_attention_heads: int
    num_key_value_heads: int
    vocab_size: int
    max_position_embeddings: int = 32768
    tie_word_embeddings: bool = False
    rms_norm_eps: float = 1e-6
    rope_theta: float = 10000.0

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "PlainSizes | None":
        """Those of a configuration as plain values; None if it asks for anything else."""
        known = {name: value for name, value in values.items() if name not in _OF_NO_MATTER}
        rope = dict(known.pop("rope_parameters", None) or {})
        if rope.pop("rope_type", "default") != "default" or set(known.pop("layer_types", None) or ()) - {"full_attention"}:
            return None
        known |= rope
        if known.get("model_type") != "qwen2" or any(known.pop(name, meant) != meant for name, meant in _MEANT.items()):
            return None
        if any(name not in known for name in _SIZES) or known.keys() - cls.__dataclass_fields__.keys():
            return None
        return cls(**known)


class _Linear(nn.Linear):
    def reset_parameters(self) -> None: ...


class _Embedding(nn.Embedding):
    def reset_parameters(self) -> None: ...


class PlainLM(nn.Module):
    """The language model. Its weights are to be loaded: until then they are whatever the memory held."""

    def __init__(self, sizes: PlainSizes) -> None:
        super().__init__()
        self.model = _Core(sizes)
        self.lm_head = _Linear(sizes.hidden_size, sizes.vocab_size, bias=False)
        self._tied = sizes.tie_word_embeddings
        self.tie_weights()

    @property
    def base_model(self) -> nn.Module:
        """All but the head."""
        return self.model

    def tie_weights(self) -> None:
        """Makes the head the table of the embeddings, where the model has them so."""
        if self._tied:
            self.lm_head.weight = self.model.embed_tokens.weight

    def get_input_embeddings(self) -> nn.Embedding:
        """The table of the text ids."""
        return self.model.embed_tokens

    def get_output_embeddings(self) -> nn.Linear:
        """The head of the text ids."""
        return self.lm_head


class _Core(nn.Module):
    def __init__(self, sizes: PlainSizes) -> None:
        super().__init__()
        self.embed_tokens = _Embedding(sizes.vocab_size, sizes.hidden_size)
        self.layers = nn.ModuleList(_Block(sizes, number) for number in range(sizes.num_hidden_layers))
        self.norm: nn.Module = _Norm(sizes.hidden_size, sizes.rms_norm_eps)
        self.rotary_emb = _Rotary(sizes)


class _Block(nn.Module):
    def __init__(self, sizes: PlainSizes, number: int) -> None:
        super().__init__()
        self.self_attn = _Attention(sizes, number)
        self.mlp = _Perceptron(sizes)
        self.input_layernorm = _Norm(sizes.hidden_size, sizes.rms_norm_eps)
        self.post_attention_layernorm = _Norm(sizes.hidden_size, sizes.rms_norm_eps)


class _Attention(nn.Module):
    def __init__(self, sizes: PlainSizes, number: int) -> None:
        super().__init__()
        self.layer_idx, self.head_dim = number, sizes.hidden_size // sizes.num_attention_heads
        self.scaling = self.head_dim**-0.5
        queries, keys = (self.head_dim * count for count in (sizes.num_attention_heads, sizes.num_key_value_heads))
        self.q_proj = _Linear(sizes.hidden_size, queries)
        self.k_proj = _Linear(sizes.hidden_size, keys)
        self.v_proj = _Linear(sizes.hidden_size, keys)
        self.o_proj = _Linear(queries, sizes.hidden_size, bias=False)


class _Perceptron(nn.Module):
    def __init__(self, sizes: PlainSizes) -> None:
        super().__init__()
        self.gate_proj = _Linear(sizes.hidden_size, sizes.intermediate_size, bias=False)
        self.up_proj = _Linear(sizes.hidden_size, sizes.intermediate_size, bias=False)
        self.down_proj = _Linear(sizes.intermediate_size, sizes.hidden_size, bias=False)
        self.act_fn = nn.SiLU()


class _Norm(nn.Module):
    """Root mean square norm over the last dimension, counted in float32."""

    def __init__(self, dim: int, epsilon: float) -> None:
        super().__init__()
        self.weight, self.variance_epsilon = nn.Parameter(torch.ones(dim)), epsilon

    def forward(self, x: Tensor) -> Tensor:
        """As long as x, and of its type."""
        exact = x.float()
        exact = exact * torch.rsqrt(exact.square().mean(-1, keepdim=True) + self.variance_epsilon)
        return self.weight * exact.to(x.dtype)


class _Rotary(nn.Module):
    """Cosines and sines [B, S, E] of positions [B, S]."""

    turns: Tensor  # [E / 2] radians a step

    def __init__(self, sizes: PlainSizes) -> None:
        super().__init__()
        width = sizes.hidden_size // sizes.num_attention_heads
        turns = sizes.rope_theta ** -(torch.arange(0, width, 2, dtype=torch.float) / width)
        self.register_buffer("turns", turns, persistent=False)

    def forward(self, x: Tensor, positions: Tensor) -> tuple[Tensor, Tensor]:
        angles = positions[..., None].float() * self.turns.float()
        angles = torch.cat((angles, angles), dim=-1)
        return angles.cos().to(x.dtype), angles.sin().to(x.dtype)
