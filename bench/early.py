"""Answers begun in the pause that ends a turn: how soon they are heard in a conversation, and whether they are the same.

python bench/early.py --root runs/pocket

Test questions of a prepared corpus, each asked in a conversation of its own, in real time by the conversation's own clock
(evaluate/conversing.py). Silence ends a turn after 500 ms; the answer is begun after `prepare_ms` of it. 500: not before it is
over.
"""

import argparse
import statistics
from collections.abc import Sequence
from pathlib import Path

import torch

from thinkaloud.audio import Audio
from thinkaloud.data.clean import words
from thinkaloud.duplex.endpoint import EndpointConfig
from thinkaloud.evaluate.conversing import first_audio
from thinkaloud.evaluate.pocket_clips import PocketClipsConfig
from thinkaloud.evaluate.pocket_report import table
from thinkaloud.evaluate.realtime import machine, ways
from thinkaloud.generate import Transcript, TurnEnded, UserStopped
from thinkaloud.generate.session import Session, SessionOptions
from thinkaloud.model import SpeechLM

_RATE, _OVER_MS, _SOONER_MS, _AIM_MS = 16_000, 500, (350, 300, 250), 150
Told = list[tuple[str, str]]
"""Transcripts and answers."""


def by_silence(prepare_ms: int) -> EndpointConfig:
    """A turn ends by silence alone."""
    return EndpointConfig(prepare_ms=prepare_ms, silence_duration_ms=_OVER_MS, whole_ms=_OVER_MS, unfinished_ms=_OVER_MS)


def session(model: SpeechLM, prepare_ms: int) -> Session:
    """A conversation in which answers are begun so early."""
    options = ways(200)["written down first"]
    return Session(model, SessionOptions(answer=options, endpoint=by_silence(prepare_ms)))


def answered(model: SpeechLM, question: Audio, prepare_ms: int) -> tuple[Told, int, int]:
    """Transcripts and answers of what is asked; how many answers were begun in pauses, and how many taken up."""
    one, told, begun, taken = session(model, prepare_ms), [], set(), 0
    heard = torch.cat([torch.zeros(_RATE // 2), question.samples, torch.zeros(_RATE)])
    transcript = ""
    for block in heard.split(_RATE // 50):
        one.push(block, _RATE)
        while one.busy:
            early = one._early  # what it thinks of unheard is told by no event
            begun |= {early} if early is not None else set()
            answer, events = one._answer, one.step()
            taken += any(isinstance(event, UserStopped) for event in events) and any(e.answer is answer for e in begun)
            transcript = next((event.text for event in events if isinstance(event, Transcript)), transcript)
            told += [(transcript, event.text) for event in events if isinstance(event, TurnEnded)]
    return told, len(begun), taken


def soon(model: SpeechLM, questions: Sequence[Audio], prepare_ms: int) -> list[str]:
    """A row: when the first audio of the answers came, after the turn and after the last word."""
    options, endpoint = ways(200)["written down first"], by_silence(prepare_ms)
    found = [one for question in questions if (one := first_audio(model, question, options, endpoint)) is not None]
    after, spoken = sorted(one.after_turn_ms for one in found), sorted(one.after_speech_ms for one in found)
    high, within = after[int(0.95 * len(after))], sum(value <= _AIM_MS for value in after) / len(after)
    times = [f"{value:.0f}" for value in (statistics.median(after), high, after[-1])]
    return [f"{prepare_ms}", *times, f"{100 * within:.0f} %", f"{statistics.median(spoken):.0f}", f"{len(found)}"]


def right(told: Sequence[Told], asked: Sequence[tuple[Audio, str]]) -> str:
    """How many were answered right."""
    good = [bool(one) and words(one[-1][1]) == words(answer) for one, (_, answer) in zip(told, asked, strict=True)]
    return f"{sum(good)} of {len(good)}"


def main() -> None:
    """Reads the command line, measures and writes the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--model", default="pocket")
    parser.add_argument("--per-intent", type=int, default=2, help="Questions of each intent whose first audio is timed.")
    parser.add_argument("--compared", type=int, default=8, help="Questions of each intent whose answers are compared.")
    given = parser.parse_args()
    torch.set_num_threads(1)
    model = SpeechLM.load(given.model)
    corpus = PocketClipsConfig(corpus=f"{given.root}/corpus", codes=f"{given.root}/codes", per_intent=given.compared).build()
    talks = list(corpus.talks().values())
    timed = [talk.questions[0].audio for many in talks for talk in many[: given.per_intent]]
    asked = [(talk.questions[0].audio, talk.answers[0]) for many in talks for talk in many]
    head = [
        "begun after, ms",
        "first audio after the turn, ms",
        "95 %",
        "slowest",
        "within 150 ms",
        "after the speech",
        "asked",
    ]
    rows = [soon(model, timed, prepare_ms) for prepare_ms in (_OVER_MS, *_SOONER_MS)]
    late = [answered(model, question, _OVER_MS)[0] for question, _ in asked]
    same = [[f"{_OVER_MS}", "", right(late, asked), "", ""]]
    for prepare_ms in _SOONER_MS:
        told, begun, taken = zip(*(answered(model, question, prepare_ms) for question, _ in asked), strict=True)
        equal = sum(one == other for one, other in zip(told, late, strict=True))
        same.append([f"{prepare_ms}", f"{equal} of {len(late)}", right(told, asked), f"{sum(begun)}", f"{sum(taken)}"])
    about = f"`python bench/early.py --root {given.root} --model {given.model} --compared {given.compared}`; {machine()}."
    text = f"# {str(__doc__).partition(chr(10))[0]}\n\n{about}\n\n{table(head, rows)}\n"
    text += "What was written down and answered, beside what is without it:\n\n"
    text += table(["begun after, ms", "the same", "right", "answers begun", "taken up"], same)
    Path(__file__).with_suffix(".md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
