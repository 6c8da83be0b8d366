"""Real time: where the milliseconds of an answer go, from the end of the question to the first sound and on.

    question ends | listen (what is left of it) | prompt | steps .. | codec -> first audio | step, codec, step, codec ...

Every part is timed in the same runs, and the median of the repeats is told: a machine is never quiet.
"""

import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import torch

from thinkaloud.audio import Audio
from thinkaloud.configurable import Config
from thinkaloud.generate import AudioChunk, Stats
from thinkaloud.generate.answer import Answer, AnswerOptions
from thinkaloud.generate.ask import Question
from thinkaloud.generate.loop import DecodeOptions
from thinkaloud.model import SpeechLM

BLOCK_MS = 20  # as a microphone gives


@dataclass(frozen=True, kw_only=True)
class Figures(Config):
    """Medians over the repeats, in milliseconds; `real_time_factor` is time taken over speech made, 0 where none was."""

    listen_ms: float  # after the question's last sample
    first_step_ms: float  # the prompt
    step_ms: float  # every other step, text, speech and codec together
    first_audio_ms: float  # from the question's last sample to the first speech
    answer_s: float  # speech made
    real_time_factor: float
    prompt_steps: int
    steps: int
    repeats: int


def ways(max_steps: int) -> dict[str, AnswerOptions]:
    """The ways to think of an answer, by name."""
    alone = AnswerOptions(decode=DecodeOptions(max_steps=max_steps))
    parallel = alone.set("decode.batch_parallel", True)
    return {"one row": alone, "batch-parallel": parallel, "written down first": parallel.replace(transcribe=True)}


def measure(
    model: SpeechLM,
    question: Audio,
    options: AnswerOptions,
    repeats: int = 5,
    clock: Callable[[], float] = time.perf_counter,
) -> Figures:
    """Answers a spoken question `repeats` times, after one run that is not counted."""
    runs = [_run(model, question, options, clock) for _ in range(repeats + 1)][1:]

    def median(name: str) -> float:
        return round(statistics.median(run[name] for run in runs), 3)

    names = ("listen_ms", "first_step_ms", "step_ms", "first_audio_ms", "answer_s", "real_time_factor")
    last = runs[-1]
    return Figures(
        **{name: median(name) for name in names},
        prompt_steps=int(last["prompt_steps"]),
        steps=int(last["steps"]),
        repeats=repeats,
    )


def measure_each(
    model: SpeechLM,
    questions: Sequence[Audio],
    options: AnswerOptions,
    repeats: int = 1,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, float]:
    """Medians of `measure` over questions, as one hangs on its words; and the latest first audio, "slowest_first_audio_ms"."""
    found = [asdict(measure(model, question, options, repeats, clock)) for question in questions]
    medians = {name: round(statistics.median(one[name] for one in found), 3) for name in found[0]}
    return medians | {"questions": len(found), "slowest_first_audio_ms": max(one["first_audio_ms"] for one in found)}


def hear_as_spoken(model: SpeechLM, question: Audio, clock: Callable[[], float] = time.perf_counter) -> tuple[Question, float]:
    """A recording heard block by block, as a microphone gives it, with the silence behind it; and when its last block came."""
    listener = model.need("listener")
    samples = question.mono().resample(listener.sample_rate).samples
    stream = listener.stream()
    *blocks, last = samples.split(listener.sample_rate * BLOCK_MS // 1000)
    with torch.inference_mode():
        features = [stream.push(block.to(model.device)) for block in blocks]
        ended_s = clock()
        features.append(stream.push(torch.cat([last, torch.zeros(listener.trailing_samples)]).to(model.device)))
        return Question(heard=torch.cat([*features, stream.flush()], dim=1)[0]), ended_s


def _run(model: SpeechLM, question: Audio, options: AnswerOptions, clock: Callable[[], float]) -> dict[str, float]:
    """One answer. The clock starts when the question ends."""
    heard, begin_s = hear_as_spoken(model, question, clock)
    with torch.inference_mode():
        answer = Answer(model, heard, options=options)
    listened_s = clock()
    step_ms, first_audio_ms, audio_s = [], 0.0, 0.0
    stats = None
    while not answer.done:
        before_s = clock()
        for event in answer.step():
            if isinstance(event, AudioChunk):
                first_audio_ms = first_audio_ms or (clock() - begin_s) * 1000
                audio_s += len(event.samples) / event.sample_rate
            stats = event if isinstance(event, Stats) else stats
        step_ms.append((clock() - before_s) * 1000)
    assert stats is not None
    return {
        "listen_ms": (listened_s - begin_s) * 1000,
        "first_step_ms": step_ms[0],
        "step_ms": statistics.median(step_ms[1:] or step_ms),
        "first_audio_ms": first_audio_ms,
        "answer_s": audio_s,
        "real_time_factor": (clock() - begin_s) / audio_s if audio_s else 0.0,
        "prompt_steps": stats.prompt_steps,
        "steps": stats.steps,
    }


def machine() -> str:
    """This machine and today, as every figure must say."""
    names = [line.partition(":")[2].strip() for line in _cpu_info() if line.startswith("model name")]
    name = names[0] if names else platform.processor() or platform.machine()
    gpu = f", {torch.cuda.get_device_name()}" if torch.cuda.is_available() else ""
    return (
        f"{name}, {len(names) or '?'} cores, {torch.get_num_threads()} threads used{gpu}, "
        f"torch {torch.__version__}, {datetime.now(UTC):%Y-%m-%d}"
    )


def _cpu_info() -> list[str]:
    try:
        with open("/proc/cpuinfo") as file:
            return file.read().splitlines()
    except OSError:
        return []
