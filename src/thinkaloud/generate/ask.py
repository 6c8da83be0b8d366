"""From a question and what was said before to the prompt of the next answer.

Letters: T feature frames, D feature width.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from thinkaloud.audio import Audio
from thinkaloud.layout import prompt
from thinkaloud.layout.prompt import Rows, Task
from thinkaloud.model import Features, SpeechLM


@dataclass(frozen=True, kw_only=True)
class Question:
    """What was asked: a text, or features [T, D] that were heard, or both where what was heard has been written down."""

    text: str = ""
    heard: Tensor | None = field(default=None, repr=False)

    @property
    def known(self) -> bool:
        """Something was asked."""
        return self.heard is not None or bool(self.text)

    @property
    def written(self) -> "Question":
        """As a text, where there is one."""
        return Question(text=self.text) if self.text else self


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """A past turn: the question, and the answer as far as it was said."""

    question: Question
    answer: str


def hear(model: SpeechLM, samples: Tensor) -> Question:
    """A whole recording [N] at the listener's rate, with the silence behind it that the listener wants, as a question."""
    listener = model.need("listener")
    audio = torch.cat([samples, torch.zeros(listener.trailing_samples)]).to(model.device)
    with torch.inference_mode():
        return Question(heard=listener.listen(audio[None]).embeds[0])


def hear_recording(model: SpeechLM, recording: Audio) -> Question:
    """A recording of any rate and number of channels as a question."""
    return hear(model, recording.mono().resample(model.need("listener").sample_rate).samples)


def build_prompt(
    model: SpeechLM, task: Task, question: Question, history: Sequence[Exchange] = ()
) -> tuple[Rows, Features | None]:
    """The prompt rows of a question after its history, and the features that stand in them."""
    if task.listens != (question.heard is not None):
        raise ValueError(f"task {task.name} {'listens: give it audio' if task.listens else 'reads: give it a text'}")
    rows, heard = [], []
    for past in history:
        tokenizer = model.need("tokenizer")
        text_ids = tokenizer.encode(past.question.text) if past.question.heard is None else ()
        num_steps = _num_steps(model, past.question)
        if not num_steps and not text_ids:
            continue  # nothing is known of that question
        rows.append(prompt.exchange(model.streams, tokenizer.encode(past.answer), text_ids, num_steps))
        heard += [past.question.heard] if num_steps else []
    text_ids = () if task.listens else model.need("tokenizer").encode(question.text)
    rows.append(prompt.prompt(model.streams, task, text_ids, _num_steps(model, question)))
    heard += [question.heard] if task.listens else []
    joined = prompt.join(rows)
    return joined, _features(joined, heard)


def _num_steps(model: SpeechLM, question: Question) -> int:
    if question.heard is None:
        return 0
    if model.adapter is None:
        raise ValueError(f"model {model.config.name!r} does not listen")
    return model.adapter.num_frames(len(question.heard))


def _features(rows: Rows, heard: Sequence[Tensor | None]) -> Features | None:
    values = [value for value in heard if value is not None]
    if not values:
        return None
    return Features(
        values=nn.utils.rnn.pad_sequence(values, batch_first=True),
        lengths=torch.tensor([len(value) for value in values]),
        rows=torch.zeros(len(values), dtype=torch.long),
        starts=torch.tensor([span.start_steps for span in rows.heard]),
    )
