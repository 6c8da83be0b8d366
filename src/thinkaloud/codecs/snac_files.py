"""Published SNAC weights: a folder or a hub id with config.json and pytorch_model.bin, read without running any code."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from snac import SNAC

_CONFIG, _WEIGHTS = "config.json", "pytorch_model.bin"


def load_snac(source: str, build: Callable[[dict[str, Any]], SNAC]) -> SNAC:
    """The network of a folder or hub id: `build` makes it from the values of config.json, then every weight is loaded.

    ValueError names the file and what is wrong: not there, not readable, or tensors missing, unknown or misshapen.
    """
    config_file, weights_file = _find(source, _CONFIG), _find(source, _WEIGHTS)
    try:
        model = build(json.loads(config_file.read_text()))
    except ValueError as error:
        raise ValueError(f"{config_file} does not describe a SNAC that can be used here: {error}") from error
    try:
        weights = torch.load(weights_file, map_location="cpu", weights_only=True)
    except Exception as error:  # whatever torch met (a cut-off file, another format, code): the remedy is the same
        first_line = str(error).partition("\n")[0]
        raise ValueError(f"{weights_file} cannot be read as plain weights ({first_line}); download it again") from error
    try:
        model.load_state_dict(weights, strict=True)
    except (RuntimeError, TypeError) as error:
        raise ValueError(f"the weights in {weights_file} do not fit {config_file}: {error}") from error
    return model


def _find(source: str, name: str) -> Path:
    folder = Path(source)
    if folder.is_dir():
        if not (folder / name).is_file():
            raise ValueError(f"{folder} has no {name}; a SNAC folder holds {_CONFIG} and {_WEIGHTS}")
        return folder / name
    from huggingface_hub import constants, hf_hub_download

    try:
        return Path(hf_hub_download(source, name))
    except (OSError, ValueError) as error:
        raise ValueError(
            f"no SNAC at {source!r}: there is no such folder, {constants.HF_HUB_CACHE} does not hold it, and the Hugging Face "
            f"hub did not give it ({type(error).__name__}). Where there is a network, run "
            f"`hf download {source} {_CONFIG} {_WEIGHTS} --local-dir snac`, then give the folder as the source"
        ) from error
