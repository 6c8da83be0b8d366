"""How long a loaded language model of plain modules saves: loading the pocket model, with and without transformers, in turns.

    python bench/load.py [--rounds 5]

Every load is in a new process, after `import torch`: with `plain.py`, and as it is where that does not fit (the modules of
transformers and its tokenizer class). Then the model answers a typed question, and it is told when it first speaks. Writes
bench/load.md.
"""

import argparse
import statistics
import subprocess
import sys
from pathlib import Path

from thinkaloud.evaluate.pocket_report import table
from thinkaloud.evaluate.realtime import machine

LOAD = """
import sys, time
import torch
began = time.perf_counter()
from thinkaloud import AudioChunk, Session, SpeechLM
if sys.argv[1] == "transformers":
    from thinkaloud import backbone, text
    backbone.PlainSizes.of, text._PLAIN_CLASSES = classmethod(lambda cls, values: None), ()
model = SpeechLM.load("pocket")
loaded = time.perf_counter()
session = Session(model)
session.ask("what is two plus two?")
while not any(isinstance(event, AudioChunk) for event in session.step()):
    pass
print(loaded - began, time.perf_counter() - began)
assert ("transformers" in sys.modules) == (sys.argv[1] == "transformers")
"""


def took_s(kind: str) -> tuple[float, float]:
    """Seconds until the model was loaded, and until it spoke."""
    out = subprocess.run([sys.executable, "-c", LOAD, kind], capture_output=True, text=True, check=True).stdout
    loaded, spoke = map(float, out.split())
    return loaded, spoke


def main() -> None:
    """Measures and writes the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    found: dict[str, list[tuple[float, float]]] = {"plain": [], "transformers": []}
    for _ in range(args.rounds + 1):
        for kind, times in found.items():
            times.append(took_s(kind))
    medians = {kind: [statistics.median(column) for column in zip(*times[1:], strict=True)] for kind, times in found.items()}
    rows = [
        [what, f"{theirs:.2f}", f"{ours:.2f}", f"{theirs / ours:.1f}"]
        for what, theirs, ours in zip(("loaded, s", "first audio, s"), medians["transformers"], medians["plain"], strict=True)
    ]
    text = (
        "# Loading the pocket model\n\n"
        f"`python bench/load.py --rounds {args.rounds}`; {machine()}. Medians of new processes in turns, "
        "the first round left out; from after `import torch` on. First audio: of the answer to a typed question.\n\n"
        f"{table(['until', 'modules of transformers', 'plain modules', 'times as fast'], rows)}\n"
    )
    Path(__file__).with_suffix(".md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
