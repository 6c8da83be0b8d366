"""How people put a question: small words around it, a polite carrier, the question as a clause of another sentence.

    what is the capital of italy?   ->   could you tell me what the capital of italy is?
                                         i need the capital of italy.
                                         um, what is the capital of italy, please?

The answer stays the same, and so does the split, which hangs on the question without all this.
"""

import random
import re
from dataclasses import replace

from thinkaloud.data.domain.dialogue import Dialogue
from thinkaloud.data.domain.lexicon import listed, wordings
from thinkaloud.data.domain.numbers import say

BEFORE = ("hey, {}", "okay, {}", "so, {}", "um, {}", "please, {}", "well, {}", "hey there, {}", "now, {}", "excuse me, {}")
CARRIERS = wordings("""
    tell me {}. | please tell me {}. | can you tell me {}? | could you tell me {}? | could you please tell me {}?
    can you please tell me {}? | do you know {}? | do you happen to know {}? | i want to know {}. | i'd like to know {}.
    i would like to know {}. | i wonder {}. | i was wondering {}. | i need to know {}. | let me know {}. | i forgot {}.
    would you tell me {}? | remind me {}. | my son wants to know {}. | my daughter wants to know {}. | my friend asks {}.
    my teacher asks {}. | do you have any idea {}? | i do not know {}. | i am not sure {}. | can you say {}?
    i can't remember {}. | i keep forgetting {}. | do you remember {}? | can you help me? i want to know {}.
""")
_BESIDE = wordings("""
    i have a question. {} | quick question. {} | here is a question. {} | tell me, {} | can you tell me, {} | my question is, {}
    one more question. {} | just tell me, {} | another question. {} | let me ask you something. {} | do you know, {}
    pocket, {} | hey pocket, {} | oh, and {} | by the way, {} | i was just thinking, {} | and {}
""")
_AFTER = ("{}, please?", "{} please?", "{}, do you know?", "{}, can you tell me?", "{}, i wonder?", "{} again?", "{} then?")
THINGS_WANTED = wordings("""
    give me {}. | i need {}. | {}, please. | i want {}. | tell me {}, please. | please give me {}. | can you give me {}?
    could you give me {}? | i would like to hear {}. | say {}. | let me hear {}. | can you name {}? | i am looking for {}.
    i'd like {}. | i am trying to remember {}. | {} please.
""")
REQUESTS = wordings("""
    can you {}? | could you {}? | could you please {}? | can you please {}? | please {}. | would you {}? | i want you to {}.
    i would like you to {}. | i'd like you to {}. | would you please {}? | will you {}? | i need you to {}. | just {}.
    would you mind? {}. | can you try to {}? | go ahead and {}. | let me hear you {}. | now please {}.
""")
_FOR_ME = ("{} for me.", "{}, please.", "{} please.", "{} for me, please.")
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
_CLAUSE_WORDS = listed("if whether starts begins ends how to one would much says spells makes has sounds")
_WORDS_OF_POLITENESS = (*BEFORE, *CARRIERS, *_BESIDE, *_AFTER, *THINGS_WANTED, *REQUESTS, *_FOR_ME)


def words_of_politeness() -> str:
    """All words that may come in around a question."""
    return " ".join((*(form.replace("{}", "") for form in _WORDS_OF_POLITENESS), *_CLAUSE_WORDS))


def spoken_by_people(rng: random.Random, dialogue: Dialogue) -> Dialogue:
    """The dialogue with some of its questions put as people put them; answers and split stay the same."""
    return replace(dialogue, turns=tuple(replace(turn, question=_put(rng, turn.question)) for turn in dialogue.turns))


def _put(rng: random.Random, question: str) -> str:
    if rng.random() < 0.3 and (other := _carried(rng, question)):
        question = other
    if rng.random() > 0.22 or question.startswith(_COMPLETE):
        return question
    if question.endswith("?") and rng.random() < 0.35:
        return f"{question[:-1]}, please?"
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
