"""Batch: many answers at once, the likeliest ids only. Equal to the plain loop, answer for answer; made for measuring.

Letters: B answers, K rows (text first), S steps of the longest prompt, D width, T frames.

Prompts are padded on the left and the padding is masked. Positions are relative in the backbones we train (RoPE), so a
shifted prompt gives the same answer. `texts` (ids) are said instead of what the model would write: with those of a batch of
written answers this is batch-parallel decoding, in two passes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from thinkaloud.generate.answer import Answer, AnswerOptions
from thinkaloud.generate.ask import Exchange, Question, build_prompt
from thinkaloud.generate.loop import DecodeOptions
from thinkaloud.generate.sampler import SamplerConfig
from thinkaloud.generate.timed import Prompter
from thinkaloud.generate.together import Together
from thinkaloud.heads import HeadStream
from thinkaloud.layout.delayed import DelayedCursor
from thinkaloud.layout.prompt import ASR, Task
from thinkaloud.model import SpeechLM


@dataclass(frozen=True, kw_only=True)
class Said:
    """One answer: its text and the ids of it, its codes [K - 1, T], and how it ended: "end", "limit", "ignored"."""

    text: str
    text_ids: tuple[int, ...] = field(repr=False)
    reason: str
    codes: Tensor = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question with what was said before."""

    question: Question
    history: tuple[Exchange, ...] = ()


def answer_all(
    model: SpeechLM,
    task: Task,
    asked: Sequence[Asked],
    *,
    texts: Sequence[Sequence[int]] | None = None,
    max_steps: int = 240,
    batch: int = 32,
) -> list[Said]:
    """The answers, in order. `max_steps` bounds each one."""
    prompts = [_prompt_embeds(model, task, one) for one in asked]
    order = sorted(range(len(asked)), key=lambda index: len(prompts[index]))
    said: dict[int, Said] = {}
    for start in range(0, len(order), batch):
        group = order[start : start + batch]
        forced = [texts[index] for index in group] if texts is not None else None
        answers = _Answers(model, task, [prompts[index] for index in group], forced).run(max_steps)
        said.update(zip(group, answers, strict=True))
    return [said[index] for index in range(len(asked))]


@torch.inference_mode()
def _prompt_embeds(model: SpeechLM, task: Task, asked: Asked) -> Tensor:
    """What the backbone reads of a question: [S, D]."""
    rows, features = build_prompt(model, task, asked.question, asked.history)
    return model.embed(rows.ids[None], features)[0]


def transcribe_all(
    model: SpeechLM,
    heard: Sequence[Tensor],
    *,
    after: Sequence[tuple[Exchange, ...]] | None = None,
    decode: DecodeOptions | None = None,
    batch: int = 16,
) -> list[str]:
    """What was said in each of the features [T, D], in order; as `talk` and `serve` write it down, with shared passes.

    `after`: what was asked and answered before each of them.
    """
    options, together = AnswerOptions(task=ASR, decode=decode or DecodeOptions(max_steps=80)), Together(model)
    order = sorted(range(len(heard)), key=lambda index: len(heard[index]))
    texts = [""] * len(heard)
    for start in range(0, len(order), batch):
        answers = {
            index: Answer(model, Question(heard=heard[index]), options=options, after=after[index] if after else ())
            for index in order[start : start + batch]
        }
        while going := [one for one in answers.values() if not one.done]:
            for one, hidden in zip(going, together.hidden([one.decoding for one in going]), strict=True):
                one.step(hidden)
        for index, one in answers.items():
            texts[index] = one.text
    return texts


