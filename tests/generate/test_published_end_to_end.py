"""From a WAV file to streamed speech on a checkpoint of the published layout: Whisper, Mini-Omni and SNAC, tiny and random."""

import pathlib

import pytest
import torch
from transformers import WhisperConfig, WhisperModel

from thinkaloud import audio, toy
from thinkaloud.codecs.snac import SnacConfig, SnacSizes
from thinkaloud.generate import AudioChunk, Stats, TurnEnded
from thinkaloud.generate.answer import Answer, AnswerOptions
from thinkaloud.generate.ask import Question
from thinkaloud.generate.loop import DecodeOptions
from thinkaloud.generate.sampler import SamplerConfig
from thinkaloud.layout.prompt import TASKS, Task
from thinkaloud.model import SpeechLM

FEATURES = 48  # the golden checkpoint's adapter width


@pytest.fixture(scope="module")
def model(golden_dir: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> SpeechLM:
    whisper = tmp_path_factory.mktemp("whisper")
    config = WhisperConfig(
        d_model=FEATURES, encoder_layers=1, encoder_attention_heads=4, encoder_ffn_dim=64, decoder_layers=1,
        decoder_attention_heads=4, decoder_ffn_dim=64, vocab_size=20, pad_token_id=0, bos_token_id=0, eos_token_id=0,
        decoder_start_token_id=0,
    )  # fmt: skip
    torch.manual_seed(0)
    WhisperModel(config).save_pretrained(whisper)
    loaded = SpeechLM.load(golden_dir / "mini_omni", parts=("listener",), listener_source=str(whisper))
    sizes = SnacSizes(encoder_dim=4, decoder_dim=32, codebook_size=128, codebook_dim=4)
    loaded.codec = SnacConfig(source="random", sizes=sizes).build()
    loaded.tokenizer = toy.tokenizer()
    return loaded


def question(folder: pathlib.Path, rate: int = 22050) -> audio.Audio:
    path = folder / "question.flac"
    audio.write(path, toy.ToyVoice().speak("hello").resample(rate))
    return audio.read(path)


def ask(model: SpeechLM, recording: audio.Audio, task: Task, *, chunk_frames: int = 1, parallel: bool = False) -> list:
    with torch.inference_mode():
        samples = recording.resample(16000).samples
        heard = Question(heard=model.need("listener").listen(samples[None]).embeds[0])
    given = heard if task.listens else Question(text="hello")
    decode = DecodeOptions(sampler=SamplerConfig(temperature=1.0, seed=2), max_steps=20, batch_parallel=parallel)
    answer = Answer(model, given, options=AnswerOptions(task=task, decode=decode, chunk_frames=chunk_frames))
    events = []
    while not answer.done:
        events += answer.step()
    return events


def speech(events: list) -> torch.Tensor:
    return torch.cat([torch.zeros(0), *(e.samples for e in events if isinstance(e, AudioChunk))])


@pytest.mark.parametrize("task", [task for task in TASKS.values() if task.name != "tts"], ids=lambda task: task.name)
def test_every_task(model: SpeechLM, tmp_path: pathlib.Path, task: Task) -> None:
    events = ask(model, question(tmp_path), task)
    stats = next(event for event in events if isinstance(event, Stats))
    assert isinstance(events[-1], TurnEnded)
    assert len(speech(events)) == stats.audio_frames * model.need("codec").frame_samples
    assert not stats.audio_frames or task.speaks


@pytest.mark.parametrize("parallel", [False, True])
def test_streamed_speech_equals_the_whole(model: SpeechLM, tmp_path: pathlib.Path, parallel: bool) -> None:
    recording = question(tmp_path)
    whole = speech(ask(model, recording, TASKS["a1a2"], chunk_frames=1000, parallel=parallel))
    for chunk_frames in (1, 3, 7):
        streamed = speech(ask(model, recording, TASKS["a1a2"], chunk_frames=chunk_frames, parallel=parallel))
        assert torch.allclose(streamed, whole, atol=1e-4) and len(streamed) == len(whole)


def test_real_questions(model: SpeechLM, shared_dir: pathlib.Path) -> None:
    """People's recordings in the formats they come in: wav and flac."""
    files = sorted((shared_dir / "data" / "questions").iterdir())
    heard = [path for path in files if path.suffix in (".wav", ".flac", ".mp3")]
    assert heard
    for path in heard[:2]:
        recording = audio.read(path)
        four_s = recording.samples[: 4 * recording.sample_rate]  # the tiny model holds 256 steps
        beginning = audio.Audio(four_s, recording.sample_rate)
        assert isinstance(ask(model, beginning, TASKS["a1a2"])[-1], TurnEnded)
