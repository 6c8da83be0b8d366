"""SileroVad: the network of the `silero-vad` package, with its state outside the module.

Letters: B batch (conversations), n samples of a frame (512), C samples of context (64), D width (128).

    context + frame  ->  STFT magnitude  ->  4 convolutions  ->  LSTM cell  ->  probability
    [B, 64 + 512]        [B, 129, 4]         [B, 128, 1]         [B, 128]       [B]

The package ships its weights (MIT). They are read from its files without importing it, because importing it sets torch's
number of threads for the whole process. Agrees with the package's own `silero_vad.jit` at 16 kHz to float precision.
"""

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from thinkaloud.configurable import Config
from thinkaloud.duplex.vad import Frames

State = tuple[Tensor, Tensor, Tensor]
"""Context [B, C], and hidden and cell state [B, D]."""


@dataclass(frozen=True, kw_only=True)
class SileroVadConfig(Config):
    """Nothing to choose: 16 kHz, frames of 32 ms."""

    def build(self) -> "SileroVad":
        """The detector with its shipped weights; ValueError where the package is missing."""
        vad = SileroVad()
        vad.load_state_dict(_shipped_weights(), strict=True)
        return vad.eval().requires_grad_(False)


class SileroVad(nn.Module):
    """Tells speech from other sound. Shared by all conversations; `stream()` holds what one has heard."""

    sample_rate = 16000
    frame_samples = 512
    context_samples = 64
    dim = 128
    stft: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("stft", torch.zeros(258, 1, 256))  # real rows, then imaginary rows
        widths = [129, 128, 64, 64, self.dim]
        self.convs = nn.ModuleList(
            nn.Conv1d(width, wider, kernel_size=3, stride=stride, padding=1)
            for width, wider, stride in zip(widths, widths[1:], (1, 2, 2, 1), strict=False)
        )
        self.cell = nn.LSTMCell(self.dim, self.dim)
        self.out = nn.Conv1d(self.dim, 1, kernel_size=1)

    def start(self, batch: int = 1) -> State:
        """The state before anything was heard."""
        return torch.zeros(batch, self.context_samples), torch.zeros(batch, self.dim), torch.zeros(batch, self.dim)

    def forward(self, frame: Tensor, state: State) -> tuple[Tensor, State]:
        """Speech probabilities [B] of the next frame [B, n], and the state after it."""
        context, hidden, cell = state
        heard = torch.cat([context, frame], dim=1)  # [B, C + n]
        padded = nn.functional.pad(heard[:, None], (0, self.context_samples), mode="reflect")
        real, imaginary = nn.functional.conv1d(padded, self.stft, stride=128).chunk(2, dim=1)  # [B, 129, 4] each
        features = (real**2 + imaginary**2).sqrt()
        for conv in self.convs:
            features = conv(features).relu()
        hidden, cell = self.cell(features[:, :, 0], (hidden, cell))  # [B, D] each
        speech = self.out(hidden.relu()[:, :, None]).sigmoid()[:, 0, 0]  # [B]
        return speech, (heard[:, -self.context_samples :], hidden, cell)

    def stream(self) -> "SileroVadStream":
        """A new detector in progress."""
        return SileroVadStream(self)


class SileroVadStream:
    """What one conversation has let the network hear."""

    def __init__(self, vad: SileroVad) -> None:
        self._vad = vad
        self._frames = Frames(vad.frame_samples)
        self._state = vad.start()

    @torch.inference_mode()
    def push(self, samples: Tensor) -> list[float]:
        """See VadStream."""
        speech = []
        for frame in self._frames.push(samples):
            probability, self._state = self._vad(frame[None], self._state)
            speech.append(float(probability))
        return speech


def _shipped_weights() -> dict[str, Any]:
    """The package's 16 kHz weights under our names."""
    spec = importlib.util.find_spec("silero_vad")
    if spec is None or not spec.submodule_search_locations:
        raise ValueError('SileroVad needs the silero-vad package: pip install "thinkaloud[serve]", or use EnergyVad')
    path = Path(spec.submodule_search_locations[0]) / "data" / "silero_vad.jit"
    # Its .safetensors holds an older training of the same network; what the package itself runs is this file.
    theirs = torch.jit.load(str(path), map_location="cpu").state_dict()
    names = {"_model.stft.forward_basis_buffer": "stft"}
    for kind in ("weight", "bias"):
        names |= {f"_model.encoder.{i}.reparam_conv.{kind}": f"convs.{i}.{kind}" for i in range(4)}
        names |= {f"_model.decoder.rnn.{kind}_{way}": f"cell.{kind}_{way}" for way in ("ih", "hh")}
        names |= {f"_model.decoder.decoder.2.{kind}": f"out.{kind}"}
    missing = sorted(names.keys() - theirs.keys())
    if missing:
        raise ValueError(f"{path} is not the network this version knows: it lacks {', '.join(missing)}; try silero-vad 6")
    return {ours: theirs[name] for name, ours in names.items()}
