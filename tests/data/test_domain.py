"""The pocket domain: one right answer, a closed word list, an honest split."""

import random
import re
from collections import defaultdict

import pytest

from thinkaloud.data import domain
from thinkaloud.data.domain.alone import KINDS, said_alone
from thinkaloud.data.domain.clock import clock
from thinkaloud.data.domain.dialogue import Dialogue, Turn, is_held_out, opened, split
from thinkaloud.data.domain.lexicon import NAMES, PET_NAMES
from thinkaloud.data.domain.names import FURTHER_NAMES
from thinkaloud.data.domain.numbers import fact, say
from thinkaloud.data.domain.phrasing import spoken_by_people

STATED = re.compile(r"(.+) (plus|minus|times|divided by) (.+) is (.+)\.")


def dialogues(intent: str, number: int = 300, seed: int = 0) -> list[Dialogue]:
    rng = random.Random(seed)
    return [domain.generate(rng, intent) for _ in range(number)]


def test_there_are_many_intents_and_all_can_be_drawn_from_both_splits():
    assert len(domain.intents()) >= 30
    rng = random.Random(0)
    for intent in domain.intents():
        for wanted in ("train", "test"):
            made = domain.draw(rng, intent, wanted)
            assert made.intent == intent
            assert domain.split(made) == wanted


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_said_alone_is_of_the_closed_list_too(kind):
    rng = random.Random(0)
    said = {said_alone(rng, kind) for _ in range(200)}
    assert len(said) > 30
    assert all(set(domain.tokens(text)) <= set(domain.words()) for text in said)
    assert all(len(word) == 1 for text in said for word in text.replace(",", "").split()) == (kind == "letters")


@pytest.mark.parametrize("intent", domain.intents())
def test_texts_are_lower_case_words_of_the_closed_list(intent):
    known = set(domain.words())
    for dialogue in dialogues(intent, seed=7):
        for turn in dialogue.turns:
            for text in (turn.question, turn.answer or ""):
                assert re.fullmatch(r"[a-z'.,:? ]+", text), text
                unknown = set(domain.tokens(text)) - known
                assert not unknown or intent in domain.SPELLING, f"made up, but not to be spelled: {unknown}"
                assert "  " not in text
                assert text[-1] in ".?", text


def test_the_word_list_stays_compact_and_holds_letters_and_marks():
    words = domain.words()
    assert len(words) < 3500  # of which some 1,700 are names and common words, each said seldom
    assert set("abcdefghijklmnopqrstuvwxyz.,:?'") <= set(words)


def test_frequent_words_hold_the_numbers_and_none_that_are_there_to_be_spelled():
    frequent = set(domain.frequent_words())
    assert {"seven", "thirty", "what", "the", "."} <= frequent < set(domain.words())
    assert not {"carrot", "maria", "elephant"} & frequent


def test_a_first_question_has_one_right_answer():
    answers = defaultdict(set)
    for intent in domain.intents():
        for dialogue in dialogues(intent, 800, seed=3):
            answers[dialogue.turns[0].question].add(dialogue.turns[0].answer)
    assert {question: given for question, given in answers.items() if len(given) > 1} == {}


def test_answers_are_short_and_more_than_thirty_thousand_are_distinct():
    rng = random.Random(1)
    made = [turn.answer or "" for _ in range(40_000) for turn in domain.generate(rng, "repeat").turns]
    assert len(set(made)) > 30_000
    for intent in domain.intents():
        longest = max(len((turn.answer or "").split()) for dialogue in dialogues(intent) for turn in dialogue.turns)
        assert longest <= 30, intent


def test_open_content_is_held_out_in_every_wording_and_intent():
    spoken = defaultdict(set)
    rng = random.Random(2)
    for _ in range(12_000):
        dialogue = domain.generate(rng, rng.choice(("digits", "remember_number", "change_mind")))
        if dialogue.is_open and "unknown" not in dialogue.content:
            spoken[domain.split(dialogue)].add(dialogue.content)
    assert len(spoken["test"]) > 500
    assert not spoken["train"] & spoken["test"]


