"""The pocket recipe as a newcomer runs it, from nothing, in one command, on a few intents: minutes, and smaller thresholds.

Every part must have learnt something that chance does not give: the codec to carry speech, the listener to spell it, the
language model to answer in writing and to say codes that it was not taught.
"""

import json
import random
import shutil

import pytest
import soundfile
from safetensors.torch import load_file

from thinkaloud import cli
from thinkaloud.codecs.pocket import PocketCodecConfig
from thinkaloud.data import domain
from thinkaloud.data.encoded import fingerprint
from thinkaloud.data.voices import open_voice
from thinkaloud.evaluate.batch import Asked, answer_all
from thinkaloud.generate.ask import Question
from thinkaloud.layout.prompt import T1T2
from thinkaloud.model import SpeechLM

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]
INTENTS = ("greeting", "farewell", "thanks", "color", "digits")


def run(*arguments):
    with pytest.raises(SystemExit) as ended:
        cli.main([str(argument) for argument in arguments])
    assert ended.value.code == 0, arguments


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    if not all(shutil.which(program) for program in ("flite", "espeak-ng", "festival")):
        pytest.skip("the voices flite, espeak-ng and festival are not installed")
    folder = tmp_path_factory.mktemp("small")
    people = folder / "people.jsonl"
    rows = ({"question": "What time is it?", "question_audio": name, "split": "test"} for name in ("q.wav", "none.wav"))
    people.write_text("".join(json.dumps(row) + "\n" for row in rows))
    soundfile.write(folder / "q.wav", open_voice("flite:kal16").speak("What time is it?").samples.numpy(), 16000)
    command = ("prepare", "pocket", "--small", "--whole", "--out", folder, "--workers", "2", "--readings", people)
    run(*command)
    learnt = lines_of(folder)
    run(*command)  # again: nothing is left to do but packing
    assert lines_of(folder) == learnt
    return folder


def lines_of(folder):
    """How much each part has logged."""
    return {path: len(path.read_text().splitlines()) for path in folder.glob("*/log.jsonl")}


def last(log, name, **wanted):
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    return [line[name] for line in lines if name in line and wanted.items() <= line.items()][-1]


def test_the_codec_carries_speech_and_its_decoder_knows_the_model(root):
    log = root / "codec" / "log.jsonl"
    assert last(log, "mel", stage="anneal") < 0.6
    assert last(log, "mel", stage="said") < 1.2  # of codes that are often wrong after so few steps
    codec = PocketCodecConfig.from_json((root / "codec" / "config.json").read_text()).build()
    codec.load_state_dict(load_file(root / "codec" / "codec.safetensors"))
    assert json.loads((root / "codes" / "codec.json").read_text())["fingerprint"] == fingerprint(codec), "its codes stay"


def test_the_listener_spells(root):
    scores = json.loads((root / "listener" / "metrics.json").read_text())
    assert scores["seen_voices"]["wer"] < 0.85
    assert scores["answers"]["wer"] < 0.5
    assert scores["readings"]["clips"] == 1, "the other one has no sound"


def test_the_model_answers_and_speaks_what_it_was_not_taught(root):
    losses = last(root / "lm" / "log.jsonl", "validation")
    assert losses["text"] < 1.3 and losses["audio_1"] < 2.5  # chance: 6.86 and 5.56
    model = SpeechLM.load(root / "lm" / "model", parts=())
    rng = random.Random(5)
    asked = [domain.draw(rng, intent, "test").turns[0] for intent in INTENTS for _ in range(12)]
    said = answer_all(model, T1T2, [Asked(question=Question(text=turn.question)) for turn in asked], max_steps=40)
    right = sum(one.text == turn.answer for one, turn in zip(said, asked, strict=True))
    assert right / len(asked) > 0.5, [(turn.question, one.text) for turn, one in zip(asked, said, strict=True)]


def test_ears_and_language_model_learnt_on_together_and_the_codec_stayed(root):
    before, after = (SpeechLM.load(folder / "model", parts=("listener", "codec")) for folder in (root / "lm", root / "ears"))
    learnt = {
        name.split(".")[0] for name, weight in before.core_weights().items() if not weight.equal(after.core_weights()[name])
    }
    assert learnt == {"adapter", "backbone", "head", "rows"}
    assert not before.need("listener").halve.weight.equal(after.need("listener").halve.weight)
    codecs = [model.need("codec").state_dict() for model in (before, after)]
    assert all(weight.equal(codecs[1][name]) for name, weight in codecs[0].items())
    log = root / "ears" / "log.jsonl"
    assert last(log, "read") > 0 and last(log, "practice") < 2.5


def test_what_is_packed_is_small_and_answers_aloud(root):
    assert sum(file.stat().st_size for file in (root / "model").iterdir()) < 25e6
    assert SpeechLM.load(root / "model").question_lm is not None, "it knows what people ask"
    assert last(root / "question-lm" / "log.jsonl", "loss") < 4  # chance: 6.86
    run("talk", root / "q.wav", "--model", root / "model", "-o", root / "answer.wav")
    assert soundfile.info(root / "answer.wav").duration > 0.2
