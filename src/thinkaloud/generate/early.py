"""Early: an answer begun in a pause, before it is known whether the user's turn is over.

    user      what is two plus three........................
    turn      PREPARE -----------------^      ^------- REPLY   what is known by now is told at once
    early                              asr, answer             its events wait; it goes on until something can be heard

It is what would have been answered, if the ears have spelt nothing more by the end of the turn (`Ears.as_paused`). Whoever
speaks on makes it void, and has lost nothing by it.

Letters: T feature frames, D feature width.
"""

import functools
from collections.abc import Callable
from dataclasses import replace

from torch import Tensor

from thinkaloud.generate import Event, Transcript
from thinkaloud.generate.answer import Answer, AnswerOptions
from thinkaloud.generate.ask import Exchange, Question
from thinkaloud.generate.expected import chance_of_end
from thinkaloud.generate.joint import spelt_alone
from thinkaloud.model import SpeechLM


def can_be_early(model: SpeechLM, options: AnswerOptions) -> bool:
    """Whether it can be told that nothing more was said: the listener spells, and what it heard is written down first."""
    return model.ctc is not None and options.transcript is not None


def speller(model: SpeechLM, options: AnswerOptions) -> Callable[[Tensor], str] | None:
    """What ears tell by whether more was said since a pause; None where no answer can be early."""
    return functools.partial(spelt_alone, model) if can_be_early(model, options) else None


class Early:
    """An answer that nobody has heard of yet. Owned by one conversation, in one pause."""

    def __init__(
        self, model: SpeechLM, heard: Tensor, *, history: tuple[Exchange, ...], options: AnswerOptions, turn: int
    ) -> None:
        """To what was heard so far, features [T, D]; ValueError as for any answer, and if it cannot be early."""
        if not can_be_early(model, options):
            raise ValueError(f"model {model.config.name!r} cannot answer early: it must spell, and write down first")
        self.history = history
        self._model = model
        self.answer = Answer(model, Question(heard=heard), history=history, options=options, turn=turn)
        self.events: list[Event] = []  # untold
        self.whole: float | None = None  # how likely that was all, once it is written down and if it can be told

    @property
    def ready(self) -> bool:
        """Something of it could be heard or read by now: it goes on when the turn is over."""
        return self.answer.done or self.answer.has_begun

    def step(self) -> None:
        """Runs the model once."""
        new = self.answer.step()
        self.events += new
        for event in new:
            if isinstance(event, Transcript):
                self.whole = chance_of_end(self._model, event.text, self.history)

    def of(self, heard: Tensor) -> Answer:
        """The answer, to the whole of what was heard, in which nothing more was said."""
        self.answer.question = replace(self.answer.question, heard=heard)
        return self.answer
