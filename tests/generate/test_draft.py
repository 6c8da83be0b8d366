"""What CTC alone has spelt, read first: the same transcripts, sooner."""

from pathlib import Path

import pytest
import torch
from toy_answers import question_lm, run, run_together

from thinkaloud import audio, toy
from thinkaloud.generate import Transcript, texts
from thinkaloud.generate.answer import Answer, AnswerOptions
from thinkaloud.generate.ask import Question, build_prompt, hear
from thinkaloud.generate.draft import MOST_PASSES, Draft
from thinkaloud.generate.joint import JointDecoding
from thinkaloud.generate.loop import DecodeOptions
from thinkaloud.generate.texts import Judges
from thinkaloud.layout.prompt import A1T2, ASR
from thinkaloud.listen.characters import SYMBOLS
from thinkaloud.model import SpeechLM

QUESTION = Path(__file__).parents[2] / "examples" / "question.wav"


@pytest.fixture(scope="module")
def pocket() -> SpeechLM:
    return SpeechLM.load("pocket")


@pytest.fixture(scope="module")
def spoken() -> torch.Tensor:
    return audio.read(str(QUESTION)).mono().resample(16_000).samples


def chances(text: str, sureness: float, seed: int = 0, count: int = 40) -> torch.Tensor:
    """Chances [C, V] that spell this text, a blank behind every letter, more or less surely."""
    best = torch.zeros(count, dtype=torch.long)
    best[: 2 * len(text) : 2] = torch.tensor([SYMBOLS.index(letter) + 1 for letter in text])
    noise = torch.randn(count, len(SYMBOLS) + 1, generator=torch.Generator().manual_seed(seed))
    return (torch.nn.functional.one_hot(best, len(SYMBOLS) + 1) * sureness + noise).log_softmax(dim=-1)


def written(
    model: SpeechLM, heard: torch.Tensor, log_probs: torch.Tensor, options: DecodeOptions
) -> tuple[list[int], int, bool]:
    """The ids, in how many passes, and whether it ended by itself."""
    prompt, features = build_prompt(model, ASR, Question(heard=heard))
    decoding = JointDecoding(model, prompt, features, log_probs, options)
    ids: list[int] = []
    while not decoding.ended:
        ids += decoding.step()
    return ids, decoding.steps, decoding.complete


@pytest.mark.parametrize("weight", [0.3, 3.0, 30.0])
@pytest.mark.parametrize(
    "options",
    [
        *(DecodeOptions(lm_weight=0), DecodeOptions(lm_weight=0, beams=1), DecodeOptions(lm_weight=0, prune_nats=2.0)),
        *(DecodeOptions(lm_weight=0, beams=9), DecodeOptions(lm_weight=0.5), DecodeOptions(lm_weight=2, beams=3)),
    ],
)
def test_the_text_is_that_of_the_search(
    model: SpeechLM, heard: torch.Tensor, monkeypatch: pytest.MonkeyPatch, options: DecodeOptions, weight: float
) -> None:
    model.question_lm = question_lm(model)
    thinks, saved = JointDecoding._opinions, 0
    silent = torch.ones(model.streams[0].num_ids, dtype=torch.bool)
    silent[[*model.need("tokenizer").encode(SYMBOLS[2:]), model.streams[0].end]] = False
    # a language model at random hardly likes any text, and likes marks, which cost nothing, most
    monkeypatch.setattr(texts, "_CANDIDATES", len(silent))
    monkeypatch.setattr(
        JointDecoding, "_opinions", lambda self, x: thinks(self, x).masked_fill(silent, -1e9).log_softmax(dim=-1)
    )
    for seed, sureness in enumerate((0.0, 2.0, 4.0, 6.0, 9.0, 12.0)):
        for max_steps in (12, 40):
            log_probs = chances("helloyou", sureness, seed)
            chosen = options.replace(ctc_weight=weight, max_steps=max_steps)
            drafted = written(model, heard, log_probs, chosen)
            plain = written(model, heard, log_probs, chosen.replace(draft=False))
            assert (drafted[0], drafted[2]) == (plain[0], plain[2])
            saved += plain[1] - drafted[1]
    assert weight < 30 or saved > 20, "or drafts were of no use"


