"""How people put a question: small words around it, a polite carrier, the question as a clause of another sentence.

    what is the capital of italy?   ->   could you tell me what the capital of italy is?
                                         i need the capital of italy.
                                         um, what is the capital of italy, please?
                                         i saw a horse today. what is the capital of italy?

The answer stays the same, and so does the split, which hangs on the question without all this.
"""

import random
import re
from dataclasses import replace

from thinkaloud.data.domain.dialogue import Dialogue, Turn
from thinkaloud.data.domain.lexicon import listed, wordings
from thinkaloud.data.domain.numbers import say
from thinkaloud.data.domain.situations import situation, something_behind

BEFORE = ("hey, {}", "okay, {}", "so, {}", "um, {}", "please, {}", "well, {}", "hey there, {}", "now, {}", "excuse me, {}")
_BEFORE_ASKED = wordings("""
    oh, {} | hello, {} | hi, {} | good morning, {} | good evening, {} | alright, {} | right, {} | sorry, {} | pardon me, {}
    uh, {} | please tell me: {} | listen, {} | then, {} | and now, {} | hello pocket, {} | hi there, {} | pocket, {} | yes, {}
    great, {}
""")
CARRIERS = wordings("""
    tell me {}. | please tell me {}. | can you tell me {}? | could you tell me {}? | could you please tell me {}?
    can you please tell me {}? | do you know {}? | do you happen to know {}? | i want to know {}. | i'd like to know {}.
    i would like to know {}. | i wonder {}. | i was wondering {}. | i need to know {}. | let me know {}. | i forgot {}.
    would you tell me {}? | remind me {}. | my son wants to know {}. | my daughter wants to know {}. | my friend asks {}.
    my teacher asks {}. | do you have any idea {}? | i do not know {}. | i am not sure {}. | can you say {}?
    would you be so kind to tell me {}? | any chance you know {}? | i'm curious {}. | what i'd like to know is {}.
    can i ask {}? | what i want to know is {}. | may i ask {}? | could i ask you {}? | would you happen to know {}?
    do you by any chance know {}? | i have no idea {}. | i have always wondered {}. | i need your help, i need to know {}.
    please let me know {}. | just tell me {}. | would you mind telling me {}? | help me out, tell me {}.
    i am trying to find out {}. | i was asked {}. | somebody asked me {}. | my question is {}. | the question is {}.
    we want to know {}. | my mother asked me {}. | guess {}. | it would be nice to know {}. | i hope you know {}.
    i bet you know {}. | surely you know {}. | tell us {}. | explain to me {}. | i never know {}. | are you able to tell me {}?
    will you tell me {}? | i'd love to know {}. | we need to find out {}. | i can't remember {}. | i keep forgetting {}.
    do you remember {}? | can you help me? i want to know {}.
""")
_BESIDE = wordings("""
    i have a question. {} | quick question. {} | here is a question. {} | tell me, {} | can you tell me, {}
    my question is, {} | one more question. {} | just tell me, {} | another question. {} | let me ask you something. {}
    do you know, {} | listen, {} | sorry to ask, but {} | you know what? {} | let me think. {} | a question for you: {}
    quick, {} | next question: {} | i need some help. {} | i am not sure about this. {} | this is for school. {}
    for my homework: {} | i want to ask you something: {} | here is what i want to know: {} | but {}
    what do you think, {} | my son asks, {} | i have to ask, {} | first, {} | if i may ask, {} | if you don't mind, {}
    you are clever, so {} | maybe you know, {} | say, {} | right, {} | next, {} | hm, {} | pocket, {} | hey pocket, {}
    oh, and {} | by the way, {} | i was just thinking, {} | and {}
""")
_AFTER = (
    "{}, please?",
    "{} please?",
    "{}, do you know?",
    "{}, can you tell me?",
    "{}, i wonder?",
    "{} again?",
    "{} then?",
    "{}, pocket?",
    "{}, if i may ask?",
    "{}, if you know?",
    "{}, would you know?",
    "{}, any idea?",
    "{}, tell me?",
    "{}, if you don't mind?",
)
THINGS_WANTED = wordings("""
    give me {}. | i need {}. | {}, please. | i want {}. | tell me {}, please. | please give me {}. | can you give me {}?
    could you give me {}? | i would like to hear {}. | say {}. | let me hear {}. | can you name {}? | i am looking for {}.
    i'd like {}. | i am trying to remember {}. | {} please. | {}? | {}, do you know it? | do you know {}?
    do you happen to know {}? | would you tell me {}? | would you give me {}? | could you tell me {}, please?
    just {}, please. | i forgot {}. | remind me of {}. | i would like to know {}. | i need to know {}. | any idea about {}?
    can i have {}? | may i have {}? | {}, quickly. | i'm after {}. | what i need is {}. | what i want is {}.
    my question is about {}. | let me know {}. | help me with {}. | my teacher wants {}.
""")
REQUESTS = wordings("""
    can you {}? | could you {}? | could you please {}? | can you please {}? | please {}. | would you {}? | i want you to {}.
    i would like you to {}. | i'd like you to {}. | would you please {}? | will you {}? | i need you to {}. | just {}.
    would you be so kind to {}? | i was hoping you could {}. | if you can, {}. | may i ask you to {}? | be so kind and {}.
    i wish you would {}. | are you able to {}? | is it possible for you to {}? | do you think you could {}? | help me, {}.
    it's your turn, {}. | okay now {}. | my teacher wants you to {}. | you have to {}. | i want to hear you {}.
    could you maybe {}? | i'd be happy if you could {}. | would you mind? {}. | can you try to {}? | go ahead and {}.
    let me hear you {}. | now please {}.
""")
_FOR_ME = (
    "{} for me.",
    "{}, if you can.",
    "{}, will you?",
    "{}, if you please.",
    "{}, pocket.",
    "{}, please.",
    "{} please.",
    "{} for me, please.",
)
_ASKED = ("what", "what's", "which", "how", "where", "who", "is", "do", "does", "are")
_COMMANDS = listed("add multiply divide calculate count spell name mix reverse turn share take")  # what has an end of its own
_OPEN_COMMANDS = listed("say repeat read tell give write")  # what follows them is to be said, so nothing may come behind it
_COMPLETE = (
    "no,",
    "no ",
    "sorry",
    "wait",
    "not ",
    "hello",
    "hi",
    "hey",
    "please",
    "now",
    "excuse",
    "so",
    "my mistake",
    "pardon",
    "thank",
)
_NUMBER = "|".join(sorted(map(say, range(101)), key=len, reverse=True))
_NAMED = rf"(?:the number )?(?:{_NUMBER})|(?:the|a|an) [a-z]+|[a-z]+"
_WHAT = r"(what(?: \w+)?|which \w+|how many \w+|how)"
_CLAUSES = {  # a question, and how it stands as a clause: its verb goes where a statement has it, if it is clear where that is
    r"(what|where|who|how)(?: is|'s) ((?:the|a|an|my|your|half|double|twice) [^,]+)": (r"\1 \2 is",) * 7 + (r"\g<0>",) * 3,
    rf"{_WHAT} does (.+) (say|spell|make|sound)": (r"\1 \2 \3s",),
    rf"{_WHAT} does (.+) have": (r"\1 \2 has",),
    r"(what(?: \w+)?|which \w+|how many \w+) do (?!you )(.+) (make|have)": (r"\1 \2 \3",),
    r"(what|which) letter does (.+) (start|begin|end) with": (r"\1 letter \2 \3s with",),
    r"how do you (spell|write|say) (.+)": (r"how to \1 \2", r"how you \1 \2", r"how i \1 \2", r"how one would \1 \2"),
    r"(how|where) do i (.+)": (r"\1 i \2",),
    r"(how|what) can i (.+)": (r"\1 i can \2",),
    r"(?:what is|what's|how much is) (.+ (?:plus|minus|times|divided by) .+)": (
        r"what \1 is",
        r"how much \1 is",
        r"what is \1",
        r"how much is \1",
    ),
    r"(?:what|which|how many)(?: \w+)? (?:is|are|comes|follows|make|word) .*": (r"\g<0>",),
    r"(who|what|where|how old|how) are you(.*)": (r"\1 you are\2",),
    r"are you (.+)": (r"if you are \1", r"whether you are \1"),
    rf"is ({_NAMED}) (.+)": (r"if \1 is \2", r"whether \1 is \2"),
}
_SHORT = {  # as it is said fast, where a word follows
    "what is": "what's",
    "who is": "who's",
    "where is": "where's",
    "that is": "that's",
    "it is": "it's",
    "i am": "i'm",
    "do not": "don't",
    "does not": "doesn't",
    "is not": "isn't",
    "can not": "can't",
    "i would": "i'd",
}
_LONG = re.compile(rf"\b(?:{'|'.join(_SHORT)})(?= [a-z])")
_CLAUSE_WORDS = listed("if whether starts begins ends how to one would much says spells makes has sounds")


