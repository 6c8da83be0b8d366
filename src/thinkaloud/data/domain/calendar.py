"""Time: days, months, seasons, units and their conversion."""

import random

from thinkaloud.data.domain.dialogue import Dialogue, closed
from thinkaloud.data.domain.lexicon import ORDINALS, listed, wordings
from thinkaloud.data.domain.numbers import say

DAYS = listed("monday tuesday wednesday thursday friday saturday sunday")
MONTHS = listed("january february march april may june july august september october november december")
MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
SEASONS = ("winter", "spring", "summer", "autumn")
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
    {1} is over. what comes next? | what {0} do we have after {1}? | when {1} is over, what {0} comes? | the {0} after {1}?
    after {1} comes which {0}? | {1}, and then? | which {0} do we get after {1}? | {1} comes first, and then?
    once {1} is over, which {0} is it? | what follows {1}? | {1} is followed by which {0}? | {1}, which {0} comes next?
    say the {0} that comes right after {1}. | after {1}, what {0} is it? | which {0} begins when {1} ends?
    {1} ends. which {0} begins? | i know {1}, but which {0} is next? | which is the {0} right after {1}?
    behind {1} comes which {0}? | next {0} after {1}? | which {0} will it be after {1}? | give me the {0} after {1}.
    what {0} would follow {1}? | name the {0} that follows {1}. | we now have {1}. which {0} do we have next?
    if {1} is over, which {0} is next? | {1} is over, so which {0} is next?
