"""Numbers: digit strings said back, arithmetic, comparing, counting, neighbours, even and odd."""

import random
import re

from thinkaloud.data.domain.dialogue import Dialogue, closed, opened
from thinkaloud.data.domain.lexicon import listed
from thinkaloud.data.domain.names import SAID_NAMES
from thinkaloud.data.domain.number_wordings import (
    COUNT_BY,
    COUNT_DOWN,
    COUNT_TO,
    DIGIT_CODE,
    DIGIT_PLAIN,
    DIGIT_YOU,
    DOUBLE,
    EVEN_OR_ODD,
    HALF,
    IS_COMPARED,
    IS_GREATER,
    IS_SMALLER,
    NUMBER_AFTER,
    NUMBER_BEFORE,
    OPERATIONS,
    WHICH_COMPARED,
)

DIGITS = listed("zero one two three four five six seven eight nine")
_TEENS = listed("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
_TENS = listed("twenty thirty forty fifty sixty seventy eighty ninety")


def say(number: int) -> str:
    """A whole number below a million in words: 121 is "one hundred twenty one"."""
    if number < 20:
        return (DIGITS + _TEENS)[number]
    if number < 100:
        return _TENS[number // 10 - 2] + (f" {say(number % 10)}" if number % 10 else "")
    size, name = (100, "hundred") if number < 1000 else (1000, "thousand")
    return f"{say(number // size)} {name}" + (f" {say(number % size)}" if number % size else "")


def digit_string(rng: random.Random, shortest: int = 1, longest: int = 6) -> str:
    """Digits in words, with equal neighbours more often than chance would have them (they are the hard ones)."""
    digits, length = [rng.choice(DIGITS)], rng.randint(shortest, longest)
    while len(digits) < length:
        digits.append(digits[-1] if rng.random() < 0.12 else rng.choice(DIGITS))
    return " ".join(digits)


def _digits(rng: random.Random) -> Dialogue:
    string = digit_string(rng)
    style = rng.random()
    if style < 0.6:
        question, answer = rng.choice(DIGIT_PLAIN if rng.random() < 0.75 else DIGIT_PLAIN[:1]), f"{string}."
    elif style < 0.8:
        question, answer = rng.choice(DIGIT_YOU), f"you said {string}."
    else:
        question = rng.choice(DIGIT_CODE)
        answer = question.replace("my ", "your ").format(string)
    made = closed if " " not in string else opened  # ten digits alone are a closed table
    return made(question.format(string), answer, string)


def problem(rng: random.Random) -> tuple[int, str, int, int]:
    """Operands, operation and whole result: sums and differences within 20, the table of ten and its divisions."""
    operation = rng.choice(list(OPERATIONS))
    if operation == "plus":
        a = rng.randint(0, 20)
        b = rng.randint(0, 20 - a)
        a, b = (a, b) if rng.random() < 0.5 else (b, a)
        return a, operation, b, a + b
    if operation == "minus":
        a = rng.randint(0, 20)
        b = rng.randint(0, a)
        return a, operation, b, a - b
    a, b = rng.randint(0, 10), rng.randint(0, 10)
    if operation == "times":
        return a, operation, b, a * b
    b = max(b, 1)
    return a * b, operation, b, a


def fact(a: int, operation: str, b: int) -> str:
    """The key of a calculation; 2 + 3 and 3 + 2 are one fact."""
    if operation in ("plus", "times"):
        a, b = min(a, b), max(a, b)
    return f"{a} {operation} {b}"


_COUNTED = listed(
    "apples cookies eggs books balls flowers pencils bananas lemons candles tickets dolls hats cups stones dollars"
)


_STORY = re.compile(r"\{[23]\}|\{1\} less than")  # said of one thing it needs other words, or asks for the number before


def _arithmetic(rng: random.Random) -> Dialogue:
    if rng.random() < 0.1:
        return _double(rng)
    a, operation, b, result = problem(rng)
    asked = [form for form in OPERATIONS[operation] if min(a, b) > 1 or not _STORY.search(form)]
    question = rng.choice(asked).format(say(a), say(b), rng.choice(SAID_NAMES), rng.choice(_COUNTED))
    return closed(question, f"{say(a)} {operation} {say(b)} is {say(result)}.", fact(a, operation, b))


def _double(rng: random.Random) -> Dialogue:
    number = rng.randint(1, 10)
    if rng.random() < 0.5:
        return closed(
            rng.choice(DOUBLE).format(say(number)), f"double {say(number)} is {say(2 * number)}.", fact(number, "times", 2)
        )
    whole = say(2 * number)
    return closed(rng.choice(HALF).format(whole), f"half of {whole} is {say(number)}.", fact(2 * number, "divided by", 2))


def _compare(rng: random.Random) -> Dialogue:
    a, b = rng.sample(range(101 if rng.random() < 0.5 else 21), 2)
    content = f"compare {min(a, b)} {max(a, b)}"
    greater = rng.random() < 0.5
    if rng.random() < 0.3:
        word = rng.choice(("bigger", "bigger", "larger", "greater", "higher") if greater else ("smaller", "smaller", "lower"))
        asked = IS_COMPARED if rng.random() < 0.7 else IS_GREATER if greater else IS_SMALLER
        question = rng.choice(asked).format(say(a), say(b), word)
        truth = f"{say(a)} is {'bigger' if a > b else 'smaller'} than {say(b)}."
        return opened(question, f"{'yes' if (a > b) == greater else 'no'}. {truth}", content)
    word = rng.choice(("bigger", "larger", "greater", "higher", "more") if greater else ("smaller", "less", "lower"))
    one, two = (a, b) if (a > b) == greater else (b, a)
    answer = f"{say(one)} is {'bigger' if greater else 'smaller'} than {say(two)}."
    asked = [form for form in WHICH_COMPARED if word not in ("more", "less") or not re.search(r"(the|a) \{2\}", form)]
    return opened(rng.choice(asked).format(say(a), say(b), word), answer, content)


STEPS = {
    1: ("",),
    2: (" by twos", " in twos", " in steps of two"),
    5: (" by fives", " in fives", " in steps of five"),
    10: (" by tens", " in tens", " in steps of ten"),
}


def _count(rng: random.Random) -> Dialogue:
    step = rng.choice((1, 1, 1, 2, 5, 10))
    start = rng.randint(0, 20) if step == 1 else step * rng.randint(0, 5)
    stop = start + step * rng.randint(2, 9 if step == 1 else 5)
    asked, numbers = COUNT_BY, range(start, stop + 1, step)
    style = rng.random()
    if step == 1 and style < 0.2:
        start, stop = 1, rng.randint(3, 10)
        asked, numbers = COUNT_TO, range(1, stop + 1)
    elif step == 1 and style < 0.48:
        asked, numbers = COUNT_DOWN, range(stop, start - 1, -1)
    question = rng.choice(asked).format(say(start), say(stop), rng.choice(STEPS[step]))
    return closed(question, " ".join(map(say, numbers)) + ".", f"count {start} {stop} {step}")


def _neighbour(rng: random.Random) -> Dialogue:
    number = rng.randint(1, 99 if rng.random() < 0.6 else 20)
    if rng.random() < 0.5:
        asked = rng.choice(NUMBER_AFTER)
        return closed(asked.format(say(number)), f"{say(number + 1)} comes after {say(number)}.", f"after {number}")
    asked = rng.choice(NUMBER_BEFORE)
    return closed(asked.format(say(number)), f"{say(number - 1)} comes before {say(number)}.", f"before {number}")


def _even_odd(rng: random.Random) -> Dialogue:
    number = rng.randint(0, 100 if rng.random() < 0.6 else 20)
    kind = "odd" if number % 2 else "even"
    asked = rng.choice(EVEN_OR_ODD)
    return closed(asked.format(say(number)), f"{say(number)} is {kind}.", f"parity {number}")


INTENTS = {
    "digits": _digits,
    "arithmetic": _arithmetic,
    "compare": _compare,
    "count": _count,
    "next_number": _neighbour,
    "even_odd": _even_odd,
}
