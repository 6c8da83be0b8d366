"""Timed text: words wait for the speech, thinking runs ahead, and every way to decode says the same."""

import types
from typing import Any

import pytest
import torch
from toy_answers import run, run_together, speech

from thinkaloud import toy
from thinkaloud.evaluate.batch import Asked, answer_all
from thinkaloud.generate import AudioChunk, TextDelta
from thinkaloud.generate.answer import Answer, AnswerOptions
from thinkaloud.generate.ask import Question, build_prompt
from thinkaloud.generate.loop import DecodeOptions
from thinkaloud.generate.timed import Prompter, TimedDecoding, decoding_of
from thinkaloud.layout.prompt import A1A2, A1T2, T1A2, T1T2, TTS
from thinkaloud.model import SpeechLM
from thinkaloud.tokens import Role, Stream

PAD = 5


def timed(seed: int = 0) -> SpeechLM:
    """The toy model with timed text."""
    config = toy.config()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = SpeechLM(config.replace(layout=config.layout.replace(timed_text=True)))
    model.listener, model.codec, model.tokenizer = toy.ToyListener(), toy.ToyCodec(), toy.tokenizer()
    return model.eval().requires_grad_(False)


@pytest.fixture(scope="module")
def model() -> SpeechLM:
    return timed()


def logits(pad_chance: float) -> torch.Tensor:
    rest = (1 - pad_chance) / 7
    return torch.tensor([pad_chance if i == PAD else rest for i in range(8)]).log()


def test_words_come_when_the_speaking_row_is_ready_and_no_sooner_than_they_are_known():
    prompter = Prompter(PAD, [3])
    assert prompter.next(logits(0.51)) == PAD
    assert prompter.next(logits(0.49)) == 3, "nothing single is likelier than PAD, but all else together is"
    assert prompter.next(logits(0.1)) == PAD, "nothing is known"
    prompter.add(2)
    prompter.add(1)
    assert [prompter.next(logits(chance)) for chance in (0.1, 0.9, 0.1)] == [2, PAD, 1]


def test_no_word_is_lingered_on_for_ever():
    prompter = Prompter(PAD, [3, 2], max_word_steps=3)
    assert [prompter.next(logits(0.1)), *(prompter.next(logits(0.9)) for _ in range(4))] == [3, PAD, PAD, PAD, 2]
    assert not prompter.due, "the count begins anew with each word"
    for token_id in (1, PAD, PAD, PAD):
        assert not prompter.due
        prompter.wrote(token_id)
    assert prompter.due, "a row that writes its own words is told"
    forever = Prompter(PAD, [3, 2])
    assert [forever.next(logits(0.9)) for _ in range(50)] == [PAD] * 50


def test_speech_does_not_end_before_its_words():
    prompter, speech = Prompter(PAD, [3, 2]), Stream(name="audio_1", role=Role.SAY, size=6, delay_steps=2)
    ends = torch.nn.functional.one_hot(torch.tensor(speech.end), speech.num_ids).float()
    assert int(prompter.hold(ends, speech, step=1).argmax()) != speech.end
    assert prompter.next(logits(0.9)) == PAD, "what a row says before it begins means nothing"
    assert int(prompter.hold(ends, speech, step=2).argmax()) != speech.end
    assert [prompter.next(logits(chance)) for chance in (0.9, 0.9, 0.1)] == [3, PAD, 2], "one word came at once"


@pytest.mark.parametrize(
    ("task", "parallel"), [(T1A2, True), (TTS, True), (T1A2, False)], ids=["thought beside it", "given", "its own"]
)
def test_all_words_are_said_however_soon_the_speech_would_end(model, task, parallel):
    pad, text = model.streams[0].pad, [1, 2, 3, model.streams[0].end]
    prompt, features = build_prompt(model, task, Question(text="hello"))
    options = DecodeOptions(max_steps=60, batch_parallel=parallel)
    decoding = decoding_of(model, task, prompt, features, options, text=text if task is TTS else [])
    ends = [likely(stream, stream.end) for stream in model.streams[1:]]
    decoding._head = types.SimpleNamespace(  # type: ignore[assignment]
        step=lambda hidden, choose: torch.stack([choose(row, k) for k, row in enumerate(ends)], dim=1)
    )
    said: list[int] = []

    def writes(hidden: Any, row: int) -> torch.Tensor:
        """The row that thinks writes the text; the one that speaks would rather wait, or, alone, write what comes next."""
        if row == -1:
            return likely(model.streams[0], [*text, *[pad] * 60][decoding.steps])
        return likely(model.streams[0], pad) + 0.5 * likely(model.streams[0], text[min(len(said), 3)])

    decoding._text_logits = writes  # type: ignore[method-assign]
    while not decoding.ended:
        said += [token for token in [int(decoding.step().ids[0])] if token != pad]
    assert decoding.complete and said == text


def likely(stream: Stream, token: int) -> torch.Tensor:
    return 99.0 * torch.nn.functional.one_hot(torch.tensor([token]), stream.num_ids)


def columns(decoding: TimedDecoding) -> torch.Tensor:
    return torch.stack([decoding.step().ids for _ in iter(lambda: decoding.ended, True)], dim=1)  # [K, S]


def says(codes: torch.Tensor) -> Any:
    """A head that says the same [1, K] at every step."""
    return types.SimpleNamespace(step=lambda hidden, choose: codes)


