"""Answers to what was first written down: the transcript is the ASR task's, the answer is the written question's."""

import pytest
import torch
from toy_answers import run, speech

from thinkaloud import toy
from thinkaloud.generate import Event, Interrupted, Stats, TextDelta, Transcript, TurnEnded, TurnStarted
from thinkaloud.generate.answer import Answer, AnswerOptions
from thinkaloud.generate.ask import Exchange, Question
from thinkaloud.generate.loop import DecodeOptions
from thinkaloud.generate.session import Session, SessionOptions
from thinkaloud.layout.prompt import A1A2, A1T2, ASR, T1A2, T1T2, Task
from thinkaloud.model import SpeechLM


def options(task: Task, transcribe: bool = False, parallel: bool = False) -> AnswerOptions:
    return AnswerOptions(task=task, decode=DecodeOptions(max_steps=24, batch_parallel=parallel), transcribe=transcribe)


def said(events: list[Event]) -> tuple[str, torch.Tensor]:
    text = "".join(e.text for e in events if isinstance(e, TextDelta))
    return text, speech(events)


@pytest.mark.parametrize("parallel", [False, True])
@pytest.mark.parametrize(("hears", "reads"), [(A1A2, T1A2), (A1T2, T1T2)], ids=["aloud", "in writing"])
def test_it_is_the_answer_to_the_transcript(
    model: SpeechLM, heard: torch.Tensor, hears: Task, reads: Task, parallel: bool
) -> None:
    past = (Exchange(question=Question(text="one", heard=heard), answer="two"),)
    answer = Answer(model, Question(heard=heard), history=past, options=options(hears, transcribe=True, parallel=parallel))
    events = run(answer)
    (transcript,) = [event for event in events if isinstance(event, Transcript)]
    alone = Answer(model, Question(heard=heard), options=options(A1T2, transcribe=True).transcript)
    run(alone)
    assert transcript.text == alone.text != ""
    written = (Exchange(question=Question(text="one"), answer="two"),)
    wanted = run(Answer(model, Question(text=alone.text), history=written, options=options(reads, parallel=parallel)))
    assert said(events)[0] == said(wanted)[0] and torch.equal(said(events)[1], said(wanted)[1])
    assert isinstance(events[0], TurnStarted) and isinstance(events[-1], TurnEnded)
    assert sum(isinstance(event, TurnStarted) for event in events) == 1
    assert answer.question.text == alone.text and answer.question.heard is heard


def test_what_has_no_words_is_not_answered(model: SpeechLM, heard: torch.Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Answer, "_read", lambda self, token_id, first: [])  # a transcript that stays empty
    events = run(Answer(model, Question(heard=heard), options=options(A1A2, transcribe=True)))
    assert [type(event) for event in events] == [TurnStarted, Stats, TurnEnded]
    assert isinstance(events[-1], TurnEnded) and events[-1].reason == "ignored"


def test_tasks_that_need_no_transcript_have_none(model: SpeechLM, heard: torch.Tensor) -> None:
    for task, question in ((ASR, Question(heard=heard)), (T1A2, Question(text="hi"))):
        events = run(Answer(model, question, options=options(task, transcribe=True)))
        assert not any(isinstance(event, Transcript) for event in events)
        assert said(events)[0] == said(run(Answer(model, question, options=options(task))))[0]


def test_cancelling_a_transcript_says_nothing(model: SpeechLM, heard: torch.Tensor) -> None:
    answer = Answer(model, Question(heard=heard), options=options(A1A2, transcribe=True))
    answer.step()
    stats, interrupted = answer.cancel()
    assert isinstance(stats, Stats) and isinstance(interrupted, Interrupted) and interrupted.text == ""


def test_a_conversation_remembers_the_words(model: SpeechLM) -> None:
    session = Session(model, SessionOptions(answer=options(A1T2, transcribe=True)))
    for _ in range(2):
        session.push(toy.ToyVoice().speak("hello").samples, toy.SAMPLE_RATE)
        session.commit()
        events = []
        while session.busy:
            events += session.step()
    first, second = session.history
    (transcript,) = [event for event in events if isinstance(event, Transcript)]
    assert first.question.text and first.question.heard is not None
    assert second.question.text == transcript.text
