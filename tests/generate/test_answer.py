"""Answers on the toy model: every task, any chunking, ends that lose nothing, batch-parallel decoding."""

import itertools

import pytest
import torch
from toy_answers import run, speech

from thinkaloud import toy
from thinkaloud.generate import AudioChunk, Interrupted, Stats, TextDelta, TurnEnded, TurnStarted
from thinkaloud.generate.answer import Answer, AnswerOptions
from thinkaloud.generate.ask import Exchange, Question, build_prompt
from thinkaloud.generate.loop import DecodeOptions, Decoding
from thinkaloud.generate.sampler import Sampler, SamplerConfig
from thinkaloud.layout.prompt import A1A2, A1T2, T1A2, T1T2, TASKS, TTS, Rows, Task, prompt
from thinkaloud.model import SpeechLM
from thinkaloud.tokens import Role, Stream


def options(
    task: Task = A1A2, seed: int = 0, chunk_frames: int = 1, max_steps: int = 80, parallel: bool = False
) -> AnswerOptions:
    decode = DecodeOptions(sampler=SamplerConfig(temperature=1.0, seed=seed), max_steps=max_steps, batch_parallel=parallel)
    return AnswerOptions(task=task, decode=decode, chunk_frames=chunk_frames)


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
def test_every_task_answers_in_order(model: SpeechLM, heard: torch.Tensor, task: Task) -> None:
    question = Question(heard=heard) if task.listens else Question(text="hi")
    events = run(Answer(model, question, options=options(task)))
    assert isinstance(events[0], TurnStarted)
    assert isinstance(events[-1], TurnEnded) and isinstance(events[-2], Stats)
    assert "".join(e.text for e in events if isinstance(e, TextDelta)) == events[-1].text
    frames = events[-2].audio_frames
    assert len(speech(events)) == events[-2].audio_samples == frames * toy.FRAME_SAMPLES
    assert (frames > 0) <= task.speaks


def test_chunk_size_changes_when_not_what(model: SpeechLM, heard: torch.Tensor) -> None:
    for seed in range(2):
        whole = run(Answer(model, Question(heard=heard), options=options(seed=seed, max_steps=40)))
        for chunk_frames in (2, 3, 7, 100):
            chunked = options(seed=seed, chunk_frames=chunk_frames, max_steps=40)
            events = run(Answer(model, Question(heard=heard), options=chunked))
            assert torch.equal(speech(whole), speech(events))
            assert whole[-1] == events[-1]


def test_short_answers_are_heard_in_full(model: SpeechLM, heard: torch.Tensor) -> None:
    """Over many seeds: answers of 1, 2 and 3 frames come out with all their samples, and no special id reaches the codec."""
    lengths = set()
    for seed in range(40):
        events = run(Answer(model, Question(heard=heard), options=options(seed=seed, chunk_frames=4, max_steps=20)))
        stats = next(e for e in events if isinstance(e, Stats))
        assert len(speech(events)) == stats.audio_frames * toy.FRAME_SAMPLES
        lengths.add(stats.audio_frames)
    assert {1, 2, 3} <= lengths


def test_limit_ends_the_answer(model: SpeechLM, heard: torch.Tensor) -> None:
    endings = {run(Answer(model, Question(heard=heard), options=options(seed=s, max_steps=3)))[-1].reason for s in range(5)}  # type: ignore[attr-defined]
    assert endings == {"limit"}


def test_seed_reproduces_and_matters(model: SpeechLM, heard: torch.Tensor) -> None:
    texts = [run(Answer(model, Question(heard=heard), options=options(seed=s)))[-1].text for s in (5, 5, 6)]  # type: ignore[attr-defined]
    assert texts[0] == texts[1] != texts[2]


def test_cancel_stops_at_once(model: SpeechLM, heard: torch.Tensor) -> None:
    answer = Answer(model, Question(heard=heard), options=options(max_steps=500))
    before = [event for _ in range(3) for event in answer.step()]
    events = answer.cancel()
    assert isinstance(events[-1], Interrupted) and answer.done
    assert events[-1].text == "".join(e.text for e in before if isinstance(e, TextDelta))
    assert answer.cancel() == []


def columns(decoding: Decoding, limit: int = 60) -> torch.Tensor:
    said = []
    while not decoding.ended and len(said) < limit:
        said.append(decoding.step().ids)
    return torch.stack(said, dim=1)


def both(model: SpeechLM, task: Task) -> Rows:
    return prompt(model.streams, task, model.need("tokenizer").encode("what?"))


def test_batch_parallel_text_is_the_text_only_answer(model: SpeechLM) -> None:
    """The thinking row never sees audio: its text equals that of the text-only task."""
    for seed in range(3):
        opts = options(seed=seed, max_steps=30)
        spoken = columns(Decoding(model, T1A2, both(model, T1A2), options=opts.decode.replace(batch_parallel=True)))
        written = columns(Decoding(model, T1T2, both(model, T1T2), options=opts.decode))
        n = min(spoken.shape[1], written.shape[1])
        assert torch.equal(spoken[0, :n], written[0, :n])


