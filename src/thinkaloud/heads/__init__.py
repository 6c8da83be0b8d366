"""Head: from a hidden state to speech codes.

Letters: B batch, S steps, D width, K speech rows.

A head either feeds back (its codes are the next step's input: Parallel, Depth) or follows (0..n codes a step go straight to
the codec: Ctc).
"""

from collections.abc import Callable
from typing import Protocol

from torch import Tensor, nn

from thinkaloud.backbone import Hidden

Choose = Callable[[Tensor, int], Tensor]
"""Picks ids [B] from logits [B, V] of speech row k (0..K-1): the sampler, handed to the head."""


class HeadStream(Protocol):
    """A head in progress. Owned by one conversation; never shared."""

    def step(self, hidden: Hidden, choose: Choose) -> Tensor:
        """The codes [B, K] said after hidden states [B, S, D]; S > 1 only for the prompt, whose last step speaks."""
        ...


class Head(nn.Module):
    """Base of all heads."""

    follows: bool = False

    def loss(self, hidden: Hidden, labels: Tensor, positions: Tensor | None = None) -> dict[str, Tensor]:
        """The mean cross-entropy of each speech row by stream name, for labels [B, K, S]; -100 is not scored.

        `positions` [B, S] of packed rows, as the backbone takes them.
        """
        raise NotImplementedError

    def stream(self) -> HeadStream:
        """A new stream of this head."""
        raise NotImplementedError
