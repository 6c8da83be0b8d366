"""Words about words: repeat after me, backwards, spelling both ways, letters, opposites, plurals."""

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
    SPELLABLE,
    SPELT_TOO,
    THINGS,
    VERBS,
    article,
    listed,
    plural,
    wordings,
)
from thinkaloud.data.domain.numbers import DIGITS, say

ALPHABET = "abcdefghijklmnopqrstuvwxyz"
ONSETS = listed(
    "b bl br c ch cl cr d dr f fl fr g gl gr h j k l m n p pl pr qu r s sc sh sk sl sm sn sp st str sw t th tr tw v w wh y z"
)
NUCLEI = listed("a a a e e e i i o o o u u ai au ay ea ee ei ia ie io oa oi oo ou ow oy ue y")
CODAS = listed("b ck d ft g l ld lk ll lt m mp n nd ng nk nt p r rd rk rm rn rt s sh sk ss st t th tt ve x zz")
ORDINALS = listed("first second third fourth fifth sixth seventh eighth ninth tenth")
REPEAT = wordings("""
    repeat after me: {}. | repeat after me, {}. | say {}. | please say {}. | repeat {}. | please repeat {}.
    say after me: {}. | can you say {}? | can you repeat {}? | now say {}. | i want you to say {}.
    try to say {}. | repeat these words: {}. | say these words: {}. | say the words {}. | say this: {}. | just say {}.
    say these words after me: {}. | repeat this after me: {}. | copy me: {}. | say what i say: {}. | repeat the words {}.
    can you repeat these words? {}. | repeat the sentence: {}. | now repeat: {}. | listen and repeat: {}.
    repeat what i say: {}.
""")
REPEAT_LETTERS = wordings("""
    repeat the letters {}. | say the letters {}. | please repeat the letters {}. | can you say the letters {}?
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
        return say(rng.randint(0, 99)) if kind < 0.1 else rng.choice(OPEN_WORDS if kind < 0.6 else SPELT_TOO)

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
    reverse the order of {}. | what are the words {} in reverse order? | go backwards through {}.
""")


def _backwards(rng: random.Random) -> Dialogue:
    pool = DIGITS if rng.random() < 0.5 else OPEN_WORDS
    words = [rng.choice(pool) for _ in range(rng.randint(2, 4))]
    asked = rng.choice(BACKWARDS)
    return opened(asked.format(" ".join(words)), " ".join(reversed(words)) + ".", " ".join(words))


def letters(word: str) -> str:
    """The letters of a word, one by one: "c a t"."""
    return " ".join(word)


def made_up(rng: random.Random) -> str:
    """A word that means nothing: one to three syllables."""
    syllables = [
        rng.choice(ONSETS) + rng.choice(NUCLEI) + (rng.choice(CODAS) if rng.random() < 0.6 else "")
        for _ in range(rng.choice((1, 2, 2, 3)))
    ]
    return "".join(syllables)


def _spellable(rng: random.Random, longest: int = 12) -> str:
    """A word to spell; one in four means nothing, for spelling is a rule and not a table."""
    if rng.random() < 0.25:
        return _no_longer(rng, longest)
    pool = rng.choices((SPELLABLE, SPELT_TOO, COMMON), (0.35, 0.25, 0.4))[0]
    return rng.choice([word for word in pool if len(word) <= longest])


def _no_longer(rng: random.Random, longest: int) -> str:
    while not 2 <= len(word := made_up(rng)) <= longest:
        pass
    return word


SPELL = wordings("""
    how do you spell {}? | spell {}. | please spell {}. | can you spell {}? | spell the word {}. | how is {} spelled?
    how do you write {}? | tell me how to spell {}. | what are the letters in {}? | spell out {}. | spell out the word {}.
    spell {} for me. | how would you spell {}? | how do i spell {}? | which letters are in {}? | how do i write {}?
    how is the word {} spelled? | what is the spelling of {}? | say the letters of {}. | help me spell {}. | help me write {}.
    i do not know how to spell {}. | how is {} written? | spell the word {} for me. | give me the letters of {}.
""")


def _spell(rng: random.Random) -> Dialogue:
    word = _spellable(rng)
    asked = rng.choice(SPELL)
    return opened(asked.format(word), f"{letters(word)}.", f"spell {word}")


UNSPELL = wordings("""
    what does {} spell? | what word is {}? | which word is spelled {}? | what is {}? | read {}. | what do the letters {} spell?
    which word is {}? | what word do the letters {} make? | put {} together. | what does {} mean? | i spelled {}. what is that?
    which word do you get from {}? | {} spells what? | {}, what word is that? | read the word {}. | what word is spelled {}?
    put the letters {} together. | which word do the letters {} make? | say the word that is spelled {}.
    i wrote {}. what does it say?
""")


