"""Spelling both ways: a word to its letters, letters to their word."""

import random

from thinkaloud.data.domain.common import COMMON
from thinkaloud.data.domain.dialogue import Dialogue, opened
from thinkaloud.data.domain.lexicon import SPELLABLE, SPELT_TOO, listed, wordings

ALPHABET = "abcdefghijklmnopqrstuvwxyz"
ONSETS = listed(
    "b bl br c ch cl cr d dr f fl fr g gl gr h j k l m n p pl pr qu r s sc sh sk sl sm sn sp st str sw t th tr tw v w wh y z"
)
NUCLEI = listed("a a a e e e i i o o o u u ai au ay ea ee ei ia ie io oa oi oo ou ow oy ue y")
CODAS = listed("b ck d ft g l ld lk ll lt m mp n nd ng nk nt p r rd rk rm rn rt s sh sk ss st t th tt ve x zz")


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


def spellable(rng: random.Random, longest: int = 12) -> str:
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
    the word {}, how is it spelled? | the word {}, how do you spell it? | the word {}, how is it written?
    the word {}, how do i write it? | the word {}, letter by letter. | the word {}, spell it please.
    the word {}, what are its letters? | the word is {}. spell it. | the word is {}. how is it spelled?
    my word is {}. please spell it. | {}, how is it spelled? | {}, how is that spelled? | {}, how do you spell it?
    {}, how do you spell that? | {}, how do i spell that? | {}, how do you write it? | {}, how is it written?
    {}, how would you spell that? | {}, letter by letter. | {}, letter by letter please. | {}, spell that please.
    {}, please spell it. | {}, can you spell it? | {}, can you spell that? | {}, what are its letters?
    {}, what are the letters? | {}. how is it spelled? | {}. how do you spell that? | {}. spell it. | {} letter by letter.
    {} is spelled how? | {} is written how? | how does one spell {}? | how does one write {}? | how should i spell {}?
    how should i write {}? | how can i spell {}? | how can i write {}? | how must i write {}? | how would you write {}?
    how would i spell {}? | how do we spell {}? | how do people spell {}? | how do people write {}? | how to spell {}?
    how to write {}? | how you spell {}? | how you write {}? | how i write {}? | how is the word {} written?
    how is it spelled: {}? | how is {} spelled, letter by letter? | how is the spelling of {}?
    how does the spelling of {} go? | what is the right spelling of {}? | what is the correct spelling of {}?
    what is the spelling for {}? | what's the spelling of {}? | what letters are in {}? | what are the letters of {}?
    what are the letters of the word {}? | what are all the letters in {}? | what letters make up {}?
    what letters make the word {}? | what letters do i need for {}? | what letters do i need to write {}?
    what letters do you use to spell {}? | which letters make up {}? | which letters does {} have? | which letters has {}?
    which letters do i need for {}? | which letters do i need to spell {}? | which letters are in the word {}?
    in what way do you spell {}? | the spelling of {}? | the spelling of {}, please.
    the letters of {}, please. | all the letters of {}, please. | spelling of {}? | spelling of {}, please. | spelling: {}.
    letter by letter, please: {}. | letter by letter: {}. | letters of {}, please. | say {} letter by letter.
    say the word {} letter by letter. | say all the letters of {}. | say the letters in {}. | say how to spell {}.
    say how {} is spelled. | say the spelling of {}. | read {} letter by letter. | read me the letters of {}.
    read out the letters of {}. | tell me the spelling of {}. | tell me the letters of {}. | tell me the letters in {}.
    tell me all the letters of {}. | tell me how {} is spelled. | tell me how {} is written. | tell me how you spell {}.
    tell me {} letter by letter. | give me the spelling of {}. | give me all the letters of {}. | give me {} letter by letter.
    give me the letters for {}. | name the letters of {}. | name the letters in {}. | name all the letters in {}.
    show me how to spell {}. | show me how to write {}. | show me how {} is written. | teach me how to spell {}.
    teach me to spell {}. | teach me to write {}. | help me to spell {}. | help me with the spelling of {}.
    spell this word: {}. | spell this word for me: {}. | spell this for me: {}. | spell this: {}.
    spell the following word: {}. | spell me {}. | spell me the word {}. | spell {} letter by letter. | spell {} slowly.
    spell {} now. | now spell {}. | now spell the word {}. | try to spell {}. | let me hear you spell {}.
    break the word {} into letters. | break up the word {} into its letters. | take the word {} apart, letter by letter.
    cut the word {} into letters. | turn the word {} into letters. | i forgot how to spell {}. | i forgot how {} is spelled.
    i forgot the spelling of {}. | i have forgotten how to spell {}. | i have forgotten how to write {}.
    i have forgotten how {} is spelled. | i have forgotten how the word {} is written. | i have forgotten the spelling of {}.
    i do not know how to write {}. | i do not know how {} is spelled. | i do not know how {} is written.
    i do not know the spelling of {}. | i am not sure how to spell {}. | i am not sure how to write {}.
    i am not sure how {} is spelled. | i never know how to spell {}. | i never know how {} is written.
    i always forget how to spell {}. | i can't spell {}. | i cannot spell {}. | i can't remember how {} is spelled.
    i have trouble with the spelling of {}. | i need the spelling of {}. | i need the letters of {}. | i need help to spell {}.
    i need to spell {}. | i need to write {}. | i have to write {}. | i have to spell {}. | i must write {}.
    i want to spell {}. | i want to write {}. | i want to know how {} is spelled. | i would like to write {}.
    i am trying to spell {}. | i am trying to write {}. | i am writing {}. how is it spelled?
    if i want to write {}, which letters do i need? | when you spell {}, what do you say?
    when i write {}, which letters do i write? | can you spell the word {}? | can you help me spell {}? | can you write {}?
    can you say the letters of {}? | can you give me the letters of {}? | do you know how to spell {}?
    do you know how {} is spelled? | do you know how to write {}? | do you know the spelling of {}? | are you able to spell {}?
    my teacher wants me to spell {}. | my child wants to write {}.
