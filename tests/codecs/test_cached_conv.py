"""Stages against the layers they stream."""

import pytest
import torch
from torch import nn

from thinkaloud.codecs.cached_conv import Chain, Conv, ConvTranspose, Pointwise, Residual

CONVS = [
    {"kernel_size": 1},
    {"kernel_size": 7, "padding": 3},
    {"kernel_size": 7, "padding": 27, "dilation": 9, "groups": 4},
    {"kernel_size": 7, "padding": 3, "bias": False},
    {"kernel_size": 4, "padding": 1, "stride": 2},
    {"kernel_size": 6, "padding": 2, "stride": 3},
    {"kernel_size": 5, "padding": 0, "stride": 5},
    {"kernel_size": 5, "padding": 0},
]
TRANSPOSED = [
    {"kernel_size": 16, "stride": 8, "padding": 4},
    {"kernel_size": 6, "stride": 3, "padding": 2, "output_padding": 1},
    {"kernel_size": 7, "stride": 2, "padding": 3, "bias": False},
    {"kernel_size": 4, "stride": 2, "padding": 1, "groups": 4},
    {"kernel_size": 3, "stride": 3},
]


def streamed(stage, x, size):
    empty = x[:, :, :0]
    return torch.cat([*(stage(chunk, False) for chunk in x.split(size, dim=2)), stage(empty, False), stage(empty, True)], dim=2)


def check(make_stage, layer, size, num_samples):
    x = torch.randn(2, 4, num_samples, generator=torch.Generator().manual_seed(0))
    expected = layer(x)
    for chunks in (size, num_samples):
        torch.testing.assert_close(streamed(make_stage(), x, chunks), expected, atol=1e-5, rtol=0)
    torch.testing.assert_close(make_stage()(x, True), expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize("size", [1, 5, 40])
@pytest.mark.parametrize("options", CONVS, ids=str)
@torch.no_grad()
def test_conv(options, size):
    layer = nn.Conv1d(4, 8, **options)
    check(lambda: Conv(layer), layer, size, num_samples=100)


@pytest.mark.parametrize("size", [1, 5, 40])
@pytest.mark.parametrize("options", TRANSPOSED, ids=str)
@torch.no_grad()
def test_conv_transpose(options, size):
    """Pushes of 1 and 5 take the matrix product, those of 40 and 100 the layer's own kernel."""
    layer = nn.ConvTranspose1d(4, 8, **options)
    check(lambda: ConvTranspose(layer), layer, size, num_samples=100)


@pytest.mark.parametrize("size", [1, 5, 40])
@torch.no_grad()
def test_residual_waits_for_its_inner_path(size):
    wide, narrow = nn.Conv1d(4, 4, 9, padding=4), nn.Conv1d(4, 4, 3, padding=1)
    check(
        lambda: Residual(Chain([Conv(wide), Pointwise(torch.tanh), Residual(Conv(narrow))])),
        lambda x: x + (wide(x).tanh() + narrow(wide(x).tanh())),
        size,
        num_samples=100,
    )


@torch.no_grad()
def test_what_is_kept_does_not_grow():
    stage = Conv(nn.Conv1d(4, 4, 7, padding=3))
    for _ in range(5):
        stage(torch.zeros(1, 4, 1000), False)
    kept = stage._kept
    assert kept is not None and kept.shape[2] == 6 and kept.untyped_storage().nbytes() == 4 * 4 * 6
