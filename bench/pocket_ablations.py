"""What the choices of the pocket recipe are worth: the same short training on digit strings, one choice changed each time.

    python bench/pocket_ablations.py ROOT OUT [--steps 600]

ROOT is what `thinkaloud prepare pocket` made. Digit strings alone, because the listener that judges hears them almost without
errors. Every variant has `steps` training steps for each stage, or all of them in the one stage it keeps.

    two stages        speak, then converse; codebook j late by j steps; the text row guides the speech
    one stage         converse from the first step on, twice as long
    speak             the first stage alone
    speak, flat       ... with every codebook late by one step
    read aloud        reading aloud alone
    ... timed text    ... and the text row says each word when it is said; codebook j late by j + 2 steps
    ... no guidance   ... and the text row says nothing meanwhile: the text stands in the prompt only

Timed text needs a ROOT made with `--answer-voice steady:kal16`; it is left out for others.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch

from thinkaloud import recipes
from thinkaloud.configurable import Config
from thinkaloud.data.encoded import Encoded
from thinkaloud.data.mixture import Part
from thinkaloud.data.pocket_turns import SpokenAnswers
from thinkaloud.data.samples import Sample, Source, Utterance
from thinkaloud.evaluate import pocket as measures
from thinkaloud.evaluate.batch import Asked, answer_all
from thinkaloud.evaluate.judge import WordErrors, ears
from thinkaloud.evaluate.pocket_clips import PocketClips, PocketClipsConfig
from thinkaloud.evaluate.pocket_report import rate, table
from thinkaloud.evaluate.realtime import machine
from thinkaloud.generate.ask import Question
from thinkaloud.layout.prompt import A1A2, T1A2, TTS
from thinkaloud.model import SpeechLM
from thinkaloud.train.ears import load_listener
from thinkaloud.train.stage import Recipe, Stage
from thinkaloud.train.trainer import train

INTENT = "digits"
SILENT = " "  # a text without words


@dataclass(frozen=True, kw_only=True)
class Unguided(Config):
    """Recorded answers to be read from the prompt alone."""

    answers: SpokenAnswers

    def build(self) -> Source:
        """The source."""
        return UnguidedSource(self.answers.build())


class UnguidedSource(Source):
    """The same samples, their answers without a text."""

    def __init__(self, guided: Source) -> None:
        self._guided = guided

    def draw(self, n: int, seed: int) -> Sample:
        """See Source."""
        sample = self._guided.draw(n, seed)
        return replace(sample, answer=Utterance(text=SILENT, codes=sample.answer.codes))


def variants(root: str, steps: int) -> dict[str, Recipe]:
    """The trainings by name."""

    timed = "starts" in Encoded(f"{root}/codes").rows[0]
    values = {"root": root, "intents": INTENT, "speak_steps": str(steps), "converse_steps": str(steps)}
    full = recipes.load("pocket", values | {"timed_text": str(timed)})
    speak = full.stages[0]
    tts = speak.data[0]
    assert isinstance(tts.data, SpokenAnswers), tts
    unguided = Part(data=Unguided(answers=tts.data), tasks={"t1a2": 1.0}, weight=1.0)
    flat, front = full.start.set("delays", (3 if timed else 1,) * 4), full.start.set("timed_text", False)
    all_at_once = {"read aloud, text at the front": full.replace(start=front, stages=(_only(speak, tts),))}
    return {
        "two stages": full,
        "one stage": full.replace(stages=(full.stages[1].replace(steps=2 * steps),)),
        "speak": full.replace(stages=(speak,)),
        "speak, flat delays": full.replace(start=flat, stages=(speak,)),
        "read aloud": full.replace(stages=(_only(speak, tts),)),
        "read aloud, no text guidance": full.replace(start=front, stages=(_only(speak, unguided),)),
        **(all_at_once if timed else {}),
    }


def _only(stage: Stage, part: Part) -> Stage:
    return stage.replace(data=(part,), validation=stage.validation.replace(data=()))


def main() -> None:
    """Reads the folders from the command line, trains what is not there yet and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--num", type=int, default=80)
    parser.add_argument("--only", nargs="*", default=(), help="names of variants; default all")
    given = parser.parse_args()
    listener, head = load_listener(given.root / "listener")
    judge = ears(listener, head)
    clips = PocketClipsConfig(
        corpus=str(given.root / "corpus"), codes=str(given.root / "codes"), per_intent=given.num, num_answers=10**6
    ).build()
    found: dict[str, Any] = {}
    chosen = variants(str(given.root), given.steps)
    if unknown := set(given.only) - set(chosen):
        parser.error(f"no variant {', '.join(sorted(unknown))}; this ROOT has {', '.join(chosen)}")
    for name in given.only or chosen:
        recipe = chosen[name]
        folder = given.out / name.replace(" ", "_").replace(",", "")
        train(recipe, folder, resume=(folder / "log.jsonl").exists(), cpu=True)
        model = SpeechLM.load(folder / "model", parts=("codec",))
        model.listener = listener
        found[name] = measured(model, clips, judge, given.num, name)
        print(name, found[name], flush=True)
    _write(found, given.out, given.steps, given.num)


@torch.inference_mode()
def measured(model: SpeechLM, clips: PocketClips, judge: Any, num: int, name: str) -> dict[str, Any]:
    """Word errors of unseen digit strings read aloud; and, if it was taught, right answers to spoken ones."""
    texts = [clip.text for clip, _ in clips.answers_of(INTENT)[:num]]
    guided = "no text guidance" not in name
    ids = [model.need("tokenizer").encode(text) if guided else [] for text in texts]
    read = answer_all(model, TTS if guided else T1A2, [Asked(question=Question(text=text)) for text in texts], texts=ids)
    scores: dict[str, Any] = {"read aloud": _errors(model, texts, [one.codes for one in read], judge)}
    if "stage" in name:
        talks = clips.talks()[INTENT]
        said = measures.converse(model, talks, A1A2)
        good = measures.right(talks, said)
        answered = [one[-1] for one in said if one[-1].text]
        scores["right answers while speaking"] = round(sum(good) / len(good), 3)
        scores["spoken answers"] = _errors(model, [one.text for one in answered], [one.codes for one in answered], judge)
    return scores


def _errors(model: SpeechLM, texts: Sequence[str], codes: Sequence[torch.Tensor], judge: Any) -> str:
    return rate(asdict(WordErrors.of(texts, judge([measures.sound(model, one) for one in codes]))))


def _write(found: dict[str, Any], out: Path, steps: int, num: int) -> None:
    heads = ("read aloud", "right answers while speaking", "spoken answers")
    rows = [[name, *(row.get(head, "-") for head in heads)] for name, row in found.items()]
    about = f"`python bench/pocket_ablations.py ROOT OUT --steps {steps} --num {num}`; {machine()}."
    text = f"# Pocket: what the choices are worth\n\n{__doc__.splitlines()[0]}\n\n{about}\n\n" + table(
        ["variant", *heads], rows
    )
    (out / "ablations.md").write_text(text)
    (out / "ablations.json").write_text(json.dumps(found, indent=1) + "\n")
    print(text)


if __name__ == "__main__":
    main()
