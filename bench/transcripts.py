"""What several judges are worth in transcripts, and what they cost: the same clips written down in several ways, in one run.

    python bench/transcripts.py --root runs/pocket/root [--model pocket] [--num 100]

"The language model alone" is greedy decoding of the ASR task; the other ways keep some texts and let CTC have a say
(generate/joint.py), and a question LM (generate/expected.py); they read what CTC alone has spelt, first and ahead
(generate/draft.py, ahead.py), and drop texts that are far behind. Clips are those of `thinkaloud eval pocket`: no content of
them was taught. The clock is processor time of one clip, without hearing it. Writes bench/transcripts.md.
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from thinkaloud.evaluate.judge import WordErrors
from thinkaloud.evaluate.pocket_clips import Clip, PocketClipsConfig, hear_all
from thinkaloud.evaluate.pocket_report import bench_report, rate, table
from thinkaloud.generate.answer import write_down
from thinkaloud.generate.ask import Question
from thinkaloud.generate.loop import DecodeOptions
from thinkaloud.model import SpeechLM

WAYS = {
    "the language model alone": DecodeOptions(ctc_weight=0.0),
    "8 texts, with CTC": DecodeOptions(lm_weight=0.0),
    "8 texts, with CTC and the question LM (the default)": DecodeOptions(),
    "one text, with both": DecodeOptions(beams=1),
    "4 texts, with both": DecodeOptions(beams=4),
    "16 texts, with both": DecodeOptions(beams=16),
    "8 texts, with both, nothing read first or ahead": DecodeOptions(draft=False),
    "8 texts, dropped 8 nats behind instead of 5": DecodeOptions(prune_nats=8.0),
    "8 texts, none dropped, nothing read first or ahead": DecodeOptions(draft=False, prune_nats=1e9),
    "8 texts, CTC counts half as much": DecodeOptions(ctc_weight=0.15),
    "8 texts, CTC counts twice as much": DecodeOptions(ctc_weight=0.6),
    "8 texts, the question LM counts half as much": DecodeOptions(lm_weight=0.15),
    "8 texts, the question LM counts twice as much": DecodeOptions(lm_weight=0.6),
}
CONDITIONS = ("seen_voices", "accents", "festival", "pico", "answers", "noise_15_db", "people_digits")


def written(model: SpeechLM, heard: Sequence[Tensor], decode: DecodeOptions) -> tuple[list[str], float]:
    """Transcripts of features [T, D], and processor ms of one."""
    began = time.process_time()
    texts = [write_down(model, Question(heard=features), decode.replace(max_steps=80)) for features in heard]
    return texts, 1000 * (time.process_time() - began) / len(heard)


def rows(model: SpeechLM, clips: dict[str, list[Clip]]) -> list[list[str]]:
    """One line for each way: word errors by condition, and what a clip costs."""
    heard = {name: hear_all(model.need("listener"), clips[name]) for name in CONDITIONS}
    found = []
    for way, decode in WAYS.items():
        errors, costs = [], []
        for name in CONDITIONS:
            texts, cost_ms = written(model, heard[name], decode)
            scores = WordErrors.of([clip.text for clip in clips[name]], texts)
            errors.append(rate(vars(scores)))
            costs.append(cost_ms)
        found.append([way, *errors, f"{sum(costs) / len(costs):.0f}"])
        print(found[-1], flush=True)
    return found


def main() -> None:
    """Reads the command line, measures and writes the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--model", default="pocket")
    parser.add_argument("--num", type=int, default=100)
    given = parser.parse_args()
    torch.set_num_threads(1)
    root = str(given.root)
    clips = PocketClipsConfig(corpus=f"{root}/corpus", codes=f"{root}/codes", num_clips=given.num).build().hearing()
    head = ["written down by", *CONDITIONS, "a clip, ms"]
    command = f"python bench/transcripts.py --root {given.root} --model {given.model} --num {given.num}"
    lines = table(head, rows(SpeechLM.load(given.model), clips))
    print(bench_report(__file__, __doc__, command, "Word errors, ± one standard error.", lines))


if __name__ == "__main__":
    main()
