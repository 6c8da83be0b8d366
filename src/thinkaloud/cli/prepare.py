"""`thinkaloud prepare`: questions and answers in writing become training shards."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from thinkaloud.configurable import Config
from thinkaloud.data.answers import answers_from, text_model
from thinkaloud.data.clean import Cleaning
from thinkaloud.data.prepare import PrepareConfig, prepare
from thinkaloud.data.presets import preset
from thinkaloud.data.report import Report
from thinkaloud.data.speaking import ModelCodec, ModelListener, SpeakerConfig
from thinkaloud.data.textqa import read_text_qa

_VOICES = ",".join(SpeakerConfig.question_voices)


def command(
    questions: Annotated[
        Path, typer.Argument(help="JSON, JSON lines or Parquet with questions and answers, or a folder of them.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the shards. Run again to resume.")],
    codec: Annotated[str, typer.Option(help="snac, snac:FOLDER, toy, or model:NAME for the codec of a model.")] = "snac",
    question_voices: Annotated[
        str, typer.Option(help="Voices that ask, with commas: engine:name or an HTTP endpoint.")
    ] = _VOICES,
    answer_voice: Annotated[str, typer.Option(help="The one voice that answers.")] = SpeakerConfig.answer_voice,
    renderings: Annotated[int, typer.Option(help="How many of the voices speak each question.")] = 1,
    speeds: Annotated[str, typer.Option(help="Speaking rates to draw from, with commas, 1 is normal.")] = "1",
    preset_name: Annotated[str, typer.Option("--preset", help="A text set of the paper's Table 1, e.g. alpaca, moss.")] = "",
    answers_from_model: Annotated[str, typer.Option(help="Let this Hugging Face text model answer instead.")] = "",
    features_from: Annotated[str, typer.Option(help="Store the listener features of this model instead of audio.")] = "",
    recogniser: Annotated[str, typer.Option(help="Drop what this model with an ASR task does not understand.")] = "",
    max_word_error_rate: Annotated[float, typer.Option(help="The most a transcript may differ.")] = 0.5,
    scripts: Annotated[str, typer.Option(help="Writing systems to keep, e.g. LATIN,CYRILLIC; empty: all.")] = "LATIN",
    language: Annotated[str, typer.Option(help="Noted with every sample.")] = "en",
    workers: Annotated[int, typer.Option(help="Worker processes; 0: this process alone.")] = 0,
    shard_samples: Annotated[int, typer.Option(help="Samples a shard.")] = 64,
    seed: Annotated[int, typer.Option(help="Draws voices and speeds.")] = 0,
) -> None:
    """Speak questions and answers, encode them, and write training shards with a report.

    Killed at any point and run again, it goes on where it was. Faulty texts are counted, named and left out.
    Example: thinkaloud prepare qa.jsonl --out data/qa --codec toy --workers 2
    What the pocket model learns from is another command: thinkaloud prepare pocket --help
    """
    cleaning = Cleaning(
        recogniser=recogniser, max_word_error_rate=max_word_error_rate, scripts=tuple(listed(scripts)),
    )  # fmt: skip
    speaker = SpeakerConfig(
        codec=codec_named(codec),
        question_voices=tuple(listed(question_voices)),
        answer_voice=answer_voice,
        renderings=renderings,
        speeds=tuple(float(speed) for speed in listed(speeds)),
        listener=ModelListener(model=features_from) if features_from else None,
        cleaning=cleaning,
        language=language,
        split=questions.stem,
        seed=seed,
    )
    written = read_text_qa(questions, preset(preset_name).reader if preset_name else "qa")
    if answers_from_model:
        written = answers_from(written, text_model(answers_from_model), out / "answers.jsonl")
    config = PrepareConfig(speaker=speaker, shard_samples=shard_samples, workers=workers)
    bar = Progress(
        TextColumn("speaking"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=Console(stderr=True)
    )
    with bar:
        task = bar.add_task("speaking", total=None)
        report = prepare(written, out, config, lambda done, total: bar.update(task, completed=done, total=total))
    _tell(report, out)


def codec_named(name: str) -> Config:
    """The codec config behind a short name; ValueError that lists the names."""
    kind, _, rest = name.partition(":")
    if kind == "toy":
        from thinkaloud.toy import ToyCodecConfig

        return ToyCodecConfig()
    if kind == "snac":
        from thinkaloud.codecs.snac import SnacConfig

        return SnacConfig(source=rest) if rest else SnacConfig()
    if kind == "model" and rest:
        return ModelCodec(model=rest)
    raise ValueError(f"no codec {name!r}; expected snac, snac:FOLDER, toy or model:NAME")


def listed(text: str) -> list[str]:
    """What stands between commas."""
    return [part.strip() for part in text.split(",") if part.strip()]


def _tell(report: Report, out: Path) -> None:
    print(
        f"{report.samples} samples in {out}: {report.question_hours:.3f} h of questions, {report.answer_hours:.3f} h of answers"
    )
    for kind, found in report.faults.items():
        print(f"  left out, {kind}: {found['count']}, e.g. {found['first'][0]}")
    print(f"  see {out / 'report.json'} and {out / 'report.png'}")
