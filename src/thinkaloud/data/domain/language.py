"""Words about words: repeat after me, backwards, opposites, plurals."""

import random

from thinkaloud.data.domain.common import COMMON
from thinkaloud.data.domain.dialogue import Dialogue, closed, opened
from thinkaloud.data.domain.lexicon import (
    ADJECTIVES,
    ANIMALS,
    COLORS,
    COUNTABLE,
    FOODS,
    FRUITS,
    OPEN_WORDS,
    OPPOSITE,
    PEOPLE,
    PLACES,
    SPELT_TOO,
    THINGS,
    VERBS,
    article,
    plural,
    wordings,
)
from thinkaloud.data.domain.numbers import DIGITS, say
from thinkaloud.data.domain.spelling import ALPHABET

REPEAT = wordings("""
    repeat after me: {}. | repeat after me, {}. | say {}. | please say {}. | repeat {}. | please repeat {}. | say after me: {}.
    can you say {}? | can you repeat {}? | now say {}. | i want you to say {}. | try to say {}. | repeat these words: {}.
    say these words: {}. | say the words {}. | say this: {}. | just say {}. | say these words after me: {}.
    repeat this after me: {}. | copy me: {}. | say what i say: {}. | repeat the words {}. | can you repeat these words? {}.
    repeat the sentence: {}. | now repeat: {}. | listen and repeat: {}. | repeat what i say: {}. | please repeat this: {}.
    please repeat after me: {}. | please say this: {}. | please say the words {}. | please copy me: {}.
    now repeat after me: {}. | now say this: {}. | now you say {}. | you say {}. | you say: {}. | say it after me: {}.
    say it with me: {}. | say it too: {}. | say it like me: {}. | say with me: {}. | say exactly this: {}. | say only this: {}.
    say the following: {}. | say the following words: {}. | say the same as me: {}. | say the sentence: {}.
    say this sentence: {}. | say this back to me: {}. | say back to me: {}. | say something for me: {}. | say after me, {}.
    speak after me: {}. | speak these words: {}. | repeat exactly: {}. | repeat exactly what i say: {}. | repeat with me: {}.
    repeat for me: {}. | repeat this: {}. | repeat this sentence: {}. | repeat the following: {}.
    repeat the following words: {}. | repeat it: {}. | repeat back to me: {}. | read after me: {}. | do as i do and say: {}.
    do like me, say {}. | echo: {}. | be my echo: {}. | copy these words: {}. | copy what i say: {}. | tell me this back: {}.
    give this back to me: {}. | give me these words back: {}. | let me hear the words: {}. | let me hear you say {}.
    let me hear: {}. | i say it and you repeat it: {}. | i say something and you say it too: {}. | i speak and you repeat: {}.
    listen and say: {}. | listen, then say it: {}. | listen and say it back: {}. | hear this and say it: {}.
    i want to hear: {}. | i want to hear you say {}. | i want you to repeat this: {}. | i want you to say this: {}.
    i would like to hear: {}. | your words are: {}. | your sentence is: {}. | the words to repeat are: {}.
    the sentence to repeat is: {}. | what i want you to say is: {}. | what you should say is: {}. | you must say: {}.
    you should say: {}. | you have to repeat: {}.
""")
REPEAT_LETTERS = wordings("""
    repeat the letters {}. | say the letters {}. | please repeat the letters {}. | can you say the letters {}?
    say these letters: {}. | repeat these letters: {}. | repeat the letters: {}. | say the letters after me: {}.
    say these letters after me: {}. | say after me the letters {}. | repeat after me the letters {}. | now say the letters {}.
    now repeat the letters {}. | copy the letters {}. | copy these letters: {}. | can you repeat the letters {}?
    can you repeat these letters? {}. | please say these letters: {}. | say back the letters {}.
    the letters to repeat are: {}.
""")


