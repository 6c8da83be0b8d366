"""The words of the pocket domain, by kind. Words with a common homophone (sea, sun, two/to) stay out of open lists."""


def listed(text: str) -> list[str]:
    """The entries of a text, between commas if it has any, else between spaces."""
    return text.split(", ") if "," in text else text.split()


def pairs(text: str) -> dict[str, str]:
    """The pairs "one two" of a text, between commas."""
    return dict(pair.split() for pair in text.split(", "))


WORDED: list[str] = []  # all wordings of the domain, for its list of words: what is asked seldom is in it too


def wordings(text: str) -> list[str]:
    """The ways to ask that a text names, between bars or on lines of their own."""
    found = [wording.strip() for wording in text.replace("\n", "|").split("|") if wording.strip()]
    WORDED.extend(found)
    return found


ORDINALS = listed("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth")
ANIMALS = listed(
    "cat dog horse cow pig goat duck chicken goose lion tiger wolf fox monkey elephant mouse rabbit frog fish bird "
    "snake bee spider zebra camel owl donkey turtle penguin sheep kangaroo"
)
FRUITS = listed("apple banana lemon cherry melon peach grape mango strawberry")
FOODS = listed("bread cheese butter cookie soup rice sugar pepper milk coffee juice potato carrot tomato cake egg honey pizza")
THINGS = listed(
    "table chair door window house garden kitchen lamp clock book pencil paper box bag bottle cup glass plate knife "
    "fork spoon phone computer radio camera car bus train bicycle boat truck river lake mountain forest tree leaf "
    "flower stone island beach moon star cloud hat coat shirt shoe sock dress watch ball doll game song piano guitar "
    "drum school picture blanket basket hammer ladder mirror pocket ticket candle bridge street village market "
    "museum castle"
)
PEOPLE = listed("man woman child baby teacher doctor farmer king queen friend brother sister mother father")
BODY = listed("tooth foot hand finger mouth head arm leg")
COLORS = listed("red green yellow white black brown pink purple orange gray")
TOOLS = listed("hammer knife fork spoon pencil ladder")

_OPPOSITES = pairs(
    "hot cold, big small, tall short, fast slow, happy sad, up down, open closed, full empty, wet dry, clean dirty, "
    "early late, loud quiet, rich poor, thick thin, wide narrow, deep shallow, easy difficult, good bad, day night, "
    "first last, above below, inside outside, true false, always never, push pull, give take, remember forget, "
    "love hate, question answer, north south, east west, sweet bitter, safe dangerous, smooth rough, black white, "
    "young old, soft hard, heavy light, start stop"
)
OPPOSITE = _OPPOSITES | {two: one for one, two in _OPPOSITES.items()}

NAMES = listed(
    "tom anna peter lisa david emma jack sarah paul lucy mark julia george maria simon laura kevin nina oscar ruth "
    "felix clara adam sophie daniel alice martin helen victor rosa henry olivia robert grace leo eva samuel hannah "
    "oliver diana walter monica james linda edward betty arthur carol frank susan hugo vera max ella theo zoe ben "
    "mia sam amy"
)
PET_NAMES = listed("rocky luna bella charlie daisy buddy molly coco milo lucky shadow tiger ginger pepper")

ADJECTIVES = listed(
    "small tall fast slow happy sad old young clean dirty loud quiet strong hungry thirsty tired funny clever "
    "friendly round empty heavy soft warm cold golden little"
)
VERBS = listed("likes sees wants finds has carries follows watches loves needs hears draws")
PLACES = listed(
    "in the garden, in the kitchen, near the river, under the table, on the bridge, behind the house, at the market, "
    "by the lake"
)

IRREGULAR_PLURALS = pairs(
    "mouse mice, goose geese, sheep sheep, fish fish, wolf wolves, knife knives, leaf leaves, tooth teeth, foot feet, "
    "man men, woman women, child children, tomato tomatoes, potato potatoes, mango mangoes"
)
COUNTABLE = [
    *(ANIMALS + FRUITS + THINGS + PEOPLE + BODY),
    *listed("cookie potato carrot tomato cake egg country city baby lady"),
]


def plural(noun: str) -> str:
    """The plural of a noun of this list."""
    if noun in IRREGULAR_PLURALS:
        return IRREGULAR_PLURALS[noun]
    if noun.endswith(("s", "x", "ch", "sh")):
        return noun + "es"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + "s"


