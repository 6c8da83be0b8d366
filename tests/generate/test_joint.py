"""Transcripts that the language model and CTC agree on."""

import itertools
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from toy_answers import run, run_together

from thinkaloud import toy
from thinkaloud.generate import TextDelta, Transcript, TurnEnded
from thinkaloud.generate import texts as texts_module
from thinkaloud.generate.answer import Answer, AnswerOptions
from thinkaloud.generate.ask import Question, build_prompt
from thinkaloud.generate.joint import JointDecoding
from thinkaloud.generate.loop import DecodeOptions, Decoding
from thinkaloud.generate.sampler import SamplerConfig
from thinkaloud.layout.prompt import A1T2, ASR, T1T2
from thinkaloud.listen.characters import SYMBOLS, CharacterHeadConfig, spell
from thinkaloud.model import SpeechLM


@pytest.fixture(scope="module")
def speller() -> SpeechLM:
    """A toy model whose listener can spell, at random."""
    model = toy.model()
    config = CharacterHeadConfig(dim=model.config.listener_dim, delay_frames=1)
    model.config = model.config.replace(ctc=config)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        model.ctc = config.build().eval().requires_grad_(False)
        torch.nn.init.normal_(model.ctc.symbols.weight, std=1.0)
    return model


def sounds_like(text: str, count: int = 40) -> torch.Tensor:
    """Chances [C, V] that spell this text, nearly surely: a blank behind every letter."""
    best = torch.zeros(count, dtype=torch.long)
    best[: 2 * len(text) : 2] = torch.tensor([SYMBOLS.index(letter) + 1 for letter in text])
    return (torch.nn.functional.one_hot(best, len(SYMBOLS) + 1) * 9.0).log_softmax(dim=-1)


def written(model: SpeechLM, heard: torch.Tensor, log_probs: torch.Tensor, **options: float) -> tuple[list[int], JointDecoding]:
    prompt, features = build_prompt(model, ASR, Question(heard=heard))
    decoding = JointDecoding(model, prompt, features, log_probs, DecodeOptions(**{"max_steps": 30, **options}))  # type: ignore[arg-type]
    ids: list[int] = []
    while not decoding.ended:
        ids += decoding.step()
    return ids, decoding


@pytest.mark.parametrize("frames", [3, 5, 9])
def test_one_text_without_ctc_is_the_plain_loop(model: SpeechLM, heard: torch.Tensor, frames: int) -> None:
    prompt, features = build_prompt(model, ASR, Question(heard=heard[:frames]))
    plain = Decoding(model, ASR, prompt, features, DecodeOptions(max_steps=30))
    ids = []
    while not plain.ended:
        ids.append(int(plain.step().ids[0]))
    end = model.streams[0].end
    assert written(model, heard[:frames], sounds_like("no"), beams=1, ctc_weight=0)[0] == [i for i in ids if i != end]


def knows_only(model: SpeechLM, letters: str, patch: pytest.MonkeyPatch) -> float:
    """From here on the language model thinks these letters and END equally likely, and nothing else; what each costs."""
    opinions = torch.full((model.streams[0].num_ids,), -torch.inf, dtype=torch.double)
    known = [*model.need("tokenizer").encode(letters), model.streams[0].end]
    opinions[known] = cost = -math.log(len(known))
    patch.setattr(JointDecoding, "_opinions", lambda self, normed: opinions.expand(*normed.shape[:2], -1))
    patch.setattr(texts_module, "_CANDIDATES", len(known))
    return cost


