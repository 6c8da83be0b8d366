"""Talk whose questions have one fixed answer each, and how it is drawn; names that are to be greeted."""

import random
from collections.abc import Callable
from dataclasses import replace

from thinkaloud.data.domain.dialogue import Dialogue, closed, opened
from thinkaloud.data.domain.lexicon import wordings
from thinkaloud.data.domain.names import SAID_NAMES


def asked(table: dict[str, str]) -> dict[str, list[str]]:
    """By answer, the ways to ask for it."""
    return {answer: wordings(questions) for answer, questions in table.items()}


def asked_from(table: dict[str, str]) -> Callable[[random.Random], Dialogue]:
    """Draws one of the answers, then a way to ask for it."""
    by_answer = asked(table)

    def make(rng: random.Random) -> Dialogue:
        answer = rng.choice(list(by_answer))
        question = rng.choice(by_answer[answer])
        return replace(closed(question, answer, answer), wording="")

    return make


SAYINGS = asked(
    {
        "hello, {}.": """
        say hello to {}. | please greet {}. | this is {}. | greet {}. | say hi to {}. | {} is here. | {} is here, say hello.
        meet {}. | can you say hello to {} for me? | my friend {} is here. | please say hello to my friend {}.
        say hello to my friend {}. | say hello to {} for me. | say hello to {} from me. | say a big hello to {}.
        say a nice hello to {}. | say hello, {} is here. | say hi to my friend {}. | say hi to {} for me. | greet my friend {}.
        greet {} for me. | greet {} nicely. | give {} a greeting. | give {} a big hello. | give my greetings to {}.
        wish {} a warm hello. | please say hello to {}. | please welcome {}. | welcome {}. | welcome my friend {}.
        i want you to meet {}. | i would like you to meet {}. | this is my friend {}. | this is {}, say hello.
        this is {}. say hi. | here is {}. | here is my friend {}. | here comes {}. | here comes {}, say hello.
        look, here is {}. | look, {} is here. | {} is here now. | {} is with me. | {} is here with me. | {} is back.
        {} has come home. | {} just came in. | {} just arrived. | {} wants to meet you. | {} wants to say hello to you.
        {} wants to hear a hello from you. | {} is at the door, say hello. | {} is visiting, say hello.
        {} would like a hello. | tell {} hello. | tell {} hello from me. | tell my friend {} hello. | let me introduce {}.
        may i introduce {}? | meet my friend {}. | you should meet {}. | have you met {}? | do you know {}? say hello.
        i am here with {}. | i am here with {}, say hello. | how do you greet {}? | how would you greet {}?
        a hello for {}, please. | a greeting for {}, please. | hello to {}, please.
    """,
        "goodbye, {}.": """
        say goodbye to {}. | {} is leaving. | {} is leaving now. | {} has to go. | say bye to {}. | {} is going home.
        can you say goodbye to {} for me? | {} has to leave, say goodbye. | wish {} goodbye. | say goodbye to my friend {}.
        say goodbye to {} for me. | say goodbye to {} now. | say goodbye, {} is leaving. | say goodbye, {} has to go.
        say bye bye to {}. | say bye to {} for me. | say bye to my friend {}. | please say goodbye to {}.
        please say bye to {}. | now say goodbye to {}. | tell {} goodbye. | tell {} goodbye from me. | tell {} bye.
        tell my friend {} goodbye. | wish {} a nice goodbye. | bid {} goodbye. | give {} a goodbye. | give {} a nice goodbye.
        {} is off now. | {} is about to leave. | {} is about to go. | {} is going now. | {} is going away. | {} is leaving us.
        {} is leaving, say bye. | {} is on the way out. | {} is already at the door, say goodbye. | {} must go.
        {} must go now. | {} must leave. | {} must leave us now. | {} has to leave. | {} has to leave now. | {} has to go now.
        {} has to go home. | {} has to go, say bye. | {} has to catch the bus, say goodbye. | {} needs to go.
        {} needs to go home now. | {} wants to go home. | {} wants to leave. | {} wants to say goodbye.
        {} wants to hear a goodbye. | {} will leave now. | {} will go home now. | my friend {} is leaving.
        my friend {} has to go. | my friend {} is going home. | it is time for {} to go. | it is time for {} to leave.
        time for {} to go home. | time to say goodbye to {}. | let us say goodbye to {}. | we say goodbye to {}.
        i want to say goodbye to {}. | a goodbye for {}, please. | goodbye to {}, please.
    """,
        "good night, {}.": """
        say good night to {}. | wish {} a good night. | {} is going to bed. | {} is going to sleep. | {} is tired.
        tell {} good night. | say good night to my friend {}. | say good night to {} for me. | say good night to little {}.
        say good night, {} is tired. | say good night, {} is going to bed. | say night night to {}.
        please say good night to {}. | please tell {} good night. | now say good night to {}. | tell {} good night from me.
        tell {} good night for me. | tell my friend {} good night. | tell {} to sleep well. | wish {} good night.
        wish my friend {} a good night. | wish {} a good night for me. | wish {} a very good night. | wish {} sweet dreams.
        give {} a good night wish. | {} is going to bed now. | {} is going to sleep now. | {} is going to bed, say good night.
        {} is off to bed. | {} is in bed. | {} is in bed now. | {} is in bed, say good night. | {} is very tired.
        {} is so tired. | {} is tired, say good night. | {} is tired and goes to bed. | {} must go to bed. | {} must sleep now.
        {} has to go to bed. | {} has to sleep now. | {} needs to sleep. | {} needs some sleep. | {} needs to go to bed.
        {} wants to sleep. | {} wants to go to bed. | {} wants to hear good night. | {} will go to bed now.
        {} will go to sleep now. | my friend {} is going to bed. | my friend {} is tired. | my friend {} wants to sleep.
        it is bed time for {}. | it is time for {} to sleep. | it is time for {} to go to bed. | time for bed, {} is tired.
        time for {} to sleep. | time for {} to go to bed. | let us say good night to {}. | we say good night to {}.
        i want to say good night to {}. | a good night for {}, please. | a good night wish for {}, please.
        good night to {}, please. | can you wish {} a good night? | can you say good night to {}?
        little {} is going to sleep.
    """,
        "thank you, {}.": """
        say thank you to {}. | please thank {}. | thank {}. | say thanks to {}. | can you thank {} for me?
        {} helped me, say thank you. | tell {} thank you. | say thank you to my friend {}. | say thank you to {} for me.
        say thank you to {} from me. | say thank you to {} for the help. | say thank you, {} helped me.
        say thanks to {} for me. | say thanks to my friend {}. | say a big thank you to {}. | please say thank you to {}.
        please thank {} for me. | please thank {} for the help. | please thank my friend {}. | now thank {}.
        now say thank you to {}. | thank {} for me. | thank {} from me. | thank {} for the help. | thank {} for helping me.
        thank {} for the present. | thank {} for the food. | thank {} very much. | thank my friend {}.
        tell {} thank you from me. | tell {} thank you for me. | tell {} thanks. | tell {} thanks for the help.
        tell {} thanks from me. | tell my friend {} thank you. | tell {} that i am thankful. | give {} my thanks.
        give {} a big thank you. | give my thanks to {}. | {} helped me. | {} helped me a lot. | {} has helped me.
        {} helped me today. | {} helped me, say thanks. | {} was very kind, say thank you. | {} was so helpful, say thank you.
        {} was nice to me, say thank you. | {} did a good job, say thank you. | {} made dinner, say thank you.
        {} brought me flowers, say thank you. | {} gave me a present, say thank you. | {} gave me a book, say thanks.
        {} should be thanked. | my friend {} helped me. | my friend {} helped me, say thank you. | let us thank {}.
        let us say thank you to {}. | we thank {}. | we want to thank {}. | i want to thank {}. | i would like to thank {}.
        i must thank {}. | how do you thank {}? | how would you thank {}? | a thank you for {}, please.
        a big thank you to {}, please. | thanks to {}, please. | can you say thank you to {}?
    """,
        "happy birthday, {}.": """
        wish {} a happy birthday. | {} has a birthday today. | say happy birthday to {}. | it is the birthday of {}.
        today is the birthday of {}. | {} has a birthday. | say happy birthday to my friend {}.
        say happy birthday to {} for me. | say happy birthday, {} has a birthday. | say happy birthday to little {}.
        please say happy birthday to {}. | please wish {} a happy birthday. | now wish {} a happy birthday.
        wish my friend {} a happy birthday. | wish {} a happy birthday from me. | wish {} a happy birthday for me.
        wish {} a very happy birthday. | wish {} all the best for the birthday. | wish {} a good birthday.
        wish {} well on this birthday. | tell {} happy birthday. | tell {} happy birthday from me.
        tell my friend {} happy birthday. | give {} a birthday wish. | give {} a birthday greeting.
        greet {} on this birthday. | {} has birthday today. | {} has a birthday now. | {} has a birthday, say something nice.
        {} has a birthday today, say happy birthday. | {} is one year older today. | {} is a year older today.
        {} turns ten today. | {} turns twenty today. | {} turns six today. | {} is celebrating a birthday.
        {} is celebrating a birthday today. | {} was born on this day. | {} gets birthday presents today.
        {} has a birthday party today. | {} wants a birthday wish. | my friend {} has a birthday.
        my friend {} has a birthday today. | my friend {} turns ten today. | today {} has a birthday.
        today {} is one year older. | today {} turns eight. | today we celebrate the birthday of {}.
        today my friend {} has a birthday.
        this is the birthday of {}. | the birthday of {} is today.
        let us wish {} a happy birthday. | i want to wish {} a happy birthday.
        a birthday wish for {}, please. | a happy birthday to {}, please. | happy birthday to {}, please.
        can you wish {} a happy birthday? | can you say happy birthday to {}?
    """,
    }
)


def _say_to(rng: random.Random) -> Dialogue:
    name, answer = rng.choice(SAID_NAMES), rng.choice(list(SAYINGS))
    question = rng.choice(SAYINGS[answer])
    return opened(question.format(name), answer.format(name), f"name {name}")


INTENTS = {"say_to": _say_to}
