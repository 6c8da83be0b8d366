"""The steady voice: words begin on frames, and flite's own voice is as it was."""

import pytest
import torch

from thinkaloud.data.voices import open_voice

FRAME_SAMPLES = 1280


@pytest.fixture(scope="module")
def voice():
    try:
        return open_voice("steady:kal16")
    except ValueError as error:
        pytest.skip(f"flite is not installed here: {error}")


def test_words_last_whole_frames_and_the_first_begins_at_once(voice):
    timed = voice.timed("the capital of france is paris.")
    assert timed.starts[0] == 0 and list(timed.starts) == sorted(set(timed.starts)) and len(timed.starts) == 6
    assert timed.audio.num_samples % FRAME_SAMPLES == 0
    assert timed.audio.num_samples // FRAME_SAMPLES > timed.starts[-1] + 3, "the last word needs its time"
    assert timed.audio.samples[:FRAME_SAMPLES].abs().max() > 0.02
    assert timed.audio.samples[-FRAME_SAMPLES // 2 :].abs().max() < 0.02


def test_a_word_sounds_like_itself_wherever_it_stands(voice):
    """By the energy of pieces of 20 ms: in the middle of two sentences of other lengths before it."""

    def energy(text: str, word: int) -> torch.Tensor:
        timed = voice.timed(text)
        start = timed.starts[word] * FRAME_SAMPLES
        piece = timed.audio.samples[start : start + 3 * FRAME_SAMPLES]
        return piece.unflatten(0, (-1, 320)).pow(2).mean(dim=1).sqrt()

    first, second = energy("two seven nine.", 1), energy("eight thousand two seven nine.", 3)
    other = energy("two sheep nine.", 1)
    assert 2 * (first - second).norm() < (first - other).norm()


def test_every_word_has_a_start_and_pauses_belong_to_nobody(voice):
    timed = voice.timed("you said: horse, carrot. the letter a, isn't it?")
    assert len(timed.starts) == 9
    assert timed.starts[2] > timed.starts[1] + 3, "a pause follows the colon"
    with pytest.raises(ValueError, match="said 2 of the 3 words"):
        voice.timed("one - two")


def test_whole_periods_fit_into_a_frame_and_a_phrase_falls(voice):
    timed = voice.timed("you see no more new rain now.")
    frames = timed.audio.samples.unflatten(0, (-1, FRAME_SAMPLES))  # [T, N]

    def alike(word: int, lag: int) -> float:
        """How much the second frame of a word repeats itself after so many samples."""
        frame = frames[timed.starts[word] + 1]
        pair = torch.stack([frame[:-lag], frame[lag:]])
        return float(torch.corrcoef(pair)[0, 1])

    lags = {periods: round(FRAME_SAMPLES / periods) for periods in (7, 8, 9)}
    found = [max(lags, key=lambda periods: alike(word, lags[periods])) for word in (0, 3, 6)]
    assert found == [9, 8, 7]


def test_it_is_deterministic_and_leaves_flite_alone(voice):
    plain = open_voice("flite:kal16")
    before = plain.speak("one two three.").samples
    first = voice.speak("one two three.").samples
    assert torch.equal(before, plain.speak("one two three.").samples)
    assert torch.equal(first, voice.speak("one two three.").samples)
    assert voice.speak("one two three.", speed=1.3).num_samples < len(first)


def test_only_diphones_can_be_timed():
    with pytest.raises(ValueError, match="kal16"):
        open_voice("steady:slt")
