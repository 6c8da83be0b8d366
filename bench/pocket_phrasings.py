"""Questions in the words of people who do not know how the pocket model was taught: how many are answered right?

    python bench/pocket_phrasings.py bench/pocket_phrasings.jsonl [--model pocket] [--voices flite:slt] [--show]

Typed, and spoken by these voices (festival is an engine it never heard). One JSON object a line: `intent`, `question`, `must`
(lists of texts: of each list one has to be in the answer), `must_not` (none of these). Writes bench/pocket_phrasings.md.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from thinkaloud.data.clean import words
from thinkaloud.data.voices import open_voice
from thinkaloud.evaluate.batch import Asked, answer_all
from thinkaloud.evaluate.pocket import converse
from thinkaloud.evaluate.pocket_clips import Clip, Talk
from thinkaloud.evaluate.pocket_report import table
from thinkaloud.evaluate.realtime import machine
from thinkaloud.generate.ask import Question
from thinkaloud.layout.prompt import T1T2
from thinkaloud.model import SpeechLM

BATCH = 32
OPEN = ("ability", "joke")  # anything that is said there passes: told apart by nobody but a reader


def is_right(answer: str, must: Sequence[Sequence[str]], must_not: Sequence[str]) -> bool:
    """Whether the answer has one text of each list of `must` as whole words, and none of `must_not`."""
    said = _padded(answer)
    return (
        bool(said.strip())
        and all(any(_padded(text) in said for text in one) for one in must)
        and not any(_padded(text) in said for text in must_not)
    )


def _padded(text: str) -> str:
    """The words, with a space around each."""
    return f" {' '.join(words(text))} "


def typed(model: SpeechLM, rows: Sequence[dict[str, Any]]) -> list[str]:
    """The answers to the questions as texts."""
    asked = [Asked(question=Question(text=row["question"])) for row in rows]
    parts = (asked[start : start + BATCH] for start in range(0, len(asked), BATCH))
    return [said.text for part in parts for said in answer_all(model, T1T2, part, max_steps=80)]


def spoken(model: SpeechLM, rows: Sequence[dict[str, Any]], name: str) -> list[str]:
    """The answers to the questions as a voice asks them, first written down."""
    voice = open_voice(name)
    clips = [Clip(text=row["question"], audio=voice.speak(row["question"]).resample(16_000)) for row in rows]
    talks = [Talk(intent="", open=True, questions=(clip,), answers=("",)) for clip in clips]
    parts = (talks[start : start + BATCH] for start in range(0, len(talks), BATCH))
    return [said[-1].text for part in parts for said in converse(model, part, T1T2, max_steps=80)]


def tables(rows: Sequence[dict[str, Any]], answers: dict[str, list[str]]) -> str:
    """Right answers by intent and way of asking."""
    right: dict[str, dict[str, list[bool]]] = defaultdict(dict)
    for way, said in answers.items():
        for row, answer in zip(rows, said, strict=True):
            right[row["intent"]].setdefault(way, []).append(is_right(answer, row["must"], row["must_not"]))
    counted = [intent for intent in right if intent not in OPEN]
    means = []
    for way in answers:
        good = [one for intent in counted for one in right[intent][way]]
        means.append(f"{100 * sum(good) / len(good):.1f} %")
    lines = [[intent, *(f"{sum(one)} of {len(one)}" for one in right[intent].values())] for intent in sorted(right)]
    return table(["", *answers], [["all", *means], *lines])


def main() -> None:
    """Reads the file and the voices from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--model", default="pocket")
    parser.add_argument("--voices", default="flite:slt,festival:ked_diphone")
    parser.add_argument("--show", action="store_true", help="print the wrong answers to typed questions")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "pocket_phrasings.md")
    given = parser.parse_args()
    rows = [json.loads(line) for line in given.file.read_text().splitlines()]
    model = SpeechLM.load(given.model)
    answers = {"typed": typed(model, rows)}
    answers |= {name: spoken(model, rows, name) for name in given.voices.split(",") if name}
    for row, answer in zip(rows, answers["typed"], strict=True):
        if given.show and not is_right(answer, row["must"], row["must_not"]):
            print(f"{row['intent']}: {row['question']} -> {answer}")
    told = (
        f"# Questions in the words of others\n\n`python bench/pocket_phrasings.py {given.file}`, model {given.model}; "
        f"{machine()}. Right answers; written down first where spoken. In all without {' and '.join(OPEN)}, where anything "
        f"passes.\n\n{tables(rows, answers)}"
    )
    given.out.write_text(told)
    print(told)


if __name__ == "__main__":
    main()
