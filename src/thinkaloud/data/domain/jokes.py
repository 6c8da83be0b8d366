"""Jokes: any, another one, one about something."""

import random

from thinkaloud.data.domain.dialogue import Dialogue, closed
from thinkaloud.data.domain.lexicon import article, wordings
from thinkaloud.data.domain.small_talk import asked_from

JOKES = {
    "cat": "what is a cat's favorite color? purple.",
    "dog": "my dog can count. he says woof woof.",
    "cow": "where do cows go? to the moovies.",
    "bee": "why do bees hum? they forgot the words.",
    "fish": "why are fish so clever? they live in schools.",
    "duck": "what time do ducks wake up? at the quack of dawn.",
    "clock": "why did the clock stop? it had no time.",
    "book": "why was the math book sad? it had too many problems.",
    "number": "why was six afraid of seven? seven ate nine.",
    "banana": "why did the banana go to the doctor? it was not peeling well.",
    "computer": "why was the computer cold? it left its windows open.",
    "elephant": "what time is it when an elephant sits on a clock? time for a new clock.",
}
PLAIN_JOKES = {
    "why was six afraid of seven? seven ate nine.": """
        tell me a joke. | make me laugh. | say something funny. | do you know a joke? | i want a joke.
        tell me something funny. | do you know any jokes? | do you know any good jokes? | do you know any funny jokes?
        a joke, please. | i want to laugh. | can you make me laugh? | can you tell me a joke? | let us hear a joke.
        let me hear a joke. | i am sad, make me laugh. | can you say something funny? | tell me your best joke.
        i need a joke. | joke. | what is your best joke? | i am bored, tell me a joke. | tell me any joke. | tell me some joke.
        tell me a good joke. | tell me a funny joke. | tell me a nice joke. | tell me a short joke. | tell me a little joke.
        tell me one joke. | tell us a joke. | tell a joke. | tell jokes. | tell me one of your jokes. | tell me a joke, pocket.
        tell me something to laugh about. | tell me something that makes me laugh. | tell me a joke so that i laugh.
        tell me a joke, i am sad. | give me a joke. | give us a joke. | give me a good joke.
        give me something to laugh about. | do you have a joke? | do you have a joke for me? | do you have any jokes?
        do you have a good joke? | do you have something funny? | do you know a good joke? | do you know a funny joke?
        do you know something funny? | do you know anything funny? | do you know some jokes? | do you tell jokes?
        can you tell jokes? | can you tell me something funny? | can you tell a joke? | can you joke? | can you be funny?
        could you make me laugh? | could you tell a joke? | be funny. | joke please. | joke, please. | a joke? | a joke.
        one joke. | one joke, please. | a good joke, please. | a joke for me, please. | any jokes? | got a joke?
        got any jokes? | have you got a joke? | have you got a joke for me? | know any jokes? | know a joke?
        how about a joke? | what about a joke? | how about something funny? | time for a joke. | it is time for a joke.
        now a joke. | now a joke, please. | i would like a joke. | i would like to hear a joke. | i would like to laugh.
        i want to hear a joke. | i want to hear something funny. | i want you to make me laugh. | i like jokes, tell me one.
        i love jokes, tell me one. | i feel sad, make me laugh. | i am sad, tell me a joke. | i am bored, make me laugh.
        i am so bored, tell me something funny. | i need to laugh. | i need something funny. | i had a bad day, make me laugh.
        let's hear a joke. | let me laugh. | let us laugh. | make us laugh. | make me smile. | make a joke. | make some joke.
        say a joke. | say a good joke. | say something to make me laugh. | something funny, please.
        something to laugh, please. | cheer me up. | your best joke, please. | what joke do you know? | what jokes do you know?
        which joke do you know? | which joke is your best?
    """,
    "why did the clock stop? it had no time.": """
        tell me another joke. | one more joke. | another joke. | do you know another joke? | tell me one more joke.
        do you know more jokes? | say another funny thing. | can you tell me another joke? | another joke, please.
        another one of your jokes, please. | one more joke, please. | one joke more, please. | one more funny thing.
        more jokes. | more jokes, please. | more jokes like that. | some more jokes, please. | a second joke, please.
        a new joke, please. | a different joke, please. | a further joke, please. | the next joke, please. | next joke.
        now another joke. | now a different joke. | and another joke? | and now another joke. | and one more joke.
        give me another joke. | give me one more joke. | give me a different joke. | give me a new joke.
        give me the next joke. | tell me a different joke. | tell me a new joke. | tell me a second joke.
        tell me the next joke. | tell me some more jokes. | tell me more jokes. | tell me some other joke. | tell another joke.
        tell one more joke. | tell me another funny thing. | tell me something else that is funny. | say another joke.
        say one more joke. | make another joke. | do you have another joke? | do you have more jokes?
        do you have one more joke? | do you have any other jokes? | do you have any more jokes? | do you know a different joke?
        do you know one more joke? | do you know any other joke? | do you know any more jokes? | do you know other jokes?
        have you got another joke? | have you got more jokes? | got another joke? | got any more jokes? | any more jokes?
        any other jokes? | can i hear another joke? | can i have another joke? | can i have one more joke?
        can we have another joke? | can you tell me one more joke? | can you tell me a different joke?
        can you tell another joke? | could i hear one more joke? | how about another joke? | what about another joke?
        i want another joke. | i want one more joke. | i want to hear another joke. | i would like another joke.
        i need another joke. | i know that joke, tell me another. | i know that joke. another one, please.
        i liked that joke, tell me another. | that was a good joke, tell me another. | that joke was good, one more please.
        ha, another joke please. | let me hear another joke. | let us hear another joke. | let us have another joke.
        that was funny. another joke, please. | that was funny, one more joke.
    """,
}


