"""Closed facts about the world: capitals, colors, animals, kinds of things, parts, and honest refusals beyond them."""

import random

from thinkaloud.data.domain.dialogue import Dialogue, closed, opened
from thinkaloud.data.domain.lexicon import (
    ADJECTIVES,
    ANIMALS,
    BODY,
    COLORS,
    FOODS,
    FRUITS,
    NAMES,
    PEOPLE,
    THINGS,
    TOOLS,
    article,
    listed,
    pairs,
    plural,
    wordings,
)
from thinkaloud.data.domain.numbers import say

CAPITALS = pairs(
    "france paris, germany berlin, italy rome, spain madrid, england london, ireland dublin, scotland edinburgh, "
    "russia moscow, japan tokyo, china beijing, egypt cairo, greece athens, portugal lisbon, austria vienna, "
    "poland warsaw, hungary budapest, sweden stockholm, norway oslo, finland helsinki, denmark copenhagen, "
    "belgium brussels, canada ottawa, cuba havana, peru lima, kenya nairobi, turkey ankara, thailand bangkok, "
    "iraq baghdad, australia canberra"
)
COLOR_OF = pairs(
    "sky blue, grass green, snow white, blood red, banana yellow, tomato red, coal black, carrot orange, milk white, "
    "leaf green, lemon yellow, chocolate brown, elephant gray, flamingo pink, strawberry red, pumpkin orange, "
    "frog green, gold yellow, cucumber green, cherry red, mouse gray, penguin black"
)
NOT_COUNTED = ("grass", "snow", "blood", "coal", "milk", "chocolate", "gold")
MIXES = {
    ("blue", "yellow"): "green",
    ("red", "yellow"): "orange",
    ("red", "blue"): "purple",
    ("red", "white"): "pink",
    ("black", "white"): "gray",
}
SOUNDS = pairs(
    "dog woof, cat meow, cow moo, duck quack, sheep baa, pig oink, lion roar, horse neigh, bird tweet, frog croak, "
    "bee buzz, snake hiss, owl hoot, mouse squeak, wolf howl, chicken cluck"
)
YOUNG = pairs(
    "dog puppy, cat kitten, cow calf, horse foal, sheep lamb, pig piglet, lion cub, duck duckling, chicken chick, "
    "goat kid, goose gosling, frog tadpole, kangaroo joey, bear cub"
)
PARTS = {
    "legs": pairs("dog 4, cat 4, horse 4, cow 4, bird 2, chicken 2, spider 8, bee 6, table 4, chair 4, man 2"),
    "wheels": pairs("car 4, bicycle 2, bus 4"),
    "sides": pairs("triangle 3, square 4, rectangle 4, pentagon 5, hexagon 6, octagon 8"),
    "fingers": {"hand": "5"},
}
VEGETABLES = listed("carrot potato cucumber pumpkin")
KINDS = {
    "animal": ANIMALS,
    "fruit": FRUITS,
    "vegetable": VEGETABLES,
    "color": COLORS,
    "tool": TOOLS,
    "country": list(CAPITALS),
    "city": list(CAPITALS.values()),
    "name": NAMES[:30],
    "body part": BODY,
}
UNNAMED = {"color", "country", "city", "name"}  # said without an article


CAPITAL_OF = wordings("""
    what is the capital of {}? | what is the capital city of {}? | which city is the capital of {}?
    tell me the capital of {}. | what's the capital of {}? | do you know the capital of {}? | name the capital of {}.
    the capital of {}? | {} has which capital? | what city is the capital of {}? | what capital does {} have?
    which capital does {} have? | which city is the capital city of {}? | what is the main city of {}?
    give me the capital of {}.
""")
COUNTRY_OF = wordings("""
    {} is the capital of which country? | which country has the capital {}? | what country is {} in?
    in which country is {}? | where is {}? | {} is the capital of what? | which country does {} belong to?
    {} is in which country?
    of which country is {} the capital? | {} is the capital of what country?
""")


def _capital(rng: random.Random) -> Dialogue:
    country = rng.choice(list(CAPITALS))
    city = CAPITALS[country]
    if rng.random() < 0.35:
        asked = rng.choice(COUNTRY_OF)
        return closed(asked.format(city), f"{city} is the capital of {country}.", f"country of {city}")
    asked = rng.choice(CAPITAL_OF)
    return closed(asked.format(country), f"the capital of {country} is {city}.", f"capital of {country}")


COLOR_QUESTION = wordings("""
    what color is {}? | which color is {}? | tell me the color of {}. | what is the color of {}?
    what color does {} have? | do you know the color of {}? | what's the color of {}? | {} is what color?
    name the color of {}.
    {} has which color? | which color does {} have? | how would you paint {}? | {} is which color?
    what's the usual color of {}?
""")
MIX = wordings("""
    what do {} and {} make? | mix {} and {}. | what color do you get from {} and {}? | what is {} and {} together?
    which color is made of {} and {}? | what happens when i mix {} and {}? | if i mix {} and {}, what do i get?
    what color do {} and {} make? | {} mixed with {} makes what? | what color do i get when i mix {} and {}?
""")


