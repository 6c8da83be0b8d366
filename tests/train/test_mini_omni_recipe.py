"""The Mini-Omni recipe end to end, as `thinkaloud train mini_omni` runs it, with tiny local Whisper and text model."""

import json

import numpy as np
import pytest
import torch
import transformers
from toy_training import losses

from thinkaloud import recipes, toy
from thinkaloud.data.parquet import write_parquet
from thinkaloud.data.samples import Sample, Utterance
from thinkaloud.model import SpeechLM
from thinkaloud.train.trainer import train

_SNAC_ROWS, _SNAC_CODES = 7, 4096


def local_models(folder):
    torch.manual_seed(0)
    sizes = {"d_model": 32, "encoder_layers": 1, "encoder_attention_heads": 2, "encoder_ffn_dim": 32, "num_mel_bins": 80}
    decoder = {"decoder_layers": 1, "decoder_attention_heads": 2, "decoder_ffn_dim": 32, "vocab_size": 64}
    special = {"pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 1}
    whisper = transformers.WhisperModel(transformers.WhisperConfig(**sizes, **decoder, **special))
    whisper.save_pretrained(folder / "whisper")
    config = transformers.Qwen2Config(
        vocab_size=60, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1
    )
    transformers.Qwen2ForCausalLM(config).save_pretrained(folder / "lm")
    toy.tokenizer().save(folder / "lm")


def speech(folder):
    voice, rng = toy.ToyVoice(), np.random.default_rng(0)
    samples = [
        Sample(
            key=f"s/{n}",
            question=Utterance(text=f"question {n}", audio=voice.speak(f"question {n}")),
            answer=Utterance(text=f"answer {n}", codes=rng.integers(0, _SNAC_CODES, (_SNAC_ROWS, 8)).astype(np.int32)),
        )
        for n in range(6)
    ]
    write_parquet(folder / "speech.parquet", samples)
    rows = [{"question": f"q {n}", "response": "an answer in writing"} for n in range(4)]
    (folder / "orca.jsonl").write_text("\n".join(json.dumps(row) for row in rows))


@pytest.mark.slow
def test_the_recipe_trains_all_stages_and_its_model_reloads(tmp_path):
    local_models(tmp_path)
    speech(tmp_path)
    settings = {
        "backbone": str(tmp_path / "lm"),
        "whisper": str(tmp_path / "whisper"),
        "snac": "random",
        "speech": str(tmp_path / "speech.parquet"),
        "text": str(tmp_path / "orca.jsonl"),
        "adapter_blocks": "1",
        "scale": "0.0001",
        "batch_size": "4",
        "micro_batch_size": "2",
        "precision": "float32",
        "anchor": "0.1",
        "lora_rank": "2",
        "stages.2.validation.speak": "1",
        "stages.2.validation.max_steps": "12",
        "stages.3.validation.speak": "0",
    }
    recipe = recipes.load("mini_omni", settings)
    train(recipe, tmp_path / "run", cpu=True)
    lines = losses(tmp_path / "run")
    assert list(dict.fromkeys(line["stage"] for line in lines)) == ["align", "adapt", "finetune", "final"]
    assert any(line.get("anchor") is not None for line in lines) and any("validation" in line for line in lines)
    model = SpeechLM.load(tmp_path / "run" / "model", parts=("listener",))
    assert model.config.head.adapter_blocks == 1 and model.config.listener.source == str(tmp_path / "whisper")
    assert [stream.size for stream in model.streams] == [60, *[_SNAC_CODES] * _SNAC_ROWS]
