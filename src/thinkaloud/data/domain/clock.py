"""Clock times: said in numbers, and what time it is some time later or earlier."""

import random

from thinkaloud.data.domain.dialogue import Dialogue, closed, opened
from thinkaloud.data.domain.lexicon import wordings
from thinkaloud.data.domain.numbers import say


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
    "twenty five past": 25,
    "twenty five to": -25,
    "quarter past": 15,
    "quarter to": -15,
    "thirty minutes past": 30,
    "fifteen minutes past": 15,
    "fifteen minutes to": -15,
    "ten minutes past": 10,
    "ten minutes to": -10,
    "five minutes past": 5,
    "five minutes to": -5,
    "twenty minutes past": 20,
    "twenty minutes to": -20,
}
TIME_IN_NUMBERS = wordings("""
    what time is {}? | it is {}. what time is it? | say {} in numbers. | how else can you say {}? | {}, what time is that?
    what is {} in numbers? | what does {} mean? | it is {}. how do you say that in numbers? | tell me {} in numbers.
    {} in numbers? | how do i write {} in numbers? | how is {} in numbers? | {}, in numbers, please?
    what does the clock say at {}? | what does a digital clock show at {}? | at {}, what does my watch show?
    how do you say {} another way? | {} is what time? | what does {} look like in numbers? | how would you say {} in numbers?
    they said {}. what time is that? | {} is what in numbers? | the clock says {}. what is that in numbers?
    it is {}. what will a digital clock say? | give me {} in numbers. | what is another way to say {}?
    my train goes at {}. what time is that in numbers? | the show starts at {}. how is that in numbers? | how do i read {}?
    i don't understand {}. what time is it? | what hour and minute is {}? | say {} another way.
    we meet at {}. what time is that? | what is {} on a digital clock? | it's {}, how is that in numbers?
    dinner is at {}. when is that? | which time is {}? | school begins at {}. what does the clock say then?
    what do you mean by {}? | put {} into numbers. | turn {} into numbers. | what numbers does the clock show at {}?
    i read {} on the clock. what time is it? | read {} as numbers. | what is meant by {}?
""")
MOVES = {f"{say(minutes)} minutes": minutes for minutes in (5, 10, 15, 20, 30)}
MOVES |= {"one hour": 60, "two hours": 120, "three hours": 180, "half an hour": 30, "an hour": 60}
LATER = {  # answer: questions; {0} the time, {1} how long, {2} the result
    "in {1} it will be {2}.": wordings("""
        it is {0}. what time is it in {1}? | it is {0} now. what time will it be in {1}?
        it is {0}. what time will it be in {1}? | if it is {0} now, what time is it in {1}?
        it's {0}, so what time will it be in {1}? | now it is {0}. i leave in {1}. when is that?
        my train goes in {1} and it is now {0}. when does it go? | it is {0}. what will my watch show in {1}?
        it is {0}, and in {1}? | it is {0} and i wait {1}. what time is it then? | my watch says {0}. what will it say in {1}?
        what time will it be in {1} if it is {0} now? | the clock shows {0}. what will it show in {1}?
        we meet in {1} and now it is {0}. at what time do we meet? | it is {0}. how late is it in {1}?
        now it is {0}. what time in {1}? | the cake is done in {1}. it is {0}. when is it done?
        it is {0} now, how late will it be in {1}? | if i leave in {1} and it is {0}, what time will that be?
        the bus comes in {1}. it is {0}, so when does it come? | it's {0}. in {1}, what time is it?
        add {1} to the time. it is {0}. | the movie begins in {1} and it is {0}. when does it begin?
        i start now, at {0}, and need {1}. when am i done? | dinner is in {1}. it is {0} now, so when do we eat?
        it is {0} now. when is it {1} later?
    """),
    "{1} after {0} is {2}.": wordings("""
        what time is {1} after {0}? | what will the time be {1} after {0}? | tell me the time {1} after {0}.
        what is {1} after {0}? | when is {1} after {0}? | {1} after {0}? | {1} after {0} is what time?
        {1} later than {0}, what time is that? | {0} and {1} more, what time is it? | what does the clock say {1} after {0}?
        add {1} to {0}. | which time comes {1} after {0}? | the class starts at {0} and takes {1}. when is it over?
        i leave at {0} and drive for {1}. when do i get there? | what will my watch show {1} after {0}?
        at {0} i go for {1}. when am i back? | the movie begins at {0} and lasts {1}. when does it end?
        {0} plus {1} is what time? | what time is it {1} after {0}? | {0}, and {1} later?
        i sleep at {0} for {1}. when do i wake up? | what is the time {1} later than {0}?
        from {0}, go {1} on. what time is it?
    """),
}
EARLIER = {
    "{1} ago it was {2}.": wordings("""
        it is {0}. what time was it {1} ago? | it is {0} now. what time was it {1} ago?
        if it is {0} now, what time was it {1} ago? | it's {0}, so what time was it {1} ago?
        it is {0}. how late was it {1} ago? | it is {0}. what did the clock say {1} ago?
        what time was it {1} ago if it is {0} now? | my train left {1} ago and it is {0}. when did it leave?
        it is {0}. what did my watch show {1} ago? | my watch says {0}. what did it say {1} ago?
        i came {1} ago and now it is {0}. when did i come? | it is {0}, and {1} ago?
        now it is {0}. i got up {1} ago. when was that? | we started {1} ago. it is {0}, so when did we start?
        it's {0}. {1} ago, what time was it? | the clock shows {0}. what did it show {1} ago?
        the class began {1} ago and it is {0}. when did it begin? | it is {0} now. when was {1} ago?
        i have waited {1} and it is {0}. when did i come? | the bus left {1} ago. it is {0} now, when was that?
        now it is {0}. how late was it {1} ago?
    """),
    "{1} before {0} is {2}.": wordings("""
        what time is {1} before {0}? | tell me the time {1} before {0}. | what was the time {1} before {0}?
        when is {1} before {0}? | what is {1} before {0}? | {1} before {0}? | {1} before {0} is what time?
        {1} earlier than {0}, what time is that? | {0}, and {1} earlier? | what does the clock say {1} before {0}?
        which time comes {1} before {0}? | the train goes at {0}. i want to be there {1} before. when is that?
        i must be there at {0} and need {1} to get there. when do i leave? | what will my watch show {1} before {0}?
        take {1} away from {0}. | what time is it {1} before {0}? | dinner is at {0} and i cook for {1}. when do i start?
        what is the time {1} earlier than {0}? | school begins at {0}. i get up {1} before. when do i get up?
        {0} minus {1} is what time? | from {0}, go {1} back. what time is it?
    """),
}


def _clock(rng: random.Random) -> Dialogue:
    if rng.random() < 0.35:
        hour, words = rng.randint(1, 12), rng.choice(list(CLOCK_WORDS))
        said = f"{words} {say(hour)}"
        answer = f"{said} is {clock(hour * 60 + CLOCK_WORDS[words])}."
        return closed(rng.choice(TIME_IN_NUMBERS).format(said), answer, f"clock {said}")
    now = rng.randrange(12) * 60 + rng.randrange(0, 60, 5)
    move, later = rng.choice(list(MOVES)), rng.random() < 0.6
    answer, questions = rng.choice(list((LATER if later else EARLIER).items()))
    question = rng.choice(questions)
    words = clock(now), move, clock(now + MOVES[move] if later else now - MOVES[move])
    return opened(question.format(*words), answer.format(*words), f"clock {now} {'' if later else 'minus '}{move}")


INTENTS = {"clock": _clock}
