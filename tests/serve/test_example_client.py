"""examples/06_openai_client.py runs as it is against a real server."""

import pathlib
import runpy
import sys

import pytest
from running import ScriptedEngine, serving

from thinkaloud import read

EXAMPLE = pathlib.Path(__file__).parents[2] / "examples" / "06_openai_client.py"


def test_06_openai_client(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    with serving(ScriptedEngine("one two three")) as server:
        monkeypatch.setattr(sys, "argv", [EXAMPLE.name, "--url", server.http])
        runpy.run_path(str(EXAMPLE), run_name="__main__")
    out = capsys.readouterr().out.replace("\nheard: what was heard\n", "")  # it comes when it comes, between two words too
    assert out.count("one two three") == 2 and "(completed, 6 tokens)" in out
    assert read(tmp_path / "answer.wav").duration_s == pytest.approx(0.3)