def sentence(rng: random.Random) -> str:
    """A small sentence of the open words: some hundred thousands are possible."""

    def someone() -> str:
        noun = rng.choice(ANIMALS + PEOPLE)
        which = rng.choice(("the", "the", "my", "your", "a"))
        described = f"{rng.choice(ADJECTIVES)} {noun}" if rng.random() < 0.5 else noun
        return article(described) if which == "a" else f"{which} {described}"

    def something() -> str:
        described = f"{rng.choice(COLORS + ADJECTIVES)} {rng.choice(FRUITS + THINGS + ANIMALS)}"
        if rng.random() < 0.3:
            return f"{rng.choice(DIGITS[2:])} {plural(rng.choice(FRUITS + THINGS + ANIMALS))}"
        return f"the {described}" if rng.random() < 0.5 else article(described)

    shape = rng.random()
    if shape < 0.5:
        return f"{someone()} {rng.choice(VERBS)} {something()}"
    if shape < 0.8:
        return f"{something()} is {rng.choice(PLACES)}" if rng.random() < 0.5 else f"{someone()} is {rng.choice(PLACES)}"
    return f"i {rng.choice(('like', 'see', 'want', 'have', 'need'))} {something()} and {rng.choice(FOODS)}"


def word_string(rng: random.Random, shortest: int = 2, longest: int = 5) -> str:
    """Words of the domain and now and then a number, in any order."""

    def word() -> str:
        kind = rng.random()
        if kind < 0.1:
            return say(rng.randint(0, 99))
        return rng.choice(OPEN_WORDS if kind < 0.45 else SPELT_TOO if kind < 0.7 else COMMON)

    return " ".join(word() for _ in range(rng.randint(shortest, longest)))


def letter_string(rng: random.Random) -> str:
    """Letters in any order: "q b x"."""
    return " ".join(rng.choice(ALPHABET) for _ in range(rng.randint(2, 6)))


def _repeat(rng: random.Random) -> Dialogue:
    kind = rng.random()
    if kind < 0.1:
        content = letter_string(rng)
        return opened(rng.choice(REPEAT_LETTERS).format(content), f"{content}.", content)
    content = sentence(rng) if kind < 0.45 else word_string(rng, 1 if rng.random() < 0.1 else 2)
    return opened(rng.choice(REPEAT).format(content), f"{content}.", content)


BACKWARDS = wordings("""
    say {} backwards. | what is {} backwards? | turn around {}. | say in reverse: {}. | reverse {}.
    say the words {} backwards. | say the words {} in reverse. | say {} in reverse order. | what is {} in reverse?
    what is {} the other way around? | turn these words around: {}. | say {} the other way around. | say {} from back to front.
    say these words backwards: {}. | reverse the words {}. | how does {} go backwards? | start from the end: {}.
    reverse the order of {}. | what are the words {} in reverse order? | go backwards through {}. | backwards please: {}.
    backwards, please: {}. | backwards: {}. | in reverse: {}. | in reverse, please: {}. | in reverse order: {}.
    the other way around: {}. | the other way around, please: {}. | from back to front: {}.
    from the end to the beginning: {}. | from last to first: {}. | from the last to the first: {}. | last word first: {}.
    the last one first: {}. | {}, but backwards. | {}, and now backwards. | {}, backwards please. | {}, in reverse.
    {}, in reverse order. | {}, the other way around. | {}, how is that backwards? | {}, what is that backwards?
    {}, say that backwards. | {}. now say it backwards. | {}. say that backwards. | {}. now the other way around.
    {} backwards. | {} backwards is what? | {} in reverse is what? | {} in reverse, please. | say backwards: {}.
    say it backwards: {}. | say this backwards: {}. | say this in reverse: {}. | say this the other way around: {}.
    say this from back to front: {}. | say {} from the end. | say {} starting from the end. | say {} starting with the last.
    say {} from last to first. | say {} from the last to the first. | say {} with the last word first.
    say the other way around: {}. | repeat backwards: {}. | repeat {} backwards. | repeat {} in reverse.
    repeat this backwards: {}. | repeat in reverse order: {}. | read {} backwards. | read this backwards: {}.
    read from the end: {}. | tell me {} backwards. | tell me backwards: {}. | give me {} backwards. | give me {} in reverse.
    give me the reverse of the words {}. | give me {} the other way around. | turn {} around. | turn the words {} around.
    turn this around: {}. | turn the order around: {}. | turn the order of {} around. | change the order, last word first: {}.
    put {} in reverse order. | put these words in reverse order: {}. | put the last word first: {}. | reverse this: {}.
    reverse these words: {}. | reverse this order: {}. | reverse the words: {}. | go backwards: {}.
    go from the end to the start: {}. | begin with the last word: {}. | begin at the end: {}. | start with the last word: {}.
    start at the end: {}. | how is {} backwards? | how do you say {} backwards? | how do i say {} backwards?
    how do i say {} in reverse? | how would you say {} in reverse order? | how does {} sound backwards?
    how do the words {} sound in reverse? | what do you get from {} backwards? | what do i get if i say {} backwards?
    what does {} sound like backwards? | what is the reverse order of {}? | what comes out if i turn {} around?
    if i say {}, you say it backwards. | i say {}, you say it in reverse. | i would like to hear {} backwards.
    i want {} backwards. | i want to hear {} in reverse. | i need {} in reverse order. | can you say {} backwards?
    can you turn {} around? | can you reverse {}? | can you say this backwards? {}. | let me hear {} backwards.
""")


