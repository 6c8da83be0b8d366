"""Played: how much of a spoken answer has been heard, and which of its words those were.

Text runs ahead of speech: what a conversation remembers of an interrupted answer is the part that was heard.
"""

CHARS_PER_S = 15.0  # how fast speech goes through a text, where a cut answer leaves no better measure


class Playback:
    """One answer's speech, playing while the user's audio goes on: counted in samples of what is heard, never by a clock."""

    def __init__(self, sample_rate: int = 1) -> None:
        self._sample_rate = sample_rate  # of the user's audio, Hz
        self._start_samples: int | None = None
        self._sent_samples = 0.0  # in samples of the user's audio

    def add(self, duration_s: float, now_samples: int) -> None:
        """More speech was given out."""
        if self._start_samples is None:
            self._start_samples = now_samples
        self._sent_samples += duration_s * self._sample_rate

    def since(self, now_samples: int) -> int | None:
        """When the speech that is playing now began; None if none is."""
        if self._start_samples is None or now_samples >= self._start_samples + self._sent_samples:
            return None
        return self._start_samples

    @property
    def sent_ms(self) -> int:
        """How long the speech is that was given out."""
        return round(self._sent_samples / self._sample_rate * 1000)

    def heard_ms(self, now_samples: int) -> int:
        """How much of it has been played."""
        played_samples = 0 if self._start_samples is None else now_samples - self._start_samples
        return round(min(played_samples, self._sent_samples) / self._sample_rate * 1000)


def text_heard(text: str, heard_ms: int, audio_ms: int | None) -> str:
    """The words of a text that fit into what was heard. Text runs ahead of speech, so it is cut in proportion.

    With the whole answer's length in ms the proportion is known; without it (the answer was cut) a usual speaking rate is.
    """
    share = heard_ms / audio_ms if audio_ms else heard_ms / 1000 * CHARS_PER_S / max(len(text), 1)
    if share >= 1:
        return text
    cut = text[: int(len(text) * max(share, 0.0))]
    ends_word = len(cut) < len(text) and text[len(cut) : len(cut) + 1].isspace()
    return (cut if ends_word else cut[: max(cut.rfind(" "), 0)]).rstrip()
