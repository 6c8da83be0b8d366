"""The command line. One file a command; each is imported only when it is used, so that `--help` is quick.

Errors a user can cause are one line with the remedy, and exit code 2.
"""

import difflib
import importlib
import importlib.metadata
import sys
from collections.abc import Sequence
from typing import Any

COMMANDS = {  # name: one line for the overview; the command is `command` or the typer app `app` of cli/NAME.py
    "talk": "Ask a question aloud or in writing and hear the answer.",
    "transcribe": "Write down what is said in sound files.",
    "models": "List the models that can be loaded.",
    "explain": "Draw a model's layout: which token stands where, and what that costs in time.",
    "verify": "Check that this machine computes what the published implementation computed.",
    "serve": "Serve a model in real time to browsers and standard clients.",
    "prepare": "Turn texts or recordings into training data.",
    "train": "Train a model by a recipe.",
    "eval": "Measure a model.",
    "bench": "Measure speed.",
}


def main(arguments: Sequence[str] | None = None) -> None:
    """The program `thinkaloud`."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    name = given[0] if given else "--help"
    if name in ("-h", "--help"):
        print(_overview())
        return
    if name == "--version":
        print(importlib.metadata.version("thinkaloud"))
        return
    try:
        _command(name)(args=given[1:], prog_name=f"thinkaloud {name}")
    except ValueError as error:
        print(f"thinkaloud: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


def _overview() -> str:
    width = max(map(len, COMMANDS)) + 2
    lines = [f"  {name:{width}}{what}" for name, what in COMMANDS.items()]
    return "\n".join(
        [
            "Any language model can hear, and talk while it thinks, in streaming.",
            "",
            "Usage: thinkaloud COMMAND [OPTIONS]      thinkaloud COMMAND --help shows options and examples",
            "",
            *lines,
        ]
    )


def _command(name: str) -> Any:
    """The click command behind a name."""
    import typer

    if name not in COMMANDS:
        near = difflib.get_close_matches(name, COMMANDS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else "`thinkaloud --help` lists them"
        raise ValueError(f"there is no command {name!r}; {hint}")
    try:
        module = importlib.import_module(f"thinkaloud.cli.{name}")
    except ModuleNotFoundError as error:
        if error.name and error.name.startswith("thinkaloud"):
            raise
        raise ValueError(f"`thinkaloud {name}` needs {error.name}: pip install 'thinkaloud[serve,train,eval]'") from error
    app = getattr(module, "app", None)
    if app is None:
        app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        app.command()(module.command)
    return typer.main.get_command(app)
