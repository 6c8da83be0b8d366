"""Again: a recording heard at several speeds, and written down as all of these hearings together find likeliest.

    played at .9 of its speed    what is your aim      each text is judged by every hearing, as in `joint.py`:
    as it is                     what is your name       log p(language model) + ctc_weight * log p(CTC)
    at 1.1                       what is your name     the text with the largest sum is the one

Faster is higher as well: the voice of somebody smaller. A listener that hardly understands a voice may understand that of
another one who says the same, and seldom mishears all of them alike. It takes more times as long than there are speeds, so it
is for recordings and not for conversations (`bench/speeds.md`).
"""

from collections.abc import Sequence

from thinkaloud.audio import Audio
from thinkaloud.generate.answer import TRANSCRIPT
from thinkaloud.generate.ask import build_prompt, hear_recording
from thinkaloud.generate.joint import JointDecoding, chances_to_spell
from thinkaloud.generate.loop import DecodeOptions
from thinkaloud.layout.prompt import ASR
from thinkaloud.model import SpeechLM

SPEEDS = (0.8, 0.9, 1.0, 1.1, 1.2)

Ids = tuple[int, ...]


def write_down_again(
    model: SpeechLM, recording: Audio, decode: DecodeOptions = TRANSCRIPT, speeds: Sequence[float] = SPEEDS
) -> str:
    """What is said in a recording; "" where most hearings find that it is not for the model.

    ValueError for a model whose listener cannot spell, and for speeds that are no speeds.
    """
    if model.ctc is None:
        raise ValueError(
            f"the listener of {model.config.name!r} cannot spell, so what it hears at several speeds is not compared"
        )
    if not speeds or not all(0.5 <= speed <= 2 for speed in speeds):
        raise ValueError(f"expected speeds from 0.5 to 2, as 0.9 1 1.1; got {' '.join(map(str, speeds)) or 'none'}")
    hearings = [Hearing(model, recording, speed, decode) for speed in speeds]
    found = [ids for hearing in hearings if (ids := hearing.written()) is not None]
    if 2 * len(found) < len(hearings):
        return ""
    best, *others = dict.fromkeys(found)
    if others:  # where all hearings agree there is nothing to judge
        best = max((best, *others), key=lambda ids: sum(hearing.score(ids) for hearing in hearings))
    return model.need("tokenizer").decode(list(best))


class Hearing:
    """A recording heard at one speed."""

    def __init__(self, model: SpeechLM, recording: Audio, speed: float, decode: DecodeOptions) -> None:
        question = hear_recording(model, Audio(recording.samples, round(recording.sample_rate * speed)))
        assert question.heard is not None
        self._model, self._decode = model, decode
        self._prompt, self._features = build_prompt(model, ASR, question)
        self._chances = chances_to_spell(model, question.heard)  # [C, V]

    def written(self) -> Ids | None:
        """The ids that this hearing alone finds likeliest; None: it is not for the model."""
        decoding, ids = self._decoding(), []
        while not decoding.ended:
            ids += decoding.step()
        return None if decoding.ignored else tuple(ids)

    def score(self, ids: Ids) -> float:
        """What its judges give a text that may be another's, in nats."""
        return self._decoding().score(ids)

    def _decoding(self) -> JointDecoding:
        return JointDecoding(self._model, self._prompt, self._features, self._chances, self._decode)
