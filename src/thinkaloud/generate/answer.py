"""Answer: one reply in progress, from token columns to text and speech events.

    transcribe=False   what was heard ----------------------------> answer     (a1a2, a1t2)
    transcribe=True    what was heard -> ASR -> its own transcript -> answer   (asr, then t1a2 or t1t2)

Writing down first costs a step for each word of the question and lets a small model use all it has learnt in writing
(chain of modality: SpeechGPT, arXiv 2305.11000, section 4; there with a prompt, here with the tasks of the model).

Letters: K rows of tokens (text first), T frames, n samples.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from thinkaloud.backbone import Hidden
from thinkaloud.configurable import Config
from thinkaloud.generate import AudioChunk, Event, Interrupted, Stats, TextDelta, Transcript, TurnEnded, TurnStarted
from thinkaloud.generate.ask import Exchange, Question, build_prompt
from thinkaloud.generate.joint import JointDecoding, chances_to_spell
from thinkaloud.generate.loop import Column, DecodeOptions, Decoding, Stepped
from thinkaloud.generate.timed import decoding_of
from thinkaloud.layout.prompt import A1A2, ASR, T1A2, T1T2, Task
from thinkaloud.model import SpeechLM

TRANSCRIPT = DecodeOptions(max_steps=448)  # as many tokens as Whisper writes of its longest window


@dataclass(frozen=True, kw_only=True)
class AnswerOptions(Config):
    """The task, how to decode it, and how many frames go to the codec at once (1: speech is heard as soon as it is exact).

    `transcribe`: what was heard is written down first, by the model's ASR task, and the answer is to that.
    """

    task: Task = A1A2
    decode: DecodeOptions = DecodeOptions()
    chunk_frames: int = 1
    transcribe: bool = False

    @classmethod
    def best(cls, model: SpeechLM) -> "AnswerOptions":
        """As the model says that it answers best: what it has written down, and thinking in writing (`transcribes`)."""
        first = model.config.transcribes
        return cls(decode=DecodeOptions(batch_parallel=first), transcribe=first)

    @property
    def transcript(self) -> "AnswerOptions | None":
        """How the question is written down first: the likeliest text, whole; None where it is not."""
        if not self.transcribe or not self.task.listens or self.task.name == ASR.name:
            return None
        kept = {name: getattr(self.decode, name) for name in ("beams", "ctc_weight", "lm_weight", "prune_nats", "draft")}
        decode = TRANSCRIPT.replace(**kept)
        return AnswerOptions(task=ASR, decode=decode)

    def __post_init__(self) -> None:
        if self.chunk_frames < 1:
            raise ValueError(f"chunk_frames must be at least 1, got {self.chunk_frames}")


def write_down(model: SpeechLM, question: Question, decode: DecodeOptions = TRANSCRIPT) -> str:
    """What was said in what was heard, by the model's ASR task."""
    answer = Answer(model, question, options=AnswerOptions(task=ASR, decode=decode))
    while not answer.done:
        answer.step()
    return answer.text


