import fnmatch
import json
import random
import shutil

import pytest
import torch
from toy_training import losses, recipe, samples, shards, weights

from thinkaloud import toy
from thinkaloud.data.collate import collate
from thinkaloud.data.mixture import Part
from thinkaloud.data.samples import Samples
from thinkaloud.data.sources import Shards
from thinkaloud.data.tasks import Scoring
from thinkaloud.generate.ask import Exchange, Question, build_prompt
from thinkaloud.layout.prompt import TASKS
from thinkaloud.listen.pocket import PocketListenerConfig
from thinkaloud.model import SpeechLM
from thinkaloud.recipes.mini_omni import GROUPS
from thinkaloud.train.feed import laying_of
from thinkaloud.train.lesson import Lesson
from thinkaloud.train.plot import plot
from thinkaloud.train.stage import Anchor, Lora, Optimizer, Schedule, Validation
from thinkaloud.train.start import FromModel
from thinkaloud.train.trainer import train


@pytest.fixture(scope="module")
def speech(tmp_path_factory):
    return shards(tmp_path_factory.mktemp("speech"))


def test_frozen_means_frozen_in_every_stage(speech, tmp_path):
    made = recipe(speech, steps=2)
    train(made, tmp_path, cpu=True)
    before = weights(toy.model())
    for number, stage in enumerate(made.stages):
        after = weights(SpeechLM.load(tmp_path / "checkpoints" / f"{number}-{stage.name}-0000002"))
        patterns = [pattern for group in stage.trains for pattern in GROUPS[group]]
        for name in after:
            trained = any(fnmatch.fnmatch(name, pattern) for pattern in patterns)
            moved = not torch.equal(before[name], after[name])
            assert moved == trained, (stage.name, name)
        before = after


HARD = {
    "input_dropout": 0.1,
    "corrupt_codes": 0.1,
    "ema": 0.9,
    "anchor": Anchor(weight=0.1),
    "micro_batch_size": 3,
    "gradient_checkpointing": True,
    "optimizer": Optimizer(muon=("backbone.*.layers.*",)),
}


class Interrupted(Exception):
    pass


def stop_after(lines):
    seen = []

    def tell(line):
        seen.append(line)
        if len(seen) == lines:
            raise Interrupted

    return tell


@pytest.mark.parametrize("changes", [HARD, {"lora": Lora(rank=2)}], ids=["everything", "lora"])
def test_a_run_interrupted_and_resumed_is_the_run_uninterrupted(speech, tmp_path, changes):
    made = recipe(speech, **changes)
    stages = (
        made.stages[1:3] if "lora" not in changes else tuple(s.replace(trains=("lora", "adapter.*")) for s in made.stages[:2])
    )
    made = made.replace(stages=stages)
    whole = train(made, tmp_path / "whole", cpu=True)
    rng, resume = random.Random(3), False
    for _ in range(3):
        with pytest.raises(Interrupted):
            train(made, tmp_path / "torn", resume=resume, tell=stop_after(rng.randint(1, 3)), cpu=True)
        resume = True
    torn = train(made, tmp_path / "torn", resume=True, cpu=True)
    assert losses(tmp_path / "torn") == losses(tmp_path / "whole")
    for name, value in whole.state_dict().items():
        assert torch.equal(value, torn.state_dict()[name]), name


def test_neither_accumulation_nor_workers_change_the_result(speech, tmp_path):
    plain, split, ahead = (tmp_path / name for name in ("plain", "split", "ahead"))
    one = recipe(speech, steps=3)
    one = one.replace(stages=one.stages[2:3])
    train(one, plain, cpu=True)
    train(one.set("stages.0.micro_batch_size", 1), split, cpu=True)
    train(one.replace(data_workers=1), ahead, cpu=True)
    assert losses(ahead) == losses(plain)
    for a, b in zip(losses(plain), losses(split), strict=True):
        assert a["loss"] == pytest.approx(b["loss"], abs=1e-5) and a["grad_norm"] == pytest.approx(b["grad_norm"], abs=1e-4)


@pytest.mark.parametrize("start", ["toy", "adapter"])
def test_packing_is_exact(speech, start):
    """The gradients of packed rows are those of one sample a row, with a TTS adapter too."""
    model = toy.model(adapter_blocks=1 if start == "adapter" else 0).train().requires_grad_(True)
    laying = laying_of(model, Scoring(), 500)
    names = ("a1a2", "t1t2", "asr", "t1a2")
    examples = [laying.lay(sample, TASKS[names[n % 4]]) for n, sample in enumerate(samples(8))]
    found = {}
    for pack_steps in (0, 64):
        stage = recipe(speech, anchor=Anchor(weight=1.0)).stages[2]
        lesson = Lesson(model, stage, toy.model(seed=1, adapter_blocks=1 if start == "adapter" else 0))
        ragged = collate(examples, model.streams, pack_steps)
        losses = lesson(ragged)
        model.zero_grad(set_to_none=True)
        sum(losses.values()).backward()
        found[pack_steps] = losses, {name: p.grad.clone() for name, p in model.named_parameters()}, len(ragged.ids)
        lesson.release()
    assert found[64][2] < found[0][2] == 8
    for name, loss in found[0][0].items():
        assert loss.item() == pytest.approx(found[64][0][name].item(), abs=1e-5), name
    for name, gradient in found[0][1].items():
        assert (gradient - found[64][1][name]).abs().max() <= 1e-5, name


