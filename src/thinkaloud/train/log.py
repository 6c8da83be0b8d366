"""Log: one JSON object a line, whatever happened, so that a run can be read, plotted and resumed.

{"stage": "align", "step": 20, "loss": 5.1, "text": 4.9, "audio_1": 5.3, "lr": 0.0004, "grad_norm": 1.2, ...}
{"stage": "align", "step": 500, "validation": {"loss": 4.0, "text_exact": 0.5, ...}}
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Line = dict[str, Any]
Tell = Callable[[Line], None]


class Log:
    """Appends lines to `log.jsonl` of a run and tells each to a listener. Only the main process writes."""

    def __init__(self, run: Path, writes: bool, tell: Tell = lambda line: None) -> None:
        self._path, self._writes, self._tell = run / "log.jsonl", writes, tell

    def add(self, line: Line) -> None:
        """One line more."""
        if not self._writes:
            return
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        self._tell(line)

    def cut(self, step: int, stage: str | None = None) -> None:
        """Forgets what came after this step (of this stage): the run goes on from there and says it again."""
        if not self._writes or not self._path.is_file():
            return
        kept: list[Line] = []
        for line in read(self._path):
            if stage in (None, line["stage"]) and line["step"] > step:
                break
            kept.append(line)
        part = self._path.with_name(".log.jsonl.part")
        part.write_text("".join(json.dumps(line) + "\n" for line in kept))
        part.replace(self._path)


def read(path: Path) -> list[Line]:
    """The lines of a log; an unfinished last one is left out."""
    lines = path.read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines[:-1] if line]
