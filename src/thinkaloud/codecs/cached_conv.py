"""Stages: convolution networks run in streaming, each sample computed once, equal to the whole run.

Letters: B batch, C channels, n samples that arrive, m samples that are final.

A stage is the state of one layer in one stream: `y = stage(x, end)` takes the next samples [B, C, n] and gives those
outputs [B, C', m] that no later input can change. At the first call a stage stands behind its layer's left zero padding,
and at `end` it adds the right one, so each layer sees exactly what it sees in a run over the whole input:

    whole      0 0 0 x x x x x x x x 0 0 0
    call 1     0 0 0 x x x               -> nothing final yet, or the first few; the rest is kept
    call 2               x x x x x       -> goes on where call 1 stopped
    end                            0 0 0 -> what was still owed

Weights stay in the modules and are shared by every stream; stages hold nothing but the samples still needed.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

_FEW = 32  # up to so many inputs a transposed convolution runs as one matrix product

Stage = Callable[[Tensor, bool], Tensor]  # (x [B, C, n], end) -> y [B, C', m]


class Chain:
    """Stages one after the other."""

    def __init__(self, stages: Sequence[Stage]) -> None:
        self._stages = tuple(stages)

    def __call__(self, x: Tensor, end: bool) -> Tensor:
        """All stages in turn: [B, C, n] -> [B, C', m]."""
        for stage in self._stages:
            x = stage(x, end)
        return x


class Pointwise:
    """A function that treats every sample alone: an activation, a 1x1 convolution."""

    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        self._function = function

    def __call__(self, x: Tensor, end: bool) -> Tensor:
        """Every sample is final at once: [B, C, n] -> [B, C', n]."""
        return self._function(x)


class Conv:
    """A zero-padded convolution whose outputs see neighbouring or overlapping inputs. Keeps less than one output's span."""

    def __init__(self, conv: nn.Conv1d) -> None:
        self._conv = conv
        self._stride, self._padding = conv.stride[0], int(conv.padding[0])
        self._span = (conv.kernel_size[0] - 1) * conv.dilation[0] + 1  # inputs that one output sees
        self._kept: Tensor | None = None  # [B, C, less than span]
        assert conv.padding_mode == "zeros" and self._span >= self._stride, conv

    def __call__(self, x: Tensor, end: bool) -> Tensor:
        """The outputs whose whole span has come: [B, C, n] -> [B, C', m]."""
        padding = x.new_zeros(*x.shape[:2], self._padding)
        x = _join(padding if self._kept is None else self._kept, x)
        x = _join(x, padding) if end else x
        num_ready = max(0, (x.shape[2] - self._span) // self._stride + 1)
        self._kept = x[:, :, num_ready * self._stride :].clone()
        if num_ready == 0:
            return x.new_zeros(x.shape[0], self._conv.out_channels, 0)
        conv = self._conv
        return F.conv1d(x, conv.weight, conv.bias, conv.stride, 0, conv.dilation, conv.groups)  # [B, C', num_ready]


class ConvTranspose:
    """A transposed convolution: each input adds a kernel of outputs, neighbours overlap, the overlap is kept.

    x0  [k k k k|k k k k]
    x1          [k k k k|k k k k]      stride 4, kernel 8: the right half of the last input waits for the next one
    """

    def __init__(self, conv: nn.ConvTranspose1d) -> None:
        self._conv = conv
        self._stride, self._kernel = conv.stride[0], conv.kernel_size[0]
        self._crop_left = int(conv.padding[0])  # outputs that the layer's padding takes off at the start ...
        self._crop_right = self._crop_left - int(conv.output_padding[0])  # ... and at the end
        self._kept: Tensor | None = None  # [B, C', kernel - stride]
        assert conv.dilation == (1,) and self._kernel - self._stride >= self._crop_right >= 0, conv

    def __call__(self, x: Tensor, end: bool) -> Tensor:
        """The outputs that no later input adds to: [B, C, n] -> [B, C', m]."""
        y = self._add_overlap(x)  # [B, C', n * stride + kernel - stride], the last kernel - stride not final
        final = y.shape[2] - (self._crop_right if end else self._kernel - self._stride)
        crop, self._crop_left = min(self._crop_left, final), max(0, self._crop_left - final)
        bias = self._conv.bias
        return y[:, :, crop:final] if bias is None else y[:, :, crop:final] + bias[:, None]

    def _add_overlap(self, x: Tensor) -> Tensor:
        overlap, conv = self._kernel - self._stride, self._conv
        if self._kept is None:
            self._kept = x.new_zeros(x.shape[0], conv.out_channels, overlap)
        if x.shape[2] == 0:
            return self._kept
        y = _few_inputs(x, conv) if x.shape[2] <= _FEW and conv.groups == 1 else _many_inputs(x, conv)
        y[:, :, :overlap] += self._kept
        self._kept = y[:, :, y.shape[2] - overlap :].clone()
        return y


class Residual:
    """x + inner(x): the skip path waits until the inner path has caught up."""

    def __init__(self, inner: Stage) -> None:
        self._inner = inner
        self._waiting: Tensor | None = None  # [B, C, n]

    def __call__(self, x: Tensor, end: bool) -> Tensor:
        """The sums that both paths have reached: [B, C, n] -> [B, C, m]."""
        y = self._inner(x, end)
        waiting = x if self._waiting is None else _join(self._waiting, x)
        self._waiting = waiting[:, :, y.shape[2] :].clone()
        return waiting[:, :, : y.shape[2]] + y


def _many_inputs(x: Tensor, conv: nn.ConvTranspose1d) -> Tensor:
    return F.conv_transpose1d(x, conv.weight, None, conv.stride, groups=conv.groups)  # [B, C', (n - 1) * stride + kernel]


def _few_inputs(x: Tensor, conv: nn.ConvTranspose1d) -> Tensor:
    """The same as one matrix product and an overlap-add: up to ten times faster on a CPU where n is small."""
    kernels = (x.transpose(1, 2) @ conv.weight.flatten(1)).transpose(1, 2)  # [B, C' * kernel, n]
    num_outputs = (x.shape[2] - 1) * conv.stride[0] + conv.kernel_size[0]
    return F.fold(kernels, (1, num_outputs), (1, conv.kernel_size[0]), stride=(1, conv.stride[0]))[:, :, 0]


def _join(left: Tensor, right: Tensor) -> Tensor:
    """Both, one after the other; no copy where one is empty."""
    if left.shape[2] == 0 or right.shape[2] == 0:
        return left if right.shape[2] == 0 else right
    return torch.cat([left, right], dim=2)