def _color(rng: random.Random) -> Dialogue:
    if rng.random() < 0.3:
        pair = rng.choice(list(MIXES))
        one, two = rng.sample(pair, 2)
        asked = rng.choice(MIX)
        return closed(asked.format(one, two), f"{one} and {two} make {MIXES[pair]}.", f"mix {' '.join(pair)}")
    thing = rng.choice(list(COLOR_OF))
    named = "the sky" if thing == "sky" else thing if thing in NOT_COUNTED else article(thing)
    asked = rng.choice(COLOR_QUESTION)
    return closed(asked.format(named), f"{named} is {COLOR_OF[thing]}.", f"color of {thing}")


YOUNG_OF = wordings("""
    what is a baby {} called? | what do you call a baby {}? | what is a young {} called? | what do you call a young {}?
    tell me the name of a baby {}. | what is the name for a baby {}? | how do you call a baby {}? | a baby {} is called what?
    what is the word for a young {}? | what do people call a baby {}?
""")
SOUND_OF = wordings("""
    what does {} say? | what sound does {} make? | which sound does {} make? | how does {} sound?
    what noise does {} make? | {} makes what sound? | which noise does {} make? | what is the sound of {}?
    what does {} sound like?
    how does {} go? | tell me what {} says. | tell me the sound of {}. | make the sound of {}.
""")


def _animal(rng: random.Random) -> Dialogue:
    if rng.random() < 0.5:
        animal = rng.choice(list(SOUNDS))
        asked = rng.choice(SOUND_OF)
        return closed(asked.format(article(animal)), f"{article(animal)} says {SOUNDS[animal]}.", f"sound of {animal}")
    animal = rng.choice(list(YOUNG))
    asked = rng.choice(YOUNG_OF)
    return closed(asked.format(animal), f"a baby {animal} is called {article(YOUNG[animal])}.", f"young {animal}")


PARTS_OF_MANY = wordings("""
    how many {1} do {0} have? | how many {1} are on {0}? | {0} have how many {1}? | tell me how many {1} {0} have.
    what number of {1} do {0} have? | how many {1} do you count on {0}? | if there are {0}, how many {1} are there?
""")
PARTS_OF_ONE = wordings("""
    how many {1} does {0} have? | how many {1} are on {0}? | {0} has how many {1}? | tell me how many {1} {0} has.
    what number of {1} does {0} have? | how many {1} has {0}? | what is the number of {1} of {0}?
    how many {1} are there on {0}?
    how many {1} do you count on {0}?
""")


def _how_many(rng: random.Random) -> Dialogue:
    part = rng.choice(("legs", "legs", "wheels", "sides", "fingers"))
    owner = rng.choice(list(PARTS[part]))
    number = 1 if rng.random() < 0.5 else rng.randint(2, 5)
    total = say(number * int(PARTS[part][owner]))
    if number == 1:
        asked = rng.choice(PARTS_OF_ONE)
        return closed(asked.format(article(owner), part), f"{article(owner)} has {total} {part}.", f"{part} 1 {owner}")
    owners = f"{say(number)} {plural(owner)}"
    asked = rng.choice(PARTS_OF_MANY)
    return closed(asked.format(owners, part), f"{owners} have {total} {part}.", f"{part} {number} {owner}")


IS_KIND = wordings("is {} {}? | tell me, is {} {}? | do you think {} is {}? | would you say {} is {}? | would you call {} {}?")
IS_EITHER = wordings("""
    is {} {} or {}? | what is {}, {} or {}? | would you say {} is {} or {}? | {}, is that {} or {}? | tell me, is {} {} or {}?
    would you call {} {} or {}? | do you think {} is {} or {}?
""")
WHAT_KIND = wordings("""
    what is {}? | what kind of thing is {}? | tell me what {} is. | do you know what {} is? | what sort of thing is {}?
    what do you know about {}? | what type of thing is {}? | {} is what kind of thing? | what would you call {}?
    explain what {} is.
    which kind of thing is {}?
""")


def _kind(rng: random.Random) -> Dialogue:
    kind = rng.choice(list(KINDS))
    thing = rng.choice(KINDS[kind])
    named = thing if kind in UNNAMED else article(thing)
    if rng.random() < 0.45:
        asked = rng.choice(WHAT_KIND)
        return closed(asked.format(named), f"{named} is {article(kind)}.", f"kind of {thing}")
    if rng.random() < 0.3:
        other = rng.choice([name for name in KINDS if name != kind])
        asked = rng.choice(IS_EITHER).format(named, *map(article, rng.sample((kind, other), 2)))
        return closed(asked, f"{named} is {article(kind)}.", f"kind of {thing}")
    guess = kind if rng.random() < 0.5 else rng.choice(list(KINDS))
    yes = "yes" if guess == kind else "no"
    asked = rng.choice(IS_KIND)
    return closed(asked.format(named, article(guess)), f"{yes}. {named} is {article(kind)}.", f"kind of {thing} {guess}")


