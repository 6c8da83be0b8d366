"""Playback: how much of what was sent the client has probably played.

    sent    |----------------|      |-------|
    played  |------------------->           a client plays as soon as it can, without pauses of its own

An estimate, from the moments at which audio left. A client that knows better says so (`conversation.item.truncate`).
"""

from dataclasses import dataclass


@dataclass
class Playback:
    """One answer being heard. Times in seconds of any clock."""

    sent_ms: float = 0.0
    began_s: float | None = None
    ends_s: float = 0.0

    def send(self, audio_ms: float, now_s: float) -> None:
        """More audio leaves."""
        if audio_ms <= 0:
            return
        if self.began_s is None:
            self.began_s = now_s
        self.sent_ms += audio_ms
        self.ends_s = max(self.ends_s, now_s) + audio_ms / 1000

    def take_back(self, audio_ms: float) -> None:
        """Audio that never left."""
        self.sent_ms -= audio_ms
        self.ends_s -= audio_ms / 1000

    def left_ms(self, now_s: float) -> float:
        """How much is still to be played."""
        return max(0.0, (self.ends_s - now_s) * 1000)

    def played_ms(self, now_s: float) -> int:
        """How much has been played."""
        return max(0, round(self.sent_ms - self.left_ms(now_s)))

    def stop(self, now_s: float) -> None:
        """Nothing more is played."""
        self.ends_s = min(self.ends_s, now_s)