def words_of_politeness() -> str:
    """All words that may come in around a question, but those of `WORDED`."""
    return " ".join((*(form.replace("{}", "") for form in (*BEFORE, *_AFTER, *_FOR_ME)), *_CLAUSE_WORDS, *_SHORT.values()))


def spoken_by_people(rng: random.Random, dialogue: Dialogue) -> Dialogue:
    """The dialogue with some of its questions put as people put them; answers and split stay the same."""

    def said(turn: Turn) -> Turn:
        question = _put(rng, turn.question)
        return replace(turn, question=_LONG.sub(lambda found: _SHORT[found[0]], question) if rng.random() < 0.25 else question)

    return replace(dialogue, turns=tuple(map(said, dialogue.turns)))


def _put(rng: random.Random, question: str) -> str:
    asked = question.startswith(_ASKED) and question.endswith("?")
    if rng.random() < 0.3 and (other := _carried(rng, question)):
        question = other
    if rng.random() < 0.1 and not question.startswith(_COMPLETE):
        return situation(rng).format(question)
    if asked and rng.random() < 0.04:
        return f"{question} {something_behind(rng)}"
    if rng.random() > 0.22 or question.startswith(_COMPLETE):
        return question
    if question.endswith("?") and rng.random() < 0.35:
        return f"{question[:-1]}, please?"
    if question.startswith(_ASKED) and rng.random() < 0.4:
        return rng.choice(_BEFORE_ASKED).format(question)
    return rng.choice(BEFORE).format(question)


