"""`thinkaloud transcribe`: what is said in sound files."""

import json
import sys
from typing import Annotated

import typer

from thinkaloud import audio
from thinkaloud.cli.models import default_model, load
from thinkaloud.generate.answer import TRANSCRIPT, write_down
from thinkaloud.generate.ask import hear_recording


def command(
    files: Annotated[list[str], typer.Argument(help="Sound files (wav, flac, mp3, ogg).")],
    model: Annotated[str, typer.Option(help="A model's name, folder or hub id; see `thinkaloud models`.")] = "",
    device: Annotated[str, typer.Option(help="cpu, cuda, mps; default: the best at hand.")] = "",
    beams: Annotated[int, typer.Option(help="Texts kept, where the listener can spell; 1 is fastest.")] = TRANSCRIPT.beams,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per file.")] = False,
) -> None:
    """Write down what is said in each file. A file that fails is named and does not stop the rest (exit code 2 at the end).

    Examples: thinkaloud transcribe question.wav; thinkaloud transcribe *.flac --json
    """
    speech_lm = load(model or default_model(), device)
    if "asr" not in speech_lm.config.tasks:
        raise ValueError(f"model {speech_lm.config.name!r} does not transcribe; its tasks: {', '.join(speech_lm.config.tasks)}")
    decode, failed = TRANSCRIPT.replace(beams=beams), 0
    for file in files:
        try:
            text, error = write_down(speech_lm, hear_recording(speech_lm, audio.read(file)), decode), ""
        except ValueError as fault:
            text, error, failed = "", str(fault), failed + 1
        if as_json:
            print(json.dumps({"file": file, "error": error} if error else {"file": file, "text": text}), flush=True)
        elif error:
            print(f"thinkaloud: {error}", file=sys.stderr)
        else:
            print(f"{file}: {text}" if len(files) > 1 else text, flush=True)
    if failed:
        print(f"thinkaloud: {failed} of {len(files)} files failed", file=sys.stderr)
        raise typer.Exit(2)