_plain_joke = asked_from(PLAIN_JOKES)
JOKE_ABOUT = wordings("""
    tell me a joke about {}. | do you know a joke about {}? | say something funny about {}. | i want a joke about {}.
    do you know any jokes about {}? | make a joke about {}. | tell me something funny about {}. | a joke about {}, please.
    do you have a joke about {}? | do you have any jokes about {}? | do you have a good joke about {}?
    do you have something funny about {}? | do you know a good joke about {}? | do you know a funny joke about {}?
    do you know something funny about {}? | do you know anything funny about {}? | have you got a joke about {}?
    have you heard a joke about {}? | is there a joke about {}? | is there something funny about {}?
    are there any jokes about {}? | any jokes about {}? | any joke about {}? | got a joke about {}? | know a joke about {}?
    what joke do you know about {}? | which joke about {} do you know? | what is funny about {}?
    what is your best joke about {}? | what about a joke about {}? | how about a joke about {}?
    how about a joke with {} in it? | give me a joke about {}. | give me a joke with {} in it.
    give me something funny about {}. | tell me your best joke about {}. | tell me a good joke about {}.
    tell me a funny joke about {}. | tell me a short joke about {}. | tell me a joke with {} in it. | tell me a joke with {}.
    tell a joke about {}. | tell us a joke about {}. | say a joke about {}. | say something about {} that makes me laugh.
    make me laugh about {}. | make me laugh with a joke about {}. | make a funny joke about {}. | i would like a joke about {}.
    i would like to hear a joke about {}. | i want to hear a joke about {}. | i want to laugh about {}.
    i need a joke about {}. | i like jokes, do you know one about {}? | a joke about {}. | a joke about {}?
    a joke with {}, please. | a good joke about {}, please. | a funny joke about {}, please. | joke about {}.
    one joke about {}, please. | now a joke about {}. | something funny about {}, please. | {}, do you know a joke about that?
    {}, is there a joke about that? | {}, what is funny about that? | think of {} and tell me a joke.
    think of {} and make me laugh. | let me hear a joke about {}. | let's hear a joke about {}. | can you make a joke about {}?
    can you tell a joke about {}? | can you be funny about {}? | can you make me laugh about {}?
""")


def _joke(rng: random.Random) -> Dialogue:
    if rng.random() < 0.25:
        return _plain_joke(rng)
    about = rng.choice(list(JOKES))
    asked = rng.choice(JOKE_ABOUT)
    return closed(asked.format(article(about)), JOKES[about], about)


INTENTS = {"joke": _joke}