def test_names_are_many_and_some_of_them_are_for_tests_alone():
    assert len(set(FURTHER_NAMES)) == len(FURTHER_NAMES) > 350 and not set(FURTHER_NAMES) & {*NAMES, *PET_NAMES}
    rng, said = random.Random(5), {"train": set(), "test": set()}
    for which, names in said.items():
        for _ in range(600):
            words = domain.draw(rng, "say_to", which).turns[0].answer.rstrip(".").split()
            names.add(words[-1])
    assert len(said["train"] & set(NAMES)) > 50 and len(said["train"] & set(FURTHER_NAMES)) > 150
    assert len(said["test"] & set(FURTHER_NAMES)) > 20 and not said["train"] & said["test"]


def test_closed_facts_are_all_taught_and_held_out_by_wording():
    for intent in ("capital", "opposite", "day", "season"):
        made = dialogues(intent, 5000)
        taught = {d.turns[0].answer for d in made if domain.split(d) == "train"}
        assert {d.turns[0].answer for d in made if domain.split(d) == "test"} <= taught
        wordings = {kind: {d.wording for d in made if domain.split(d) == kind} for kind in ("train", "test")}
        assert not wordings["train"] & wordings["test"]


def test_holding_out_facts_hides_them_from_every_dialogue():
    value = {say(number): number for number in range(101)}
    rng, stated, held = random.Random(4), set(), set()
    for _ in range(6000):
        dialogue = domain.generate(rng, rng.choice(("arithmetic", "calculate_on", "change_mind", "remember_name", "say_again")))
        for turn in dialogue.turns:
            found = STATED.fullmatch(turn.answer or "")
            if found:
                key = fact(value[found[1]], found[2], value[found[3]])
                (stated if domain.split(dialogue, hold_out_facts=True) == "train" else held).add(key)
    assert not any(is_held_out(key) for key in stated)
    assert len([key for key in held if is_held_out(key)]) > 20


def test_the_split_never_changes():
    """Pinned: shipped weights were trained on one side of it."""
    held = [key for key in map(say, range(100)) if is_held_out(key)]
    expected = "zero, eleven, twelve, eighteen, thirty eight, fifty, seventy eight, seventy nine, eighty two, ninety two"
    assert ", ".join(held) == expected


def test_arithmetic_is_right():
    value = {say(number): number for number in range(201)}
    rules = {
        "plus": lambda a, b: a + b,
        "minus": lambda a, b: a - b,
        "times": lambda a, b: a * b,
        "divided by": lambda a, b: a / b,
    }
    for dialogue in dialogues("arithmetic", 3000):
        stated = STATED.fullmatch(dialogue.turns[0].answer or "")
        if stated:
            assert rules[stated[2]](value[stated[1]], value[stated[3]]) == value[stated[4]]
        else:
            assert re.match("double|half of", dialogue.turns[0].answer or "")


def test_memory_comes_back_over_other_turns():
    for dialogue in dialogues("remember_name", 400):
        first, last = dialogue.turns[0], dialogue.turns[-1]
        if len(dialogue.turns) > 1:
            name = re.fullmatch(r"your name is (\w+)\.", last.answer or "")
            assert name
            assert name[1] in " ".join(turn.question for turn in dialogue.turns[:2])
        else:
            assert first.answer == "you did not tell me your name."
    assert max(len(dialogue.turns) for dialogue in dialogues("remember_name", 400)) >= 4


def test_the_ignored_turn_has_no_answer():
    assert domain.generate(random.Random(0), domain.IGNORE).turns == (Turn(question="", answer=None),)


