"""Sessions: they never meet, can be cancelled at any moment, and take turns by themselves where they have an endpoint."""

from pathlib import Path

import pytest
import torch

from thinkaloud import Session, SessionOptions, SpeechLM, read, toy
from thinkaloud.duplex.endpoint import EndpointConfig
from thinkaloud.generate import (
    AudioChunk,
    Event,
    Interrupted,
    TextDelta,
    Transcript,
    TurnEnded,
    TurnStarted,
    UserStarted,
    UserStopped,
)
from thinkaloud.generate.answer import AnswerOptions
from thinkaloud.generate.loop import DecodeOptions
from thinkaloud.generate.sampler import Sampler, SamplerConfig
from thinkaloud.tokens import Stream

RATE = toy.SAMPLE_RATE


@pytest.fixture(scope="module")
def model() -> SpeechLM:
    return toy.model()


def options(seed: int = 1, endpoint: EndpointConfig | None = None, max_steps: int = 60) -> SessionOptions:
    decode = DecodeOptions(sampler=SamplerConfig(temperature=1.0, seed=seed), max_steps=max_steps)
    return SessionOptions(answer=AnswerOptions(decode=decode), endpoint=endpoint)


def plain(events: list[Event]) -> list[object]:
    """Events as values that compare."""
    return [(e.turn, e.samples.tolist()) if isinstance(e, AudioChunk) else e for e in events]


def finish(session: Session) -> list[Event]:
    events: list[Event] = []
    while session.busy:
        events += session.step()
    return events


def ask_aloud(session: Session, text: str, chunk: int = 500) -> None:
    for piece in toy.ToyVoice().speak(text).samples.split(chunk):
        session.push(piece, RATE)
    session.commit()


def conversation(session: Session) -> list[Event]:
    events = []
    for question in ("hello", "what is this"):
        ask_aloud(session, question)
        events += finish(session)
    session.ask("and in writing?")
    return events + finish(session)


def test_interleaved_sessions_give_what_each_gives_alone(model: SpeechLM) -> None:
    alone = [plain(conversation(Session(model, options(seed)))) for seed in (1, 2)]
    one, two = Session(model, options(1)), Session(model, options(2))
    events: tuple[list[Event], list[Event]] = ([], [])
    for question in ("hello", "what is this", ""):
        for session in (one, two):
            ask_aloud(session, question) if question else session.ask("and in writing?")
        while one.busy or two.busy:
            for session, told in zip((one, two), events, strict=True):
                told.extend(session.step())
    assert [plain(told) for told in events] == alone


def test_cancelling_one_leaves_the_other_unchanged(model: SpeechLM) -> None:
    alone = Session(model, options(2))
    ask_aloud(alone, "hello")
    expected = plain(finish(alone))
    one, two = Session(model, options(1)), Session(model, options(2))
    ask_aloud(one, "hello")
    ask_aloud(two, "hello")
    told = [*two.step()]
    one.step()
    one.cancel()
    after = one.step()
    assert isinstance(after[-1], Interrupted) and not one.busy
    told += finish(two)
    assert plain(told) == expected


def test_any_chunking_and_rate_of_the_question_gives_the_same_answer(model: SpeechLM) -> None:
    answers = []
    for chunk in (37, 640, 100000):
        session = Session(model, options())
        ask_aloud(session, "hello", chunk)
        answers.append(plain(finish(session)))
    assert answers[0] == answers[1] == answers[2]
    session = Session(model, options())
    session.push(toy.ToyVoice().speak("hello").resample(48000).samples, 48000)
    session.commit()
    assert any(isinstance(event, TurnEnded) for event in finish(session))


def test_history_is_kept_and_bounded(model: SpeechLM) -> None:
    session = Session(model, options().replace(max_history=2))
    for text in ("a", "b", "c"):
        session.ask(text)
        finish(session)
    assert [exchange.question.text for exchange in session.history] == ["b", "c"]


def loud(seconds: float) -> torch.Tensor:
    text = "abcdefghij" * 20
    return toy.ToyVoice().speak(text).samples[: int(seconds * RATE)]


def quiet(seconds: float) -> torch.Tensor:
    return 1e-4 * torch.randn(int(seconds * RATE), generator=torch.Generator().manual_seed(0))


def play_scenario(session: Session, audio: torch.Tensor, chunk: int = 320) -> list[tuple[int, Event]]:
    """Pushes audio and steps once a chunk; events with the sample at which they came."""
    told, at = [], 0
    for piece in audio.split(chunk):
        session.push(piece, RATE)
        at += len(piece)
        told += [(at, event) for event in session.step()]
    while session.busy:
        told += [(at, event) for event in session.step()]
    return told


