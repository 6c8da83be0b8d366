"""A question LM learns what people say, and says so in a model."""

from pathlib import Path

import pytest
import torch

from thinkaloud.checkpoints import PACKAGED
from thinkaloud.cli.pocket_question_lm import with_question_lm
from thinkaloud.data.asked import AskedTurns, Turn
from thinkaloud.generate.expected import Expected
from thinkaloud.listen.question_lm import QuestionLMConfig
from thinkaloud.model import NOT_SCORED, SpeechLM
from thinkaloud.train.question_lm import QuestionLMTrainConfig, QuestionLMTrainer, load_question_lm
from thinkaloud.train.start import Fresh

TINY = QuestionLMTrainConfig(
    dim=32, num_blocks=1, num_steps=7, batch_size=4, pool_batches=2, warmup_steps=2, log_steps=1, save_steps=2, rate=3e-3
)


@pytest.fixture(scope="module")
def pocket() -> SpeechLM:
    return SpeechLM.load("pocket", parts=())


def trainer(pocket: SpeechLM, folder: Path, config: QuestionLMTrainConfig = TINY, **more) -> QuestionLMTrainer:
    draw = AskedTurns(intents=("greeting", "color")).draw
    return QuestionLMTrainer(config, pocket.need("tokenizer"), pocket.streams[0], draw, folder, **more)


def test_what_was_said_is_learnt_and_no_answer(pocket: SpeechLM, tmp_path: Path) -> None:
    ids, labels = trainer(pocket, tmp_path).line([Turn("what is red?", "a color."), Turn("okay")])
    stream, encode = pocket.streams[0], pocket.need("tokenizer").encode
    asked, said = [*encode("what is red?"), stream.end], [*encode("okay"), stream.end]
    answered = [stream.id("answer"), *encode("a color."), stream.end]
    assert ids == [stream.id("input"), *asked, *answered, stream.id("input"), *said]
    nothing = [NOT_SCORED]
    assert labels == [*asked, *nothing * (1 + len(answered)), *said, *nothing]


def test_padding_changes_nothing(pocket: SpeechLM, tmp_path: Path) -> None:
    run = trainer(pocket, tmp_path)
    lines = [run.line([Turn("hi")]), run.line([Turn("what color is the sky?", "blue."), Turn("thank you")])]
    counts = [sum(label != NOT_SCORED for label in labels) for _, labels in lines]
    with torch.no_grad():
        both, alone = run.loss(lines), [run.loss([line]) for line in lines]
    mean = sum(n * loss for n, loss in zip(counts, alone, strict=True)) / sum(counts)
    torch.testing.assert_close(both, mean)


def test_a_run_that_was_cut_goes_on_where_it_stopped(pocket: SpeechLM, tmp_path: Path) -> None:
    whole = trainer(pocket, tmp_path / "whole").run()

    def stop(event: dict) -> None:
        if event["step"] == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trainer(pocket, tmp_path / "cut", report=stop).run()
    again = trainer(pocket, tmp_path / "cut").run()
    for name, weight in whole.state_dict().items():
        torch.testing.assert_close(again.state_dict()[name], weight, msg=name)


def test_it_learns_what_people_say_and_a_model_asks_it(pocket: SpeechLM, tmp_path: Path) -> None:
    losses: list[float] = []
    config = TINY.replace(num_steps=200, batch_size=16, log_steps=20, save_steps=200)
    trainer(pocket, tmp_path, config, report=lambda event: losses.append(event["loss"])).run()
    assert losses[-1] < 0.6 * losses[0]
    model = with_question_lm(SpeechLM.load("pocket"), load_question_lm(tmp_path))
    model.save(tmp_path / "model", storage="int8")
    loaded = SpeechLM.load(tmp_path / "model")
    assert loaded.config == model.config and loaded.question_lm is not None
    likely, unlikely = (cost(loaded, text) for text in ("what color is the sky?", "sky the is color what?"))
    assert likely < unlikely - 2


def cost(model: SpeechLM, text: str) -> float:
    """What a text costs that nobody has said anything before, in nats."""
    ids = model.need("tokenizer").encode(text)
    with torch.inference_mode():
        told = Expected(model).read(torch.tensor([ids]))[0]
    return -sum(float(told[place, token_id]) for place, token_id in enumerate([*ids, model.streams[0].end]))


def test_a_fresh_model_has_one_if_its_config_says_so(pocket: SpeechLM) -> None:
    asks = QuestionLMConfig.small(pocket.streams[0].num_ids, dim=16, num_blocks=1)
    made = Fresh(model=pocket.config.replace(question_lm=asks), tokenizer=str(PACKAGED / "pocket")).build()
    assert made.question_lm is not None and cost(made, "hi") > 1


def test_where_there_is_none_it_is_said(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no trained question LM"):
        load_question_lm(tmp_path)
