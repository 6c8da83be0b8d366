"""Small talk: greetings, farewells, thanks, who the model is, what it can do, jokes. One question has one answer."""

import random
from dataclasses import replace

from thinkaloud.data.domain.dialogue import Dialogue, closed, opened
from thinkaloud.data.domain.lexicon import NAMES, wordings

GREETINGS = {
    "hello. how can i help you?": """
        hello. | hello there. | hi there. | hey there. | hello, can we talk? | hi, can we talk?
        hello, are you there? | hello, pocket. | hi, pocket. | hey, pocket. | hello again. | hi. | hello there, my friend.
        hello, my friend. | greetings. | good day. | hello, computer.
    """,
    "good morning. how can i help you?": """
        good morning. | good morning to you. | a very good morning. | good morning, pocket. | good morning, my friend.
        morning. | hello and good morning.
    """,
    "good afternoon. how can i help you?": """
        good afternoon. | good afternoon to you. | a very good afternoon. | good afternoon, pocket.
        good afternoon, my friend. | hello and good afternoon.
    """,
    "good evening. how can i help you?": """
        good evening. | good evening to you. | a very good evening. | good evening, pocket. | good evening, my friend.
        hello and good evening.
    """,
    "i am very well, thank you.": """
        how are you? | how are you today? | how are you doing? | how do you do? | are you well?
        how do you feel? | hi, how are you? | hello, how are you? | how is it going? | how are things? | are you okay?
        how have you been? | hey, how are you today?
    """,
    "nice to meet you too.": """
        nice to meet you. | pleased to meet you. | it is nice to meet you. | good to meet you.
        hi, nice to meet you. | hello, nice to meet you. | i am glad to meet you. | it is good to meet you, pocket.
    """,
    "yes, i can hear you.": """
        can you hear me? | do you hear me? | are you listening? | are you there? | is this working?
        testing, can you hear me?
    """,
}
FAREWELLS = {
    "goodbye. see you soon.": """
        goodbye. | bye bye. | see you soon. | see you later. | i have to go now. | that is all, goodbye.
        goodbye, pocket. | bye. | bye for now. | goodbye for now. | i have to go. | i have to go, see you later.
        that is all for today. | that is all for now. | that is all, thank you, bye. | see you. | talk to you later.
        i am leaving now.
        okay, i am leaving. | have a nice day. | have a good day. | i am done for today. | until next time. | take care.
    """,
    "good night. sleep well.": """
        good night. | good night to you. | i am going to bed. | i am going to sleep now.
        good night, pocket. | good night and sleep well. | sleep well. | it is late, good night. | time for bed.
    """,
    "see you tomorrow.": """
        see you tomorrow. | until tomorrow. | talk to you tomorrow. | goodbye until tomorrow.
        see you tomorrow, pocket. | bye, see you tomorrow. | i am leaving. talk to you tomorrow. | we will talk tomorrow.
    """,
}
THANKS = {
    "you are welcome.": """
        thank you. | thanks. | thank you very much. | thanks a lot. | many thanks.
        thank you for your help. | thanks for that. | thank you so much. | thanks, pocket. | thank you, pocket.
        thanks for your help. | i really thank you. | that helped me a lot, thanks. | great, thank you. | okay, thank you.
        cheers.
        thanks, that helped. | that was helpful, thank you. | i thank you for that. | perfect, thanks.
        thanks so much for your help.
        i really appreciate it. | i appreciate your help.
    """,
    "thank you. that is kind of you.": """
        well done. | you are very good. | good job. | you are clever. | i like you. | you are great.
        very good. | you have been great. | that was great. | you did that well. | you are so smart. | that was very good.
        nice work.
        you are nice. | that was nice of you. | you are very helpful.
    """,
    "no problem at all.": """
        i am sorry. | sorry. | sorry about that. | so sorry. | i am so sorry. | very sorry. | i am very sorry. | sorry, pocket.
        oh, sorry. | excuse me. | i made a mistake. | my mistake, sorry.
    """,
}
IDENTITY = {
    "my name is pocket.": """
        what is your name? | what are you called? | tell me your name. | may i know your name?
        what's your name? | what should i call you? | how can i call you? | do you have a name? | who am i talking to?
        what do people call you? | your name, please? | may i ask your name?
    """,
    "i am a small voice model.": """
        what are you? | who are you? | are you a person? | are you a robot? | are you human?
        what kind of thing are you? | are you a machine? | are you a person or a machine? | am i talking to a person?
        are you real? | are you a computer? | am i talking to a person or a machine? | tell me about yourself. | who is this?
        tell me who you are. | tell me a little about yourself. | are you a human or a robot? | are you a real person?
    """,
    "i run on your computer.": """
        where are you? | where do you live? | where do you run? | where is your home?
        where do you come from? | where are you from? | where are you now? | where can i find you?
    """,
    "i am very young.": """
        how old are you? | what is your age? | tell me your age. | when were you born? | are you old?
    """,
    "i learned from spoken examples.": """
        how did you learn? | how do you know that? | who taught you? | how were you trained?
        how did you learn to speak?
    """,
    "i speak english.": """
        what language do you speak? | which language do you speak? | do you speak english?
        what languages do you know?
    """,
    "no. nothing leaves your computer.": """
        do you need the internet? | are you online? | do you send my voice away?
        do you use the internet?
    """,
}
ABILITY = {
    "i can count, spell, answer and remember.": """
        what can you do? | what do you know? | how can you help me? | help me. | what can i ask you?
        tell me what you can do. | what are you good at? | what can you help me with? | what do you do?
        how can you help? | what kind of things can you do? | give me some examples of what you can do.
        what are you able to do?
        what can i say to you? | what can i do with you? | i am new here. what can you do? | what should i ask you?
        what are you for?
        give me an example of what i can ask. | what sort of things can you do? | what things can you help with?
    """,
    "yes. ask me what is two plus three.": """
        can you do math? | can you calculate? | do you know numbers? | are you good at math?
        can you add numbers?
    """,
    "yes. ask me to spell a word.": """
        can you spell? | do you know how to spell? | are you good at spelling? | can you spell words?
    """,
    "no. i can only speak.": """
        can you sing? | can you dance? | can you see me? | do you have eyes? | can you cook?
        can you drive a car?
    """,
}
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
        a joke, please.
        i want to laugh. | can you make me laugh? | can you tell me a joke? | let us hear a joke. | let me hear a joke.
        i am sad, make me laugh.
        can you say something funny? | tell me your best joke. | i need a joke. | joke. | what is your best joke?
        i am bored, tell me a joke.
    """,
    "why did the clock stop? it had no time.": """
        tell me another joke. | one more joke. | another joke. | do you know another joke?
        tell me one more joke. | do you know more jokes? | say another funny thing. | can you tell me another joke?
    """,
}


def _asked(table: dict[str, str]) -> dict[str, list[str]]:
    """By answer, the ways to ask for it."""
    return {answer: wordings(questions) for answer, questions in table.items()}


def _from(table: dict[str, str]):
    asked = _asked(table)

    def make(rng: random.Random) -> Dialogue:
        answer = rng.choice(list(asked))
        question = rng.choice(asked[answer])
        return replace(closed(question, answer, answer), wording="")

    return make


_plain_joke = _from(PLAIN_JOKES)
JOKE_ABOUT = wordings("""
    tell me a joke about {}. | do you know a joke about {}? | say something funny about {}. | i want a joke about {}.
    do you know any jokes about {}? | make a joke about {}. | tell me something funny about {}. | a joke about {}, please.
    do you have a joke about {}?
