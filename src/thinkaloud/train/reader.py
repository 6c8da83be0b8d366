"""The reader: a language model that reads along while a listener learns. Its errors teach the ears.

    samples -> listener -> features -> adapter -> language model -> what was said | what is to be answered
               learns                  learns     frozen, or learns as well and practises what else it knows (practice.py)

Spelling alone (CTC) lets features drift to where an adapter that was taught before cannot read them; and it says nothing of
which mistakes matter. A frozen language model stays as it is, its voice above all.

Letters: B batch, K rows (text first), S steps, T feature frames, D feature width.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from thinkaloud.audio import Audio
from thinkaloud.configurable import Config
from thinkaloud.data.collate import collate
from thinkaloud.data.readings import sentence
from thinkaloud.data.samples import Sample, Utterance
from thinkaloud.data.tasks import Example, Scoring
from thinkaloud.layout.prompt import A1T2, ASR
from thinkaloud.listen.characters import CharacterHead
from thinkaloud.listen.pocket import PocketListener
from thinkaloud.model import NOT_SCORED, Batch, Features, SpeechLM, load_strict
from thinkaloud.train.feed import laying_of
from thinkaloud.train.hearing_corpus import Spoken
from thinkaloud.train.stage import Stage


@dataclass(frozen=True, kw_only=True)
class ReaderConfig(Config):
    """Which model reads, and what it costs the ears if it reads a token wrong, beside a letter of CTC."""

    model: str  # a packaged name or a folder; the listener, the letters and the adapter begin as its own
    weight: float = 1.0
    answer_share: float = 0.2  # of the clips whose answer is known: answered in writing instead of written down
    learns: Stage | None = None  # the language model learns as well and practises this; None: it is frozen
    compiled: bool = False  # the backbone by torch.compile: needs a C++ compiler and a minute, then takes about half the time

    def build(self) -> "Reader":
        """The reader; ValueError if there is no such model, or it does not listen."""
        return Reader(self)


class Reader:
    """A model whose listener is being taught: lays clips as its rows, and gives the loss of its text."""

    def __init__(self, config: ReaderConfig) -> None:
        self.config, self.model = config, SpeechLM.load(config.model, parts=("listener", "ctc"))
        if self.model.adapter is None:
            raise ValueError(f"{config.model!r} does not listen; a reader needs a model with listener and adapter")
        self.parts: dict[str, nn.Module] = {"adapter": self.model.adapter.requires_grad_(True)}  # of it, that learn
        if config.learns is not None:
            self.parts |= {"backbone": self.model.backbone, "head": self.model.head, "rows": self.model.rows}
        self.model.backbone.whole()
        self._laying = laying_of(self.model, Scoring(), self.model.backbone.max_steps)
        if config.compiled:
            self.model.backbone.compile(dynamic=True)

    def lay(self, clip: Spoken, audio: Audio, rng: random.Random) -> Example:
        """The rows of a clip that sounds like `audio` now; nothing is scored of one that is not to be read."""
        text = sentence(clip.text)
        task = A1T2 if clip.answer and rng.random() < self.config.answer_share else ASR
        asked, said = Utterance(text=text, audio=audio), Utterance(text=clip.answer)
        rows = self._laying.lay(Sample(question=asked, answer=said, ignore=not text), task)
        labels = rows.labels if clip.readable else torch.full_like(rows.labels, NOT_SCORED)
        return replace(rows, labels=labels, starts=(), heard=())  # the sound itself is the listener's

    def collate(self, examples: Sequence[Example]) -> tuple[Tensor, Tensor]:
        """Ids and labels [B, K, S] of a batch."""
        ragged = collate(examples, self._laying.layout.streams)
        return ragged.ids, ragged.labels

    def loss(self, ids: Tensor, labels: Tensor, features: Tensor, lengths: Tensor) -> Tensor:
        """Cross entropy a token of labels [B, K, S], from features [B, T, D] of `lengths` [B] frames, a clip a row."""
        read = (labels[:, 0] >= 0).any(dim=1)  # [B]
        read[0] |= ~read.any()  # every process has gradients for the adapter, if only zeros
        rows = torch.arange(int(read.sum()), device=ids.device)
        heard = Features(values=features[read], lengths=lengths[read], rows=rows, starts=torch.ones_like(rows))
        losses = self.model(Batch(ids=ids[read], labels=labels[read], features=heard))
        return losses[self.model.streams[0].name]

    def with_learnt(self, listener: PocketListener, ctc: CharacterHead, parts: Mapping[str, Mapping[str, Tensor]]) -> SpeechLM:
        """The model as it was, on the CPU, but that it hears with these, and its `parts` have these weights."""
        model = SpeechLM.load(self.config.model)
        model.listener, model.ctc = listener, ctc
        for name, weights in parts.items():
            load_strict(getattr(model, name), weights)
        model.config = model.config.replace(listener=listener.config, listener_dim=listener.dim, ctc=ctc.config)
        return model
