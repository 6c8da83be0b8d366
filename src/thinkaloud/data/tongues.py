"""English as people say it whose first language, or whose English, is another one: habits, as changes of espeak-ng's phonemes.

    "think of the weather"   T'INk Vv D@2 w'ED3   -> german ->   s'INk af z@2 v'Ez3

Few voices at hand were made from people, and those speak as people do in America or Britain. Which sounds are taken for which
others is common knowledge of teachers (Swan and Smith, "Learner English", has it by language). A speaker has most of the habits
of a language, fixed by the speaker's name, and has them always.

Sounds are written as espeak-ng writes them (`espeak-ng -x`), here in a list; " " is between words, "'" and "," are stress.
"""

import hashlib
import re
from collections.abc import Callable, Sequence

from thinkaloud.data.domain.lexicon import listed

Sounds = list[str]
Habit = Callable[[Sounds], Sounds]
_KEPT = 0.75  # of the habits of a language, those that a speaker has
# what is written with more than one sign; what else there is has one
_SOUND = re.compile(r"aI@|aU@|tS|dZ|[td]\[|t#|[ae]I|[oa]U|OI|[iuAO3aeo]:|[AOeiU]@|aa|@L|@[25]|I[2#]|[aE]#|E2|v#|.", re.DOTALL)
_STOPS = ("tS", "dZ", *"pbtdkg")
_CONSONANTS = (*_STOPS, "t#", *"fvszSZTDmnNlrhjw")
_HARD: dict[str, str] = dict(zip(("dZ", *"bdgvz"), ("tS", *"ptkfs"), strict=True))


def _as(pairs: str) -> list[Habit]:
    """Each sound as another one: "T>s D>z"; nothing behind the arrow: it is left out."""

    def habit(sound: str, other: str) -> Habit:
        return lambda sounds: [one for one in (other if one == sound else one for one in sounds) if one]

    return [habit(*pair.split(">")) for pair in listed(pairs)]


def _hard_ends(sounds: Sounds) -> Sounds:
    """No voice in a consonant that ends a word: "bed" is "bet"."""
    return [_HARD.get(one, one) if _ends(sounds, place) else one for place, one in enumerate(sounds)]


def _open_ends(sounds: Sounds) -> Sounds:
    """A short vowel behind a stop that ends a word."""
    return [
        new for place, one in enumerate(sounds) for new in ([one, "@"] if one in _STOPS and _ends(sounds, place) else [one])
    ]


def _vowel_before_s(sounds: Sounds) -> Sounds:
    """A vowel before s and another consonant: "espell"."""

    def begins(place: int) -> bool:
        return sounds[place] == "s" and _is(sounds, place + 1, _CONSONANTS) and (place == 0 or sounds[place - 1] == " ")

    return [new for place, one in enumerate(sounds) for new in (["e", one] if begins(place) else [one])]


def _weak_r(sounds: Sounds) -> Sounds:
    """No r but before a vowel."""
    return [
        one
        for place, one in enumerate(sounds)
        if one != "r" or not (_ends(sounds, place) or _is(sounds, place + 1, _CONSONANTS))
    ]


def _stopped_t(sounds: Sounds) -> Sounds:
    """A catch of the throat for t at the ends of words and before weak vowels."""

    def caught(place: int) -> bool:
        return sounds[place] in ("t", "t#") and (
            _ends(sounds, place) or _is(sounds, place + 1, ("@", "3", "I", "I2", "@L", "i"))
        )

    return ["?" if caught(place) else one for place, one in enumerate(sounds)]


def _ends(sounds: Sounds, place: int) -> bool:
    return place + 1 == len(sounds) or sounds[place + 1] == " "


def _is(sounds: Sounds, place: int, wanted: Sequence[str]) -> bool:
    return place < len(sounds) and sounds[place] in wanted


_HABITS: dict[str, list[Habit]] = {
    "arabic": _as("p>b, v>f, T>s, D>z, I>i, r>*, tS>S, oU>o:, eI>e:, V>a"),
    "chinese": [*_as("T>s, D>d, v>w, z>s, I>i:, aa>E, a>E, U>u:, Z>r, V>a, oU>o"), _open_ends],
    "dutch": [*_as("T>t, D>d, w>v, aa>E, a>E, V>a, g>x, U>u"), _hard_ends],
    "french": _as("h>, T>s, D>z, r>R, I>i:, U>u:, tS>S, dZ>Z, oU>o, eI>e, V>a, t#>t"),
    "german": [*_as("T>s, D>z, w>v, r>R, aa>E, a>E, V>a, oU>o:, eI>e:, t#>t"), _hard_ends],
    "indian": _as("T>t[, D>d[, w>v#, v>v#, oU>o:, eI>e:, r>*, t#>t, aa>a:, V>@"),
    "italian": [*_as("h>, T>t, D>d, I>i:, V>a, r>*, t#>t, U>u"), _open_ends],
    "japanese": [*_as("T>s, D>z, v>b, l>*, r>*, V>a, aa>a, I>i, oU>o:"), _open_ends],
    "london": [*_as("T>f, D>v, h>, eI>aI, t#>t"), _weak_r, _stopped_t],
    "polish": [*_as("T>f, D>d, w>v, h>x, I>i, r>*, V>a, oU>o, eI>e"), _hard_ends],
    "russian": [*_as("w>v, T>s, D>z, h>x, I>i, r>*, aa>E, a>E, oU>o, eI>e, t#>t"), _hard_ends],
    "scandinavian": _as("T>t, D>d, w>v, z>s, dZ>j, tS>S, r>*, U>u, t#>t"),
    "spanish": [*_as("z>s, v>B, V>a, D>d, I>i, U>u, h>x, oU>o, eI>e, r>*, S>tS, t#>t"), _vowel_before_s],
    "turkish": [*_as("T>t, D>d, w>v, V>a, aa>E, a>E, I>i, oU>o, eI>e, r>*, t#>t"), _hard_ends],
}
TONGUES = tuple(_HABITS)


def has_accent(voice: str) -> bool:
    """Whether a voice of this name speaks with such habits: "espeak:en-us~german+f3"."""
    return "~" in voice


def spoken_by(tongue: str, name: str) -> Callable[[str], str]:
    """What the speaker of this name, whose language `tongue` is, makes of phonemes. ValueError for an unknown language."""
    if tongue not in _HABITS:
        raise ValueError(f"no habits are known of {tongue!r}; known: {', '.join(TONGUES)}")

    def has(number: int) -> bool:
        digest = hashlib.blake2b(f"{tongue}/{name}/{number}".encode(), digest_size=2).digest()
        return int.from_bytes(digest, "big") / 65536 < _KEPT

    habits = [habit for number, habit in enumerate(_HABITS[tongue]) if has(number)]

    def said(phonemes: str) -> str:
        sounds = _SOUND.findall(phonemes)
        for habit in habits:
            sounds = habit(sounds)
        return "".join(sounds)

    return said
