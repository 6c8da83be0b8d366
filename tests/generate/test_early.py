"""Answers begun in a pause: the same as those begun when the turn is over, unheard until then, void if the user speaks on."""

import functools

import pytest
import torch

from thinkaloud import Audio, Session, SessionOptions, SpeechLM, toy
from thinkaloud.duplex.endpoint import EndpointConfig
from thinkaloud.generate import AudioChunk, Event, Interrupted, TextDelta, Transcript, TurnEnded, UserStarted, UserStopped
from thinkaloud.generate import early as early_module
from thinkaloud.generate.answer import AnswerOptions
from thinkaloud.generate.ask import Exchange, Question
from thinkaloud.generate.early import Early, can_be_early
from thinkaloud.generate.ears import Ears
from thinkaloud.generate.joint import spelt_alone

RATE, BLOCK = 16000, 320
NEVER = EndpointConfig().silence_duration_ms


@pytest.fixture(scope="module")
def pocket() -> SpeechLM:
    return SpeechLM.load("pocket")


@pytest.fixture(scope="module")
def question(trimmed_question: Audio) -> torch.Tensor:
    return trimmed_question.samples


def quiet(duration_s: float) -> torch.Tensor:
    return torch.zeros(int(duration_s * RATE))


def session(model: SpeechLM, prepare_ms: int = 250) -> Session:
    """One whose turns end by silence alone."""
    return Session(model, SessionOptions(endpoint=EndpointConfig(prepare_ms=prepare_ms, whole_ms=NEVER, unfinished_ms=NEVER)))


def listen(session: Session, samples: torch.Tensor, steps: int = 8) -> list[Event]:
    """What is told while this is heard, with so many steps for each block of 20 ms."""
    events: list[Event] = []
    for block in samples.split(BLOCK):
        session.push(block, RATE)
        for _ in range(steps):
            events += session.step() if session.busy else []
    return events


def finish(session: Session) -> list[Event]:
    events: list[Event] = []
    while session.busy:
        events += session.step()
    return events


def plain(events: list[Event]) -> list[object]:
    """Transcript, texts and all speech, whatever the sizes of its chunks."""
    speech = [event.samples for event in events if isinstance(event, AudioChunk)]
    said = [event for event in events if isinstance(event, Transcript | TextDelta | TurnEnded | UserStarted | UserStopped)]
    return [*said, torch.cat(speech).tolist() if speech else []]


@pytest.mark.parametrize("steps", [0, 1, 30])
def test_it_is_the_answer_that_comes_without(pocket: SpeechLM, question: torch.Tensor, steps: int) -> None:
    early, late = session(pocket), session(pocket, NEVER)
    audio = torch.cat([question, quiet(0.6)])
    answers = [listen(one, audio, steps) + finish(one) for one in (early, late)]
    assert plain(answers[0]) == plain(answers[1])
    assert any(isinstance(event, AudioChunk) for event in answers[0])
    assert early.history[0].question.text == late.history[0].question.text != ""
    heard = [one.history[0].question.heard for one in (early, late)]
    assert heard[0] is not None and heard[1] is not None and torch.equal(heard[0], heard[1])


def test_nothing_is_told_before_the_turn_is_over_and_sound_at_once(pocket: SpeechLM, question: torch.Tensor) -> None:
    one = session(pocket)
    audio = torch.cat([question, quiet(0.6)])
    for place, block in enumerate(audio.split(BLOCK)):
        one.push(block, RATE)
        first = one.step() if one.busy else []
        if any(isinstance(event, UserStopped) for event in first):
            assert place * BLOCK > len(question) + 0.4 * RATE
            assert any(isinstance(event, AudioChunk) for event in first), "it had 36 steps, and was not ready"
            return
        told = first + [event for _ in range(2) if one.busy for event in one.step()]
        assert not [event for event in told if not isinstance(event, UserStarted)]
    pytest.fail("the turn never ended")


def test_whoever_speaks_on_is_answered_to_all_of_it(pocket: SpeechLM, question: torch.Tensor) -> None:
    audio = torch.cat([question, quiet(0.36), question, quiet(0.6)])
    told = []
    for prepare_ms in (250, NEVER):
        one = session(pocket, prepare_ms)
        told.append(plain(listen(one, audio) + finish(one)))
    assert told[0] == told[1]
    (transcript,) = [event for event in told[0] if isinstance(event, Transcript)]
    alone = session(pocket)
    (once,) = [e for e in listen(alone, torch.cat([question, quiet(0.6)])) + finish(alone) if isinstance(e, Transcript)]
    assert len(transcript.text) > len(once.text)


