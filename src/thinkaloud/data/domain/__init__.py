"""The pocket domain: what the embedded model is asked and answers. Text only; `pocket_corpus` lets voices speak it.

    rng = random.Random(0)
    generate(rng, "arithmetic")     a Dialogue: one or more turns (question, answer)
    draw(rng, "digits", "test")     one of the split that is asked for
    intents()                       their names; sampled evenly, not by how many sentences each can make
    words(), frequent_words()       every word the domain uses; those that most sentences are made of, for the tokenizer

Text form, questions and answers alike: lower-case words as they are spoken, numbers spelt out, and `. , : ?`. Spelled words
are single letters with spaces ("c a t"); a letter on its own follows the word "letter", so "a" is else the article.
The answer is a function of the dialogue: one question has one right answer.
"""

import functools
import random
import re
from collections import Counter
from dataclasses import replace

from thinkaloud.data.domain import (
    calendar,
    chat,
    clock,
    identity,
    jokes,
    kinds,
    language,
    letters,
    memory,
    numbers,
    refuse,
    small_talk,
    spelling,
    world,
)
from thinkaloud.data.domain.common import COMMON
from thinkaloud.data.domain.dialogue import Dialogue, Turn, split
from thinkaloud.data.domain.lexicon import OPEN_WORDS, PET_NAMES, SPELLABLE, SPELT_TOO, WORDED
from thinkaloud.data.domain.names import FURTHER_NAMES
from thinkaloud.data.domain.phrasing import spoken_by_people, words_of_politeness

__all__ = [
    "Dialogue",
    "Turn",
    "split",
    "generate",
    "draw",
    "intents",
    "told_by_sound",
    "is_further",
    "words",
    "frequent_words",
    "made_up_words",
    "count",
]

_MAKERS = {
    **chat.INTENTS,
    **identity.INTENTS,
    **jokes.INTENTS,
    **small_talk.INTENTS,
    **numbers.INTENTS,
    **language.INTENTS,
    **spelling.INTENTS,
    **letters.INTENTS,
    **world.INTENTS,
    **kinds.INTENTS,
    **refuse.INTENTS,
    **calendar.INTENTS,
    **clock.INTENTS,
    **memory.INTENTS,
}
SPELLING = ("spell", "unspell", "letters")  # the intents that take made-up words too
_FURTHER = frozenset(COMMON)
_REAL = _FURTHER.union(SPELLABLE, SPELT_TOO)
IGNORE = "ignore"  # not speech, or not addressed to anyone: the turn has no words and no answer


def intents() -> tuple[str, ...]:
    """The names of all intents that are answered; `IGNORE` is the one that is not."""
    return tuple(_MAKERS)


def generate(rng: random.Random, intent: str) -> Dialogue:
    """A dialogue of the intent, worded at random; ValueError for an unknown intent."""
    if intent == IGNORE:
        return Dialogue(
            turns=(Turn(question="", answer=None),), content=f"{rng.random()}", is_open=True, wording="", intent=intent
        )
    if intent not in _MAKERS:
        raise ValueError(f"no intent {intent!r}; known: {', '.join((*_MAKERS, IGNORE))}")
    return replace(spoken_by_people(rng, _MAKERS[intent](rng)), intent=intent)


def draw(rng: random.Random, intent: str, wanted: str, hold_out_facts: bool = False) -> Dialogue:
    """A dialogue of one split ("train" or "test")."""
    if wanted not in ("train", "test"):
        raise ValueError(f"the splits are train and test, not {wanted!r}")
    while True:
        made = generate(rng, intent)
        if split(made, hold_out_facts) == wanted:
            return made


def told_by_sound(intent: str, answer: str) -> bool:
    """Whether who hears the question can know this answer: the sound of a made-up word does not tell its letters."""
    word = _spelled_word(intent, answer)
    return intent == "unspell" or not word or word in _REAL


def is_further(intent: str, answer: str) -> bool:
    """Whether this answer is about the letters of one of the many common words, which no intent needs."""
    return _spelled_word(intent, answer) in _FURTHER


def _spelled_word(intent: str, answer: str) -> str:
    """The word whose letters an answer is about; empty if it is about none."""
    if intent == "spell":
        return answer.rstrip(".").replace(" ", "")
    words = answer.rstrip(".").split()
    return words[0] if intent == "letters" else words[-1] if intent == "unspell" else ""


def tokens(text: str) -> list[str]:
    """The words and punctuation marks of a text of the domain."""
    return re.findall(r"[a-z']+|[.,:?]", text)


@functools.cache
def words(num_samples: int = 1000) -> tuple[str, ...]:
    """Every word of the domain that means something, letters and punctuation included, sorted."""
    return tuple(sorted(_counted(num_samples)))


@functools.cache
def frequent_words(least: int = 250, num_samples: int = 1000) -> tuple[str, ...]:
    """What sentences are made of, sorted: numbers, letters, punctuation, and words that intents drawn evenly use often.

    Words that are there to be spelled are not among them.
    """
    fixed = {*_MARKS, *(word for number in range(101) for word in numbers.say(number).split())}
    counted = _counted(num_samples)
    return tuple(sorted(fixed | {word for word, times in counted.items() if times >= least and word not in SPELLABLE}))


@functools.cache
def made_up_words(num_samples: int = 4000) -> tuple[str, ...]:
    """Many of the words without a meaning that are there to be spelled."""
    rng = random.Random(0)
    return tuple(sorted({spelling.made_up(rng) for _ in range(num_samples)}))


_MARKS = f"{spelling.ALPHABET}.,:?'"


@functools.cache
def _counted(num_samples: int) -> Counter[str]:
    """How often many dialogues of each intent use each word; those of the lists at least once."""
    rng, found = random.Random(0), {intent: Counter[str]() for intent in _MAKERS}
    for intent, counter in found.items():
        for _ in range(num_samples):
            for turn in _MAKERS[intent](rng).turns:
                counter.update(tokens(f"{turn.question} {turn.answer}"))
        if intent in SPELLING:  # a word of its fixed sentences comes up often; one that was made up to be spelled does not
            found[intent] = Counter({word: times for word, times in counter.items() if times >= num_samples // 200})
    return sum(found.values(), Counter(_MARKS) + Counter(tokens(" ".join(_listed_words()))))


def _listed_words() -> tuple[str, ...]:
    """The open words, so that the list holds the rare ones too, and the words of politeness."""
    return (
        *OPEN_WORDS,
        *SPELLABLE,
        *SPELT_TOO,
        *COMMON,
        *PET_NAMES,
        *FURTHER_NAMES,
        *refuse.CHORES,
        *tokens(" ".join((*refuse.TOPICS, *refuse.WISHES))),
        *(numbers.say(number) for number in range(101)),
        *tokens(words_of_politeness()),
        *tokens(re.sub(r"\{.*?\}", " ", " ".join(WORDED))),
    )


def count(num_samples: int = 2000, seed: int = 0) -> dict[str, dict[str, int]]:
    """Per intent: how many distinct questions and answers `num_samples` draws give, and how many of them are test."""
    rng, found = random.Random(seed), {}
    for intent in _MAKERS:
        made = [generate(rng, intent) for _ in range(num_samples)]
        turns = [turn for dialogue in made for turn in dialogue.turns]
        splits = Counter(map(split, made))
        found[intent] = {
            "questions": len({turn.question for turn in turns}),
            "answers": len({turn.answer for turn in turns}),
            "test": splits["test"],
        }
    return found
