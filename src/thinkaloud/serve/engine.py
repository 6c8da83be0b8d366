"""Engine: what the server needs of a model, and nothing else.

    audio -> ears -> heard features -+
    text  ---------------------------+-> Question -> answer(question, history, options) -> Reply -> step() -> events

The model and the VAD are shared by all conversations and hold weights only; ears and replies belong to one each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from torch import Tensor

from thinkaloud.backbone import Hidden
from thinkaloud.duplex.endpoint import Endpoint, EndpointConfig
from thinkaloud.duplex.vad import Vad
from thinkaloud.generate import Event
from thinkaloud.generate.answer import Answer, AnswerOptions
from thinkaloud.generate.ask import Exchange, Question, hear
from thinkaloud.generate.early import can_be_early, speller
from thinkaloud.generate.ears import Ears
from thinkaloud.generate.expected import chance_of_end
from thinkaloud.generate.loop import DecodeOptions
from thinkaloud.generate.together import Together
from thinkaloud.layout.prompt import TASKS
from thinkaloud.model import SpeechLM
from thinkaloud.serve.session_config import SemanticVad, ServerVad


class Reply(Protocol):
    """One reply in progress; `generate.answer.Answer` is one."""

    @property
    def done(self) -> bool:
        """No step is left."""
        ...

    @property
    def has_begun(self) -> bool:
        """Some of it can be heard, or read."""
        ...

    def step(self, hidden: Hidden | None = None) -> list[Event]:
        """The events of one model step; `hidden`: what a pass shared with others gave for it."""
        ...

    def cancel(self) -> list[Event]:
        """Stops; `done` from here on."""
        ...


@dataclass(frozen=True, kw_only=True)
class ReplyOptions:
    """How to answer. `max_tokens` None: as long as the model likes; `temperature` and `seed` None: as the server was told."""

    speaks: bool = True
    max_tokens: int | None = None
    temperature: float | None = None
    seed: int | None = None


class Engine:
    """One model behind the server. Replies are made and stepped in the generation thread, ears used in theirs."""

    def __init__(
        self,
        model: SpeechLM,
        vad: Vad,
        decode: DecodeOptions | None = None,
        max_history: int = 8,
        transcribe: bool | None = None,
    ) -> None:
        """`transcribe`: answer what was first written down; None: as the model was made for."""
        self.model, self.vad = model, vad
        self.name = model.config.name
        self._decode, self._max_history = decode or DecodeOptions(), max_history
        self._transcribe = model.config.transcribing(transcribe)
        self._together = Together(model)

    @property
    def hears_hz(self) -> int:
        """The rate of the audio that ears take."""
        return self.model.need("listener").sample_rate

    @property
    def speaks_hz(self) -> int:
        """The rate of the audio in replies."""
        return self.model.need("codec").sample_rate

    @property
    def max_question_s(self) -> float:
        """The longest spoken question."""
        return self.model.need("listener").max_s or float("inf")

    def can(self, task: str) -> bool:
        """The model was trained for that task."""
        return task in self.model.config.tasks

    def policy(self, detection: ServerVad | SemanticVad | None) -> Endpoint | None:
        """When a user's turn begins and ends; None: the client says so."""
        if detection is None:
            return None
        config = EndpointConfig(sample_rate=self.hears_hz, threshold=min(max(detection.threshold, 0.01), 0.99))
        if isinstance(detection, SemanticVad):
            whole_ms, silence_ms, unfinished_ms = detection.silences_ms
        else:  # the same, whatever was said
            whole_ms = silence_ms = unfinished_ms = detection.silence_duration_ms
            config = config.replace(prefix_padding_ms=detection.prefix_padding_ms)
        return config.replace(whole_ms=whole_ms, silence_duration_ms=silence_ms, unfinished_ms=unfinished_ms).build()

    def ears(self, policy: Endpoint | None) -> Ears:
        """New ears; they can tell whether an answer that was begun early is one to the whole turn, if there are such."""
        spelt = speller(self.model, AnswerOptions(transcribe=self._transcribe))
        return Ears(self.model.need("listener"), policy, self.vad if policy is not None else None, spelt)

    def listen(self, samples: Tensor) -> Question:
        """A whole recording [n] at `hears_hz` as a question."""
        return hear(self.model, samples)

    def answer(self, question: Question, history: Sequence[Exchange], options: ReplyOptions) -> Reply:
        """The reply to a question after earlier exchanges."""
        task = {(True, True): "a1a2", (True, False): "a1t2", (False, True): "t1a2", (False, False): "t1t2"}
        return self._reply(task[question.heard is not None, options.speaks], question, options, history, self._transcribe)

    def chance_of_end(self, said: str, history: Sequence[Exchange]) -> float | None:
        """How likely this is all of the user's turn; None: nobody knows."""
        return chance_of_end(self.model, said, history)

    @property
    def answers_early(self) -> bool:
        """An answer may be begun before it is known that the turn is over: its ears tell later whether it was."""
        return can_be_early(self.model, AnswerOptions(transcribe=self._transcribe))

    def look_ahead(self, replies: Sequence[Reply]) -> list[Hidden | None]:
        """One pass of the model for the next steps of many replies; None for those that step alone."""
        return self._together.hidden([reply.decoding if isinstance(reply, Answer) else None for reply in replies])

    def transcribe(self, question: Question) -> Reply:
        """A reply whose text is what was heard."""
        return self._reply("asr", question, ReplyOptions(speaks=False, temperature=0.0))

    def say(self, text: str, options: ReplyOptions) -> Reply:
        """A reply that speaks a given text."""
        return self._reply("tts", Question(text=text), options)

    def _reply(
        self, task: str, question: Question, options: ReplyOptions, history: Sequence[Exchange] = (), transcribe: bool = False
    ) -> Reply:
        if not self.can(task):
            raise ValueError(
                f"model {self.name!r} was not trained for the task {task}; it does {', '.join(self.model.config.tasks)}"
            )
        decode = self._decode
        if options.max_tokens is not None:
            decode = decode.replace(max_steps=min(options.max_tokens, decode.max_steps))
        if options.temperature is not None:
            decode = decode.set("sampler.temperature", options.temperature)
        if options.seed is not None:
            decode = decode.set("sampler.seed", options.seed)
        remembered = tuple(history)[-self._max_history :] if self._max_history else ()
        how = AnswerOptions(task=TASKS[task], decode=decode, transcribe=transcribe)
        return Answer(self.model, question, history=remembered, options=how)

    def describe(self) -> dict[str, Any]:
        """Facts for the model list."""
        return {
            "parameters": sum(weight.numel() for weight in self.model.parameters()),
            "tasks": list(self.model.config.tasks),
            "device": str(self.model.device),
            "hears_hz": self.hears_hz,
            "speaks_hz": self.speaks_hz,
            "max_question_s": None if self.max_question_s == float("inf") else self.max_question_s,
            "vad": type(self.vad).__name__,
            "ends_turns_by_words": self.answers_early and self.model.question_lm is not None,
        }
