"""What one sample of the pocket domain is: a dialogue of turns, and the fixed, honest split into training and test.

kind of content                       held out by                          what the test then measures
open    digit strings, words, names   the content itself, in every wording  composing what was never said
closed  tables, capitals, days        the wording (fact x phrasing)         hearing and wording; the fact was taught
"""

import zlib
from dataclasses import dataclass

TEST_PERCENT = 10


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What the user says and what is answered; `answer=None`: stay silent (ignore what was heard)."""

    question: str
    answer: str | None


@dataclass(frozen=True, kw_only=True)
class Dialogue:
    """One or more turns about `content`; `wording` is the question without the small words around it ("" for small talk)."""

    turns: tuple[Turn, ...]
    content: str
    is_open: bool
    wording: str
    intent: str = ""
    mentions: tuple[str, ...] = ()  # closed facts that turns of a longer dialogue state


def opened(question: str, answer: str, content: str) -> Dialogue:
    """A single turn with open content, held out by content."""
    return Dialogue(turns=(Turn(question=question, answer=answer),), content=content, is_open=True, wording=question)


def closed(question: str, answer: str, fact: str) -> Dialogue:
    """A single turn about a closed fact, held out by wording."""
    return Dialogue(turns=(Turn(question=question, answer=answer),), content=fact, is_open=False, wording=question)


def talk(content: str, *turns: tuple[str, str], mentions: tuple[str, ...] = ()) -> Dialogue:
    """Several turns (question, answer), held out by content."""
    made = tuple(Turn(question=question, answer=answer) for question, answer in turns)
    wording = " | ".join(turn.question for turn in made)
    return Dialogue(turns=made, content=content, is_open=True, wording=wording, mentions=mentions)


def split(dialogue: Dialogue, hold_out_facts: bool = False) -> str:
    """Give "train" or "test", by hash alone: the same for every run, machine and voice.

    With `hold_out_facts` closed facts are held out across all their wordings, and wherever a longer dialogue states them
    (the ablation: can it calculate, or does it know the table?).
    """
    asked = dialogue.wording or " | ".join(turn.question for turn in dialogue.turns)
    keys = [dialogue.content if dialogue.is_open or hold_out_facts else asked]
    keys += dialogue.mentions if hold_out_facts else ()
    return "test" if any(is_held_out(key) for key in keys) else "train"


def is_held_out(key: str) -> bool:
    """Whether a content (or a wording) belongs to the test."""
    return zlib.crc32(f"pocket {key}".encode()) % 100 < TEST_PERCENT
