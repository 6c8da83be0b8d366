"""Config: the base of every configuration. Frozen, keyword-only, checked once when built, JSON in and out.

A part (codec, listener, head, ...) has a config whose `build()` constructs it. The class named in the JSON is the
registry: there is no table of strings. A saved config may only name classes of this package unless the caller trusts
more, so that a checkpoint can never import code.
"""

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
        found = _config_class(values.get(_CLASS), trust) if _CLASS in values else cls
        if not issubclass(found, cls):
            raise ValueError(f"expected a {cls.__name__} in the config, found {found.__qualname__}")
        given = {name: value for name, value in values.items() if name != _CLASS}
        _check_names(found, given)
        hints = typing.get_type_hints(found)
        return found(**{name: _typed(value, hints[name], trust) for name, value in given.items()})

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
        here = getattr(self, name)
        if rest and isinstance(here, tuple) and rest.partition(".")[0].isdigit():
            index, _, deeper = rest.partition(".")
            item = here[int(index)].set(deeper, value) if deeper else value
            return self.replace(**{name: (*here[: int(index)], item, *here[int(index) + 1 :])})
        if rest and not isinstance(here, Config):
            raise ValueError(f"cannot set {path!r}: {name!r} is {here!r}, which has no field {rest!r}")
        hint = typing.get_type_hints(type(self))[name]
        return self.replace(**{name: here.set(rest, value) if rest else _read(value, hint)})


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
    if not (isinstance(found, type) and issubclass(found, Config)):
        raise ValueError(f"the config names {name!r}, which is not a config class")
    return found


def _check_names(cls: type, given: dict[str, Any]) -> None:
    known = [f.name for f in dataclasses.fields(cls)]
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
            raise ValueError(f"{cls.__name__} has no field {name!r}; {hint}")


def _typed(value: Any, hint: Any, trust: tuple[str, ...]) -> Any:
    """A JSON value as the type of its field: lists become tuples, texts become enum members, dicts become configs."""
    if isinstance(value, dict) and _CLASS in value:
        return Config.from_dict(value, trust)
    args = typing.get_args(hint)
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        options = [a for a in args if a is not type(None)]
        return _typed(value, options[0], trust) if value is not None and len(options) == 1 else value
    if isinstance(value, list):
        inner = args[0] if args else Any
        each = args if args and args[-1] is not Ellipsis and len(args) == len(value) else [inner] * len(value)
        return tuple(_typed(item, kind, trust) for item, kind in zip(value, each, strict=True))
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return hint(value)
    return value


def _read(value: Any, hint: Any) -> Any:
    if isinstance(value, str) and hint is not str:
        try:
            value = json.loads(value)
        except json.JSONDecodeError:
            pass  # a text stays a text; the config's own check refuses what does not fit
    return _typed(value, hint, ())
