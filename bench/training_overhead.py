"""What our streams and heads cost in training: whole steps of our loop against plain steps of the same backbone.

    python bench/training_overhead.py > bench/training_overhead.md

Plain: transformers' own model on [B, S] text ids with labels everywhere, backward, clipping, fused AdamW. Ours: the loop of
`thinkaloud train` on [B, K, S] grids (half of the steps are a scored answer in all rows). Same backbone, same B and S, one
thread. The two alternate, and each step is measured in processor time of this process, which other work on the machine
disturbs less than the clock; the figure is the ratio of medians.
"""

import dataclasses
import platform
import statistics
import time
from datetime import UTC, datetime

import torch
from accelerate import Accelerator
from torch import nn
from transformers import AutoConfig, AutoModelForCausalLM

from thinkaloud.backbone import BackboneConfig
from thinkaloud.config import Mix, ModelConfig
from thinkaloud.configurable import Config
from thinkaloud.data.collate import Ragged
from thinkaloud.data.mixture import Part
from thinkaloud.heads.parallel import ParallelHeadConfig
from thinkaloud.layout.delayed import DelayedConfig
from thinkaloud.model import SpeechLM
from thinkaloud.tokens import Role, Stream
from thinkaloud.train.loop import StageLoop
from thinkaloud.train.stage import Recipe, Stage
from thinkaloud.train.start import speech_streams

SIZES = {
    # name: backbone, text ids, rows x codes, batch, steps, repeats
    "pocket, 6 M": ((256, 6, 768, 4), 500, (4, 256), (24, 64), 15),
    "60 M": ((512, 12, 1536, 8), 8000, (7, 4096), (8, 128), 7),
    "Mini-Omni's width, 6 of 24 blocks": ((896, 6, 4864, 14), 32000, (7, 4096), (4, 256), 5),
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Nothing(Config):
    """Stands for data: the steps are given."""


def backbone_values(sizes, num_text):
    dim, layers, mlp, heads = sizes
    return {
        "model_type": "qwen2",
        "vocab_size": num_text,
        "hidden_size": dim,
        "num_hidden_layers": layers,
        "intermediate_size": mlp,
        "num_attention_heads": heads,
        "num_key_value_heads": heads // 2,
        "max_position_embeddings": 2048,
        "tie_word_embeddings": True,
    }


def our_step(values, num_text, rows, shape):
    text = Stream(name="text", role=Role.TEXT, size=num_text - 8, num_ids=num_text)
    config = ModelConfig(
        name="bench",
        backbone=BackboneConfig(values=values, attention="sdpa"),
        layout=DelayedConfig(streams=(text, *speech_streams(*rows))),
        head=ParallelHeadConfig(),
        mix=Mix.SUM,
    )
    model = SpeechLM(config)
    stage = Stage(name="bench", trains=("*",), data=(Part(data=Nothing(), tasks={"a1a2": 1.0}),), steps=10**6)
    loop = StageLoop(model, Recipe(name="bench", start=Nothing(), groups={}, stages=(stage,)), stage, Accelerator(cpu=True))
    loop.lesson.train()
    batch, steps = shape
    ids = torch.stack([torch.randint(0, stream.size, (batch, steps)) for stream in model.streams], dim=1)  # [B, K, S]
    labels = ids.roll(-1, dims=2)
    labels[:, :, : steps // 2] = -100
    counts = torch.cat([(labels >= 0).sum(dim=(0, 2)), torch.zeros(1, dtype=torch.long)])
    ragged = Ragged(ids=ids, labels=labels, written=torch.zeros(batch, steps, dtype=torch.bool), counts=counts)
    return lambda: loop._step(0, [ragged])


def plain_step(values, num_text, shape):
    model = AutoModelForCausalLM.from_config(AutoConfig.for_model(**values), attn_implementation="sdpa").train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, fused=True)
    ids = torch.randint(0, num_text, shape)

    def step():
        model(input_ids=ids, labels=ids, use_cache=False).loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    return step


def seconds(step):
    start = time.process_time()
    step()
    return time.process_time() - start


def main():
    torch.set_num_threads(1)
    torch.manual_seed(0)
    print("# What streams and heads cost in training\n")
    print(f"`python bench/training_overhead.py`, {datetime.now(UTC):%Y-%m-%d}, {platform.processor() or platform.machine()},")
    print(f"one thread, float32, torch {torch.__version__}. Positions a second of processor time; how: see the script.\n")
    print("| backbone | text ids | rows x codes | batch x steps | plain | ours | ratio |")
    print("|---|---|---|---|---|---|---|")
    for name, (sizes, num_text, rows, shape, repeats) in SIZES.items():
        values = backbone_values(sizes, num_text)
        plain, ours = plain_step(values, num_text, shape), our_step(values, num_text, rows, shape)
        times = {"plain": [], "ours": []}
        for repeat in range(repeats + 1):
            for kind, step in (("plain", plain), ("ours", ours)):
                spent = seconds(step)
                if repeat:  # the first warms up
                    times[kind].append(spent)
        rate = {kind: shape[0] * shape[1] / statistics.median(spent) for kind, spent in times.items()}
        cells = (
            name,
            num_text,
            f"{rows[0]} x {rows[1]}",
            f"{shape[0]} x {shape[1]}",
            f"{rate['plain']:.0f}",
            f"{rate['ours']:.0f}",
        )
        print("|", *(f"{cell} |" for cell in cells), f"{rate['ours'] / rate['plain']:.2f} |", flush=True)


if __name__ == "__main__":
    main()
