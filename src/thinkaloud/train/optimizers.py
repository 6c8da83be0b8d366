"""Optimizers by a stage's settings: AdamW, and Muon for the matrices that they name. What has one dimension does not decay."""

import fnmatch
from collections.abc import Mapping

import torch
from torch import Tensor

from thinkaloud.train.stage import Optimizer


def optimizers(
    named: Mapping[str, Tensor], rate: float, settings: Optimizer, *, sharded: bool = False
) -> list[torch.optim.Optimizer]:
    """What steps these parameters: AdamW first, then Muon if there is a matrix for it.

    Muon makes the momentum of a matrix orthogonal; it is scaled to steps of AdamW's size (arXiv 2502.16982, section 2.2), so
    both go by one rate. Each group has its own rate as `lr`, and as `scale` what it is of `rate`. ValueError if a pattern for
    Muon fits no matrix, or if the weights are `sharded`: it needs them whole.
    """
    if settings.muon and sharded:
        raise ValueError("Muon needs whole matrices and these are sharded: leave optimizer.muon out, or shard=false")
    adam: dict[tuple[float, float], list[Tensor]] = {}
    muon: dict[tuple[float, float], list[Tensor]] = {}
    for name, parameter in named.items():
        scale = next((scale for pattern, scale in settings.scales.items() if fnmatch.fnmatch(name, pattern)), 1.0)
        decay = settings.weight_decay if parameter.ndim > 1 else 0.0
        groups = muon if parameter.ndim == 2 and any(fnmatch.fnmatch(name, pattern) for pattern in settings.muon) else adam
        groups.setdefault((scale, decay), []).append(parameter)
    if settings.muon and not muon:
        raise ValueError(f"optimizer.muon names {', '.join(settings.muon)}, which fit no matrix that is trained")
    made: list[torch.optim.Optimizer] = []
    if adam:
        made += [torch.optim.AdamW(_rows(adam, rate), betas=settings.betas, eps=settings.eps, fused=not sharded)]
    if muon:
        made += [torch.optim.Muon(_rows(muon, rate), adjust_lr_fn="match_rms_adamw")]
    return made


def _rows(groups: Mapping[tuple[float, float], list[Tensor]], rate: float) -> list[dict[str, object]]:
    return [
        {"params": parameters, "lr": rate * scale, "scale": scale, "weight_decay": decay}
        for (scale, decay), parameters in groups.items()
    ]
