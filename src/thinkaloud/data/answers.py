"""Answers from the model itself: against forgetting, a model is best trained on what it would say anyway.

The answers of the frozen text model replace those of the set (as DeSTA2.5-Audio and BLSP do). Resumable: every answer is one
line of a file, and a line that a killed run left unfinished is cut off.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from thinkaloud.data.recordings import cut_half_row
from thinkaloud.data.samples import Fault
from thinkaloud.data.textqa import TextQa

Reply = Callable[[Sequence[str]], Sequence[str]]
"""Answers to a batch of questions."""


def answers_from(
    questions: Iterable[TextQa | Fault], reply: Reply, path: Path, batch_size: int = 8
) -> Iterator[TextQa | Fault]:
    """The exchanges with the answers of `reply`, kept in the JSONL file `path`; those it has already are not asked again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    known = _kept_lines(path)
    with path.open("a", encoding="utf-8") as file:
        waiting: list[TextQa] = []
        for qa in questions:
            if isinstance(qa, Fault):
                yield qa
            elif qa.question in known:
                yield TextQa(question=qa.question, answer=known[qa.question], history=qa.history)
            else:
                waiting.append(qa)
            if len(waiting) == batch_size:
                yield from _ask(waiting, reply, file)
                waiting = []
        if waiting:
            yield from _ask(waiting, reply, file)


def _ask(waiting: Sequence[TextQa], reply: Reply, file: Any) -> Iterator[TextQa]:
    for qa, answer in zip(waiting, reply([qa.question for qa in waiting]), strict=True):
        file.write(json.dumps({"question": qa.question, "answer": answer}, ensure_ascii=False) + "\n")
        yield TextQa(question=qa.question, answer=answer, history=qa.history)
    file.flush()


def _kept_lines(path: Path) -> dict[str, str]:
    """The answers of a file, after cutting off an unfinished last line."""
    rows = [json.loads(line) for line in cut_half_row(path).splitlines() if line]
    return {row["question"]: row["answer"] for row in rows}


def text_model(source: str, max_new_tokens: int = 128) -> Reply:
    """Greedy answers of a Hugging Face causal language model, through its chat template where it has one."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    try:
        tokenizer: Any = AutoTokenizer.from_pretrained(source, padding_side="left")
        model: Any = AutoModelForCausalLM.from_pretrained(source).eval()
    except OSError as error:
        raise ValueError(f"cannot load a text model from {source!r}: {str(error).splitlines()[0]}") from error
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token

    def prompt_of(question: str) -> str:
        if tokenizer.chat_template is None:
            return f"{question}\n"
        turns = [{"role": "user", "content": question}]
        return tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)

    @torch.inference_mode()
    def reply(questions: Sequence[str]) -> Sequence[str]:
        batch = tokenizer([prompt_of(question) for question in questions], return_tensors="pt", padding=True)
        out = model.generate(**batch, max_new_tokens=max_new_tokens, do_sample=False, pad_token_id=tokenizer.pad_token_id)
        said = tokenizer.batch_decode(out[:, batch["input_ids"].shape[1] :], skip_special_tokens=True)
        return [" ".join(text.split()) for text in said]

    return reply