def test_each_stream_is_logged_by_name_and_plotted(speech, tmp_path):
    made = recipe(speech, steps=2)
    train(made, tmp_path, cpu=True)
    lines = losses(tmp_path)
    assert [(line["stage"], line["step"]) for line in lines] == [(s.name, n) for s in made.stages for n in (1, 2)]
    assert {"text", "audio0", "audio1", "audio2"} <= set(lines[-1])
    assert "audio0" not in lines[2]  # text out: the audio rows are not scored
    assert plot(tmp_path).read_bytes()[:4] == b"\x89PNG"
    with pytest.raises(ValueError, match="holds a run already"):
        train(made, tmp_path, cpu=True)


def test_checkpoints_rotate_and_are_models(speech, tmp_path):
    made = recipe(speech, steps=7).replace(keep_checkpoints=1)
    train(made.replace(stages=made.stages[:2]), tmp_path, cpu=True)
    names = sorted(path.name for path in (tmp_path / "checkpoints").iterdir())
    assert names == ["0-align-0000007", "1-adapt-0000007"]
    last, final = (SpeechLM.load(path) for path in (tmp_path / "checkpoints" / names[1], tmp_path / "model"))
    assert all(torch.equal(value, final.state_dict()[name]) for name, value in last.state_dict().items())


def test_parts_that_are_not_trained_come_from_the_start_and_not_from_a_checkpoint(speech, tmp_path):
    ears = PocketListenerConfig(dim=16, num_blocks=1, num_heads=2, num_mels=20)
    begun = SpeechLM(toy.config().replace(listener=ears, listener_dim=16))
    begun.listener, begun.codec, begun.tokenizer = ears.build(), toy.ToyCodec(), toy.tokenizer()
    begun.save(tmp_path / "start")
    given = recipe(speech, steps=2).replace(start=FromModel(source=str(tmp_path / "start")))
    train(given, tmp_path / "run", stage="align")
    with torch.no_grad():
        for weight in begun.need("listener").parameters():
            weight.mul_(2)
    begun.save(tmp_path / "start")  # a better listener, say, trained in the meantime
    made = train(given, tmp_path / "run", resume=True)
    wanted = begun.need("listener").state_dict()
    assert wanted and all(torch.equal(made.need("listener").state_dict()[name], weight) for name, weight in wanted.items())


def test_validation_speaks_and_keeps_the_best(speech, tmp_path):
    checks = Validation(data=(Part(data=Shards(path=speech), tasks={"a1a2": 1.0}),), every_steps=2, num_samples=4, speak=2)
    made = recipe(speech, steps=4, validation=checks.replace(max_steps=20))
    train(made.replace(stages=made.stages[3:]), tmp_path, cpu=True)
    found = [line for line in losses(tmp_path) if "validation" in line]
    assert [line["step"] for line in found] == [2, 4]
    assert {"loss", "text", "audio0", "text_exact", "word_error_rate"} <= set(found[0]["validation"])
    said = (tmp_path / "samples" / "final-0000004" / "said.tsv").read_text().splitlines()
    assert len(said) == 3 and said[1].split("\t")[1] == "a1a2"
    SpeechLM.load(tmp_path / "best-final")
    plain = made.replace(stages=(made.stages[3].replace(validation=Validation()),))
    train(plain, tmp_path / "plain", cpu=True)  # looking does not change what is learnt
    assert [line for line in losses(tmp_path) if "loss" in line] == losses(tmp_path / "plain")


def test_losses_that_are_not_finite_stop_with_advice(speech, tmp_path, monkeypatch):
    made = recipe(speech, steps=9)

    def broken(self):
        model = toy.model()
        model.rows.weight.fill_(float("nan"))
        return model

    monkeypatch.setattr(type(made.start), "build", broken)
    with pytest.raises(ValueError, match="not finite in 5 steps in a row, last with samples toy/"):
        train(made, tmp_path, cpu=True)


