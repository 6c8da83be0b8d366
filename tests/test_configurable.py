"""Configs: JSON in and out, values checked against their types, and no way for a checkpoint to import code."""

import enum
import json
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

import pytest

from thinkaloud.configurable import Config
from thinkaloud.layout.delayed import DelayedConfig
from thinkaloud.tokens import Role, Stream


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, kw_only=True)
class Inner(Config):
    size: int
    rate: float = 1.0
    names: tuple[str, ...] = ()
    pair: tuple[int, str] = (1, "one")


@dataclass(frozen=True, kw_only=True)
class Outer(Config):
    inner: Inner = Inner(size=3)
    inners: tuple[Inner, ...] = ()
    maybe: Inner | None = None
    any_part: Config | None = None
    color: Color = Color.RED
    on: bool = False
    title: str = ""
    path: str | None = None
    values: dict[str, Any] = field(default_factory=dict)


HERE = (__name__.partition(".")[0],)
FULL = Outer(
    inner=Inner(size=4, rate=0.5, names=("a", "b"), pair=(2, "two")),
    inners=(Inner(size=1), Inner(size=2)),
    maybe=Inner(size=7),
    any_part=Inner(size=8),
    color=Color.BLUE,
    on=True,
    title="5",
    values={"class": "not ours", "list": [1, [2]], "deep": {"x": None}},
)


@pytest.mark.parametrize("config", [Outer(), FULL], ids=["defaults", "full"])
def test_json_gives_back_an_equal_config(config):
    assert Outer.from_json(config.to_json(), trust=HERE) == config
    assert Config.from_json(config.to_json(), trust=HERE) == config  # the class named in the JSON is the registry


def test_json_of_a_real_layout_holds_streams_roles_and_tuples():
    config = DelayedConfig(
        streams=(
            Stream(name="text", role=Role.TEXT, size=10, num_ids=20),
            Stream(name="a", role=Role.SAY, size=4, specials=("end", "pad"), delay_steps=2),
        )
    )
    plain = json.loads(config.to_json())
    assert plain["class"] == "thinkaloud.layout.delayed.DelayedConfig"
    assert plain["streams"][1]["specials"] == ["end", "pad"] and plain["streams"][1]["role"] == "say"
    assert Config.from_json(config.to_json()) == config


def test_a_class_outside_the_package_is_refused_and_not_even_imported(tmp_path):
    (tmp_path / "evil_module.py").write_text("raise SystemExit('imported')")
    program = (
        "from thinkaloud.configurable import Config\n"
        "try: Config.from_dict({'class': 'evil_module.Evil'})\n"
        "except ValueError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0 and "which is not a class of thinkaloud" in done.stdout, done.stderr


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("os.system", "not a class of thinkaloud"),
        ("thinkaloudly.Evil", "not a class of thinkaloud"),
        (None, "not a class of thinkaloud"),
        ("thinkaloud.configurable.json", "not a config class"),
        ("thinkaloud.tokens.Role", "not a config class"),
        ("thinkaloud.configurable.Config", "not a config class"),
        ("thinkaloud.tokens.Nothing", "this version does not have"),
        ("thinkaloud.nowhere.Config", "this version does not have"),
    ],
)
def test_classes_that_are_not_configs_of_ours_are_refused(name, message):
    with pytest.raises(ValueError, match=message):
        Config.from_dict({"class": name})
    with pytest.raises(ValueError, match=message):  # also deep inside
        Outer.from_dict({"class": f"{__name__}.Outer", "any_part": {"class": name}}, trust=HERE)


def test_a_trusted_package_is_named_by_the_caller():
    plain = FULL.to_dict()
    with pytest.raises(ValueError, match="pass trust="):
        Outer.from_dict(plain)
    assert Outer.from_dict(plain, trust=HERE) == FULL


