"""Prompts: what is in every row before the model says its first token. A task is data; there is no code per task.

Letters: K rows (text first), S steps, L feature frames, n text tokens.

                 text row                         audio rows
    listens      input  pad*L   end  marker       input  <features>*L  end  answer | pad
    reads        input  t1..tn  end  marker       pad    pad*n         pad  answer | pad

The last audio id is `answer` where the task speaks and `pad` where it does not; the last text id is the task's marker.
Source: the prompt builders of the published Mini-Omni `inference.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from thinkaloud.configurable import Config
from thinkaloud.tokens import Stream


@dataclass(frozen=True, kw_only=True)
class Task(Config):
    """What is given and what is said: does it hear or read the question, does it speak, which special opens the text row.

    `repeats`: the answer's text is the question's, so it is given too and only the speech is decoded.
    """

    name: str
    listens: bool
    speaks: bool
    marker: str = "answer"
    repeats: bool = False


A1A2 = Task(name="a1a2", listens=True, speaks=True)
A1T2 = Task(name="a1t2", listens=True, speaks=False)
ASR = Task(name="asr", listens=True, speaks=False, marker="asr")
T1A2 = Task(name="t1a2", listens=False, speaks=True)
T1T2 = Task(name="t1t2", listens=False, speaks=False)
TTS = Task(name="tts", listens=False, speaks=True, marker="tts", repeats=True)
TASKS = {task.name: task for task in (A1A2, A1T2, ASR, T1A2, T1T2, TTS)}


@dataclass(frozen=True, kw_only=True)
class Span:
    """Steps whose audio rows carry listener features instead of token embeddings."""

    start_steps: int
    num_steps: int


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Token ids [K, S] and the spans that are heard, in order."""

    ids: Tensor
    heard: tuple[Span, ...] = ()

    @property
    def num_steps(self) -> int:
        """S."""
        return self.ids.shape[1]


def prompt(streams: Sequence[Stream], task: Task, text_ids: Sequence[int] = (), num_features: int = 0) -> Rows:
    """The rows of one question: `num_features` heard steps where the task listens, else `text_ids`."""
    text = streams[0]
    if task.listens:
        if num_features < 1:
            raise ValueError(f"task {task.name} listens: it needs at least one feature frame, got {num_features}")
        middle = [text.pad] * num_features
    else:
        if not len(text_ids):
            raise ValueError(f"task {task.name} reads: it needs a text, got an empty one")
        middle = [int(i) for i in text_ids]
    rows = [[text.id("input"), *middle, text.end, text.id(task.marker)]]
    for stream in streams[1:]:
        last = stream.id("answer") if task.speaks else stream.pad
        if task.listens:
            rows.append([stream.id("input"), *[stream.pad] * len(middle), stream.end, last])
        else:
            rows.append([stream.pad] * (len(middle) + 2) + [last])
    heard = (Span(start_steps=1, num_steps=num_features),) if task.listens else ()
    return Rows(ids=torch.tensor(rows), heard=heard)


def text_answer(streams: Sequence[Stream], text_ids: Sequence[int]) -> Rows:
    """A written answer: the text and its end; the audio rows say nothing."""
    ids = torch.tensor([stream.pad for stream in streams])[:, None].repeat(1, len(text_ids) + 1)  # [K, n + 1]
    ids[0] = torch.tensor([*(int(i) for i in text_ids), streams[0].end])
    return Rows(ids=ids)


def join(parts: Sequence[Rows]) -> Rows:
    """Rows one after the other, as a conversation of several turns."""
    heard: list[Span] = []
    steps = 0
    for part in parts:
        heard += [Span(start_steps=steps + span.start_steps, num_steps=span.num_steps) for span in part.heard]
        steps += part.num_steps
    return Rows(ids=torch.cat([part.ids for part in parts], dim=1), heard=tuple(heard))


def exchange(streams: Sequence[Stream], answer_ids: Sequence[int], text_ids: Sequence[int] = (), num_features: int = 0) -> Rows:
    """A past turn, as a conversation remembers it: the question as it was heard or read, the answer as text."""
    task = A1T2 if num_features else T1T2
    return join([prompt(streams, task, text_ids, num_features), text_answer(streams, answer_ids)])
