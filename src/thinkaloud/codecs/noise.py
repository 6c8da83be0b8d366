"""Noise that depends on where it is, not on when it is asked for.

A counter-based generator (Philox) gives the value of any position directly, so a stream, a window and a whole run meet
the same noise, on every machine and for every conversation of a batch.
"""

import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

Noise = Callable[[int, int, int], Tensor]  # (layer, first position, number of positions) -> [number]

_WORDS = 4  # 64-bit words that Philox gives per count


def seeded_noise(seed: int) -> Noise:
    """Standard normal noise, float32, a fixed value for every (seed, layer, position); the layers are independent."""

    def noise(layer: int, first: int, num: int) -> Tensor:
        block, skip = divmod(first, _WORDS)
        words = np.random.Philox(key=(seed, layer), counter=block).random_raw(skip + num)[skip:]  # [num] uint64
        radius = np.sqrt(-2 * np.log(((words >> np.uint64(32)) + 1) / 2**32))  # Box-Muller, from the upper half ...
        turn = (words & np.uint64(0xFFFFFFFF)) * (2 * math.pi / 2**32)  # ... and the lower half of each word
        return torch.from_numpy((radius * np.cos(turn)).astype(np.float32))

    return noise
