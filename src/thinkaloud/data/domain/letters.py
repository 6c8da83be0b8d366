"""The letters of a word, how many, the first, the last; the alphabet."""

import random

from thinkaloud.data.domain.dialogue import Dialogue, closed, opened
from thinkaloud.data.domain.lexicon import ORDINALS, wordings
from thinkaloud.data.domain.numbers import say
from thinkaloud.data.domain.spelling import ALPHABET, spellable

_NUMBERED = ORDINALS[:10]
NUM_LETTERS = wordings("""
    how many letters are in {}? | how many letters does {} have? | count the letters in {}. | how long is the word {}?
    how many letters are there in {}? | how many letters are in the word {}? | how many letters has {}?
    count the letters of {}. | how many letters do you need to write {}? | what is the number of letters in {}?
    {} has how many letters? | how many letters make up {}? | how many letters make up the word {}? | how many letters make {}?
    how many letters does the word {} have? | how many letters has the word {}? | how many letters do you count in {}?
    how many letters do you see in {}? | how many letters can you count in {}? | how many letters can you find in {}?
    how many letters do i need for {}? | how many letters do i need to write {}? | how many letters do i need to spell {}?
    how many letters do you need for the word {}? | how many letters are used in {}? | how many letters do we use to write {}?
    how many letters will i need to write {}? | how many letters go into {}? | how many letters: {}? | how many letters in {}?
    how many letters in the word {}? | how long is the word {} in letters? | in letters, how long is the word {}?
    of how many letters is the word {} made? | from how many letters is the word {} made? | {}, how many letters is that?
    {}, how many letters are in it? | {}, how many letters are there? | {}, how many letters does it have?
    {}, how many letters has it? | {}, count the letters. | {}. how many letters does it have? | {}. how many letters is that?
    {} is how many letters long? | {} is made of how many letters? | {} is written with how many letters?
    the word {}, how many letters is it? | the word {}, how many letters does it have? | the word {} has how many letters?
    the word {} is how many letters long? | the number of letters in {}? | the number of letters in {}, please.
    number of letters in {}? | what number of letters does {} have? | what number of letters is in {}?
    what is the number of letters of {}? | what is the count of letters in {}? | letters in {}, how many?
    letters of {}, how many are there? | if you spell {}, how many letters is that?
    if i write {}, how many letters do i write? | when i write {}, how many letters do i need?
    count the letters in the word {}. | count the letters of the word {}. | count all the letters in {}.
    count how many letters are in {}. | count how many letters {} has. | count for me the letters in {}.
    tell me how many letters {} has. | tell me how many letters are in {}. | tell me the number of letters in {}.
    tell me how long the word {} is, in letters. | give me the number of letters in {}. | say how many letters {} has.
    say how many letters are in {}. | i want to know how many letters {} has. | i do not know how many letters are in {}.
    i am counting the letters in {}. how many are there? | i need the number of letters in {}.
    can you count the letters in {}? | do you know how many letters {} has?
""")
FIRST_LETTER = wordings("""
    what letter does {} start with? | what is the first letter of {}? | which letter does {} begin with?
    which letter is the first in {}? | what is the first letter of the word {}? | {} starts with which letter?
    how does the word {} begin? | what is the first letter in {}? | what is the first letter in the word {}?
    what's the first letter of {}? | what letter is first in {}? | what letter comes first in {}?
    what letter is at the start of {}? | what letter is at the beginning of {}? | what letter does the word {} begin with?
    what letter begins {}? | what letter starts {}? | what does the word {} start with? | what does the word {} begin with?
    which letter does the word {} start with? | which letter comes first in {}? | which letter comes first in the word {}?
    which letter is at the start of {}? | which letter is at the beginning of {}? | which letter stands first in {}?
    which letter starts the word {}? | which letter begins the word {}? | which letter do you write first in {}?
    which letter do i need first to write {}? | which is the first letter of {}? | which is the first letter in {}?
    which first letter does {} have? | with which letter does {} start? | with which letter does {} begin?
    with what letter does {} start? | with what letter does the word {} begin? | how does the word {} start?
    the first letter of {}? | the first letter of {}, please. | the first letter in {}? | the first letter of {} is what?
    first letter of {}? | {} begins with which letter? | {} starts with what letter? | {} begins with what letter?
    {}, what is the first letter? | {}, which letter comes first? | {}, which is the first letter?
    {}, which letter does it start with? | {}, what letter does it begin with? | {}. what is the first letter?
    {}. which letter comes first? | the word {} starts with which letter? | the word {} begins with which letter?
    the word {}, what is the first letter? | the word {}, which letter does it start with?
    if you spell {}, which letter comes first? | if i write {}, what is the first letter?
    when i spell {}, which letter comes first? | tell me the first letter of {}. | tell me the first letter in {}.
    tell me which letter {} starts with. | tell me what letter {} begins with. | give me the first letter of {}.
    name the first letter of {}. | name the first letter in the word {}. | say the first letter of {}.
    say which letter {} starts with. | i need the first letter of {}. | i want the first letter of {}.
    i only need the first letter of {}. | i do not know the first letter of {}. | i forgot the first letter of {}.
    do you know the first letter of {}? | do you know which letter {} starts with?
""")
LAST_LETTER = wordings("""
    what letter does {} end with? | what is the last letter of {}? | which letter is at the end of {}?
    which letter is the last in {}? | what is the last letter of the word {}? | which letter does the word {} end with?
    {} ends with which letter? | what is the last letter in {}? | what is the last letter in the word {}?
    what is the final letter of {}? | what's the last letter of {}? | what letter is last in {}?
    what letter comes last in {}? | what letter is at the end of {}? | what letter is at the end of the word {}?
    what letter does the word {} end with? | what letter ends {}? | what does the word {} end with?
    which letter does {} end with? | which letter comes last in {}? | which letter comes last in the word {}?
    which letter comes at the end of {}? | which letter stands last in {}? | which letter stands at the end of {}?
    which letter ends the word {}? | which letter do you write last in {}? | which letter do i need last to write {}?
    which is the last letter of {}? | which is the last letter in {}? | which last letter does {} have?
    with which letter does {} end? | with what letter does {} end? | with what letter does the word {} end?
    how does the word {} end? | the last letter of {}? | the last letter of {}, please. | the last letter in {}?
    the last letter of {} is what? | the final letter of {}? | last letter of {}? | {} ends with what letter?
    {}, what is the last letter? | {}, which letter comes last? | {}, which is the last letter?
    {}, which letter does it end with? | {}, what letter does it end with? | {}. what is the last letter?
    {}. which letter comes last? | the word {} ends with which letter? | the word {} ends with what letter?
    the word {}, what is the last letter? | the word {}, which letter does it end with?
    if you spell {}, which letter comes last? | if i write {}, what is the last letter?
    when i spell {}, which letter comes last? | tell me the last letter of {}. | tell me the last letter in {}.
    tell me which letter {} ends with. | tell me what letter {} ends with. | give me the last letter of {}.
    name the last letter of {}. | name the last letter in the word {}. | say the last letter of {}.
    say which letter {} ends with. | i need the last letter of {}. | i want the last letter of {}.
    i only need the last letter of {}. | i do not know the last letter of {}. | i forgot the last letter of {}.
    do you know the last letter of {}? | do you know which letter {} ends with?
""")


