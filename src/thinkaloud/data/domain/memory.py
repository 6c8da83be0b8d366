"""Several turns: what was told is remembered, a changed mind is followed, an answer is repeated or calculated on."""

import random

from thinkaloud.data.domain import calendar, chat, language, world
from thinkaloud.data.domain.dialogue import Dialogue, is_held_out, opened, split, talk
from thinkaloud.data.domain.lexicon import ANIMALS, COLORS, FOODS, FRUITS, PET_NAMES
from thinkaloud.data.domain.memory_wordings import (
    AGAIN,
    CALCULATE_ON,
    CALLED_ASKED,
    CALLED_TOLD,
    CHANGE_PROBLEM,
    CHANGE_STRING,
    IS_ASKED,
    IS_TOLD,
    LIVE_ASKED,
    LIVE_TOLD,
    MY_NAME,
    MY_NUMBER,
    OTHER_NAME,
    SAY_STRING,
    WHAT_NAME,
    WHAT_NUMBER,
)
from thinkaloud.data.domain.names import SAID_NAMES
from thinkaloud.data.domain.numbers import INTENTS as NUMBER_INTENTS
from thinkaloud.data.domain.numbers import digit_string, fact, problem, say
from thinkaloud.data.domain.world import CAPITALS

_BETWEEN = (
    NUMBER_INTENTS["arithmetic"],
    NUMBER_INTENTS["next_number"],
    world.INTENTS["capital"],
    world.INTENTS["color"],
    world.INTENTS["animal"],
    calendar.INTENTS["day"],
    language.INTENTS["opposite"],
    chat.INTENTS["thanks"],
    chat.INTENTS["greeting"],
)


def _between(rng: random.Random) -> list[Dialogue]:
    """None, one or two dialogues about something else; what is remembered has to outlive them."""
    return [_taught(rng, _BETWEEN) for _ in range(rng.choice((0, 0, 1, 1, 2)))]


def _over(content: str, first: list[tuple[str, str]], between: list[Dialogue], last: tuple[str, str]) -> Dialogue:
    """The first turns, what lies between, and the last turn."""
    middle = [(turn.question, turn.answer or "") for dialogue in between for turn in dialogue.turns]
    return talk(content, *first, *middle, last, mentions=tuple(dialogue.content for dialogue in between))


def _taught(rng: random.Random, makers: tuple) -> Dialogue:
    """A dialogue of the training split: what is held out elsewhere must not slip in here."""
    while split(made := rng.choice(makers)(rng)) != "train":
        pass
    return made


def _name(rng: random.Random) -> Dialogue:
    name = rng.choice(SAID_NAMES)
    told = rng.choice(MY_NAME)
    asked = rng.choice(WHAT_NAME)
    if rng.random() < 0.12:
        return opened(asked, "you did not tell me your name.", f"unknown name {asked}")
    first = [(told.format(name), f"hello, {name}.")]
    if rng.random() < 0.2:
        wrong = rng.choice(SAID_NAMES)
        while wrong == name or is_held_out(f"name {wrong}"):
            wrong = rng.choice(SAID_NAMES)
        correction = rng.choice(OTHER_NAME)
        first = [(told.format(wrong), f"hello, {wrong}."), (correction.format(name), f"sorry. hello, {name}.")]
    return _over(f"name {name}", first, _between(rng), (asked, f"your name is {name}."))


def _number(rng: random.Random) -> Dialogue:
    number = digit_string(rng, 1, 4) if rng.random() < 0.6 else say(rng.randint(10, 99))
    told = rng.choice(MY_NUMBER)
    asked = rng.choice(WHAT_NUMBER)
    if rng.random() < 0.1:
        return opened(asked, "you did not tell me a number.", f"unknown number {asked}")
    first = [(told.format(number), f"i will remember {number}.")]
    return _over(number, first, _between(rng), (asked, f"the number was {number}."))


