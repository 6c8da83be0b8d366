"""Growing: a wider model says what the narrower one said, and refuses what is no such model."""

import pytest
import torch

from thinkaloud import toy
from thinkaloud.listen.pocket import PocketListenerConfig
from thinkaloud.model import SpeechLM
from thinkaloud.train.grow import take_on, think_over


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


@torch.no_grad()
def test_a_listener_that_thinks_over_begins_as_the_one_that_does_not():
    torch.manual_seed(0)
    ears = PocketListenerConfig(dim=16, num_blocks=2, num_heads=2, num_mels=20).build().eval()
    audio, lengths = torch.randn(2, 20000) * 0.1, torch.tensor([20000, 9000])
    grown = think_over(ears, 2).eval()
    assert torch.allclose(grown.listen(audio, lengths).embeds, ears.listen(audio, lengths).embeds, atol=1e-5)
    assert all(bool(block.qkv.weight.any()) for block in grown.noncausal_blocks), "they have something to learn with"
    assert think_over(grown, 2) is grown
    with pytest.raises(ValueError, match="has 2 non-causal blocks, this one is to have 1"):
        think_over(grown, 1)
