"""When a user's turn is taken to be over: by silence alone, and by what was said as well.

    python bench/endpoints.py [--model pocket] [--num 60]

Questions of the domain's test split, by voices that the model knows (flite), each asked at once, and with a pause at some word,
as people do who hesitate. A turn that ends in such a pause has cut its user off. The conversation's time is counted, not
measured: twelve steps of the model for each 20 ms. Writes bench/endpoints.md.
"""

import argparse
import random
import statistics
from collections.abc import Iterator

import torch
from torch import Tensor

from thinkaloud.data import domain
from thinkaloud.data.voices import open_voice, trim
from thinkaloud.duplex.endpoint import EndpointConfig
from thinkaloud.evaluate.pocket_report import bench_report, table
from thinkaloud.generate import UserStopped
from thinkaloud.generate.session import Session, SessionOptions
from thinkaloud.model import SpeechLM

RATE, BLOCK, STEPS = 16_000, 320, 12
PAUSES_S = (0.4, 0.6, 0.8, 1.0)
VOICES = ("flite:slt", "flite:rms", "flite:awb")
WAYS = {
    "silence of 500 ms": EndpointConfig(whole_ms=500, unfinished_ms=500),
    "silence of 1000 ms": EndpointConfig(silence_duration_ms=1000, whole_ms=1000, unfinished_ms=1000),
    "by what was said (the default)": EndpointConfig(),
}
"""Ways to know that a turn is over."""


def questions(num: int) -> Iterator[tuple[str, str, str]]:
    """Questions of four words or more, cut into two at some word, and the voice that asks."""
    rng = random.Random(0)
    for number in range(num):
        words: list[str] = []
        while len(words) < 4:
            words = domain.draw(rng, rng.choice(domain.intents()), "test").turns[0].question.split()
        place = rng.randrange(1, len(words))
        yield " ".join(words[:place]).rstrip(",.:"), " ".join(words[place:]), VOICES[number % len(VOICES)]


def spoken(voice: str, text: str) -> Tensor:
    """The sound of a text, without silence around it."""
    return trim(open_voice(voice).speak(text)).mono().resample(RATE).samples


def ends_s(model: SpeechLM, config: EndpointConfig, audio: Tensor) -> list[float]:
    """When turns were over, in seconds of the audio."""
    session, found = Session(model, SessionOptions(endpoint=config)), []
    for number, block in enumerate(audio.split(BLOCK), start=1):
        session.push(block, RATE)
        for _ in range(STEPS):
            events = session.step() if session.busy else []
            if any(isinstance(event, UserStopped) for event in events):
                found.append(number * BLOCK / RATE)
                session.cancel()
    return found


def measured(model: SpeechLM, asked: list[tuple[Tensor, Tensor]], config: EndpointConfig) -> list[str]:
    """How long after a question its turn is over, how many are cut where nobody pauses, and how many at each pause."""
    before, after = torch.zeros(RATE // 2), torch.zeros(3 * RATE)
    waits_ms, cut = [], []
    for pause_s in (0.0, *PAUSES_S):
        cut.append(0)
        for parts in asked:
            said = torch.cat([before, parts[0], torch.zeros(int(pause_s * RATE)), parts[1]])
            over_s = ends_s(model, config, torch.cat([said, after]))
            cut[-1] += len(over_s) > 1
            waits_ms += [1000 * (over_s[-1] - len(said) / RATE)] if not pause_s else []
    waits_ms.sort()
    times = [f"{value:.0f}" for value in (statistics.median(waits_ms), waits_ms[int(0.9 * len(waits_ms))], waits_ms[-1])]
    return [*times, *(f"{100 * count / len(asked):.0f} %" for count in cut)]


def main() -> None:
    """Reads the command line, measures and writes the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="pocket")
    parser.add_argument("--num", type=int, default=60)
    given = parser.parse_args()
    torch.set_num_threads(1)
    model = SpeechLM.load(given.model)
    asked = [(spoken(voice, first), spoken(voice, rest)) for first, rest, voice in questions(given.num)]
    rows = []
    for way, config in WAYS.items():
        rows.append([way, *measured(model, asked, config)])
        print(rows[-1], flush=True)
    head = ["a turn is over by", "ms after the last word, median", "nine in ten within", "slowest", "cut without a pause"]
    head += [f"cut in a pause of {pause_s:g} s" for pause_s in PAUSES_S]
    command = f"python bench/endpoints.py --model {given.model} --num {given.num}"
    print(bench_report(__file__, __doc__, command, f"Of {len(asked)} questions.", table(head, rows)))


if __name__ == "__main__":
    main()
