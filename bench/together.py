"""What sharing passes of the model is worth: many answers at once, each stepped alone and all together, in one run.

    python bench/together.py [--model pocket] [--users 1 2 4 8 16] [--steps 40] [--rounds 3]

The same answers (typed questions, thought in a row of their own, spoken) decode the same ids both ways; rounds alternate. The
clock is processor time. "Codec" is what turning their frames into sound takes beside it, which is not shared. Writes
bench/together.md.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import torch

from thinkaloud.evaluate.pocket_report import bench_report, table
from thinkaloud.generate.ask import Question, build_prompt
from thinkaloud.generate.loop import Column, DecodeOptions, Decoding
from thinkaloud.generate.timed import decoding_of
from thinkaloud.generate.together import Together
from thinkaloud.layout.prompt import T1A2
from thinkaloud.model import SpeechLM

ASKS = ("what is twelve plus seven?", "count from three to eight.", "say good morning to anna.", "what is the capital of peru?")


def begun(model: SpeechLM, users: int) -> list[Decoding]:
    """Answers whose prompts were read."""
    found = []
    for user in range(users):
        rows, features = build_prompt(model, T1A2, Question(text=ASKS[user % len(ASKS)]), ())
        decoding = decoding_of(model, T1A2, rows, features, DecodeOptions(max_steps=400, batch_parallel=True))
        decoding.step()
        found.append(decoding)
    return found


def alone(model: SpeechLM) -> Callable[[list[Decoding]], list[Column | None]]:
    """Every answer runs the model for itself."""
    return lambda answers: [None if one.ended else one.step() for one in answers]


def together(model: SpeechLM) -> Callable[[list[Decoding]], list[Column | None]]:
    """One pass for all."""
    passes = Together(model)

    def step(answers: list[Decoding]) -> list[Column | None]:
        hidden = passes.hidden(answers)
        return [None if one.ended else one.step(state) for one, state in zip(answers, hidden, strict=True)]

    return step


def timed(model: SpeechLM, how: Callable, users: int, steps: int) -> tuple[float, float, list[list[Column | None]]]:
    """Processor ms of one step of all answers, decoding and codec apart, and the columns."""
    answers, step = begun(model, users), how(model)
    streams = [model.need("codec").stream() for _ in answers]
    decoding_s = codec_s = 0.0
    said = []
    for _ in range(steps):
        began = time.process_time()
        said.append(step(answers))
        middle = time.process_time()
        with torch.inference_mode():
            for stream, column in zip(streams, said[-1], strict=True):
                if column is not None and column.frame is not None:
                    stream.push(column.frame[None, :, None])
        decoding_s, codec_s = decoding_s + middle - began, codec_s + time.process_time() - middle
    return 1000 * decoding_s / steps, 1000 * codec_s / steps, said


def same(one: list[list[Column | None]], other: list[list[Column | None]]) -> bool:
    """Whether all ids are the same."""
    pairs = [pair for rows in zip(one, other, strict=True) for pair in zip(*rows, strict=True)]
    return all((a is None) == (b is None) and (a is None or b is None or torch.equal(a.ids, b.ids)) for a, b in pairs)


def row(model: SpeechLM, users: int, steps: int, rounds: int) -> list[str]:
    """One line of the table."""
    ms: dict[str, list[float]] = {"alone": [], "together": [], "codec": []}
    equal = True
    for _ in range(rounds):
        first, codec, said = timed(model, alone, users, steps)
        second, _, heard = timed(model, together, users, steps)
        equal = equal and same(said, heard)
        for name, value in (("alone", first), ("together", second), ("codec", codec)):
            ms[name].append(value)
    middle = {name: statistics.median(values) for name, values in ms.items()}
    ratio = f"{middle['alone'] / middle['together']:.2f}"
    return [str(users), *(f"{middle[name]:.1f}" for name in ms), ratio, "yes" if equal else "no"]


def main() -> None:
    """Reads the command line, measures and writes the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="pocket")
    parser.add_argument("--users", type=int, nargs="+", default=[1, 2, 4, 8, 16])
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    torch.set_num_threads(1)
    model = SpeechLM.load(given.model)
    heads = ["answers", "alone, ms a step", "together, ms a step", "codec, ms a step", "alone / together", "same ids"]
    lines = table(heads, [row(model, users, given.steps, given.rounds) for users in given.users])
    users = " ".join(map(str, given.users))
    command = f"python bench/together.py --model {given.model} --users {users} --steps {given.steps} --rounds {given.rounds}"
    note = "A step is a column of every answer; the median of the rounds."
    print(bench_report(__file__, __doc__, command, note, lines))


if __name__ == "__main__":
    main()
