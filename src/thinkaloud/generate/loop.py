"""The plain loop: one answer decoded column by column. It is the specification that every faster path must equal.

Letters: B rows of the batch (1, or 2 in batch-parallel decoding), K rows of tokens (text first), S steps, V ids.

Batch-parallel decoding (Mini-Omni, section 3.2): a second row answers in text only, undisturbed by audio; its text is fed to
both rows, and the first row says it.

    row 0   A1A2 prompt   text <-----------.   speech -> codec
    row 1   A1T2 prompt   text -> sampled -'   PAD

Once the text has ended the second row has nothing more to tell and is dropped; so is the text head. Both are exact.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from thinkaloud.backbone import Hidden
from thinkaloud.configurable import Config
from thinkaloud.generate.sampler import Sampler, SamplerConfig
from thinkaloud.layout.prompt import Rows, Task
from thinkaloud.model import Features, SpeechLM


@dataclass(frozen=True, kw_only=True)
class DecodeOptions(Config):
    """How to decode. `max_steps` bounds the answer; `batch_parallel` thinks in a row of its own (for tasks that speak).

    `beams` and what follows are for writing down what was heard with a listener that can spell (see `joint.py`): how many texts
    are kept, and how much a nat of CTC, and of a question LM where there is one, counts beside one of the language model; with
    no weight on CTC that is left alone. A text that is `prune_nats` behind the best is dropped. `draft`: what CTC alone has
    spelt is read first; the text is the same, sooner.
    """

    sampler: SamplerConfig = SamplerConfig()
    max_steps: int = 1024
    batch_parallel: bool = False
    beams: int = 8
    ctc_weight: float = 0.3
    lm_weight: float = 0.5
    prune_nats: float = 5.0
    draft: bool = True

    @property
    def agrees(self) -> bool:
        """Transcripts are those that CTC agrees with; what is drawn by chance, or by the language model alone, is not."""
        return self.ctc_weight > 0 and self.sampler.temperature == 0 and not self.sampler.overrides

    def __post_init__(self) -> None:
        for name, value, least in (
            ("max_steps", self.max_steps, 1),
            ("beams", self.beams, 1),
            ("ctc_weight", self.ctc_weight, 0),
            ("lm_weight", self.lm_weight, 0),
            ("prune_nats", self.prune_nats, 0),
        ):
            if value < least:
                raise ValueError(f"{name} must be at least {least}, got {value}")


def room(model: SpeechLM, prompt: Rows) -> int:
    """How many steps the model has left for an answer; ValueError if there are none."""
    left = model.backbone.max_steps - prompt.num_steps
    if left < 1:
        raise ValueError(
            f"the prompt has {prompt.num_steps} steps and the model holds {model.backbone.max_steps}; "
            "ask a shorter question or forget some of the conversation"
        )
    return left


class Walk(Protocol):
    """The part of a Cursor that the loop needs; verification brings one with other rules."""

    def push(self, column: Tensor) -> Tensor | None: ...  # noqa: D102
    def next(self, heard: Tensor | None = None) -> Tensor: ...  # noqa: D102
    @property
    def text_ended(self) -> Tensor: ...  # noqa: D102
    @property
    def speech_ended(self) -> Tensor: ...  # noqa: D102


class Stepped(ABC):
    """What runs the model a column at a time, the prompt first. Owns its cache; the model is shared.

    The passes may be shared too: see `together.py`, which gives `step` the hidden states of `column`.
    """

    def __init__(self, model: SpeechLM, prompt: Rows, features: Features | None, max_steps: int) -> None:
        self._model, self._prompt, self._features = model, prompt, features
        self._max_steps = min(max_steps, room(model, prompt))
        self._pads = torch.tensor([stream.pad for stream in model.streams])  # [K]
        self.cache: Any = model.backbone.new_cache()
        self.steps = 0

    @property
    def ended(self) -> bool:
        """All was said, or the limit is reached."""
        return self.complete or self.steps >= self._max_steps

    @property
    @abstractmethod
    def complete(self) -> bool:
        """All was said."""

    @property
    @abstractmethod
    def column(self) -> Tensor | None:
        """What the model is fed next, a column [R, K] of the rows that are computed; None: the prompt."""

    def _hidden(self, given: Hidden | None) -> Hidden:
        """The hidden states [R, S, D] of the prompt, or [R, 1, D] of `column`: those given, or what the model gives now."""
        assert not self.ended, "nothing is left to say"
        if given is not None:
            return given
        if (column := self.column) is None:
            return self._prefill()
        return self._model.backbone(self._model.embed(column[:, :, None].to(self._model.device)), self.cache)

    def _prefill(self) -> Hidden:
        return self._model.backbone(self._prompt_embeds(), self.cache)

    def _prompt_embeds(self) -> Tensor:
        """What the backbone reads of the prompt, [1, S, D]."""
        features = self._features.to(self._model.device) if self._features is not None else None
        return self._model.embed(self._prompt.ids[None].to(self._model.device), features)


@dataclass(frozen=True, kw_only=True)
class Column:
    """One step of an answer: the ids said [K], and the speech frame [K - 1] it completed, if it did.

    `written` is what the text gained: the first of `ids`, or what a row that thinks ahead is already at.
    """

    ids: Tensor
    frame: Tensor | None
    written: int


class Decoding(Stepped):
    """One answer in progress. Owns its cursor, head stream and sampler as well."""

    def __init__(
        self,
        model: SpeechLM,
        task: Task,
        prompt: Rows,
        features: Features | None = None,
        options: DecodeOptions | None = None,
        walk: Walk | None = None,
        sampler: Sampler | None = None,
        text: Sequence[int] = (),
    ) -> None:
        """`text`: ids of an answer whose words are given, END included; only its speech is decoded."""
        options = options or DecodeOptions()
        super().__init__(model, prompt, features, options.max_steps)
        self._task, self._text = task, list(text)
        self._batch = 2 if options.batch_parallel and task.speaks and not self._text else 1
        self._rows = self._batch  # how many are still computed
        speaks = [task.speaks, False][: self._batch]
        self._walk: Walk = walk or model.layout.cursor(self._batch, speaks=speaks)
        self._sampler = sampler or options.sampler.build()
        self._head = model.head.stream()

    @property
    def complete(self) -> bool:
        """All was said."""
        return bool(self._walk.text_ended[0] and self._walk.speech_ended[0])

    @property
    def column(self) -> Tensor | None:
        """What the model is fed next, a column [R, K] of the rows that are computed; None: the prompt."""
        return self._walk.next()[: self._rows] if self.steps else None

    @torch.inference_mode()
    def step(self, hidden: Hidden | None = None) -> Column:
        """Runs the model once, or takes the hidden states [R, 1, D] of `column` that it gave, and gives the next column."""
        hidden = self._hidden(hidden)
        sampled = self._pads.repeat(self._batch, 1)  # [B, K]
        sampled[:, 0] = self._texts(hidden)
        if self._task.speaks:
            spoken = Hidden(hidden.before_norm[:1], hidden.normed[:1])  # the first row is the one that speaks
            sampled[:1, 1:] = self._head.step(spoken, self._choose)
        frame = self._walk.push(sampled)
        self.steps += 1
        said = self._walk.next()  # [B, K]
        if self._rows > 1 and self._walk.text_ended[-1]:
            self._drop_thinking_row()
        return Column(ids=said[0], frame=frame[0, 1:] if frame is not None else None, written=int(said[-1, 0]))

    def _texts(self, hidden: Hidden) -> Tensor:
        """The next id of all text rows [1]: the given one, or what the last row, which thinks, makes of it."""
        if self._walk.text_ended[-1]:
            return self._pads[:1]
        if self._text:
            return torch.tensor([self._text[self.steps]])
        return self._sampler.sample(self._text_logits(hidden, -1), self._model.streams[0])

    def _text_logits(self, hidden: Hidden, row: int) -> Tensor:
        """What a computed row would write next, logits [1, V]."""
        return self._model.backbone.logits(hidden.normed[[row], -1]).float()

    def _choose(self, logits: Tensor, row: int) -> Tensor:
        return self._sampler.sample(logits.float(), self._model.streams[row + 1])

    def _prefill(self) -> Hidden:
        """Hidden states [B, S, D] of the prompt; the two rows differ in its last column only, so the rest is run once."""
        if self._rows == 1:
            return super()._prefill()
        past = self._model.backbone(self._prompt_embeds()[:, :-1], self.cache)
        self.cache.batch_repeat_interleave(2)
        last = self._prompt.ids[None, :, -1:].repeat(2, 1, 1)  # [2, K, 1]
        last[1, 1:, 0] = self._pads[1:]
        now = self._model.backbone(self._model.embed(last.to(self._model.device)), self.cache)
        return Hidden(*(torch.cat([a.expand(2, -1, -1), b], dim=1) for a, b in zip(past, now, strict=True)))

    def _drop_thinking_row(self) -> None:
        self._rows = 1
        self.cache.batch_select_indices(torch.tensor([0], device=self._model.device))