class _Answers:
    """One batch in progress."""

    def __init__(self, model: SpeechLM, task: Task, prompts: Sequence[Tensor], forced: Sequence[Sequence[int]] | None) -> None:
        self._model, self._task, self._forced = model, task, forced
        self._timed = model.layout.timed_text and task.speaks
        end, pad = model.streams[0].end, model.streams[0].pad
        known = [[*ids, end] for ids in forced] if forced is not None else [[]] * len(prompts)
        self._prompters = [Prompter(pad, ids, model.layout.max_word_steps) for ids in known] if self._timed else []
        self._embeds = nn.utils.rnn.pad_sequence(list(prompts), batch_first=True, padding_side="left")  # [B, S, D]
        lengths = torch.tensor([len(prompt) for prompt in prompts])
        self._mask = (torch.arange(self._embeds.shape[1]) >= (self._embeds.shape[1] - lengths)[:, None]).long()  # [B, S]
        self._cursor: DelayedCursor = model.layout.cursor(len(prompts), speaks=task.speaks)
        self._cache = model.backbone.new_cache()
        self._head: HeadStream = model.head.stream()
        self._likeliest = SamplerConfig().build(len(prompts))
        self._texts: list[list[int]] = [[] for _ in prompts]
        self._frames: list[list[Tensor]] = [[] for _ in prompts]
        self._ignored = torch.zeros(len(prompts), dtype=torch.bool)

    @torch.inference_mode()
    def run(self, max_steps: int) -> list[Said]:
        """All answers to their ends."""
        embeds = self._embeds
        for step in range(max_steps):
            self._push(step, self._column(step, embeds))
            if bool((self._ended | self._ignored).all()):
                break
            embeds = self._model.embed(self._cursor.next()[:, :, None])
            self._mask = nn.functional.pad(self._mask, (0, 1), value=1)
        return [self._said(row, bool(ended)) for row, ended in enumerate(self._ended)]

    @property
    def _ended(self) -> Tensor:
        """Which answers are complete, bool [B]; timed text ends with the speech."""
        return self._cursor.speech_ended if self._timed else self._cursor.ended

    def _column(self, step: int, embeds: Tensor) -> Tensor:
        """The likeliest ids [B, K] after these inputs."""
        hidden = self._model.backbone(embeds, self._cache, self._mask)
        text = self._model.streams[0]
        column = torch.tensor([stream.pad for stream in self._model.streams]).repeat(len(embeds), 1)  # [B, K]
        if self._forced is None or self._timed:
            logits = self._model.backbone.logits(hidden.normed[:, -1])  # [B, V]
            column[:, 0] = self._likeliest.sample(logits, text, pad=self._timed)
            for row, prompter in enumerate(self._prompters):
                if self._forced is not None:
                    column[row, 0] = prompter.next(logits[row].float())
                elif not self._cursor.text_ended[row]:
                    if prompter.due:
                        column[row, 0] = self._likeliest.sample(logits, text)[row]
                    prompter.wrote(int(column[row, 0]))
        else:
            column[:, 0] = torch.tensor([ids[step] if step < len(ids) else text.end for ids in self._forced])
        if self._task.speaks:
            column[:, 1:] = self._head.step(hidden, self._choose)
        return column

    def _choose(self, logits: Tensor, row: int) -> Tensor:
        stream = self._model.streams[row + 1]
        for number, prompter in enumerate(self._prompters):
            if not self._cursor.text_ended[number]:
                logits[number] = prompter.hold(logits[number], stream, self._cursor.steps)
        return self._likeliest.sample(logits, stream)

    def _push(self, step: int, column: Tensor) -> None:
        text = self._model.streams[0]
        if step == 0 and "ignore" in text.specials:
            self._ignored = column[:, 0] == text.id("ignore")
        writing = ~(self._cursor.text_ended | self._ended)
        frame = self._cursor.push(column)
        for row in range(len(column)):
            if writing[row] and column[row, 0] < text.size:
                self._texts[row].append(int(column[row, 0]))
            if frame is not None and self._cursor.live[row] and not self._ignored[row]:
                self._frames[row].append(frame[row, 1:])

    def _said(self, row: int, ended: bool) -> Said:
        frames, ignored = self._frames[row], bool(self._ignored[row])
        codes = torch.stack(frames, dim=1) if frames else torch.zeros(len(self._model.streams) - 1, 0, dtype=torch.long)
        ids = () if ignored else tuple(self._texts[row] if self._forced is None else self._forced[row])
        reason = "ignored" if ignored else "end" if ended else "limit"
        return Said(text=self._model.need("tokenizer").decode(list(ids)), text_ids=ids, reason=reason, codes=codes)
