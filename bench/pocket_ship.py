"""Packs a trained pocket model as the package carries it: the run's language model, the newest other parts, int8.

python bench/pocket_ship.py runs/pocket/ears/model --codec runs/pocket/codec --listener runs/pocket/ears \
    --question-lm runs/pocket/question-lm
"""

import argparse
from pathlib import Path

import torch

from thinkaloud.cli.pocket_whole import pack

PACKED = Path(__file__).parent.parent / "src" / "thinkaloud" / "models" / "pocket"


def main() -> None:
    """Reads the folders from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--codec", type=Path, required=True)
    parser.add_argument("--listener", type=Path, required=True)
    parser.add_argument("--question-lm", type=Path, help="default: the model's own")
    parser.add_argument("--out", type=Path, default=PACKED)
    parser.add_argument("--storage", default="int8", choices=("int8", "float16", "float32"))
    given = parser.parse_args()
    torch.set_grad_enabled(False)
    print(
        f"{pack(given.model, given.codec, given.listener, given.out, given.storage, given.question_lm):.2f} MB in {given.out}"
    )


if __name__ == "__main__":
    main()
