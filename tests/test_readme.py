"""What the README says can be done is done here: its Python runs, its commands exist."""

import contextlib
import io
import pathlib
import re

import pytest

from thinkaloud import cli

ROOT = pathlib.Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


@pytest.mark.parametrize("code", blocks("python"))
def test_python_runs(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "README.md", "exec"), {})
    assert "TurnEnded" in out.getvalue()


def test_commands_exist() -> None:
    named = re.findall(r"thinkaloud (\w+)", " ".join(blocks("bash")))
    assert named
    assert set(named) <= set(cli.COMMANDS)


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    assert set(re.findall(r"\bmake (\w+)", " ".join(blocks("bash")))) <= targets


def test_links_lead_somewhere() -> None:
    for text in (README, *(path.read_text() for path in (ROOT / "docs").glob("*.md"))):
        for link in re.findall(r"\]\((?!https?://)([^)#]+)", text):
            assert (ROOT / link).exists() or (ROOT / "docs" / link).exists(), link