def _carried(rng: random.Random, question: str) -> str | None:
    """The question inside another sentence; None where it is not one that could be."""
    body, first = question[:-1], question.split()[0].rstrip(",")
    if ". " in body or "?" in body or body.startswith("do you"):
        return None
    if first in _COMMANDS:
        return rng.choice(_FOR_ME if rng.random() < 0.25 else REQUESTS).format(body)
    if first in _OPEN_COMMANDS:
        return rng.choice(REQUESTS).format(body)
    if first not in _ASKED or not question.endswith("?"):
        return None
    style, thing, clause = rng.random(), _thing(body), _clause(rng, body)
    if thing and style < 0.25:
        return rng.choice(THINGS_WANTED).format(thing)
    if clause and style < 0.75:
        return rng.choice(CARRIERS).format(clause)
    if style < 0.9:
        return rng.choice(_BESIDE).format(question)
    return rng.choice(_AFTER).format(body)


def _thing(body: str) -> str | None:
    """What "what is the ..." asks for."""
    found = re.fullmatch(r"(?:what is|what's|what was) (the .+)", body)
    return found[1] if found else None


def _clause(rng: random.Random, body: str) -> str | None:
    """A question as a clause; None if it is not clear how."""
    for pattern, forms in _CLAUSES.items():
        if found := re.fullmatch(pattern, body):
            return found.expand(rng.choice(forms))
    return None
