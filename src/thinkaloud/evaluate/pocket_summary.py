"""The pocket figures in short: one table of what a model does beside what it should do, for its card."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

WAYS = {
    "t1t2": "what was heard written down first",
    "a1t2": "thinking in writing (batch-parallel)",
    "a1a2": "thinking while speaking",
}
"""How an answer is come by, by task."""
CONVERSING = "in a conversation"
"""What is timed as it would be with a microphone."""
_CODEC, _ALOUD, _RECORDED = "codec", "read aloud", "recording"
Figures = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class _Line:
    """What is told of the figures, and the aim if there is one. `value` may ask for a figure that was not measured."""

    name: str
    value: Callable[[Figures], str]
    aim: str = ""


def summary(figures: Figures) -> str:
    """A Markdown table; what was not measured is left out."""
    rows = []
    for line in _LINES:
        try:
            rows.append(f"| {line.name} | {line.value(figures)} | {line.aim} |\n")
        except KeyError:
            continue
    return "| | now | aim |\n|---|---|---|\n" + "".join(rows)


def percent(share: float | None, digits: int = 1) -> str:
    """A share in percent; "-" where there is none."""
    return f"{100 * share:.{digits}f} %" if share is not None else "-"


def _heard(condition: str) -> Callable[[Figures], str]:
    return lambda figures: percent(figures["hearing"][condition]["asr"]["rate"])


def _right(group: str) -> Callable[[Figures], str]:
    return lambda figures: ", ".join(percent(figures["answers"]["groups"][group][way], 0) for way in WAYS)


def _lowest(figures: Figures) -> str:
    found = {name: row["t1t2"] for name, row in figures["answers"]["intents"].items()}
    name = min(found, key=lambda name: found[name])
    return f"{percent(found[name], 0)} ({name})"


def _judged(judge: str) -> Callable[[Figures], str]:
    def told(figures: Figures) -> str:
        speech = figures["speech"]
        aloud, recorded, coded = (percent(speech[name][judge]["rate"]) for name in (_ALOUD, _RECORDED, _CODEC))
        points, error = speech["gap"][judge]
        return f"{aloud} (recording {recorded}, codec {coded}; more than the codec: {100 * points:.1f} ± {100 * error:.1f})"

    return told


def _answered(figures: Figures) -> str:
    speech = figures["speech"]
    ways = ("answers, written down first", "answers, batch-parallel", "the same as recorded, by the codec")
    first, parallel, recorded = (percent(speech[way]["ears"]["rate"]) for way in ways)
    return f"{first}, {parallel} (the same as recorded, by the codec: {recorded})"


def _median_and_slowest(found: dict[str, Any], name: str) -> str:
    return f"{found[name]:.0f} ms, {found[f'slowest_{name}']:.0f} ms"


def _in_conversation(figures: Figures) -> str:
    found = figures["streaming"][CONVERSING]
    return f"{_median_and_slowest(found, 'after_turn_ms')}; {found['after_speech_ms']:.0f} ms"


def _slips(figures: Figures) -> str:
    aloud, recorded, coded = (
        ", ".join(percent(figures["speech"][name]["ears"][slip]) for slip in ("missing", "repeated", "added"))
        for name in (_ALOUD, _RECORDED, _CODEC)
    )
    return f"{aloud} (recording {recorded}; codec {coded})"


_LINES = (
    _Line(name="hears, word errors (its ASR task): voices it knows, new sentences", value=_heard("seen_voices"), aim="3 %"),
    _Line(name="... with the habits of fourteen other languages", value=_heard("accents")),
    _Line(name="... an engine never heard (festival)", value=_heard("festival"), aim="10 %"),
    _Line(name="... a woman never heard, of an engine whose other voice it knows (Pico)", value=_heard("pico")),
    _Line(name="... digit strings, test recordings of the four people it knows", value=_heard("people_digits"), aim="4 %"),
    _Line(name="... digit strings, two people of whom it was taught nothing", value=_heard("strangers_digits")),
    _Line(name="... words of its domain, some two hundred people of whom it was taught nothing", value=_heard("readings")),
    _Line(name="... sentences with other words, read by such people", value=_heard("readings_other_words")),
    _Line(name="... voices it knows in pink noise, 15 dB", value=_heard("noise_15_db")),
    _Line(
        name="stays silent on sounds that are no speech",
        value=lambda figures: percent(figures["silence"]["ignored"]["share"], 0),
        aim="97 %",
    ),
    _Line(name="answers real questions", value=lambda figures: percent(figures["silence"]["answered"]["share"], 0), aim="98 %"),
    _Line(
        name="right answers to spoken questions, all intents evenly: written down first, in a row of its own, while speaking",
        value=_right("all"),
        aim="95 %",
    ),
    _Line(name="... the hardest intent", value=_lowest, aim="85 %"),
    _Line(name="... taught, new rendering", value=_right("taught, new rendering")),
    _Line(name="... held out by content", value=_right("held out by content")),
    _Line(name="... over several turns", value=_right("several turns"), aim="90 %"),
    _Line(name="... digit strings by people, repeated", value=_right("people")),
    _Line(name="... digit strings by people of whom it was taught nothing", value=_right("strangers")),
    _Line(name="... the engine never heard", value=_right("unseen engine")),
    _Line(name="... the woman never heard", value=_right("unseen voice")),
    _Line(name="speaks, word errors by its own ears: unseen sentences read aloud", value=_judged("ears"), aim="codec + 3"),
    _Line(name="... as its listener alone spells it (CTC)", value=_judged("letters")),
    _Line(name="... by pocketsphinx", value=_judged("independent"), aim="codec + 5"),
    _Line(name="... its answers, by its own ears: written down first, thought in a row of its own", value=_answered),
    _Line(name="... a word missing, a word twice, a word too many", value=_slips, aim="1 %, 1 %"),
    _Line(
        name="... runs on without an end",
        value=lambda figures: percent(figures["speech"]["endings"]["ran on"]),
        aim="0 %",
    ),
    _Line(
        name="first audio of a recorded question, after its end: the median of all intents, the slowest",
        value=lambda figures: _median_and_slowest(figures["streaming"]["written down first"], "first_audio_ms"),
        aim="150 ms",
    ),
    _Line(
        name="... in a conversation, after the turn is over: the median, the slowest; after the last word: the median",
        value=_in_conversation,
        aim="150 ms",
    ),
    _Line(
        name="real-time factor",
        value=lambda figures: f"{figures['streaming']['written down first']['real_time_factor']:.2f}",
        aim="0.25",
    ),
    _Line(
        name="size, load time",
        value=lambda figures: f"{figures['about']['size_mb']:.1f} MB, {figures['about']['load_s']:.1f} s",
        aim="25 MB, 2 s",
    ),
)
