"""Growing: a wider model says what the narrower one said, and refuses what is no such model."""

import pytest
import torch

from thinkaloud import toy
from thinkaloud.model import SpeechLM
from thinkaloud.train.grow import take_on


def made(seed: int, **sizes: int) -> SpeechLM:
    config = toy.config()
    values = {**config.backbone.values, **sizes}
    values.pop("layer_types", None)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return SpeechLM(config.replace(backbone=config.backbone.replace(values=values))).eval()


def said(model: SpeechLM) -> torch.Tensor:
    ids = torch.arange(2 * len(model.streams) * 6).reshape(2, len(model.streams), 6) % 5
    hidden = model.backbone(model.embed(ids))
    return torch.cat([model.backbone.logits(hidden.normed), *model.head.logits(hidden)], dim=-1)


@torch.no_grad()
def test_a_wider_model_begins_as_the_narrower_one_and_can_learn_more():
    width = toy.config().backbone.values["intermediate_size"]
    narrow, wide = made(0), made(1, intermediate_size=2 * width)
    assert not torch.allclose(said(wide), said(narrow), atol=1e-3)
    take_on(wide, narrow)
    assert torch.allclose(said(wide), said(narrow), atol=1e-5)
    ups = [weight for name, weight in wide.core_weights().items() if name.endswith("up_proj.weight")]
    assert all(bool(weight[width:].any(dim=1).all()) for weight in ups), "the new units find something"


@torch.no_grad()
def test_a_model_of_another_kind_is_refused():
    with pytest.raises(ValueError, match="does not fit"):
        take_on(made(1), made(0, intermediate_size=2 * toy.config().backbone.values["intermediate_size"]))
    with pytest.raises(ValueError, match="other parts"):
        take_on(made(1), made(0, num_hidden_layers=toy.config().backbone.values["num_hidden_layers"] + 1))