def _backwards(rng: random.Random) -> Dialogue:
    pool = rng.choices((DIGITS, OPEN_WORDS, COMMON), (0.45, 0.4, 0.15))[0]
    words = [rng.choice(pool) for _ in range(rng.randint(2, 4))]
    asked = rng.choice(BACKWARDS)
    return opened(asked.format(" ".join(words)), " ".join(reversed(words)) + ".", " ".join(words))


OPPOSITE_OF = wordings("""
    what is the opposite of {}? | the opposite of {}? | tell me the opposite of {}. | what is the reverse of {}?
    what's the opposite of {}? | give me the opposite of {}. | which word is the opposite of {}?
    do you know the opposite of {}? | {} is the opposite of what? | what word means the opposite of {}?
    if something is not {}, what is it? | name the opposite of {}. | the other word for not {}?
    what do you call something that is not {}? | opposite of {}? | opposite of {}, please. | opposite: {}.
    opposite word for {}? | the opposite word of {}? | the opposite of {} is what? | the opposite of {} is called what?
    the opposite to {}, what is it? | the word {}, what is its opposite? | {}, what is the opposite?
    {}, what is the opposite of that? | {}, what is the opposite word? | {}, and the opposite? | {}. what is the opposite?
    {}. and the opposite? | {} and its opposite? | {} has which opposite? | {} has what opposite? | {} is the reverse of what?
    not {}, but what? | not {} but the opposite, what is it? | if it is not {}, what is it? | if it is not {}, then what is it?
    if not {}, then what? | when something is not {}, what is it then? | what do we call the opposite of {}?
    what do you call the opposite of {}? | what do you say for the opposite of {}? | what is called the opposite of {}?
    what is the exact opposite of {}? | what is the contrary of {}? | what is the opposite word of {}?
    what is the opposite word for {}? | what is the opposite to {}? | what is opposite to {}? | what is the word for not {}?
    what is the word opposite to {}? | what is the other side of {}? | what is the opposite meaning of {}?
    what would be the opposite of {}? | what would you say is the opposite of {}? | what opposite does {} have?
    what word is opposite to {}? | what word is the opposite of {}? | what word is the reverse of {}?
    which is the opposite of {}? | which is the opposite word of {}? | which opposite does {} have?
    which word is opposite to {}? | which word means the opposite of {}? | which word means the reverse of {}?
    which word has the opposite meaning of {}? | which word stands for the opposite of {}?
    how do you call the opposite of {}? | how do you say the opposite of {}? | how do i say not {}?
    how is the opposite of {} called? | i am looking for the opposite of {}. | i forgot the opposite of {}.
    i have forgotten the opposite of {}. | i need the opposite of {}. | i need the opposite word for {}.
    i do not know the opposite of {}. | i want the opposite of {}. | i want to know the opposite of {}.
    i say {}, you say the opposite. | i say {}, what is the opposite? | when i say {}, what is the opposite?
    say the opposite of {}. | say the opposite of the word {}. | say the opposite: {}. | find the opposite of {}.
    find a word that is the opposite of {}. | find me the opposite of {}. | give the opposite of {}.
    give me the opposite word for {}. | give me a word that is the opposite of {}. | name the opposite word of {}.
    tell me the opposite word of {}. | tell me what is the opposite of {}. | tell me a word that means the opposite of {}.
    think of the opposite of {}. | can you find the opposite of {}? | do you have the opposite of {}?
    is there an opposite of {}? | is there a word for the opposite of {}? | does {} have an opposite?
""")


def _opposite(rng: random.Random) -> Dialogue:
    word = rng.choice(sorted(OPPOSITE))
    asked = rng.choice(OPPOSITE_OF)
    return closed(asked.format(word), f"the opposite of {word} is {OPPOSITE[word]}.", f"opposite {word}")


