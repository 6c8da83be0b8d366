"""Report: the pocket figures as Markdown, JSON and pictures, each with the machine and the date they were measured on."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from thinkaloud.audio import Audio
from thinkaloud.evaluate.pocket_summary import CONVERSING, WAYS, percent, summary
from thinkaloud.evaluate.realtime import machine

GUESSED = "spelling of made-up words"
"""The group of what is asked but cannot be known by ear."""
FURTHER = "spelling of further words"
"""The group of what is asked about the letters of words of which the domain says nothing else."""


def write_report(figures: dict[str, Any], folder: Path) -> Path:
    """Writes `pocket.json` and `pocket.md` into the folder and gives the Markdown's path."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pocket.json").write_text(json.dumps(figures, indent=1) + "\n")
    path = folder / "pocket.md"
    path.write_text(markdown(figures))
    return path


def markdown(figures: dict[str, Any]) -> str:
    """All tables."""
    about = figures["about"]
    parts = [
        f"# Pocket: figures of {about['model']}\n\n`{about['command']}`; {about['machine']}. Greedy, CPU. "
        f"{about['size_mb']:.1f} MB on disk, loads in {about['load_s']:.2f} s.\n",
        summary(figures),
    ]
    sections = {
        "hearing": _hearing,
        "answers": _answers,
        "silence": _silence,
        "speech": _speech,
        "streaming": _streaming,
    }
    parts += [section(figures[name]) for name, section in sections.items() if name in figures]
    return "\n".join(parts)


def _hearing(found: dict[str, Any]) -> str:
    rows = [
        [name, rate(row["asr"]), rate(row.get("listener")), percent(row["asr"]["exact"]), row["asr"]["clips"]]
        for name, row in found.items()
    ]
    note = "Word errors; ± one standard error. Texts and recordings of the tests were not taught.\n\n"
    return "## Hears\n\n" + note + table(["condition", "ASR task", "listener alone (CTC)", "ASR exact", "clips"], rows)


def _answers(found: dict[str, Any]) -> str:
    groups, intents = (
        [[name, *(percent(row.get(way)) for way in WAYS), row["dialogues"]] for name, row in found[part].items()]
        for part in ("groups", "intents")
    )
    head = ["", *WAYS.values(), "dialogues"]
    note = (
        f'"{GUESSED}" is counted apart: a word that means nothing can be spelled in many ways ("broska", "brosca", "broskka"), '
        "so that who hears it cannot know the one.\n"
        f'"{FURTHER}" too: the letters of words of which the domain says nothing else, which the intents below leave out.\n\n'
    )
    tables = table(head, groups) + "\n" + table(["intent", *head[1:]], intents)
    return "## Answers: right texts, from speech\n\n" + (note if GUESSED in found["groups"] else "") + tables


def _silence(found: dict[str, Any]) -> str:
    rows = [[name, percent(row["share"]), row["clips"]] for name, row in found.items()]
    names = {"ignored": "sounds that are no speech, ignored", "answered": "questions, answered"}
    return "## Silence\n\n" + table(["", "share", "clips"], [[names[row[0]], *row[1:]] for row in rows])


def _speech(found: dict[str, Any]) -> str:
    rows = [
        [name, rate(row.get("ears")), *_slips(row.get("ears")), rate(row.get("letters")), rate(row.get("independent"))]
        for name, row in found.items()
        if name not in ("endings", "gap")
    ]
    judged = {"ears": "own ears", "letters": "listener alone", "independent": "independent judge"}
    gaps = ", ".join(
        f"{judged[judge]} {100 * points:.1f} ± {100 * error:.1f}" for judge, (points, error) in found.get("gap", {}).items()
    )
    ends = ", ".join(f"{name}: {percent(value)}" for name, value in found["endings"].items())
    note = (
        "Word errors of sentences never taught: as the model itself writes down what it hears, as its listener alone spells "
        "it (CTC, which knows no words), and by pocketsphinx. The first two rows are the judges' floors, and the last "
        "one is that of the answers above it: only differences from them count. "
        f"In points, what reading aloud adds to the codec's errors in the same sentences: {gaps or '-'}. {ends}.\n\n"
    )
    slips = ["a word missing", "a word twice", "a word too many", "clips"]
    return "## Speaks\n\n" + note + table(["speech", "own ears", *slips, "listener alone", "independent judge"], rows)


