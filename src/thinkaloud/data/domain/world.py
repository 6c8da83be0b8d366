"""Closed facts about the world: capitals, colors, animals and their young, parts of things."""

import random

from thinkaloud.data.domain.dialogue import Dialogue, closed
from thinkaloud.data.domain.lexicon import COLORS, article, pairs, plural, wordings
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


CAPITAL_OF = wordings("""
    what is the capital of {}? | what is the capital city of {}? | which city is the capital of {}?
    tell me the capital of {}. | what's the capital of {}? | do you know the capital of {}? | name the capital of {}.
    the capital of {}? | {} has which capital? | what city is the capital of {}? | what capital does {} have?
    which capital does {} have? | which city is the capital city of {}? | what is the main city of {}?
    give me the capital of {}. | {} capital? | capital of {}? | {}, what is its capital? | the capital city of {}?
    {} has what capital? | and the capital of {}? | which city is the main city of {}? | in {}, which city is the capital?
    the capital of {} is what? | the capital of {} is which city? | what is the name of the capital of {}?
    what city do they call the capital of {}? | i am going to the capital of {}. which city is that?
    i live in the capital of {}. where do i live? | say the capital of {}. | can you name the capital city of {}?
    i am learning the capitals. what is it for {}? | what would be the capital of {}? | i need the capital of {}.
    {}, which is the capital there? | in which city is the government of {}? | what is the capital called in {}?
    tell me which city is the capital of {}. | we fly to the capital of {}. which city do we see?
""")
COUNTRY_OF = wordings("""
    {} is the capital of which country? | which country has the capital {}? | what country is {} in? | in which country is {}?
    where is {}? | {} is the capital of what? | which country does {} belong to? | {} is in which country?
    of which country is {} the capital? | {} is the capital of what country? | {} is in what country?
    {}, what country is that in? | {} is where? | where do i find {}? | {} is a city in which country? | whose capital is {}?
    {}, whose capital is that? | what country has {} as its capital? | which country has {} for its capital?
    the city of {} is in which country? | where in the world is {}? | in what country do i find {}? | {}, where is that?
    i am going to {}. which country is that? | my friend lives in {}. in which country is that? | tell me where {} is.
    if i am in {}, which country am i in? | which country do i see if i travel to {}? | name the country that {} is in.
    of what country is {} the capital? | which country is {} the capital of? | what is the country of {}?
    what country does {} belong to? | to which country does {} belong? | where would i have to go to see {}?
    {} is the main city of which country?
""")


def spoken_of(rng: random.Random, noun: str) -> str:
    """One of a kind, as it comes up in a question: mostly "a dog", else "the dog", "my dog", "your dog", "this dog"."""
    return article(noun) if rng.random() < 0.75 else f"{rng.choice(('the', 'the', 'my', 'your', 'this'))} {noun}"


def _capital(rng: random.Random) -> Dialogue:
    country = rng.choice(list(CAPITALS))
    city = CAPITALS[country]
    if rng.random() < 0.35:
        asked = rng.choice(COUNTRY_OF)
        return closed(asked.format(city), f"{city} is the capital of {country}.", f"country of {city}")
    asked = rng.choice(CAPITAL_OF)
    return closed(asked.format(country), f"the capital of {country} is {city}.", f"capital of {country}")


COLOR_QUESTION = wordings("""
    what color is {}? | which color is {}? | tell me the color of {}. | what is the color of {}? | what color does {} have?
    do you know the color of {}? | what's the color of {}? | {} is what color? | name the color of {}. | {} has which color?
    which color does {} have? | how would you paint {}? | {} is which color? | what's the usual color of {}?
    {}, what color is it? | color of {}? | what color is {} most of the time? | {}, which color is that?
    what color would you say {} is? | what color would you paint {}? | i want to paint {}. which color do i take?
    which color has {}? | {} is usually what color? | what is the normal color of {}? | i draw {}. which color do i need?
    in what color do you see {}? | what color comes to mind for {}? | say what color {} is. | tell me what color {} is.
    which color do you think of with {}? | of what color is {}? | what color should {} be? | the color of {}?
    the color of {} is what? | if i look at {}, what color do i see? | name the color {} has. | what color do children draw {}?
    which color is right for {}? | what color does {} usually have? | i have to color {}. which pencil?
""")
COLOR_OF_MANY = wordings("""
    what color are {}? | which color do {} have? | {} are what color? | what color do {} have? | what is the color of {}?
    {}, what color are they? | which color are {}? | tell me the color of {}. | in which color do {} come?
    {} have which color? | what color are most {}? | say what color {} are. | how would you paint {}? | are {} of any color?
""")
COLOR_OR = wordings("""
    is {} {} or {}? | {}, is it {} or {}? | would you say {} is {} or {}? | is the color of {} {} or {}? | {} is {} or {}?
    what color is {}, {} or {}? | which color is {}, {} or {}? | do you think {} is {} or {}? | tell me if {} is {} or {}.
    do i paint {} {} or {}? | should {} be {} or {}? | which is right for {}, {} or {}?
""")
MIX = wordings("""
    what do {} and {} make? | mix {} and {}. | what color do you get from {} and {}? | what is {} and {} together?
    which color is made of {} and {}? | what happens when i mix {} and {}? | if i mix {} and {}, what do i get?
    what color do {} and {} make? | {} mixed with {} makes what? | what color do i get when i mix {} and {}?
    {} and {} make what? | {} and {} make which color? | {} and {} together? | {} plus {}, which color is that?
    {} and {}, what color do they make? | i mix {} and {}. which color is it? | i put {} into {}. what color do i get?
    i have {} and {} paint. what can i make of them? | which color comes out of {} and {}?
    what color comes out if i mix {} with {}? | which color do you get if you mix {} with {}?
    if you put {} and {} together, what color is it? | what does {} mixed with {} give? | what is {} mixed with {}?
    can you mix {} and {}? | tell me what {} and {} make.
    when {} meets {}, what color is there? | what becomes of {} and {}? | {} paint and {} paint, what does that make?
    add {} to {}. which color is it now? | what color will {} and {} be together? | the mix of {} and {} is what color?
    a little {} and a little {}, what do i get? | which new color do {} and {} make?
""")


