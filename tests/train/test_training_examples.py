"""The examples on training run as they are."""

import pathlib
import runpy
import sys

import pytest

EXAMPLES = pathlib.Path(__file__).parent.parent.parent / "examples"


def run(name, monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", [name, *arguments])
    runpy.run_path(str(EXAMPLES / name), run_name="__main__")


@pytest.mark.slow
def test_04_train_toy(monkeypatch, tmp_path, capsys):
    run("04_train_toy.py", monkeypatch, str(tmp_path))
    out = capsys.readouterr().out
    assert "who are you? a toy\n" in out and "what is two plus two? four\n" in out and "what do you say? hello\n" in out


def test_05_add_voice_to_any_lm(monkeypatch, capsys):
    run("05_add_voice_to_any_lm.py", monkeypatch)
    out = capsys.readouterr().out
    assert "audio_3" in out and "TurnStarted" in out
    assert float(out.partition("text logits: ")[2].split()[0]) < 1e-5
