"""Several turns: what was told is remembered, a changed mind is followed, an answer is repeated or calculated on."""

import random

from thinkaloud.data.domain import calendar, chat, language, world
from thinkaloud.data.domain.dialogue import Dialogue, is_held_out, opened, split, talk
from thinkaloud.data.domain.lexicon import ANIMALS, COLORS, FOODS, FRUITS, NAMES, PET_NAMES, wordings
from thinkaloud.data.domain.numbers import INTENTS as NUMBER_INTENTS
from thinkaloud.data.domain.numbers import digit_string, problem, say
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


def _between(rng: random.Random) -> list[tuple[str, str]]:
    """None, one or two turns about something else; what is remembered has to outlive them."""
    turns = [_taught(rng, _BETWEEN).turns[0] for _ in range(rng.choice((0, 0, 1, 1, 2)))]
    return [(turn.question, turn.answer or "") for turn in turns]


def _taught(rng: random.Random, makers: tuple) -> Dialogue:
    """A dialogue of the training split: what is held out elsewhere must not slip in here."""
    while split(made := rng.choice(makers)(rng)) != "train":
        pass
    return made


MY_NAME = wordings("""
    my name is {}. | i am {}. | call me {}. | hello, my name is {}. | you can call me {}. | hi, i am {}.
""")
WHAT_NAME = wordings("""
    what is my name? | who am i? | do you remember my name? | what am i called? | what's my name? | say my name.
""")
OTHER_NAME = wordings("no, my name is {}. | no, i said {}. | sorry, my name is {}. | no, call me {}.")


def _name(rng: random.Random) -> Dialogue:
    name = rng.choice(NAMES)
    told = rng.choice(MY_NAME)
    asked = rng.choice(WHAT_NAME)
    if rng.random() < 0.12:
        return opened(asked, "you did not tell me your name.", f"unknown name {asked}")
    first = [(told.format(name), f"hello, {name}.")]
    if rng.random() < 0.2:
        wrong, first = name, first
        name = rng.choice([other for other in NAMES if other != wrong])
        correction = rng.choice(OTHER_NAME)
        first.append((correction.format(name), f"sorry. hello, {name}."))
    return talk(f"name {name}", *first, *_between(rng), (asked, f"your name is {name}."))


MY_NUMBER = wordings("""
    remember the number {}. | please remember {}. | keep the number {} in mind. | my number is {}. remember it.
    do not forget {}.
""")
WHAT_NUMBER = wordings("""
    what was the number? | which number did i tell you? | what number did you remember? | tell me the number.
    do you remember the number?
""")


def _number(rng: random.Random) -> Dialogue:
    number = digit_string(rng, 1, 4) if rng.random() < 0.6 else say(rng.randint(10, 99))
    told = rng.choice(MY_NUMBER)
    asked = rng.choice(WHAT_NUMBER)
    if rng.random() < 0.1:
        return opened(asked, "you did not tell me a number.", f"unknown number {asked}")
    return talk(
        number, (told.format(number), f"i will remember {number}."), *_between(rng), (asked, f"the number was {number}.")
    )


THINGS = {
    "favorite color": COLORS,
    "favorite animal": ANIMALS,
    "favorite fruit": FRUITS,
    "favorite food": FOODS,
    "cat": PET_NAMES,
    "dog": PET_NAMES,
    "sister": NAMES,
    "brother": NAMES,
    "friend": NAMES,
    "city": list(CAPITALS.values()),
}


def _thing(rng: random.Random) -> Dialogue:
    thing = rng.choice(list(THINGS))
    value = rng.choice(THINGS[thing])
    named = thing in ("cat", "dog", "sister", "brother", "friend")
    if thing == "city":
        told, noted = rng.choice(("i live in {}.", "my home is in {}.", "i come from {}.")), "you live in {}."
        asked = rng.choice(("where do i live?", "what city do i live in?", "do you remember where i live?"))
        answer, unknown = "you live in {}.", "you did not tell me where you live."
    elif named:
        told, noted = (
            rng.choice((f"my {thing} is called {{}}.", f"the name of my {thing} is {{}}.")),
            f"your {thing} is called {{}}.",
        )
        asked = rng.choice(
            (f"what is my {thing} called?", f"what is the name of my {thing}?", f"do you remember the name of my {thing}?")
        )
        answer, unknown = f"your {thing} is called {{}}.", f"you did not tell me the name of your {thing}."
    else:
        told, noted = rng.choice((f"my {thing} is {{}}.", f"{{}} is my {thing}.")), f"your {thing} is {{}}."
        asked = rng.choice((f"what is my {thing}?", f"do you remember my {thing}?", f"tell me my {thing}."))
        answer, unknown = f"your {thing} is {{}}.", f"you did not tell me your {thing}."
    if rng.random() < 0.1:
        return opened(asked, unknown, f"unknown {thing} {asked}")
    return talk(
        f"{thing} {value}", (told.format(value), f"okay. {noted.format(value)}"), *_between(rng), (asked, answer.format(value))
    )


CHANGE_PROBLEM = wordings("no, i said {}. | sorry, i meant {}. | wait, what is {}? | no, what is {}?")
SAY_STRING = wordings("repeat {}. | say {}. | please say {}. | repeat after me: {}.")
CHANGE_STRING = wordings("""
    no, i said {}. | no, say {}. | sorry, i meant {}. | i changed my mind. say {}. | wait, i said {}. | not that. say {}.
""")


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
    return talk(
        f"change {meant}",
        (f"what is {asked}?", f"{asked} is {say(first)}."),
        (correction.format(meant), f"{meant} is {say(second)}."),
    )


AGAIN = wordings("""
    say that again. | what did you say? | can you repeat that? | pardon? | again, please. | please say it again.
    one more time.
""")


def _again(rng: random.Random) -> Dialogue:
    asked = rng.choice(AGAIN)
    if rng.random() < 0.1:
        return opened(asked, "i did not say anything yet.", f"unknown again {asked}")
    turn = _taught(rng, (*_BETWEEN, language.INTENTS["repeat"], NUMBER_INTENTS["digits"])).turns[0]
    return talk(f"again {turn.answer}", (turn.question, turn.answer or ""), (asked, turn.answer or ""))


def _calculate_on(rng: random.Random) -> Dialogue:
    a, operation, b, result = problem(rng)
    while result > 18:
        a, operation, b, result = problem(rng)
    more = rng.randint(1, 20 - result) if result == 0 or rng.random() < 0.6 else -rng.randint(1, result)
    word, end = ("plus", result + more) if more > 0 else ("minus", result + more)
    asked = rng.choice(
        (f"and {word} {{}}?", f"now {word} {{}}.", f"what is that {word} {{}}?", f"and then {word} {{}}?", f"{word} {{}}?")
    )
    first = f"{say(a)} {operation} {say(b)}"
    second = f"{say(result)} {word} {say(abs(more))} is {say(end)}."
    return talk(
        f"on {first} {more}", (f"what is {first}?", f"{first} is {say(result)}."), (asked.format(say(abs(more))), second)
    )


INTENTS = {
    "remember_name": _name,
    "remember_number": _number,
    "remember_thing": _thing,
    "change_mind": _change,
    "say_again": _again,
    "calculate_on": _calculate_on,
}
