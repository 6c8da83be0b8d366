"""Where a text that left what CTC has spelt comes back to it, and what is read of the rest."""

import numpy as np
import pytest
import torch

from thinkaloud import toy
from thinkaloud.generate.ahead import Reading, Spelt, said_at
from thinkaloud.generate.texts import Judges, Text
from thinkaloud.listen.characters import SYMBOLS

_HEARD = "and nave you any"


@pytest.fixture(scope="module")
def judges() -> Judges:
    """A letter every four chances, nearly surely; the toy model's tokenizer has an id for each letter."""
    model = toy.model()
    best = torch.zeros(4 * len(_HEARD) + 4, dtype=torch.long)
    best[: 4 * len(_HEARD) : 4] = torch.tensor([SYMBOLS.index(letter) + 1 for letter in _HEARD])
    log_probs = (torch.nn.functional.one_hot(best, len(SYMBOLS) + 1) * 12.0).log_softmax(dim=-1)
    return Judges(model.need("tokenizer"), model.streams[0], log_probs, 0.3)


def indifferent(judges: Judges, count: int) -> torch.Tensor:
    return torch.zeros(count, judges.stream.num_ids, dtype=torch.double).log_softmax(dim=-1)


def spelt_by(judges: Judges, doubted: int | None = None) -> Spelt:
    """What was heard; at the place `doubted` the language model wants something else."""
    ids = judges.tokenizer.encode(judges.spelt)
    opinions = indifferent(judges, len(ids) + 1)
    if doubted is not None:
        opinions[doubted, ids[doubted]] -= 9
    return Spelt(ids, judges, judges.beginnings(ids, opinions)[1], opinions, 5.0)


def rest_of(judges: Judges, spelt: Spelt, text: str) -> str:
    ids = judges.tokenizer.encode(text)
    texts, prefixes = judges.beginnings(ids, indifferent(judges, len(ids) + 1))
    assert texts[-1].ids == tuple(ids)
    return judges.tokenizer.decode(spelt.rest(ids, int(said_at(prefixes)[-1])))


def test_letters_are_said_when_they_sound(judges: Judges) -> None:
    ids = judges.tokenizer.encode("and")
    _, prefixes = judges.beginnings(ids, indifferent(judges, 4))
    assert said_at(prefixes).tolist() == [0, 1, 5, 9]


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("and nave", " you any"),
        ("and have", " you any"),  # by another word
        ("ad have", " you any"),  # a letter fewer than was heard
        ("and", " nave you any"),
        ("and have you a", "ny"),  # its last letter was said before as well
        ("and have you any", ""),  # all of it
    ],
)
def test_a_text_goes_on_where_its_last_letter_was_said(judges: Judges, text: str, rest: str) -> None:
    assert rest_of(judges, spelt_by(judges), text) == rest


def test_within_another_word_nothing_can_be_told(judges: Judges) -> None:
    assert rest_of(judges, spelt_by(judges), "and h") == ""


def test_marks_that_nobody_heard_do_not_shift_it(judges: Judges) -> None:
    assert rest_of(judges, spelt_by(judges), "and have, ") == "you any"


def test_the_rest_ends_where_the_language_model_wants_something_else(judges: Judges) -> None:
    n = judges.tokenizer.encode(judges.spelt).index(judges.tokenizer.encode("n")[0], 3)
    assert rest_of(judges, spelt_by(judges, doubted=n), "and") == " "


def test_a_reading_holds_what_was_read_and_no_more() -> None:
    reading = Reading(rests=[[5, 6], [7]], opinions=torch.zeros(2, 3, 9))
    assert reading.holds(0, 0, 5) and reading.holds(0, 1, 6) and reading.holds(1, 0, 7)
    assert not reading.holds(0, 1, 5) and not reading.holds(1, 1, 7)


@pytest.mark.parametrize(("most", "within_nats"), [(1, 9.0), (4, 9.0), (4, 1.0), (30, 2.0), (30, 99.0)])
@pytest.mark.parametrize("seed", range(3))
def test_the_best_are_those_of_all_though_ctc_is_not_asked_of_all(
    judges: Judges, monkeypatch: pytest.MonkeyPatch, most: int, within_nats: float, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    texts = [
        Text(ids=tuple(judges.tokenizer.encode(text)), log_prob=-n, begun=True) for n, text in enumerate(("an", "am", "na"))
    ]
    opinions = torch.randn(3, judges.stream.num_ids, generator=generator).double().mul(3).log_softmax(dim=-1)
    before = [judges.beginnings(text.ids, indifferent(judges, 3))[1].chosen(np.array([-1])) for text in texts]
    prefixes = type(before[0]).joined(before)
    every = judges.scored(texts, judges.candidates(texts, opinions, prefixes), prefixes)
    asked, scored = [], judges.scored
    monkeypatch.setattr(judges, "scored", lambda *given: asked.append(given[1].rows) or scored(*given))
    found = judges.best(texts, opinions, prefixes, most, within_nats)
    order = [n for n in (-every.scores).argsort(kind="stable") if every.scores[n] >= every.scores.max() - within_nats][:most]
    assert [text.ids for text in found.texts] == [every.texts[n].ids for n in order]
    assert np.array_equal(found.scores, every.scores[order]) and np.array_equal(found.rows, every.rows[order])
    assert (most, seed) != (1, 0) or sum(map(len, asked)) < len(every.rows), "or it was asked of all"
