"""What hearing a recording at several speeds is worth, and what it costs: the same clips written down in several ways.

    python bench/speeds.py --root runs/pocket/root [--fsdd FOLDER] [--model pocket] [--num 100]

`thinkaloud transcribe --speeds ...` (generate/again.py), against hearing it once. Clips are those of `thinkaloud eval pocket`:
no content of them was taught. The clock is processor time of one clip, hearing included. Writes bench/speeds.md.
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import torch

from thinkaloud.evaluate.judge import WordErrors
from thinkaloud.evaluate.pocket_clips import Clip, PocketClipsConfig
from thinkaloud.evaluate.pocket_report import bench_report, rate, table
from thinkaloud.generate.again import SPEEDS, write_down_again
from thinkaloud.model import SpeechLM

WAYS = {"as it is": (1.0,), ".9, 1, 1.1": (0.9, 1.0, 1.1), "from .8 to 1.2": SPEEDS}
CONDITIONS = (
    *("seen_voices", "accents", "festival", "pico", "readings", "readings_other_words", "strangers_digits"),
    *("noise_15_db", "noise_5_db"),
)


def errors(model: SpeechLM, clips: Sequence[Clip], speeds: Sequence[float]) -> tuple[str, float]:
    """Word errors, and processor ms of one clip."""
    began = time.process_time()
    texts = [write_down_again(model, clip.audio, speeds=speeds) for clip in clips]
    cost_ms = 1000 * (time.process_time() - began) / len(clips)
    return rate(vars(WordErrors.of([clip.text for clip in clips], texts))), cost_ms


def main() -> None:
    """Reads the command line, measures and writes the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--fsdd", default="")
    parser.add_argument("--model", default="pocket")
    parser.add_argument("--num", type=int, default=100)
    given = parser.parse_args()
    torch.set_num_threads(1)
    model, root = SpeechLM.load(given.model), str(given.root)
    corpus = PocketClipsConfig(corpus=f"{root}/corpus", codes=f"{root}/codes", fsdd=given.fsdd, num_clips=given.num).build()
    clips, rows = corpus.hearing(), []
    for name in (name for name in CONDITIONS if name in clips):
        found = [errors(model, clips[name], speeds) for speeds in WAYS.values()]
        costs = ", ".join(f"{cost_ms:.0f}" for _, cost_ms in found)
        rows.append([name, *(share for share, _ in found), costs, f"{len(clips[name])}"])
        print(rows[-1], flush=True)
    people = f" --fsdd {given.fsdd}" if given.fsdd else ""
    command = f"python bench/speeds.py --root {given.root}{people} --model {given.model} --num {given.num}"
    head = ["condition", *WAYS, "a clip, ms", "clips"]
    note = "Word errors, ± one standard error, by the speeds at which a clip is heard."
    print(bench_report(__file__, __doc__, command, note, table(head, rows)))


if __name__ == "__main__":
    main()
