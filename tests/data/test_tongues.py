"""data/tongues.py: what people make of English sounds; and that espeak-ng says so."""

import pytest

from thinkaloud.data.espeak import _engine, _pronounced
from thinkaloud.data.tongues import TONGUES, spoken_by
from thinkaloud.data.voices import open_voice


def everyone(tongue: str, phonemes: str) -> set[str]:
    return {spoken_by(tongue, str(number))(phonemes) for number in range(200)}


@pytest.mark.parametrize(
    ("tongue", "phonemes", "strongest"),
    [
        ("german", "T'INk Vv br'Ed", "s'INk af bR'Et"),
        ("indian", "w'eIt fO@ D@2 v'an", "v#'e:t fO@ d[@2 v#'an"),
        ("french", "h'aU tS'i:p", "'aU S'i:p"),
        ("spanish", "sp'El 'Es z'u:", "esp'El 'Es s'u:"),
        ("italian", "T'INk b'Ig", "t'i:Nk@ b'i:g@"),
        ("london", "b'Vt#3 w'O@ f'A@rm r'Vn", "b'V?3 w'O@ f'A@m r'Vn"),
        ("japanese", "l'Iv ri:d", "*'ib@ *i:d@"),
    ],
)
def test_a_language_has_habits_and_a_speaker_most_of_them(tongue, phonemes, strongest):
    found = everyone(tongue, phonemes)
    assert strongest in found, "somebody has all of them"
    assert 2 < len(found) < 100, "not everybody has"


def test_a_sound_of_two_signs_is_one_sound():
    assert everyone("chinese", "dZ'oU tS'aI") == {"dZ'oU tS'aI", "dZ'o tS'aI"}, "no Z and no S is in them"
    assert everyone("polish", "D@L 3:") == {"D@L 3:", "d@L 3:"}


@pytest.mark.parametrize("tongue", TONGUES)
def test_a_speaker_always_has_the_same_habits_and_some_english_is_left(tongue):
    text = "T'INk Vv D@2 w'ED3 f'3: m'i:"
    assert spoken_by(tongue, "f3")(text) == spoken_by(tongue, "f3")(text)
    assert all(said.count(" ") == 5 and "m'i:" in said for said in everyone(tongue, text))
    assert len(everyone(tongue, text)) > 2


def test_unknown_languages_are_refused():
    with pytest.raises(ValueError, match=r"'klingon'; known: arabic, chinese"):
        spoken_by("klingon", "f3")
    with pytest.raises(ValueError, match="klingon"):
        open_voice("espeak:en-us~klingon+f3")


def test_espeak_says_what_the_speaker_makes_of_it():
    try:
        plain, german = open_voice("espeak:en-us+f3"), open_voice("espeak:en-us~german+f3")
    except ValueError as error:
        pytest.skip(f"not installed: {error}")
    assert german.name == "espeak:en-us~german+f3"
    text = "Wait: these three red birds, and that. Is it v, w or a?"
    one, other = plain.speak(text), german.speak(text)
    assert other.duration_s == pytest.approx(one.duration_s, rel=0.15), "clauses and pauses are where they were"
    assert german.speak(text, speed=1.3).duration_s < 0.85 * other.duration_s
    sounds = _pronounced(_engine()[0], "Think, Joe, of bread?", spoken_by("german", "f3"))
    assert sounds == "[[s'INk]], [[dZ'oU]], [[af bR'Et]]?", "as it was just spoken, in this accent"
    assert german.speak("Hello, Joe").num_samples > 0
