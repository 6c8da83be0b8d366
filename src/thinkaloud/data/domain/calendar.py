"""Time: days, months, seasons, units and their conversion, clock times."""

import random

from thinkaloud.data.domain.dialogue import Dialogue, closed, opened
from thinkaloud.data.domain.lexicon import listed, wordings
from thinkaloud.data.domain.numbers import say

DAYS = listed("monday tuesday wednesday thursday friday saturday sunday")
MONTHS = listed("january february march april may june july august september october november december")
MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
SEASONS = ("winter", "spring", "summer", "autumn")
ORDINALS = listed("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth")
UNITS = {
    ("minutes", "hour"): 60,
    ("seconds", "minute"): 60,
    ("hours", "day"): 24,
    ("days", "week"): 7,
    ("months", "year"): 12,
    ("centimeters", "meter"): 100,
    ("meters", "kilometer"): 1000,
    ("grams", "kilogram"): 1000,
    ("cents", "dollar"): 100,
    ("years", "century"): 100,
}


def _around(rng: random.Random, names: list[str], kind: str) -> Dialogue:
    """Neighbours in a circle of names: after, before, tomorrow-like sentences."""
    place = rng.randrange(len(names))
    name, after, before = names[place], names[(place + 1) % len(names)], names[place - 1]
    if rng.random() < 0.5:
        asked = rng.choice(
            (
                f"what {kind} comes after {{}}?",
                f"which {kind} follows {{}}?",
                f"which {kind} is after {{}}?",
                f"what is the next {kind} after {{}}?",
                f"tell me the {kind} after {{}}.",
                f"what {kind} is after {{}}?",
                "what comes after {}?",
            )
        )
        return closed(asked.format(name), f"{after} comes after {name}.", f"after {name}")
    asked = rng.choice(
        (
            f"what {kind} comes before {{}}?",
            f"which {kind} is before {{}}?",
            f"what is the {kind} before {{}}?",
            f"tell me the {kind} before {{}}.",
            f"what {kind} is before {{}}?",
            "what comes before {}?",
        )
    )
    return closed(asked.format(name), f"{before} comes before {name}.", f"before {name}")


def _day(rng: random.Random) -> Dialogue:
    kind = rng.random()
    if kind < 0.5:
        return _around(rng, DAYS, "day")
    place = rng.randrange(7)
    day = DAYS[place]
    if kind < 0.85:
        when, move = rng.choice(
            (
                ("tomorrow", 1),
                ("yesterday", -1),
                ("the day after tomorrow", 2),
                ("in two days", 2),
                ("in three days", 3),
                ("in one week", 7),
            )
        )
        is_was = "was" if move < 0 else "is" if when == "tomorrow" or "after" in when else "comes"
        asked = rng.choice(
            ("today is {}. what day {} {}?", "if today is {}, what day {} {}?", "it is {} today. what day {} {}?")
        )
        answer = (
            f"{when} {is_was} {DAYS[(place + move) % 7]}." if is_was != "comes" else f"{when} it is {DAYS[(place + move) % 7]}."
        )
        return closed(asked.format(day, "is it" if is_was == "comes" else is_was, when), answer, f"{when} {day}")
    if kind < 0.93:
        asked = rng.choice(
            ("what is the {} day of the week?", "which day is the {} of the week?", "name the {} day of the week.")
        )
        return closed(
            asked.format(ORDINALS[place]), f"the {ORDINALS[place]} day of the week is {day}.", f"{ORDINALS[place]} day"
        )
    asked = rng.choice(("is {} on the weekend?", "is {} a weekend day?", "is {} part of the weekend?"))
    return closed(
        asked.format(day), f"yes. {day} is on the weekend." if place > 4 else f"no. {day} is a week day.", f"weekend {day}"
    )


MONTH_LENGTH = wordings("""
    how many days are in {}? | how many days does {} have? | how long is {}? | tell me how many days {} has.
""")
NUMBERED_MONTH = wordings("""
    what is the {} month? | which month is the {}? | what is the {} month of the year? | name the {} month.
    tell me the {} month.
""")


def _month(rng: random.Random) -> Dialogue:
    kind = rng.random()
    if kind < 0.5:
        return _around(rng, MONTHS, "month")
    place = rng.randrange(12)
    month = MONTHS[place]
    if kind < 0.75:
        asked = rng.choice(NUMBERED_MONTH)
        return closed(asked.format(ORDINALS[place]), f"the {ORDINALS[place]} month is {month}.", f"{ORDINALS[place]} month")
    asked = rng.choice(MONTH_LENGTH)
    return closed(asked.format(month), f"{month} has {say(MONTH_DAYS[place])} days.", f"days in {month}")


