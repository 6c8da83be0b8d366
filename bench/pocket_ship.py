"""Packs a trained pocket model as the package carries it: the run's language model, the newest codec and listener, int8.

    python bench/pocket_ship.py runs/pocket/ears/model --codec runs/pocket/codec --listener runs/pocket/ears

The codec may have learnt to decode better since the run began, but its codes must be those the answers were taught in; the
listener must be the one that heard the questions, or that learnt on with the model (`--read-by`).
"""

import argparse
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file

from thinkaloud.data.encoded import fingerprint
from thinkaloud.model import SpeechLM, load_strict
from thinkaloud.train.ears import load_listener

PACKED = Path(__file__).parent.parent / "src" / "thinkaloud" / "models" / "pocket"


def pack(model: Path, codec: Path, listener: Path, out: Path, storage: str) -> float:
    """Writes the model into `out` and gives its size in MB; ValueError if the codec makes other codes than the run's did."""
    made = SpeechLM.load(model, parts=("codec",))
    taught = fingerprint(made.need("codec"))
    load_strict(made.need("codec"), load_file(codec / "codec.safetensors"))
    if (now := fingerprint(made.need("codec"))) != taught:
        raise ValueError(f"{codec} makes other codes ({now}) than those the model was taught ({taught})")
    made.listener, made.ctc = load_listener(listener)
    made.config = made.config.replace(ctc=made.ctc.config)
    shutil.rmtree(out, ignore_errors=True)
    made.save(out, storage=storage)
    return sum(file.stat().st_size for file in out.iterdir()) / 1e6


def main() -> None:
    """Reads the folders from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--codec", type=Path, required=True)
    parser.add_argument("--listener", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=PACKED)
    parser.add_argument("--storage", default="int8", choices=("int8", "float16", "float32"))
    given = parser.parse_args()
    torch.set_grad_enabled(False)
    print(f"{pack(given.model, given.codec, given.listener, given.out, given.storage):.2f} MB in {given.out}")


if __name__ == "__main__":
    main()
