"""Recordings that REST clients upload: read, checked, and cut into what the model can hear at once.

Letters: N samples.
"""

from typing import BinaryIO

import soundfile
from torch import Tensor

from thinkaloud import audio
from thinkaloud.audio import Audio
from thinkaloud.generate.ask import Question
from thinkaloud.serve.errors import Refusal
from thinkaloud.serve.state import ServerState

_SEARCH = 0.2  # the last part of a window, in which the quietest place is looked for
_BLOCK_S = 0.05


def read_recording(server: ServerState, file: BinaryIO, max_s: float) -> Audio:
    """A sound file, mono, at the rate the model hears; Refusal if it is none or lasts longer than `max_s`."""
    try:
        lasts_s = soundfile.info(file).duration  # before decoding: a small file can hold hours of silence
        file.seek(0)
        if lasts_s <= max_s:
            return audio.read(file).resample(server.engine.hears_hz)
    except (ValueError, soundfile.SoundFileError) as error:
        formats = "send wav, flac, mp3 or ogg"
        raise Refusal(400, "invalid_audio", f"the audio cannot be read ({error}); {formats}", param="file") from None
    raise Refusal(400, "audio_too_long", f"audio may last {max_s:g} s, this lasts {lasts_s:.1f} s", param="file")


def hear_recording(server: ServerState, file: BinaryIO) -> Question:
    """In the ears' thread: one spoken question."""
    longest_s = min(server.engine.max_question_s, server.config.limits.buffer_s)
    return server.engine.listen(read_recording(server, file, longest_s).samples)


def windows(samples: Tensor, sample_rate: int, max_s: float) -> list[Tensor]:
    """Samples [N] in pieces of at most `max_s`, each cut at the quietest place near its end, so that few words are broken."""
    if len(samples) <= max_s * sample_rate:
        return [samples]
    longest, block = int(max_s * sample_rate), max(1, int(_BLOCK_S * sample_rate))
    start = int(longest * (1 - _SEARCH))
    loudness = samples[start:longest].unfold(0, block, block).square().mean(dim=1)
    cut = start + int(loudness.argmin()) * block + block // 2
    return [samples[:cut], *windows(samples[cut:], sample_rate, max_s)]
