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
    ("weeks", "year"): 52,
    ("seasons", "year"): 4,
}


NEXT = wordings("""
    what {0} comes after {1}? | which {0} follows {1}? | which {0} is after {1}? | what is the next {0} after {1}?
    tell me the {0} after {1}. | what {0} is after {1}? | what comes after {1}? | which {0} comes right after {1}?
    what {0} is next after {1}? | name the {0} after {1}. | tell me the {0} that follows {1}. | what is the {0} after {1}?
    {1} is over. what comes next? | what {0} do we have after {1}? | when {1} is over, what {0} comes?
""")
PREVIOUS = wordings("""
    what {0} comes before {1}? | which {0} is before {1}? | what is the {0} before {1}? | tell me the {0} before {1}.
    what {0} is before {1}? | what comes before {1}? | which {0} comes right before {1}? | which {0} is right before {1}?
    name the {0} before {1}. | which {0} comes just before {1}? | what {0} do we have before {1}? | what came before {1}?
""")


def _neighbour(rng: random.Random, names: list[str], kind: str) -> Dialogue:
    """What comes after or before in a circle of names."""
    place = rng.randrange(len(names))
    name, after, before = names[place], names[(place + 1) % len(names)], names[place - 1]
    if rng.random() < 0.5:
        return closed(rng.choice(NEXT).format(kind, name), f"{after} comes after {name}.", f"after {name}")
    return closed(rng.choice(PREVIOUS).format(kind, name), f"{before} comes before {name}.", f"before {name}")


RELATIVE_DAYS = {  # how it is asked, how it is answered, and how many days it is away
    "tomorrow": ("is tomorrow", "tomorrow is", 1),
    "yesterday": ("was yesterday", "yesterday was", -1),
    "the day after tomorrow": ("is the day after tomorrow", "the day after tomorrow is", 2),
    "in two days": ("is it in two days", "in two days it is", 2),
    "in three days": ("is it in three days", "in three days it is", 3),
    "in one week": ("is it in one week", "in one week it is", 7),
}
TODAY = wordings("""
    today is {}. what day {}? | if today is {}, what day {}? | it is {} today. what day {}? | it is {}. what day {}?
    today it is {}, so what day {}? | if it is {} today, what day {}? | we have {} today. what day {}?
    it's {}, so what day {}?
    now it is {}. what day {}?
""")
NUMBERED_DAY = wordings("what is the {} day of the week? | which day is the {} of the week? | name the {} day of the week.")
WEEKEND = wordings("""
    is {} on the weekend? | is {} a weekend day? | is {} part of the weekend? | is {} a day of the weekend?
    does {} belong to the weekend?
""")


def _day(rng: random.Random) -> Dialogue:
    kind = rng.random()
    if kind < 0.5:
        return _neighbour(rng, DAYS, "day")
    place = rng.randrange(7)
    day, number = DAYS[place], ORDINALS[place]
    if kind < 0.85:
        when = rng.choice(list(RELATIVE_DAYS))
        asked, answered, away = RELATIVE_DAYS[when]
        return closed(rng.choice(TODAY).format(day, asked), f"{answered} {DAYS[(place + away) % 7]}.", f"{when} {day}")
    if kind < 0.93:
        return closed(rng.choice(NUMBERED_DAY).format(number), f"the {number} day of the week is {day}.", f"{number} day")
    answer = f"yes. {day} is on the weekend." if place > 4 else f"no. {day} is a week day."
    return closed(rng.choice(WEEKEND).format(day), answer, f"weekend {day}")


MONTH_LENGTH = wordings("""
    how many days are in {}? | how many days does {} have? | how long is {}? | tell me how many days {} has.
    how many days are there in {}? | {} has how many days? | what is the number of days in {}? | how many days long is {}?
""")
NUMBERED_MONTH = wordings("""
    what is the {} month? | which month is the {}? | what is the {} month of the year? | name the {} month.
    tell me the {} month. | which month is number {}? | what month comes {} in the year? | which is the {} month of the year?
""")


def _month(rng: random.Random) -> Dialogue:
    kind = rng.random()
    if kind < 0.5:
        return _neighbour(rng, MONTHS, "month")
    place = rng.randrange(12)
    month = MONTHS[place]
    if kind < 0.75:
        asked = rng.choice(NUMBERED_MONTH)
        return closed(asked.format(ORDINALS[place]), f"the {ORDINALS[place]} month is {month}.", f"{ORDINALS[place]} month")
    asked = rng.choice(MONTH_LENGTH)
    return closed(asked.format(month), f"{month} has {say(MONTH_DAYS[place])} days.", f"days in {month}")


SEASON_OF = wordings("""
    in which season is {}? | what season is {} in? | which season is it in {}? | what is the season in {}?
    {} is in which season? | tell me the season of {}. | what season does {} belong to? | which season does {} fall in?
    what season is it in {}? | what season do we have in {}? | {} is part of which season? | to which season does {} belong?
""")


SEASON_OR = wordings("""
    is {} in {} or in {}? | is {} a {} month or a {} month? | does {} belong to {} or to {}? | is {} part of {} or of {}?
""")