""")
PREVIOUS = wordings("""
    what {0} comes before {1}? | which {0} is before {1}? | what is the {0} before {1}? | tell me the {0} before {1}.
    what {0} is before {1}? | what comes before {1}? | which {0} comes right before {1}? | which {0} is right before {1}?
    name the {0} before {1}. | which {0} comes just before {1}? | what {0} do we have before {1}? | what came before {1}?
    the {0} before {1}? | before {1} comes which {0}? | {1}, and before that? | which {0} was there before {1}?
    what is just before {1}? | which {0} ends when {1} begins? | {1} begins. which {0} is over?
    which {0} do we have just before {1}? | what {0} was before {1}? | say the {0} that comes right before {1}.
    {1}, which {0} came before it? | which {0} goes before {1}? | {0} before {1}, please? | give me the {0} before {1}.
    {1} is here. which {0} has just ended? | which is the {0} right before {1}? | what came right before {1}?
    we now have {1}. which {0} did we have before? | going back from {1}, which {0} is it? | {1} comes after which {0}?
    {1} follows which {0}? | after which {0} does {1} come? | one {0} before {1} is what? | name the {0} that comes before {1}.
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
    "the day before yesterday": ("was the day before yesterday", "the day before yesterday was", -2),
    "two days ago": ("was it two days ago", "two days ago it was", -2),
    "three days ago": ("was it three days ago", "three days ago it was", -3),
    "in four days": ("is it in four days", "in four days it is", 4),
    "in one week": ("is it in one week", "in one week it is", 7),
}
# in {1} the question, in {2} the beginning of the answer, in {3} the day that is meant
TODAY = wordings("""
    today is {}. what day {}? | if today is {}, what day {}? | it is {} today. what day {}? | it is {}. what day {}?
    today it is {}, so what day {}? | if it is {} today, what day {}? | we have {} today. what day {}?
    it's {}, so what day {}? | now it is {}. what day {}? | today is {0}, so what day {1}? | today is {0}. which day {1}?
    if today is {0}, which day {1}? | today is {0}, {2} what? | today is {0}, so {2} what day? | if it is {0}, then {2} what?
    today is {0}. and {3}? | today is {0}, what about {3}? | it is {0} today, which day {1}? | what day {1} if today is {0}?
    which day {1} if it is {0} today? | {0} is today. what day {1}? | my calendar says {0} for today. what day {1}?
    we have {0}, so which day {1}? | let us say it is {0}. what day {1}? | i know that today is {0}, but what day {1}?
    since today is {0}, what day {1}? | when today is {0}, {2} what day? | suppose today is {0}. which day {1}?
    today we have {0}, and {3}? | it must be {0} today. so what day {1}?
""")
NUMBERED_DAY = wordings("""
    what is the {} day of the week? | which day is the {} of the week? | name the {} day of the week. | the {} day of the week?
    tell me the {} day of the week. | which day of the week comes {}? | what day comes {} in the week?
    which is the {} day of the week? | what's the {} day of the week? | what do we call the {} day of a week?
    the {} day of a week is which day? | give me the {} day of the week. | in a week, which day is the {}?
    which day do we call the {} of the week? | i am looking for the {} day of the week.
""")
WEEKEND = wordings("""
    is {} on the weekend? | is {} a weekend day? | is {} part of the weekend? | is {} a day of the weekend?
    does {} belong to the weekend? | is {} a day of the weekend, or not? | {} is on the weekend, right?
    do we have weekend on {}? | is it the weekend on {}? | weekend or not, {}? | does the weekend have {} in it?
    {}, is that on the weekend? | {} is part of the weekend, is it? | is {} one of the two days of the weekend?
    is {} in the weekend? | i think {} is on the weekend. am i right? | tell me if {} is on the weekend.
    does {} count as weekend? | would you say {} is on the weekend? | is the weekend on {}?
    does {} fall on the weekend?
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
        return closed(
            rng.choice(TODAY).format(day, asked, answered, when), f"{answered} {DAYS[(place + away) % 7]}.", f"{when} {day}"
        )
    if kind < 0.93:
        return closed(rng.choice(NUMBERED_DAY).format(number), f"the {number} day of the week is {day}.", f"{number} day")
    answer = f"yes. {day} is on the weekend." if place > 4 else f"no. {day} is a week day."
    return closed(rng.choice(WEEKEND).format(day), answer, f"weekend {day}")


MONTH_LENGTH = wordings("""
    how many days are in {}? | how many days does {} have? | how long is {}? | tell me how many days {} has.
    how many days are there in {}? | {} has how many days? | what is the number of days in {}? | how many days long is {}?
    how many days do we have in {}? | days in {}? | how long does {} last? | {}, how many days is that?
    how many days will {} have? | how many days do i count in {}? | the month of {} has how many days?
    how many days does the month of {} have? | what number of days has {}? | how many days are in the month of {}?
    after how many days is {} over? | say how many days {} has. | {} is how many days long? | for how many days does {} go on?
    i stay for all of {}. how many days is that? | how many days has {}? | i forgot how many days {} has.
    {} has thirty days or how many? | in {}, how many days are there? | how many days go by in {}?
    how many days are on the calendar for {}? | if i work all of {}, how many days is that?
""")
NUMBERED_MONTH = wordings("""
    what is the {} month? | which month is the {}? | what is the {} month of the year? | name the {} month.
    tell me the {} month. | what month comes {} in the year? | which is the {} month of the year? | the {} month?
    the {} month of the year is which? | what's the {} month? | which month comes {}? | which month of the year is the {}?
    give me the {} month of the year. | in a year, which month is the {}? | what do we call the {} month?
    what is the {} month called? | the {} month of a year, what is its name? | what name has the {} month?
    say the {} month of the year. | i want the {} month. | which month do we have {} in the year?
    what is the name of the {} month? | the {} month has what name? | on the calendar, which month is the {}?
    if i count the months, which is the {}? | which one is the {} month? | can you name the {} month of the year?
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
    season in {}? | {}, what season is that? | when it is {}, what season do we have? | {} falls in which season?
    the season of {}? | it is {}. which season is it? | my birthday is in {}. what season is that?
    i was born in {}, in which season is that? | what time of the year is {}, which season? | in {}, which season do we have?
    what season is {}? | name the season of {}. | what is the season of {}? | say which season {} is in.
    {} comes in which season? | we travel in {}. which season will it be? | of which season is {} a part?
    in what season do we have {}? | which season has {} in it? | what season are we in when it is {}?
    to what season would you say {} belongs? | which season goes with {}? | if it is {}, which season is it?
    i am looking for the season of {}. | the month of {} is in what season? | which of the four seasons is {} in?
""")


SEASON_OR = wordings("""
    is {} in {} or in {}? | is {} one of the {} months or of the {} months? | does {} belong to {} or to {}?
    is {} part of {} or of {}? | {} is in {} or in {}? | does {} fall in {} or in {}? | {}, is that in {} or in {}?
    would you say {} is in {} or in {}? | do we have {} in {} or in {}? | tell me if {} is in {} or in {}.
    does {} come in {} or in {}? | is {} a month of {} or of {}? | do you think {} is in {} or {}?
    which is it, is {} in {} or in {}?
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
    if i have {0}, how many {1} is that? | how many {1} does it take to make {0}? | how many {1} in {0}? | {1} in {0}?
    {0} in {1}? | {0}, how many {1} is that? | how many {1} will {0} have? | {0} in {1} is what? | how much is {0} in {1}?
    count the {1} in {0}. | turn {0} into {1}. | change {0} into {1}. | say {0} in {1}. | how many {1} fit in {0}?
    what do i get if i turn {0} into {1}? | in {0}, how many {1} are there? | {0} makes how many {1}? | i need {0} in {1}.
    can you turn {0} into {1}? | how many {1} do you count in {0}? | i have {0}. how much is that in {1}?
    say how many {1} are in {0}. | how many {1} do i need for {0}? | how many {1} do we have in {0}?
    how many {1} are equal to {0}? | {0} comes to how many {1}? | i know it is {0}, but how many {1} is that?
    how many {1} go into {0}?
""")
TO_LARGER_UNIT = wordings("""
    how many {1} are {0}? | {0} is how many {1}? | how many {1} is {0}? | turn {0} into {1}. | what is {0} in {1}?
    how many {1} are in {0}? | {0} in {1}? | {0} in {1} is what? | {0}, how many {1} is that? | how many {1} make {0}?
    say {0} in {1}. | change {0} into {1}. | how much is {0} in {1}? | can you turn {0} into {1}?
    i have {0}. how many {1} is that? | how many {1} do {0} make? | {0} make how many {1}?
    if i have {0}, how many {1} is that? | i need {0} in {1}. | how many {1} do i get from {0}? | tell me how many {1} {0} are.
""")


HALVES = {
    ("half an hour", "minutes"): 30,
    ("a quarter of an hour", "minutes"): 15,
    ("half a minute", "seconds"): 30,
    ("half a day", "hours"): 12,
    ("half a year", "months"): 6,
    ("half a meter", "centimeters"): 50,
    ("half a dollar", "cents"): 50,
    ("half a century", "years"): 50,
}


def _unit(rng: random.Random) -> Dialogue:
    if rng.random() < 0.08:
        (part, small), size = rng.choice(list(HALVES.items()))
        return closed(rng.choice(TO_SMALLER_UNIT).format(part, small), f"{part} is {say(size)} {small}.", f"unit {part}")
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
        asked = asked.replace("{0} makes", "{0} make").replace("{0} comes", "{0} come")
    return closed(
        asked.format(several, small),
        f"{several} {'is' if number == 1 else 'are'} {say(number * size)} {small}.",
        f"unit {number} {small} {large}",
    )


INTENTS = {"day": _day, "month": _month, "season": _season, "unit": _unit}
