"""Our own format: a folder of plain files.

    config.json            the ModelConfig
    model.safetensors      adapter, row embeddings, backbone, head
    listener.safetensors   only where the listener's weights are ours (its config names no source)
    codec.safetensors      likewise
    ctc.safetensors        the listener's CTC head, where it has one
    question_lm.safetensors    what people ask, where that is known
    tokenizer.json, ...    the text tokenizer

Tables may be stored as float16, or as int8 with one scale per row (`NAME:int8`, `NAME:scale`); they are read as float32.
"""

import pathlib
from collections.abc import Mapping

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from thinkaloud.checkpoints import PARTS, Checkpoint
from thinkaloud.config import ModelConfig

CONFIG = "config.json"
STORAGES = ("float32", "float16", "int8")
_FILES = ("model", *PARTS)
_INT8, _SCALE = ":int8", ":scale"
_SMALLEST_INT8 = 4096  # smaller tensors stay float16: nothing is gained there


def read(folder: pathlib.Path, trust: tuple[str, ...] = ()) -> Checkpoint:
    """The checkpoint in a folder of ours."""
    config = ModelConfig.from_json((folder / CONFIG).read_text(), trust)
    parts = {part: _read_weights(folder / f"{part}.safetensors") for part in _FILES}
    weights = parts.pop("model")
    if weights is None:
        raise ValueError(f"{folder} has a {CONFIG} but no model.safetensors")
    tokenizer = folder if (folder / "tokenizer.json").is_file() else None
    return Checkpoint(config=config, weights=weights, tokenizer_folder=tokenizer, **parts)


def write(
    folder: pathlib.Path, config: ModelConfig, parts: Mapping[str, Mapping[str, Tensor]], storage: str = "float32"
) -> None:
    """Writes config and weights ("model" and those of PARTS); storage is float32, float16 or int8."""
    if storage not in STORAGES:
        raise ValueError(f"storage must be one of {', '.join(STORAGES)}, got {storage!r}")
    folder.mkdir(parents=True, exist_ok=True)
    for part, weights in parts.items():
        assert part in _FILES, part
        save_weights(pack(weights, storage), folder / f"{part}.safetensors")
    (folder / CONFIG).write_text(config.to_json())


def save_weights(weights: Mapping[str, Tensor], path: pathlib.Path) -> None:
    """A safetensors file, in place of the last one once it is whole."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)  # of a run that was cut
    new.touch()
    mode = new.stat().st_mode
    save_file(dict(weights), new)
    new.chmod(mode)  # safetensors lets nobody but the owner read what it writes; another user may serve it
    new.replace(path)


def _read_weights(path: pathlib.Path) -> dict[str, Tensor] | None:
    if not path.is_file():
        return None
    try:
        return unpack(load_file(path))
    except (SafetensorError, OSError) as error:
        raise ValueError(f"{path} is damaged or not safetensors ({error}); copy or download it again") from error


def pack(weights: Mapping[str, Tensor], storage: str) -> dict[str, Tensor]:
    """Weights as they are stored."""
    packed: dict[str, Tensor] = {}
    for name, weight in weights.items():
        weight = weight.detach().cpu()
        if storage == "float32" or not weight.is_floating_point():
            packed[name] = weight.contiguous()
        elif storage == "int8" and weight.ndim >= 2 and weight.numel() >= _SMALLEST_INT8:
            flat = weight.float().flatten(1)  # [out, in]
            scale = (flat.abs().amax(dim=1, keepdim=True) / 127).clamp(min=1e-12)
            packed[name + _INT8] = (flat / scale).round().to(torch.int8).reshape(weight.shape)
            packed[name + _SCALE] = scale[:, 0].contiguous()
        else:
            packed[name] = weight.half().contiguous()
    return packed


def unpack(packed: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Stored weights as float32."""
    weights: dict[str, Tensor] = {}
    for name, value in packed.items():
        if name.endswith(_SCALE):
            continue
        if name.endswith(_INT8):
            name = name.removesuffix(_INT8)
            scale = packed[name + _SCALE]
            weights[name] = value.float() * scale.reshape(-1, *[1] * (value.ndim - 1))
        else:
            weights[name] = value.float() if value.is_floating_point() else value
    return weights