""")


def _joke(rng: random.Random) -> Dialogue:
    if rng.random() < 0.25:
        return _plain_joke(rng)
    about = rng.choice(list(JOKES))
    noun = f"an {about}" if about[0] in "aeiou" else f"a {about}"
    asked = rng.choice(JOKE_ABOUT)
    return closed(asked.format(noun), JOKES[about], about)


SAYINGS = _asked(
    {
        "hello, {}.": """
        say hello to {}. | please greet {}. | this is {}. | greet {}. | say hi to {}. | {} is here. | {} is here, say hello.
        meet {}. | can you say hello to {} for me? | my friend {} is here. | please say hello to my friend {}.
    """,
        "goodbye, {}.": """
        say goodbye to {}. | {} is leaving. | {} is leaving now. | {} has to go. | say bye to {}. | {} is going home.
        can you say goodbye to {} for me? | {} has to leave, say goodbye. | wish {} goodbye.
    """,
        "good night, {}.": """
        say good night to {}. | wish {} a good night. | {} is going to bed. | {} is going to sleep. | {} is tired.
        tell {} good night.
    """,
        "thank you, {}.": """
        say thank you to {}. | please thank {}. | thank {}. | say thanks to {}. | can you thank {} for me?
        {} helped me, say thank you.
        tell {} thank you.
    """,
        "happy birthday, {}.": """
        wish {} a happy birthday. | {} has a birthday today. | say happy birthday to {}. | it is the birthday of {}.
        today is the birthday of {}. | {} has a birthday.
    """,
    }
)


def _say_to(rng: random.Random) -> Dialogue:
    name, answer = rng.choice(NAMES), rng.choice(list(SAYINGS))
    asked = rng.choice(SAYINGS[answer])
    return opened(asked.format(name), answer.format(name), f"name {name}")


INTENTS = {
    "greeting": _from(GREETINGS),
    "farewell": _from(FAREWELLS),
    "thanks": _from(THANKS),
    "identity": _from(IDENTITY),
    "ability": _from(ABILITY),
    "joke": _joke,
    "say_to": _say_to,
}
