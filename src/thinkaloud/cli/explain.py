"""`thinkaloud explain`: a model's layout as a picture."""

from typing import Annotated

import typer

from thinkaloud import checkpoints, toy
from thinkaloud.cli.models import default_model
from thinkaloud.layout.picture import draw_layout


def command(
    model: Annotated[str, typer.Argument(help="A model's name, folder or hub id.")] = "",
    frames: Annotated[int, typer.Option(help="How many frames to draw.", min=1)] = 6,
) -> None:
    """Draw which token of which frame stands at which step, and what the layout costs in steps and ms.

    Examples: thinkaloud explain; thinkaloud explain gpt-omni/mini-omni --frames 4
    """
    name = model or default_model()
    config = toy.config() if name == "toy" else checkpoints.read(name).config
    if config.codec is None:
        raise ValueError(f"model {config.name!r} has no codec, so its steps have no length in time")
    print(f"{config.name}: {len(config.layout.streams)} streams, embeddings mixed by {config.mix.value}\n")
    print(draw_layout(config.layout.build(), config.codec.frame_rate, frames), end="")  # type: ignore[attr-defined]
