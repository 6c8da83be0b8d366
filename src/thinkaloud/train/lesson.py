"""Lesson: a model under training: its losses by stream, with what hardens it (dropout, corrupted codes) and what anchors it.

Letters: B batch, K rows (text first), S steps, n scored or written steps, V text ids.

One module, so that whatever wraps it (DDP, FSDP) sees one forward pass.
"""

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from thinkaloud.backbone import Hidden
from thinkaloud.data.collate import Heard, Ragged
from thinkaloud.model import Batch, Features, SpeechLM
from thinkaloud.train.stage import Stage


class Lesson(nn.Module):
    """`lesson(batch)` gives the mean loss of each stream by name, "total", which weighs them as the stage says, and "anchor" (0
    unless the stage asks for it).

    `origin` is the frozen model that the anchor compares with: the one the whole training began with.
    """

    def __init__(self, model: SpeechLM, stage: Stage, origin: SpeechLM | None = None) -> None:
        super().__init__()
        self.model = model
        self._stage = stage
        self._hidden: Hidden | None = None
        self._hooks = [model.backbone.register_forward_hook(self._keep_hidden)] if stage.anchor.weight else []
        if stage.input_dropout:
            self._hooks.append(model.backbone.register_forward_pre_hook(self._drop_inputs))
        self.frozen = origin if stage.anchor.weight else None

    def train(self, mode: bool = True) -> "Lesson":
        """Listener, codec and the frozen model never leave eval mode, unless the listener itself is trained."""
        super().train(mode)
        listener_trains = self.model.listener is not None and any(p.requires_grad for p in self.model.listener.parameters())
        for part, trains in ((self.model.listener, listener_trains), (self.model.codec, False), (self.frozen, False)):
            if part is not None and not trains:
                part.eval()
        return self

    def forward(self, ragged: Ragged) -> dict[str, Tensor]:
        """Losses by name."""
        features = self._features(ragged)
        batch = Batch(ids=ragged.ids, labels=ragged.labels, features=features, positions=ragged.positions)
        if self._stage.corrupt_codes and self.training:
            batch = self._corrupted(batch)
        losses = self.model(batch, self._stage.loss_weights)
        losses["anchor"] = (
            self._anchor(batch, ragged.written) if self.frozen is not None else batch.ids.new_zeros((), dtype=torch.float)
        )
        return losses

    def _features(self, ragged: Ragged) -> Features | None:
        """What is heard in the batch: known features, and what the listener makes of samples."""
        given = [Features(**vars(ragged.features))] if ragged.features is not None else []
        if ragged.samples is not None:
            given.append(self._listen(ragged.samples))
        if len(given) < 2:
            return given[0] if given else None
        steps = max(features.values.shape[1] for features in given)
        values = [nn.functional.pad(f.values.float(), (0, 0, 0, steps - f.values.shape[1])) for f in given]  # [G, T, D]
        names = ("lengths", "rows", "starts")
        return Features(values=torch.cat(values), **{n: torch.cat([getattr(f, n) for f in given]) for n in names})

    def _listen(self, samples: Heard) -> Features:
        listener = self.model.need("listener")
        with torch.set_grad_enabled(torch.is_grad_enabled() and any(p.requires_grad for p in listener.parameters())):
            heard = listener.listen(samples.values, samples.lengths)
        lengths = heard.lengths.to(samples.lengths)
        return Features(values=heard.embeds, lengths=lengths, rows=samples.rows, starts=samples.starts)

    def release(self) -> SpeechLM:
        """The model, without the lesson's hooks."""
        for hook in self._hooks:
            hook.remove()
        self.model.backbone._compiled_call_impl = None  # what torch's `Module.compile` sets
        return self.model

    def _keep_hidden(self, module: nn.Module, inputs: Any, hidden: Hidden) -> None:
        self._hidden = hidden

    def _drop_inputs(self, module: nn.Module, inputs: tuple) -> tuple:
        return (nn.functional.dropout(inputs[0], self._stage.input_dropout, self.training), *inputs[1:])

    def _corrupted(self, batch: Batch) -> Batch:
        """Some of the given speech codes [B, K, S] replaced by others; the labels stay."""
        ids = batch.ids.clone()
        for row, stream in enumerate(self.model.streams[1:], 1):
            is_code = ids[:, row] < stream.size  # [B, S]
            hit = is_code & (torch.rand(is_code.shape, device=ids.device) < self._stage.corrupt_codes)
            ids[:, row] = torch.where(hit, torch.randint_like(ids[:, row], stream.size), ids[:, row])
        return replace(batch, ids=ids)

    def _anchor(self, batch: Batch, written: Tensor) -> Tensor:
        """KL of the frozen model to this one, the mean over all steps of the samples that are text alone; 0 without any."""
        assert self.frozen is not None and self._hidden is not None
        with torch.no_grad():
            hidden = self.frozen.backbone(self.frozen.embed(batch.ids), positions=batch.positions)
            wanted = self.frozen.backbone.logits(hidden.normed[written]).float()  # [n, V]
        found = self.model.backbone.logits(self._hidden.normed[written]).float()  # [n, V]
        divergence = nn.functional.kl_div(found.log_softmax(-1), wanted.log_softmax(-1), reduction="sum", log_target=True)
        return divergence / written.sum().clamp(min=1)
