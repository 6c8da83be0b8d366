"""Answer: one reply in progress, from token columns to text and speech events.

Letters: K rows of tokens (text first), T frames, n samples.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from thinkaloud.configurable import Config
from thinkaloud.generate import AudioChunk, Event, Interrupted, Stats, TextDelta, TurnEnded, TurnStarted
from thinkaloud.generate.ask import Exchange, Question, build_prompt
from thinkaloud.generate.loop import Column, DecodeOptions, Decoding
from thinkaloud.layout.prompt import A1A2, Task
from thinkaloud.model import SpeechLM


@dataclass(frozen=True, kw_only=True)
class AnswerOptions(Config):
    """The task, how to decode it, and how many frames go to the codec at once (1: speech is heard as soon as it is exact)."""

    task: Task = A1A2
    decode: DecodeOptions = DecodeOptions()
    chunk_frames: int = 1

    def __post_init__(self) -> None:
        if self.chunk_frames < 1:
            raise ValueError(f"chunk_frames must be at least 1, got {self.chunk_frames}")


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
    ) -> None:
        from thinkaloud.text import TextStream

        self._options = options or AnswerOptions()
        self._model, self._turn = model, turn
        prompt, features = build_prompt(model, self._options.task, question, history)
        task = self._options.task
        text = [*model.need("tokenizer").encode(question.text), model.streams[0].end] if task.repeats else ()
        self._decoding = Decoding(model, task, prompt, features, self._options.decode, text=text)
        self._words = TextStream(model.need("tokenizer"))
        codec = model.need("codec") if self._options.task.speaks else None
        self._codec = codec.stream() if codec is not None else None
        self._sample_rate = codec.sample_rate if codec is not None else 0
        self._waiting: list[Tensor] = []  # frames [K - 1] not yet given to the codec
        self._prompt_steps = prompt.num_steps
        self._text_tokens = self._frames = self._samples = 0
        self._ignored = False
        self.done = False

    @property
    def text(self) -> str:
        """What has been written so far."""
        return self._words.text

    @property
    def speaks(self) -> bool:
        """It is said aloud as well as written."""
        return self._options.task.speaks

    def step(self) -> list[Event]:
        """Runs the model once. After the last step the events end with Stats and TurnEnded, and `done` is True."""
        assert not self.done, "the answer is done"
        events: list[Event] = [] if self._decoding.steps else [TurnStarted(turn=self._turn)]
        column = self._decoding.step()
        events += self._read(int(column.ids[0]))
        events += self._speak(column)
        if self._decoding.ended or self._ignored:
            events += self._finish()
        return events

    def cancel(self) -> list[Event]:
        """Stops at once; nothing more is said. Cancelling what is done does nothing."""
        if self.done:
            return []
        self.done = True
        return [self._stats(), Interrupted(turn=self._turn, text=self._words.text)]

    def _read(self, token_id: int) -> list[Event]:
        """The text that one id of the text row adds."""
        stream = self._model.streams[0]
        if self._decoding.steps == 1 and "ignore" in stream.specials and token_id == stream.id("ignore"):
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
        reason = "ignored" if self._ignored else "end" if self._decoding.complete else "limit"
        return [*events, self._stats(), TurnEnded(turn=self._turn, text=self._words.text, reason=reason)]

    def _stats(self) -> Stats:
        return Stats(
            turn=self._turn,
            prompt_steps=self._prompt_steps,
            steps=self._decoding.steps,
            text_tokens=self._text_tokens,
            audio_frames=self._frames,
            audio_samples=self._samples,
        )
