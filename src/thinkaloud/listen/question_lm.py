"""Question LM: a small language model of what people say, for judging what they have said.

    input  how  are  you  ?  end   answer  fine  .  end    input  -> what  is  ...
    what was asked and answered so far, as the model itself reads it, and what may be asked next

A listener's transcripts are judged by it as well (shallow fusion, Gulcehre et al. 2015, arXiv 1503.03535): recordings of
questions are few, wordings of them are endless.

Letters: B batch, S steps, V text ids.
"""

from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from thinkaloud.backbone import BackboneConfig
from thinkaloud.configurable import Config


@dataclass(frozen=True, kw_only=True)
class QuestionLMConfig(Config):
    """A backbone, and how many text ids the model has whose questions it knows: its text stream's, specials included."""

    backbone: BackboneConfig
    num_ids: int

    @classmethod
    def small(cls, num_ids: int, dim: int = 192, num_blocks: int = 4) -> "QuestionLMConfig":
        """A Qwen2-shaped one with one table for what it reads and says."""
        values = {
            "model_type": "qwen2",
            "vocab_size": num_ids,
            "hidden_size": dim,
            "intermediate_size": 4 * dim,
            "num_hidden_layers": num_blocks,
            "num_attention_heads": 4,
            "num_key_value_heads": 4,
            "max_position_embeddings": 1024,
            "tie_word_embeddings": True,
        }
        return cls(backbone=BackboneConfig(values=values, attention="eager"), num_ids=num_ids)

    def build(self, fresh: bool = False) -> "QuestionLM":
        """With room for weights that are about to be loaded, or with fresh ones."""
        return QuestionLM(self, fresh)


class QuestionLM(nn.Module):
    """Weights only; the cache is the caller's."""

    def __init__(self, config: QuestionLMConfig, fresh: bool = False) -> None:
        super().__init__()
        self.config = config
        self.backbone = config.backbone.build(config.num_ids, fresh)

    def new_cache(self) -> Any:
        """An empty cache."""
        return self.backbone.new_cache()

    def forward(self, ids: Tensor, cache: Any = None) -> Tensor:
        """Logits [B, S, V] of what follows each of these ids [B, S], after what is in the cache, which grows."""
        return self.backbone.logits(self.backbone(self.backbone.embed(ids), cache).normed)
