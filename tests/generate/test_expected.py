"""What people are expected to say has its say in transcripts."""

import pytest
import torch
from toy_answers import question_lm, run, run_together

from thinkaloud import toy
from thinkaloud.generate import Transcript
from thinkaloud.generate.answer import Answer, AnswerOptions
from thinkaloud.generate.ask import Exchange, Question, build_prompt
from thinkaloud.generate.expected import Expected, chance_of_end
from thinkaloud.generate.joint import JointDecoding
from thinkaloud.generate.loop import DecodeOptions
from thinkaloud.layout.prompt import A1T2, ASR
from thinkaloud.listen.characters import CharacterHeadConfig
from thinkaloud.model import SpeechLM

BEFORE = (Exchange(question=Question(text="is it late"), answer="no"),)


@pytest.fixture(scope="module")
def speller() -> SpeechLM:
    """A toy model whose listener can spell, at random, and which knows what people say, at random."""
    model = toy.model()
    config = CharacterHeadConfig(dim=model.config.listener_dim, delay_frames=1)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        model.ctc = config.build().eval().requires_grad_(False)
        torch.nn.init.normal_(model.ctc.symbols.weight, std=1.0)
    model.question_lm = question_lm(model)
    model.config = model.config.replace(ctc=config, question_lm=model.question_lm.config)
    return model


def ids_of(model: SpeechLM, text: str) -> torch.Tensor:
    return torch.tensor([model.need("tokenizer").encode(text)])


@pytest.mark.parametrize("sizes", [[5], [0, 5], [1, 1, 3], [0, 2, 2, 1]])
@torch.inference_mode()
def test_read_in_pieces_as_the_whole(speller: SpeechLM, sizes: list[int]) -> None:
    ids = ids_of(speller, "what is")[:, :5]
    expected, pieces = Expected(speller, BEFORE), ids.split(sizes, dim=1)
    stream, encode = speller.streams[0], speller.need("tokenizer").encode
    before = [stream.id("input"), *encode("is it late"), stream.end, stream.id("answer"), *encode("no"), stream.end]
    line = torch.tensor([[*before, stream.id("input"), *ids[0]]])
    whole = speller.need("question_lm")(line).double().log_softmax(dim=-1)[:, len(before) :]
    got = torch.cat([expected.read(piece) for piece in pieces], dim=1)
    torch.testing.assert_close(got, whole, rtol=1e-4, atol=1e-4)


@torch.inference_mode()
def test_rows_are_kept_and_ids_forgotten(speller: SpeechLM) -> None:
    a, b = ids_of(speller, "what is")[:, :4], ids_of(speller, "say hi")[:, :4]
    expected = Expected(speller, weight=2.0)
    expected.read(torch.zeros(1, 0, dtype=torch.long))
    expected.keep([0, 0])
    expected.read(torch.cat([a, b]))
    expected.keep([1, 0, 1], forgotten=2)
    got = expected.read(torch.cat([a[:, 2:], b[:, 2:], b[:, 2:]]))
    alone = [Expected(speller, weight=2.0) for _ in range(3)]
    lines = [torch.cat([b[:, :2], a[:, 2:]], dim=1), torch.cat([a[:, :2], b[:, 2:]], dim=1), b]
    want = torch.cat([one.read(line)[:, 3:] for one, line in zip(alone, lines, strict=True)])
    torch.testing.assert_close(got, want, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("weight", [0.5, 3.0])
def test_a_text_costs_what_all_three_judges_say(speller: SpeechLM, heard: torch.Tensor, weight: float) -> None:
    prompt, features = build_prompt(speller, ASR, Question(heard=heard))
    chances = torch.zeros(40, 29).log_softmax(dim=-1)
    ids = ids_of(speller, "hello")[0].tolist()
    costs = [
        JointDecoding(speller, prompt, features, chances, DecodeOptions(lm_weight=one), BEFORE).score(ids)
        for one in (0.0, weight)
    ]
    with torch.inference_mode():
        told = Expected(speller, BEFORE).read(torch.tensor([ids]))[0]
    line = [*ids, speller.streams[0].end]
    more = sum(float(told[place, token_id]) for place, token_id in enumerate(line))
    assert costs[1] - costs[0] == pytest.approx(weight * more, rel=1e-4) and more < -1


def transcript(model: SpeechLM, heard: torch.Tensor, history: tuple[Exchange, ...] = (), **decode: float) -> str:
    options = AnswerOptions(task=A1T2, decode=DecodeOptions(max_steps=30).replace(**decode), transcribe=True)
    events = run(Answer(model, Question(heard=heard), history=history, options=options))
    return next((event.text for event in events if isinstance(event, Transcript)), "")


def test_what_was_said_before_counts_where_it_is_asked(speller: SpeechLM, heard: torch.Tensor) -> None:
    alone, after = (transcript(speller, heard, history, lm_weight=3.0) for history in ((), BEFORE))
    deaf = [transcript(speller, heard, history, lm_weight=0.0) for history in ((), BEFORE)]
    assert alone != after and deaf[0] == deaf[1] != alone


@pytest.mark.parametrize("gap_rounds", [0, 1, 5])
def test_in_shared_passes_too(speller: SpeechLM, heard: torch.Tensor, gap_rounds: int) -> None:
    options = AnswerOptions(task=ASR, decode=DecodeOptions(max_steps=30, lm_weight=1.0))
    makes = [
        lambda n=n: Answer(speller, Question(heard=heard[n : n + 6]), options=options, after=BEFORE[: n % 2]) for n in range(4)
    ]
    alone = [make() for make in makes]
    for one in alone:
        run(one)
    together, _ = run_together(speller, makes, gap_rounds)
    assert [one.text for one in together] == [one.text for one in alone] and any(one.text for one in alone)


@torch.inference_mode()
def test_the_chance_of_an_end_is_that_of_every_mark(speller: SpeechLM) -> None:
    encode, end = speller.need("tokenizer").encode, speller.streams[0].end
    for said, history in (("what is", ()), ("say hi", BEFORE), ("say hi?", BEFORE), ("h", ())):
        words = said.rstrip("?")
        chance = 0.0
        for mark in ("", ".", "?"):
            line, count = [*encode(words + mark), end], len(encode(words))
            told = Expected(speller, history).read(torch.tensor([line[:-1]]))[0]
            chance += float(sum(told[n, line[n]] for n in range(count, len(line))).exp())
        assert chance_of_end(speller, said, history) == pytest.approx(chance, rel=1e-3)


def test_where_nobody_knows_what_people_ask_there_is_no_chance(speller: SpeechLM) -> None:
    assert chance_of_end(toy.model(), "what is") is None and chance_of_end(speller, " ?") is None


def test_a_question_lm_of_another_model_is_refused(speller: SpeechLM) -> None:
    other = speller.config.question_lm
    assert other is not None
    with pytest.raises(ValueError, match="train it for this model"):
        speller.config.replace(question_lm=other.replace(num_ids=7))
