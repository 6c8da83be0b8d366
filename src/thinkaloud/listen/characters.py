"""CTC characters: the small head that spells what a listener has heard. Used to train a listener and to judge speech.

Letters: B batch, T feature frames, D feature width, V symbols (0 is the blank).

    frames    0 .. delay-1     delay .. T-1
              blank, always    one symbol each; repeats merged, blanks dropped -> text

A causal encoder trained with plain CTC learns to spell before it has heard (it emits likely first letters in the leading
silence). The output delay cures this: the first frames are left out of the loss and are blank when decoding.
"""

import itertools
import re
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from thinkaloud.configurable import Config

BLANK = 0
SYMBOLS = " 'abcdefghijklmnopqrstuvwxyz"  # id = position + 1


@dataclass(frozen=True, kw_only=True)
class CharacterHeadConfig(Config):
    """A linear CTC head on features of width `dim`; the first `delay_frames` frames never spell anything."""

    dim: int = 208
    delay_frames: int = 8

    def build(self) -> "CharacterHead":
        """The head, with fresh weights."""
        return CharacterHead(self)


def spell(text: str) -> str:
    """What CTC can spell of a text: lower case, letters, apostrophes inside words and single spaces."""
    kept = re.sub(r"[^a-z' ]+", " ", text.lower().replace("’", "'"))
    return " ".join(word.strip("'") for word in kept.split() if word.strip("'"))


def symbol_ids(text: str) -> list[int]:
    """The ids of a text as CTC targets: `spell` first, then one id a character."""
    return [SYMBOLS.index(character) + 1 for character in spell(text)]


def least_frames(ids: list[int]) -> int:
    """The fewest frames that can spell these ids: a blank is needed between two equal ones."""
    return len(ids) + sum(a == b for a, b in itertools.pairwise(ids))


class CharacterHead(nn.Module):
    """Features to characters: one linear layer, greedy decoding."""

    def __init__(self, config: CharacterHeadConfig) -> None:
        super().__init__()
        self.config = config
        self.symbols = nn.Linear(config.dim, len(SYMBOLS) + 1)

    def forward(self, features: Tensor) -> Tensor:
        """Log-probabilities [B, T, V], in float32, of features [B, T, D]."""
        return F.log_softmax(self.symbols(features).float(), dim=-1)

    def texts(self, log_probs: Tensor, lengths: Tensor) -> list[str]:
        """The likeliest symbol of each of the first `lengths` [B] frames, merged and spelt."""
        best = log_probs.argmax(-1)  # [B, T]
        best[:, : self.config.delay_frames] = BLANK
        return [self._merge(row[:length]) for row, length in zip(best, lengths.tolist(), strict=True)]

    @staticmethod
    def _merge(ids: Tensor) -> str:
        merged = torch.unique_consecutive(ids)
        spelt = "".join(SYMBOLS[i - 1] for i in merged.tolist() if i != BLANK)
        return " ".join(spelt.split())
