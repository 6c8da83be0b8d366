"""Blocks: a pass through the blocks of a Llama-shaped language model that only calls what computes.

The modules and weights are those of transformers, or plain ones of the same names (`plain.py`). Transformers' own forward
passes look up on the way how to mask, to attend, to record and to check; of one step of a small model that is a fifth
(`bench/blocks.md`). Both give the same: `tests/test_blocks.py`.

    x -> norm -> q k v -> rotary -> cache -> attention -> o -> + -> norm -> gate up down -> + -> next block

Letters: B batch, S steps, T steps with the past, H query heads, G key heads, E head width, D width.
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

_FAMILIES = ("llama", "mistral", "qwen2", "qwen3")


def fits(core: nn.Module) -> bool:
    """Whether `run` computes what this model of transformers does: a known family, whose blocks all see the whole past."""
    config: Any = core.config
    kinds, window = getattr(config, "layer_types", None), getattr(config, "sliding_window", None)
    return config.model_type in _FAMILIES and set(kinds or ["full_attention"]) == {"full_attention"} and window is None


def run(core: Any, embeds: Tensor, cache: Any, mask: Tensor | None = None, positions: Tensor | None = None) -> Tensor:
    """Hidden states [B, S, D] of embeds after what is in `cache`, which grows; `mask` [B, T], 0 = padding; no gradients."""
    past, steps = cache.get_seq_length(), embeds.shape[1]
    if positions is None:
        positions = torch.arange(past, past + steps, device=embeds.device)[None]
    cos, sin = (part[:, None] for part in core.rotary_emb(embeds, positions))  # [B, 1, S, E]
    half = sin.shape[-1] // 2
    sin = torch.cat((-sin[..., :half], sin[..., half:]), dim=-1)  # what is rolled by half is negative in front
    seen = _seen(past, steps, mask, embeds.device)
    causal = seen is None and steps > 1
    x = embeds
    for block in core.layers:
        attention, mlp = block.self_attn, block.mlp
        query, key, value = _heads(attention, _normed(block.input_layernorm, x), cos, sin)
        key, value = cache.update(key, value, attention.layer_idx)  # [B, G, T, E]
        grouped = query.shape[1] != key.shape[1]
        mixed = F.scaled_dot_product_attention(
            query, key, value, attn_mask=seen, is_causal=causal, scale=attention.scaling, enable_gqa=grouped
        )
        x = x + attention.o_proj(mixed.transpose(1, 2).flatten(2))
        y = _normed(block.post_attention_layernorm, x)
        x = x + mlp.down_proj(mlp.act_fn(mlp.gate_proj(y)) * mlp.up_proj(y))
    return x


def _heads(attention: Any, x: Tensor, cos: Tensor, sin: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Queries [B, H, S, E], keys and values [B, G, S, E]; the first two know where they stand."""
    shape = (*x.shape[:2], -1, attention.head_dim)
    query, key = attention.q_proj(x).view(shape), attention.k_proj(x).view(shape)
    if hasattr(attention, "q_norm"):  # Qwen3
        query, key = _normed(attention.q_norm, query), _normed(attention.k_norm, key)
    both = torch.cat((query, key), dim=2).transpose(1, 2)  # [B, H + G, S, E]
    turned = torch.addcmul(both * cos, both.roll(both.shape[-1] // 2, dims=-1), sin)
    query, key = turned.split((query.shape[2], key.shape[2]), dim=1)
    return query, key, attention.v_proj(x).view(shape).transpose(1, 2)


def _normed(norm: Any, x: Tensor) -> Tensor:
    """The norm's own way of rounding matters where numbers are short."""
    return F.rms_norm(x, x.shape[-1:], norm.weight, norm.variance_epsilon) if x.dtype == torch.float32 else norm(x)


def _seen(past: int, steps: int, mask: Tensor | None, device: torch.device) -> Tensor | None:
    """Which of the past a step sees, bool [B or 1, 1, S, T]; None: all, or all before it where there is no past."""
    if mask is None and (steps == 1 or past == 0):
        return None
    at, place = torch.arange(past, past + steps, device=device)[:, None], torch.arange(past + steps, device=device)
    if mask is None:
        return (place <= at)[None, None]
    seen = mask.bool()[:, None, None] & (place <= at)  # [B, 1, S, T]
    return seen | (~seen.any(dim=-1, keepdim=True) & (place == at))  # a step of padding sees itself, so that it is a number
