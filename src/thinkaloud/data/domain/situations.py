"""What people say before they come to the point, or behind it; the answer is the same without it.

    my daughter is doing her homework, what is the capital of italy?
    i saw a horse today. how do you spell castle?
    which month is before may? i need it for school.

Who has never heard a sentence that means nothing to the answer takes every word for a part of the question.
"""

import random

from thinkaloud.data.domain.lexicon import ADJECTIVES, ANIMALS, FOODS, FRUITS, PLACES, THINGS, article, plural, wordings

_PEOPLE = wordings("""
    my son | my daughter | my little girl | my little boy | my granddaughter | my grandson | my grandmother | my grandfather
    my mother | my father | my brother | my sister | my friend | my teacher | my wife | my husband | my neighbor | our baby
    my uncle | my aunt | my best friend | somebody here | a friend of mine | the child next to me | my boss
""")
_THEY = wordings("""
    is doing homework | is learning english | wants to learn this | asked me this | does not believe me | has a test tomorrow
    loves such questions | is painting a picture | is writing a letter | is sitting next to me | likes {animals}
    saw {animal} today | has {thing} | has just bought {thing} | wants {thing} | is {place} | would like some {food}
    is cooking {food} | says i am wrong | wants to play a game | can not sleep | is going to school | is still small
    always asks me that | is making {food} | lost {thing} | knows nothing about this | told me to ask you | is sick today
""")
_I = wordings("""
    i am doing my homework | i am not from here | i am learning english | i am writing a letter | i am writing a story
    i am playing a game | i have a test tomorrow | i always mix this up | i never know this | i keep forgetting this
    i was asked this today | i just woke up | i am cooking {food} | i have a strange question | i lost my glasses
    i saw {animal} today | i bought {thing} | i like {animals} | i have never seen {animal} | i am {place}
    i was never good at this | i should know this | it is on the tip of my tongue | i was sitting {place}
    i can not read this | i read it in a book | i saw it on a sign | i heard it on the radio | i found {thing} {place}
    we are playing a game | we talked about this today | we have {animal} at home | i am making {food} | i want to be sure
    i am too old for this | i am only small | this may sound silly | this is not easy | it is raining and i am bored
    there is {animal} {place} | there is {thing} {place} | we learned it in school | let us try something else
    now something else | here comes the next one | i am getting old | my head is empty today | i am painting a picture
""")
_BEHIND = wordings("""
    it is for school. | it is for my homework. | i need it for school. | i can't remember. | i forgot it. | i never know.
    i always mix it up. | i have no idea. | my son wants to know. | my daughter asked me. | i want to be sure. | thank you.
    thanks. | it is for a game. | i am not sure. | we were just talking about it. | i should know this. | take your time.
    say it slowly. | that is my question. | nobody here knows. | i am curious. | it is important. | i really want to know.
""")
_JOINTS = ("{}, {}", "{}, {}", "{}. {}", "{}. {}", "{}, so {}", "{}, and {}", "{}: {}")


def situation(rng: random.Random) -> str:
    """A sentence that has nothing to do with what is asked, and {} where the question comes."""
    said = f"{rng.choice(_PEOPLE)} {rng.choice(_THEY)}" if rng.random() < 0.4 else rng.choice(_I)
    animal, thing = rng.choice(ANIMALS), rng.choice(THINGS + FRUITS)
    if rng.random() < 0.3:
        animal, thing = f"{rng.choice(ADJECTIVES)} {animal}", f"{rng.choice(ADJECTIVES)} {thing}"
    said = said.format(
        animal=article(animal),
        animals=plural(rng.choice(ANIMALS)),
        thing=article(thing),
        food=rng.choice(FOODS),
        place=rng.choice(PLACES),
    )
    return rng.choice(_JOINTS).format(said, "{}")


def something_behind(rng: random.Random) -> str:
    """What may come behind a question, a sentence of its own."""
    return rng.choice(_BEHIND)