# how it is told | asked ; how it is answered ; what is missing where nobody told it
_IS = (
    IS_TOLD,
    IS_ASKED,
    "your {0} is {1}.",
    "your {0}",
)
_CALLED = (
    CALLED_TOLD,
    CALLED_ASKED,
    "your {0} is called {1}.",
    "the name of your {0}",
)
_LIVE = (
    LIVE_TOLD,
    LIVE_ASKED,
    "you live in {1}.",
    "where you live",
)
THINGS = {
    "favorite color": (COLORS, _IS),
    "favorite animal": (ANIMALS, _IS),
    "favorite fruit": (FRUITS, _IS),
    "favorite food": (FOODS, _IS),
    "cat": (PET_NAMES, _CALLED),
    "dog": (PET_NAMES, _CALLED),
    "sister": (SAID_NAMES, _CALLED),
    "brother": (SAID_NAMES, _CALLED),
    "friend": (SAID_NAMES, _CALLED),
    "city": (list(CAPITALS.values()), _LIVE),
}


def _thing(rng: random.Random) -> Dialogue:
    thing = rng.choice(list(THINGS))
    values, (told, asked, answer, missing) = THINGS[thing]
    value, question = rng.choice(values), rng.choice(asked).format(thing)
    if rng.random() < 0.1:
        return opened(question, f"you did not tell me {missing.format(thing)}.", f"unknown {thing} {question}")
    known = answer.format(thing, value)
    first = [(rng.choice(told).format(thing, value), f"okay. {known}")]
    return _over(f"{thing} {value}", first, _between(rng), (question, known))


def _change(rng: random.Random) -> Dialogue:
    """A changed mind, "no, I said ...": the correction is answered in the form of the first answer."""
    make = rng.choice((digit_string, language.word_string, None))
    if make is not None:
        old, new = make(rng, 1, 4), make(rng, 1, 4)
        while is_held_out(old):
            old = make(rng, 1, 4)
        told = rng.choice(SAY_STRING)
        correction = rng.choice(CHANGE_STRING)
        return talk(new, (told.format(old), f"{old}."), (correction.format(new), f"{new}."))
    (a, one, b, first), (c, two, d, second) = problem(rng), problem(rng)
    correction = rng.choice(CHANGE_PROBLEM)
    asked, meant = f"{say(a)} {one} {say(b)}", f"{say(c)} {two} {say(d)}"
    first_turn = (f"what is {asked}?", f"{asked} is {say(first)}.")
    second_turn = (correction.format(meant), f"{meant} is {say(second)}.")
    return talk(f"change {meant}", first_turn, second_turn, mentions=(fact(a, one, b), fact(c, two, d)))


def _again(rng: random.Random) -> Dialogue:
    asked = rng.choice(AGAIN)
    if rng.random() < 0.1:
        return opened(asked, "i did not say anything yet.", f"unknown again {asked}")
    said = _taught(rng, (*_BETWEEN, language.INTENTS["repeat"], NUMBER_INTENTS["digits"]))
    question, answer = said.turns[0].question, said.turns[0].answer or ""
    return talk(f"again {answer}", (question, answer), (asked, answer), mentions=(said.content,))


def _calculate_on(rng: random.Random) -> Dialogue:
    a, operation, b, result = problem(rng)
    while result > 18:
        a, operation, b, result = problem(rng)
    more = rng.randint(1, 20 - result) if result == 0 or rng.random() < 0.6 else -rng.randint(1, result)
    word, size = ("plus" if more > 0 else "minus"), abs(more)
    asked = rng.choice(CALCULATE_ON).format(word, say(size))
    first = f"{say(a)} {operation} {say(b)}"
    answer = f"{say(result)} {word} {say(size)} is {say(result + more)}."
    facts = (fact(a, operation, b), fact(result, word, size))
    return talk(f"on {first} {more}", (f"what is {first}?", f"{first} is {say(result)}."), (asked, answer), mentions=facts)


INTENTS = {
    "remember_name": _name,
    "remember_number": _number,
    "remember_thing": _thing,
    "change_mind": _change,
    "say_again": _again,
    "calculate_on": _calculate_on,
}