@pytest.mark.parametrize("noise", [0.0, 0.02, 0.04, 0.08, 0.15])
def test_the_pocket_model_writes_down_the_same_in_fewer_passes(pocket: SpeechLM, spoken: torch.Tensor, noise: float) -> None:
    hiss = torch.randn(len(spoken), generator=torch.Generator().manual_seed(1)) * noise
    question = hear(pocket, spoken + hiss)
    options = AnswerOptions(task=ASR, decode=DecodeOptions(max_steps=80))
    drafted = Answer(pocket, question, options=options)
    plain = Answer(pocket, question, options=options.set("decode.draft", False))
    run(drafted), run(plain)
    assert drafted.text == plain.text != ""
    assert drafted.decoding is not None and plain.decoding is not None
    assert noise or drafted.decoding.steps <= MOST_PASSES < plain.decoding.steps
    assert noise > 0.05 or 2 * drafted.decoding.steps <= plain.decoding.steps, "or nothing was read ahead"


def test_in_shared_passes_too(pocket: SpeechLM, spoken: torch.Tensor) -> None:
    short = DecodeOptions(max_steps=30)
    heard = [hear(pocket, spoken[start : start + 25_000]) for start in (0, 2000, 4000, 8000)]
    makes = [
        lambda question=question: Answer(pocket, question, options=AnswerOptions(task=A1T2, decode=short, transcribe=True))
        for question in heard
    ]
    alone = [run(make()) for make in makes]
    _, together = run_together(pocket, makes, gap_rounds=1)
    said = [[event.text for event in events if isinstance(event, Transcript)] for events in (*alone, *together)]
    assert said[:4] == said[4:] and all(said)


class Opinionated:
    """Reads drafts as a language model that wants one text and finds all else equally unlikely would."""

    def __init__(self, text: str) -> None:
        self.model = toy.model()
        self.tokenizer, self.stream = self.model.need("tokenizer"), self.model.streams[0]
        self.wanted = [*self.tokenizer.encode(text), self.stream.end]

    def draft(self, spelt: str, prune_nats: float = 8.0) -> Draft:
        return Draft(Judges(self.tokenizer, self.stream, chances(spelt, 14.0), 0.3), prune_nats)

    def opinions(self, draft: Draft, first: bool) -> torch.Tensor:
        """Behind each id that is read, the next one of the text that is wanted, as long as the draft goes along with it."""
        places = range(draft.num_agreed + (not first), len(draft.ids) + 1)
        scores = torch.zeros(len(places), self.stream.num_ids, dtype=torch.double)
        for row, place in enumerate(places):
            if draft.ids[:place] == self.wanted[:place]:
                scores[row, self.wanted[place]] = 12.0
        return scores.log_softmax(dim=-1)


def test_marks_are_put_in_and_the_whole_is_proven() -> None:
    reader = Opinionated("no, you?")
    draft = reader.draft("no you")
    assert draft.read(reader.opinions(draft, first=True)) is None
    assert reader.tokenizer.decode(draft.ids) == "no, you" and reader.tokenizer.decode(draft.unread) == ", you"
    assert draft.read(reader.opinions(draft, first=False)) is None
    assert reader.tokenizer.decode(draft.ids) == "no, you?" and reader.tokenizer.decode(draft.unread) == "?"
    verdict = draft.read(reader.opinions(draft, first=False))
    assert verdict is not None and verdict.score is not None and -1 < verdict.score < 0


def test_where_the_judges_disagree_nothing_is_sure_any_more() -> None:
    reader = Opinionated("no yau")
    draft = reader.draft("no you")
    verdict = draft.read(reader.opinions(draft, first=True))
    assert verdict is not None and verdict.score is None
    assert reader.tokenizer.decode(list(verdict.text.ids)) == "no y"
    assert torch.equal(verdict.reading.opinions[0, 0], reader.opinions(draft, first=True)[4])


def test_what_is_not_far_enough_behind_is_not_sure() -> None:
    reader = Opinionated("no")
    verdicts = [reader.draft("no", prune) for prune in (8.0, 20.0)]
    sure = [draft.read(reader.opinions(draft, first=True)) for draft in verdicts]
    assert [len(verdict.text.ids) for verdict in sure if verdict is not None] == [2, 0]
