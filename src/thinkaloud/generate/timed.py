"""Timed: decoding where the layout has timed text, the words of a spoken answer standing where they are said.

The speaking row says when the next word comes. Which word it is comes from elsewhere where something else knows: a row that
thinks (batch-parallel), a text to read aloud, or else the row itself. Speech that would end before its text does not; the
next word comes at once. So it does where the speech has lingered longer than any word takes (`max_word_steps`).

    thought, a token a step    the  capital  of  france  is  paris  END
    chance of PAD              .1   .0   .9   .9   .9  .2   .0   .7 ...
    text row that speaks       the  capital  .  .  .   of   france  . ...
    speech                     the, capital, ... each begins when its word stands in the text row
"""

from collections import deque
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from thinkaloud.backbone import Hidden
from thinkaloud.generate.loop import DecodeOptions, Decoding
from thinkaloud.layout.prompt import Rows, Task
from thinkaloud.model import Features, SpeechLM
from thinkaloud.tokens import Stream


def decoding_of(
    model: SpeechLM,
    task: Task,
    prompt: Rows,
    features: Features | None = None,
    options: DecodeOptions | None = None,
    **given: Any,
) -> Decoding:
    """The decoding that the model's layout wants for the task; `given` as `Decoding` takes it."""
    kind = TimedDecoding if model.layout.timed_text and task.speaks else Decoding
    return kind(model, task, prompt, features, options, **given)


class Prompter:
    """The words of one answer that are known and not yet said, and whether the next must come. Owned by its decoding."""

    def __init__(self, pad: int, ids: Sequence[int] = (), max_word_steps: int = 0) -> None:
        """`ids`: those known from the start; END closes them. `max_word_steps` as `DelayedConfig` has it."""
        self._pad, self._waiting, self._max_word_steps = pad, deque(ids), max_word_steps
        self._lingered_steps = 0  # on the word that came last
        self.hurried = False  # the speech would be over: the next word comes whether or not the row would wait

    def add(self, token_id: int) -> None:
        """One more is known."""
        self._waiting.append(token_id)

    def next(self, logits: Tensor) -> int:
        """The next id of the text row: PAD where its logits [V] say more likely so than not, or nothing is known yet."""
        waits = not self._waiting or (not self.due and bool(logits.softmax(dim=-1)[self._pad] > 0.5))
        token_id = self._pad if waits else self._waiting.popleft()
        self.wrote(token_id)
        return token_id

    @property
    def due(self) -> bool:
        """The next word must come now, in a row that writes its own words too."""
        return self.hurried or 0 < self._max_word_steps <= self._lingered_steps

    def wrote(self, token_id: int) -> None:
        """What stands in the text row now."""
        if token_id == self._pad:
            self._lingered_steps += 1
        else:
            self._lingered_steps, self.hurried = 0, False

    def hold(self, logits: Tensor, stream: Stream, step: int) -> Tensor:
        """Logits [V] of a speech row without its END, which would come too soon; if it is the likeliest, the words hurry."""
        if step >= stream.delay_steps:  # before that the row says nothing
            self.hurried |= int(logits.argmax()) == stream.end
        return logits.index_fill(0, torch.tensor([stream.end], device=logits.device), -torch.inf)


class TimedDecoding(Decoding):
    """One spoken answer in progress. It is over when its speech is, which does not end before its text has."""

    def __init__(self, *args: Any, **given: Any) -> None:
        """As `Decoding`."""
        super().__init__(*args, **given)
        self._knows = bool(self._text) or self._batch > 1  # its words come from elsewhere
        self._prompter = Prompter(self._model.streams[0].pad, self._text, self._model.layout.max_word_steps)

    @property
    def complete(self) -> bool:
        """All was said, and thought."""
        return bool(self._walk.speech_ended[0]) and (self._batch == 1 or bool(self._walk.text_ended[-1]))

    def _texts(self, hidden: Hidden) -> Tensor:
        """The next ids of the text rows [B], the one that speaks first."""
        text, ids = self._model.streams[0], self._pads[:1].repeat(self._batch)  # [B]
        if self._batch > 1 and not self._walk.text_ended[-1]:
            ids[-1:] = self._sampler.sample(self._text_logits(hidden, -1), text)
            self._prompter.add(int(ids[-1]))
        if self._walk.text_ended[0]:
            return ids
        logits = self._text_logits(hidden, 0)  # [1, V]
        if self._knows:
            ids[0] = self._prompter.next(logits[0])
        else:
            ids[:1] = self._sampler.sample(logits, text, pad=not self._prompter.due)
            self._prompter.wrote(int(ids[0]))
        return ids

    def _choose(self, logits: Tensor, row: int) -> Tensor:
        """The next code of a speech row from its logits [1, V]."""
        if not self._walk.text_ended[0]:
            logits = self._prompter.hold(logits[0], self._model.streams[row + 1], self.steps)[None]
        return super()._choose(logits, row)
