"""thinkaloud: any language model can hear, and talk while it thinks, in streaming.

    from thinkaloud import Audio, Session, SpeechLM, read

The public names are these; everything else may change between versions. They are imported when first used.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from thinkaloud.audio import Audio, read, write
    from thinkaloud.generate import AudioChunk, TextDelta, TurnEnded
    from thinkaloud.generate.session import Session, SessionOptions
    from thinkaloud.model import SpeechLM

_HOME = {
    "Audio": "thinkaloud.audio",
    "read": "thinkaloud.audio",
    "write": "thinkaloud.audio",
    "AudioChunk": "thinkaloud.generate",
    "TextDelta": "thinkaloud.generate",
    "TurnEnded": "thinkaloud.generate",
    "Session": "thinkaloud.generate.session",
    "SessionOptions": "thinkaloud.generate.session",
    "SpeechLM": "thinkaloud.model",
}

__all__ = [
    "Audio",
    "AudioChunk",
    "Session",
    "SessionOptions",
    "SpeechLM",
    "TextDelta",
    "TurnEnded",
    "read",
    "write",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)
