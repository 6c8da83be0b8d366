"""A language model that was loaded is of plain modules, computes what transformers' does, and becomes theirs when it must."""

import subprocess
import sys

import pytest
import torch

from thinkaloud.backbone import Backbone, BackboneConfig
from thinkaloud.model import SpeechLM
from thinkaloud.past import Past
from thinkaloud.plain import PlainSizes

SIZES = {
    "model_type": "qwen2", "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 3, "num_attention_heads": 4,
    "num_key_value_heads": 2, "vocab_size": 40, "max_position_embeddings": 128,
}  # fmt: skip


def pair(**values) -> tuple[Backbone, Backbone]:
    """The same weights in plain modules and in those of transformers."""
    torch.manual_seed(1)
    config = BackboneConfig(values={**SIZES, **values}, attention="eager")
    theirs, ours = config.build(44).eval(), config.build(44, fresh=False).eval()
    for parameter in theirs.parameters():  # norms and biases too, which else begin at 1 and 0
        parameter.data += 0.3 * torch.randn(parameter.shape)
    ours.load_state_dict(theirs.state_dict())
    assert ours.is_plain and not theirs.is_plain
    return ours.requires_grad_(False), theirs.requires_grad_(False)


@pytest.mark.parametrize("values", [{}, {"tie_word_embeddings": True}, {"rope_theta": 1e6}, {"rms_norm_eps": 1e-2}], ids=str)
@pytest.mark.parametrize("chunks", [(9,), (4, 5), (1,) * 9], ids=str)
def test_it_computes_what_transformers_does(values, chunks):
    ours, theirs = pair(**values)
    embeds = ours.embed(torch.randint(0, 44, (2, 9)))
    caches = [backbone.new_cache() for backbone in (ours, theirs)]
    theirs.straight = False
    with torch.inference_mode():
        whole = [backbone(embeds).normed for backbone in (ours, theirs)]
        parts = [
            torch.cat([backbone(part, cache).normed for part in embeds.split(chunks, dim=1)], dim=1)
            for backbone, cache in zip((ours, theirs), caches, strict=True)
        ]
    for made in (whole[0], *parts):
        torch.testing.assert_close(made, whole[1], rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(ours.logits(whole[0]), theirs.logits(whole[1]), rtol=1e-4, atol=1e-4)
    assert isinstance(caches[0], Past) and caches[0].get_seq_length() == 9 and ours.is_plain


def test_rows_are_chosen_and_repeated_as_in_a_cache_of_transformers():
    ours, theirs = pair()
    embeds, after = torch.randn(2, 5, 32), torch.randn(3, 1, 32)
    found = []
    for backbone in (ours, theirs):
        cache = backbone.new_cache()
        with torch.inference_mode():
            backbone(embeds, cache)
            cache.batch_repeat_interleave(2)
            cache.batch_select_indices(torch.tensor([3, 0, 3]))
            found.append(backbone(after, cache).normed)
    torch.testing.assert_close(*found, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("packed", [False, True])
def test_it_becomes_transformers_own_to_be_trained(packed):
    ours, theirs = pair()
    ours.requires_grad_(True)
    known = dict(ours.named_parameters())
    embeds = torch.randn(2, 6, 32)
    positions = torch.tensor([[0, 1, 2, 0, 1, 2]]).expand(2, -1) if packed else None
    made = ours(embeds, positions=positions).normed
    torch.testing.assert_close(made, theirs(embeds, positions=positions).normed, rtol=1e-4, atol=1e-4)
    assert not ours.is_plain and ours.whole() is ours
    assert {name: id(parameter) for name, parameter in ours.named_parameters()} == {n: id(p) for n, p in known.items()}
    made.sum().backward()
    assert all(p.grad is not None for name, p in known.items() if "layers" in name)
    with torch.inference_mode():
        torch.testing.assert_close(ours(embeds, ours.new_cache()).normed, theirs(embeds).normed, rtol=1e-4, atol=1e-4)


def test_tables_that_are_one_stay_one():
    ours, _ = pair(tie_word_embeddings=True)
    assert ours.lm.lm_head.weight is ours.lm.model.embed_tokens.weight
    ours.whole()
    assert ours.lm.lm_head.weight is ours.lm.model.embed_tokens.weight


@pytest.mark.parametrize(
    "values",
    [
        {"model_type": "llama"},
        {"hidden_act": "gelu"},
        {"use_sliding_window": True, "sliding_window": 4},
        {"layer_types": ["sliding_attention"] * 3},
        {"rope_scaling": {"rope_type": "linear", "factor": 2.0}},
        {"rope_parameters": {"rope_type": "yarn", "factor": 2.0, "rope_theta": 1e4}},
        {"something_new": 1},
    ],
    ids=str,
)
def test_what_it_does_not_know_it_leaves_to_transformers(values):
    assert PlainSizes.of({**SIZES, **values}) is None


def test_what_transformers_writes_is_known():
    from transformers import Qwen2Config

    for changes in ({}, {"rope_theta": 1e6}):
        values = Qwen2Config(**{name: value for name, value in SIZES.items() if name != "model_type"}, **changes).to_diff_dict()
        sizes = PlainSizes.of(values)
        assert sizes is not None and sizes.rope_theta == changes.get("rope_theta", 10000.0)


def test_the_packaged_model_loads_without_transformers():
    code = "import sys; from thinkaloud import SpeechLM; SpeechLM.load('pocket'); print('transformers' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout == "False\n", out
    assert SpeechLM.load("pocket", parts=()).backbone.is_plain
