"""`thinkaloud train`: a recipe's stages, from data to a model."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from thinkaloud import recipes
from thinkaloud.train.stage import Recipe


def command(
    recipe: Annotated[str, typer.Argument(help="A recipe's name or a Python file with a function `recipe`.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder of the run; default runs/RECIPE.")] = None,
    stage: Annotated[str, typer.Option(help="Only this stage, by name or number from 1.")] = "",
    settings: Annotated[list[str] | None, typer.Option("--set", help="PATH=VALUE, a parameter or field of the recipe.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on at the newest checkpoint.")] = False,
    cpu: Annotated[bool, typer.Option("--cpu", help="Train on the CPU though there is a GPU.")] = False,
    show: Annotated[bool, typer.Option("--show", help="Print the complete recipe and stop.")] = False,
) -> None:
    """Train a model. On several devices: torchrun --nproc-per-node N -m thinkaloud.cli train RECIPE ...

    Examples: thinkaloud train toy --set speech=data/qa; thinkaloud train mini_omni --set backbone=Qwen/Qwen2.5-0.5B-Instruct;
    thinkaloud train mini_omni --resume; thinkaloud train plot runs/mini_omni
    """
    made = recipes.load(recipe, dict(_pair(text) for text in settings or []))
    if show:
        print(made.to_json(), end="")
        return
    folder = out or Path("runs") / Path(recipe).stem
    learn(made, folder, stage=stage, resume=resume, cpu=cpu)
    typer.echo(f"the model is in {folder / 'model'}; hear it: thinkaloud talk QUESTION.wav --model {folder / 'model'}")


def learn(recipe: Recipe, folder: Path, *, stage: str = "", resume: bool = False, cpu: bool = False) -> None:
    """`train.trainer.train` with bars."""
    from thinkaloud.train.trainer import train

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[now]}"))
    bars: dict[str, TaskID] = {}
    with Progress(*columns, console=console) as progress:

        def tell(line: dict[str, Any]) -> None:
            name = line["stage"]
            if name not in bars:
                total = next(one.steps for one in recipe.stages if one.name == name)
                bars[name] = progress.add_task(name, total=total, now="")
            if "validation" in line:
                found = ", ".join(f"{key} {value:.3f}" for key, value in line["validation"].items())
                progress.console.print(f"{name} {line['step']}: {found}")
                return
            now = f"loss {line['loss']:.3f}  {line['samples_per_s']:.0f} samples/s  {_clock(line['seconds_left'])} left"
            progress.update(bars[name], completed=line["step"], now=now)

        train(recipe, folder, stage=stage, resume=resume, tell=tell, cpu=cpu)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise ValueError(f"--set wants PATH=VALUE, got {text!r}")
    return name, value


def _clock(seconds: float) -> str:
    hours, rest = divmod(int(seconds), 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"
