"""Backbone: any Hugging Face causal language model, stepped over embeddings.

Letters: B batch, S steps, D width, V text ids.

The model's own final norm is kept apart, because a TTS adapter reads the hidden state before it:

    embeds [B, S, D] -> blocks -> Hidden.before_norm -> norm -> Hidden.normed -> logits [B, S, V]
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from thinkaloud import blocks
from thinkaloud.configurable import Config

_FINAL_NORMS = ("norm", "ln_f", "final_layernorm", "final_layer_norm")


class Hidden(NamedTuple):
    """Hidden states [B, S, D] before and after the final norm."""

    before_norm: Tensor
    normed: Tensor

    def last(self) -> "Hidden":
        """The last step only: [B, 1, D]."""
        return Hidden(self.before_norm[:, -1:], self.normed[:, -1:])


@dataclass(frozen=True, kw_only=True)
class BackboneConfig(Config):
    """A Hugging Face configuration as plain values (`model_type` and its fields)."""

    values: dict[str, Any] = field(default_factory=dict)
    attention: str = ""  # as the family likes it; "eager" trains faster on CPU for short sequences

    @classmethod
    def of(cls, source: str, **overrides: Any) -> "BackboneConfig":
        """The configuration of a hub model or local folder."""
        from transformers import AutoConfig

        return cls(values={**AutoConfig.from_pretrained(source).to_diff_dict(), **overrides})

    def build(self, num_text_ids: int) -> "Backbone":
        """A backbone with fresh weights and that many text ids."""
        return Backbone(self, num_text_ids)

    def hf(self, **overrides: Any) -> Any:
        """The transformers configuration object."""
        from transformers import AutoConfig

        values = {**self.values, **overrides}
        if "model_type" not in values:
            raise ValueError('a backbone config needs "model_type", e.g. "qwen2"; build it with BackboneConfig.of(SOURCE)')
        return AutoConfig.for_model(**values)


class Backbone(nn.Module):
    """The language model: `embed(ids)`, `forward(embeds, cache)`, `logits(hidden)`. Weights only; the cache is the caller's."""

    def __init__(self, config: BackboneConfig, num_text_ids: int) -> None:
        super().__init__()
        from transformers import AutoModelForCausalLM

        self.config = config
        if num_text_ids < (vocab_size := config.hf().vocab_size):
            raise ValueError(f"the text stream has {num_text_ids} ids, fewer than the language model's {vocab_size}")
        self.hf = config.hf(vocab_size=num_text_ids)
        self.lm = AutoModelForCausalLM.from_config(self.hf, attn_implementation=config.attention or None)
        name, core = self._find_norm()
        self.norm = getattr(core, name)
        setattr(core, name, nn.Identity())
        self.straight = blocks.fits(core)  # whether decoding goes through `blocks.run`

    def _find_norm(self) -> tuple[str, nn.Module]:
        core = self.lm.base_model
        core = getattr(core, "decoder", core)
        for name in _FINAL_NORMS:
            if isinstance(getattr(core, name, None), nn.Module):
                return name, core
        raise ValueError(f"cannot find the final norm of {type(core).__name__}; known names: {', '.join(_FINAL_NORMS)}")

    @property
    def dim(self) -> int:
        """Width D."""
        return int(self.hf.hidden_size)

    @property
    def max_steps(self) -> int:
        """The longest sequence the model was made for."""
        return int(getattr(self.hf, "max_position_embeddings", 1 << 20))

    def adopt(self, source: str | nn.Module) -> None:
        """Takes the weights of a causal language model (hub id, folder or module): its own ids keep their logits exactly.

        The text ids that it does not have (the specials) begin at the mean of its table, so they change nothing at first.
        """
        from transformers import AutoModelForCausalLM

        lm = AutoModelForCausalLM.from_pretrained(source) if isinstance(source, str) else source
        given = dict(lm.state_dict())
        if self.hf.tie_word_embeddings:
            given = {name: weight for name, weight in given.items() if not name.startswith("lm_head.")}
        own = self.state_dict(keep_vars=True)
        with torch.no_grad():
            for key, weight in given.items():
                target = own["lm." + key] if "lm." + key in own else own["norm." + key.rpartition(".")[2]]
                if target.shape[0] > len(weight) and target.shape[1:] == weight.shape[1:]:  # a table that has grown
                    target[len(weight) :] = weight.float().mean(dim=0)
                    target = target[: len(weight)]
                target.copy_(weight)

    def embed(self, ids: Tensor) -> Tensor:
        """Embeddings [..., D] of text ids."""
        return self.lm.get_input_embeddings()(ids)

    def new_cache(self) -> Any:
        """An empty key-value cache for one batch of conversations."""
        from transformers import DynamicCache

        return DynamicCache(config=self.hf)

    def forward(self, embeds: Tensor, cache: Any = None, mask: Tensor | None = None, positions: Tensor | None = None) -> Hidden:
        """Hidden states of embeds [B, S, D], after what is in `cache` (which grows); `mask` [B, past + S], 0 = padding.

        `positions` [B, S], for packed rows without cache: where they begin anew at 0, a sequence begins that sees no other.
        """
        if self.straight and cache is not None and not torch.is_grad_enabled():
            out = blocks.run(self.lm.base_model, embeds, cache, mask, positions)
        else:
            out = self.lm.base_model(
                inputs_embeds=embeds,
                past_key_values=cache,
                use_cache=cache is not None,
                attention_mask=mask,
                position_ids=positions,
                return_dict=True,
            ).last_hidden_state
        return Hidden(out, self.norm(out))

    def logits(self, normed: Tensor) -> Tensor:
        """Text logits [..., V] of normed hidden states, scaled and capped as the family does."""
        logits = self.lm.get_output_embeddings()(normed)
        if scale := getattr(self.hf, "logits_scaling", None):  # Granite
            logits = logits / scale
        if scale := getattr(self.hf, "logit_scale", None):  # Cohere
            logits = logits * scale
        if cap := getattr(self.hf, "final_logit_softcapping", None):  # Gemma 2
            logits = cap * torch.tanh(logits / cap)
        return logits


def blocks_like(config: BackboneConfig, num_blocks: int) -> nn.Module:
    """`num_blocks` fresh blocks of the backbone's own kind with their own final norm, and no embedding table."""
    from transformers import AutoModel

    values = {k: v for k, v in config.values.items() if k != "layer_types"}
    hf = BackboneConfig(values=values).hf(num_hidden_layers=num_blocks, vocab_size=1)
    core = AutoModel.from_config(hf, attn_implementation=config.attention or None)
    core.set_input_embeddings(nn.Identity())
    return core
