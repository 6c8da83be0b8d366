"""How well a listener hears, by condition: word error rates of its greedy CTC transcripts, and words heard in noise.

Letters: B batch, N samples.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from thinkaloud.listen.characters import CharacterHead, spell
from thinkaloud.listen.pocket import PocketListener, transcribe_ctc
from thinkaloud.train.hearing_corpus import SAMPLE_RATE, Spoken

LEAD_S, TRAIL_S = 0.2, 0.5  # silence around every clip; a causal listener needs the trailing part to finish its last word


def score_hearing(
    listener: PocketListener, head: CharacterHead, conditions: Mapping[str, Sequence[Spoken]], batch_clips: int = 24
) -> dict[str, dict[str, Any]]:
    """By condition: `wer`, `exact` (share of texts right to the letter), `clips`, and a few `examples` that went wrong.

    Clips without words count in `false_words` (share in which any were heard) instead.
    """
    return {name: _score(listener, head, clips, batch_clips) for name, clips in conditions.items() if clips}


def _score(listener: PocketListener, head: CharacterHead, clips: Sequence[Spoken], batch_clips: int) -> dict[str, Any]:
    heard = transcripts(listener, head, clips, batch_clips)
    said = [spell(clip.text) for clip in clips]
    wordless = [text for text, truth in zip(heard, said, strict=True) if not truth]
    scores: dict[str, Any] = {"clips": len(clips)}
    if wordless:
        scores["false_words"] = sum(map(bool, wordless)) / len(wordless)
    pairs = [(truth, text) for truth, text in zip(said, heard, strict=True) if truth]
    if pairs:
        scores["wer"] = word_error_rate(*zip(*pairs, strict=True))
        scores["exact"] = sum(truth == text for truth, text in pairs) / len(pairs)
    wrong = [[truth, text] for truth, text in zip(said, heard, strict=True) if truth != text]
    return {**scores, "examples": wrong[:8]}


def word_error_rate(said: Sequence[str], heard: Sequence[str]) -> float:
    """Substituted, missed and added words per word said."""
    try:
        import jiwer
    except ImportError as error:
        raise ValueError('word error rates need jiwer: pip install "thinkaloud[eval]"') from error
    return float(jiwer.wer(list(said), list(heard)))


def transcripts(listener: PocketListener, head: CharacterHead, clips: Sequence[Spoken], batch_clips: int = 24) -> list[str]:
    """What is heard in each clip, in order; clips of like length share a batch."""
    pads = round(LEAD_S * SAMPLE_RATE), round(TRAIL_S * SAMPLE_RATE)
    audio = [np.pad(clip.read(), pads) for clip in clips]
    order = sorted(range(len(clips)), key=lambda index: len(audio[index]))
    heard = [""] * len(clips)
    for start in range(0, len(order), batch_clips):
        group = order[start : start + batch_clips]
        lengths = torch.tensor([len(audio[index]) for index in group])
        batch = torch.zeros(len(group), int(lengths.max()))  # [B, N]
        for row, index in zip(batch, group, strict=True):
            row[: len(audio[index])] = torch.from_numpy(audio[index])
        for index, text in zip(group, transcribe_ctc(listener, head, batch, lengths), strict=True):
            heard[index] = text
    return heard
