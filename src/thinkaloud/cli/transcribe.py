"""`thinkaloud transcribe`: what is said in sound files."""

import json
import sys
from typing import Annotated

import typer

from thinkaloud import audio
from thinkaloud.audio import Audio
from thinkaloud.cli.models import default_model, load
from thinkaloud.generate.again import write_down_again
from thinkaloud.generate.answer import TRANSCRIPT, write_down
from thinkaloud.generate.ask import hear_recording
from thinkaloud.generate.loop import DecodeOptions
from thinkaloud.model import SpeechLM


def command(
    files: Annotated[list[str], typer.Argument(help="Sound files (wav, flac, mp3, ogg).")],
    model: Annotated[str, typer.Option(help="A model's name, folder or hub id; see `thinkaloud models`.")] = "",
    device: Annotated[str, typer.Option(help="cpu, cuda, mps; default: the best at hand.")] = "",
    beams: Annotated[int, typer.Option(help="Texts kept, where the listener can spell; 1 is fastest.")] = TRANSCRIPT.beams,
    lm_weight: Annotated[
        float, typer.Option(help="How much it counts what people ask, where the model knows that; 0 for other kinds of speech.")
    ] = TRANSCRIPT.lm_weight,
    speeds: Annotated[
        str, typer.Option(help="Hear at these speeds, with commas, and write down what all find likeliest: better, slower.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per file.")] = False,
) -> None:
    """Write down what is said in each file. A file that fails is named and does not stop the rest (exit code 2 at the end).

    Examples: thinkaloud transcribe question.wav; thinkaloud transcribe *.flac --json;
    thinkaloud transcribe stranger.wav --speeds .8,.9,1,1.1,1.2
    """
    wanted = _speeds(speeds)
    speech_lm = load(model or default_model(), device)
    if "asr" not in speech_lm.config.tasks:
        raise ValueError(f"model {speech_lm.config.name!r} does not transcribe; its tasks: {', '.join(speech_lm.config.tasks)}")
    decode, failed = TRANSCRIPT.replace(beams=beams, lm_weight=lm_weight), 0
    for file in files:
        try:
            text, error = _written(speech_lm, audio.read(file), decode, wanted), ""
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


def _speeds(listed: str) -> tuple[float, ...]:
    try:
        return tuple(float(speed) for speed in listed.split(",") if speed.strip())
    except ValueError:
        raise ValueError(f"--speeds are numbers with commas, as .9,1,1.1; got {listed!r}") from None


def _written(model: SpeechLM, recording: Audio, decode: DecodeOptions, speeds: tuple[float, ...]) -> str:
    if speeds:
        return write_down_again(model, recording, decode, speeds)
    return write_down(model, hear_recording(model, recording), decode)
