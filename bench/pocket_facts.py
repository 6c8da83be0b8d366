"""Does the pocket model calculate, or does it know the table? The same training in writing, with and without the tested facts.

    python bench/pocket_facts.py ROOT OUT [--steps 1500]

    taught      every fact is taught, in nine wordings of ten
    held out    one fact in ten (twelve plus seven, the capital of Peru) is taught in no wording and no intent

Both are asked the same questions, about the facts that the second was not taught. Where facts follow from a rule it can be
right as well; where they do not (capitals, opposites) it cannot, and shows that nothing leaks. ROOT is what `thinkaloud prepare
pocket` made: the recipe takes the sizes of codec and listener from it, but neither is used.
"""

import argparse
import json
import random
from pathlib import Path
from typing import Any

from thinkaloud import recipes
from thinkaloud.data import domain
from thinkaloud.data.mixture import Part
from thinkaloud.data.pocket_turns import WrittenTurns
from thinkaloud.evaluate.batch import Asked, answer_all
from thinkaloud.evaluate.pocket_report import table
from thinkaloud.evaluate.realtime import machine
from thinkaloud.generate.ask import Exchange, Question
from thinkaloud.layout.prompt import T1T2
from thinkaloud.model import SpeechLM
from thinkaloud.train.stage import Recipe
from thinkaloud.train.trainer import train

INTENTS = ("arithmetic", "calculate_on", "next_number", "even_odd", "unit", "how_many", "day", "plural", "capital", "opposite")


def variant(root: str, steps: int, hold_out_facts: bool) -> Recipe:
    """The first stage of the pocket recipe, in writing alone."""
    recipe = recipes.load("pocket", {"root": root, "speak_steps": str(steps)})
    shares = {intent: 1.0 if intent in INTENTS else 0.0 for intent in domain.intents()}
    turns = WrittenTurns(shares=shares, hold_out_facts=hold_out_facts)
    (stage, *_) = recipe.stages
    stage = stage.replace(
        name="write",
        data=(Part(data=turns, tasks={"t1t2": 1.0}, weight=1.0),),
        validation=stage.validation.replace(data=()),
    )
    return recipe.replace(stages=(stage,))


def right(model: SpeechLM, intent: str, num: int) -> float:
    """The share of `num` questions about held-out facts that are answered right."""
    rng = random.Random(f"facts {intent}")
    made = [domain.draw(rng, intent, "test", hold_out_facts=True) for _ in range(num)]
    asked = [
        Asked(
            question=Question(text=one.turns[-1].question),
            history=tuple(Exchange(question=Question(text=turn.question), answer=turn.answer or "") for turn in one.turns[:-1]),
        )
        for one in made
    ]
    said = answer_all(model, T1T2, asked, max_steps=60)
    return sum(answer.text == one.turns[-1].answer for answer, one in zip(said, made, strict=True)) / num


def main() -> None:
    """Reads the folders from the command line, trains what is not there yet and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--num", type=int, default=40)
    given = parser.parse_args()
    found: dict[str, dict[str, float]] = {}
    for name, hold_out in (("taught", False), ("held out", True)):
        folder = given.out / name.replace(" ", "_")
        train(variant(str(given.root), given.steps, hold_out), folder, resume=(folder / "log.jsonl").exists(), cpu=True)
        model = SpeechLM.load(folder / "model", parts=())
        found[name] = {intent: right(model, intent, given.num) for intent in INTENTS}
        print(name, found[name], flush=True)
    _write(found, given.out, given.steps, given.num)


def _write(found: dict[str, Any], out: Path, steps: int, num: int) -> None:
    rows = [[intent, *(f"{100 * scores[intent]:.0f} %" for scores in found.values())] for intent in INTENTS]
    mean = [f"{100 * sum(scores.values()) / len(scores):.0f} %" for scores in found.values()]
    about = f"`python bench/pocket_facts.py ROOT OUT --steps {steps} --num {num}`; {machine()}."
    asks, _, _ = str(__doc__).partition("\n")
    text = f"# Pocket: facts held out\n\n{asks}\n\n{about}\n\n" + table(
        ["right answers in writing", *found], [*rows, ["all", *mean]]
    )
    (out / "facts.md").write_text(text)
    (out / "facts.json").write_text(json.dumps(found, indent=1) + "\n")
    print(text)


if __name__ == "__main__":
    main()
