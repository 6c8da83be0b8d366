"""Any Hugging Face language model: wrapped, it computes what it computed bare; its cache changes nothing; training flows."""

import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM

from thinkaloud.backbone import BackboneConfig
from thinkaloud.config import ModelConfig
from thinkaloud.heads.parallel import ParallelHeadConfig
from thinkaloud.layout.delayed import DelayedConfig
from thinkaloud.model import NOT_SCORED, Batch, SpeechLM
from thinkaloud.tokens import Role, Stream

VOCAB = 50
COMMON = {"vocab_size": VOCAB, "pad_token_id": None, "bos_token_id": None, "eos_token_id": None}
LLAMA_LIKE = {
    **COMMON, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "max_position_embeddings": 64,
}  # fmt: skip
FAMILIES = {
    "qwen2": {"model_type": "qwen2", **LLAMA_LIKE, "tie_word_embeddings": True},
    "qwen3": {"model_type": "qwen3", **LLAMA_LIKE, "head_dim": 8, "tie_word_embeddings": False},
    "llama": {"model_type": "llama", **LLAMA_LIKE, "tie_word_embeddings": False},
    "smollm3": {"model_type": "smollm3", **LLAMA_LIKE, "tie_word_embeddings": True},
    "gemma": {"model_type": "gemma", **LLAMA_LIKE, "head_dim": 8},
    "gemma2": {"model_type": "gemma2", **LLAMA_LIKE, "head_dim": 8, "final_logit_softcapping": 30.0},
    "gpt2": {"model_type": "gpt2", **COMMON, "n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 64},
}


def bare(values: dict) -> torch.nn.Module:
    torch.manual_seed(0)
    return AutoModelForCausalLM.from_config(AutoConfig.for_model(**values)).eval()


def wrapped(values: dict, adapter_blocks: int = 0) -> SpeechLM:
    streams = (
        Stream(name="text", role=Role.TEXT, size=VOCAB),
        Stream(name="audio0", role=Role.SAY, size=9, delay_steps=1),
        Stream(name="audio1", role=Role.SAY, size=7, delay_steps=2),
    )
    config = ModelConfig(
        name="test",
        backbone=BackboneConfig(values=values),
        layout=DelayedConfig(streams=streams),
        head=ParallelHeadConfig(adapter_blocks=adapter_blocks),
    )
    torch.manual_seed(1)
    return SpeechLM(config).eval()


@pytest.mark.parametrize("family", FAMILIES)
def test_text_logits_are_those_of_the_bare_model(family: str) -> None:
    lm = bare(FAMILIES[family])
    model = wrapped(FAMILIES[family])
    model.backbone.adopt(lm)
    ids = torch.randint(0, VOCAB, (2, 12))
    expected = lm(input_ids=ids).logits
    hidden = model.backbone(model.backbone.embed(ids))
    assert torch.allclose(model.backbone.logits(hidden.normed)[..., :VOCAB], expected, atol=1e-5)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("adapter_blocks", [0, 1])
def test_cached_steps_equal_the_whole(family: str, adapter_blocks: int) -> None:
    model = wrapped(FAMILIES[family], adapter_blocks)
    ids = torch.stack([torch.randint(0, stream.num_ids, (1, 10)) for stream in model.streams], dim=1)  # [1, K, S]
    whole = model.logits(ids)
    cache, head = model.backbone.new_cache(), model.head.stream()
    for start, end in ((0, 4), (4, 5), (5, 9), (9, 10)):
        hidden = model.backbone(model.embed(ids[:, :, start:end]), cache)
        text = model.backbone.logits(hidden.normed)
        assert torch.allclose(text, whole[0][:, start:end], atol=1e-4)
        seen: dict[int, torch.Tensor] = {}

        def choose(logits: torch.Tensor, row: int, seen: dict[int, torch.Tensor] = seen) -> torch.Tensor:
            seen[row] = logits
            return logits.argmax(dim=-1)

        codes = head.step(hidden, choose)
        assert codes.shape == (1, 2)
        for row in (0, 1):
            assert torch.allclose(seen[row], whole[row + 1][:, end - 1], atol=1e-4)


@pytest.mark.parametrize("family", FAMILIES)
def test_later_ids_never_change_earlier_logits(family: str) -> None:
    model = wrapped(FAMILIES[family], adapter_blocks=1)
    ids = torch.stack([torch.randint(0, stream.num_ids, (1, 10)) for stream in model.streams], dim=1)
    other = ids.clone()
    other[:, :, 6:] = (other[:, :, 6:] + 1) % 7
    for one, two in zip(model.logits(ids), model.logits(other), strict=True):
        assert torch.allclose(one[:, :6], two[:, :6], atol=1e-5)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_weight_learns_from_text_and_speech(family: str) -> None:
    model = wrapped(FAMILIES[family], adapter_blocks=1).train()
    ids = torch.stack([torch.randint(0, stream.num_ids, (2, 10)) for stream in model.streams], dim=1)
    losses = model(Batch(ids=ids, labels=ids.roll(-1, dims=2)))
    assert set(losses) == {"text", "audio0", "audio1", "total"}
    losses["total"].backward()
    without = [name for name, weight in model.named_parameters() if weight.grad is None]
    assert not [name for name in without if ".wpe." not in name], without


def test_unscored_rows_cost_nothing_and_losses_are_means() -> None:
    model = wrapped(FAMILIES["qwen2"])
    ids = torch.stack([torch.randint(0, stream.num_ids, (1, 6)) for stream in model.streams], dim=1)
    labels = torch.full_like(ids, NOT_SCORED)
    labels[0, 0, 2] = 5
    losses = model(Batch(ids=ids, labels=labels))
    assert losses["audio0"] == 0 and losses["audio1"] == 0
    expected = -model.logits(ids)[0][0, 2].log_softmax(-1)[5]
    assert torch.allclose(losses["text"], expected, atol=1e-5)
    weighted = model(Batch(ids=ids, labels=labels), {"audio0": 0.0, "audio1": 0.0})
    assert torch.allclose(weighted["total"], expected, atol=1e-5)


def test_too_small_a_text_stream_is_refused() -> None:
    with pytest.raises(ValueError, match="fewer than"):
        wrapped({**FAMILIES["qwen2"], "vocab_size": 500})
