import pytest
import torch
import transformers

from thinkaloud import recipes, toy
from thinkaloud.config import Mix
from thinkaloud.heads.parallel import ParallelHeadConfig
from thinkaloud.listen.adapter import AdapterConfig
from thinkaloud.toy import ToyCodecConfig, ToyListenerConfig
from thinkaloud.train.start import FromTextModel

SIZES = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "vocab_size": 60, "intermediate_size": 64}
FAMILIES = {
    "qwen2": {"num_key_value_heads": 1, "tie_word_embeddings": True},
    "llama": {"num_key_value_heads": 2, "tie_word_embeddings": False},
    "gemma": {"num_key_value_heads": 1, "head_dim": 16},
    "gpt2": {"n_positions": 128},
}


def text_model(family, folder):
    config = transformers.AutoConfig.for_model(family, **SIZES, **FAMILIES[family])
    torch.manual_seed(1)
    model = transformers.AutoModelForCausalLM.from_config(config).eval()
    model.save_pretrained(folder)
    toy.tokenizer().save(folder)
    return model


def start(folder, **changes):
    return FromTextModel(
        backbone=str(folder), codec=ToyCodecConfig(), listener=ToyListenerConfig(), head=ParallelHeadConfig(), **changes
    )


@pytest.mark.parametrize("family", FAMILIES)
def test_text_ability_is_untouched_at_step_0(family, tmp_path):
    bare = text_model(family, tmp_path)
    model = start(tmp_path).build()
    ids = torch.randint(0, 60, (2, 9))
    rows = torch.tensor([stream.pad for stream in model.streams])[None, :, None].repeat(2, 1, 9)  # [B, K, S]
    rows[:, 0] = ids
    with torch.no_grad():
        wanted = bare(input_ids=ids).logits
        found = model.logits(rows)[0]
    assert found.shape[-1] == 60 + len(model.streams[0].specials)
    torch.testing.assert_close(found[..., :60], wanted, atol=1e-5, rtol=1e-5)


def test_averaging_the_rows_does_touch_it(tmp_path):
    """What the paper does, and why it is not the default: the test above would fail."""
    bare = text_model("qwen2", tmp_path)
    model = start(tmp_path, mix=Mix.MEAN).build()
    ids = torch.randint(0, 60, (1, 9))
    rows = torch.tensor([stream.pad for stream in model.streams])[None, :, None].repeat(1, 1, 9)
    rows[:, 0] = ids
    with torch.no_grad():
        assert (model.logits(rows)[0][..., :60] - bare(input_ids=ids).logits).abs().max() > 1e-3


def test_the_recipe_takes_any_backbone(tmp_path):
    made = recipes.load("mini_omni", {"backbone": str(tmp_path), "scale": "0.001", "stages.0.batch_size": "2", "anchor": "0.5"})
    assert made.start.backbone == str(tmp_path)
    assert [stage.steps for stage in made.stages] == [15, 25, 55, 10]
    assert made.stages[0].batch_size == 2 and made.stages[1].anchor.weight == 0.5
    assert made.stages[0].trains == ("asr_adapter", "tts_adapter") and made.stages[3].schedule.lr == 5e-5
    lora = recipes.load("mini_omni", {"lora_rank": "8"})
    assert [stage.trains[0] for stage in lora.stages] == ["asr_adapter", "lora", "lora", "lora"]
    for wrong, message in (
        ({"bacbone": "x"}, "did you mean 'backbone'"),
        ({"stages.0.stepz": "3"}, "did you mean 'steps'"),
        ({"scale": "big"}, "scale must be float"),
    ):
        with pytest.raises(ValueError, match=message):
            recipes.load("mini_omni", wrong)
    with pytest.raises(ValueError, match="did you mean 'mini_omni'"):
        recipes.load("mini_omny")
    with pytest.raises(ValueError, match="cannot load a text model"):
        recipes.load("mini_omni", {"backbone": str(tmp_path / "none"), "snac": "random"}).start.replace(
            codec=ToyCodecConfig(), listener=None, adapter=AdapterConfig()
        ).build()
