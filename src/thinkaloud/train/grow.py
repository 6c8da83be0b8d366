"""Grow: a model takes on all that a smaller one of its kind has learnt, and begins by saying exactly what that one said.

    narrow   gate, up [m, D]             down [D, m]
    wide     gate, up [m + new, D]       down [D, m | 0]      what the new units find counts for nothing until it is learnt

Letters: D width, m inner width of a block's perceptron.
"""

import torch

from thinkaloud.model import SpeechLM

_INNER_ROWS = (".mlp.gate_proj.weight", ".mlp.up_proj.weight")
_INNER_COLUMNS = (".mlp.down_proj.weight",)


@torch.no_grad()
def take_on(model: SpeechLM, taught: SpeechLM) -> None:
    """Copies the weights of `taught` into `model`, whose blocks may have wider perceptrons; ValueError where not."""
    own, given = model.core_weights(), taught.core_weights()
    if own.keys() != given.keys():
        differing = ", ".join(sorted(own.keys() ^ given.keys())[:6])
        raise ValueError(f"the two models have other parts, so one cannot go on from the other: {differing}")
    for name, weight in given.items():
        target = own[name]
        if name.endswith(_INNER_ROWS):
            room = target[: len(weight)]
        elif name.endswith(_INNER_COLUMNS):
            target[:, weight.shape[1] :] = 0
            room = target[:, : weight.shape[1]]
        else:
            room = target
        if room.shape != weight.shape:
            raise ValueError(f"{name} is {list(weight.shape)} and does not fit into {list(target.shape)}")
        room.copy_(weight)