@pytest.mark.parametrize("stop", ["cancel", "drop"])
def test_stopped_in_the_pause_it_is_forgotten(pocket: SpeechLM, question: torch.Tensor, stop: str) -> None:
    one = session(pocket)
    listen(one, torch.cat([question, quiet(0.3)]), steps=1)
    assert one.busy, "nothing was prepared"
    getattr(one, stop)()
    assert not one.busy and one.history == ()


def test_interrupted_before_a_word_was_heard_it_remembers_none(pocket: SpeechLM, question: torch.Tensor) -> None:
    one = session(pocket)
    for block in torch.cat([question, quiet(0.6)]).split(BLOCK):
        one.push(block, RATE)
        if one.busy and any(isinstance(event, UserStopped) for event in one._events):
            one.cancel()
            break
        _ = one.step() if one.busy else []
    events = finish(one)
    assert isinstance(events[-1], Interrupted)
    assert [exchange.answer for exchange in one.history] == [""]


def test_after_another_history_it_is_begun_anew(pocket: SpeechLM, question: torch.Tensor) -> None:
    one = session(pocket)
    listen(one, torch.cat([question, quiet(0.3)]))
    prepared = one._early
    assert prepared is not None
    one.history = (Exchange(question=Question(text="hello."), answer="hello."),)
    listen(one, quiet(0.3), steps=0)
    assert one._answer is not None and one._answer is not prepared.answer


def test_ears_know_whether_more_was_said_since_a_pause(pocket: SpeechLM, question: torch.Tensor) -> None:
    def as_paused(*after: torch.Tensor, spells: bool = True, paused: bool = True) -> bool:
        ears = Ears(pocket.need("listener"), spelt=functools.partial(spelt_alone, pocket) if spells else None)
        ears.hear(torch.cat([question, quiet(0.24)]), False, None)
        assert not paused or ears.heard_so_far() is not None
        for audio in after:
            ears.hear(audio, False, None)
        ears.close()
        return ears.as_paused

    assert as_paused(quiet(0.26)) and not as_paused(question)
    assert not as_paused(quiet(0.26), paused=False) and not as_paused(quiet(0.26), spells=False), "nobody can know"


def test_a_model_that_does_not_write_down_first_waits(pocket: SpeechLM, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not can_be_early(pocket, AnswerOptions(transcribe=False)) and not can_be_early(toy.model(), AnswerOptions())
    with pytest.raises(ValueError, match="write down"):
        Early(pocket, torch.zeros(4, pocket.need("listener").dim), history=(), options=AnswerOptions(transcribe=False), turn=0)
    monkeypatch.setattr(Ears, "heard_so_far", lambda self: pytest.fail("it listened to a pause for nothing"))
    one = Session(toy.model(), SessionOptions(endpoint=EndpointConfig(sample_rate=toy.SAMPLE_RATE)))
    tone = toy.ToyVoice().speak("hello there").samples
    for block in torch.cat([torch.zeros(len(tone)), tone, torch.zeros(2 * toy.SAMPLE_RATE)]).split(BLOCK):
        one.push(block, toy.SAMPLE_RATE)
    assert any(isinstance(event, UserStopped) for event in one.step())


@pytest.mark.parametrize(("chance", "enough_s"), [(0.9, 0.3), (0.1, 0.5), (0.001, 1.2), (None, 0.5)])
def test_a_turn_is_over_when_what_was_said_is_a_whole(
    pocket: SpeechLM, question: torch.Tensor, monkeypatch: pytest.MonkeyPatch, chance: float | None, enough_s: float
) -> None:
    monkeypatch.setattr(early_module, "chance_of_end", lambda model, text, history: chance)
    one, plain_one = Session(pocket, SessionOptions(endpoint=EndpointConfig())), session(pocket)
    events, silent_s = listen(one, question), 0.0
    while not any(isinstance(event, UserStopped) for event in events):
        events, silent_s = events + listen(one, torch.zeros(BLOCK)), silent_s + BLOCK / RATE
    assert abs(silent_s - enough_s) < 0.06
    assert (
        plain(events + finish(one))[2:] == plain(listen(plain_one, torch.cat([question, quiet(0.6)])) + finish(plain_one))[2:]
    )


def test_whoever_hesitates_is_waited_for(pocket: SpeechLM, question: torch.Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def unfinished_at_first(model: SpeechLM, text: str, history: tuple[Exchange, ...]) -> float:
        asked.append(text)
        return 0.001 if len(asked) == 1 else 0.9

    monkeypatch.setattr(early_module, "chance_of_end", unfinished_at_first)
    one = Session(pocket, SessionOptions(endpoint=EndpointConfig()))
    events = listen(one, torch.cat([question, quiet(0.8), question, quiet(0.5)])) + finish(one)
    assert sum(isinstance(event, UserStopped) for event in events) == 1
    (transcript,) = [event.text for event in events if isinstance(event, Transcript)]
    assert asked[-1] == transcript and len(asked) == 2 and len(transcript) > len(asked[0])
