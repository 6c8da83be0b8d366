"""Golden: does this machine compute what the published Mini-Omni computed?

Letters: B rows of the batch, K rows of tokens (text first), S steps, V ids.

A golden folder holds a checkpoint in the published layout, prompts, and the tokens and logits that the published
implementation gave (see its README). Every case is run again here and compared.
"""

import json
import pathlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor

from thinkaloud.generate.loop import DecodeOptions, Decoding
from thinkaloud.generate.sampler import Sampler, SamplerConfig
from thinkaloud.layout.prompt import A1A2, TASKS, Rows, Span, Task
from thinkaloud.model import Features, SpeechLM
from thinkaloud.tokens import Stream

TOLERANCE = {torch.float32: 1e-4, torch.bfloat16: 5e-2, torch.float16: 1e-2}
"""Largest logit difference allowed, relative to the largest logit. Tokens must be equal in float32."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """One case: the largest relative logit difference (None: no logits recorded) and whether all tokens are equal."""

    case: str
    difference: float | None
    tokens_equal: bool | None


class PublishedWalk:
    """The published decoding rules, with their oddities: no delay is enforced, only the last row's END ends the speech, the
    first id of a row is never taken for an END, and the column in which an answer ends is dropped."""

    def __init__(self, streams: tuple[Stream, ...], task: Task, batch: int) -> None:
        self._streams, self._task = streams, task
        self._pads = torch.tensor([stream.pad for stream in streams])  # [K]
        self._column = self._pads.repeat(batch, 1)  # [B, K]
        self._text_over = self._over = False
        self.columns: list[Tensor] = []  # [K] each

    def push(self, column: Tensor) -> None:
        """Takes a sampled column [B, K]; no frame ever comes out: the rows are compared as they are."""
        self._column = column.clone()
        self._column[1:, 1:] = self._pads[1:]
        first = not self.columns
        speech_end = self._task.speaks and not first and int(column[0, -1]) == self._streams[-1].end
        text_end = not first and not self._text_over and int(column[-1, 0]) == self._streams[0].end
        self._over = speech_end or (text_end and not self._task.speaks)
        if not self._over:
            self.columns.append(self._column[0].clone())
        self._text_over = self._text_over or text_end

    def next(self, heard: Tensor | None = None) -> Tensor:
        """The column [B, K] to feed."""
        return self._column.clone()

    @property
    def text_ended(self) -> Tensor:
        """[B]; from then on the text row is PAD."""
        return torch.tensor([self._text_over] * len(self._column))

    @property
    def speech_ended(self) -> Tensor:
        """[B]; for a task that does not speak the text's end is the end of all."""
        return torch.tensor([self._over or (self._text_over and not self._task.speaks)] * len(self._column))

    @property
    def over(self) -> bool:
        """The answer has ended."""
        return self._over


class _RecordingSampler(Sampler):
    """The greedy sampler, keeping the logits it saw at some steps."""

    def __init__(self, streams: tuple[Stream, ...]) -> None:
        super().__init__(SamplerConfig(reserved=True), [0])
        self._names = [stream.name for stream in streams]
        self.seen: dict[str, list[Tensor]] = {name: [] for name in self._names}

    def sample(self, logits: Tensor, stream: Stream, *, pad: bool = False) -> Tensor:
        self.seen[stream.name].append(logits[0].float().cpu())
        return super().sample(logits, stream, pad=pad)


def verify(folder: str | pathlib.Path, device: str = "cpu", dtype: torch.dtype = torch.float32) -> Iterator[Result]:
    """Runs every case of a golden folder, one result at a time; ValueError if the folder is not golden."""
    folder = pathlib.Path(folder)
    if not (folder / "cases.json").is_file():
        raise ValueError(f"{folder} is not a golden folder: it has no cases.json")
    cases = json.loads((folder / "cases.json").read_text())
    tensors = load_file(folder / "tensors.safetensors")
    shared = load_file(folder.parent / "tensors.safetensors") if "full.input_ids" not in tensors else tensors
    model = SpeechLM.load(folder, parts=()).to(device, dtype)
    model.tie()
    if "full_forward" in cases:
        yield _full_forward(model, cases["full_forward"], {**shared, **tensors}, "full_forward")
    for case in cases["cases"]:
        yield _run_case(model, case, tensors)