def _color(rng: random.Random) -> Dialogue:
    if rng.random() < 0.3:
        pair = rng.choice(list(MIXES))
        one, two = rng.sample(pair, 2)
        asked = rng.choice(MIX)
        return closed(asked.format(one, two), f"{one} and {two} make {MIXES[pair]}.", f"mix {' '.join(pair)}")
    thing = rng.choice(list(COLOR_OF))
    color = COLOR_OF[thing]
    counted = thing != "sky" and thing not in NOT_COUNTED
    named = "the sky" if thing == "sky" else article(thing) if counted else thing
    way = rng.random()
    if way < 0.12 and counted:
        asked = rng.choice(COLOR_OF_MANY).format(plural(thing))
    elif way < 0.27:
        other = rng.choice([name for name in (*COLORS, "blue") if name != color])
        asked = rng.choice(COLOR_OR).format(named, *rng.sample((color, other), 2))
    else:
        asked = rng.choice(COLOR_QUESTION).format(spoken_of(rng, thing) if counted else named)
    return closed(asked, f"{named} is {color}.", f"color of {thing}")


YOUNG_OF = wordings("""
    what is the young of a {} called? | what are young {1} called? | how do you call the young of a {}? | a small {} is a what?
    what is a baby {} called? | what do you call a baby {}? | what is a young {} called? | what do you call a young {}?
    tell me the name of a baby {}. | what is the name for a baby {}? | how do you call a baby {}? | a baby {} is called what?
    what is the word for a young {}? | what do people call a baby {}? | a baby {}, what is it called? | the name of a baby {}?
    baby {}? | what is the right word for a baby {}? | what name does a baby {} have? | a young {} is called what?
    what is a little {} called? | what do we call a little {}? | when a {} is very young, what is it called?
    the child of a {} is called what? | what is the child of a {} called? | the baby of a {} has what name?
    what do you call the young of a {}? | a {} has a baby. what is it called? | our {} had a baby. what do we call it?
    how do people call a young {}? | what would you call a baby {}? | which word do we use for a baby {}?
    what word means a baby {}? | what is the name of a young {}? | is there a word for a baby {}?
    i saw a baby {}. what do you call it? | one is a grown up {}, and its baby is called what?
    before it is grown up, what is a {} called? | a very small {}, still a baby, is called what?
    a mother {} has a little what?
""")
SOUND_OF = wordings("""
    what does {} say? | what sound does {} make? | which sound does {} make? | how does {} sound? | what noise does {} make?
    {} makes what sound? | which noise does {} make? | what is the sound of {}? | what does {} sound like? | how does {} go?
    tell me what {} says. | tell me the sound of {}. | make the sound of {}. | {}, what noise does it make?
    {}, what does it say? | the sound of {}? | {} goes how? | {} says what? | {} makes which noise?
    what do you hear when {} is near? | how does {} talk? | how does {} speak? | what is the noise of {}?
    which sound comes from {}? | what sound comes out of {}? | i hear {}. what do i hear? | can you make the sound of {}?
    make a noise like {}. | talk like {}. | show me how {} sounds. | can you sound like {}? | what noise would {} make?
    what does {} say all day? | what does {} do to be heard? | what noise do i hear from {}?
    if {} could talk, what would it say? | tell me how {} goes. | what is the noise that {} makes?
    what is the sound {} makes? | tell me what noise {} makes. | what sound would you hear from {}? | {}, how does it sound?
    if you were {}, what would you say? | what is the voice of {} like? | how would {} say hello?
    in the night i hear {}. what does it sound like?
""")


