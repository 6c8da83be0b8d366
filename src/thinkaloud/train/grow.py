"""Grow: a model takes on all that a smaller one of its kind has learnt, and begins by saying exactly what that one said.

    listener   block 0 ... 5                      new blocks after them add nothing until it is learnt what
    deeper     block 0 ... 5, non-causal 0 ... 3

    narrow   gate, up [m, D]             down [D, m]
    wide     gate, up [m + new, D]       down [D, m | 0]      what the new units find counts for nothing until it is learnt

Letters: D width, m inner width of a block's perceptron.
"""

import torch

from thinkaloud.listen.pocket import PocketListener
from thinkaloud.model import SpeechLM, load_strict

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


@torch.no_grad()
def think_over(listener: PocketListener, num_noncausal_blocks: int) -> PocketListener:
    """A listener that hears what this one hears, with so many non-causal blocks: itself, or new ones; else a ValueError.

    They look for what its last blocks look for, and add nothing.
    """
    if listener.config.num_noncausal_blocks == num_noncausal_blocks:
        return listener
    if listener.config.num_noncausal_blocks:
        raise ValueError(
            f"the listener that was taught before has {listener.config.num_noncausal_blocks} non-causal blocks, this one is to "
            f"have {num_noncausal_blocks}: give it as many, or begin with one that has none"
        )
    grown = listener.config.replace(num_noncausal_blocks=num_noncausal_blocks).build()
    for number, block in enumerate(grown.noncausal_blocks):
        like = listener.blocks[(number - num_noncausal_blocks) % len(listener.blocks)]
        load_strict(block, like.state_dict())
        for last in (block.merge, block.mix, block.narrow):
            last.weight.zero_()
            last.bias.zero_()
    load_strict(grown, grown.state_dict() | listener.state_dict())
    return grown
