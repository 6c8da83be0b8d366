"""When a small model begins to speak by one thread and by all, on an idle machine and beside busy programs, in turns.

    python bench/threads.py [--model pocket] [--rounds 5] [--beside 1]

Every run is a process of its own that answers examples/question.wav, heard as a microphone gives it, six times; the median
of the last five counts. "Beside": so many other processes do nothing but count. Writes bench/threads.md.
"""

import argparse
import multiprocessing
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from thinkaloud.evaluate.pocket_report import table
from thinkaloud.evaluate.realtime import machine

QUESTION = Path(__file__).parents[1] / "examples" / "question.wav"
ANSWER = """
import sys
import torch
torch.set_num_threads(int(sys.argv[1]))
from thinkaloud import SpeechLM, audio
from thinkaloud.evaluate.realtime import measure, ways
figures = measure(SpeechLM.load(sys.argv[2]), audio.read(sys.argv[3]), ways(200)["written down first"])
print(figures.first_audio_ms, figures.real_time_factor)
"""
WHY = """Each of a small model's operations is shared by all threads and ends when the last of them has done its part: beside a
busy program they wait for the one whose core that has. So commands give a small model one thread (OMP_NUM_THREADS: others).
"""


def answered(model: str, threads: int) -> tuple[float, float]:
    """Milliseconds until the first audio, and the real-time factor."""
    command = [sys.executable, "-c", ANSWER, str(threads), model, str(QUESTION)]
    first_audio_ms, factor = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return float(first_audio_ms), float(factor)


def _count() -> None:
    while True:
        pass


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """So many processes that count, as long as this lasts."""
    others = [multiprocessing.Process(target=_count, daemon=True) for _ in range(processes)]
    for other in others:
        other.start()
    yield
    for other in others:
        other.terminate()


def main() -> None:
    """Measures and writes the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="pocket")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--beside", type=int, default=1)
    given = parser.parse_args()
    cores = os.cpu_count() or 1
    cases = [(threads, others) for others in (0, given.beside) for threads in (1, cores)]
    found: dict[tuple[int, int], list[tuple[float, float]]] = {case: [] for case in cases}
    for _ in range(given.rounds):
        for threads, others in cases:
            with busy(others):
                found[threads, others].append(answered(given.model, threads))
    rows = []
    for (threads, others), times in found.items():
        first_audio_ms, factor = (statistics.median(column) for column in zip(*times, strict=True))
        rows.append([f"{threads}", f"{others}", f"{first_audio_ms:.0f}", f"{factor:.2f}"])
    command = f"python bench/threads.py --model {given.model} --rounds {given.rounds} --beside {given.beside}"
    head = ["threads", "busy programs beside it", "first audio, ms", "real-time factor"]
    note = f"`{command}`, {machine()}.\nMedians of {given.rounds} processes in turns."
    text = f"# Threads for a small model\n\n{note}\n\n{table(head, rows)}\n{WHY}"
    Path(__file__).with_suffix(".md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
