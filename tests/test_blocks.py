"""The pass through the blocks gives what transformers' own gives, with and without past, padding and given positions."""

import pytest
import torch

from thinkaloud import blocks
from thinkaloud.backbone import Backbone, BackboneConfig, Hidden

SIZES = {
    "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 3, "num_attention_heads": 4,
    "num_key_value_heads": 2, "vocab_size": 40, "max_position_embeddings": 128,
}  # fmt: skip
FAMILIES = {
    "qwen2": {},
    "qwen3": {"head_dim": 16},
    "llama": {"attention_bias": True},
    "mistral": {"sliding_window": None},
    "one key a query": {"model_type": "qwen2", "num_key_value_heads": 4},
}


@pytest.fixture(params=FAMILIES)
def backbone(request: pytest.FixtureRequest) -> Backbone:
    torch.manual_seed(1)
    values = {"model_type": request.param, **SIZES, **FAMILIES[request.param]}
    made = BackboneConfig(values=values, attention="eager").build(40).eval()
    for parameter in made.parameters():  # norms and biases too, which else begin at 1 and 0
        parameter.data += 0.3 * torch.randn(parameter.shape)
    return made


def passes(backbone: Backbone, *calls: dict) -> tuple[list[Hidden], list[Hidden]]:
    """The hidden states of one pass after the other with one cache, ours and theirs."""
    runs: list[list[Hidden]] = []
    assert blocks.fits(backbone.lm.base_model) and backbone.straight
    for ours in (True, False):
        backbone.straight = ours
        cache = backbone.new_cache()
        with torch.inference_mode():
            runs.append([backbone(cache=cache, **call) for call in calls])
    return runs[0], runs[1]


@pytest.mark.parametrize("chunks", [(9,), (4, 5), (1,) * 9, (6, 1, 2)], ids=str)
def test_a_sequence_in_chunks_of_any_size(backbone: Backbone, chunks: tuple[int, ...]) -> None:
    embeds = torch.randn(2, 9, 32)
    ours, theirs = passes(backbone, *({"embeds": part} for part in embeds.split(chunks, dim=1)))
    for mine, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine.before_norm, other.before_norm, rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(mine.normed, other.normed, rtol=1e-4, atol=1e-4)


def test_rows_with_padding_in_front(backbone: Backbone) -> None:
    real = torch.tensor([[0, 0, 1, 1, 1], [1, 1, 1, 1, 1]])
    longer = torch.nn.functional.pad(real, (0, 1), value=1)
    first, then = {"embeds": torch.randn(2, 5, 32), "mask": real}, {"embeds": torch.randn(2, 1, 32), "mask": longer}
    ours, theirs = passes(backbone, first, then)
    for mine, other, mask in zip(ours, theirs, (real, torch.ones(2, 1)), strict=True):
        torch.testing.assert_close(mine.normed[mask.bool()], other.normed[mask.bool()], rtol=1e-4, atol=1e-4)
        assert mine.normed.isfinite().all()


def test_positions_that_are_given(backbone: Backbone) -> None:
    places = [torch.tensor([[0, 1, 2, 3], [5, 6, 7, 8]]), torch.tensor([[4], [20]])]
    calls = [{"embeds": torch.randn(2, place.shape[1], 32), "positions": place} for place in places]
    calls = [call | {"mask": torch.ones(2, length)} for call, length in zip(calls, (4, 5), strict=True)]
    ours, theirs = passes(backbone, *calls)
    for mine, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine.normed, other.normed, rtol=1e-4, atol=1e-4)


def test_short_numbers_are_rounded_as_the_family_rounds_them(backbone: Backbone) -> None:
    embeds = torch.randn(1, 6, 32).bfloat16()
    (ours,), (theirs,) = passes(backbone.bfloat16(), {"embeds": embeds})
    torch.testing.assert_close(ours.normed, theirs.normed, rtol=0.05, atol=0.05)


@pytest.mark.parametrize(
    "values",
    [
        {"model_type": "gpt2", "n_embd": 32, "n_layer": 2, "n_head": 4, "vocab_size": 40},
        {"model_type": "gemma2", **SIZES, "head_dim": 8},
        {"model_type": "mistral", **SIZES, "sliding_window": 4},
        {"model_type": "qwen2", **SIZES, "use_sliding_window": True, "sliding_window": 4, "max_window_layers": 1},
    ],
    ids=lambda values: values["model_type"],
)
def test_what_it_does_not_know_it_leaves_alone(values: dict) -> None:
    assert not blocks.fits(BackboneConfig(values=values).build(40).lm.base_model)
