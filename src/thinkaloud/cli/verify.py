"""`thinkaloud verify`: does this device or precision compute the right thing?"""

import enum
import pathlib
from typing import Annotated

import torch
import typer
from rich.console import Console
from rich.table import Table

from thinkaloud.evaluate.golden import TOLERANCE, verify


class Precision(enum.StrEnum):
    """Number formats by torch's names."""

    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"
    FLOAT16 = "float16"


def command(
    golden_dir: Annotated[pathlib.Path, typer.Argument(help="A golden folder: checkpoint, cases.json, tensors.safetensors.")],
    device: Annotated[str, typer.Option(help="cpu, cuda, mps, ...")] = "cpu",
    precision: Annotated[Precision, typer.Option(help="Number format.")] = Precision.FLOAT32,
) -> None:
    """Run every case of a golden folder and compare tokens and logits; exit code 1 beyond tolerance.

    Example: thinkaloud verify tests/golden/mini_omni --device cuda --precision bfloat16
    """
    dtype = getattr(torch, precision.value)
    exact = dtype == torch.float32
    table = Table("case", "largest relative logit difference", "tokens equal", "verdict")
    failed = 0
    for result in verify(golden_dir, device, dtype):
        good = (result.difference is None or result.difference <= TOLERANCE[dtype]) and (
            result.tokens_equal is not False or not exact
        )
        failed += not good
        table.add_row(
            result.case,
            "-" if result.difference is None else f"{result.difference:.1e}",
            {None: "-", True: "yes", False: "no"}[result.tokens_equal],
            "ok" if good else "FAILED",
        )
    console = Console()
    console.print(table)
    console.print(
        f"{table.row_count - failed} of {table.row_count} cases within {TOLERANCE[dtype]:g} on {device} in {precision.value}"
    )
    if failed:
        raise typer.Exit(1)
