"""Stream: one row of tokens. The one home of every id.

    ids of a stream    0 .. size-1        the ordinary ids (text tokens, or codes of one codebook)
                       size, size+1, ...  the specials, in the order they are named
                       .. num_ids-1       reserved slots, never said

Mini-Omni's published text stream is `Stream(name="text", role=Role.TEXT, size=151936, num_ids=152000,
specials=("end", "pad", "input", "answer", "asr"))`; each of its seven audio streams has 4096 codes and 64 slots.
"""

import enum
from dataclasses import dataclass

from thinkaloud.configurable import Config


class Role(enum.StrEnum):
    """What a row is for: written text, speech the model says, or speech it hears as codes."""

    TEXT = "text"
    SAY = "say"
    HEAR = "hear"


@dataclass(frozen=True, kw_only=True)
class Stream(Config):
    """One row of tokens: its name, role, ids and delay in steps."""

    name: str
    role: Role
    size: int
    specials: tuple[str, ...] = ("end", "pad", "input", "answer")
    num_ids: int = 0  # rows of the embedding table; 0: just what size and specials need
    delay_steps: int = 0

    def __post_init__(self) -> None:
        needed = self.size + len(self.specials)
        if self.num_ids == 0:
            object.__setattr__(self, "num_ids", needed)
        if self.size < 1 or self.num_ids < needed or self.delay_steps < 0:
            raise ValueError(
                f"stream {self.name!r}: size {self.size} plus {len(self.specials)} specials must fit in "
                f"num_ids {self.num_ids}, and delay_steps {self.delay_steps} must not be negative"
            )
        if len(set(self.specials)) != len(self.specials) or not {"end", "pad"} <= set(self.specials):
            raise ValueError(f"stream {self.name!r}: specials must be distinct and include end and pad")

    def id(self, special: str) -> int:
        """The id of a special by name; ValueError where the stream has none of that name."""
        if special not in self.specials:
            raise ValueError(f"stream {self.name!r} has no special {special!r}; it has {', '.join(self.specials)}")
        return self.size + self.specials.index(special)

    @property
    def end(self) -> int:
        """The id after the last ordinary id of a turn."""
        return self.id("end")

    @property
    def pad(self) -> int:
        """The id of a step at which the stream says nothing."""
        return self.id("pad")
