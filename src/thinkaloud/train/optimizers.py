"""Optimizers: AdamW, and Muon for the matrices of blocks. What has one dimension does not decay."""

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn

from thinkaloud.train.stage import Optimizer


def adamw(parameters: Iterable[Tensor], rate: float, settings: Optimizer) -> torch.optim.AdamW:
    """AdamW on these parameters, by the settings of a stage."""
    known = list(parameters)
    groups = [
        {"params": [p for p in known if p.ndim > 1], "weight_decay": settings.weight_decay},
        {"params": [p for p in known if p.ndim < 2], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=rate, betas=settings.betas, eps=settings.eps, fused=True)


def optimizers(
    learning: Sequence[nn.Module], blocks: nn.Module | None, rate: float, weight_decay: float
) -> list[torch.optim.Optimizer]:
    """AdamW for all that is learning; the matrices of `blocks` go to Muon (momentum made orthogonal), scaled to its steps."""
    matrices = [p for p in blocks.parameters() if p.ndim == 2] if blocks is not None else []
    chosen = {id(p) for p in matrices}
    rest = [p for module in learning for p in module.parameters() if id(p) not in chosen]
    made: list[torch.optim.Optimizer] = [adamw(rest, rate, Optimizer(betas=(0.9, 0.98), weight_decay=weight_decay))]
    if matrices:
        made += [torch.optim.Muon(matrices, lr=rate, weight_decay=weight_decay, adjust_lr_fn="match_rms_adamw")]
    return made
