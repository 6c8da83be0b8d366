"""Numbers: digit strings said back, arithmetic, comparing, counting, neighbours, even and odd."""

import random

from thinkaloud.data.domain.dialogue import Dialogue, closed, opened
from thinkaloud.data.domain.lexicon import listed, wordings

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


DIGIT_PLAIN = wordings("""
    {}. | repeat the digits {}. | say {}. | repeat {}. | please say {}. | the digits are {}. | read back {}.
    say these digits: {}. | can you say {}? | repeat these numbers: {}. | write down {}. | say after me: {}.
    say {} back to me. | repeat {} back to me. | repeat this number: {}. | say these numbers after me: {}.
    repeat the number {}. | i want you to repeat {}. | read this number back: {}. | say the numbers {}.
    copy these digits: {}. | tell me {} again. | repeat after me: {}. | say this number: {}.
""")
DIGIT_YOU = ("i said {}.", "what did i say? {}.", "did you hear {}?", "listen: {}.")
DIGIT_CODE = wordings("""
    my code is {}. | the code is {}. | my phone number is {}. | the number is {}. | my room number is {}. | my door code is {}.
    my house number is {}. | the room number is {}. | my ticket number is {}.
""")


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


OPERATIONS = {
    "plus": wordings("""
        what is {} plus {}? | how much is {} plus {}? | add {} and {}. | what is the sum of {} and {}?
        {} plus {}. | what do you get when you add {} and {}? | calculate {} plus {}. | what's {} plus {}?
        tell me {} plus {}. | how much do {} and {} make? | {} and {} make what? | what do {} and {} make together?
        if i add {} and {}, what do i get? | i have {} and get {} more. how many do i have? | {} plus {} is what?
        what is {} added to {}? | {} and {} is how much?
    """),
    "minus": wordings("""
        what is {} minus {}? | how much is {} minus {}? | {} minus {}. | what is {} take away {}?
        calculate {} minus {}. | what's {} minus {}? | tell me {} minus {}.
        what is left when you take {1} from {0}? | take {1} away from {0}. | {} take away {}. | {} minus {} is what?
        if i take {1} from {0}, what do i get? | i had {0} and lost {1}. how many are left? | how much is {} less {}?
        what is {1} less than {0}? | what remains if i take {1} away from {0}?
    """),
    "times": wordings("""
        what is {} times {}? | how much is {} times {}? | multiply {} by {}. | {} times {}.
        what's {} times {}? | calculate {} times {}. | what is {} multiplied by {}? | tell me {} times {}.
        what is the product of {} and {}? | if i multiply {} by {}, what do i get? | {} times {} is what?
        how many are {} times {}? | {} multiplied by {}.
    """),
    "divided by": wordings("""
        what is {} divided by {}? | how much is {} divided by {}? | divide {} by {}. | {} divided by {}.
        calculate {} divided by {}. | what's {} divided by {}? | tell me {} divided by {}.
        share {} between {}. | if i divide {} by {}, what do i get? | {} divided by {} is what?
        what do i get when i divide {} by {}?
        split {} into {} parts.
    """),
}


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


def _arithmetic(rng: random.Random) -> Dialogue:
    if rng.random() < 0.1:
        return _double(rng)
    a, operation, b, result = problem(rng)
    question = rng.choice(OPERATIONS[operation]).format(say(a), say(b))
    return closed(question, f"{say(a)} {operation} {say(b)} is {say(result)}.", fact(a, operation, b))


HALF = wordings("what is half of {}? | half of {}. | what is one half of {}? | tell me half of {}.")
DOUBLE = wordings("what is double {}? | double {}. | what is twice {}? | tell me double {}.")


def _double(rng: random.Random) -> Dialogue:
    number = rng.randint(1, 10)
    if rng.random() < 0.5:
        return closed(
            rng.choice(DOUBLE).format(say(number)), f"double {say(number)} is {say(2 * number)}.", fact(number, "times", 2)
        )
    whole = say(2 * number)
    return closed(rng.choice(HALF).format(whole), f"half of {whole} is {say(number)}.", fact(2 * number, "divided by", 2))


