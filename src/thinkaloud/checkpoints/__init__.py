"""Checkpoints: from a name, folder or hub id to a config and weights. Values only: no code in a checkpoint ever runs.

"pocket"                     the model inside this package
a folder with config.json    our own format: config.json, model.safetensors, tokenizer.json, ...
a folder with lit_model.pth  the published Mini-Omni layout
"owner/name"                 any of these on the Hugging Face hub, downloaded (and resumed) by huggingface_hub
"""

import pathlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from torch import Tensor

from thinkaloud.config import ModelConfig

PACKAGED = pathlib.Path(__file__).parent.parent / "models"
PARTS = ("listener", "codec", "ctc", "question_lm")
"""What stands beside the language model, each with weights of its own; `ctc` is the listener's CTC head."""
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """What a model is made of. `listener` and `codec` weights are None where the config names another source for them."""

    config: ModelConfig
    weights: Mapping[str, Tensor] = field(repr=False)
    tokenizer_folder: pathlib.Path | None
    listener: Mapping[str, Tensor] | None = field(default=None, repr=False)
    codec: Mapping[str, Tensor] | None = field(default=None, repr=False)
    ctc: Mapping[str, Tensor] | None = field(default=None, repr=False)
    question_lm: Mapping[str, Tensor] | None = field(default=None, repr=False)


def read(source: str | pathlib.Path, trust: tuple[str, ...] = ()) -> Checkpoint:
    """The checkpoint behind a name, folder or hub id; ValueError that says what would work."""
    from thinkaloud.checkpoints import mini_omni, own

    folder = find(source)
    if (folder / own.CONFIG).is_file():
        return own.read(folder, trust)
    if (folder / mini_omni.WEIGHTS).is_file():
        return mini_omni.read(folder)
    raise ValueError(
        f"{folder} holds no model: expected {own.CONFIG} (our format) or {mini_omni.WEIGHTS} (published Mini-Omni layout); "
        f"it has {', '.join(sorted(p.name for p in folder.iterdir())[:8]) or 'nothing'}"
    )


def find(source: str | pathlib.Path) -> pathlib.Path:
    """The local folder of a model, downloading it if it is a hub id."""
    folder = pathlib.Path(source).expanduser()
    if folder.is_dir():
        return folder
    if (PACKAGED / str(source)).is_dir():
        return PACKAGED / str(source)
    if not _HUB_ID.fullmatch(str(source)):
        raise ValueError(
            f"no model {str(source)!r}: give a packaged name ({', '.join(packaged()) or 'none in this build'}), "
            "an existing folder, or a hub id such as gpt-omni/mini-omni"
        )
    return _download(str(source))


def packaged() -> list[str]:
    """Names of the models inside this package."""
    return sorted(p.name for p in PACKAGED.iterdir() if p.is_dir()) if PACKAGED.is_dir() else []


def _download(hub_id: str) -> pathlib.Path:
    from huggingface_hub import snapshot_download

    name = hub_id.partition("/")[2]
    try:
        return pathlib.Path(snapshot_download(hub_id))
    except Exception as error:  # huggingface_hub, httpx and OS errors alike mean: it is not here and cannot be had
        raise ValueError(
            f"cannot download {hub_id!r} ({type(error).__name__}). With a network: "
            f"`hf download {hub_id} --local-dir {name}`, then use the folder {name}"
        ) from error
