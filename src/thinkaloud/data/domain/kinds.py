"""What kind of thing something is: an animal, a fruit, a city."""

import random

from thinkaloud.data.domain.dialogue import Dialogue, closed
from thinkaloud.data.domain.lexicon import ANIMALS, BODY, COLORS, FRUITS, NAMES, TOOLS, article, listed, plural, wordings
from thinkaloud.data.domain.world import CAPITALS

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


# {0} the thing, {1} a kind with its article, {2} the things of this kind
IS_KIND = wordings("""
    is {0} {1}? | tell me, is {0} {1}? | do you think {0} is {1}? | would you say {0} is {1}? | would you call {0} {1}?
    {0} is {1}, right? | does {0} belong to the {2}? | is {0} one of the {2}? | is {0} really {1}? | {0} is {1}, is that true?
    is it true that {0} is {1}? | {0} is {1}, yes or no? | can you call {0} {1}? | {0}: is that {1}?
    i think {0} is {1}. am i right? | true or false: {0} is {1}? | am i right that {0} is {1}? | does {0} count as {1}?
    could {0} be {1}? | {0}, is it {1}? | {0}, does that belong to the {2}? | tell me if {0} is {1}.
    my child says {0} is {1}. is it? | is {0} in the group of {2}? | would {0} be {1}? | people say {0} is {1}. is that right?
    {0} is {1}? | i wonder, is {0} {1}? | do we call {0} {1}? | can {0} be {1}? | is {0} {1} or not?
""")
ARE_KIND = wordings("""
    are {} {}? | do {} belong to the {}? | would you say {} are {}? | tell me, are {} {}? | do you think {} are {}?
    {} are {}, right? | is it true that {} are {}? | would you call {} {}? | are {} really {}? | {}: are they {}?
    do {} count as {}? | can you call {} {}?
""")
IS_EITHER = wordings("""
    is {} {} or {}? | what is {}, {} or {}? | would you say {} is {} or {}? | {}, is that {} or {}? | tell me, is {} {} or {}?
    would you call {} {} or {}? | do you think {} is {} or {}? | {} is {} or {}? | which is {}, {} or {}? | {}: is it {} or {}?
    what would you call {}, {} or {}? | can you tell me if {} is {} or {}? | i don't know if {} is {} or {}.
    tell me if {} is {} or {}. | do you call {} {} or {}? | is {} really {} or {}? | should i call {} {} or {}?
    what do you say, is {} {} or {}? | does {} count as {} or {}?
""")
WHAT_KIND = wordings("""
    what is {}? | what kind of thing is {}? | tell me what {} is. | do you know what {} is? | what sort of thing is {}?
    what do you know about {}? | what type of thing is {}? | {} is what kind of thing? | what would you call {}?
    explain what {} is. | which kind of thing is {}? | what group does {} belong to? | which group does {} belong to?
    {}, what is that? | {}, what kind of thing is it? | {} is what? | to which group does {} belong?
    {} belongs to which group? | what is {} exactly? | what exactly is {}? | what is meant by {}? | i do not know what {} is.
    what could {} be? | how would you explain {}? | say what {} is. | what do people mean by {}?
    i never heard of {}. what is it? | my child asks what {} is. | what sort of thing would you call {}?
    into which group would you put {}? | under which group do you put {}? | what is {}, in one word?
    {}, which kind of thing is that? | what are we talking about if we say {}? | what kind of a thing would {} be?
    please explain what {} is. | {} is which kind of thing? | what group is {} in? | someone said {}. what is that?
    i hear the word {}. what sort of thing is it? | can you explain what {} is? | what type of thing would {} be?
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
    asked = rng.choice(IS_KIND).format(named, article(guess), plural(guess))
    if kind not in UNNAMED and rng.random() < 0.2:
        asked = rng.choice(ARE_KIND).format(plural(thing), plural(guess))
    return closed(asked, f"{yes}. {named} is {article(kind)}.", f"kind of {thing} {guess}")


INTENTS = {"kind": _kind}