IS_COMPARED = wordings("""
    is {0} {2} than {1}? | is the number {0} {2} than {1}? | tell me, is {0} {2} than {1}? | would you say {0} is {2} than {1}?
    is it true that {0} is {2} than {1}? | tell me if {0} is {2} than {1}. | do you think {0} is {2} than {1}?
""")
WHICH_COMPARED = wordings("""
    which is {2}, {0} or {1}? | what is {2}, {0} or {1}? | which number is {2}, {0} or {1}? | what's {2}, {0} or {1}?
    {0} or {1}, which is {2}? | {0} and {1}, which number is {2}? | which is the {2} number, {0} or {1}?
    which one is {2}, {0} or {1}?
    tell me the {2} number, {0} or {1}. | of {0} and {1}, which is {2}? | tell me which is {2}, {0} or {1}.
    tell me the {2} number of {0} and {1}. | which of {0} and {1} is {2}?
""")


def _compare(rng: random.Random) -> Dialogue:
    a, b = rng.sample(range(101 if rng.random() < 0.5 else 21), 2)
    content = f"compare {min(a, b)} {max(a, b)}"
    greater = rng.random() < 0.5
    if rng.random() < 0.3:
        question = rng.choice(IS_COMPARED).format(say(a), say(b), "bigger" if greater else "smaller")
        truth = f"{say(a)} is {'bigger' if a > b else 'smaller'} than {say(b)}."
        return opened(question, f"{'yes' if (a > b) == greater else 'no'}. {truth}", content)
    word = rng.choice(("bigger", "larger", "greater", "more") if greater else ("smaller", "less", "lower"))
    one, two = (a, b) if (a > b) == greater else (b, a)
    answer = f"{say(one)} is {'bigger' if greater else 'smaller'} than {say(two)}."
    asked = [form for form in WHICH_COMPARED if word not in ("more", "less") or "the {2}" not in form]
    return opened(rng.choice(asked).format(say(a), say(b), word), answer, content)


COUNT_TO = wordings("""
    count to {1}. | can you count to {1}? | please count to {1}. | count up to {1}. | say the numbers up to {1}.
    say all the numbers up to {1}. | let me hear you count to {1}. | how do you count to {1}?
""")
COUNT_DOWN = wordings("""
    count backwards from {1} to {0}. | count down from {1} to {0}. | can you count down from {1} to {0}?
    start at {1} and count down to {0}. | say the numbers from {1} down to {0}. | go backwards from {1} to {0}.
""")
COUNT_BY = wordings("""
    count from {0} to {1}{2}. | can you count from {0} to {1}{2}? | please count from {0} up to {1}{2}.
    count up from {0} to {1}{2}.
    start at {0} and count to {1}{2}. | say all the numbers from {0} to {1}{2}. | count {0} to {1}{2}. | go from {0} to {1}{2}.
    say the numbers from {0} up to {1}{2}. | begin at {0} and count up to {1}{2}. | start at {0} and keep counting to {1}{2}.
""")
STEPS = {1: "", 2: " by twos", 5: " by fives", 10: " by tens"}


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
    question = rng.choice(asked).format(say(start), say(stop), STEPS[step])
    return closed(question, " ".join(map(say, numbers)) + ".", f"count {start} {stop} {step}")


NUMBER_BEFORE = wordings("""
    what number comes before {}? | which number is before {}? | what comes before {}? | what is the number before {}?
    which number is just before {}? | what comes right before {}? | tell me the number before {}. | what is one less than {}?
    which number comes just before {}? | what number do you say before {}? | when i count, what comes before {}?
""")
NUMBER_AFTER = wordings("""
    what number comes after {}? | which number follows {}? | what comes after {}? | what is the next number after {}?
    which number is just after {}? | what comes right after {}? | tell me the number after {}. | what is one more than {}?
    give me the number that follows {}. | i counted to {}. what comes next? | {} and then? | what number is next after {}?
    when i count, what comes after {}? | what do i say after {}?
""")


def _neighbour(rng: random.Random) -> Dialogue:
    number = rng.randint(1, 99 if rng.random() < 0.6 else 20)
    if rng.random() < 0.5:
        asked = rng.choice(NUMBER_AFTER)
        return closed(asked.format(say(number)), f"{say(number + 1)} comes after {say(number)}.", f"after {number}")
    asked = rng.choice(NUMBER_BEFORE)
    return closed(asked.format(say(number)), f"{say(number - 1)} comes before {say(number)}.", f"before {number}")


EVEN_OR_ODD = wordings("""
    is {} even or odd? | is {} odd or even? | is {} an even number? | is {} an odd number? | tell me if {} is even or odd.
    is the number {} even or odd? | is {} even? | is {} odd? | would you say {} is even or odd? | {}, is that even or odd?
    even or odd, {}? | do you think {} is even? | do you think {} is odd? | tell me whether {} is odd or even.
    would you call {} odd?
    would you call {} even? | is {} an even or an odd number? | what is {}, even or odd?
""")


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
