import pytest
import torch

from thinkaloud.train.optimizers import optimizers
from thinkaloud.train.stage import Optimizer

RATE = 0.01


def stepped(settings):
    """By how much one step changes each parameter of two small layers, whose gradients are nearly of rank 1."""
    torch.manual_seed(0)
    named = {
        "block.weight": torch.nn.Parameter(torch.zeros(24, 16)),
        "block.bias": torch.nn.Parameter(torch.zeros(24)),
        "block.kernel": torch.nn.Parameter(torch.zeros(4, 4, 3)),
        "head.weight": torch.nn.Parameter(torch.zeros(24, 16)),
    }
    gradient = torch.outer(torch.randn(24), torch.randn(16)) + 0.1 * torch.randn(24, 16)
    for parameter in named.values():
        parameter.grad = gradient.clone() if parameter.shape == gradient.shape else torch.randn_like(parameter)
    for optimizer in optimizers(named, RATE, settings):
        optimizer.step()
    return {name: parameter.detach() for name, parameter in named.items()}


def test_muon_steps_the_matrices_it_is_told_to_and_adamw_the_rest():
    moved, plain = stepped(Optimizer(muon=("block.*",))), stepped(Optimizer())
    by_muon, by_adamw = (torch.linalg.svdvals(found["block.weight"]) for found in (moved, plain))
    assert by_muon.min() > 0.4 * by_muon.max()  # in all directions alike, whatever the gradient's are
    assert by_adamw.min() < 0.1 * by_adamw.max()
    for name in ("block.bias", "block.kernel", "head.weight"):
        assert torch.equal(moved[name], plain[name])
    size = moved["block.weight"].square().mean().sqrt() / plain["block.weight"].square().mean().sqrt()
    assert 0.1 < size < 1  # one rate fits both: Muon's steps are of the size that AdamW's have once it has averaged a while


def test_scales_hold_for_both():
    half, whole = stepped(Optimizer(muon=("block.*",), scales={"block.*": 0.5})), stepped(Optimizer(muon=("block.*",)))
    torch.testing.assert_close(half["block.weight"], whole["block.weight"] / 2)
    torch.testing.assert_close(half["block.bias"], whole["block.bias"] / 2)
    assert torch.equal(half["head.weight"], whole["head.weight"])


def test_what_muon_cannot_step_is_an_error():
    with pytest.raises(ValueError, match="fit no matrix"):
        stepped(Optimizer(muon=("blocks.*",)))
    with pytest.raises(ValueError, match="shard=false"):
        optimizers({"a": torch.zeros(2, 2)}, RATE, Optimizer(muon=("a",)), sharded=True)
