"""What a straight pass through the blocks is worth: one step after a past, ours and transformers' own, in turns, in one run.

    python bench/blocks.py [--past 60] [--steps 40] [--rounds 5]

Qwen2 of three sizes with random weights in float32: the pocket model's, one between, and Mini-Omni's (Qwen2-0.5B), with one row
and with the two of batch-parallel decoding. Writes bench/blocks.md.
"""

import argparse
import statistics
import time
from pathlib import Path

import torch

from thinkaloud.backbone import Backbone, BackboneConfig
from thinkaloud.evaluate.pocket_report import table
from thinkaloud.evaluate.realtime import machine

SIZES = {
    "pocket": {"hidden_size": 256, "intermediate_size": 1536, "num_hidden_layers": 6, "num_attention_heads": 4,
               "num_key_value_heads": 4},
    "between": {"hidden_size": 512, "intermediate_size": 2048, "num_hidden_layers": 12, "num_attention_heads": 8,
                "num_key_value_heads": 4},
    "Qwen2-0.5B": {"hidden_size": 896, "intermediate_size": 4864, "num_hidden_layers": 24, "num_attention_heads": 14,
                   "num_key_value_heads": 2},
}  # fmt: skip


@torch.inference_mode()
def step_ms(backbone: Backbone, straight: bool, rows: int, past: int, steps: int) -> tuple[float, torch.Tensor]:
    """Median milliseconds of one step after `past`, and the last hidden state [rows, 1, D]."""
    generator, cache = torch.Generator().manual_seed(0), backbone.new_cache()
    backbone.straight, took_s = straight, []
    hidden = backbone(torch.randn(rows, past, backbone.dim, generator=generator), cache)
    for _ in range(steps):
        embeds = torch.randn(rows, 1, backbone.dim, generator=generator)
        began = time.perf_counter()
        hidden = backbone(embeds, cache)
        took_s.append(time.perf_counter() - began)
    return 1000 * statistics.median(took_s), hidden.normed


def row(name: str, rows: int, args: argparse.Namespace) -> list[str]:
    """One line of the table."""
    torch.manual_seed(0)
    values = {"model_type": "qwen2", "vocab_size": 100, "max_position_embeddings": 1024, **SIZES[name]}
    backbone = BackboneConfig(values=values, attention="eager" if name == "pocket" else "").build(100).eval()
    ours, theirs, far = [], [], 0.0
    for _ in range(args.rounds):
        mine, hidden = step_ms(backbone, True, rows, args.past, args.steps)
        other, known = step_ms(backbone, False, rows, args.past, args.steps)
        ours, theirs, far = [*ours, mine], [*theirs, other], max(far, float((hidden - known).abs().max()))
    mine, other = statistics.median(ours), statistics.median(theirs)
    return [name, str(rows), f"{other:.2f}", f"{mine:.2f}", f"{other / mine:.2f}", f"{far:.0e}"]


def main() -> None:
    """Measures and writes the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--past", type=int, default=60)
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    lines = [row(name, rows, args) for name in SIZES for rows in (1, 2)]
    head = ["size", "rows", "transformers, ms a step", "straight, ms a step", "ratio", "largest difference"]
    command = f"`python bench/blocks.py --past {args.past} --steps {args.steps} --rounds {args.rounds}`"
    text = f"# {__doc__.splitlines()[0]}\n\n{command}; {machine()}. Medians.\n\n{table(head, lines)}\n"
    (Path(__file__).parent / "blocks.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