def test_a_config_of_another_kind_is_refused():
    with pytest.raises(ValueError, match="expected a Inner in the config, found Outer"):
        Inner.from_dict(FULL.to_dict(), trust=HERE)
    with pytest.raises(ValueError, match="expected a Inner in the config, found Outer"):
        Outer.from_dict({"inner": FULL.to_dict()}, trust=HERE)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"size": 3, "rat": 1.0}, "Inner has no field 'rat'; did you mean 'rate'?"),
        ({"size": 3, "zzz": 1.0}, "Inner has no field 'zzz'; known: size, rate, names, pair"),
        ({"rate": 1.0}, "Inner needs size"),
        ({"size": "3"}, "Inner.size must be int, got '3'"),
        ({"size": True}, "Inner.size must be int, got True"),
        ({"size": 3.5}, "Inner.size must be int, got 3.5"),
        ({"size": None}, "Inner.size must be int, got None"),
        ({"size": 3, "names": ["a", 1]}, "Inner.names must be str, got 1"),
        ([1, 2], "expected a Inner with its class and fields, got"),
    ],
)
def test_wrong_fields_are_named(values, message):
    with pytest.raises(ValueError) as error:
        Inner.from_dict(values)
    assert message in str(error.value)


def test_wrong_nested_values_are_named():
    with pytest.raises(ValueError, match=r"Outer.color must be one of red, blue; got 'green'"):
        Outer.from_dict({"color": "green"})
    with pytest.raises(ValueError, match="expected a Config with its class and fields"):
        Outer.from_dict({"any_part": {"size": 3}})


def test_a_whole_number_fits_a_float():
    assert Inner.from_dict({"size": 1, "rate": 2}) == Inner(size=1, rate=2.0)


@pytest.mark.parametrize(
    ("path", "value", "get"),
    [
        ("inner.size", 9, lambda c: c.inner.size),
        ("inner.rate", 2.5, lambda c: c.inner.rate),
        ("inners.1.size", 9, lambda c: c.inners[1].size),
        ("inner.names.0", "z", lambda c: c.inner.names[0]),
        ("on", False, lambda c: c.on),
        ("maybe", None, lambda c: c.maybe),
        ("values.deep.x", 4, lambda c: c.values["deep"]["x"]),
        ("values.new", [1], lambda c: c.values["new"]),
    ],
)
def test_set_changes_one_value_also_when_it_comes_as_text(path, value, get):
    before = FULL.to_json()
    assert get(FULL.set(path, value)) == value
    text = value if isinstance(value, str) else json.dumps(value)
    assert get(FULL.set(path, text)) == value
    assert FULL.to_json() == before  # what `set` gives is a copy


def test_set_reads_text_only_where_the_type_wants_it():
    assert FULL.set("title", "7").title == "7"
    assert FULL.set("path", "weights/run.pt").path == "weights/run.pt"
    assert FULL.set("color", "red").color is Color.RED and FULL.set("color", Color.RED).color is Color.RED
    assert FULL.set("inner.names", '["x", "y"]').inner.names == ("x", "y")
    assert FULL.set("inner", Inner(size=5)).inner.size == 5


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("iner.size", 1, "Outer has no field 'iner'; did you mean 'inner'?"),
        ("inner.sise", 1, "Inner has no field 'sise'; did you mean 'size'?"),
        ("inner.size", "many", "Inner.size must be int, got 'many'"),
        ("inner.size.x", 1, "cannot set 'x' in Inner.size: it is 4"),
        ("inners.5.size", 1, "cannot set '5.size' in Outer.inners"),
        ("title.x", 1, "cannot set 'x' in Outer.title"),
        ("maybe.size.x", 1, "cannot set 'x' in Inner.size"),
        ("on", "maybe", "Outer.on must be bool, got 'maybe'"),
    ],
)
def test_set_names_what_it_cannot_do(path, value, message):
    with pytest.raises(ValueError) as error:
        FULL.set(path, value)
    assert message in str(error.value)


def test_replace_checks_names_and_values_of_its_own():
    assert Inner(size=1).replace(size=2) == Inner(size=2)
    with pytest.raises(ValueError, match="did you mean 'size'"):
        Inner(size=1).replace(siz=2)
    stream = Stream(name="a", role=Role.SAY, size=4)
    with pytest.raises(ValueError, match="delay_steps -1 must not be negative"):
        stream.replace(delay_steps=-1)
