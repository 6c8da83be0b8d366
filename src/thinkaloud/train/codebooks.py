"""Learning the codebooks of a residual quantizer by moving averages, with k-means at the start and revival of dead entries.

Letters: B batch, T frames, D latent width, K codebooks, S codebook size, M vectors.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from thinkaloud.codecs.rvq import ResidualQuantizer


@dataclass(frozen=True, kw_only=True)
class Quantized:
    """Latents [B, T, D] after some levels and after the first alone, and how far the encoder is from its codes (a scalar).

    Gradients pass through both as if nothing had been rounded.
    """

    latents: Tensor
    first: Tensor
    commitment: Tensor


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
    def begin(self, quantizer: ResidualQuantizer, latents: Tensor, draw: torch.Generator) -> None:
        """Sets every codebook to k-means centres of what is left of latents [B, T, D]."""
        residual, size = latents.float().flatten(0, 1), quantizer.codebooks.shape[1]  # [M, D]
        for level in range(len(quantizer.codebooks)):
            quantizer.codebooks[level] = kmeans(residual, size, draw)
            codes = quantizer.nearest(level, residual)
            self.counts[level] = torch.bincount(codes, minlength=size).float().clamp(min=1e-3)
            self.sums[level] = quantizer.codebooks[level] * self.counts[level][:, None]
            residual = residual - quantizer.codebooks[level][codes]

    def quantize(
        self, quantizer: ResidualQuantizer, latents: Tensor, counts: Tensor, draw: torch.Generator | None
    ) -> Quantized:
        """Latents [B, T, D] through the first counts[b] codebooks of each row; with `draw` the codebooks learn from them."""
        residual, summed, first = latents, torch.zeros_like(latents), latents
        commitment = latents.new_zeros(())
        for level in range(int(counts.max())):
            active = counts > level  # [B]
            codes = quantizer.nearest(level, residual.detach())  # [B, T]
            vectors = quantizer.codebooks[level][codes]  # [B, T, D]
            commitment = commitment + (residual[active] - vectors[active]).square().mean()
            summed = summed + vectors * active[:, None, None]
            first = first if level else latents + (vectors - latents).detach()
            if draw is not None:
                self.learn(quantizer, level, residual[active].flatten(0, 1), codes[active].flatten(), draw)
            residual = residual - vectors
        passed = latents + (summed - latents).detach()
        return Quantized(latents=passed, first=first, commitment=commitment / int(counts.max()))

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
