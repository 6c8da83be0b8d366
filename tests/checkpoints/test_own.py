"""Our own format: what is saved comes back, and what does not fit is refused by name."""

import json
import pathlib

import pytest
import torch

from thinkaloud import checkpoints, toy
from thinkaloud.checkpoints import own
from thinkaloud.model import SpeechLM


@pytest.mark.parametrize(("storage", "tolerance"), [("float32", 0.0), ("float16", 1e-3), ("int8", 1e-2)])
def test_saved_model_comes_back(tmp_path: pathlib.Path, storage: str, tolerance: float) -> None:
    model = toy.model(adapter_blocks=1)
    model.save(tmp_path, storage)
    loaded = SpeechLM.load(tmp_path)
    assert loaded.config == model.config
    for name, weight in model.core_weights().items():
        worst = float((weight - loaded.core_weights()[name]).abs().max())
        assert worst <= tolerance * max(1.0, float(weight.abs().max())), name
    assert loaded.need("tokenizer").encode("hello") == model.need("tokenizer").encode("hello")
    assert loaded.listener is not None and loaded.codec is not None
    assert len({file.stat().st_mode for file in tmp_path.iterdir()}) == 1, "who may read the one may read the others"


def test_missing_extra_and_misshapen_tensors_are_listed(tmp_path: pathlib.Path) -> None:
    model = toy.model()
    weights = model.core_weights()
    weights["adapter.net.1.bias"] = torch.zeros(3)
    weights["surprise"] = torch.zeros(1)
    del weights["backbone.norm.weight"]
    own.write(tmp_path, model.config, {"model": weights, "listener": {}, "codec": {}})
    with pytest.raises(ValueError) as error:
        SpeechLM.load(tmp_path)
    for part in ("missing backbone.norm.weight", "extra surprise", "adapter.net.1.bias is [3], expected [64]"):
        assert part in str(error.value)


def test_a_checkpoint_cannot_name_foreign_classes(tmp_path: pathlib.Path) -> None:
    toy.model().save(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    config["codec"]["class"] = "os.system"
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(ValueError, match=r"os\.system"):
        SpeechLM.load(tmp_path)


def test_damaged_weights_are_refused(tmp_path: pathlib.Path) -> None:
    toy.model().save(tmp_path)
    data = (tmp_path / "model.safetensors").read_bytes()
    (tmp_path / "model.safetensors").write_bytes(data[: len(data) // 2])
    with pytest.raises(ValueError, match="damaged"):
        SpeechLM.load(tmp_path)


def test_wrong_tokenizer_is_refused(tmp_path: pathlib.Path) -> None:
    model = toy.model()
    model.save(tmp_path)
    tokenizer = json.loads((tmp_path / "tokenizer.json").read_text())
    tokenizer["model"]["vocab"] |= {f"word{i}": 100 + i for i in range(500)}
    (tmp_path / "tokenizer.json").write_text(json.dumps(tokenizer))
    with pytest.raises(ValueError, match="wrong tokenizer"):
        SpeechLM.load(tmp_path)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("no-such-name", "packaged name"),
        ("owner/model", "hf download owner/model"),
        ("/no/such/folder/at/all", "existing folder"),
    ],
)
def test_what_cannot_be_found_says_what_would_work(source: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        checkpoints.read(source)


def test_folder_without_a_model_is_named(tmp_path: pathlib.Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(ValueError, match=r"holds no model.*notes\.txt"):
        checkpoints.read(tmp_path)