""")


def _spell(rng: random.Random) -> Dialogue:
    word = spellable(rng)
    asked = rng.choice(SPELL)
    return opened(asked.format(word), f"{letters(word)}.", f"spell {word}")


UNSPELL = wordings("""
    what does {} spell? | what word is {}? | which word is spelled {}? | what is {}? | read {}. | what do the letters {} spell?
    which word is {}? | what word do the letters {} make? | put {} together. | what does {} mean? | i spelled {}. what is that?
    which word do you get from {}? | {} spells what? | {}, what word is that? | read the word {}. | what word is spelled {}?
    put the letters {} together. | which word do the letters {} make? | say the word that is spelled {}.
    i wrote {}. what does it say? | {} is which word? | {} is what word? | {} makes what word? | {} makes which word?
    {} spells which word? | {} means what? | {} says what? | {}, what does that spell? | {}, what does it spell?
    {}, what does that say? | {}, what is it? | {}, what is that? | {}, which word is that? | {}, which word is it?
    {}, what word did i spell? | {}, what did i spell? | {}, do you know the word? | {}, can you read that?
    {}. what word is that? | {}. what does that spell? | {}. what did i spell? | {}. what is the word?
    {}. which word is that? | {}, put that together. | {} together, what is it? | {} as one word?
    what word has the letters {}? | what word has the spelling {}? | what word is made of {}?
    what word is made of the letters {}? | what word is written {}? | what word is spelled with {}?
    what word do i get from {}? | what word do you get from the letters {}? | what word do you see in {}?
    what word do you read in {}? | what word comes from {}? | what word comes out of {}? | what word am i spelling: {}?
    what word did i spell: {}? | what word do you hear: {}? | what does this spell: {}? | what does it spell: {}?
    what does this say: {}? | what does the spelling {} mean? | what is this word: {}? | what is the word {}?
    what is the word with the letters {}? | what is spelled {}? | what is written {}? | what is that, {}? | what's {}?
    what do {} spell? | what do {} make? | what do the letters {} say? | what do the letters {} mean?
    what do i say when i read {}? | what do i get if i put {} together? | what did i spell: {}? | what did i write: {}?
    what did i just spell: {}? | what have i written: {}? | what am i spelling: {}? | which word has the letters {}?
    which word has the spelling {}? | which word is written {}? | which word is made of {}? | which word is this: {}?
    which word does {} make? | which word does {} spell? | which word do i get from {}? | which word comes from {}?
    which word did i spell: {}? | which word am i spelling: {}? | how do you read {}? | how do you say the word {}?
    how do i read {}? | how do you say {} as one word? | how is {} read? | if i spell {}, which word is it?
    if i write {}, what does it say? | if i put {} together, what do i get? | if you see {}, what do you read?
    the letters {}, what word is that? | the letters {}, what do they spell? | the letters are {}. what is the word?
    the letters are {}. which word is it? | my letters are {}. what word do they make? | the word is spelled {}. what is it?
    the word is {}. can you read it? | the sign says {}. what does that mean? | the paper says {}. what is that?
    it says {}. what word is it? | it is spelled {}. what is it? | it is written {}. what is the word?
    someone wrote {}. what does it say? | my son wrote {}. what does it say? | my daughter spelled {}. what is the word?
    there is written {}. what does it say? | i have the letters {}. what word is that? | i have {}. which word is it?
    i see {}. what does it say? | i see the letters {}. which word is it? | i read {}. what word is that?
    i spell {}, what is it? | i spelled {}. which word is that? | i spell a word: {}. | i am spelling a word: {}. what is it?
    i spelled a word: {}. | i can't read {}. | i do not know what {} spells. | i do not know the word {}. what is it?
    i want to know what {} spells. | i want to know which word is spelled {}. | i need to know what the letters {} spell.
    guess the word: {}. | guess my word: {}. | find the word: {}. | find the word spelled {}. | say {} as one word.
    say {} as a word. | say the word spelled {}. | say this as one word: {}. | tell me the word: {}.
    tell me the word spelled {}. | tell me the word that is spelled {}. | tell me what {} spells. | tell me what {} says.
    tell me which word {} is. | tell me which word is spelled {}. | give me the word spelled {}.
    give me the word with the letters {}. | name the word spelled {}. | read this word: {}. | read this word for me: {}.
    read this: {}. | read the letters {} as a word. | read {} as a word. | read {} for me. | make a word of {}.
    make a word from {}. | make a word from the letters {}. | make one word out of {}. | make one word of the letters {}.
    turn {} into a word. | turn the letters {} into a word. | join {} into a word. | join the letters {}.
    put {} together to a word. | put these letters together: {}. | put the letters {} into one word. | put together {}.
    can you read {}? | can you read the word {}? | can you put {} together? | can you tell what word this is? {}.
    do you know what {} spells? | do you know which word is spelled {}? | do you know this word? {}.
    together, the letters {} are what?
""")


def _unspell(rng: random.Random) -> Dialogue:
    word = spellable(rng, longest=7)
    asked = rng.choice(UNSPELL)
    return opened(asked.format(letters(word)), f"{letters(word)} spells {word}.", f"unspell {word}")


INTENTS = {"spell": _spell, "unspell": _unspell}
