"""Answers of the toy model, run to their ends, for the tests of this folder."""

import torch

from thinkaloud.generate import AudioChunk, Event
from thinkaloud.generate.answer import Answer


def run(answer: Answer) -> list[Event]:
    events: list[Event] = []
    while not answer.done:
        events += answer.step()
    return events


def speech(events: list[Event]) -> torch.Tensor:
    return torch.cat([torch.zeros(0), *(e.samples for e in events if isinstance(e, AudioChunk))])
