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
from thinkaloud.data.domain.lexicon import wordings
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
_COMMANDS = (
    "add multiply divide calculate count spell name mix reverse turn share take"  # what follows them has an end of its own
)
_OPEN_COMMANDS = "say repeat read tell give write"  # what follows them is to be said, so nothing may come behind it
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
_VERBS = {"say": "says", "spell": "spells", "make": "makes", "have": "has", "sound": "sounds"}
_CLAUSE_WORDS = ("if", "whether", "starts", "begins", "ends", "how", "to", "one", "would", "much")
_WORDS_OF_POLITENESS = (*BEFORE, *CARRIERS, *_BESIDE, *_AFTER, *THINGS_WANTED, *REQUESTS, *_FOR_ME)


def words_of_politeness() -> str:
    """All words that may come in around a question."""
    return " ".join((*(form.replace("{}", "") for form in _WORDS_OF_POLITENESS), *_VERBS.values(), *_CLAUSE_WORDS))


def spoken_by_people(rng: random.Random, dialogue: Dialogue) -> Dialogue:
    """The dialogue with some of its questions put as people put them; answers and split stay the same."""
    return replace(dialogue, turns=tuple(replace(turn, question=_put(rng, turn.question)) for turn in dialogue.turns))


def _put(rng: random.Random, question: str) -> str:
    style = rng.random()
    if style < 0.3 and (other := _carried(rng, question)):
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
    if first in _COMMANDS.split():
        return rng.choice(_FOR_ME if rng.random() < 0.25 else REQUESTS).format(body)
    if first in _OPEN_COMMANDS.split():
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
    """A question as a clause: its verb goes where it stands in a statement, if it is clear where that is."""
    if found := re.fullmatch(r"(what|where|who|how)(?: is|'s) ((?:the|a|an|my|your|half|double|twice) [^,]+)", body):
        return f"{found[1]} {found[2]} is" if rng.random() < 0.7 else body
    if found := re.fullmatch(r"(what(?: \w+)?|which \w+|how many \w+|how) does (.+) (say|spell|make|have|sound)", body):
        return f"{found[1]} {found[2]} {_VERBS[found[3]]}"
    if found := re.fullmatch(r"(what(?: \w+)?|which \w+|how many \w+) do (?!you )(.+) (make|have)", body):
        return f"{found[1]} {found[2]} {found[3]}"
    if found := re.fullmatch(r"(what|which) letter does (.+) (start|begin|end) with", body):
        return f"{found[1]} letter {found[2]} {found[3]}s with"
    if found := re.fullmatch(r"how do you (spell|write|say) (.+)", body):
        return rng.choice(("how to {} {}", "how you {} {}", "how i {} {}", "how one would {} {}")).format(*found.groups())
    if found := re.fullmatch(r"(how do i|how can i|what can i|where do i) (.+)", body):
        return f"{found[1].split()[0]} i {'can ' if ' can ' in found[1] else ''}{found[2]}"
    if found := re.fullmatch(r"(?:what is|what's|how much is) (.+ (?:plus|minus|times|divided by) .+)", body):
        return rng.choice(("what {} is", "how much {} is", "what is {}", "how much is {}")).format(found[1])
    if re.match(r"(what|which|how many)(?: \w+)? (is|are|comes|follows|make|word) ", body):
        return body
    if found := re.fullmatch(r"(who|what|where|how old|how) are you(.*)", body):
        return f"{found[1]} you are{found[2]}"
    if found := re.fullmatch(r"are you (.+)", body):
        return f"{rng.choice(('if', 'whether'))} you are {found[1]}"
    if found := re.fullmatch(rf"is ({_NAMED}) (.+)", body):
        return f"{rng.choice(('if', 'whether'))} {found[1]} is {found[2]}"
    return None
