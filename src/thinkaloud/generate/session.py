"""Session: one conversation, sans I/O. Push what is heard, step, read events; time is counted in samples.

    session.push(samples, sample_rate)    the user's audio, as it comes
    session.step() -> [events]            runs the model once if it is answering
    session.commit() | session.ask(text)  the user's turn is over | was typed
    session.cancel()                      stop answering, now

Without an endpoint the caller commits turns. With one, voice activity does: the answer is begun in the pause that may end the
turn (`early.py`), and the user may interrupt: the conversation then remembers what was played of the answer. Playback is
counted by the user's own audio: an answer plays while the microphone goes on. Sessions share a model and nothing else.
"""

from dataclasses import dataclass, replace

from torch import Tensor

from thinkaloud.audio import Resampler
from thinkaloud.configurable import Config
from thinkaloud.duplex import Action
from thinkaloud.duplex.endpoint import EndpointConfig
from thinkaloud.duplex.vad import EnergyVadConfig
from thinkaloud.generate import AudioChunk, Event, Interrupted, TurnEnded, UserStarted, UserStopped
from thinkaloud.generate.answer import Answer, AnswerOptions
from thinkaloud.generate.ask import Exchange, Question
from thinkaloud.generate.early import Early, can_be_early, speller
from thinkaloud.generate.ears import Ears
from thinkaloud.generate.played import Playback, text_heard
from thinkaloud.layout.prompt import T1A2, T1T2
from thinkaloud.model import SpeechLM


@dataclass(frozen=True, kw_only=True)
class SessionOptions(Config):
    """How a conversation goes. The last `max_history` exchanges are remembered.

    `answer` None: as the model answers best. `endpoint` None: the caller commits turns.
    """

    answer: AnswerOptions | None = None
    endpoint: EndpointConfig | None = None
    vad: Config = EnergyVadConfig()
    max_history: int = 8


