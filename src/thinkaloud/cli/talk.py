"""`thinkaloud talk`: ask aloud or in writing, read and hear the answer."""

import dataclasses
import json
import pathlib
import sys
import time
from collections.abc import Callable
from typing import Annotated, Any

import torch
import typer

from thinkaloud import audio
from thinkaloud.audio import Audio
from thinkaloud.cli.microphone import Speaker, converse
from thinkaloud.cli.models import default_model, load
from thinkaloud.evaluate.realtime import hear_as_spoken
from thinkaloud.generate import AudioChunk, Event, TextDelta, Transcript, TurnEnded
from thinkaloud.generate.answer import Answer, AnswerOptions, write_down
from thinkaloud.generate.ask import Question
from thinkaloud.generate.loop import DecodeOptions
from thinkaloud.generate.sampler import SamplerConfig
from thinkaloud.layout.prompt import TASKS, Task
from thinkaloud.model import SpeechLM

Tell = Callable[[Event], None]


def command(
    context: typer.Context,
    question: Annotated[str, typer.Argument(help="A sound file with the question (wav, flac, mp3, ogg).")] = "",
    output: Annotated[str, typer.Option("--output", "-o", help="Where the spoken answer goes.")] = "answer.wav",
    model: Annotated[str, typer.Option(help="A model's name, folder or hub id; see `thinkaloud models`.")] = "",
    task: Annotated[str, typer.Option(help=f"What is given and said: {', '.join(TASKS)}.")] = "",
    text: Annotated[str, typer.Option(help="Ask in writing instead of aloud (or the text to speak, with --task tts).")] = "",
    batch_parallel: Annotated[bool, typer.Option(help="Think in a row of text only, and say what it thinks.")] = True,
    transcribe: Annotated[
        bool | None, typer.Option(help="Write down what was heard and answer that; default: as the model was made for.")
    ] = None,
    temperature: Annotated[float, typer.Option(help="0: always the likeliest.")] = 0.0,
    top_k: Annotated[int, typer.Option(help="Sample among the k likeliest; 0: all.")] = 0,
    top_p: Annotated[float, typer.Option(help="Sample among the likeliest that together have this probability.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Same seed, same answer.")] = 0,
    max_steps: Annotated[int, typer.Option(help="The longest answer in steps.", min=1)] = 1024,
    chunk_frames: Annotated[int, typer.Option(help="Frames to speak at once; 1 is heard soonest.", min=1)] = 1,
    device: Annotated[str, typer.Option(help="cpu, cuda, mps; default: the best at hand.")] = "",
    play: Annotated[bool, typer.Option(help="Play the answer while it comes, where there is a loudspeaker.")] = True,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object per event, and a last one with the figures.")
    ] = False,
    server: Annotated[str, typer.Option(help="Talk to a running `thinkaloud serve` at this URL instead.")] = "",
) -> None:
    """Ask a question and hear the answer: the text appears as it is thought, the speech is written and played.

    Examples: thinkaloud talk question.wav; thinkaloud talk --text "what is two plus three"; thinkaloud talk (microphone);
    thinkaloud talk --server https://voice.example:8000 question.wav
    """
    if server:
        from thinkaloud.cli.remote import talk_to_server

        _check_remote(context)
        talk_to_server(server, question, output, text)
        return
    if not question and not text:
        speech_lm = load(model or default_model(), device)
        converse(speech_lm, batch_parallel, speech_lm.config.transcribing(transcribe))
        return
    chosen = _task(task, text)
    heard = audio.read(question) if question else None
    speech_lm = load(model or default_model(), device)
    sampler = SamplerConfig(temperature=temperature, top_k=top_k, top_p=top_p, seed=seed)
    decode = DecodeOptions(sampler=sampler, max_steps=max_steps, batch_parallel=batch_parallel)
    first = speech_lm.config.transcribing(transcribe)
    options = AnswerOptions(task=chosen, decode=decode, chunk_frames=chunk_frames, transcribe=first)
    say = _json_line if as_json else _plain_line
    if not as_json and speech_lm.config.name == "toy":
        print("(the toy model has random weights: it answers nonsense)", file=sys.stderr)
    speaker = _open_speaker(speech_lm) if play and chosen.speaks and not as_json else None  # it takes a while: before listening
    asked, ended_s = hear_as_spoken(speech_lm, heard) if heard is not None else (Question(text=text), time.perf_counter())
    listen_s = time.perf_counter() - ended_s
    asks_itself = options.transcript is not None
    if not as_json and heard is not None and "asr" in speech_lm.config.tasks and chosen.name != "asr" and not asks_itself:
        print(f"heard:  {write_down(speech_lm, asked)}")
    figures = run(speech_lm, asked, listen_s, options, say, output if chosen.speaks else "", speaker)
    if as_json:
        print(json.dumps({"type": "Result", **figures}))
    else:
        _print_figures(figures, output if chosen.speaks else "")