def test_endpoint_answers_after_silence(model: SpeechLM) -> None:
    endpoint = EndpointConfig()
    told = play_scenario(Session(model, options(endpoint=endpoint)), torch.cat([quiet(1), loud(1), quiet(2)]))
    kinds = [type(event) for _, event in told]
    assert kinds[:3] == [UserStarted, UserStopped, TurnStarted]
    stopped_at = next(at for at, event in told if isinstance(event, UserStopped))
    assert 0 <= stopped_at - 2 * RATE - endpoint.silence_duration_ms * RATE // 1000 < RATE // 10
    assert isinstance(told[-1][1], TurnEnded)


def test_silence_and_noise_are_not_answered(model: SpeechLM) -> None:
    session = Session(model, options(endpoint=EndpointConfig()))
    assert play_scenario(session, torch.cat([quiet(2), loud(0.05), quiet(2)])) == []


class Endless(Sampler):
    """Greedy, and never says END."""

    def sample(self, logits: torch.Tensor, stream: Stream, *, pad: bool = False) -> torch.Tensor:
        return logits[:, : stream.size].argmax(dim=-1)


class EndlessConfig(SamplerConfig):
    def build(self, batch: int = 1, seeds: object = None) -> Sampler:
        return Endless(self, [0])


def test_barge_in_stops_the_answer_and_keeps_what_was_played(model: SpeechLM) -> None:
    """The user speaks into a long answer: it stops, nothing more is said of it, and the new turn is answered."""
    endpoint = EndpointConfig(echo_guard_ms=0)
    decode = DecodeOptions(sampler=EndlessConfig(), max_steps=400)
    session = Session(model, SessionOptions(answer=AnswerOptions(decode=decode), endpoint=endpoint))
    audio = torch.cat([quiet(1), loud(1), quiet(0.6), loud(1), quiet(2)])
    told = play_scenario(session, audio, chunk=512)
    cut = next(i for i, (_, event) in enumerate(told) if isinstance(event, Interrupted))
    late = [event for _, event in told[cut + 1 :] if isinstance(event, AudioChunk | TextDelta) and event.turn == 0]
    assert not late
    assert any(isinstance(event, TurnStarted) and event.turn == 1 for _, event in told[cut:])
    assert session.history[0].answer == "" or told[cut][1].text.startswith(session.history[0].answer)  # type: ignore[attr-defined]


@pytest.mark.parametrize("max_history", [0, 8])
def test_an_answer_that_is_said_but_still_playing_can_be_stopped(model: SpeechLM, max_history: int) -> None:
    session = Session(model, options().replace(max_history=max_history))
    ask_aloud(session, "hello")
    events = finish(session)
    said_s = sum(len(event.samples) / event.sample_rate for event in events if isinstance(event, AudioChunk))
    text = next(event.text for event in events if isinstance(event, TurnEnded))
    session.push(quiet(said_s / 2), RATE)  # half of it has been played
    session.cancel()
    stopped = [event for event in session.step() if isinstance(event, Interrupted)]
    assert len(stopped) == 1 and stopped[0].turn == 0
    assert text.startswith(stopped[0].text) and 0 < len(stopped[0].text) <= len(text) // 2 + 1
    assert [exchange.answer for exchange in session.history] == [stopped[0].text] * bool(max_history)
    session.cancel()
    assert not session.busy


def test_mistakes_are_named(model: SpeechLM) -> None:
    session = Session(model, options())
    with pytest.raises(ValueError, match="nothing was heard"):
        session.commit()
    session.ask("hi")
    with pytest.raises(ValueError, match="in progress"):
        session.ask("again")
    finish(session)


def test_cancelling_in_silence_does_nothing(model: SpeechLM) -> None:
    session = Session(model, options())
    session.cancel()
    assert not session.busy
    ask_aloud(session, "hello")
    finish(session)
    session.push(quiet(60), RATE)  # the answer has been played meanwhile
    session.cancel()
    assert not any(isinstance(event, Interrupted) for event in session.step())


def test_a_committed_turn_gets_the_silence_its_listener_wants(model: SpeechLM, monkeypatch: pytest.MonkeyPatch) -> None:
    """A caller who commits right after the last word loses nothing of it."""
    padded, plain_session = Session(model, options()), Session(model, options())
    audio = toy.ToyVoice().speak("hello").samples
    for session, extra in ((padded, 0), (plain_session, toy.FRAME_SAMPLES * 2)):
        monkeypatch.setattr(toy.ToyListener, "trailing_s", 0.0 if extra else 2 * toy.FRAME_SAMPLES / RATE)
        session.push(torch.cat([audio, torch.zeros(extra)]), RATE)
        session.commit()
    assert plain(finish(padded))[2:] == plain(finish(plain_session))[2:]


def test_without_options_it_answers_as_the_model_does_best() -> None:
    session = Session(SpeechLM.load("pocket"))
    question = read(Path(__file__).parents[2] / "examples" / "question.wav")
    session.push(question.samples, question.sample_rate)
    session.commit()
    events = finish(session)
    assert [event.text for event in events if isinstance(event, Transcript)] == ["what is the capital of france?"]
    assert isinstance(events[-1], TurnEnded) and events[-1].text == "the capital of france is paris."