def test_bf16_trains(speech, tmp_path):
    made = recipe(speech, steps=3, precision="bf16")
    train(made.replace(stages=made.stages[2:3]), tmp_path, cpu=True)
    assert all(0 < line["loss"] < 10 for line in losses(tmp_path))


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("g++") is None, reason="torch.compile needs a C++ compiler")
def test_a_compiled_backbone_learns_the_same(speech, tmp_path):
    plain = recipe(speech, steps=3, input_dropout=0.0)
    plain = plain.replace(stages=plain.stages[2:3])
    train(plain, tmp_path / "plain", cpu=True)
    made = train(plain.replace(stages=(plain.stages[0].replace(compiled=True),)), tmp_path / "compiled", cpu=True)
    for one, other in zip(losses(tmp_path / "compiled"), losses(tmp_path / "plain"), strict=True):
        assert one["loss"] == pytest.approx(other["loss"], rel=1e-4)
    assert made.backbone._compiled_call_impl is None, "what comes out is a plain model"


def test_anchor_holds_the_text_model(speech, tmp_path):
    drift = {}
    for weight in (1e-6, 30.0):
        made = recipe(speech, steps=8, anchor=Anchor(weight=weight), batch_size=8)
        train(made.replace(stages=made.stages[1:2]), tmp_path / str(weight), cpu=True)
        lines = losses(tmp_path / str(weight))
        assert lines[0]["anchor"] == pytest.approx(0, abs=1e-5)  # at step 0 nothing has been forgotten
        drift[weight] = lines[-1]["anchor"]
    assert drift[30.0] < 0.2 * drift[1e-6]


def test_what_cannot_be_trained_says_so(speech, tmp_path):
    made = recipe(speech)

    def stage(**changes):
        return made.replace(stages=(made.stages[0].replace(**changes),))

    for wrong, message in (
        (stage(trains=("adaptor.*",)), "did you mean"),
        (stage(loss_weights={"audio9": 1.0}), "streams are text, audio0"),
        (stage(batch_size=4, max_sample_steps=3), "no usable sample among 8"),
        (stage(lora=Lora(targets=("nothing",)), trains=("lora",)), "has no layer nothing"),
    ):
        with pytest.raises(ValueError, match=message):
            train(wrong, tmp_path / "run", cpu=True)


def test_rows_of_training_are_the_prompt_of_generation():
    """What a conversation feeds before it answers is what training laid before the answer, with and without history."""
    model = toy.model()
    laying = laying_of(model, Scoring(), 500)
    for sample in samples(4):
        for name in ("a1a2", "a1t2", "asr", "t1a2", "t1t2"):
            task = TASKS[name]
            example = laying.lay(sample, task)

            def heard(asked):
                return Question(heard=model.listener.listen(asked.listen().samples[None]).embeds[0])

            question = heard(sample.question) if task.listens else Question(text=sample.question.text)
            past = tuple(Exchange(question=heard(turn.question), answer=turn.answer.text) for turn in sample.history)
            prompt, features = build_prompt(model, task, question, past)
            steps = prompt.ids.shape[1]
            assert torch.equal(example.ids[:, :steps], prompt.ids), (name, sample.key)
            assert example.labels[0, steps - 1] >= 0  # the next column is the first that is learnt
            if features is not None:
                assert tuple(features.starts.tolist()) == example.starts


def test_schedule():
    cosine = Schedule(lr=1.0, final_lr=0.1, warmup_steps=2)
    rates = [cosine.at(step, 12) for step in range(12)]
    assert rates[:3] == [0.5, 1.0, 1.0] and rates[-1] == pytest.approx(0.1) and rates[2:] == sorted(rates[2:], reverse=True)
    assert Schedule(lr=1.0, final_lr=0.0, shape="linear").at(5, 11) == 0.5
    with pytest.raises(ValueError, match="shape of cosine, linear, constant"):
        Schedule(shape="cosin")


def test_learning_rates_may_differ_by_part(speech, tmp_path):
    made = recipe(speech, steps=2, optimizer=Optimizer(scales={"backbone.*": 0.0}, weight_decay=0.0))
    model = train(made.replace(stages=made.stages[2:3]), tmp_path, cpu=True)
    for name, value in toy.model().state_dict().items():
        assert torch.equal(value, model.state_dict()[name]) == name.startswith("backbone."), name


def test_recipes_are_json_and_back(speech):
    made = recipe(speech)
    assert type(made).from_json(made.to_json()) == made
    assert json.loads(made.to_json())["stages"][0]["trains"] == ["asr_adapter", "tts_adapter"]


def test_a_source_in_python_trains(speech, tmp_path, monkeypatch):
    monkeypatch.setattr(Shards, "build", lambda self: Samples(samples(3)))
    made = recipe("nowhere", steps=2)
    train(made.replace(stages=made.stages[3:]), tmp_path, cpu=True)
    assert len(losses(tmp_path)) == 2