def test_where_ctc_is_sure_its_letters_are_written(
    model: SpeechLM, heard: torch.Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    knows_only(model, "abehlnouy", monkeypatch)
    for text in ("hello", "abbey", "no"):
        ids, decoding = written(model, heard, sounds_like(text), ctc_weight=3)
        assert model.need("tokenizer").decode(ids) == text and decoding.complete


@pytest.mark.parametrize("seed", range(4))
def test_with_room_for_all_texts_it_finds_the_best_of_all(
    model: SpeechLM, heard: torch.Tensor, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    cost, weight = knows_only(model, "ab", monkeypatch), 0.8
    log_probs = torch.randn(6, len(SYMBOLS) + 1, generator=torch.Generator().manual_seed(seed)).double()
    log_probs[:, [0, SYMBOLS.index("a") + 1, SYMBOLS.index("b") + 1]] += 6
    log_probs = log_probs.log_softmax(dim=-1)

    def score(text: str) -> float:
        target = torch.tensor([[SYMBOLS.index(letter) + 1 for letter in text]], dtype=torch.long).reshape(1, -1)
        lengths = torch.tensor([6]), torch.tensor([len(text)])
        whole = -torch.nn.functional.ctc_loss(log_probs[:, None], target, *lengths, reduction="sum")
        return cost * (len(text) + 1) + weight * float(whole)

    texts = ["".join(letters) for length in range(7) for letters in itertools.product("ab", repeat=length)]
    ids, decoding = written(model, heard, log_probs, beams=200, ctc_weight=weight)
    assert decoding.complete and model.need("tokenizer").decode(ids) == max(texts, key=score)


def test_what_is_told_as_it_comes_is_the_transcript(speller: SpeechLM, heard: torch.Tensor) -> None:
    events = run(Answer(speller, Question(heard=heard), options=AnswerOptions(task=ASR, decode=DecodeOptions(max_steps=30))))
    (ended,) = [event for event in events if isinstance(event, TurnEnded)]
    assert ended.text == "".join(event.text for event in events if isinstance(event, TextDelta)) != ""


def test_answers_and_the_asr_task_write_down_the_same(speller: SpeechLM, heard: torch.Tensor) -> None:
    options = AnswerOptions(task=A1T2, transcribe=True, decode=DecodeOptions(max_steps=20, beams=3, ctc_weight=0.7))
    events = run(Answer(speller, Question(heard=heard), options=options))
    (transcript,) = [event.text for event in events if isinstance(event, Transcript)]
    assert options.transcript is not None
    alone = Answer(speller, Question(heard=heard), options=options.transcript)
    run(alone)
    assert transcript == alone.text
    plain = options.replace(decode=options.decode.replace(ctc_weight=0)).transcript
    assert plain is not None and not plain.decode.agrees
    other = Answer(speller, Question(heard=heard), options=plain)
    run(other)
    assert other.text != alone.text, "or CTC had no say"


def test_drawn_by_chance_it_is_the_plain_loop(speller: SpeechLM, model: SpeechLM, heard: torch.Tensor) -> None:
    hot = AnswerOptions(task=ASR, decode=DecodeOptions(max_steps=20, sampler=SamplerConfig(temperature=1.0, seed=2)))
    with_ctc, without = (Answer(one, Question(heard=heard), options=hot) for one in (speller, model))
    run(with_ctc), run(without)
    assert with_ctc.text == without.text


@pytest.mark.parametrize("gap_rounds", [0, 3])
def test_in_shared_passes_they_write_what_they_write_alone(speller: SpeechLM, heard: torch.Tensor, gap_rounds: int) -> None:
    short = DecodeOptions(max_steps=30)
    makes = [
        lambda: Answer(speller, Question(heard=heard), options=AnswerOptions(task=ASR, decode=short)),
        lambda: Answer(speller, Question(text="hello"), options=AnswerOptions(task=T1T2, decode=short)),
        lambda: Answer(speller, Question(heard=heard[:5]), options=AnswerOptions(task=ASR, decode=short.replace(beams=3))),
        lambda: Answer(speller, Question(heard=heard[2:]), options=AnswerOptions(task=A1T2, decode=short, transcribe=True)),
    ]
    alone = [make() for make in makes]
    for answer in alone:
        run(answer)
    everyone, _ = run_together(speller, makes, gap_rounds)
    assert [answer.text for answer in everyone] == [answer.text for answer in alone]


def test_what_is_not_for_it_is_ignored_at_once(speller: SpeechLM, heard: torch.Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    ignore = speller.streams[0].id("ignore")
    monkeypatch.setattr(
        JointDecoding, "_opinions", lambda self, normed: torch.eye(speller.streams[0].num_ids)[ignore][None, None].double()
    )
    answer = Answer(speller, Question(heard=heard), options=AnswerOptions(task=ASR))
    (ended,) = [event for event in answer.step() if isinstance(event, TurnEnded)]
    assert ended.reason == "ignored" and answer.text == ""


def test_a_saved_model_spells_as_before(speller: SpeechLM, heard: torch.Tensor, tmp_path) -> None:
    speller.save(tmp_path)
    loaded = SpeechLM.load(tmp_path)
    assert loaded.ctc is not None and torch.equal(loaded.ctc.chances(heard), speller.ctc.chances(heard))  # type: ignore[union-attr]
    (tmp_path / "ctc.safetensors").unlink()
    with pytest.raises(ValueError, match="no weights for its CharacterHead"):
        SpeechLM.load(tmp_path)


def test_a_head_of_another_width_is_refused(speller: SpeechLM) -> None:
    with pytest.raises(ValueError, match="features of width 7, the listener gives"):
        speller.config.replace(ctc=CharacterHeadConfig(dim=7))


@given(st.lists(st.text(alphabet="abz' .,-3’", max_size=4), max_size=8))
def test_pieces_are_spelt_as_their_whole(pieces: list[str]) -> None:
    letters, owed, begun = "", "", False
    for piece in pieces:
        more, owed = texts_module.spelt(piece, owed, begun)
        letters, begun = letters + more, begun or bool(more)
    assert letters == spell("".join(pieces))