SOUND_OF_MANY = wordings("""
    what sound do {} make? | what do {} say? | which noise do {} make? | how do {} sound? | what noise do {} make?
    {}, what noise do they make? | how do {} go? | tell me what {} say. | what sound comes from {}? | how do {} talk?
    tell me the sound of {}. | what do you hear from {}? | {} make what noise? | what sound would {} make? | {} say what?
    which sound do {} make? | what noise comes from {}? | how do {} speak? | i hear {}. what do they say?
""")
WHO_SAYS = wordings("""
    which animal says {}? | what animal says {}? | who says {}? | {} is the sound of which animal? | which animal makes {}?
    what animal goes {}? | i hear {}. which animal is it? | i hear {}. what animal is that? | it says {}. what is it?
    {}, which animal is that? | what says {}? | name the animal that says {}. | which animal sounds like {}? | who goes {}?
    what kind of animal goes {}? | {}, who says that? | it goes {}, so which animal is it? | what do i hear if it goes {}?
""")


def _animal(rng: random.Random) -> Dialogue:
    if rng.random() < 0.5:
        animal = rng.choice(list(SOUNDS))
        way = rng.random()
        if way < 0.2:
            asked = rng.choice(WHO_SAYS).format(SOUNDS[animal])
        elif way < 0.35:
            asked = rng.choice(SOUND_OF_MANY).format(plural(animal))
        else:
            asked = rng.choice(SOUND_OF).format(spoken_of(rng, animal))
        return closed(asked, f"{article(animal)} says {SOUNDS[animal]}.", f"sound of {animal}")
    animal = rng.choice(list(YOUNG))
    asked = rng.choice(YOUNG_OF)
    return closed(
        asked.format(animal, plural(animal)), f"a baby {animal} is called {article(YOUNG[animal])}.", f"young {animal}"
    )


PARTS_OF_MANY = wordings("""
    how many {1} do {0} have? | how many {1} are on {0}? | {0} have how many {1}? | tell me how many {1} {0} have.
    what number of {1} do {0} have? | how many {1} do you count on {0}? | if there are {0}, how many {1} are there?
    {1} of {0}? | {0}, how many {1}? | {0}, how many {1} is that? | i have {0}. how many {1} do they have?
    i see {0}. how many {1} is that? | count the {1} of {0}. | how many {1} do {0} have together?
    how many {1} do {0} have in all? | if i count all {1} of {0}, how many? | here are {0}. how many {1} can you count?
    {0} have what number of {1}? | {0} together, how many {1}? | how many {1} belong to {0}?
    what is the number of {1} on {0}? | i draw {0}. how many {1} do i draw? | how many {1} would {0} have?
    how many {1} are there with {0}? | say how many {1} {0} have.
""")
PARTS_OF_ALL = wordings("""
    how many {1} do {0} have? | {0} have how many {1}? | tell me how many {1} {0} have. | {0}, how many {1} do they have?
    what number of {1} do {0} have? | say how many {1} {0} have. | with how many {1} do {0} come? | how many {1} do {0} need?
""")
PARTS_OF_ONE = wordings("""
    how many {1} does {0} have? | how many {1} are on {0}? | {0} has how many {1}? | tell me how many {1} {0} has.
    what number of {1} does {0} have? | how many {1} has {0}? | what is the number of {1} of {0}?
    how many {1} are there on {0}? | how many {1} do you count on {0}? | {1} of {0}? | {0}, how many {1}?
    {0}, how many {1} does it have? | how many {1} would {0} have? | how many {1} will i find on {0}? | count the {1} of {0}.
    how many {1} does {0} need? | how many {1} belong to {0}? | {0} has what number of {1}? | say how many {1} {0} has.
    i draw {0}. how many {1} do i draw? | how many {1} can i count on {0}? | if i look at {0}, how many {1} do i see?
    how many {1} go with {0}? | to draw {0}, how many {1} do i need? | what is the number of {1} on {0}?
    how many {1} does {0} have in all? | {1}: how many has {0}? | how many {1} has {0} got?
    i can see {0}. how many {1} does it have? | how many {1} do you see on {0}? | {0} comes with how many {1}?
    how many {1} does {0} usually have? | with how many {1} does {0} come?
""")


def _how_many(rng: random.Random) -> Dialogue:
    part = rng.choice(("legs", "legs", "wheels", "sides", "fingers"))
    owner = rng.choice(list(PARTS[part]))
    number = 1 if rng.random() < 0.5 else rng.randint(2, 5)
    total = say(number * int(PARTS[part][owner]))
    if number == 1:
        asked = rng.choice(PARTS_OF_ONE).format(spoken_of(rng, owner), part)
        if rng.random() < 0.12:
            asked = rng.choice(PARTS_OF_ALL).format(plural(owner), part)
        return closed(asked, f"{article(owner)} has {total} {part}.", f"{part} 1 {owner}")
    owners = f"{say(number)} {plural(owner)}"
    asked = rng.choice(PARTS_OF_MANY)
    return closed(asked.format(owners, part), f"{owners} have {total} {part}.", f"{part} {number} {owner}")


INTENTS = {
    "capital": _capital,
    "color": _color,
    "animal": _animal,
    "how_many": _how_many,
}
