"""Ears: one conversation's hearing. Cuts the user's audio into turns and hears each turn while it lasts.

    audio ----> frames of the VAD ----> policy ----> WAIT, REPLY, STOP or IGNORE
           `--> the listener's stream, from the turn's first sample on

Letters: N samples, T feature frames, D feature width. Time is counted in samples of the listener's rate.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from thinkaloud.duplex import Action, Moment, TurnPolicy
from thinkaloud.duplex.vad import Vad
from thinkaloud.listen import Listener, ListenStream

_KEEP_S = 2.0  # audio kept while nobody speaks: more than any prefix padding


class Ears:
    """Without a policy everything heard belongs to the turn, and the caller says when it is over.

    `spelt` gives the words in features [T, D], roughly and at once: by it the ears know whether more was said since a pause.
    """

    def __init__(
        self,
        listener: Listener,
        policy: TurnPolicy | None = None,
        vad: Vad | None = None,
        spelt: Callable[[Tensor], str] | None = None,
    ) -> None:
        if (policy is None) != (vad is None):
            raise ValueError("a turn policy needs a vad, and a vad a policy")
        if vad is not None and vad.sample_rate != listener.sample_rate:
            raise ValueError(
                f"the vad wants {vad.sample_rate} Hz, the listener {listener.sample_rate} Hz; build it at that rate"
            )
        self._listener, self._policy, self._spelt = listener, policy, spelt
        self._detector = vad.stream() if vad is not None else None
        self._frame_samples = vad.frame_samples if vad is not None else 0
        self._recent = torch.zeros(0)  # [N] what was last heard, while no turn is open
        self._rest = torch.zeros(0)  # [N] not yet a whole VAD frame
        self._stream: ListenStream | None = None  # open while a turn is
        self._features: list[Tensor] = []  # [1, t, D] each
        self._turn_samples = 0
        self._by_pause: str | None = None  # what was spelt of the open turn when it was last asked for so far
        self.as_paused = False  # the turn that was closed last has no more words than `heard_so_far` had
        self.now_samples = 0
        self.start_samples = 0  # where the open or last turn began

    @property
    def hearing(self) -> bool:
        """A turn is open."""
        return self._stream is not None

    @property
    def full(self) -> bool:
        """The turn is as long as the listener can hear."""
        limit_s = self._listener.max_s
        return limit_s is not None and self._turn_samples + self._frame_samples > limit_s * self._listener.sample_rate

    def pieces(self, audio: Tensor) -> list[Tensor]:
        """Samples [N] as the pieces that `hear` takes: whole VAD frames, what is left over waits; all at once without VAD."""
        if self._detector is None:
            return [audio] if len(audio) else []
        audio = torch.cat([self._rest, audio])
        whole = len(audio) // self._frame_samples * self._frame_samples
        self._rest = audio[whole:]
        return list(audio[:whole].split(self._frame_samples)) if whole else []

    def hear(self, piece: Tensor, speaking: bool, speaking_since_samples: int | None, whole: float | None = None) -> Action:
        """Hears one piece and says what to do; the turn opens and grows by itself.

        `whole`: how likely what was said up to this pause is all of the turn, where that is known.
        """
        self.now_samples += len(piece)
        if self._policy is None or self._detector is None:
            if not self.hearing:
                self._open(self.now_samples - len(piece), torch.zeros(0))
            self._take(piece)
            return Action.WAIT
        (probability,) = self._detector.push(piece)
        action = self._policy.observe(
            Moment(
                now_samples=self.now_samples,
                speech_probability=probability,
                speaking=speaking,
                speaking_since_samples=speaking_since_samples,
                whole=whole,
            )
        )
        self._follow(piece)
        return action

    def _follow(self, piece: Tensor) -> None:
        """Opens the turn at its first sample when the policy says that there is one; otherwise remembers the piece."""
        assert self._policy is not None
        turn = self._policy.turn
        if self.hearing:
            self._take(piece)
            return
        self._recent = torch.cat([self._recent, piece])
        if turn is not None and turn.end_samples is None:
            before_samples = min(self.now_samples - turn.start_samples, len(self._recent))
            self._open(turn.start_samples, self._recent[len(self._recent) - before_samples :])
            self._recent = torch.zeros(0)
        else:
            self._recent = self._recent[-int(_KEEP_S * self._listener.sample_rate) :]

    def _open(self, start_samples: int, audio: Tensor) -> None:
        self.start_samples = start_samples
        self._stream, self._features, self._turn_samples, self._by_pause = self._listener.stream(), [], 0, None
        if len(audio):
            self._take(audio)

    def _take(self, audio: Tensor) -> None:
        assert self._stream is not None
        self._turn_samples += len(audio)
        with torch.inference_mode():
            self._features.append(self._stream.push(audio))

    @property
    def end_samples(self) -> int:
        """Where the last turn ended."""
        turn = self._policy.turn if self._policy is not None else None
        return turn.end_samples if turn is not None and turn.end_samples is not None else self.now_samples

    def heard_so_far(self) -> Tensor | None:
        """Features [T, D] of the open turn as if it ended now, with the silence that the listener wants; None: none is open."""
        if self._stream is None:
            return None
        stream = self._stream.fork()
        with torch.inference_mode():
            rest = [stream.push(torch.zeros(self._listener.trailing_samples)), stream.flush()]
        features = torch.cat([*self._features, *rest], dim=1)[0]
        self._by_pause = self._spelt(features) if self._spelt is not None else None
        return features

    def close(self) -> Tensor | None:
        """Ends the turn: its features [T, D], or None where nothing was heard."""
        if self._policy is not None:
            self._policy.forget()
        stream, self._stream, self.as_paused = self._stream, None, False
        if stream is None or not self._turn_samples:
            return None
        with torch.inference_mode():
            if missing := max(0, self._listener.trailing_samples - self._silent_samples):
                self._features.append(stream.push(torch.zeros(missing)))
            features = torch.cat([*self._features, stream.flush()], dim=1)[0]  # [T, D]
        self._features = []
        self.as_paused = self._spelt is not None and self._by_pause is not None and self._spelt(features) == self._by_pause
        return features

    @property
    def _silent_samples(self) -> int:
        """The silence at the end of what was heard; nobody knows of it without a policy."""
        return self.now_samples - self.end_samples

    def drop(self) -> None:
        """Forgets what was heard of the open turn."""
        if self._policy is not None:
            self._policy.forget()
        self._stream, self._features, self._recent, self._rest = None, [], torch.zeros(0), torch.zeros(0)
