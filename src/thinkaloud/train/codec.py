"""Trains a codec from recordings to a folder, resumable to the bit."""

import os
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import nn

from thinkaloud.checkpoints.own import save_weights
from thinkaloud.configurable import Config
from thinkaloud.listen import Listener
from thinkaloud.train.clips import Clips, SaidClips
from thinkaloud.train.codebooks import perplexity
from thinkaloud.train.codec_stage import CodecStage, CodecTrainConfig
from thinkaloud.train.codec_trainer import CodecTrainer
from thinkaloud.train.log import Line, Log, Tell


def train_codec(
    config: CodecTrainConfig,
    clips: Sequence[Clips],
    folder: Path,
    on_log: Tell = lambda line: None,
    teacher: Listener | None = None,
    said: SaidClips | None = None,
) -> CodecTrainer:
    """Trains to the end, or goes on where `folder` was left; returns the trainer with the codec.

    folder: checkpoint.pt (to resume), log.jsonl (one line every `log_every_steps`), config.json and codec.safetensors
    (the codec as it is now). `on_log` gets each record of the log.
    """
    folder.mkdir(parents=True, exist_ok=True)
    trainer = CodecTrainer(config, clips, teacher, said)
    if (folder / "checkpoint.pt").exists():
        trainer.restore(torch.load(folder / "checkpoint.pt", weights_only=True))
    log = Log(folder, True, on_log)
    log.cut(trainer.steps_done)
    while trainer.steps_done < trainer.num_steps:
        stage, _ = trainer.place()
        trainer.step()
        if trainer.steps_done % config.log_every_steps == 0:
            log.add(_record(trainer, stage))
        if trainer.steps_done % config.save_every_steps == 0 or trainer.steps_done == trainer.num_steps:
            _save_checkpoint(trainer, folder)
    return trainer


def _record(trainer: CodecTrainer, stage: CodecStage) -> Line:
    means = {name: round(value / trainer.config.log_every_steps, 4) for name, value in trainer.sums.items()}
    trainer.sums = {}
    used = [round(float(value)) for value in perplexity(trainer.learner.counts)]
    return {"step": trainer.steps_done, "stage": stage.name, **means, "perplexity": used}


def _save_checkpoint(trainer: CodecTrainer, folder: Path) -> None:
    torch.save(trainer.state(), folder / "checkpoint.tmp")
    os.replace(folder / "checkpoint.tmp", folder / "checkpoint.pt")
    save_codec(trainer.codec, trainer.config.codec, folder)


def save_codec(codec: nn.Module, config: Config, folder: Path) -> None:
    """Writes config.json and codec.safetensors."""
    folder.mkdir(parents=True, exist_ok=True)
    save_weights({name: value.contiguous() for name, value in codec.state_dict().items()}, folder / "codec.safetensors")
    (folder / "config.json").write_text(config.to_json())
