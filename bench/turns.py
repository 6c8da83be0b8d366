"""How many spoken turns the detectors find: `python bench/turns.py FOLDER_OF_SHORT_RECORDINGS [--num 60]`.

Puts that many recordings one after the other with 1.2 s between them, over white noise of several levels, and counts the
turns of the endpoint policy. Each recording should be one turn.
"""

import argparse
import pathlib
import random

import torch
from torch import Tensor

from thinkaloud import audio
from thinkaloud.duplex import Action, Moment
from thinkaloud.duplex.endpoint import EndpointConfig
from thinkaloud.duplex.silero import SileroVadConfig
from thinkaloud.duplex.vad import EnergyVadConfig, Vad

RATE = 16000


def conversation(paths: list[pathlib.Path], noise_db: float) -> Tensor:
    """All recordings at -22 dB of full scale with pauses, over noise: samples [N]."""
    parts = [torch.zeros(RATE)]
    for path in paths:
        speech = audio.read(path).resample(RATE).samples.flatten()
        parts += [speech * 0.08 / speech.std(), torch.zeros(int(1.2 * RATE))]
    whole = torch.cat(parts)
    return whole + 10 ** (noise_db / 20) * torch.randn(len(whole), generator=torch.Generator().manual_seed(0))


def count_turns(vad: Vad, samples: Tensor) -> int:
    """Turns that the default policy would answer."""
    policy, turns = EndpointConfig().build(), 0
    for i, probability in enumerate(vad.stream().push(samples)):
        now = Moment(now_samples=(i + 1) * vad.frame_samples, speech_probability=probability, speaking=False)
        turns += policy.observe(now) is Action.REPLY
    return turns


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--num", type=int, default=60)
    options = parser.parse_args()
    paths = sorted(options.folder.glob("*.wav"))
    paths = random.Random(0).sample(paths, min(options.num, len(paths)))
    print(f"turns found in {len(paths)} recordings\n\n| noise | EnergyVad | SileroVad |\n|---|---|---|")
    for noise_db in (-80, -50, -40, -30):
        samples = conversation(paths, noise_db)
        found = [count_turns(vad, samples) for vad in (EnergyVadConfig().build(), SileroVadConfig().build())]
        print(f"| {noise_db} dB | {found[0]} | {found[1]} |")


if __name__ == "__main__":
    main()