def _season(rng: random.Random) -> Dialogue:
    if rng.random() < 0.4:
        return _neighbour(rng, list(SEASONS), "season")
    place = rng.randrange(12)
    month, season = MONTHS[place], SEASONS[(place + 1) % 12 // 3]
    if rng.random() < 0.25:
        other = rng.choice([name for name in SEASONS if name != season])
        asked = rng.choice(SEASON_OR).format(month, *rng.sample((season, other), 2))
        return closed(asked, f"{month} is in {season}.", f"season of {month}")
    asked = rng.choice(SEASON_OF)
    return closed(asked.format(month), f"{month} is in {season}.", f"season of {month}")


TO_SMALLER_UNIT = wordings("""
    how many {1} are in {0}? | how many {1} does {0} have? | {0} is how many {1}? | how many {1} make {0}?
    what is {0} in {1}? | tell me how many {1} are in {0}. | how many {1} are there in {0}? | what is the number of {1} in {0}?
    what number of {1} makes {0}? | {0} has how many {1}? | how many {1} do i get from {0}?
    if i have {0}, how many {1} is that?
    how many {1} does it take to make {0}?
""")
TO_LARGER_UNIT = wordings("""
    how many {1} are {0}? | {0} is how many {1}? | how many {1} is {0}? | turn {0} into {1}. | what is {0} in {1}?
""")


def _unit(rng: random.Random) -> Dialogue:
    (small, large), size = rng.choice(list(UNITS.items()))
    number = 1 if rng.random() < 0.4 else rng.randint(2, 10)
    many = "centuries" if large == "century" else f"{large}s"
    several = f"{'an' if large == 'hour' else 'a'} {large}" if number == 1 else f"{say(number)} {many}"
    if number > 1 and small != "seasons" and rng.random() < 0.35:
        asked = rng.choice(TO_LARGER_UNIT)
        total = f"{say(number * size)} {small}"
        return closed(asked.format(total, many), f"{total} are {several}.", f"unit {number} {small} {large}")
    asked = rng.choice(TO_SMALLER_UNIT)
    if number > 1:
        asked = asked.replace("does {0}", "do {0}").replace("{0} has", "{0} have").replace("makes {0}", "make {0}")
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


CLOCK_WORDS = {
    "half past": 30,
    "a quarter past": 15,
    "a quarter to": -15,
    "ten past": 10,
    "ten to": -10,
    "five past": 5,
    "five to": -5,
    "twenty past": 20,
    "twenty to": -20,
}
TIME_IN_NUMBERS = wordings("""
    what time is {}? | it is {}. what time is it? | say {} in numbers. | how else can you say {}? | {}, what time is that?
    what is {} in numbers? | what does {} mean? | it is {}. how do you say that in numbers? | tell me {} in numbers.
""")
MOVES = {f"{say(minutes)} minutes": minutes for minutes in (5, 10, 15, 20, 30)}
MOVES |= {"one hour": 60, "two hours": 120, "three hours": 180, "half an hour": 30, "an hour": 60}
LATER = {  # question: answer; {0} the time, {1} how long, {2} the result
    "it is {0}. what time is it in {1}?": "in {1} it will be {2}.",
    "what time is {1} after {0}?": "{1} after {0} is {2}.",
    "it is {0} now. what time will it be in {1}?": "in {1} it will be {2}.",
    "it is {0}. what time will it be in {1}?": "in {1} it will be {2}.",
    "if it is {0} now, what time is it in {1}?": "in {1} it will be {2}.",
    "it's {0}, so what time will it be in {1}?": "in {1} it will be {2}.",
    "now it is {0}. i leave in {1}. when is that?": "in {1} it will be {2}.",
    "what will the time be {1} after {0}?": "{1} after {0} is {2}.",
    "tell me the time {1} after {0}.": "{1} after {0} is {2}.",
    "what is {1} after {0}?": "{1} after {0} is {2}.",
    "when is {1} after {0}?": "{1} after {0} is {2}.",
}
EARLIER = {
    "it is {0}. what time was it {1} ago?": "{1} ago it was {2}.",
    "what time is {1} before {0}?": "{1} before {0} is {2}.",
    "it is {0} now. what time was it {1} ago?": "{1} ago it was {2}.",
    "if it is {0} now, what time was it {1} ago?": "{1} ago it was {2}.",
    "it's {0}, so what time was it {1} ago?": "{1} ago it was {2}.",
    "tell me the time {1} before {0}.": "{1} before {0} is {2}.",
    "what was the time {1} before {0}?": "{1} before {0} is {2}.",
    "when is {1} before {0}?": "{1} before {0} is {2}.",
    "what is {1} before {0}?": "{1} before {0} is {2}.",
}


def _clock(rng: random.Random) -> Dialogue:
    if rng.random() < 0.35:
        hour, words = rng.randint(1, 12), rng.choice(list(CLOCK_WORDS))
        said = f"{words} {say(hour)}"
        answer = f"{said} is {clock(hour * 60 + CLOCK_WORDS[words])}."
        return closed(rng.choice(TIME_IN_NUMBERS).format(said), answer, f"clock {said}")
    now = rng.randrange(12) * 60 + rng.randrange(0, 60, 5)
    move, later = rng.choice(list(MOVES)), rng.random() < 0.6
    question, answer = rng.choice(list((LATER if later else EARLIER).items()))
    words = clock(now), move, clock(now + MOVES[move] if later else now - MOVES[move])
    return opened(question.format(*words), answer.format(*words), f"clock {now} {'' if later else 'minus '}{move}")


INTENTS = {"day": _day, "month": _month, "season": _season, "unit": _unit, "clock": _clock}
