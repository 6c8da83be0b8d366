"""What CTC says about texts is what all its paths say, added up one by one."""

import itertools
import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from thinkaloud.listen.prefixes import PrefixScorer


def chances(count: int, symbols: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(count, symbols, generator=torch.Generator().manual_seed(seed)).double().log_softmax(dim=-1)


def spelt(path: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(symbol for symbol, _ in itertools.groupby(path) if symbol)


def grown(scorer: PrefixScorer, text: tuple[int, ...]):
    return scorer.grow(scorer.start(), np.array([text], dtype=np.int64))


@pytest.mark.parametrize("count", [1, 3, 5])
def test_it_is_the_sum_over_all_paths(count: int) -> None:
    log_probs = chances(count, 3)
    scorer = PrefixScorer(log_probs)
    paths = {
        path: math.exp(sum(log_probs[t, s] for t, s in enumerate(path))) for path in itertools.product(range(3), repeat=count)
    }
    for length in range(4):
        for text in itertools.product((1, 2), repeat=length):
            found = grown(scorer, text)
            begin = sum(p for path, p in paths.items() if spelt(path)[:length] == text)
            whole = sum(p for path, p in paths.items() if spelt(path) == text)
            assert math.exp(found.scores.item()) == pytest.approx(begin, abs=1e-9)
            assert math.exp(found.whole.item()) == pytest.approx(whole, abs=1e-9)


@pytest.mark.parametrize("count", [40, 1500])
def test_the_whole_is_what_ctc_is_trained_on_however_long(count: int) -> None:
    log_probs = chances(count, 29, seed=count)
    text = tuple(torch.randint(1, 29, (17,), generator=torch.Generator().manual_seed(1)).tolist())
    lengths = torch.tensor([count]), torch.tensor([len(text)])
    wanted = -F.ctc_loss(log_probs.double()[:, None], torch.tensor([text]), *lengths, reduction="sum")
    assert grown(PrefixScorer(log_probs), text).whole.item() == pytest.approx(float(wanted), rel=1e-9)


def test_many_texts_grow_as_each_alone_by_any_number_of_letters() -> None:
    scorer = PrefixScorer(chances(12, 5))
    together = scorer.grow(scorer.start().chosen(np.zeros(3, dtype=np.int64)), np.array([[1, 1, 2], [3, 0, 0], [0, 0, 0]]))
    for row, text in enumerate(((1, 1, 2), (3,), ())):
        alone = grown(scorer, text)
        assert np.allclose(together.scores[row], alone.scores[0]) and np.allclose(together.whole[row], alone.whole[0])
    longer = scorer.grow(together.chosen(np.array([1])), np.array([[3], [4]])[:1])
    assert np.allclose(longer.scores, grown(scorer, (3, 3)).scores)


def test_a_text_is_less_likely_the_longer_it_is() -> None:
    scorer = PrefixScorer(chances(9, 4))
    texts, before = scorer.start(), 0.0
    for symbol in (1, 1, 3, 2):
        texts = scorer.grow(texts, np.array([[symbol]]))
        assert texts.whole.item() <= texts.scores.item() <= before
        before = texts.scores.item()
