import pytest

from thinkaloud.cli import pocket_parts, pocket_whole
from thinkaloud.cli.pocket_sizes import PocketSizes
from thinkaloud.cli.prepare_pocket import command
from thinkaloud.train.listener import ListenerTrainer
from thinkaloud.train.listener_config import ListenerTrainConfig


def test_ears_of_another_run_are_not_taken_for_those_that_were_asked_for(tmp_path, monkeypatch, capsys):
    begun: list[int] = []
    monkeypatch.setattr(
        pocket_parts, "_make_ears_together", lambda root, fsdd, folder, config, workers: begun.append(config.seed)
    )
    (tmp_path / "codes").mkdir()

    def read_by(model: str, seed: int) -> None:
        command(tmp_path, read_by=model, seed=seed, workers=1)

    with pytest.raises(ValueError, match="no-such-model"):
        read_by("no-such-model", 0)  # a run that never began is in nobody's way
    read_by("pocket", 0)
    (tmp_path / "ears" / "checkpoint.pt").touch()
    read_by("pocket", 0)  # goes on
    for model, seed in (("pocket", 1), ("toy", 0)):
        with pytest.raises(ValueError, match="move it away"):
            read_by(model, seed)
    (tmp_path / "ears").rename(tmp_path / "ears-0")
    read_by("pocket", 1)
    first = PocketSizes().read.seed
    assert begun == [first, first, first + 1]


def test_new_blocks_learn_alone_behind_ears_that_stay(tmp_path, monkeypatch):
    begun: list[ListenerTrainConfig] = []
    monkeypatch.setattr(pocket_parts, "_make_ears_together", lambda root, fsdd, folder, config, workers: begun.append(config))
    command(tmp_path, read_by="pocket", noncausal_blocks=2, workers=1)  # without codes: nothing is practised
    (tmp_path / "ears" / "checkpoint.pt").touch()
    (tmp_path / "codes").mkdir()
    with pytest.raises(ValueError, match="move it away"):
        command(tmp_path, read_by="pocket", workers=1)
    (config,) = begun
    assert config.listener.num_noncausal_blocks == 2 and config.reader is not None and config.reader.learns is None
    run = ListenerTrainer(config.replace(bf16=False), lambda rng: pytest.fail("nothing is drawn"), tmp_path)
    learning = {name for name, p in run.listener.named_parameters() if p.requires_grad}
    assert learning == {name for name in run.listener.state_dict() if name.startswith(("noncausal_blocks.", "leave."))}


def test_the_whole_goes_on_where_it_was_interrupted(tmp_path, monkeypatch):
    begun: list[str] = []
    cut = "ears-0"

    def step(name: str) -> None:
        begun.append(name)
        if name == cut:
            raise KeyboardInterrupt

    monkeypatch.setattr(pocket_whole, "prepare_pocket", lambda *given, then, **more: (step("prepared"), then()))
    monkeypatch.setattr(pocket_whole, "learn", lambda recipe, folder, resume, stage="": step(f"train {stage}"))
    monkeypatch.setattr(pocket_whole, "tune_decoder", lambda root, model, sizes: step("said"))
    monkeypatch.setattr(
        pocket_whole,
        "tune_ears",
        lambda folder, model, *given, **more: step(folder.name) if model.endswith(sources[folder.name]) else pytest.fail(model),
    )
    monkeypatch.setattr(pocket_whole, "teach_question_lm", lambda *given: step("asked"))
    monkeypatch.setattr(pocket_whole, "pack", lambda *given, question_lm: begun.append("pack") or 1.0)
    sources = {"ears-0": "lm/model", "ears": "ears-0/model"}

    with pytest.raises(KeyboardInterrupt):
        command(tmp_path, whole=True, workers=1)
    assert begun == ["prepared", "train speak", "train ", "said", "ears-0"]
    begun, cut = [], ""
    command(tmp_path, whole=True, workers=1)
    assert begun == ["ears-0", "ears", "asked", "pack"]