class Session:
    """One conversation with a model. Its events come from `step`, in order, also those that `push` caused."""

    def __init__(self, model: SpeechLM, options: SessionOptions | None = None) -> None:
        self.options = options or SessionOptions()
        self.model = model
        self._answering = self.options.answer or AnswerOptions.best(model)
        self.history: tuple[Exchange, ...] = ()
        self._ears: Ears | None = None
        self._resampler: tuple[int, Resampler] | None = None
        self._answer: Answer | None = None
        self._early: Early | None = None  # an answer to what may be all of the user's turn
        self._events: list[Event] = []
        self._untold: list[Event] = []  # of an answer that was begun early
        self._turn = 0  # the answer in progress or to come
        self._playback = Playback()
        self._said = ""  # in the last answer, which may still be playing

    @property
    def busy(self) -> bool:
        """An answer is in progress, or being thought of, or events wait: `step` has something to do."""
        return self._answer is not None or bool(self._events) or (self._early is not None and not self._early.ready)

    def push(self, samples: Tensor, sample_rate: int) -> None:
        """The user's audio [N] at any rate."""
        ears = self._open_ears()
        for piece in ears.pieces(self._resample(samples, sample_rate)):
            before = ears.hearing
            since = self._playback.since(ears.now_samples)
            speaking, whole = self._answer is not None or since is not None, self._early.whole if self._early else None
            action = ears.hear(piece, speaking, since, whole)
            if ears.hearing and not before:
                self._events.append(UserStarted(turn=self._turn, at_samples=ears.start_samples))
            over = action is Action.REPLY or (self.options.endpoint is not None and ears.hearing and ears.full)
            if action is Action.STOP or (over and self._answer is not None):
                self.cancel()
            if action is Action.PREPARE:
                self._prepare(ears)
            if over:
                self.commit()

    def commit(self) -> None:
        """The user's turn is over: answer it. ValueError if nothing was heard, or an answer is still in progress."""
        self._check_free()
        ears = self._open_ears()
        if self.options.endpoint is None and self._resampler is not None:
            for piece in ears.pieces(self._resampler[1].flush()):
                ears.hear(piece, speaking=False, speaking_since_samples=None)
            self._resampler = None
        heard = ears.close()
        if heard is None:
            raise ValueError("nothing was heard: push some audio before you commit the turn")
        self._events.append(UserStopped(turn=self._turn, at_samples=ears.end_samples))
        early, self._early = self._early, None
        if early is not None and ears.as_paused and early.history is self.history:
            self._playback = Playback(self._listener_rate())
            self._answer, self._untold = early.of(heard), early.events
        else:
            self._begin(Question(heard=heard), self._answering)

    def ask(self, text: str) -> None:
        """A typed question; it is answered as the options say, aloud or in writing."""
        self._check_free()
        self._early = None
        task = T1A2 if self._answering.task.speaks else T1T2
        self._begin(Question(text=text), self._answering.replace(task=task))

    def cancel(self) -> None:
        """Stops the answer, also one that is said but still playing; remembers what was played. Does nothing in silence."""
        now_samples = self._ears.now_samples if self._ears is not None else 0
        heard_ms, sent_ms = self._playback.heard_ms(now_samples), self._playback.sent_ms
        self._early = None
        if self._answer is not None:
            self._events += self._take_untold() + self._answer.cancel()
            spoken = self._answer.speaks
            self._remember(text_heard(self._answer.text, heard_ms, None) if spoken else self._answer.text)
        elif heard_ms < sent_ms:
            said = text_heard(self._said, heard_ms, sent_ms)
            self.history = (*self.history[:-1], *(replace(last, answer=said) for last in self.history[-1:]))
            self._events.append(Interrupted(turn=self._turn - 1, text=said))
        self._playback = Playback()

    def drop(self) -> None:
        """Forgets the audio of a turn that is not over."""
        self._open_ears().drop()
        self._resampler = self._early = None

    def step(self) -> list[Event]:
        """What has happened since; runs the model once if it is answering, or may have to soon."""
        events, self._events = self._events, []
        if self._answer is None:
            if self._early is not None and not self._early.ready:
                self._early.step()
            return events
        new = self._take_untold() or self._answer.step()
        now_samples = self._ears.now_samples if self._ears is not None else 0
        for event in new:
            if isinstance(event, AudioChunk):
                self._playback.add(len(event.samples) / event.sample_rate, now_samples)
            if isinstance(event, TurnEnded) and event.reason != "ignored":
                self._remember(event.text)
            elif isinstance(event, TurnEnded):
                self._end()
        return events + new

    def _prepare(self, ears: Ears) -> None:
        """Begins to answer what may be all of the turn, where that can be done before it is known."""
        self._early = None
        if self._answer is not None or not can_be_early(self.model, self._answering):
            return
        if (heard := ears.heard_so_far()) is not None:
            given = {"history": self.history, "options": self._answering, "turn": self._turn}
            self._early = Early(self.model, heard, **given)

    def _take_untold(self) -> list[Event]:
        """What was made of the answer before the turn was over, once."""
        untold, self._untold = self._untold, []
        return untold

    def _begin(self, question: Question, options: AnswerOptions) -> None:
        self._playback = Playback(self._listener_rate())
        self._answer = Answer(self.model, question, history=self.history, options=options, turn=self._turn)

    def _remember(self, said: str) -> None:
        assert self._answer is not None
        exchange = Exchange(question=self._answer.question, answer=said)
        self.history = (*self.history, exchange)[-self.options.max_history :] if self.options.max_history else ()
        self._said = said
        self._end()

    def _end(self) -> None:
        self._answer, self._turn = None, self._turn + 1

    def _check_free(self) -> None:
        if self._answer is not None:
            raise ValueError("an answer is in progress: cancel() it, or step() until it has ended")

    def _open_ears(self) -> Ears:
        if self._ears is None:
            endpoint = self.options.endpoint
            vad = self.options.vad.build() if endpoint is not None else None  # type: ignore[attr-defined]
            policy, spelt = endpoint.build() if endpoint is not None else None, speller(self.model, self._answering)
            self._ears = Ears(self.model.need("listener"), policy, vad, spelt)
        return self._ears

    def _listener_rate(self) -> int:
        return self.model.listener.sample_rate if self.model.listener is not None else 1

    def _resample(self, samples: Tensor, sample_rate: int) -> Tensor:
        if self._resampler is None or self._resampler[0] != sample_rate:
            self._resampler = (sample_rate, Resampler(sample_rate, self._listener_rate()))
        return self._resampler[1].push(samples)
