"""The mixture of the pocket recipe: what its stages draw, how often, and as which task.

Intents are drawn by share, not by how many sentences they can make: open content and rules want more than tables of a few
facts. The voice has shares of its own.
"""

from thinkaloud.data import domain
from thinkaloud.data.mixture import Part
from thinkaloud.data.pocket_turns import HeardAnswers, SpokenAnswers, SpokenTurns, WrittenTurns

# open content and rules want more draws than tables of a few facts
_SHARES = {
    **dict.fromkeys(("spell", "unspell", "letters", "kind"), 8.0),
    **dict.fromkeys(("clock", "compare"), 6.0),
    "repeat": 7.0,
    "say_to": 6.0,
    "backwards": 4.0,
    **dict.fromkeys(("count", "refuse", "remember_name", "unit"), 3.0),
    **dict.fromkeys(("digits", "arithmetic", "change_mind", "say_again", "calculate_on", "thanks", "plural"), 2.0),
    **dict.fromkeys(("remember_number", "remember_thing", "alphabet", "day"), 1.5),
    **dict.fromkeys(("next_number", "how_many"), 1.5),
    **dict.fromkeys(("capital", "animal"), 2.0),
}
# in writing letters cost next to nothing, and copying them, names and words without a slip wants many draws; so do sums of
# clock times, and intents that are asked in hundreds of ways which have few words in common
_WRITTEN_SHARES = _SHARES | {
    **dict.fromkeys(("backwards", "kind"), 18.0),
    "unspell": 16.0,
    **dict.fromkeys(("clock", "compare", "spell", "refuse", "repeat"), 14.0),
    **dict.fromkeys(("letters", "say_to", "remember_name"), 10.0),
    **dict.fromkeys(("identity", "arithmetic"), 8.0),
    **dict.fromkeys(("greeting", "animal", "unit", "day", "say_again"), 6.0),
    **dict.fromkeys(("ability", "color", "alphabet", "month", "count", "next_number"), 5.0),
    **dict.fromkeys(("farewell", "joke"), 4.0),
    **dict.fromkeys(("thanks", "how_many", "opposite", "plural", "even_odd", "capital", "change_mind", "season"), 3.0),
    "remember_thing": 6.0,
    "remember_number": 3.0,
}
# the voice learns its words from sentences of open words, not from tables said again and again
_SPOKEN_SHARES = _SHARES | {
    "repeat": 40.0,
    **dict.fromkeys(("backwards", "change_mind", "remember_name", "say_to", "spell", "unspell"), 8.0),
    "letters": 7.0,
    **dict.fromkeys(("plural", "unit"), 5.0),
    **dict.fromkeys(("digits", "remember_thing", "kind"), 4.0),
    **dict.fromkeys(("clock", "compare"), 3.0),
    "refuse": 1.5,
}


def writing(root: str, split: str = "train", intents: str = "") -> tuple[Part, ...]:
    """Without ears: answers read aloud, dialogues in writing answered aloud and in writing."""
    codes, corpus, left_out = f"{root}/codes", f"{root}/corpus", _left_out(intents)
    spoken, written = _SPOKEN_SHARES | left_out, _WRITTEN_SHARES | left_out
    return (
        Part(data=SpokenAnswers(codes=codes, split=split, shares=spoken), tasks={"tts": 1.0}, weight=0.4),
        Part(data=WrittenTurns(codes=codes, corpus=corpus, split=split, shares=spoken), tasks={"t1a2": 1.0}, weight=0.2),
        Part(data=WrittenTurns(split=split, shares=written), tasks={"t1t2": 1.0}, weight=0.4),
    )


def hearing(root: str, split: str = "train", intents: str = "") -> tuple[Part, ...]:
    """Everything, half of it heard: most of that as transcripts, of each turn by itself, of its own voice, of readings."""
    heard = SpokenTurns(
        corpus=f"{root}/corpus",
        codes=f"{root}/codes",
        features=f"{root}/heard/questions",
        people=f"{root}/heard/people",
        nonspeech=f"{root}/heard/nonspeech",
        split=split,
        shares=_SHARES | _left_out(intents),
    )
    read, ask, write = writing(root, split, intents)
    said = HeardAnswers(features=f"{root}/heard/said", split=split, shares=_SPOKEN_SHARES | _left_out(intents))
    people = HeardAnswers(features=f"{root}/heard/readings", split=split)
    told = ((said, 0.05), (people, 0.06))
    return (
        *(Part(data=data, tasks={"asr": 1.0}, weight=weight) for data, weight in told if data.is_there),
        Part(data=heard.replace(alone=True), tasks={"asr": 1.0}, weight=0.31),
        Part(data=heard.replace(must_speak=True), tasks={"a1a2": 1.0}, weight=0.06),
        Part(data=heard, tasks={"a1t2": 1.0}, weight=0.05),
        read.replace(weight=0.24),
        ask.replace(weight=0.06),
        write.replace(weight=0.23),
    )


def _left_out(intents: str) -> dict[str, float]:
    """No draws of the intents that a list with commas does not name; ValueError for a name that is none."""
    chosen = [name.strip() for name in intents.split(",") if name.strip()]
    if unknown := set(chosen) - set(domain.intents()):
        raise ValueError(f"no intent {', '.join(sorted(unknown))}; known: {', '.join(domain.intents())}")
    return {intent: 0.0 for intent in domain.intents() if chosen and intent not in chosen}
