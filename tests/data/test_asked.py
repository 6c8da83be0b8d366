"""What people say to the pocket model, in writing."""

from thinkaloud.data import domain
from thinkaloud.data.asked import AskedTurns


def test_conversations_are_drawn_by_number_and_seed() -> None:
    source = AskedTurns()
    some = [source.draw(n, 1) for n in range(300)]
    assert some == [source.draw(n, 1) for n in range(300)] != [source.draw(n, 2) for n in range(300)]
    alone = [turns for turns in some if turns[-1].answer is None]
    assert 60 < len(alone) < 140 and all(len(turns) == 1 and turns[0].said for turns in alone)
    others = [turns for turns in some if turns[-1].answer is not None]
    assert max(map(len, others)) > 3 and all(turn.said and turn.answer for turns in others for turn in turns)


def test_nothing_is_drawn_that_is_held_out() -> None:
    def strings(split: str) -> set[str]:
        source = AskedTurns(split=split, intents=("digits",))
        said = {turn.answer for n in range(400) for turn in source.draw(n, 0) if turn.answer}
        return {text for text in said if len(text.split()) > 3}  # of a digit or two all are taught

    taught, tested = strings("train"), strings("test")
    assert len(taught) > 200 and len(tested) > 100 and not taught & tested


def test_only_wanted_intents() -> None:
    wanted = ("greeting", "color")
    answers = {turn.answer for n in range(100) for turn in AskedTurns(intents=wanted).draw(n, 0) if turn.answer}
    assert answers and set(wanted) <= set(domain.intents())
    assert not any("plus" in answer or "spell" in answer for answer in answers)