def article(noun: str) -> str:
    """The noun with "a" or "an"."""
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


SPELLABLE = sorted(
    {*ANIMALS, *FRUITS, *FOODS, *THINGS, *PEOPLE, *BODY, *COLORS, *NAMES, *PET_NAMES, *ADJECTIVES, *OPPOSITE}
    | set(
        listed(
            "seven three eleven twelve monday friday april june august winter summer hello music water window yellow paris "
            "london"
        )
    )
)
OPEN_WORDS = sorted(
    {*ANIMALS, *FRUITS, *FOODS, *THINGS, *PEOPLE, *BODY, *COLORS, *NAMES, *ADJECTIVES, *OPPOSITE, *map(plural, COUNTABLE)}
)

# further words that are spelt now and then: it is from many words that spelling is learnt, not from a few that matter
SPELT_TOO = listed(
    "about afraid after afternoon again age ago alarm algeria alphabet and animal ankara another anything apples arms "
    "around art ask athens australia austria autumn away babies back backwards baghdad bags balls bananas bangkok "
    "bank baskets beaches bees before begin behind beijing belgium berlin between bicycles bigger birds birthday "
    "blankets boats body bolivia books born bottles boxes brazil bridges brothers brussels budapest buses buzz cairo "
    "cakes calculate call called camels cameras can canada canberra candles capital carries carrots cars castles cats "
    "centuries century chairs changed chemistry cherries chick chickens children china chocolate cities city clocks "
    "clouds cluck coats code color come comes computers cook cookies cooking copenhagen could countries country cows "
    "croak cuba cucumber cups dance december denmark did digits dinosaurs divide divided doctors dogs doing dollar "
    "dollars dolls done donkeys doors double draws dresses drive drums dublin duckling ducks edinburgh eggs egypt "
    "eighteen eighth eighty elephants eleventh else end england english ethiopia even evening examples excuse explain "
    "farmers fathers favorite february feel fifteen fifth fifty finds fingers finland five fives flamingo flight "
    "follows food football forests forgot forks forty fourteen foxes france friends frogs from fruit games gardens "
    "geese germany get ghana glasses goats going gold goodbye gosling government grams grapes grass greater greet "
    "guitars half hammers hands has hats havana have heads health hears help helsinki hexagon hexagons history home "
    "horses houses how human hundred hungary important internet into invented iraq ireland islands italy jamaica "
    "january japan job joey joke july kangaroos keep kenya kilogram kilograms kilometer kilometers kind kings "
    "kitchens kitten knives ladders lakes landing language languages larger later laugh law learn learned leaving "
    "left legs lemons letter letters libya lions lisbon listen listening live lives long lower madrid make mangoes "
    "many markets meant medicine melons meow message meter meters mice minus minutes mirrors mix mongolia monkeys "
    "month months moons more moscow mothers mountains mouths movie much multiplied multiply museums nairobi name near "
    "needs next nigeria nineteen ninety ninth noise norway nothing november now number numbers octagon octagons "
    "october odd okay online only opposite oslo ottawa owls pakistan papers pardon part peaches pencils penguins "
    "pentagon pentagons person peru phones physics pianos pictures piglet pigs plates play pleased plural plus "
    "pockets poem politics portugal potatoes president problem problems pumpkin puppy quarter queens rabbits radios "
    "rectangle rectangles religion repeat restaurant reverse rivers robot romania rome russia saturday say schools "
    "scotland season send september seventeen seventh seventy shoes should show sides sing sisters sits six sixteen "
    "sixth sixty sky sleep smaller snakes snow socks something songs soon sorry spain speak spiders spoons spring "
    "square squares stars starts stockholm stones story streets sunday sweden tables tadpole talk taxes teachers tell "
    "tens tenth testing thailand thanks that these thing think third thirteen thirty thousand thursday tickets tigers "
    "today together tokyo tomatoes tomorrow traffic trained trains translate travel trees triangle triangles trucks "
    "try tuesday turkey turn turtles twenty uganda under until vienna vietnam villages voice wake wants warsaw was "
    "watches weather wednesday weekend welcome wheels windows wolves women word work working year years "
    "yesterday zebras zero"
)