def test_a_given_text_is_said_in_order_with_pauses(model):
    text = [*model.need("tokenizer").encode("good day to you"), model.streams[0].end]
    prompt, features = build_prompt(model, TTS, Question(text="good day to you"))
    decoding = decoding_of(model, TTS, prompt, features, DecodeOptions(max_steps=60), text=text)
    assert isinstance(decoding, TimedDecoding)
    pad = torch.nn.functional.one_hot(torch.tensor(model.streams[0].pad), model.streams[0].num_ids)[None]
    decoding._text_logits = lambda hidden, row: 9.0 * pad * (decoding.steps % 3 != 0)  # type: ignore[method-assign]
    decoding._head = says(torch.zeros(1, 3, dtype=torch.long))
    row = columns(decoding)[0].tolist()
    assert row[: 3 * len(text)] == [token for said in text for token in (said, *[model.streams[0].pad] * 2)][: len(row)]
    assert len(row) == 60


@pytest.mark.parametrize("seed", range(3))
def test_the_row_that_thinks_is_undisturbed_and_its_words_are_those_said(seed):
    model = timed(seed)
    question, steps = Question(text="hello"), DecodeOptions(max_steps=70)
    alone = "".join(e.text for e in run(Answer(model, question, options=AnswerOptions(task=T1T2, decode=steps))) if
                    isinstance(e, TextDelta))  # fmt: skip
    options = AnswerOptions(task=T1A2, decode=steps.replace(batch_parallel=True))
    events = run(Answer(model, question, options=options))
    assert "".join(e.text for e in events if isinstance(e, TextDelta)) == alone
    assert any(isinstance(e, AudioChunk) for e in events)
    prompt, features = build_prompt(model, T1A2, question)
    decoding = decoding_of(model, T1A2, prompt, features, options.decode)
    thought, said = [], []
    while not decoding.ended:
        column = decoding.step()
        thought.append(column.written)
        said.append(int(column.ids[0]))
    pad = model.streams[0].pad
    thought, said = ([token for token in row if token != pad] for row in (thought, said))
    assert said and said == thought[: len(said)]


def test_it_ends_with_its_speech(model):
    prompt, features = build_prompt(model, TTS, Question(text="hello"))
    decoding = decoding_of(model, TTS, prompt, features, DecodeOptions(max_steps=40), text=[1, 2, model.streams[0].end])
    ends = [stream.end for stream in model.streams]
    decoding._head = says(torch.tensor([ends[1:]]))
    decoding._texts = lambda hidden: torch.tensor([1])  # type: ignore[method-assign]  # no end by itself
    count = columns(decoding).shape[1]
    assert decoding.complete and count < 10


def test_tasks_that_only_write_are_as_ever(model):
    prompt, features = build_prompt(model, T1T2, Question(text="hello"))
    assert not isinstance(decoding_of(model, T1T2, prompt, features), TimedDecoding)


@pytest.mark.parametrize("task", [A1A2, T1A2, TTS, A1T2], ids=lambda task: task.name)
def test_a_batch_says_what_the_plain_loop_says(model, task):
    words = ["hello", "good day to you", "why"]
    heard = [model.need("listener").listen(toy.ToyVoice().speak(word).samples[None]).embeds[0] for word in words]
    pairs = zip(words, heard, strict=True)
    asked = [Question(heard=one) if task.listens else Question(text=word) for word, one in pairs]
    texts = [model.need("tokenizer").encode(word) for word in words] if task is TTS else None
    for one, question in zip(answer_all(model, task, [Asked(question=q) for q in asked], texts=texts, max_steps=30), asked,
                             strict=True):  # fmt: skip
        prompt, features = build_prompt(model, task, question)
        given = [*model.need("tokenizer").encode(question.text), model.streams[0].end] if task is TTS else []
        decoding = decoding_of(model, task, prompt, features, DecodeOptions(max_steps=30), text=given)
        frames, text = [], []
        while not decoding.ended:
            column = decoding.step()
            frames += [column.frame] if column.frame is not None else []
            text += [column.written] if column.written < model.streams[0].size else []
        assert [frame.tolist() for frame in frames] == one.codes.T.tolist()
        assert one.text_ids == tuple(given[:-1] if task is TTS else text)


@pytest.mark.parametrize("gap_rounds", [0, 4])
def test_in_shared_passes_each_says_what_it_says_alone(model, gap_rounds):
    heard = model.need("listener").listen(toy.ToyVoice().speak("hello").samples[None]).embeds[0]
    aside = DecodeOptions(batch_parallel=True, max_steps=40)
    makes = [
        lambda: Answer(model, Question(heard=heard), options=AnswerOptions(task=A1A2, decode=aside)),
        lambda: Answer(model, Question(text="good day"), options=AnswerOptions(task=TTS, decode=aside)),
        lambda: Answer(model, Question(text="go"), options=AnswerOptions(task=T1A2, decode=aside)),
        lambda: Answer(model, Question(text="go"), options=AnswerOptions(task=T1T2, decode=aside)),
    ]
    everyone, events = run_together(model, makes, gap_rounds)
    for make, one, shared in zip(makes, everyone, events, strict=True):
        alone = run(make())
        assert alone[-1] == shared[-1] and alone[-1].text == one.text
        assert torch.allclose(speech(alone), speech(shared), atol=1e-4)
