"""CTC characters: the small head that spells what a listener has heard. Used to train a listener and to judge speech.

Letters: B batch, T feature frames, D feature width, C = T * symbols_per_frame chances to spell, V symbols (0 is the blank).

    frames    0 .. delay-1     delay .. T-1
              blank, always    two symbols each; repeats merged, blanks dropped -> text

Fast speech has 20 characters a second, and CTC wants blanks between them: at 25 frames a second one symbol a frame is too
tight, so each frame spells two.

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
    symbols_per_frame: int = 2

    def build(self) -> "CharacterHead":
        """The head, with fresh weights."""
        return CharacterHead(self)


def spell(text: str) -> str:
    """What CTC can spell of a text: lower case, letters, apostrophes inside words and single spaces."""
    kept = re.sub(r"[^a-z' ]+", " ", text.lower().replace("’", "'"))
    return " ".join(word.strip("'") for word in kept.split() if word.strip("'"))


def symbol_ids(text: str) -> list[int]:
    """The ids of a text as CTC targets: `spell` first, then one id a character."""
    return letter_ids(spell(text))


def letter_ids(spelt: str) -> list[int]:
    """The ids of what is spelt already, one a character."""
    return [SYMBOLS.index(character) + 1 for character in spelt]


def least_symbols(ids: list[int]) -> int:
    """The fewest symbols that can spell these ids: a blank is needed between two equal ones."""
    return len(ids) + sum(a == b for a, b in itertools.pairwise(ids))


class CharacterHead(nn.Module):
    """Features to characters: one linear layer, greedy decoding."""

    def __init__(self, config: CharacterHeadConfig) -> None:
        super().__init__()
        self.config = config
        self.symbols = nn.Linear(config.dim, config.symbols_per_frame * (len(SYMBOLS) + 1))

    def forward(self, features: Tensor) -> Tensor:
        """Log-probabilities [B, C, V], in float32, of features [B, T, D]."""
        batch, frames, _ = features.shape
        scores = self.symbols(features).float().view(batch, frames * self.config.symbols_per_frame, -1)  # [B, C, V]
        return F.log_softmax(scores, dim=-1)

    def chances(self, features: Tensor) -> Tensor:
        """Log-probabilities [C, V] of the chances that may spell something, of the features [T, D] of one utterance."""
        return self(features[None])[0, self.config.delay_frames * self.config.symbols_per_frame :]

    def texts(self, log_probs: Tensor, lengths: Tensor) -> list[str]:
        """The likeliest symbols of the first `lengths` [B] frames, merged and spelt."""
        best, per_frame = log_probs.argmax(-1), self.config.symbols_per_frame  # [B, C]
        best[:, : self.config.delay_frames * per_frame] = BLANK
        return [_merged(row[: length * per_frame]) for row, length in zip(best, lengths.tolist(), strict=True)]


def likeliest(chances: Tensor) -> str:
    """The likeliest symbols of chances [C, V] that may spell something (`CharacterHead.chances`), merged and spelt."""
    return _merged(chances.argmax(dim=-1))


def _merged(ids: Tensor) -> str:
    merged = torch.unique_consecutive(ids)
    spelt = "".join(SYMBOLS[i - 1] for i in merged.tolist() if i != BLANK)
    return " ".join(spelt.split())
