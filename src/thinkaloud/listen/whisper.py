"""Whisper's encoder as a listener: any size, through transformers.

Letters: B batch, N samples, T feature frames (50 Hz), D encoder width.

The published models hear a 30 s window padded with silence and keep the frames of the speech; that is the default and exact.
`trim=True` encodes only the speech (rounded up to a second): 10 times cheaper, and not the same features.
Source of the lengths: the published Mini-Omni `inference.py`, min(int(ms / 20) + 1, 1500) frames.
"""

import math
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from thinkaloud.configurable import Config
from thinkaloud.listen import Heard, Listener

_WINDOW_FRAMES = 1500  # positions of the encoder: 30 s at 50 Hz
_FRAME_SAMPLES = 320  # one feature frame at 16 kHz
_LONG = ("refuse", "window")


@dataclass(frozen=True, kw_only=True)
class WhisperListenerConfig(Config):
    """`source`: hub id or folder whose encoder is used; or `values`, a Whisper configuration for fresh weights.

    `long` says what happens to questions over 30 s: "refuse" is an error, "window" hears them in windows of 30 s.
    """

    source: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    trim: bool = False
    long: str = "refuse"

    def __post_init__(self) -> None:
        if self.long not in _LONG:
            raise ValueError(f"long must be one of {', '.join(_LONG)}, got {self.long!r}")

    def build(self) -> "WhisperListener":
        """The listener, with the source's weights if there is one."""
        from transformers import WhisperConfig, WhisperModel
        from transformers.models.whisper.modeling_whisper import WhisperEncoder

        if not self.source:
            return WhisperListener(self, WhisperEncoder(WhisperConfig(**self.values)))
        try:
            model = WhisperModel.from_pretrained(self.source)
        except OSError as error:
            raise ValueError(
                f"cannot load Whisper from {self.source!r} ({str(error).splitlines()[0]}). With a network: "
                f"`hf download {self.source} --local-dir whisper`, then load the model with listener_source=whisper"
            ) from error
        return WhisperListener(self, model.encoder)


class WhisperListener(Listener):
    """Audio at 16 kHz to Whisper encoder features at 50 Hz."""

    sample_rate = 16000
    frame_rate = 50.0

    def __init__(self, config: WhisperListenerConfig, encoder: nn.Module) -> None:
        super().__init__()
        from transformers import WhisperFeatureExtractor

        self.config = config
        self.encoder = encoder
        values: Any = encoder.config
        self.dim = int(values.d_model)
        self.max_s = None if config.long == "window" else _WINDOW_FRAMES / self.frame_rate
        self._mel = WhisperFeatureExtractor(feature_size=values.num_mel_bins)

    def num_frames(self, num_samples: int) -> int:
        """int(ms / 20) + 1 frames, never more than the windows hold."""
        windows = max(1, math.ceil(num_samples / (_WINDOW_FRAMES * _FRAME_SAMPLES)))
        ms = num_samples / self.sample_rate * 1000
        return min(int(ms / 20) + 1, windows * _WINDOW_FRAMES)

    def listen(self, audio: Tensor, lengths: Tensor | None = None) -> Heard:
        """See Listener. ValueError for an empty question or one that is too long."""
        batch, num_samples = audio.shape
        sizes = [num_samples] * batch if lengths is None else [int(n) for n in lengths]
        embeds = [self._one(row[:size]) for row, size in zip(audio, sizes, strict=True)]  # B of [T, D]
        frames = torch.tensor([len(row) for row in embeds])
        return Heard(embeds=nn.utils.rnn.pad_sequence(embeds, batch_first=True), lengths=frames)

    def _one(self, audio: Tensor) -> Tensor:
        """Features [T, D] of samples [N]."""
        if not len(audio):
            raise ValueError("the question is empty: there is nothing to hear")
        window = _WINDOW_FRAMES * _FRAME_SAMPLES
        if len(audio) > window and self.config.long == "refuse":
            raise ValueError(
                f"the question lasts {len(audio) / self.sample_rate:.1f} s, and this listener hears "
                f'{window / self.sample_rate:.0f} s; split it, or load the model with the listener option long="window"'
            )
        pieces = [self._window(piece) for piece in audio.split(window)]
        return torch.cat(pieces)[: self.num_frames(len(audio))]

    def _window(self, audio: Tensor) -> Tensor:
        """Features of one window of at most 30 s: [1500, D], or fewer if trimmed."""
        mel = self._mel(
            audio.cpu().numpy(), sampling_rate=self.sample_rate, return_tensors="pt"
        ).input_features  # [1, 80, 3000]
        weight = self.encoder.conv1.weight  # type: ignore[union-attr]
        mel = mel.to(weight)
        if not self.config.trim:
            return self.encoder(mel).last_hidden_state[0]
        seconds = math.ceil(len(audio) / self.sample_rate)
        return self._trimmed(mel[:, :, : seconds * 100])[0]

    def _trimmed(self, mel: Tensor) -> Tensor:
        """The encoder over fewer positions than 1500: the same layers, without the silence behind the speech."""
        encoder: Any = self.encoder
        hidden = nn.functional.gelu(encoder.conv2(nn.functional.gelu(encoder.conv1(mel)))).transpose(1, 2)  # [1, T, D]
        hidden = hidden + encoder.embed_positions.weight[: hidden.shape[1]]
        for layer in encoder.layers:
            out = layer(hidden, None)
            hidden = out[0] if isinstance(out, tuple) else out
        return encoder.layer_norm(hidden)
