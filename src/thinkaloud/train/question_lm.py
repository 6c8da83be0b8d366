"""The question LM's trainer: what people say next, after what was said and answered before.

    input what is two plus two ? end answer four . end input and minus one ? end      read
          ^^^^^^^^^^^^^^^^^^^^^^^^^^                         ^^^^^^^^^^^^^^^^^      learnt

What is drawn depends on (seed, number) alone, so a run that was cut goes on exactly where it stopped.

Letters: B conversations, S steps.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from thinkaloud.checkpoints.own import save_weights
from thinkaloud.configurable import Config
from thinkaloud.data.asked import Turn
from thinkaloud.layout.prompt import exchange
from thinkaloud.listen.question_lm import QuestionLM, QuestionLMConfig
from thinkaloud.model import NOT_SCORED, distinct, load_strict
from thinkaloud.text import Tokenizer
from thinkaloud.tokens import Stream
from thinkaloud.train.checkpoint import delivered
from thinkaloud.train.log import Log, Tell
from thinkaloud.train.optimizers import optimizers
from thinkaloud.train.stage import Optimizer

Line = tuple[list[int], list[int]]  # ids and labels of a conversation


@dataclass(frozen=True, kw_only=True)
class QuestionLMTrainConfig(Config):
    """One run. The learning rate rises, then falls in a line to zero."""

    dim: int = 192
    num_blocks: int = 4
    num_steps: int = 10_500  # about 70 minutes of one core
    batch_size: int = 32
    pool_batches: int = 32  # drawn at once and sorted by length
    warmup_steps: int = 200
    rate: float = 2e-3
    most_steps: int = 192  # conversations are cut to so many
    device: str = "cpu"
    seed: int = 0
    log_steps: int = 100
    save_steps: int = 500


class QuestionLMTrainer:
    """Trains until `num_steps`, delivering into `folder`: config.json and question_lm.safetensors.

    `draw(n, seed)` gives the n-th conversation of a seed; `tokenizer` and `stream` are those of the model it is for.
    """

    def __init__(
        self,
        config: QuestionLMTrainConfig,
        tokenizer: Tokenizer,
        stream: Stream,
        draw: Callable[[int, int], Sequence[Turn]],
        folder: Path,
        report: Tell = lambda line: None,
    ) -> None:
        self.config, self.folder, self._log = config, folder, Log(folder, True, report)
        self._tokenizer, self._stream, self._draw = tokenizer, stream, draw
        torch.manual_seed(config.seed)
        self.shape = QuestionLMConfig.small(stream.num_ids, config.dim, config.num_blocks)
        self.lm = self.shape.build(fresh=True).to(config.device)
        (self.optimizer,) = optimizers(dict(self.lm.named_parameters()), config.rate, Optimizer(betas=(0.9, 0.98)))
        self.step = 0

    def run(self) -> QuestionLM:
        """Trains to the end, resuming from the folder's checkpoint if there is one."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.resume()
        losses, began = [], time.monotonic()
        for lines in self._remaining():
            losses.append(self.learn(lines))
            if self.step % self.config.log_steps == 0:
                took_s, began = time.monotonic() - began, time.monotonic()
                self._log.add({"step": self.step, "loss": sum(losses) / len(losses), "took_s": took_s})
                losses = []
            if self.step % self.config.save_steps == 0 or self.step == self.config.num_steps:
                self.save()
        self.lm.eval().requires_grad_(False)
        save_weights(distinct(self.lm), self.folder / "question_lm.safetensors")
        (self.folder / "config.json").write_text(self.shape.to_json())
        return self.lm

    def learn(self, lines: Sequence[Line]) -> float:
        """One step; what an id of what was said costs, in nats."""
        rising, left = (self.step + 1) / self.config.warmup_steps, 1 - self.step / self.config.num_steps
        for group in self.optimizer.param_groups:
            group["lr"] = self.config.rate * min(rising, left)
        self.lm.train()
        loss = self.loss(lines)
        loss.backward()
        nn.utils.clip_grad_norm_(self.lm.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.step += 1
        return float(loss.detach())

    def loss(self, lines: Sequence[Line]) -> Tensor:
        """The mean over all ids that were said and their ends."""
        ids, labels = (
            nn.utils.rnn.pad_sequence([torch.tensor(row) for row in rows], batch_first=True, padding_value=padding)
            for rows, padding in zip(zip(*lines, strict=True), (self._stream.pad, NOT_SCORED), strict=True)
        )  # [B, S] each
        labels = labels.to(self.config.device)
        scored = labels != NOT_SCORED
        backbone = self.lm.backbone
        normed = backbone(backbone.embed(ids.to(self.config.device))).normed[scored]  # [n, D]
        return nn.functional.cross_entropy(backbone.logits(normed), labels[scored])

    def line(self, turns: Sequence[Turn]) -> Line:
        """A conversation as ids, and which id each step must predict: those of what was said, and its end."""
        ids: list[int] = []
        labels: list[int] = []
        for said, answer in turns:
            asked = [*self._tokenizer.encode(said), self._stream.end]
            row = exchange((self._stream,), self._tokenizer.encode(answer or ""), asked[:-1]).ids[0].tolist()
            row = row if answer is not None else row[: 1 + len(asked)]
            ids += row
            labels += [*asked, *[NOT_SCORED] * (len(row) - len(asked))]
        return ids[: self.config.most_steps], labels[: self.config.most_steps]

    def _remaining(self) -> Iterator[list[Line]]:
        """The batches that are still to come: of a pool, each of conversations of about one length."""
        size, many = self.config.batch_size, self.config.pool_batches
        number, done = divmod(self.step, many)
        while self.step < self.config.num_steps:
            first = number * many * size
            lines = [self.line(self._draw(first + n, self.config.seed)) for n in range(many * size)]
            lines.sort(key=lambda line: len(line[0]))
            batches = [lines[start : start + size] for start in range(0, len(lines), size)]
            random.Random(number).shuffle(batches)
            yield from batches[done : done + self.config.num_steps - self.step]
            number, done = number + 1, 0

    def resume(self) -> None:
        """Goes on from the folder's checkpoint, if there is one."""
        path = self.folder / "checkpoint.pt"
        if path.exists():
            state = torch.load(path, weights_only=True, map_location=self.config.device)
            self.lm.load_state_dict(state["lm"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.step = state["step"]

    def save(self) -> None:
        """Writes the checkpoint that `resume` reads, in place of the last one."""
        state = {"lm": self.lm.state_dict(), "optimizer": self.optimizer.state_dict(), "step": self.step}
        torch.save(state, self.folder / "checkpoint.new")
        (self.folder / "checkpoint.new").replace(self.folder / "checkpoint.pt")


def load_question_lm(folder: str | Path) -> QuestionLM:
    """What a training delivered into `folder`; ValueError if it is not there."""
    folder = delivered(folder, "question LM", "config.json", "question_lm.safetensors")
    lm = QuestionLMConfig.from_json((folder / "config.json").read_text()).build()
    load_strict(lm, load_file(folder / "question_lm.safetensors"))
    return lm.eval().requires_grad_(False)