def _letters(rng: random.Random) -> Dialogue:
    word = spellable(rng)
    answer, ways = rng.choice(
        (
            (f"{word} has {say(len(word))} letters.", NUM_LETTERS),
            (f"{word} starts with the letter {word[0]}.", FIRST_LETTER),
            (f"{word} ends with the letter {word[-1]}.", LAST_LETTER),
        )
    )
    return opened(rng.choice(ways).format(word), answer, f"letters {word}")


NUMBERED_LETTER = wordings("""
    what is the {} letter of the alphabet? | which letter is the {} in the alphabet? | tell me the {} letter of the alphabet.
    name the {} letter of the alphabet. | what is the {} letter in the alphabet? | what letter is the {} in the alphabet?
    what letter is {} in the alphabet? | which letter is {} in the alphabet? | which letter comes {} in the alphabet?
    what letter comes {} in the alphabet? | which is the {} letter of the alphabet? | which is the {} letter in the alphabet?
    which letter of the alphabet is the {}? | which letter of the alphabet comes {}? | which letter stands {} in the alphabet?
    the {} letter of the alphabet? | the {} letter in the alphabet, please. | the {} letter of the alphabet is what?
    the {} letter of the alphabet is which one? | the alphabet, what is its {} letter?
    in the alphabet, which letter is the {}? | in the alphabet, what letter comes {}? | say the {} letter of the alphabet.
    give me the {} letter of the alphabet. | give me the {} letter in the alphabet. | i need the {} letter of the alphabet.
    i forgot the {} letter of the alphabet. | i want to know the {} letter of the alphabet.
    do you know the {} letter of the alphabet? | if you say the alphabet, which letter comes {}?
""")
LETTER_AFTER = wordings("""
    what letter comes after the letter {}? | which letter follows the letter {}? | what is after the letter {}?
    what is the next letter after the letter {}? | which letter is after the letter {}? | what letter comes after {}?
    which letter follows {} in the alphabet? | what comes after {} in the alphabet? | which letter is right after {}?
    the letter {}, then which letter? | the letter {}, and then? | the letter {}, what comes next?
    the letter {}, which letter comes next? | the letter {}, what is the next one? | the letter {} is followed by what?
    the letter {} is followed by which letter? | after the letter {}, which letter comes? | after the letter {}, what comes?
    after the letter {} comes what? | after the letter {} comes which letter? | after the letter {}?
    in the alphabet, what comes after the letter {}? | in the alphabet, which letter follows {}? | {}, then which letter?
    {}, which letter is next? | {}, which letter comes next? | {}, what is the next letter? | {}, next letter?
    {} and then which letter? | {} is followed by which letter? | which letter comes after the letter {}?
    which letter comes after {} in the alphabet? | which letter comes right after the letter {}?
    which letter comes next after the letter {}? | which letter comes behind the letter {}? | which letter is next after {}?
    which letter is next, after the letter {}? | which letter stands after the letter {}?
    which letter do you say after the letter {}? | which letter of the alphabet follows {}? | which is the letter after {}?
    which is the next letter after {}? | what letter follows the letter {}? | what letter follows {} in the alphabet?
    what letter is after the letter {}? | what letter is next after {}? | what letter do i say after the letter {}?
    what comes after the letter {}? | what comes right after the letter {}? | what comes next after the letter {}?
    what follows the letter {}? | what follows {} in the alphabet? | what is the letter after {}?
    what is the letter after the letter {}? | what is next after the letter {}? | what is next in the alphabet after {}?
    how does the alphabet go on after {}? | how does the alphabet go on after the letter {}? | next letter after {}?
    next letter after the letter {}? | the letter after {}? | the letter after the letter {}, please.
    the next letter after {}? | tell me the letter after {}. | tell me the letter that follows {}.
    tell me the next letter after the letter {}. | tell me what comes after the letter {}. | tell me which letter follows {}.
    name the letter after {}. | name the letter that comes after {}. | name the next letter after the letter {}.
    say the letter after {}. | say the letter that follows {}. | say the next letter after the letter {}.
    give me the letter after {}. | give me the next letter after the letter {}. | i say the letter {}, you say the next letter.
    i am at the letter {}. what comes next? | i know the alphabet up to {}. what comes next?
    i forgot which letter comes after {}. | i forgot what comes after the letter {}. | i want the letter after {}.
    i need the letter that comes after {}. | if i say the letter {}, what comes next?
    when i say the alphabet, what comes after {}?
""")
LETTER_BEFORE = wordings("""
    what letter comes before the letter {}? | which letter is before the letter {}? | what is before the letter {}?
    what is the letter before the letter {}? | what letter comes before {}? | which letter is just before {}?
    what comes before {} in the alphabet? | which letter is before {} in the alphabet?
    the letter {}, which letter comes before it? | the letter {}, what comes before it? | the letter {}, what is before that?
    the letter {} comes after which letter? | the letter {} comes after what? | the letter {} follows which letter?
    the letter {} follows what letter? | before the letter {}, which letter comes? | before the letter {}, what comes?
    before the letter {} comes what? | before the letter {} comes which letter? | before the letter {}?
    in the alphabet, what comes before the letter {}? | in the alphabet, which letter is before {}?
    {}, which letter comes before that? | {}, which letter is before it? | {}, what letter comes before?
    {} comes after which letter? | {} follows which letter? | which letter comes before the letter {}?
    which letter comes before {} in the alphabet? | which letter comes just before the letter {}?
    which letter comes right before the letter {}? | which letter comes one before the letter {}?
    which letter is right before {}? | which letter is the one before {}? | which letter stands before the letter {}?
    which letter do you say before the letter {}? | which letter of the alphabet is before {}?
    which letter is followed by the letter {}? | which is the letter before {}? | what letter is before the letter {}?
    what letter is right before {}? | what letter is just before the letter {}? | what letter do i say before the letter {}?
    what comes before the letter {}? | what comes right before the letter {}? | what comes just before the letter {}?
    what is the letter before {}? | what is just before the letter {}? | what is right before {} in the alphabet?
    what was before the letter {}? | letter before {}? | letter before the letter {}? | the letter before {}?
    the letter before the letter {}, please. | the letter right before {}? | tell me the letter before {}.
    tell me the letter that comes before {}. | tell me what comes before the letter {}. | tell me which letter is before {}.
    name the letter before {}. | name the letter that comes before {}. | name the letter right before {}.
    say the letter before {}. | say the letter that is before {}. | give me the letter before {}.
    give me the letter that comes before {}. | i say the letter {}, you say the one before.
    i am at the letter {}. what came before? | i forgot which letter comes before {}.
    i forgot what comes before the letter {}. | i want the letter before {}. | i need the letter that comes before {}.
    if i go back from the letter {}, which letter comes? | go one letter back from the letter {}.
    when i say the alphabet, what comes before {}?
""")
LETTER_BETWEEN = wordings("""
    which letter is between {} and {}? | what letter is between {} and {}? | what comes between {} and {}?
    which letter comes between {} and {} in the alphabet? | name the letter between {} and {}. | what is between {} and {}?
    what letter comes between {} and {}? | which letter comes between {} and {}?
    which letter is between the letters {} and {}? | what letter is between the letters {} and {}?
    which letter stands between {} and {}? | which letter lies between {} and {}? | which letter is in the middle of {} and {}?
    which letter is missing between {} and {}? | what is missing between {} and {}? | what is the letter between {} and {}?
    what is between the letters {} and {}? | what is between {} and {} in the alphabet?
    what comes between {} and {} in the alphabet? | which is the letter between {} and {}?
    between {} and {}, which letter is that? | between {} and {}, what letter is there? | between {} and {} is which letter?
    between {} and {} comes what? | between the letters {} and {}, what is there? | in the alphabet, what is between {} and {}?
    in the alphabet, which letter is between {} and {}? | the letter between {} and {}? | the letter between {} and {}, please.
    tell me the letter between {} and {}. | tell me what comes between {} and {}. | tell me which letter is between {} and {}.
    say the letter between {} and {}. | give me the letter between {} and {}. | i need the letter between {} and {}.
    i forgot the letter between {} and {}.
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
    word = _NUMBERED[place] if place < len(_NUMBERED) else "last"
    letter = ALPHABET[place] if place < len(_NUMBERED) else "z"
    asked = rng.choice(NUMBERED_LETTER)
    return closed(asked.format(word), f"the {word} letter is the letter {letter}.", f"letter {word}")


INTENTS = {"letters": _letters, "alphabet": _alphabet}