def test_batch_parallel_equals_two_rows_kept_to_the_end(model: SpeechLM, heard: torch.Tensor) -> None:
    """Prefilling once and dropping the thinking row are exact: the same as teacher-forcing the whole grid without cache."""
    opts = options(max_steps=60, parallel=True)
    rows = prompt(model.streams, A1A2, num_features=len(heard))
    built, features = build_prompt(model, A1A2, Question(heard=heard))
    assert torch.equal(built.ids, rows.ids)
    decode = opts.decode.replace(sampler=SamplerConfig(temperature=0.0))
    said = columns(Decoding(model, A1A2, built, features, decode))  # [K, S]
    text_only, features2 = build_prompt(model, A1T2, Question(heard=heard))
    pads = torch.tensor([stream.pad for stream in model.streams])[:, None].expand(-1, said.shape[1]).clone()
    pads[0] = said[0]
    thinking = torch.cat([text_only.ids, pads], dim=1)[None]
    speaking = torch.cat([built.ids, said], dim=1)[None]
    text = model.logits(thinking, features2)[0][0, text_only.num_steps - 1 :]
    audio = [row[0, built.num_steps - 1 :] for row in model.logits(speaking, features)[1:]]
    text_ended = False
    for step, ids in enumerate(said.T.tolist()):
        if not text_ended:
            stream = model.streams[0]
            allowed = [*range(stream.size), stream.end, stream.id("ignore")]
            assert allowed[int(text[step][allowed].argmax())] == ids[0], step
            text_ended = ids[0] == stream.end
        for k, stream in enumerate(model.streams[1:]):
            if ids[k + 1] < stream.size:
                assert int(audio[k][step][: stream.size].argmax()) == ids[k + 1], (step, k)


def test_history_changes_the_answer_and_is_laid_out_as_trained(model: SpeechLM, heard: torch.Tensor) -> None:
    past = (Exchange(question=Question(heard=heard), answer="yes"), Exchange(question=Question(text="a"), answer="b"))
    rows, features = build_prompt(model, A1A2, Question(heard=heard[:3]), past)
    assert features is not None and features.lengths.tolist() == [len(heard), 3]
    starts = features.starts.tolist()
    assert rows.ids[1, starts[0] - 1] == rows.ids[1, starts[1] - 1] == model.streams[1].id("input")
    assert [span.num_steps for span in rows.heard] == [len(heard), 3]
    assert int((rows.ids[0] == model.streams[0].end).sum()) == 5


class Ignoring(Sampler):
    """Says `ignore` in the text row and END elsewhere."""

    def sample(self, logits: torch.Tensor, stream: Stream, *, pad: bool = False) -> torch.Tensor:
        return torch.tensor([stream.id("ignore") if stream.role is Role.TEXT else stream.end])


class IgnoringConfig(SamplerConfig):
    def build(self, batch: int = 1, seeds: object = None) -> Sampler:
        return Ignoring(self, [0])


def test_first_token_ignore_is_silence(model: SpeechLM, heard: torch.Tensor) -> None:
    decode = DecodeOptions(sampler=IgnoringConfig())
    events = run(Answer(model, Question(heard=heard), options=AnswerOptions(decode=decode)))
    assert events[-1] == TurnEnded(turn=0, text="", reason="ignored")
    assert not [e for e in events if isinstance(e, TextDelta | AudioChunk)]


@pytest.mark.parametrize(
    ("question", "task", "message"),
    [
        (Question(text="hi"), A1A2, "listens"),
        (Question(heard=torch.zeros(3, toy.ToyListener.dim)), T1A2, "reads"),
        (Question(text=""), T1T2, "empty"),
    ],
)
def test_questions_that_do_not_fit_the_task(model: SpeechLM, question: Question, task: Task, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Answer(model, question, options=options(task))


def test_prompt_longer_than_the_model_is_refused(model: SpeechLM) -> None:
    with pytest.raises(ValueError, match="2048"):
        Answer(model, Question(text="a" * 2100), options=options(T1T2))


def test_all_pairs_of_tasks_and_parallel_decode_without_error(model: SpeechLM, heard: torch.Tensor) -> None:
    for task, parallel in itertools.product(TASKS.values(), (False, True)):
        question = Question(heard=heard) if task.listens else Question(text="hi")
        assert run(Answer(model, question, options=options(task, parallel=parallel, max_steps=20)))


@pytest.mark.parametrize("parallel", [False, True])
def test_reading_aloud_says_the_given_text(model: SpeechLM, parallel: bool) -> None:
    """The words are given, whatever the model would have written; only the speech is decoded."""
    for seed in range(3):
        events = run(Answer(model, Question(text="hello you"), options=options(TTS, seed=seed, parallel=parallel)))
        assert events[-1].text == "hello you"  # type: ignore[attr-defined]