@pytest.mark.parametrize(
    ("question", "put"),
    [
        ("what is the capital of italy?", ("could you tell me what the capital of italy is?", "i need the capital of italy.")),
        (
            "what sound does a cow make?",
            ("i'd like to know what sound a cow makes.", "quick question. what sound does a cow make?"),
        ),
        ("how do you spell carrot?", ("tell me how to spell carrot.",)),
        (
            "is twenty one even or odd?",
            ("i wonder if twenty one is even or odd.", "do you know whether twenty one is even or odd?"),
        ),
        ("who are you?", ("please tell me who you are.",)),
        ("count to ten.", ("count to ten for me.", "could you please count to ten?")),
        ("repeat after me: cold milk.", ("i want you to repeat after me: cold milk.",)),
    ],
)
def test_a_question_is_put_in_many_ways_and_keeps_its_answer(question, put):
    rng, asked = random.Random(0), opened(question, "okay.", "x")
    made = [spoken_by_people(rng, asked) for _ in range(10_000)]
    assert {one.turns[0].answer for one in made} == {"okay."} and {split(one) for one in made} == {split(asked)}
    found = {one.turns[0].question for one in made}
    assert set(put) <= found
    assert 0.3 < sum(one.turns[0].question == question for one in made) / len(made) < 0.75
    if question.startswith("repeat"):
        assert all("cold milk" in one and one.index("cold milk") >= len(one) - len("cold milk, please?") for one in found)


def test_what_is_told_is_not_put_as_a_question():
    told = opened("my name is ben.", "hello, ben.", "x")
    found = {spoken_by_people(random.Random(n), told).turns[0].question for n in range(400)}
    assert all(one.endswith("my name is ben.") for one in found) and len(found) > 12
    assert not [one for one in found if re.search(r"\b(tell|know|wonder) (me )?my name is ben", one)]


def test_what_does_not_matter_may_stand_around_a_question():
    asked = opened("what is the capital of italy?", "rome.", "x")
    found = [spoken_by_people(random.Random(n), asked).turns[0].question for n in range(3000)]
    before = [
        one for one in found if re.fullmatch(r"(i|we|my|our|there|it|this|the|a|somebody|let|now|here)\b.*[.,:] .*italy\?", one)
    ]
    behind = [one for one in found if re.fullmatch(r".*italy\? [a-z' ]+\.", one)]
    assert len(set(before)) > 100 and len(set(behind)) > 10
    assert set(domain.tokens(" ".join(found))) <= set(domain.words())


def test_numbers_and_times_in_words():
    assert say(121) == "one hundred twenty one"
    assert say(10_000) == "ten thousand"
    assert (clock(3 * 60), clock(3 * 60 + 5), clock(-10), clock(12 * 60 + 30)) == (
        "three o'clock",
        "three oh five",
        "eleven fifty",
        "twelve thirty",
    )


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match="no intent 'weather'"):
        domain.generate(random.Random(0), "weather")
    with pytest.raises(ValueError, match="train and test"):
        domain.draw(random.Random(0), "digits", "dev")


def test_letters_of_made_up_words_cannot_be_known_by_ear():
    assert domain.told_by_sound("spell", "c a r r o t.") and domain.told_by_sound("letters", "carrot has six letters.")
    assert not domain.told_by_sound("spell", "d o a t h b i a d.") and not domain.told_by_sound(
        "letters", "guvi ends with the letter i."
    )
    assert domain.told_by_sound("unspell", "g u v i spells guvi."), "its letters were heard"
    for intent in domain.intents():
        rng = random.Random(intent)
        made = [domain.generate(rng, intent) for _ in range(200)]
        known = [domain.told_by_sound(intent, one.turns[-1].answer or "") for one in made]
        assert all(known) == (intent not in ("spell", "letters")) and sum(known) > 100


def test_further_words_are_only_spelled_and_known_from_the_domains_own():
    assert domain.is_further("spell", "b a c k p a c k.") and domain.is_further("unspell", "a p r o n spells apron.")
    assert domain.is_further("letters", "apron has five letters.") and domain.told_by_sound(
        "letters", "apron has five letters."
    )
    assert not domain.is_further("spell", "c a r r o t.") and not domain.is_further("repeat", "apron.")
    for intent in domain.intents():
        rng = random.Random(intent)
        found = [domain.is_further(intent, domain.generate(rng, intent).turns[-1].answer or "") for _ in range(200)]
        assert 40 < sum(found) < 90 if intent in domain.SPELLING else not any(found), intent
