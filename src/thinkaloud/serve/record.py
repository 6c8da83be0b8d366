"""Record: both sides of a session as sound files, only where the operator switched it on.

FOLDER/sess_3f.../user.wav     what was heard, 24 kHz
FOLDER/sess_3f.../model.wav    what was generated, one answer after the other
"""

import pathlib

import soundfile
from torch import Tensor

from thinkaloud.audio import to_pcm16


class Recorder:
    """Two files that grow while a session lasts; without a folder it does nothing."""

    def __init__(self, folder: str | None, session_id: str) -> None:
        self._folder = pathlib.Path(folder) / session_id if folder is not None else None
        self._files: dict[str, soundfile.SoundFile] = {}

    def add(self, side: str, samples: Tensor, sample_rate: int) -> None:
        """More samples [n] of the "user" or the "model"."""
        if self._folder is None or not len(samples):
            return
        if side not in self._files:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._files[side] = soundfile.SoundFile(self._folder / f"{side}.wav", "w", sample_rate, 1, "PCM_16")
        self._files[side].buffer_write(to_pcm16(samples), "int16")

    def close(self) -> None:
        """Finishes the files."""
        for file in self._files.values():
            file.close()
