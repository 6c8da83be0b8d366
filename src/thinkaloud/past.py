"""Past: the keys and values that one batch of conversations has left in a language model, as `blocks.run` reads and grows it.

It does what transformers' DynamicCache does, and is asked for the same by the same names.

Letters: B batch, G key heads, T steps so far, E head width.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor


class PastLayer:
    """One block's keys and values [B, G, T, E]; None before the first step."""

    def __init__(self) -> None:
        self.keys: Tensor | None = None
        self.values: Tensor | None = None


class Past:
    """The past of all blocks."""

    def __init__(self, num_blocks: int) -> None:
        self.layers = [PastLayer() for _ in range(num_blocks)]

    def update(self, keys: Tensor, values: Tensor, block: int) -> tuple[Tensor, Tensor]:
        """Adds the steps [B, G, S, E] of a block; all of its steps [B, G, T, E]."""
        layer = self.layers[block]
        layer.keys = keys if layer.keys is None else torch.cat((layer.keys, keys), dim=2)
        layer.values = values if layer.values is None else torch.cat((layer.values, values), dim=2)
        return layer.keys, layer.values

    def get_seq_length(self) -> int:
        """T."""
        keys = self.layers[0].keys
        return 0 if keys is None else keys.shape[2]

    def batch_repeat_interleave(self, repeats: int) -> None:
        """Every row so many times."""
        self._each(lambda past: past.repeat_interleave(repeats, dim=0))

    def batch_select_indices(self, rows: Tensor) -> None:
        """These rows, in this order."""
        self._each(lambda past: past[rows])

    def crop(self, steps: int) -> None:
        """Forgets the last -`steps` steps; 0 forgets none."""
        kept = self.get_seq_length() + steps
        self._each(lambda past: past[:, :, :kept])

    def _each(self, change: Callable[[Tensor], Tensor]) -> None:
        for layer in self.layers:
            if layer.keys is not None and layer.values is not None:
                layer.keys, layer.values = change(layer.keys), change(layer.values)


def is_whole(cache: Any) -> bool:
    """Every layer sees all of its past, and can forget the end of it: windows and states of other kinds cannot."""
    if isinstance(cache, Past):
        return True
    from transformers.cache_utils import DynamicLayer

    made = all(type(layer) is DynamicLayer for layer in cache.layers)
    return made and cache.layer_class_to_replicate in (None, DynamicLayer)
