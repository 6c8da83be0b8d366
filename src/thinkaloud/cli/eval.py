"""`thinkaloud eval`: measure a model."""

import json
import multiprocessing
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Annotated, Any

import typer

from thinkaloud import checkpoints
from thinkaloud.audio import Audio
from thinkaloud.cli.models import use_threads
from thinkaloud.model import SpeechLM

_PARTS = ("hearing", "silence", "answers", "speech")  # beside the times
app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def _eval() -> None:
    """Measure a model. Figures are printed and written, with the machine and the date."""


@app.command()
def pocket(
    model: Annotated[str, typer.Option(help="A name or folder.")] = "pocket",
    root: Annotated[Path, typer.Option(help="What `thinkaloud prepare pocket` made.")] = Path("runs/pocket"),
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for pocket.md, pocket.json and pictures.")] = Path("bench"),
    num: Annotated[int, typer.Option(help="Clips of each hearing condition, and of sounds to ignore.", min=2)] = 120,
    per_intent: Annotated[int, typer.Option(help="Dialogues of each intent.", min=1)] = 12,
    num_answers: Annotated[int, typer.Option(help="Unseen sentences read aloud.", min=2)] = 60,
    num_judged: Annotated[
        int, typer.Option(help="Of these, heard by the independent judge (slow; answers: a quarter); 0: none.", min=0)
    ] = 30,
    fsdd: Annotated[str, typer.Option(help="A folder of FSDD: digits by people of whom it was taught nothing, too.")] = "",
    run: Annotated[Path | None, typer.Option(help="A training run whose losses are drawn too.")] = None,
    workers: Annotated[int, typer.Option(help="Parts measured at the same time, all but the times.", min=1)] = 1,
) -> None:
    """How well the pocket model hears, answers, stays silent and speaks, on what it was not taught.

    Example: thinkaloud eval pocket --num 40 --per-intent 4
    """
    from thinkaloud.evaluate.pocket_clips import PocketClipsConfig
    from thinkaloud.evaluate.pocket_report import write_report

    started_s = time.perf_counter()
    speech_lm = SpeechLM.load(model)
    load_s = time.perf_counter() - started_s
    use_threads(speech_lm)
    folder = checkpoints.find(model)
    config = PocketClipsConfig(
        corpus=str(root / "corpus"),
        codes=str(root / "codes"),
        fsdd=fsdd,
        per_intent=per_intent,
        num_clips=num,
        num_answers=num_answers,
    )
    config.build()  # fails at once where there is no corpus
    figures = {"about": _about(model, folder, load_s), **_measure(model, speech_lm, config, num_judged, workers, out)}
    if run is not None:
        from thinkaloud.train.plot import plot

        plot(run, out / "pocket_losses.png")
    path = write_report(figures, out)
    print(path.read_text())
    print(f"written to {path}, {path.with_suffix('.json').name} and pictures beside them")


def _measure(model: str, speech_lm: SpeechLM, config: Any, num_judged: int, workers: int, out: Path) -> dict[str, Any]:
    """All parts; the last one alone, as it tells times."""
    from thinkaloud.evaluate.pocket_report import draw_intents

    out.mkdir(parents=True, exist_ok=True)
    found: dict[str, Any] = {}
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        slowest_first = {name: pool.submit(_part, name, model, config, num_judged, out) for name in reversed(_PARTS)}
        for name in _PARTS:
            found[name] = slowest_first[name].result()
    questions = [many[0].questions[0].audio for many in config.build().talks().values()]
    found["streaming"] = _streaming(speech_lm, questions, out)
    draw_intents(found["answers"], out / "pocket_intents.png")
    for name in _PARTS:
        (out / f".pocket.{name}.json").unlink()
    return found


def _part(name: str, model: str, config: Any, num_judged: int, out: Path) -> Any:
    """One part, measured in a process of its own; what it found is kept until the report is written."""
    from thinkaloud.evaluate import pocket as measures
    from thinkaloud.evaluate.judge import Judge, ears, independent

    began_s, speech_lm, corpus = time.perf_counter(), SpeechLM.load(model), config.build()
    use_threads(speech_lm)
    if name == "hearing":
        found: Any = measures.hearing(speech_lm, corpus.hearing())
    elif name == "silence":
        found = measures.silence(speech_lm, corpus.sounds(), corpus.hearing()["seen_voices"])
    elif name == "answers":
        found = measures.answers(speech_lm, corpus.talks(), _apart(corpus))
    else:
        judges: dict[str, tuple[Judge, int | None]] = {"ears": (measures.own_ears(speech_lm), None)}
        if speech_lm.ctc is not None:
            judges["letters"] = (ears(speech_lm.need("listener"), speech_lm.ctc), None)
        judges |= {"independent": (independent(os.cpu_count() or 1), num_judged)} if num_judged else {}
        talks = [talk for many in corpus.talks().values() for talk in many]
        found = measures.speech(speech_lm, corpus.answers(), talks, judges, corpus.codes_of)
    print(f"{name}: {time.perf_counter() - began_s:.0f} s", file=sys.stderr)
    (out / f".pocket.{name}.json").write_text(json.dumps(found))
    return found


def _apart(corpus: Any) -> dict[str, Any]:
    """Dialogues that are counted apart from those of the intents."""
    from thinkaloud.evaluate.pocket_report import FURTHER, GUESSED

    others = {"people": "people", "unseen engine": "festival", "unseen voice": "pico"}
    apart = {name: corpus.told(part) for name, part in others.items()}
    apart |= {"strangers": corpus.strangers, FURTHER: corpus.further(), GUESSED: corpus.guessed()}
    return {name: many for name, many in apart.items() if many}


def _streaming(model: SpeechLM, questions: Sequence[Audio], out: Path) -> dict[str, Any]:
    """Milliseconds of spoken questions, with and without the thinking row, in a conversation; a picture of the first one."""
    import torch

    from thinkaloud.evaluate.conversing import first_audio_of_each
    from thinkaloud.evaluate.judge import padded
    from thinkaloud.evaluate.pocket_report import draw_spectra
    from thinkaloud.evaluate.pocket_summary import CONVERSING
    from thinkaloud.evaluate.realtime import measure_each, ways
    from thinkaloud.generate import AudioChunk
    from thinkaloud.generate.answer import Answer
    from thinkaloud.generate.ask import Question

    listener = model.need("listener")
    spoken = [Audio(padded(question, listener.sample_rate), listener.sample_rate) for question in questions]
    found = {name: measure_each(model, spoken, options) for name, options in ways(200).items()}
    asked, best = spoken[0], ways(200)["written down first" if model.config.transcribes else "batch-parallel"]
    found[CONVERSING] = first_audio_of_each(model, questions, best)
    answer, chunks = Answer(model, Question(heard=listener.listen(asked.samples[None]).embeds[0]), options=best), []
    while not answer.done:
        chunks += [event for event in answer.step() if isinstance(event, AudioChunk)]
    rate = model.need("codec").sample_rate
    said = torch.cat([chunk.samples for chunk in chunks]) if chunks else torch.zeros(rate // 10)
    draw_spectra(asked, Audio(said, rate), out / "pocket_spectra.png")
    return found


def _about(model: str, folder: Path, load_s: float) -> dict[str, Any]:
    from thinkaloud.evaluate.realtime import machine

    size_mb = sum(file.stat().st_size for file in folder.iterdir() if file.is_file()) / 1e6
    command = " ".join(["thinkaloud eval", *sys.argv[2:]])
    return {"model": model, "command": command, "machine": machine(), "size_mb": round(size_mb, 2), "load_s": round(load_s, 3)}