def _full_forward(model: SpeechLM, case: dict[str, Any], tensors: dict[str, Tensor], name: str) -> Result:
    """What a trainer computes: a batch of mixed tasks, whole sequences, no cache."""
    shifted = tensors[case["input_ids"]].long()  # [B, K, S] published order: audio rows first, text last
    ids = torch.cat([shifted[:, -1:], shifted[:, :-1] - _starts(model)[None]], dim=1)
    lengths = torch.tensor(case["whisper_lens"])
    rows = lengths.nonzero()[:, 0]
    features = Features(
        values=tensors[case["features"]][rows], lengths=lengths[rows], rows=rows, starts=torch.ones_like(rows)
    ).to(model.device)
    with torch.inference_mode():
        text, *audio = (row.float().cpu() for row in model.logits(ids.to(model.device), features))
    expected_audio = tensors[case["logits_audio"]]  # [B, 7, S, V]
    differences = [_relative(torch.stack(audio, dim=1), expected_audio)]
    if case["logits_text"] in tensors:
        differences.append(_relative(text, tensors[case["logits_text"]]))
    return Result(case=name, difference=max(differences), tokens_equal=None)


def _run_case(model: SpeechLM, case: dict[str, Any], tensors: dict[str, Tensor]) -> Result:
    parallel = case["task"] == "AA_BATCH"
    task = A1A2 if parallel else TASKS[case["task"].lower()]
    ids = _prompt_ids(model, case, parallel)  # [K, S]
    features, heard = None, ()
    if case["features"]:
        values = tensors[case["features"]][:1]  # [1, T, D]
        ones = torch.ones(1, dtype=torch.long)
        features = Features(values=values, lengths=ones * values.shape[1], rows=ones - 1, starts=ones)
        heard = (Span(start_steps=1, num_steps=values.shape[1]),)
    walk = PublishedWalk(model.streams, task, 2 if parallel else 1)
    sampler = _RecordingSampler(model.streams)
    limit = case["max_returned_tokens"] - case["prompt_length"]
    options = DecodeOptions(max_steps=limit, batch_parallel=parallel)
    decoding = Decoding(model, task, Rows(ids=ids, heard=heard), features, options, walk, sampler)
    while not (decoding.ended or walk.over):
        decoding.step()
    said = torch.stack(walk.columns, dim=1) if walk.columns else torch.zeros(len(model.streams), 0)  # [K, S]
    equal = said[0].tolist() == case["generated_text"]
    if case["generated_audio"] is not None:
        equal = equal and said[1:].tolist() == case["generated_audio"]
    return Result(case=case["name"], difference=_compare_logits(model, sampler, case, tensors), tokens_equal=equal)


def _prompt_ids(model: SpeechLM, case: dict[str, Any], parallel: bool) -> Tensor:
    """The prompt [K, S] in local ids; of a batch-parallel pair the first row (the second differs in its last column)."""
    text = torch.tensor(case["prompt_text"])
    audio = torch.tensor(case["prompt_audio"])
    if parallel:
        text, audio = text[0], audio[:, 0]
    return torch.cat([text[None], audio - _starts(model)])


def _starts(model: SpeechLM) -> Tensor:
    """Where each audio row's ids begin in the published id space, [K - 1, 1]."""
    return model.row_starts.cpu() + model.streams[0].num_ids


def _compare_logits(
    model: SpeechLM, sampler: _RecordingSampler, case: dict[str, Any], tensors: dict[str, Tensor]
) -> float | None:
    """The largest relative difference at the recorded steps, over the rows that this task samples."""
    name, differences = case["name"], []
    text_row = -1 if case["task"] == "AA_BATCH" else 0
    text_seen, *audio_seen = (sampler.seen[stream.name] for stream in model.streams)
    for index, step in enumerate(case["logits_steps"]):
        if f"{name}.logits_text" in tensors and step < len(text_seen):
            differences.append(_relative(text_seen[step], tensors[f"{name}.logits_text"][index, text_row]))
        if f"{name}.logits_audio" in tensors and audio_seen[0]:
            audio = torch.stack([row[step] for row in audio_seen])  # [7, V]
            differences.append(_relative(audio, tensors[f"{name}.logits_audio"][index, 0]))
    return max(differences) if differences else None


def _relative(got: Tensor, expected: Tensor) -> float:
    return float((got - expected).abs().max() / expected.abs().max())
