"""The published Mini-Omni layout, fine-tuned with LoRA on a published-shaped data file, merged, saved, reloaded, talking."""

import json
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

from thinkaloud import toy
from thinkaloud.audio import Audio
from thinkaloud.codecs.snac import SnacConfig, SnacSizes
from thinkaloud.configurable import Config
from thinkaloud.data.mixture import Part
from thinkaloud.data.parquet import codes_to_text
from thinkaloud.data.samples import audio_bytes
from thinkaloud.data.sources import Shards
from thinkaloud.generate.session import Session
from thinkaloud.layout.prompt import A1A2
from thinkaloud.listen import BufferStream, Heard, Listener
from thinkaloud.model import SpeechLM
from thinkaloud.train import validate
from thinkaloud.train.stage import Lora, Recipe, Schedule, Stage
from thinkaloud.train.trainer import train

QUESTIONS = ("who are you", "what is two plus two", "say hello")
ANSWERS = ("i am a small model", "it is four", "hello to you")
SIZES = SnacSizes(
    sampling_rate=24000, encoder_dim=4, decoder_dim=16, codebook_size=128, codebook_dim=4, latent_dim=16, noise=False
)


class Ears(Listener):
    """The tones of the toy listener, in the width that this checkpoint's adapter takes."""

    sample_rate, frame_rate, dim = 16000, 25.0, 48

    def num_frames(self, num_samples):
        return toy.ToyListener().num_frames(num_samples)

    def listen(self, audio, lengths=None):
        found = toy.ToyListener().listen(audio, lengths)
        return Heard(embeds=found.embeds * 3, lengths=found.lengths)

    def stream(self):
        return BufferStream(self)


def with_parts(folder):
    model = SpeechLM.load(folder, parts=())
    model.listener, model.tokenizer = Ears(), toy.tokenizer()
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model.codec = SnacConfig(source="random", sizes=SIZES, noise="off").build()
    return model


@dataclass(frozen=True, kw_only=True)
class Golden(Config):
    folder: str

    def build(self):
        return with_parts(self.folder)


def published_file(folder):
    """Rows in the published columns: three good ones and four with known faults."""
    voice, rng = toy.ToyVoice(), np.random.default_rng(0)
    rows = []
    for n, (question, answer) in enumerate(zip(QUESTIONS, ANSWERS, strict=True)):
        rows.append((question, answer, codes_to_text(rng.integers(0, 128, (7, 9 + n)))))
    good = rows[0][2]
    rows += [
        ("mismatched", "a very long text that nobody could say in so short a time as this one has", good),
        ("bracketed", "i am [laughs] a model", good),
        ("empty codes", "i am a model", ""),
        ("wrong count", "i am a model", good + " # 1 2 3"),
    ]
    table = [
        {
            "split_name": "identity",
            "index": str(n),
            "round": 0,
            "question": question,
            "question_audio": {"bytes": audio_bytes(voice.speak(question)), "path": f"{n}.wav"},
            "answer": answer,
            "answer_snac": snac,
        }
        for n, (question, answer, snac) in enumerate(rows)
    ]
    folder.mkdir()
    pq.write_table(pa.Table.from_pylist(table), folder / "train-00000-of-00001.parquet")
    return str(folder)


@pytest.fixture(scope="module")
def tuned(tmp_path_factory, golden_dir):
    tmp = tmp_path_factory.mktemp("published")
    data = Part(data=Shards(path=published_file(tmp / "data"), rules={"codebook_size": 128}), tasks={"a1a2": 1.0})
    stage = Stage(
        name="tune",
        trains=("lora", "adapter.*", "rows.weight", "head.*"),
        data=(data,),
        steps=250,
        batch_size=3,
        schedule=Schedule(lr=1e-2, final_lr=1e-3, warmup_steps=5),
        lora=Lora(rank=16, alpha=32.0),
    )
    recipe = Recipe(
        name="tune", start=Golden(folder=str(golden_dir / "mini_omni")), groups={}, stages=(stage,), log_every_steps=20
    )
    model = train(recipe, tmp / "run", cpu=True)
    return tmp, data, model


def test_faults_are_counted_by_kind_and_the_rest_trains(tuned):
    tmp, _, _ = tuned
    lines = [json.loads(line) for line in (tmp / "run" / "log.jsonl").read_text().splitlines()]
    assert lines[0]["faults"] == {"text_audio_mismatch": 1, "bracketed_text": 1, "empty_codes": 1, "wrong_code_count": 1}
    assert lines[-1]["loss"] < 0.1 < 3 < lines[0]["loss"]


def test_the_merged_model_is_plain_and_reloads_the_same(tuned, golden_dir):
    tmp, _, model = tuned
    assert not [name for name, _ in model.named_parameters() if "lora" in name or "base_layer" in name]
    loaded, before = SpeechLM.load(tmp / "run" / "model", parts=()), SpeechLM.load(golden_dir / "mini_omni", parts=())
    assert loaded.config == before.config
    moved = [name for name, value in loaded.core_weights().items() if not torch.equal(value, before.core_weights()[name])]
    assert any("q_proj.weight" in name for name in moved) and not any("norm" in name for name in moved)
    assert all(torch.equal(value, loaded.core_weights()[name]) for name, value in model.core_weights().items())


def test_it_talks(tuned):
    tmp, data, _ = tuned
    model = with_parts(tmp / "run" / "model")
    source = data.data.build()
    for n, sample in enumerate(source[i] for i in range(3)):
        said = validate.answer(model, sample, A1A2, 60)
        assert said.text == ANSWERS[n] and (said.codes.numpy() == sample.answer.codes).all()
        assert said.audio.num_samples == 2048 * said.codes.shape[1]
    session = Session(model)
    question: Audio = toy.ToyVoice().speak(QUESTIONS[1])
    session.push(question.samples, question.sample_rate)
    session.commit()
    events = []
    while session.busy:
        events += session.step()
    assert events[-1].text == ANSWERS[1]
    assert sum(len(event.samples) for event in events if type(event).__name__ == "AudioChunk") == 2048 * 10
