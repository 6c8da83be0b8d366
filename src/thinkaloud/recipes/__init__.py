"""Recipes: functions that return a complete typed training. `recipe(**parameters) -> Recipe` in a module here, or in any file.

    load("mini_omni", {"backbone": "Qwen/Qwen2.5-0.5B-Instruct", "stages.0.steps": "100"})

A name without a dot that the function knows is its parameter; everything else is a path in the config it returns.
"""

import difflib
import importlib
import importlib.util
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from thinkaloud.train.stage import Recipe

Make = Callable[..., Recipe]


def names() -> list[str]:
    """The recipes of this package."""
    return sorted(found.name for found in pkgutil.iter_modules(__path__))


def find(name: str) -> Make:
    """The function behind a name, or `recipe` in a Python file; ValueError that suggests the nearest."""
    if name.endswith(".py"):
        path = Path(name)
        if not path.is_file():
            raise ValueError(f"no recipe file {name}")
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    elif name in names():
        module = importlib.import_module(f"{__name__}.{name}")
    else:
        near = difflib.get_close_matches(name, names(), n=1)
        raise ValueError(f"no recipe {name!r}; " + (f"did you mean {near[0]!r}?" if near else f"known: {', '.join(names())}"))
    found = getattr(module, "recipe", None)
    if found is None:
        raise ValueError(f"{name} has no function `recipe`")
    return found


def load(name: str, settings: Mapping[str, str] | None = None) -> Recipe:
    """The recipe with settings applied; ValueError for an unknown name that suggests the nearest, of parameters and fields."""
    make = find(name)
    known = inspect.signature(make).parameters
    given = {key: value for key, value in (settings or {}).items() if key in known}
    made = make(**{key: _read(value, known[key]) for key, value in given.items()})
    for path, value in (settings or {}).items():
        if path in given:
            continue
        try:
            made = made.set(path, value)
        except ValueError as error:
            near = difflib.get_close_matches(path, known, n=1)
            raise ValueError(f"{error}; parameters of {name}: {', '.join(known)}" if not near else (
                f"recipe {name} has no setting {path!r}; did you mean {near[0]!r}?"
            )) from error  # fmt: skip
    return made


def _read(value: Any, parameter: inspect.Parameter) -> Any:
    """A text as the type of the parameter's default."""
    kind = type(parameter.default)
    if not isinstance(value, str) or kind in (str, type(inspect.Parameter.empty), type(None)):
        return value
    if kind is bool:
        return value.lower() in ("1", "true", "yes")
    try:
        return kind(value)
    except ValueError:
        raise ValueError(f"{parameter.name} must be {kind.__name__}, got {value!r}") from None
