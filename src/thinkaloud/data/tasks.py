"""Tasks: a sample becomes token rows with labels, for any task, alone or after the turns of its history.

Letters: K rows (text first), T frames, S steps, N samples, P prompt steps.

Answers lie as the layout lays them, with the END of every row, and what each step must predict is the next column:

    step            prompt ......  P-1   P     P+1   P+2   P+3   P+4
    text    ids     input .. end  mark   t1    t2    end   pad   pad
            labels  -      -       t1    t2    end    -     -     -
    audio 1 ids     input .. end  ans    pad   c1    c2    end   pad
            labels  -      -       -     c1    c2    end    -     -

Pads are forced when the model speaks, so they are not scored unless `score_pads` asks for it (LUCY masks them, SLAM-Omni
counts those of the audio rows). Which rows are scored follows from the task: a written answer only the text row, TTS only
the audio rows (Mini-Omni's authors: issues 61 and 101 of its repository).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from thinkaloud.configurable import Config
from thinkaloud.data.samples import Exchange, Sample, Utterance
from thinkaloud.layout import Layout
from thinkaloud.layout.align import Placement, front_loaded, spoken, word_aligned
from thinkaloud.layout.prompt import A1T2, ASR, T1T2, Rows, Task, join, prompt, text_answer
from thinkaloud.model import NOT_SCORED


class Encoder(Protocol):
    """Text to ids."""

    def encode(self, text: str) -> list[int]:
        """Ids without specials."""
        ...

    def words(self, ids: list[int]) -> list[int]:
        """The number of the word to which each id belongs."""
        ...


@dataclass(frozen=True, kw_only=True)
class Scoring(Config):
    """What counts: pads or not, the text row of TTS (given, not learnt, in the paper), the answers of the history."""

    score_pads: bool = False
    score_tts_text: bool = False
    score_history: bool = True


@dataclass(frozen=True, kw_only=True)
class Example:
    """Ids and labels [K, S] of one sample, and what is heard in it: features [F, D] or samples [N], one for each span."""

    ids: Tensor
    labels: Tensor
    starts: tuple[int, ...] = ()
    heard: tuple[Tensor, ...] = field(default=(), repr=False)
    key: str = ""
    task: str = ""

    @property
    def num_steps(self) -> int:
        """S."""
        return self.ids.shape[1]


@dataclass(frozen=True, kw_only=True)
class Laying:
    """Everything needed to lay samples as rows: a model's layout, tokenizer and listening, without its weights.

    `hear(utterance)` gives what is heard (features [F, D] or samples [N] at the listener's rate) and the steps it takes.
    """

    layout: Layout
    tokenizer: Encoder
    hear: Callable[[Utterance], tuple[Tensor, int]]
    scoring: Scoring = Scoring()
    max_steps: int = 1 << 20

    def can(self, sample: Sample, task: Task) -> bool:
        """Whether the sample has what the task needs."""
        return _can(sample, task)

    def lay(self, sample: Sample, task: Task) -> Example:
        """The rows and labels of one sample; ValueError that says what is missing or too long."""
        if not _can(sample, task):
            raise ValueError(f"missing_part sample {sample.key!r} cannot serve task {task.name}: {_missing(sample, task)}")
        task = self._known(task)
        parts: list[Rows] = []
        labels: list[Tensor] = []
        heard: list[Tensor] = []
        for turn in (*sample.history, sample):
            now = task if turn is sample else _written(turn)
            asked, waves = self._prompt(turn, now)
            said = self._answer(turn, now)
            scored = turn is sample or self.scoring.score_history
            parts += [asked, said]
            labels += [torch.full_like(asked.ids, NOT_SCORED), self._labels(said.ids, now, scored)]
            heard += waves
        rows = join(parts)
        if rows.num_steps > self.max_steps:
            raise ValueError(f"too_long {rows.num_steps} steps, the limit is {self.max_steps}")
        shifted = torch.cat(labels, dim=1).roll(-1, dims=1)  # [K, S]: step s predicts column s + 1
        shifted[:, -1] = NOT_SCORED
        starts = tuple(span.start_steps for span in rows.heard)
        return Example(ids=rows.ids, labels=shifted, starts=starts, heard=tuple(heard), key=sample.key, task=task.name)

    def _known(self, task: Task) -> Task:
        """The task with a marker that the text stream has: older models have none for TTS and read it like a question."""
        return task if task.marker in self.layout.streams[0].specials else task.replace(marker="answer")

    def _prompt(self, turn: Exchange, task: Task) -> tuple[Rows, list[Tensor]]:
        if not task.listens:
            text = turn.answer.text if task.repeats else turn.question.text
            return prompt(self.layout.streams, task, self.tokenizer.encode(text)), []
        wave, num_steps = self.hear(turn.question)
        return prompt(self.layout.streams, task, num_features=num_steps), [wave]

    def _answer(self, turn: Exchange, task: Task) -> Rows:
        if getattr(turn, "ignore", False):
            return text_answer(self.layout.streams, [self.layout.streams[0].id("ignore")])
        text = turn.question.text if task.name == ASR.name else turn.answer.text
        ids = self.tokenizer.encode(text)
        if not task.speaks:
            return text_answer(self.layout.streams, ids)
        assert turn.answer.codes is not None
        return spoken_answer(self.layout, ids, turn.answer.codes, self._place(turn.answer, ids))

    def _place(self, answer: Utterance, ids: list[int]) -> Placement:
        """Where the layout wants the text of a spoken answer."""
        if not self.layout.timed_text:
            return front_loaded
        starts, words = answer.starts or (), self.tokenizer.words(ids)
        if not ids or len(starts) != words[-1] + 1:
            raise ValueError(f"untimed_words {len(starts)} known starts, the answer {answer.text!r} is to be timed")
        return word_aligned([starts[word] for word in words])

    def _labels(self, ids: Tensor, task: Task, scored: bool) -> Tensor:
        if not scored:
            return torch.full_like(ids, NOT_SCORED)
        labels = ids.clone()
        if not self.scoring.score_pads:
            silent = ids == torch.tensor([stream.pad for stream in self.layout.streams])[:, None]  # [K, S]
            if self.layout.timed_text and task.speaks:  # when to wait is part of what to say, until the text has ended
                silent[0] &= (ids[0] == self.layout.streams[0].end).cumsum(dim=0) > 0
            labels[silent] = NOT_SCORED
        if not task.speaks:
            labels[1:] = NOT_SCORED
        if task.repeats and not self.scoring.score_tts_text:
            labels[0] = NOT_SCORED
        return labels


def spoken_answer(layout: Layout, text_ids: Sequence[int], codes: np.ndarray, place: Placement = front_loaded) -> Rows:
    """The rows of an answer in text and codes [K - 1, T], delayed as the layout does, up to the last END."""
    streams = layout.streams
    if len(codes) != len(streams) - 1:
        raise ValueError(f"wrong_code_count the codes have {len(codes)} rows, the layout speaks {len(streams) - 1}")
    sizes = [stream.size for stream in streams[1:]]
    if (codes < 0).any() or (codes >= np.array(sizes)[:, None]).any():
        raise ValueError(f"code_out_of_range codes {codes.min()}..{codes.max()}, the rows have {min(sizes)}")
    frames = spoken(streams, text_ids, torch.from_numpy(codes.astype(np.int64)), place)  # [K, T]
    ids = layout.lay(frames[None]).ids[0]  # [K, S]
    pads = frames.new_tensor([stream.pad for stream in streams])[:, None]
    used = int((ids != pads).any(dim=0).nonzero().max()) + 1
    return Rows(ids=ids[:, :used])


def _can(sample: Sample, task: Task) -> bool:
    return not _missing(sample, task)


def _missing(turn: Exchange, task: Task) -> str:
    question, answer = turn.question, turn.answer
    if task.listens and not question.heard:
        return "its question has no audio"
    if not task.listens and not task.repeats and not question.text:
        return "its question has no text"
    if getattr(turn, "ignore", False):
        return ""
    if task.name == ASR.name:
        return "" if question.text else "its question has no text"
    if not answer.text:
        return "its answer has no text"
    return "its answer has no codes" if task.speaks and not answer.spoken else ""


def _written(turn: Exchange) -> Task:
    """The task of an earlier turn: the question as it was heard or read, the answer as text, as a conversation remembers it."""
    return A1T2 if turn.question.heard else T1T2


def hearer(listener_rate_hz: int, num_steps: Callable[[int], int], steps_of_features: Callable[[int], int]) -> Callable:
    """The `hear` of a listener: known features as they are, else the samples at its rate."""

    def hear(utterance: Utterance) -> tuple[Tensor, int]:
        if utterance.features is not None:
            features = torch.from_numpy(utterance.features)  # [F, D]
            return features, steps_of_features(len(features))
        try:
            audio = utterance.listen().resample(listener_rate_hz)
        except ValueError as error:
            raise ValueError(f"unreadable_audio {error}") from error
        return audio.samples, num_steps(audio.num_samples)

    return hear