class Answer:
    """One reply: `step()` runs the model once and tells what came of it. Owned by one conversation.

    A model whose text stream has the special `ignore` may open with it: what it heard was not for it, and it stays silent.
    """

    def __init__(
        self,
        model: SpeechLM,
        question: Question,
        *,
        history: tuple[Exchange, ...] = (),
        options: AnswerOptions | None = None,
        turn: int = 0,
        after: tuple[Exchange, ...] = (),
    ) -> None:
        """`after`: what was asked and answered before, where the task reads nothing of it: transcripts are expected by it."""
        from thinkaloud.text import TextStream

        self._model, self._turn, self._history, self._after = model, turn, history, after
        self._options = options or AnswerOptions()
        self._transcript: Answer | None = None
        self._decoding: Decoding | JointDecoding | None = None
        self._prompt_steps = 0
        self._text_tokens = self._frames = self._samples = self._transcript_steps = 0
        self._ignored = False
        self.done = False
        self.question = question  # as the conversation remembers it: with its words, once they are written down
        if (first := self._options.transcript) is not None:
            self._options = self._options.replace(task=T1A2 if self._options.task.speaks else T1T2)
            self._history = tuple(Exchange(question=past.question.written, answer=past.answer) for past in history)
            self._transcript = Answer(model, question, options=first, turn=turn, after=self._history)
        self._words = TextStream(model.need("tokenizer"))
        codec = model.need("codec") if self._options.task.speaks else None
        self._codec = codec.stream() if codec is not None else None
        self._sample_rate = codec.sample_rate if codec is not None else 0
        self._waiting: list[Tensor] = []  # frames [K - 1] not yet given to the codec
        if self._transcript is None:
            self._begin()

    def _begin(self) -> None:
        """Reads the prompt; what is decoded from here on is the answer."""
        task = self._options.task
        question = self.question if task.listens else self.question.written
        prompt, features = build_prompt(self._model, task, question, self._history)
        tokenizer = self._model.need("tokenizer")
        text = [*tokenizer.encode(self.question.text), self._model.streams[0].end] if task.repeats else ()
        if task.name == ASR.name and self._model.ctc is not None and self._options.decode.agrees:
            assert question.heard is not None
            chances = chances_to_spell(self._model, question.heard)
            self._decoding = JointDecoding(self._model, prompt, features, chances, self._options.decode, self._after)
        else:
            self._decoding = decoding_of(self._model, task, prompt, features, self._options.decode, text=text)
        self._prompt_steps = prompt.num_steps

    @property
    def text(self) -> str:
        """What has been written so far."""
        return self._words.text

    @property
    def speaks(self) -> bool:
        """It is said aloud as well as written."""
        return self._options.task.speaks

    @property
    def has_begun(self) -> bool:
        """Some of it can be heard; or read, where it is not said aloud."""
        return self._samples > 0 if self.speaks else bool(self.text)

    @property
    def decoding(self) -> Stepped | None:
        """What the next step decodes: the transcript or the answer."""
        return self._decoding if self._decoding is not None or self._transcript is None else self._transcript.decoding

    def step(self, hidden: Hidden | None = None) -> list[Event]:
        """Runs the model once. After the last step the events end with Stats and TurnEnded, and `done` is True.

        `hidden`: what a pass shared with others gave for `decoding` (see `together.py`).
        """
        assert not self.done, "the answer is done"
        events: list[Event] = [] if self._steps else [TurnStarted(turn=self._turn)]
        return events + (self._write_down(hidden) if self._decoding is None else self._answer(self._decoding, hidden))

    def cancel(self) -> list[Event]:
        """Stops at once; nothing more is said. Cancelling what is done does nothing."""
        if self.done:
            return []
        self.done = True
        return [self._stats(), Interrupted(turn=self._turn, text=self._words.text)]

    @property
    def _steps(self) -> int:
        return self._transcript_steps + (self._decoding.steps if self._decoding is not None else 0)

    def _write_down(self, hidden: Hidden | None) -> list[Event]:
        """One step of the transcript; with its last one the answer begins, or there is nothing to answer."""
        assert self._transcript is not None
        self._transcript_steps += 1
        said = [event for event in self._transcript.step(hidden) if isinstance(event, TurnEnded)]
        if not said:
            return []
        if said[0].reason == "ignored" or not said[0].text:
            self._ignored = True
            return self._finish()
        self.question = Question(text=said[0].text, heard=self.question.heard)
        self._begin()
        return [Transcript(turn=self._turn, text=said[0].text)]

    def _answer(self, decoding: Decoding | JointDecoding, hidden: Hidden | None) -> list[Event]:
        """One step of the answer."""
        if isinstance(decoding, JointDecoding):
            first = not decoding.steps
            events = [event for token_id in decoding.step(hidden) for event in self._read(token_id, first)]
        else:
            column = decoding.step(hidden)
            events = self._read(column.written, first=decoding.steps == 1) + self._speak(column)
        return events + self._finish() if decoding.ended or self._ignored else events

    def _read(self, token_id: int, first: bool) -> list[Event]:
        """The text that one id of the text row adds."""
        stream = self._model.streams[0]
        if first and "ignore" in stream.specials and token_id == stream.id("ignore"):
            self._ignored = True
        if token_id >= stream.size:
            return []
        self._text_tokens += 1
        return self._delta(self._words.push(token_id))

    def _delta(self, text: str) -> list[Event]:
        return [TextDelta(turn=self._turn, text=text)] if text else []

    def _speak(self, column: Column) -> list[Event]:
        """Speech that has become exact."""
        if column.frame is None or self._codec is None:
            return []
        self._waiting.append(column.frame)
        self._frames += 1
        if len(self._waiting) < self._options.chunk_frames:
            return []
        return self._push()

    def _push(self) -> list[Event]:
        assert self._codec is not None
        codes = torch.stack(self._waiting, dim=1)[None].to(self._model.device)  # [1, K - 1, T]
        self._waiting = []
        with torch.inference_mode():
            return self._chunk(self._codec.push(codes)[0])

    def _chunk(self, samples: Tensor) -> list[Event]:
        if not len(samples):
            return []
        self._samples += len(samples)
        return [AudioChunk(turn=self._turn, samples=samples.float().cpu(), sample_rate=self._sample_rate)]

    def _finish(self) -> list[Event]:
        """The end: text and speech still owed, then the counts."""
        self.done = True
        events = self._delta(self._words.flush())
        if self._codec is not None and self._frames:
            events += self._push() if self._waiting else []
            with torch.inference_mode():
                events += self._chunk(self._codec.flush()[0])
        reason = "ignored" if self._ignored else "end" if self._decoding is None or self._decoding.complete else "limit"
        return [*events, self._stats(), TurnEnded(turn=self._turn, text=self._words.text, reason=reason)]

    def _stats(self) -> Stats:
        return Stats(
            turn=self._turn,
            prompt_steps=self._prompt_steps,
            steps=self._steps,
            text_tokens=self._text_tokens,
            audio_frames=self._frames,
            audio_samples=self._samples,
        )
