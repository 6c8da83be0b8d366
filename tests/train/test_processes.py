"""Training in processes of its own: two equal one, sharded equals whole, a killed one goes on. Slow: each imports torch."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest
from safetensors.torch import load_file
from toy_training import losses, shards

RECIPE = """
import sys
sys.path.insert(0, {tests!r})
from toy_training import recipe as toy_recipe
from thinkaloud.train.stage import Anchor, Optimizer

def recipe(*, shard: bool = False, steps: int = 4, pool_steps: int = 1):
    # some gradients are 0 but for rounding, and with the usual eps Adam makes whole steps of them
    more = dict(batch_size=8, micro_batch_size=3, anchor=Anchor(weight=0.1), optimizer=Optimizer(eps=1e-3))
    made = toy_recipe({speech!r}, steps=steps, pool_steps=pool_steps, **more)
    return made.replace(stages=made.stages[1:3], shard=shard)
"""


@pytest.fixture(scope="module")
def recipe_file(tmp_path_factory):
    folder = tmp_path_factory.mktemp("processes")
    text = RECIPE.format(tests=os.path.dirname(__file__), speech=shards(folder / "speech"))
    (folder / "recipe.py").write_text(text)
    return folder / "recipe.py"


def start(recipe, out, *more, processes=0):
    settings = ["train", str(recipe), "--out", str(out), "--cpu", *more]
    launcher = [
        "-m",
        "torch.distributed.run",
        "--nproc-per-node",
        str(processes),
        "--master-port",
        str(random.randint(20000, 40000)),
    ]
    command = [sys.executable, *(launcher if processes else []), "-m", "thinkaloud.cli", *settings]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)


def finish(run):
    _, told = run.communicate(timeout=240)
    assert run.returncode == 0, told[-3000:]


@pytest.fixture(scope="module")
def one(recipe_file):
    finish(start(recipe_file, recipe_file.parent / "one"))
    return recipe_file.parent / "one"


@pytest.mark.slow
@pytest.mark.parametrize("shard", [False, True], ids=["copies", "sharded"])
def test_two_processes_equal_one(recipe_file, one, shard):
    two = recipe_file.parent / f"two{shard}"
    finish(start(recipe_file, two, "--set", f"shard={shard}", "--set", "save_every_steps=1", processes=2))
    for a, b in zip(losses(one), losses(two), strict=True):
        assert a["step"] == b["step"] and a["loss"] == pytest.approx(b["loss"], abs=1e-5)
        assert a["grad_norm"] == pytest.approx(b["grad_norm"], abs=1e-4)
    _same(one, two)
    if shard:  # checkpoints hold whole tensors by name: what two processes began, sharded, one may end
        shutil.rmtree(two / "checkpoints" / "1-finetune-0000004")
        finish(start(recipe_file, two, "--resume"))
        _same(one, two)


@pytest.mark.slow
def test_a_run_killed_at_random_goes_on_loss_for_loss(recipe_file):
    folder, rng = recipe_file.parent, random.Random(5)
    long = ("--set", "steps=24", "--set", "pool_steps=4")
    finish(start(recipe_file, folder / "whole", *long))
    for kill in range(3):
        run = start(recipe_file, folder / "killed", *long, *(["--resume"] if kill else []))
        before = _lines(folder / "killed")
        until, wanted = time.monotonic() + 120, before + rng.randint(3, 6)
        while run.poll() is None and time.monotonic() < until and _lines(folder / "killed") < wanted:
            time.sleep(0.005)
        assert run.poll() is None, "it should still be running when it is killed"
        run.send_signal(signal.SIGKILL)
        run.wait()
    finish(start(recipe_file, folder / "killed", *long, "--resume"))
    assert losses(folder / "killed") == losses(folder / "whole")
    wanted, found = (load_file(folder / name / "model" / "model.safetensors") for name in ("whole", "killed"))
    assert all((value == found[name]).all() for name, value in wanted.items())


def _same(one, two):
    wanted, found = (load_file(run / "model" / "model.safetensors") for run in (one, two))
    assert wanted.keys() == found.keys()
    for name, value in wanted.items():
        assert (value - found[name]).abs().max() <= 1e-5, name


def _lines(run):
    log = run / "log.jsonl"
    return log.read_text().count("\n") if log.is_file() else 0
