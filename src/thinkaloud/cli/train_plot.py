"""`thinkaloud train plot`: the losses of a run, as a picture."""

from pathlib import Path
from typing import Annotated

import typer

from thinkaloud.train.plot import plot


def command(
    run: Annotated[Path, typer.Argument(help="The folder of a run.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The picture; default losses.png in the run's folder.")
    ] = None,
) -> None:
    """Draw the loss of every stream, one panel a stage, as it is now: the run may still be going.

    Example: thinkaloud train plot runs/mini_omni
    """
    print(plot(run, out))