TOPICS = listed(
    "the president, the weather, the news, the stock market, football, the war, the traffic, the bank, history, "
    "chemistry, the internet, politics, the law, medicine, my health, the government, a good restaurant, the movie, "
    "the price of gold, physics, the moon landing, dinosaurs, my taxes, love, space travel, computers, cooking, "
    "my job, religion, art"
)
WISHES = listed(
    "play some music, set an alarm, call my mother, send a message, turn on the light, open the door, order a pizza, "
    "book a flight, read my mail, find my phone, buy a ticket, write a letter, take a picture, translate this, "
    "drive me home, start the car, turn off the radio, show me a movie, clean the kitchen, make coffee, "
    "tell me a story, sing a song, write a poem, read the news"
)
CHORES = listed(
    "open close find buy sell clean wash fix bring paint move draw watch hide lift push pull carry cut burn build start stop "
    "hold drop weigh wrap photograph feed follow catch"
)
FAR = listed("brazil vietnam ethiopia bolivia mongolia jamaica algeria romania chile nigeria pakistan ghana libya uganda")


NOW = wordings("""
    what time is it? | what is the time? | can you tell me the time? | what day is it today? | what day is today?
    what is the date today? | what is the date? | what year is it? | how is the weather? | what is the weather like today?
    what will the weather be tomorrow? | is it raining? | is it cold outside? | how warm is it outside? | where am i?
    where are we? | how old am i?
""")
TOO_BIG = wordings("what is {} times {}? | how much is {} times {}? | {} times {}. | multiply {} by {}.")
TOPIC_QUESTION = wordings("""
    what do you know about {}? | tell me about {}. | what do you think about {}? | explain {}. | can you explain {}?
    i want to know about {}. | how does {} work? | who invented {}? | why is {} important? | when did {} begin?
    talk about {}. | what is new about {}?
""")
WISH_QUESTION = wordings("{}. | please {}. | can you {}? | could you {}? | i want you to {}. | would you {}?")
FAR_QUESTION = wordings("""
    what is the capital of {}? | tell me the capital of {}. | which city is the capital of {}? | who lives in {}?
    how big is {}?
""")


def _topic(rng: random.Random) -> str:
    """What it knows nothing about: half of a list, half made of open words, for the world is large."""
    kind = rng.random()
    if kind < 0.5:
        return rng.choice(TOPICS)
    thing = rng.choice(THINGS + ANIMALS + PEOPLE)
    return plural(thing) if kind < 0.65 else f"{rng.choice(('the', 'my', 'your', 'this'))} {_described(rng, thing)}"


def _wish(rng: random.Random) -> str:
    """What it can not do."""
    kind = rng.random()
    if kind < 0.5:
        return rng.choice(WISHES)
    if kind < 0.6:
        return f"{rng.choice(('cook', 'order', 'make', 'serve'))} {rng.choice(('the', 'my', 'some'))} {rng.choice(FOODS)}"
    if kind < 0.7:
        return f"{rng.choice(('call', 'visit', 'invite', 'ask'))} {rng.choice(('my', 'the'))} {rng.choice(PEOPLE)}"
    thing = _described(rng, rng.choice(THINGS + ANIMALS))
    return f"{rng.choice(CHORES)} {rng.choice(('the', 'my', 'this'))} {thing}"


def _described(rng: random.Random, noun: str) -> str:
    return f"{rng.choice(ADJECTIVES + COLORS)} {noun}" if rng.random() < 0.3 else noun


def _refuse(rng: random.Random) -> Dialogue:
    kind = rng.random()
    if kind < 0.42:
        topic = _topic(rng)
        asked = rng.choice(TOPIC_QUESTION)
        return opened(asked.format(topic), "i do not know that yet.", f"topic {topic}")
    if kind < 0.74:
        wish = _wish(rng)
        asked = rng.choice(WISH_QUESTION)
        return opened(asked.format(wish), "i can not do that yet.", f"wish {wish}")
    if kind < 0.84:
        asked = rng.choice(NOW)
        return closed(asked, "i do not know that yet.", f"now {asked}")
    if kind < 0.92:
        country = rng.choice(FAR)
        asked = rng.choice(FAR_QUESTION)
        return closed(asked.format(country), "i do not know that yet.", f"far {country}")
    a, b = rng.randint(21, 99), rng.randint(21, 99)
    asked = rng.choice(TOO_BIG)
    return opened(asked.format(say(a), say(b)), "i do not know that yet.", f"too big {a} {b}")


INTENTS = {
    "capital": _capital,
    "color": _color,
    "animal": _animal,
    "how_many": _how_many,
    "kind": _kind,
    "refuse": _refuse,
}
