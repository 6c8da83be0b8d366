"""`thinkaloud bench`: measure speed here. Every table names the machine and the date."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from thinkaloud import audio
from thinkaloud.cli.bench_serve import serve
from thinkaloud.cli.models import default_model, load
from thinkaloud.evaluate.realtime import machine, measure, ways

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def _bench() -> None:
    """Measure speed here. Every table names the machine and the date."""


@app.command()
def talk(
    question: Annotated[str, typer.Argument(help="A sound file with a question.")],
    model: Annotated[str, typer.Option(help="A model's name, folder or hub id.")] = "",
    repeats: Annotated[int, typer.Option(help="How often; the median is told.", min=1)] = 5,
    max_steps: Annotated[int, typer.Option(help="The longest answer in steps.", min=1)] = 200,
    device: Annotated[str, typer.Option(help="cpu, cuda, mps; default: the best at hand.")] = "",
) -> None:
    """Where the milliseconds of an answer go, by way of thinking, side by side.

    Example: thinkaloud bench talk examples/question.wav
    """
    recording = audio.read(question)
    speech_lm = load(model or default_model(), device)
    runs = {}
    for name, options in ways(max_steps).items():
        if not options.transcribe or {"asr", "t1a2"} <= set(speech_lm.config.tasks):
            runs[name] = measure(speech_lm, recording, options, repeats)
    table = Table("", *runs, title=f"{speech_lm.config.name}: {machine()}")
    for field in vars(next(iter(runs.values()))):
        table.add_row(field, *(f"{getattr(figures, field):g}" for figures in runs.values()))
    Console().print(table)


app.command()(serve)
