"""Validate: losses by stream on fixed samples, and what the model really says: exact text, word errors, speech as WAV.

Letters: K codebooks, T frames.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from thinkaloud.audio import Audio, write
from thinkaloud.data.clean import word_error_rate
from thinkaloud.data.collate import Ragged, collate
from thinkaloud.data.mixture import Mixture
from thinkaloud.data.samples import Sample, Utterance
from thinkaloud.data.tasks import Laying
from thinkaloud.generate.ask import Exchange, Question, build_prompt
from thinkaloud.generate.loop import DecodeOptions
from thinkaloud.generate.timed import decoding_of
from thinkaloud.layout.prompt import ASR, TASKS, Task
from thinkaloud.model import SpeechLM
from thinkaloud.train.stage import Validation

_SEED = 20_000_003  # validation draws are the same for every run
_BATCH = 8

Losses = Callable[[Ragged], dict[str, Tensor]]


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """One answer of the model: text, codes [K, T] and sound (both None for a written answer)."""

    text: str
    codes: Tensor | None = field(default=None, repr=False)
    audio: Audio | None = field(default=None, repr=False)


@torch.inference_mode()
def losses(sift: Losses, laying: Laying, validation: Validation) -> dict[str, float]:
    """The mean of each stream's loss over the validation samples, each scored label counting once, and their mean "loss"."""
    mixture = Mixture(validation.data, _SEED)
    examples = []
    for n in range(validation.num_samples):
        drawn, sample = mixture.draw(n)
        try:
            examples.append(laying.lay(sample, TASKS[drawn.task]))
        except ValueError:  # the same faults that training counts
            continue
    names = [stream.name for stream in laying.layout.streams]
    sums, counts = dict.fromkeys(names, 0.0), dict.fromkeys(names, 0)
    examples.sort(key=lambda example: example.num_steps)
    for start in range(0, len(examples), _BATCH):
        batch = collate(examples[start : start + _BATCH], laying.layout.streams)
        found = sift(batch)
        for name, count in zip(names, batch.counts[:-1].tolist(), strict=True):
            sums[name] += float(found[name]) * count
            counts[name] += count
    means = {name: sums[name] / counts[name] for name in names if counts[name]}
    return {**means, "loss": sum(means.values()) / max(len(means), 1)}


def speak(model: SpeechLM, validation: Validation, folder: Path) -> dict[str, float]:
    """Answers the first `speak` validation samples aloud; writes them as WAV beside what was said and should be said."""
    mixture = Mixture(validation.data, _SEED)
    exact, errors, rows = [], [], []
    for n in range(validation.speak):
        drawn, sample = mixture.draw(n)
        task = TASKS[drawn.task]
        said = answer(model, sample, task, validation.max_steps)
        wanted = wanted_text(sample, task)
        exact.append(said.text == wanted)
        errors.append(word_error_rate(wanted, said.text))
        rows.append(f"{n}\t{task.name}\t{wanted}\t{said.text}")
        folder.mkdir(parents=True, exist_ok=True)
        if said.audio is not None and said.audio.num_samples:
            write(folder / f"{n}.wav", said.audio)
    if not rows:
        return {}
    (folder / "said.tsv").write_text("number\ttask\twanted\tsaid\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return {"text_exact": sum(exact) / len(exact), "word_error_rate": sum(errors) / len(errors)}


def wanted_text(sample: Sample, task: Task) -> str:
    """What the task wants written."""
    return sample.question.text if task.name == ASR.name else sample.answer.text


@torch.inference_mode()
def answer(model: SpeechLM, sample: Sample, task: Task, max_steps: int = 512) -> Spoken:
    """The model's greedy answer to a sample."""
    past = tuple(Exchange(question=_question(model, turn.question, True), answer=turn.answer.text) for turn in sample.history)
    text = sample.answer.text if task.repeats else sample.question.text
    question = _question(model, sample.question, True) if task.listens else Question(text=text)
    if task.marker not in model.streams[0].specials:
        task = task.replace(marker="answer")
    prompt, features = build_prompt(model, task, question, past)
    decoding = decoding_of(model, task, prompt, features, DecodeOptions(max_steps=max_steps))
    stream, ids, frames = model.streams[0], [], []
    while not decoding.ended:
        column = decoding.step()
        if column.written < stream.size:
            ids.append(column.written)
        if column.frame is not None:
            frames.append(column.frame)
    written = model.need("tokenizer").decode(ids)
    if not task.speaks:
        return Spoken(text=written)
    codes = torch.stack(frames, dim=1) if frames else torch.zeros(len(model.streams) - 1, 0, dtype=torch.long)  # [K, T]
    if model.codec is None or not frames:
        return Spoken(text=written, codes=codes)
    sound = model.codec.decode(codes[None].to(model.device))[0].float().cpu()
    return Spoken(text=written, codes=codes, audio=Audio(sound, model.codec.sample_rate))


def _question(model: SpeechLM, asked: Utterance, listens: bool) -> Question:
    if not listens or not asked.heard:
        return Question(text=asked.text)
    if asked.features is not None:
        return Question(heard=torch.from_numpy(asked.features).float())
    listener: Any = model.need("listener")
    samples = asked.listen().resample(listener.sample_rate).samples
    return Question(heard=listener.listen(samples[None].to(model.device)).embeds[0])
