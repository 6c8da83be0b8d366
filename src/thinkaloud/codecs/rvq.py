"""Residual vector quantization: each codebook says what the ones before it left over (SoundStream, arXiv 2107.03312).

Letters: B batch, K codebooks, T frames, D latent width, S codebook size.
"""

import torch
from torch import Tensor, nn


class ResidualQuantizer(nn.Module):
    """K codebooks of S vectors. Weights only: how they are learnt is the trainer's business."""

    codebooks: Tensor

    def __init__(self, num_codebooks: int, codebook_size: int, dim: int) -> None:
        super().__init__()
        self.register_buffer("codebooks", torch.randn(num_codebooks, codebook_size, dim) * 0.1)  # [K, S, D]

    def nearest(self, level: int, residual: Tensor) -> Tensor:
        """The code [...] of the vector nearest to each residual [..., D] in one codebook."""
        with torch.autocast(residual.device.type, enabled=False):
            book, residual = self.codebooks[level].float(), residual.float()
            distance = book.square().sum(1) - 2 * residual @ book.T  # [..., S]; the residual's own norm changes nothing
        return distance.argmin(-1)

    def encode(self, latents: Tensor, num_codebooks: int) -> Tensor:
        """Codes [B, K, T] of latents [B, T, D]."""
        residual, codes = latents.float(), []
        for level in range(num_codebooks):
            codes.append(self.nearest(level, residual))
            residual = residual - self.codebooks[level][codes[-1]]
        return torch.stack(codes, dim=1)

    def decode(self, codes: Tensor) -> Tensor:
        """Latents [B, T, D]: the sum of what the codes [B, K, T] name; fewer codebooks give a coarser sum."""
        return torch.stack([self.codebooks[level][codes[:, level]] for level in range(codes.shape[1])]).sum(0)
