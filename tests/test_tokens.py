"""Stream: the one home of every id."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkaloud.configurable import Config
from thinkaloud.tokens import Role, Stream


def test_the_ids_of_the_published_mini_omni():
    text = Stream(name="text", role=Role.TEXT, size=151936, num_ids=152000, specials=("end", "pad", "input", "answer", "asr"))
    audio = Stream(name="audio1", role=Role.SAY, size=4096, num_ids=4160)
    assert [text.id(name) for name in text.specials] == [151936, 151937, 151938, 151939, 151940]
    assert [audio.id(name) for name in audio.specials] == [4096, 4097, 4098, 4099]
    assert (text.end, text.pad, audio.end, audio.pad) == (151936, 151937, 4096, 4097)


def test_specials_follow_the_ordinary_ids_in_their_order():
    stream = Stream(name="a", role=Role.SAY, size=10, specials=("pad", "extra", "end"))
    assert (stream.pad, stream.id("extra"), stream.end, stream.num_ids) == (10, 11, 12, 13)


@given(st.integers(1, 1000), st.permutations(["end", "pad", "input", "answer", "x"]), st.integers(2, 5), st.integers(0, 9))
def test_every_special_has_an_id_of_its_own_behind_the_codes(size, names, num_names, spare):
    names = tuple(dict.fromkeys([*names[:num_names], "end", "pad"]))
    stream = Stream(name="a", role=Role.SAY, size=size, specials=names, num_ids=size + len(names) + spare)
    ids = [stream.id(name) for name in names]
    assert ids == list(range(size, size + len(names))) and max(ids) < stream.num_ids
    assert Config.from_json(stream.to_json()) == stream


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"size": 0}, "size 0"),
        ({"num_ids": 7}, "size 4 plus 4 specials must fit in num_ids 7"),
        ({"delay_steps": -1}, "must not be negative"),
        ({"specials": ("end", "input")}, "include end and pad"),
        ({"specials": ("end", "pad", "end")}, "distinct"),
    ],
)
def test_bad_streams_are_named(change, message):
    with pytest.raises(ValueError, match=message) as error:
        Stream(**({"name": "voice", "role": Role.SAY, "size": 4} | change))
    assert "'voice'" in str(error.value)


def test_an_unknown_special_lists_the_known_ones():
    with pytest.raises(ValueError, match="stream 'a' has no special 'asr'; it has end, pad, input, answer"):
        Stream(name="a", role=Role.SAY, size=4).id("asr")
