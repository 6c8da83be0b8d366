"""The numbered examples run as they are."""

import pathlib
import runpy
import sys

import pytest

EXAMPLES = pathlib.Path(__file__).parent.parent / "examples"


def run(name: str, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", [name, *arguments])
    runpy.run_path(str(EXAMPLES / name), run_name="__main__")


def test_01_talk(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    run("01_talk.py", monkeypatch)
    assert "TurnEnded" in capsys.readouterr().out


def test_02_stream_events(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    run("02_stream_events.py", monkeypatch)
    out = capsys.readouterr().out
    one, two = ([line.partition(": ")[2] for line in out.splitlines() if line.startswith(f"conversation {n}")] for n in (0, 1))
    assert one == two and any("TurnEnded" in line for line in one)


def test_03_load_published_checkpoint(
    monkeypatch: pytest.MonkeyPatch, golden_dir: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("03_load_published_checkpoint.py", monkeypatch, str(golden_dir / "mini_omni"))
    out = capsys.readouterr().out
    assert "audio6" in out and "weights" in out
