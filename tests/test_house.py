"""The rules of the house that a machine can check: import order, public names, quiet imports, rates in one place."""

import ast
import pathlib
import subprocess
import sys

import thinkaloud

PACKAGE = pathlib.Path(thinkaloud.__file__).parent
RANKS = [
    {"configurable", "audio", "text", "mel", "past", "plain"},
    {"tokens", "blocks"},
    {"layout", "codecs", "backbone", "duplex"},
    {"listen", "heads"},
    {"config"},
    {"checkpoints"},
    {"model"},
    {"generate"},
    {"toy"},
    {"data"},
    {"train"},
    {"recipes"},
    {"evaluate", "serve"},
    {"cli"},
]
RANK = {name: rank for rank, names in enumerate(RANKS) for name in names}


def parts_imported(path: pathlib.Path) -> set[str]:
    """The parts (second names) of thinkaloud that a file imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("thinkaloud.")}
        elif isinstance(node, ast.ImportFrom) and node.module == "thinkaloud":
            found |= {alias.name for alias in node.names if alias.name in RANK}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("thinkaloud."):
            found.add((node.module or "").split(".")[1])
    return found


def test_imports_run_one_way() -> None:
    wrong = []
    for path in PACKAGE.rglob("*.py"):
        part = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if part == "__init__":
            continue
        assert part in RANK, f"{part} has no rank: give it one here and in docs/architecture.md"
        wrong += [
            f"{path.relative_to(PACKAGE)} imports {other}"
            for other in parts_imported(path)
            if other != part and RANK[other] >= RANK[part]
        ]
    assert not wrong, wrong


def test_public_names_are_pinned() -> None:
    assert sorted(thinkaloud.__all__) == [
        "Audio",
        "AudioChunk",
        "Session",
        "SessionOptions",
        "SpeechLM",
        "TextDelta",
        "TurnEnded",
        "read",
        "write",
    ]
    for name in thinkaloud.__all__:
        assert getattr(thinkaloud, name) is not None


def test_importing_the_package_is_quiet_and_light() -> None:
    code = "import sys, thinkaloud, thinkaloud.cli; print('torch' in sys.modules, 'transformers' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout == "False False\n"
    assert out.stderr == ""


def test_core_does_no_io() -> None:
    """No clock, socket, thread, environment or printing below the command line, the trainer and the server."""
    banned = {"time", "socket", "threading", "asyncio", "logging"}
    for part in ("layout", "codecs", "duplex", "listen", "heads", "generate"):
        for path in (PACKAGE / part).rglob("*.py"):
            tree = ast.parse(path.read_text())
            imported = {a.name.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
            imported |= {(n.module or "").split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
            assert not imported & banned, f"{path.relative_to(PACKAGE)} imports {imported & banned}"
            names = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
            assert "print" not in names, f"{path.relative_to(PACKAGE)} prints"


def test_published_ids_have_one_home() -> None:
    """Vocabulary sizes of the published models appear nowhere but where their checkpoints are read."""
    for path in PACKAGE.rglob("*.py"):
        numbers = {n.value for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Constant)}
        assert not numbers & {151936, 152000, 181120, 29120, 4160, 4097}, path
