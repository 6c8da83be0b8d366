"""The command line. One file a command; each is imported only when it is used, so that `--help` is quick.

Errors a user can cause are one line with the remedy, and exit code 2.
"""

import difflib
import importlib
import importlib.metadata
import sys
from collections.abc import Sequence
from typing import Any

COMMANDS = {  # one or two words: a line for the overview; `command` or the typer app `app` of cli/WORD.py or cli/WORD_WORD.py
    "talk": "Ask a question aloud or in writing and hear the answer.",
    "transcribe": "Write down what is said in sound files.",
    "models": "List the models that can be loaded.",
    "explain": "Draw a model's layout: which token stands where, and what that costs in time.",
    "verify": "Check that this machine computes what the published implementation computed.",
    "serve": "Serve a model in real time to browsers and standard clients.",
    "prepare": "Turn texts or recordings into training data.",
    "prepare pocket": "Make what the pocket model learns from, and the model itself.",
    "train": "Train a model by a recipe.",
    "train plot": "Draw the losses of a run.",
    "eval": "Measure a model.",
    "bench": "Measure speed.",
}


def main(arguments: Sequence[str] | None = None) -> None:
    """The program `thinkaloud`."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    name = given[0] if given else "--help"
    if (both := " ".join(given[:2])) in COMMANDS:
        name = both
    if name in ("-h", "--help"):
        print(_overview())
        return
    if name == "--version":
        print(importlib.metadata.version("thinkaloud"))
        return
    try:
        _command(name)(args=given[len(name.split()) :], prog_name=f"thinkaloud {name}")
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
        module = importlib.import_module(f"thinkaloud.cli.{name.replace(' ', '_')}")
    except ModuleNotFoundError as error:
        if error.name and error.name.startswith("thinkaloud"):
            raise
        raise ValueError(f"`thinkaloud {name}` needs {error.name}: pip install 'thinkaloud[serve,train,eval]'") from error
    app = getattr(module, "app", None)
    if app is None:
        app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        app.command()(module.command)
    return typer.main.get_command(app)
