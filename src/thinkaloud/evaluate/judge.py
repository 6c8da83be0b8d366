"""Judge: how many words of spoken answers a recogniser gets wrong. Two judges, and each has its floor on real recordings.

    ears         the model's own listener with its CTC characters: knows the voice, knows no language
    independent  pocketsphinx, a general English recogniser: never saw the voice, weak on lists, so only differences count

Letters: N samples.
"""

import functools
import importlib.util
import itertools
import math
import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from thinkaloud.audio import Audio, to_pcm16
from thinkaloud.data.clean import words
from thinkaloud.listen import Listener
from thinkaloud.listen.characters import CharacterHead
from thinkaloud.listen.pocket import transcribe_ctc

_LEAD_S, _TRAIL_S = 0.2, 0.5  # silence around a clip: a causal listener needs the trailing part to finish its last word

Judge = Callable[[Sequence[Audio]], list[str]]
"""What is heard in each recording, in order."""


@dataclass(frozen=True, kw_only=True)
class WordErrors:
    """Word errors of many utterances: `rate` over all their words, its standard error, and the share without any error.

    `missing` and `added` are the shares of utterances that lack a word or have one too many, `repeated` of those in which a
    word comes twice in a row that should not.
    """

    rate: float
    standard_error: float
    exact: float
    missing: float
    added: float
    repeated: float
    clips: int

    @classmethod
    def of(cls, said: Sequence[str], heard: Sequence[str]) -> "WordErrors":
        """Pooled over the pairs; utterances without words are left out. ValueError if none has words."""
        found = _aligned(said, heard)
        errors = [_errors(one) for one in found]
        rate, standard_error = _pooled(errors, found)
        return cls(
            rate=rate,
            standard_error=standard_error,
            exact=sum(not e for e in errors) / len(errors),
            missing=sum(one.deletions > one.insertions for one in found) / len(found),
            added=sum(one.insertions > one.deletions for one in found) / len(found),
            repeated=sum(_twice(one.hypotheses[0]) > _twice(one.references[0]) for one in found) / len(found),
            clips=len(found),
        )


def rate_gap(said: Sequence[str], heard: Sequence[str], floor: Sequence[str]) -> tuple[float, float]:
    """How many more words of the same utterances are wrong as `heard` than as `floor`, a share of all, and its standard error.

    Sentence by sentence: what a judge gets wrong both times does not blur the difference.
    """
    found, least = _aligned(said, heard), _aligned(said, floor)
    return _pooled([_errors(one) - _errors(other) for one, other in zip(found, least, strict=True)], found)


def _aligned(said: Sequence[str], heard: Sequence[str]) -> list[Any]:
    """jiwer's alignment of each pair; utterances without words are left out. ValueError if none has words."""
    import jiwer

    pairs = [(" ".join(words(a)), " ".join(words(b))) for a, b in zip(said, heard, strict=True) if words(a)]
    if not pairs:
        raise ValueError("nothing to judge: no utterance has words")
    return [jiwer.process_words(a, b) for a, b in pairs]


def _errors(found: Any) -> int:
    return found.substitutions + found.deletions + found.insertions


def _pooled(errors: Sequence[int], found: Sequence[Any]) -> tuple[float, float]:
    """Errors a word of the aligned utterances, and the standard error that their spread over these gives it."""
    counts = [len(one.references[0]) for one in found]
    rate = sum(errors) / sum(counts)
    spread = sum((e - rate * n) ** 2 for e, n in zip(errors, counts, strict=True))
    return rate, math.sqrt(spread) / sum(counts)


def _twice(said: Sequence[str]) -> int:
    """How many words come right after themselves."""
    return sum(one == other for one, other in itertools.pairwise(said))


def padded(recording: Audio, sample_rate: int) -> Tensor:
    """Samples [N] at this rate, with the silence around them that a microphone would give."""
    samples = recording.mono().resample(sample_rate).samples
    return torch.nn.functional.pad(samples, (round(_LEAD_S * sample_rate), round(_TRAIL_S * sample_rate)))


def ears(listener: Listener, head: CharacterHead, batch: int = 16) -> Judge:
    """The judge behind a listener and the CTC head that was trained with it."""

    @torch.inference_mode()
    def judge(recordings: Sequence[Audio]) -> list[str]:
        clips = [padded(recording, listener.sample_rate) for recording in recordings]
        order = sorted(range(len(clips)), key=lambda index: len(clips[index]))
        heard = [""] * len(clips)
        for start in range(0, len(order), batch):
            group = order[start : start + batch]
            lengths = torch.tensor([len(clips[index]) for index in group])
            audio = torch.nn.utils.rnn.pad_sequence([clips[index] for index in group], batch_first=True)  # [B, N]
            for index, text in zip(group, transcribe_ctc(listener, head, audio, lengths), strict=True):
                heard[index] = text
        return heard

    return judge


def independent(workers: int = 1) -> Judge:
    """pocketsphinx with its own English model, in this process or in several; ValueError that names the extra it needs."""
    if importlib.util.find_spec("pocketsphinx") is None:
        raise ValueError('the independent judge needs pocketsphinx: pip install "thinkaloud[eval]"')

    def judge(recordings: Sequence[Audio]) -> list[str]:
        clips = [to_pcm16(padded(recording, 16000)) for recording in recordings]
        if workers == 1:
            return [_sphinx(clip) for clip in clips]
        with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
            return list(pool.map(_sphinx, clips, chunksize=4))

    return judge


def _sphinx(pcm16: bytes) -> str:
    decoder = _decoder()
    decoder.start_utt()
    decoder.process_raw(pcm16, full_utt=True)  # the whole at once: what was heard before does not count
    decoder.end_utt()
    hypothesis = decoder.hyp()
    return hypothesis.hypstr if hypothesis is not None else ""


@functools.cache
def _decoder():  # one for each process
    from pocketsphinx import Decoder

    return Decoder(samprate=16000, loglevel="FATAL")
