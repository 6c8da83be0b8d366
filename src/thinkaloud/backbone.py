"""Backbone: any Hugging Face causal language model, stepped over embeddings.

Letters: B batch, S steps, D width, V text ids.

The model's own final norm is kept apart, because a TTS adapter reads the hidden state before it:

    embeds [B, S, D] -> blocks -> Hidden.before_norm -> norm -> Hidden.normed -> logits [B, S, V]
"""

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from thinkaloud import blocks
from thinkaloud.configurable import Config
from thinkaloud.past import Past
from thinkaloud.plain import PlainLM, PlainSizes

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

    def build(self, num_text_ids: int, fresh: bool = True) -> "Backbone":
        """A backbone with that many text ids and fresh weights, or with room for those that are about to be loaded."""
        return Backbone(self, num_text_ids, fresh)

    def hf(self, **overrides: Any) -> Any:
        """The transformers configuration object."""
        from transformers import AutoConfig

        values = {**self.values, **overrides}
        if "model_type" not in values:
            raise ValueError('a backbone config needs "model_type", e.g. "qwen2"; build it with BackboneConfig.of(SOURCE)')
        return AutoConfig.for_model(**values)


class Backbone(nn.Module):
    """The language model: `embed(ids)`, `forward(embeds, cache)`, `logits(hidden)`. Weights only; the cache is the caller's.

    One whose weights are to be loaded begins as plain modules (`plain.py`) where those can run it; `whole` makes it
    transformers'. It happens by itself when there are gradients or packed rows, but whoever trains does it first.
    """

    def __init__(self, config: BackboneConfig, num_text_ids: int, fresh: bool = True) -> None:
        super().__init__()
        self.config = config
        sizes = PlainSizes.of(config.values) if not fresh else None
        vocab_size = (sizes or config.hf()).vocab_size
        if num_text_ids < vocab_size:
            raise ValueError(f"the text stream has {num_text_ids} ids, fewer than the language model's {vocab_size}")
        self.settings: Any  # sizes and habits, by the names of transformers
        if sizes is not None:
            self.settings = replace(sizes, vocab_size=num_text_ids)
            self.lm: Any = PlainLM(self.settings)
        else:
            self.settings = config.hf(vocab_size=num_text_ids)
            self.lm = self._of_transformers()
        name, core = _final_norm(self.lm)
        self.norm = getattr(core, name)
        setattr(core, name, nn.Identity())
        self.straight = self.is_plain or blocks.fits(core)  # whether decoding goes through `blocks.run`

    def _of_transformers(self) -> Any:
        from transformers import AutoModelForCausalLM

        return AutoModelForCausalLM.from_config(self.settings, attn_implementation=self.config.attention or None)

    @property
    def is_plain(self) -> bool:
        """Whether it is made of plain modules."""
        return isinstance(self.lm, PlainLM)

    def whole(self) -> "Backbone":
        """Makes it transformers' own model with the same parameters, for training and for all that plain modules cannot do."""
        if not self.is_plain:
            return self
        plain = self.lm
        with torch.inference_mode(False):
            self.settings = self.config.hf(vocab_size=self.settings.vocab_size)
            lm = self._of_transformers().to(next(plain.parameters()).device).train(self.training)
            norm_name, core = _final_norm(lm)
            setattr(core, norm_name, nn.Identity())
            for name, parameter in plain.named_parameters():
                owner, _, last = name.rpartition(".")
                setattr(lm.get_submodule(owner), last, parameter)
            lm.tie_weights()
        self.lm = lm
        return self

    @property
    def dim(self) -> int:
        """Width D."""
        return int(self.settings.hidden_size)

    @property
    def max_steps(self) -> int:
        """The longest sequence the model was made for."""
        return int(getattr(self.settings, "max_position_embeddings", 1 << 20))

    def adopt(self, source: str | nn.Module) -> None:
        """Takes the weights of a causal language model (hub id, folder or module): its own ids keep their logits exactly.

        The text ids that it does not have (the specials) begin at the mean of its table, so they change nothing at first.
        """
        from transformers import AutoModelForCausalLM

        lm = AutoModelForCausalLM.from_pretrained(source) if isinstance(source, str) else source
        given = dict(lm.state_dict())
        if self.settings.tie_word_embeddings:
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
        if self.is_plain:
            return Past(self.settings.num_hidden_layers)
        from transformers import DynamicCache

        return DynamicCache(config=self.settings)

    def forward(self, embeds: Tensor, cache: Any = None, mask: Tensor | None = None, positions: Tensor | None = None) -> Hidden:
        """Hidden states of embeds [B, S, D], after what is in `cache` (which grows); `mask` [B, past + S], 0 = padding.

        `positions` [B, S], for packed rows without cache: where they begin anew at 0, a sequence begins that sees no other.
        """
        if self.is_plain and cache is None:
            if torch.is_grad_enabled() or positions is not None:
                self.whole()
            else:
                cache = self.new_cache()
        if self.is_plain or (self.straight and cache is not None and not torch.is_grad_enabled()):
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
        if scale := getattr(self.settings, "logits_scaling", None):  # Granite
            logits = logits / scale
        if scale := getattr(self.settings, "logit_scale", None):  # Cohere
            logits = logits * scale
        if cap := getattr(self.settings, "final_logit_softcapping", None):  # Gemma 2
            logits = cap * torch.tanh(logits / cap)
        return logits


def _final_norm(lm: Any) -> tuple[str, nn.Module]:
    core = lm.base_model
    core = getattr(core, "decoder", core)
    for name in _FINAL_NORMS:
        if isinstance(getattr(core, name, None), nn.Module):
            return name, core
    raise ValueError(f"cannot find the final norm of {type(core).__name__}; known names: {', '.join(_FINAL_NORMS)}")


def blocks_like(config: BackboneConfig, num_blocks: int) -> nn.Module:
    """`num_blocks` fresh blocks of the backbone's own kind with their own final norm, and no embedding table."""
    from transformers import AutoModel

    values = {k: v for k, v in config.values.items() if k != "layer_types"}
    hf = BackboneConfig(values=values).hf(num_hidden_layers=num_blocks, vocab_size=1)
    core = AutoModel.from_config(hf, attn_implementation=config.attention or None)
    core.set_input_embeddings(nn.Identity())
    return core