PLURAL_OF = wordings("""
    what is the plural of {}? | the plural of {}? | tell me the plural of {}. | what's the plural of {}?
    say {} in the plural. | how do you say more than one {}? | give me the plural of {}. | what do you call many of {}?
    what is the plural form of {}? | what is the word for more than one {}? | how do i say {} when there are many?
    what is more than one {} called? | make {} plural. | how do you say many of {}? | what is {} in the plural?
    i have more than one {}. what do i say? | what is the right word for two of {}? | plural of {}? | plural of {}, please.
    plural: {}. | {} in the plural? | {} in the plural, please. | {} in plural, what is it? | {}, what is the plural?
    {}, and the plural? | {}, and if there are more? | {}. what is the plural? | {}. what is the plural of that?
    {} has which plural? | {} has what plural? | the plural for {}? | the plural form of {}? | the plural of {} is what?
    the plural of the word {}? | the word {}, what is its plural? | the word {} in the plural? | the word for more than one {}?
    the word for many of {}? | what is the plural of the word {}? | what is the plural for {}?
    what is the right plural of {}? | what is the correct plural of {}? | what is the word {} in the plural?
    what is the word for two or more of {}? | what is the word when there is more than one {}?
    what is the form of {} for more than one? | what is it called when there is more than one {}? | what is many of {} called?
    what plural does {} have? | what plural form does {} have? | what do you call more than one {}?
    what do you call two or more of {}? | what do you say if there is more than one {}? | what do you say for more than one {}?
    what do i say for more than one {}? | what do i say if i have many of {}? | what do we say for many of {}?
    what would be the plural of {}? | what becomes of {} in the plural? | which is the plural of {}?
    which is the plural form of {}? | which plural does {} have? | which word is the plural of {}?
    which word do i use for more than one {}? | which form has {} in the plural? | how do you say {} in the plural?
    how do you say {} if there are many? | how do you make the plural of {}? | how do you form the plural of {}?
    how do you put {} in the plural? | how do i say {} in the plural? | how do i say more than one {}?
    how do i say many of {}? | how do you call more than one {}? | how do you call many of {}? | how is the plural of {}?
    how is the plural of {} called? | how is {} in the plural? | how does {} sound in the plural?
    how does the plural of {} go? | how would you say more than one {}? | say the plural of {}. | say {} for more than one.
    say more than one {}. | say {} as a plural. | say the word {} in the plural. | say the plural: {}.
    tell me {} in the plural. | tell me the plural form of {}. | tell me the word for more than one {}.
    tell me what more than one {} is called. | give me {} in the plural. | give me the plural form of {}.
    give me the word for more than one {}. | give the plural of {}. | name the plural of {}. | name the plural form of {}.
    form the plural of {}. | make the plural of {}. | make a plural of {}. | make a plural out of {}. | make {} into a plural.
    turn {} into a plural. | turn {} into the plural. | put {} in the plural. | put {} into the plural.
    put the word {} in the plural. | change {} to the plural. | find the plural of {}. | i forgot the plural of {}.
    i have forgotten the plural of {}. | i do not know the plural of {}. | i need the plural of {}.
    i need the word for more than one {}. | i am looking for the plural of {}. | i want the plural of {}.
    i know the word {}, but what is the plural? | i see more than one {}. what do i say?
    if there is more than one {}, what do you say? | if i have more than one {}, what do i say?
    when there is more than one {}, what is the word? | does {} have a plural? | is there a plural of {}?
    can you make {} plural? | can you put {} in the plural? | do you know the plural of {}?
""")


def _plural(rng: random.Random) -> Dialogue:
    word = rng.choice(COUNTABLE)
    if rng.random() < 0.3:
        number = rng.randint(2, 10)
        asked = rng.choice(
            ("one {0}, {1} what?", "one {0} and {1} what?", "if one is a {0}, what are {1}?", "one {0}, but {1} what?")
        )
        return closed(asked.format(word, say(number)), f"one {word}, {say(number)} {plural(word)}.", f"plural {word}")
    asked = rng.choice(PLURAL_OF)
    return closed(asked.format(word), f"the plural of {word} is {plural(word)}.", f"plural {word}")


INTENTS = {
    "repeat": _repeat,
    "backwards": _backwards,
    "opposite": _opposite,
    "plural": _plural,
}