def _unspell(rng: random.Random) -> Dialogue:
    word = _spellable(rng, longest=7)
    asked = rng.choice(UNSPELL)
    return opened(asked.format(letters(word)), f"{letters(word)} spells {word}.", f"unspell {word}")


NUM_LETTERS = wordings("""
    how many letters are in {}? | how many letters does {} have? | count the letters in {}. | how long is the word {}?
    how many letters are there in {}? | how many letters are in the word {}? | how many letters has {}?
    count the letters of {}.
    how many letters do you need to write {}? | what is the number of letters in {}? | {} has how many letters?
""")


def _letters(rng: random.Random) -> Dialogue:
    word = _spellable(rng)
    kind = rng.randrange(3)
    if kind == 0:
        asked = rng.choice(NUM_LETTERS)
        return opened(asked.format(word), f"{word} has {say(len(word))} letters.", f"letters {word}")
    if kind == 1:
        asked = rng.choice(
            (
                "what letter does {} start with?",
                "what is the first letter of {}?",
                "which letter does {} begin with?",
                "which letter is the first in {}?",
                "what is the first letter of the word {}?",
                "{} starts with which letter?",
                "how does the word {} begin?",
            )
        )
        return opened(asked.format(word), f"{word} starts with the letter {word[0]}.", f"letters {word}")
    asked = rng.choice(
        (
            "what letter does {} end with?",
            "what is the last letter of {}?",
            "which letter is at the end of {}?",
            "which letter is the last in {}?",
            "what is the last letter of the word {}?",
            "which letter does the word {} end with?",
            "{} ends with which letter?",
        )
    )
    return opened(asked.format(word), f"{word} ends with the letter {word[-1]}.", f"letters {word}")


NUMBERED_LETTER = wordings("""
    what is the {} letter of the alphabet? | which letter is the {} in the alphabet?
    tell me the {} letter of the alphabet. | name the {} letter of the alphabet.
""")
LETTER_AFTER = wordings("""
    what letter comes after the letter {}? | which letter follows the letter {}? | what is after the letter {}?
    what is the next letter after the letter {}? | which letter is after the letter {}? | what letter comes after {}?
    which letter follows {} in the alphabet? | what comes after {} in the alphabet? | which letter is right after {}?
""")
LETTER_BEFORE = wordings("""
    what letter comes before the letter {}? | which letter is before the letter {}? | what is before the letter {}?
    what is the letter before the letter {}? | what letter comes before {}? | which letter is just before {}?
    what comes before {} in the alphabet? | which letter is before {} in the alphabet?
""")


LETTER_BETWEEN = wordings("""
    which letter is between {} and {}? | what letter is between {} and {}? | what comes between {} and {}?
    which letter comes between {} and {} in the alphabet? | name the letter between {} and {}. | what is between {} and {}?
""")


def _alphabet(rng: random.Random) -> Dialogue:
    place = rng.randrange(25)
    if place and rng.random() < 0.15:
        before, letter, after = ALPHABET[place - 1 : place + 2]
        asked = rng.choice(LETTER_BETWEEN).format(before, after)
        return closed(asked, f"the letter {letter} is between the letter {before} and the letter {after}.", f"between {before}")
    one, two = ALPHABET[place], ALPHABET[place + 1]
    kind = rng.randrange(3)
    if kind == 0:
        asked = rng.choice(LETTER_AFTER)
        return closed(asked.format(one), f"after the letter {one} comes the letter {two}.", f"letter after {one}")
    if kind == 1:
        asked = rng.choice(LETTER_BEFORE)
        return closed(asked.format(two), f"before the letter {two} comes the letter {one}.", f"letter before {two}")
    word = ORDINALS[place] if place < len(ORDINALS) else "last"
    letter = ALPHABET[place] if place < len(ORDINALS) else "z"
    asked = rng.choice(NUMBERED_LETTER)
    return closed(asked.format(word), f"the {word} letter is the letter {letter}.", f"letter {word}")


OPPOSITE_OF = wordings("""
    what is the opposite of {}? | the opposite of {}? | tell me the opposite of {}. | what is the reverse of {}?
    what's the opposite of {}? | give me the opposite of {}. | which word is the opposite of {}?
    do you know the opposite of {}? | {} is the opposite of what? | what word means the opposite of {}?
    if something is not {}, what is it? | name the opposite of {}. | the other word for not {}?
    what do you call something that is not {}?
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
    i have more than one {}. what do i say? | what is the right word for two of {}?
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
    "spell": _spell,
    "unspell": _unspell,
    "letters": _letters,
    "alphabet": _alphabet,
    "opposite": _opposite,
    "plural": _plural,
}
