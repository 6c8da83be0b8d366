"""The pocket model's question LM: what people ask, learnt from writing alone. Run again to resume."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from thinkaloud.cli.models import best_device
from thinkaloud.cli.pocket_parts import teller
from thinkaloud.data.asked import AskedTurns
from thinkaloud.listen.question_lm import QuestionLM
from thinkaloud.model import SpeechLM
from thinkaloud.train.question_lm import QuestionLMTrainConfig, QuestionLMTrainer


def teach_question_lm(folder: Path, model: str, config: QuestionLMTrainConfig, intents: Sequence[str] = ()) -> QuestionLM:
    """One in `folder`, for a model whose text ids it uses, of these intents (default: all)."""
    reads = SpeechLM.load(model, parts=())
    draw, config = AskedTurns(intents=tuple(intents)).draw, config.replace(device=best_device())
    tell = teller(Console(stderr=True))
    return QuestionLMTrainer(config, reads.need("tokenizer"), reads.streams[0], draw, folder, tell).run()


def with_question_lm(model: SpeechLM, lm: QuestionLM) -> SpeechLM:
    """The model, which asks that one as well from now on."""
    model.question_lm = lm.cpu()
    model.config = model.config.replace(question_lm=lm.config)
    return model


def add_question_lm(folder: Path, model: str, config: QuestionLMTrainConfig, intents: Sequence[str] = ()) -> Path:
    """One in `folder`, and in `folder/model` the model with it."""
    made = with_question_lm(SpeechLM.load(model), teach_question_lm(folder, model, config, intents))
    made.save(folder / "model")
    return folder / "model"
