"""From 50 sentences of text QA to a model that hears the question and answers it, in text and speech, by all four stages."""

import json

import pytest
import torch

from thinkaloud import recipes
from thinkaloud.data.prepare import PrepareConfig, prepare
from thinkaloud.data.speaking import SpeakerConfig
from thinkaloud.data.textqa import read_text_qa
from thinkaloud.data.voices import open_voice
from thinkaloud.generate.session import Session
from thinkaloud.layout.prompt import A1A2
from thinkaloud.model import SpeechLM
from thinkaloud.toy import ToyCodecConfig
from thinkaloud.train import validate
from thinkaloud.train.trainer import train

NUMBERS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight"]
LANDS = ["france", "spain", "italy", "japan", "egypt", "peru", "cuba", "kenya", "norway", "greece", "russia", "china"]
CITIES = ["paris", "madrid", "rome", "tokyo", "cairo", "lima", "havana", "nairobi", "oslo", "athens", "moscow", "beijing"]
WORDS = ["hot", "big", "up", "good", "day", "old", "fast", "wet", "full", "early", "light", "rich", "hard"]
OTHERS = ["cold", "small", "down", "bad", "night", "new", "slow", "dry", "empty", "late", "dark", "poor", "soft"]


def fifty():
    sums = [
        (f"what is {NUMBERS[a]} plus {NUMBERS[b]}", f"{NUMBERS[a]} plus {NUMBERS[b]} is {NUMBERS[a + b]}")
        for a in range(5)
        for b in range(5)
    ]
    facts = [(f"capital of {land}", f"it is {city}") for land, city in zip(LANDS, CITIES, strict=True)]
    opposites = [(f"opposite of {word}", f"that is {other}") for word, other in zip(WORDS, OTHERS, strict=True)]
    return [*sums, *facts, *opposites]


@pytest.fixture(scope="module")
def voices():
    try:
        for name in ("flite:slt", "flite:kal16", "espeak:en-us"):
            open_voice(name)
    except ValueError as error:
        pytest.skip(f"the offline voices are not installed (apt-get install flite espeak-ng): {error}")
    return ("flite:kal16", "espeak:en-us")


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_fifty_sentences_become_a_model_that_talks(voices, tmp_path):
    torch.set_num_threads(1)
    pairs = fifty()
    assert len(pairs) == 50
    (tmp_path / "qa.jsonl").write_text("\n".join(json.dumps({"question": q, "answer": a}) for q, a in pairs))
    speaker = SpeakerConfig(codec=ToyCodecConfig(), question_voices=voices, answer_voice="flite:slt")
    report = prepare(read_text_qa(tmp_path / "qa.jsonl"), tmp_path / "speech", PrepareConfig(speaker=speaker))
    assert report.samples == 50 and report.failed == 0

    recipe = recipes.load("toy", {"speech": str(tmp_path / "speech")})
    assert [stage.name for stage in recipe.stages] == ["align", "adapt", "finetune", "final"]
    train(recipe, tmp_path / "run", cpu=True)

    model = SpeechLM.load(tmp_path / "run" / "model")
    source = recipe.stages[0].data[0].data.build()
    right = 0
    for sample in (source[n] for n in range(50)):
        said = validate.answer(model, sample, A1A2, max_steps=200)
        right += said.text == sample.answer.text and said.codes.tolist() == sample.answer.codes.tolist()
    assert right >= 45, f"{right} of 50 answered exactly, text and codes"

    session = Session(model)  # and as a conversation
    question = source[0].question.listen()
    session.push(question.samples, question.sample_rate)
    session.commit()
    events = []
    while session.busy:
        events += session.step()
    assert events[-1].reason == "end" and any(type(event).__name__ == "AudioChunk" for event in events)
