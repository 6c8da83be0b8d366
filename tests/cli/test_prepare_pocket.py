import pytest

from thinkaloud.cli import prepare_pocket
from thinkaloud.cli.prepare_pocket import PocketSizes, run_pocket


def test_ears_of_another_run_are_not_taken_for_those_that_were_asked_for(tmp_path, monkeypatch, capsys):
    begun: list[int] = []
    monkeypatch.setattr(
        prepare_pocket, "_make_ears_together", lambda root, fsdd, name, config, workers: begun.append(config.seed)
    )
    (tmp_path / "codes").mkdir()

    def read_by(model: str, seed: int) -> None:
        run_pocket(tmp_path, "", (), read_by=model, seed=seed, workers=1, sizes=PocketSizes())

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
    assert begun == [first, first, first, first + 1]
