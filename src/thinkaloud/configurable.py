"""Config: the base of every configuration. Frozen, keyword-only, checked once when built, JSON in and out.

A part (codec, listener, head, ...) has a config whose `build()` constructs it. The class named in the JSON is the
registry: there is no table of strings. A saved config may only name classes of this package unless the caller trusts
more, so that a checkpoint can never import code.
"""

import contextlib
import dataclasses
import difflib
import enum
import importlib
import json
import types
import typing
from typing import Any, Self

_CLASS = "class"


class Config:
    """Base of all configs. Subclasses are `@dataclass(frozen=True, kw_only=True)` and may define `build()`."""

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values, with the dotted name of the class under "class"."""
        fields = {f.name: _plain(getattr(self, f.name)) for f in dataclasses.fields(self)}  # type: ignore[arg-type]
        return {_CLASS: f"{type(self).__module__}.{type(self).__qualname__}", **fields}

    def to_json(self) -> str:
        """The same as indented JSON text."""
        return json.dumps(self.to_dict(), indent=2) + "\n"

    @classmethod
    def from_dict(cls, values: dict[str, Any], trust: tuple[str, ...] = ()) -> Self:
        """The config that `to_dict` described; ValueError for a class that is not ours, trusted or a subclass of `cls`."""
        if not isinstance(values, dict) or (_CLASS not in values and not dataclasses.is_dataclass(cls)):
            raise ValueError(f"expected a {cls.__name__} with its class and fields, got {values!r}")
        found = _config_class(values[_CLASS], trust) if _CLASS in values else cls
        if not issubclass(found, cls):
            raise ValueError(f"expected a {cls.__name__} in the config, found {found.__qualname__}")
        given = {name: value for name, value in values.items() if name != _CLASS}
        _check_names(found, given)
        missing = [f.name for f in dataclasses.fields(found) if _required(f) and f.name not in given]  # type: ignore[arg-type]
        if missing:
            raise ValueError(f"{found.__name__} needs {', '.join(missing)}")
        hints = typing.get_type_hints(found)
        return found(**{name: _typed(value, hints[name], trust, f"{found.__name__}.{name}") for name, value in given.items()})

    @classmethod
    def from_json(cls, text: str, trust: tuple[str, ...] = ()) -> Self:
        """The config in a JSON text."""
        return cls.from_dict(json.loads(text), trust)

    def replace(self, **changes: Any) -> Self:
        """A copy with some fields changed; unknown names are errors that suggest the nearest."""
        _check_names(type(self), changes)
        return dataclasses.replace(self, **changes)  # type: ignore[type-var]

    def set(self, path: str, value: Any) -> Self:
        """A copy with the field at a dotted path changed: `config.set("head.adapter_layers", 2)`.

        A text value is read as JSON where the field's type wants something else (as `--set a.b=1` gives).
        """
        name, _, rest = path.partition(".")
        _check_names(type(self), {name: value})
        hint = typing.get_type_hints(type(self))[name]
        return self.replace(**{name: _changed(getattr(self, name), hint, rest, value, f"{type(self).__name__}.{name}")})


def _changed(here: Any, hint: Any, path: str, value: Any, where: str) -> Any:
    """What `here`, the value of a field of type `hint`, becomes when the value at the path below it changes."""
    name, _, rest = path.partition(".")
    if not path:
        return _read(value, hint, where)
    if isinstance(here, Config):
        return here.set(path, value)
    if isinstance(here, dict):
        return here | {name: _changed(here.get(name), Any, rest, value, f"{where}.{name}")}
    if isinstance(here, tuple) and name.isdigit() and int(name) < len(here):
        args = typing.get_args(hint)
        item = _changed(here[int(name)], args[0] if args else Any, rest, value, f"{where}.{name}")
        return (*here[: int(name)], item, *here[int(name) + 1 :])
    raise ValueError(f"cannot set {path!r} in {where}: it is {here!r}")


def _required(field: dataclasses.Field) -> bool:
    return field.init and field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _plain(value: Any) -> Any:
    if isinstance(value, Config):
        return value.to_dict()
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return value


def _config_class(name: Any, trust: tuple[str, ...]) -> type[Config]:
    allowed = (__name__.partition(".")[0], *trust)
    if not isinstance(name, str) or name.partition(".")[0] not in allowed:
        raise ValueError(
            f"the config names {name!r}, which is not a class of {' or '.join(allowed)}; "
            "pass trust=(package,) only if you know where this checkpoint comes from"
        )
    module, _, qualname = name.rpartition(".")
    try:
        found = getattr(importlib.import_module(module), qualname)
    except (ImportError, AttributeError) as error:
        raise ValueError(f"the config names {name!r}, which this version does not have") from error
    if not (isinstance(found, type) and issubclass(found, Config) and dataclasses.is_dataclass(found)):
        raise ValueError(f"the config names {name!r}, which is not a config class")
    return found


def _check_names(cls: type, given: dict[str, Any]) -> None:
    known = [f.name for f in dataclasses.fields(cls)]
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
            raise ValueError(f"{cls.__name__} has no field {name!r}; {hint}")


def _typed(value: Any, hint: Any, trust: tuple[str, ...], where: str) -> Any:
    """A JSON value as the type of its field: lists become tuples, texts become enum members, dicts become configs."""
    args, origin = typing.get_args(hint), typing.get_origin(hint)
    if origin in (types.UnionType, typing.Union):
        options = [a for a in args if a is not type(None)]
        return _typed(value, options[0], trust, where) if value is not None and len(options) == 1 else value
    if isinstance(hint, type) and issubclass(hint, Config) and isinstance(value, dict):
        return hint.from_dict(value, trust)
    if isinstance(value, list) and tuple in (hint, origin):
        inner = args[0] if args else Any
        each = args if args and args[-1] is not Ellipsis and len(args) == len(value) else [inner] * len(value)
        return tuple(_typed(item, kind, trust, where) for item, kind in zip(value, each, strict=True))
    if isinstance(value, dict) and typing.get_origin(hint) is dict and args:
        return {key: _typed(item, args[1], trust, f"{where}.{key}") for key, item in value.items()}
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        if value not in [*hint, *(member.value for member in hint)]:
            raise ValueError(f"{where} must be one of {', '.join(str(member.value) for member in hint)}; got {value!r}")
        return hint(value)
    return _scalar(value, hint, where)


def _scalar(value: Any, hint: Any, where: str) -> Any:
    """The value where it fits a field of a plain type; a whole number fits a float, and true is no number."""
    fits = {int: int, float: (int, float), bool: bool, str: str}.get(hint)
    if fits and (not isinstance(value, fits) or (isinstance(value, bool) and hint is not bool)):
        raise ValueError(f"{where} must be {hint.__name__}, got {value!r}")
    return float(value) if hint is float else value


def _read(value: Any, hint: Any, where: str) -> Any:
    if isinstance(value, str) and hint is not str:
        with contextlib.suppress(json.JSONDecodeError):  # a text stays a text where the field takes one
            value = json.loads(value)
    return _typed(value, hint, (), where)
