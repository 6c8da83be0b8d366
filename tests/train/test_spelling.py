"""What embeddings know of their letters: enough to read them off, and nothing where there are none."""

import torch

from thinkaloud.data import domain
from thinkaloud.train.spelling import add_letters, letter_codes

WORDS = ["cat", "hat", "banana", "kitchen", "kitten", ".", "<unk>", "##k", "k", "what's"]


def test_words_of_like_spelling_have_like_codes():
    codes = letter_codes(WORDS, 256)
    alike = codes @ codes.T / 256
    assert alike[0, 1] > 0.4 and alike[3, 4] > 0.2 and alike[0, 3].abs() < 0.2
    assert torch.equal(codes[7], codes[8])
    assert codes[5].abs().sum() == codes[6].abs().sum() == 0
    torch.testing.assert_close(codes[[0, 2, 9]].square().mean(dim=1), torch.ones(3))


def test_the_letters_of_a_word_never_seen_can_be_read_off_what_others_taught():
    words = [word for word in domain.words() if word.isalpha() and 3 <= len(word) <= 9]
    target = torch.tensor([ord(word[0]) - ord("a") for word in words])
    held_out = torch.arange(len(words)) % 8 == 0

    def right(size: float) -> float:
        torch.manual_seed(0)
        table = torch.nn.init.normal_(torch.empty(len(words), 256), std=0.3)
        add_letters(table, words, size)
        known = table[~held_out]
        onehot = torch.nn.functional.one_hot(target[~held_out], 26).float()
        readout = torch.linalg.solve(known.T @ known + 5.0 * torch.eye(256), known.T @ onehot)
        return float(((table[held_out] @ readout).argmax(dim=1) == target[held_out]).float().mean())

    assert right(0.65) > 0.45 and right(0.0) < 0.2


def test_specials_stay_as_they_are():
    table = torch.ones(12, 64)
    add_letters(table, WORDS, 0.5)
    assert torch.equal(table[[5, 6, 10, 11]], torch.ones(4, 64)) and not torch.equal(table[0], torch.ones(64))
