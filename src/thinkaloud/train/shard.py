"""Shard: one copy of the weights over all processes (FSDP). Each block is gathered when it is needed and let go after."""

from torch import nn

from thinkaloud.train.lesson import Lesson


def shard(lesson: Lesson) -> nn.Module:
    """The lesson with sharded parameters, in place; listener and codec stay whole unless the listener is trained."""
    from torch.distributed.fsdp import fully_shard

    model = lesson.model
    parts = [model.listener, model.codec, lesson.frozen]
    kept = [part for part in parts if part is not None and not any(p.requires_grad for p in part.parameters())]
    ignored = {parameter for part in kept for parameter in part.parameters()}
    for blocks in (module for module in model.modules() if isinstance(module, nn.ModuleList)):
        for block in blocks:
            if any(parameter not in ignored for parameter in block.parameters()):
                fully_shard(block, ignored_params=ignored)
    fully_shard(lesson, ignored_params=ignored)
    return lesson
