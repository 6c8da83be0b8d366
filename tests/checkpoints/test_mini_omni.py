"""The published Mini-Omni layout: every golden case, at the small and at the published vocabulary, and every bad file."""

import json
import pathlib
import pickle
import shutil

import pytest
import torch
import yaml

from thinkaloud.checkpoints import mini_omni
from thinkaloud.evaluate.golden import verify
from thinkaloud.model import SpeechLM

MINI_OMNI_TASKS = 24


def test_every_golden_case_gives_the_published_tokens_and_logits(golden_dir: pathlib.Path) -> None:
    results = list(verify(golden_dir / "mini_omni"))
    assert len(results) == MINI_OMNI_TASKS
    for result in results:
        assert result.tokens_equal in (True, None), result
        assert result.difference is not None and result.difference < 1e-4, result


def test_tts_adapter_gives_the_published_tokens_and_logits(golden_dir: pathlib.Path) -> None:
    results = list(verify(golden_dir / "mini_omni" / "post_adapter"))
    assert [result.case for result in results] == ["full_forward", "a1a2"]
    for result in results:
        assert result.tokens_equal in (True, None), result
        assert result.difference is not None and result.difference < 1e-4, result


@pytest.fixture(scope="module")
def published_vocabulary(golden_dir: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The tiny checkpoint with its tables spread over the 181120 published ids."""
    source, folder = golden_dir / "mini_omni", tmp_path_factory.mktemp("published")
    values = yaml.safe_load((source / "model_config.yaml").read_text())
    small_text, small_audio = values["text_vocab_size"], values["audio_vocab_size"]
    text, audio = 152000, 4160
    values |= {"text_vocab_size": text, "audio_vocab_size": audio, "cat_audio_vocab_size": 7 * audio}
    values |= {"vocab_size": text + 7 * audio, "padded_vocab_size": text + 7 * audio}
    old = torch.arange(small_text + 7 * small_audio)
    code = (old - small_text) % small_audio
    new_code = torch.where(code < small_audio - 64, code, code - (small_audio - 64) + audio - 64)
    new_text = torch.where(old < small_text - 64, old, old - (small_text - 64) + text - 64)
    new = torch.where(old < small_text, new_text, text + audio * ((old - small_text) // small_audio) + new_code)
    weights = torch.load(source / "lit_model.pth", weights_only=True)
    table = torch.zeros(text + 7 * audio, values["n_embd"])
    table[new] = weights["transformer.wte.weight"]
    weights |= {"transformer.wte.weight": table, "lm_head.weight": table}
    torch.save(weights, folder / "lit_model.pth")
    (folder / "model_config.yaml").write_text(yaml.safe_dump(values))
    cases = json.loads((source / "cases.json").read_text())
    by_name = {case["name"]: case for case in cases["cases"]}
    real = json.loads((source / "cases_real_vocab.json").read_text())["cases"]
    merged = [{**by_name[case["name"]], **case, "logits_steps": []} for case in real]
    (folder / "cases.json").write_text(json.dumps({"cases": merged}))
    shutil.copy(source / "tensors.safetensors", folder)
    return folder


def test_published_vocabulary_gives_the_published_tokens(published_vocabulary: pathlib.Path) -> None:
    results = list(verify(published_vocabulary))
    assert len(results) >= MINI_OMNI_TASKS - 2
    assert all(result.tokens_equal for result in results), results


def copy_of(golden_dir: pathlib.Path, tmp_path: pathlib.Path, **changes: object) -> pathlib.Path:
    """A copy of the golden checkpoint with some values of its yaml changed."""
    folder = tmp_path / "copy"
    folder.mkdir()
    for name in ("lit_model.pth", "model_config.yaml"):
        shutil.copy(golden_dir / "mini_omni" / name, folder)
    values = yaml.safe_load((folder / "model_config.yaml").read_text()) | changes
    (folder / "model_config.yaml").write_text(yaml.safe_dump(values))
    return folder


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize(("heads", "groups", "size"), [(4, 4, 8), (4, 1, 12), (6, 3, 4)])
def test_other_sizes_load(tmp_path: pathlib.Path, tied: bool, heads: int, groups: int, size: int) -> None:
    """Nothing is wired in: other widths, heads, head sizes, layers and vocabularies, tied and untied."""
    width, mlp, text, audio = 24, 40, 200, 96
    values = {
        "n_layer": 1, "n_head": heads, "n_query_groups": groups, "head_size": size, "n_embd": width, "intermediate_size": mlp,
        "block_size": 64, "text_vocab_size": text, "audio_vocab_size": audio, "whisper_adapter_dim": 20, "add_qkv_bias": True,
        "tie_word_embeddings": tied, "norm_class_name": "RMSNorm", "mlp_class_name": "LLaMAMLP",
    }  # fmt: skip
    table = torch.randn(text + 7 * audio, width)
    fused = (heads + 2 * groups) * size
    weights = {
        "transformer.wte.weight": table,
        "lm_head.weight": table if tied else torch.randn_like(table),
        "transformer.ln_f.weight": torch.ones(width),
        "whisper_adapter.fc_1.weight": torch.randn(mlp, 20),
        "whisper_adapter.fc_2.weight": torch.randn(mlp, 20),
        "whisper_adapter.proj.weight": torch.randn(width, mlp),
        "transformer.h.0.norm_1.weight": torch.ones(width),
        "transformer.h.0.norm_2.weight": torch.ones(width),
        "transformer.h.0.attn.attn.weight": torch.arange(fused * width).reshape(fused, width).float(),
        "transformer.h.0.attn.attn.bias": torch.arange(fused).float(),
        "transformer.h.0.attn.proj.weight": torch.randn(width, heads * size),
        "transformer.h.0.mlp.fc_1.weight": torch.randn(mlp, width),
        "transformer.h.0.mlp.fc_2.weight": torch.randn(mlp, width),
        "transformer.h.0.mlp.proj.weight": torch.randn(width, mlp),
    }
    torch.save(weights, tmp_path / "lit_model.pth")
    (tmp_path / "model_config.yaml").write_text(yaml.safe_dump(values))
    model = SpeechLM.load(tmp_path, parts=())
    per_group = heads // groups
    attention = model.backbone.lm.model.layers[0].self_attn
    keys = attention.k_proj.bias.reshape(groups, size)
    assert keys[:, 0].tolist() == [float((g * (per_group + 2) + per_group) * size) for g in range(groups)]
    assert torch.equal(model.backbone.embed(torch.arange(text)), table[:text])
    assert torch.equal(model.head.proj.weight, weights["lm_head.weight"][text:])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"norm_class_name": "LayerNorm"}, "norm_class_name"),
        ({"rotary_percentage": 0.5}, "rotary_percentage"),
        ({"asr_adapter": "other"}, "asr_adapter"),
        ({"n_layer": 3}, "missing backbone.lm.model.layers.2"),
        ({"n_layer": 1}, "extra backbone.lm.model.layers.1"),
        ({"whisper_adapter_dim": 47}, r"is \[80, 48\], expected \[80, 47\]"),
    ],
)
def test_configs_that_do_not_fit_are_refused(
    golden_dir: pathlib.Path, tmp_path: pathlib.Path, changes: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        SpeechLM.load(copy_of(golden_dir, tmp_path, **changes), parts=())


def test_tied_tables_that_differ_are_refused(golden_dir: pathlib.Path, tmp_path: pathlib.Path) -> None:
    folder = copy_of(golden_dir, tmp_path)
    weights = torch.load(folder / "lit_model.pth", weights_only=True)
    torch.save({**weights, "lm_head.weight": weights["lm_head.weight"] + 1}, folder / "lit_model.pth")
    with pytest.raises(ValueError, match="differ"):
        SpeechLM.load(folder, parts=())


def test_truncated_pickle_is_refused(golden_dir: pathlib.Path, tmp_path: pathlib.Path) -> None:
    folder = copy_of(golden_dir, tmp_path)
    data = (folder / "lit_model.pth").read_bytes()
    (folder / "lit_model.pth").write_bytes(data[: len(data) // 2])
    with pytest.raises(ValueError, match="damaged"):
        SpeechLM.load(folder, parts=())


class Bomb:
    """Runs code when it is unpickled."""

    def __reduce__(self) -> tuple:
        return (print, ("code ran",))


def test_pickle_with_code_is_refused(
    golden_dir: pathlib.Path, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = copy_of(golden_dir, tmp_path)
    torch.save({"model": Bomb()}, folder / "lit_model.pth", pickle_module=pickle)
    with pytest.raises(ValueError, match="refused"):
        SpeechLM.load(folder, parts=())
    assert "code ran" not in capsys.readouterr().out


def test_streams_have_the_published_ids() -> None:
    text, *audio = mini_omni.streams(152000, 4160)
    assert [text.end, text.pad, text.id("input"), text.id("answer"), text.id("asr")] == [151936, 151937, 151938, 151939, 151940]
    assert [audio[0].end, audio[0].pad, audio[0].id("input"), audio[0].id("answer")] == [4096, 4097, 4098, 4099]
    assert [stream.delay_steps for stream in audio] == [1, 2, 3, 4, 5, 6, 7]