def _streaming(found: dict[str, Any]) -> str:
    keys = ("first_audio_ms", "slowest_first_audio_ms", "step_ms", "real_time_factor")
    rows = [[name, *(f"{row[key]:g}" for key in keys)] for name, row in found.items() if name != CONVERSING]
    note = "Medians of one question of each intent; the first audio of the slowest one as well."
    if talk := found.get(CONVERSING):
        note += (
            " In a conversation, whose turns end by what was said and silence and whose answers are begun in that: "
            f"{talk['after_turn_ms']:.0f} ms after the turn is over, {talk['slowest_after_turn_ms']:.0f} the slowest of "
            f"{talk['questions']}; {talk['after_speech_ms']:.0f} ms after the last word."
        )
    note += "\n\n"
    return (
        "## Streaming\n\n"
        + note
        + table(["decoding", "first audio, ms", "slowest, ms", "a step, ms", "real-time factor"], rows)
    )


def _slips(errors: dict[str, Any] | None) -> list[Any]:
    if not errors:
        return ["-", "-", "-", ""]
    return [*(percent(errors[slip]) for slip in ("missing", "repeated", "added")), errors["clips"]]


def rate(errors: dict[str, Any] | None) -> str:
    """Word errors in percent with their standard error."""
    return f"{100 * errors['rate']:.1f} % ± {100 * errors['standard_error']:.1f}" if errors else "-"


def table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return "\n".join(["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *lines]) + "\n"


def bench_report(script: str, asks: str | None, command: str, note: str, lines: str) -> str:
    """Writes what a script of bench/ has measured beside it, headed by the first line of its docstring; gives the text."""
    title = str(asks).partition("\n")[0]
    text = f"# {title}\n\n`{command}`; {machine()}. {note}\n\n{lines}"
    Path(script).with_suffix(".md").write_text(text)
    return text


def draw_intents(found: dict[str, Any], path: Path) -> None:
    """Right answers by intent, the best way of thinking overall, with one standard error."""
    from matplotlib.figure import Figure

    way = max(WAYS, key=lambda way: found["groups"]["all"][way] or 0)
    intents = sorted(found["intents"].items(), key=lambda item: item[1][way] or 0)
    shares = [row[way] or 0 for _, row in intents]
    errors = [(share * (1 - share) / max(row["dialogues"], 1)) ** 0.5 for share, (_, row) in zip(shares, intents, strict=True)]
    figure = Figure(figsize=(7, 0.2 * len(intents) + 1), layout="constrained")
    axes = figure.subplots()
    axes.barh([name for name, _ in intents], shares, xerr=errors, color="#3b7ea1", ecolor="#999999")
    axes.set(xlim=(0, 1), xlabel="right answers to spoken questions never heard")
    axes.tick_params(labelsize=7)
    figure.savefig(path, dpi=90)


def draw_spectra(question: Audio, answer: Audio, path: Path) -> None:
    """A question and its spoken answer as spectrograms."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), layout="constrained")
    for axes, name, sound in zip(figure.subplots(2), ("question", "answer"), (question, answer), strict=True):
        spectrum = torch.stft(
            sound.samples, 512, 128, window=torch.hann_window(512), center=True, return_complex=True
        ).abs()  # [F, T]
        level_db = (20 * (spectrum + 1e-5).log10()).clamp(min=-60)
        axes.imshow(level_db, origin="lower", aspect="auto", extent=(0, len(sound.samples) / sound.sample_rate, 0, 8))
        axes.set(title=name, ylabel="kHz")
    axes.set_xlabel("s")
    figure.savefig(path, dpi=90)
