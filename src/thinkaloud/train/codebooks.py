"""Learning the codebooks of a residual quantizer by moving averages, with k-means at the start and revival of dead entries.

Letters: B batch, T frames, D latent width, K codebooks, S codebook size, M vectors.
"""

import torch
from torch import Tensor, nn

from thinkaloud.codecs.rvq import ResidualQuantizer


class CodebookLearner(nn.Module):
    """The averages behind the codebooks (VQ-VAE, arXiv 1711.00937, appendix A.1). State of the training, not of the codec."""

    counts: Tensor
    sums: Tensor

    def __init__(self, quantizer: ResidualQuantizer, decay: float = 0.98, min_share: float = 0.03) -> None:
        super().__init__()
        num_codebooks, size, dim = quantizer.codebooks.shape
        self.decay, self.min_share = decay, min_share
        self.register_buffer("counts", torch.zeros(num_codebooks, size))  # [K, S] uses a step, averaged
        self.register_buffer("sums", torch.zeros(num_codebooks, size, dim))  # [K, S, D]

    @torch.no_grad()
    def learn(self, quantizer: ResidualQuantizer, level: int, vectors: Tensor, codes: Tensor, draw: torch.Generator) -> None:
        """Moves one codebook towards the vectors [M, D] that chose its entries `codes` [M]; unused entries start anew."""
        size = quantizer.codebooks.shape[1]
        uses = torch.bincount(codes, minlength=size).float()  # [S]
        sums = torch.zeros_like(self.sums[level]).index_add_(0, codes, vectors.float())  # [S, D]
        self.counts[level].lerp_(uses, 1 - self.decay)
        self.sums[level].lerp_(sums, 1 - self.decay)
        dead = self.counts[level] < self.min_share * len(codes) / size
        if dead.any():
            picked = torch.randint(len(vectors), (int(dead.sum()),), generator=draw)
            self.counts[level][dead] = len(codes) / size
            self.sums[level][dead] = vectors[picked].float() * len(codes) / size
        quantizer.codebooks[level] = self.sums[level] / self.counts[level][:, None]

    @torch.no_grad()
    def begin(self, quantizer: ResidualQuantizer, level: int, vectors: Tensor, draw: torch.Generator) -> None:
        """Sets one codebook to k-means centres of the first vectors [M, D]."""
        size = quantizer.codebooks.shape[1]
        centres = kmeans(vectors.float(), size, draw)
        codes = torch.cdist(vectors.float(), centres).argmin(1)
        self.counts[level] = torch.bincount(codes, minlength=size).float().clamp(min=1e-3)
        self.sums[level] = centres * self.counts[level][:, None]
        quantizer.codebooks[level] = centres


def kmeans(vectors: Tensor, num_centres: int, draw: torch.Generator, num_rounds: int = 8) -> Tensor:
    """Centres [num_centres, D] of vectors [M, D] by Lloyd's rounds; an empty centre jumps to a random vector."""
    first = torch.randint(len(vectors), (num_centres,), generator=draw)
    if len(vectors) >= num_centres:
        first = torch.randperm(len(vectors), generator=draw)[:num_centres]
    centres = vectors[first].clone()
    for _ in range(num_rounds):
        codes = torch.cdist(vectors, centres).argmin(1)
        counts = torch.bincount(codes, minlength=num_centres)
        sums = torch.zeros_like(centres).index_add_(0, codes, vectors)
        jump = vectors[torch.randint(len(vectors), (num_centres,), generator=draw)]
        centres = torch.where(counts[:, None] > 0, sums / counts[:, None].clamp(min=1), jump)
    return centres


def perplexity(counts: Tensor) -> Tensor:
    """How many entries of each codebook are really in use: exp of the entropy of counts [K, S] -> [K]."""
    shares = counts / counts.sum(-1, keepdim=True).clamp(min=1e-9)
    return torch.exp(-(shares * shares.clamp(min=1e-9).log()).sum(-1))