SEASON_OF = wordings("""
    in which season is {}? | what season is {} in? | which season is it in {}? | what is the season in {}?
    {} is in which season? | tell me the season of {}.
""")


def _season(rng: random.Random) -> Dialogue:
    if rng.random() < 0.4:
        return _around(rng, list(SEASONS), "season")
    place = rng.randrange(12)
    month, season = MONTHS[place], SEASONS[(place + 1) % 12 // 3]
    asked = rng.choice(SEASON_OF)
    return closed(asked.format(month), f"{month} is in {season}.", f"season of {month}")


TO_SMALLER_UNIT = wordings("""
    how many {1} are in {0}? | how many {1} does {0} have? | {0} is how many {1}? | how many {1} make {0}?
    what is {0} in {1}? | tell me how many {1} are in {0}.
""")
TO_LARGER_UNIT = wordings("""
    how many {1} are {0}? | {0} is how many {1}? | how many {1} is {0}? | turn {0} into {1}. | what is {0} in {1}?
""")


def _unit(rng: random.Random) -> Dialogue:
    (small, large), size = rng.choice(list(UNITS.items()))
    number = 1 if rng.random() < 0.4 else rng.randint(2, 10)
    many = "centuries" if large == "century" else f"{large}s"
    several = f"{'an' if large == 'hour' else 'a'} {large}" if number == 1 else f"{say(number)} {many}"
    if number > 1 and rng.random() < 0.35:
        asked = rng.choice(TO_LARGER_UNIT)
        total = f"{say(number * size)} {small}"
        return closed(asked.format(total, many), f"{total} are {several}.", f"unit {number} {small} {large}")
    asked = rng.choice(TO_SMALLER_UNIT)
    if number > 1:
        asked = asked.replace("does", "do")
    return closed(
        asked.format(several, small),
        f"{several} {'is' if number == 1 else 'are'} {say(number * size)} {small}.",
        f"unit {number} {small} {large}",
    )


def clock(minute_of_day: int) -> str:
    """A time of a twelve hour clock in words: "three o'clock", "three oh five", "three fifteen"."""
    hour, minute = (minute_of_day // 60 - 1) % 12 + 1, minute_of_day % 60
    if minute == 0:
        return f"{say(hour)} o'clock"
    return f"{say(hour)} oh {say(minute)}" if minute < 10 else f"{say(hour)} {say(minute)}"


MOVES = {
    "five minutes": 5,
    "ten minutes": 10,
    "fifteen minutes": 15,
    "twenty minutes": 20,
    "thirty minutes": 30,
    "one hour": 60,
    "two hours": 120,
}


TIME_IN_NUMBERS = wordings("""
    what time is {}? | it is {}. what time is it? | say {} in numbers. | how else can you say {}? | {}, what time is that?
""")


def _clock(rng: random.Random) -> Dialogue:
    now = rng.randrange(12) * 60 + rng.randrange(0, 60, 5)
    if rng.random() < 0.35:
        hour = rng.randint(1, 12)
        words, minute = rng.choice(
            (
                ("half past", 30),
                ("a quarter past", 15),
                ("a quarter to", -15),
                ("ten past", 10),
                ("ten to", -10),
                ("five past", 5),
                ("five to", -5),
                ("twenty past", 20),
                ("twenty to", -20),
            )
        )
        said = f"{words} {say(hour)}"
        asked = rng.choice(TIME_IN_NUMBERS)
        return closed(asked.format(said), f"{said} is {clock(hour * 60 + minute)}.", f"clock {said}")
    move = rng.choice(list(MOVES))
    later = rng.random() < 0.6
    then = clock(now + MOVES[move] if later else now - MOVES[move])
    if later:
        asked = rng.choice(
            ("it is {0}. what time is it in {1}?", "what time is {1} after {0}?", "it is {0} now. what time will it be in {1}?")
        )
        return opened(
            asked.format(clock(now), move),
            f"in {move} it will be {then}." if "in {1}" in asked else f"{move} after {clock(now)} is {then}.",
            f"clock {now} {move}",
        )
    asked = rng.choice(
        ("it is {0}. what time was it {1} ago?", "what time is {1} before {0}?", "it is {0} now. what time was it {1} ago?")
    )
    return opened(
        asked.format(clock(now), move),
        f"{move} ago it was {then}." if "ago" in asked else f"{move} before {clock(now)} is {then}.",
        f"clock {now} minus {move}",
    )


INTENTS = {"day": _day, "month": _month, "season": _season, "unit": _unit, "clock": _clock}
