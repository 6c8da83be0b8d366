"""Conversing: how soon an answer is heard in a conversation, where silence ends the question and time does not stand still.

    user      what is two plus three|.........................
    turn                            |<- silence_duration ->| over
    machine   listens ..............| thinks while it waits | first audio
                                                             <---------> after_turn_ms
                                    <--------------------------------->  after_speech_ms

Blocks come every 20 ms of the conversation's own time, which is counted: a step takes from it what it takes of the clock, and
waiting for the next block takes none of the clock. So it is as in real time, and as soon done as it can be.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import torch

from thinkaloud.audio import Audio
from thinkaloud.configurable import Config
from thinkaloud.duplex.endpoint import EndpointConfig
from thinkaloud.evaluate.realtime import BLOCK_MS
from thinkaloud.generate import AudioChunk, TurnEnded, UserStopped
from thinkaloud.generate.answer import AnswerOptions
from thinkaloud.generate.session import Session, SessionOptions
from thinkaloud.model import SpeechLM

_BEFORE_S, _AFTER_S = 0.5, 2.0  # of silence around a question; the detector learns from the first how loud it is


@dataclass(frozen=True, kw_only=True)
class FirstAudio(Config):
    """When the first speech came: after the turn was known to be over, and after the question's last sample."""

    after_turn_ms: float
    after_speech_ms: float


def first_audio(
    model: SpeechLM,
    question: Audio,
    options: AnswerOptions,
    endpoint: EndpointConfig | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> FirstAudio | None:
    """Of one spoken question, which ends with its last sample; None where nothing was answered aloud."""
    rate = model.need("listener").sample_rate
    samples = question.mono().resample(rate).samples
    audio = torch.cat([torch.zeros(int(_BEFORE_S * rate)), samples, torch.zeros(int(_AFTER_S * rate))])
    session = Session(model, SessionOptions(answer=options, endpoint=endpoint or EndpointConfig(sample_rate=rate)))
    spoken_s, now_s, over_s = _BEFORE_S + len(samples) / rate, 0.0, 0.0
    blocks = audio.split(rate * BLOCK_MS // 1000)
    for number, block in enumerate(blocks, start=1):
        came_s = number * BLOCK_MS / 1000
        now_s, began_s = max(now_s, came_s), clock()
        session.push(block, rate)
        now_s += clock() - began_s
        while session.busy and (now_s < came_s + BLOCK_MS / 1000 or number == len(blocks)):
            began_s, events = clock(), session.step()
            now_s += clock() - began_s
            if any(isinstance(event, UserStopped) for event in events):
                over_s = came_s
            if any(isinstance(event, AudioChunk) for event in events):
                return FirstAudio(after_turn_ms=(now_s - over_s) * 1000, after_speech_ms=(now_s - spoken_s) * 1000)
            if any(isinstance(event, TurnEnded) for event in events):
                return None
    return None


def first_audio_of_each(
    model: SpeechLM,
    questions: Sequence[Audio],
    options: AnswerOptions,
    endpoint: EndpointConfig | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, float]:
    """Medians over the questions that were answered aloud, how many that were, and the slowest after its turn."""
    answered = [one for one in (first_audio(model, each, options, endpoint, clock) for each in questions) if one is not None]
    found = [asdict(one) for one in answered]
    told: dict[str, float] = {"questions": len(found)}
    if found:
        told |= {name: round(statistics.median(one[name] for one in found), 3) for name in found[0]}
        told["slowest_after_turn_ms"] = round(max(one["after_turn_ms"] for one in found), 3)
    return told
