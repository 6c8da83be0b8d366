"""Ears: a listener and the head that spells what it hears, in a training's folder or from a model."""

import json
from pathlib import Path

from safetensors.torch import load_file
from torch import nn

from thinkaloud.listen.characters import CharacterHead, CharacterHeadConfig
from thinkaloud.listen.pocket import PocketListener, PocketListenerConfig
from thinkaloud.model import SpeechLM
from thinkaloud.train.checkpoint import delivered


def describe_ears(folder: Path, listener: PocketListenerConfig, head: CharacterHeadConfig) -> None:
    """Writes the folder's config.json: what its listener is, or will be when it is trained."""
    folder.mkdir(parents=True, exist_ok=True)
    config = {"listener": listener.to_dict(), "head": head.to_dict()}
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")


def load_listener(folder: str | Path) -> tuple[PocketListener, CharacterHead]:
    """The listener and the head that a training delivered into `folder`, ready to listen; ValueError if they are not there."""
    folder = delivered(folder, "listener", "config.json", "listener.safetensors", "ctc.safetensors")
    config = json.loads((folder / "config.json").read_text())
    listener = PocketListenerConfig.from_dict(config["listener"]).build()
    head = CharacterHeadConfig.from_dict(config["head"]).build()
    listener.load_state_dict(load_file(folder / "listener.safetensors"))
    head.load_state_dict(load_file(folder / "ctc.safetensors"))
    return listener.eval(), head.eval()


def ears_in(source: str) -> dict[str, nn.Module]:
    """Listener and head of a model, or of a training's folder."""
    if (Path(source) / "metrics.json").is_file():
        listener, head = load_listener(source)
        return {"listener": listener, "head": head}
    return ears_of(SpeechLM.load(source, parts=("listener", "ctc")))


def ears_of(model: SpeechLM) -> dict[str, nn.Module]:
    """Listener and head of a model; ValueError if it has none."""
    return {"listener": model.need("listener"), "head": model.need("ctc")}
