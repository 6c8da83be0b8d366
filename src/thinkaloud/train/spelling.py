"""Spelling: what a word's embedding knows of its letters before anything is learnt.

A closed list of words as tokens hides that "cat" is c, a, t. A fixed code of the letters and their places, added to the first
values of a table, makes it visible: words that sound and are spelled alike begin alike, and what is learnt of the letters of
some words holds for all (as in fastText, arXiv 1607.04606, section 3.2, with places in the word instead of n-grams).

    code("cat") = front(0, c) + front(1, a) + front(2, t) + back(0, t) + back(1, a) + back(2, c)

Letters: V words, D width.
"""

import re
from collections.abc import Sequence

import torch
from torch import Tensor

LETTERS = "abcdefghijklmnopqrstuvwxyz'"
_PLACES = 12  # letters further in from both ends are not told apart
_WORD = re.compile(r"(?:##)?([a-z']+)")


def letter_codes(words: Sequence[str], dim: int, seed: int = 0) -> Tensor:
    """Codes [V, D] with mean squared value 1 a row; zero for what has no letters. "##x" is the letter x."""
    generator = torch.Generator().manual_seed(seed)
    front, back = torch.randn(2, _PLACES, len(LETTERS), dim, generator=generator)
    codes = torch.zeros(len(words), dim)
    for row, word in enumerate(words):
        if (found := _WORD.fullmatch(word)) is None:
            continue
        ids = [LETTERS.index(letter) for letter in found[1][:_PLACES]]
        last = [LETTERS.index(letter) for letter in found[1][::-1][:_PLACES]]
        code = front[range(len(ids)), ids].sum(dim=0) + back[range(len(last)), last].sum(dim=0)
        codes[row] = code / code.square().mean().sqrt()
    return codes


@torch.no_grad()
def add_letters(table: Tensor, words: Sequence[str], size: float, seed: int = 0) -> None:
    """Adds the codes of `words` to the first rows of a table [.., D], `size` times as large as its values are on average."""
    codes = letter_codes(words, table.shape[1], seed).to(table)
    table[: len(words)] += size * table[: len(words)].square().mean().sqrt() * codes