def _check_remote(context: typer.Context) -> None:
    """ValueError for an option that a server does not ask about."""
    sources = {option.name: context.get_parameter_source(option.name or "") for option in context.command.params}
    told = {name for name, source in sources.items() if source is not None and source.name == "COMMANDLINE"}
    unheard = told - {"server", "question", "output", "text"}
    if options := sorted(option.opts[0] for option in context.command.params if option.name in unheard):
        raise ValueError(
            f"{', '.join(options)}: the server decides that; with --server give a question or --text, and --output"
        )


def _task(name: str, text: str) -> Task:
    """The task asked for, or the natural one: speak, from what was given."""
    name = name or ("t1a2" if text else "a1a2")
    if name not in TASKS:
        raise ValueError(f"there is no task {name!r}; tasks: {', '.join(TASKS)}")
    task = TASKS[name]
    if task.listens == bool(text):
        raise ValueError(f"task {name} {'listens: give it a sound file' if task.listens else 'reads: give it --text'}")
    return task


def run(
    model: SpeechLM,
    question: Question,
    listen_s: float,
    options: AnswerOptions,
    say: Tell,
    output: str,
    speaker: Speaker | None = None,
) -> dict[str, Any]:
    """Answers once, telling every event to `say`; writes the speech; gives the figures, `listen_s` after the question's end."""
    started_s = time.perf_counter() - listen_s
    answer = Answer(model, question, options=options)
    chunks: list[AudioChunk] = []
    first_audio_ms, ended = None, None
    while not answer.done:
        for event in answer.step():
            say(event)
            if isinstance(event, AudioChunk):
                first_audio_ms = first_audio_ms or (time.perf_counter() - started_s) * 1000
                chunks.append(event)
                if speaker is not None:
                    speaker.play(event.samples)
            ended = event if isinstance(event, TurnEnded) else ended
    took_s = time.perf_counter() - started_s
    samples = torch.cat([chunk.samples for chunk in chunks]) if chunks else torch.zeros(0)
    if output and chunks:
        audio.write(output, Audio(samples, chunks[0].sample_rate))
    while speaker is not None and speaker.playing:
        time.sleep(0.05)
    audio_s = len(samples) / chunks[0].sample_rate if chunks else 0.0
    return {
        "text": ended.text if ended else "",
        "reason": ended.reason if ended else "",
        "audio_s": round(audio_s, 3),
        "first_audio_ms": round(first_audio_ms, 1) if first_audio_ms else None,
        "real_time_factor": round(took_s / audio_s, 3) if audio_s else None,
    }


def _open_speaker(model: SpeechLM) -> Speaker | None:
    """A loudspeaker; None where there is none or the mic extra is missing."""
    try:
        import sounddevice

        speaker = Speaker(sounddevice, model.need("codec").sample_rate)
        speaker.start()
    except Exception:  # no library, no device, a busy device: no sound here is no failure, the answer is written
        return None
    return speaker


def _plain_line(event: Event) -> None:
    if isinstance(event, TextDelta):
        print(event.text, end="", flush=True)
    elif isinstance(event, Transcript):
        print(f"heard:  {event.text}")


def _json_line(event: Event) -> None:
    values = {f.name: getattr(event, f.name) for f in dataclasses.fields(event) if f.name != "samples"}
    if isinstance(event, AudioChunk):
        values["num_samples"] = len(event.samples)
    print(json.dumps({"type": type(event).__name__, **values}), flush=True)


def _print_figures(figures: dict[str, Any], output: str) -> None:
    print()
    if figures["reason"] == "ignored":
        print("(nothing to answer: this was not a question)", file=sys.stderr)
    if output and figures["audio_s"]:
        print(
            f"speech: {pathlib.Path(output)}, {figures['audio_s']:.1f} s, "
            f"first audio after {figures['first_audio_ms']:.0f} ms, real-time factor {figures['real_time_factor']:.2f}"
        )
    elif output:
        print("no speech came; nothing was written", file=sys.stderr)
