"""The codec trainer: it learns, freezes what it says it freezes, and goes on exactly where it stopped."""

import functools
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from thinkaloud import audio
from thinkaloud.codecs import Codec
from thinkaloud.codecs.pocket import PocketCodecConfig
from thinkaloud.codecs.rvq import ResidualQuantizer
from thinkaloud.configurable import Config
from thinkaloud.listen import Heard, Listener
from thinkaloud.train.clips import Clips, SaidClips, draw_crops
from thinkaloud.train.codebooks import CodebookLearner, kmeans, perplexity
from thinkaloud.train.codec import train_codec
from thinkaloud.train.codec_losses import SpectralLoss, mel_distance
from thinkaloud.train.codec_stage import CodecStage, CodecTrainConfig
from thinkaloud.train.codec_trainer import CodecTrainer
from thinkaloud.train.discriminator import Discriminator, critic_loss, fooling_loss, matching_loss


def voice(num_samples: int = 16000, seed: int = 0) -> np.ndarray:
    """A buzz with a moving pitch that comes and goes, and some noise."""
    time_s = np.arange(num_samples) / 16000
    phase = 2 * np.pi * np.cumsum(120 + 60 * np.sin(3 * time_s + seed)) / 16000
    buzz = sum(np.sin(k * phase) / k for k in range(1, 12)) * (np.sin(5 * time_s) > -0.3)
    noise = np.random.default_rng(seed).normal(size=num_samples) * 0.01
    return (0.15 * buzz + noise).astype(np.float32)


CLIPS = [Clips.of([voice(16000, 0), voice(9000, 1)], share=3), Clips.of([voice(12000, 2)])]
CODEC_STAGE = CodecStage(num_steps=4, rate=2e-3, warmup_steps=1)
ANNEAL_STAGE = CodecStage(
    name="anneal", num_steps=4, frozen_codes=True, adversarial_weight=0.1, matching_weight=1.0, warmup_steps=1
)
TRAINING = CodecTrainConfig(
    codec=PocketCodecConfig.tiny(),
    stages=(CODEC_STAGE, ANNEAL_STAGE),
    batch=3,
    crop_frames=4,
    adversarial_rows=2,
    log_every_steps=1,
    save_every_steps=2,
)


def weights(trainer: CodecTrainer) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in trainer.codec.state_dict().items()}


def test_the_config_survives_json():
    assert Config.from_json(TRAINING.to_json()) == TRAINING
    with pytest.raises(ValueError, match="at least one stage"):
        TRAINING.replace(stages=())


def test_it_learns_a_recording_by_heart():
    sizes = PocketCodecConfig.tiny().replace(encoder_dim=32, encoder_hidden_dim=64, decoder_dim=32, decoder_hidden_dim=64)
    stage = CodecStage(num_steps=40, rate=8e-3, last_rate=4e-3, warmup_steps=5)
    config = TRAINING.replace(codec=sizes, stages=(stage,), start_share=1.0, bfloat16=False)
    trainer = CodecTrainer(config, [Clips.of([voice()])])
    losses = [trainer.step()["total"] for _ in range(stage.num_steps)]
    assert np.mean(losses[-10:]) < 0.45 * losses[0]


def test_frozen_codes_do_not_move_and_the_decoder_does():
    trainer = CodecTrainer(TRAINING, CLIPS)
    for _ in range(CODEC_STAGE.num_steps):
        trainer.step()
    before = weights(trainer)
    terms = [trainer.step() for _ in range(3)][-1]
    for name, value in weights(trainer).items():
        moved = not torch.equal(value, before[name])
        assert moved == (name.partition(".")[0] in ("decoder", "pitch", "head")), name
    assert {"fooling", "matching", "critic"} <= terms.keys()


def test_a_stopped_training_goes_on_exactly(tmp_path: Path):
    config = TRAINING.replace(log_every_steps=2, save_every_steps=3)  # the log too is whole, whatever it was cut from
    whole = train_codec(config, CLIPS, tmp_path / "whole")

    class Stopped(Exception): ...

    def stop(at, record):
        if record["step"] == at:
            raise Stopped

    for at in (4, 8):  # after a checkpoint: some steps are done again
        with pytest.raises(Stopped):
            train_codec(config, CLIPS, tmp_path / "parts", on_log=functools.partial(stop, at))
    parts = train_codec(config, CLIPS, tmp_path / "parts")
    for name, value in weights(whole).items():
        assert torch.equal(value, weights(parts)[name]), name
    assert (tmp_path / "parts/log.jsonl").read_text() == (tmp_path / "whole/log.jsonl").read_text()
    steps = [json.loads(line)["step"] for line in (tmp_path / "whole/log.jsonl").read_text().splitlines()]
    assert steps == [2, 4, 6, 8]


def test_the_folder_holds_the_codec(tmp_path: Path):
    trainer = train_codec(TRAINING, CLIPS, tmp_path)
    codec = PocketCodecConfig.from_json((tmp_path / "config.json").read_text()).build()
    codec.load_state_dict(load_file(tmp_path / "codec.safetensors"))
    sound = torch.from_numpy(voice())[None]
    with torch.no_grad():
        assert torch.equal(codec.encode(sound), trainer.codec.encode(sound))


def test_a_teacher_pulls_the_first_codebook():
    class Loudness(Listener):
        sample_rate, frame_rate, dim = 16000, 50.0, 2

        def listen(self, audio, lengths=None):
            level = audio.unfold(1, 320, 320).square().mean(-1).sqrt()  # [B, T]
            return Heard(embeds=torch.stack([level, 0.1 - level], dim=-1), lengths=torch.full((len(audio),), level.shape[1]))

    config = TRAINING.replace(stages=(CodecStage(num_steps=40, rate=4e-3, warmup_steps=1),), distillation_weight=1.0)
    with pytest.raises(ValueError, match="needs a teacher"):
        CodecTrainer(config, CLIPS)
    trainer = CodecTrainer(config, CLIPS, Loudness())
    terms = [trainer.step()["distillation"] for _ in range(40)]
    assert np.mean(terms[-5:]) < 0.7 * np.mean(terms[:3])


@dataclass(frozen=True, kw_only=True)
class OtherConfig(Config):
    """A codec of another shape and rate: one strided convolution each way."""

    def build(self) -> "Other":
        return Other()


class Other(Codec):
    sample_rate, frame_samples, num_codebooks, codebook_size = 24000, 480, 2, 16

    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = nn.Conv1d(1, 8, 480, 480), nn.ConvTranspose1d(8, 1, 480, 480)
        self.quantizer = ResidualQuantizer(2, 16, 8)

    def latents(self, audio):
        return self.encoder(audio[:, None]).transpose(1, 2)

    def render(self, latents):
        return self.decoder(latents.transpose(1, 2))[:, 0]


def test_any_codec_with_the_three_parts_can_be_trained():
    config = TRAINING.replace(codec=OtherConfig(), crop_frames=20, stages=(CODEC_STAGE.replace(num_steps=30),))
    trainer = CodecTrainer(config, CLIPS)
    losses = [trainer.step()["total"] for _ in range(30)]
    assert np.mean(losses[-5:]) < 0.9 * np.mean(losses[:5])


def test_a_codec_without_them_is_refused():
    class Plain(Config):
        def build(self):
            return Codec()

    with pytest.raises(ValueError, match="latents"):
        CodecTrainer(TRAINING.replace(codec=Plain()), CLIPS)


def test_codebooks_find_the_clusters_and_revive_the_dead():
    draw = torch.Generator().manual_seed(0)
    centres = torch.randn(16, 4, generator=draw) * 5
    vectors = centres[torch.randint(16, (2000,), generator=draw)] + 0.01 * torch.randn(2000, 4, generator=draw)
    assert kmeans(vectors, 16, draw).shape == (16, 4)
    quantizer = ResidualQuantizer(1, 16, 4)
    learner = CodebookLearner(quantizer, decay=0.8)
    learner.begin(quantizer, torch.full((1, 40, 4), 100.0), draw)  # a hopeless start: all in one far place
    for _ in range(60):
        codes = quantizer.nearest(0, vectors)
        learner.learn(quantizer, 0, vectors, codes, draw)
    assert perplexity(learner.counts)[0] > 10
    left = (vectors - quantizer.codebooks[0][quantizer.nearest(0, vectors)]).norm(dim=1).mean()
    assert left < 0.25 * vectors.norm(dim=1).mean()


def test_perplexity_counts_the_entries_in_use():
    counts = torch.tensor([[1.0, 1, 1, 1], [4, 0, 0, 0]])
    torch.testing.assert_close(perplexity(counts), torch.tensor([4.0, 1.0]))


def test_spectra_ignore_phase_and_see_everything_else():
    loss = SpectralLoss(16000)
    sound = torch.from_numpy(voice())[None]
    same, turned = loss(sound, sound), loss(-sound, sound)
    assert all(float(value) < 1e-6 for value in (*same.values(), *turned.values()))
    assert mel_distance(sound * 2, sound, 16000) == pytest.approx(np.log(2), abs=0.1)
    assert mel_distance(torch.zeros_like(sound), sound, 16000) > 1


def test_critics_learn_to_tell_and_can_be_fooled():
    torch.manual_seed(0)
    critics = Discriminator(windows_samples=(256,), channels=8)
    real, made = torch.from_numpy(voice())[None], torch.randn(1, 16000) * 0.1
    optimizer = torch.optim.Adam(critics.parameters(), lr=3e-3)
    for _ in range(25):
        optimizer.zero_grad()
        critic_loss(critics(real), critics(made)).backward()
        optimizer.step()
    assert critic_loss(critics(real), critics(made)) < 1
    assert fooling_loss(critics(made)) > 1.5 > 0.7 > fooling_loss(critics(real))
    assert matching_loss(critics(real), critics(real)) == 0 < matching_loss(critics(real), critics(made))


def test_crops_come_in_their_shares_and_from_the_start():
    ramps = Clips.of([np.arange(1, 101, dtype=np.int16)], share=1)
    steps = Clips.of([np.full(10, -5, dtype=np.int16)], share=3)
    draw = torch.Generator().manual_seed(0)
    rows = draw_crops([ramps, steps], 400, 20, start_share=1.0, draw=draw) * 32768
    of_ramps = rows[:, 0] == 1
    assert 60 < int(of_ramps.sum()) < 140
    assert torch.equal(rows[~of_ramps][0], torch.tensor([-5.0] * 10 + [0.0] * 10))  # silence where a recording ends
    anywhere = draw_crops([ramps], 100, 20, start_share=0.0, draw=draw)[:, 0] * 32768
    assert anywhere.unique().numel() > 30
    with pytest.raises(ValueError, match="at least one recording"):
        Clips.of([])


def test_clips_of_a_folder_name_what_cannot_be_read(tmp_path: Path):
    (tmp_path / "deep").mkdir()
    audio.write(tmp_path / "deep/a.wav", audio.Audio(torch.full((800,), 0.5), 8000))
    (tmp_path / "broken.wav").write_text("no sound")
    (tmp_path / "notes.txt").write_text("not a recording")
    clips, faults = Clips.read(tmp_path, 16000)
    assert len(clips) == 1
    assert clips.recording(0).shape == (1600,)
    assert float(clips.recording(0)[800]) == pytest.approx(0.5, abs=0.01)
    assert len(faults) == 1
    assert "broken.wav" in faults[0]


def said_clips(codec: Codec, wrong: int) -> SaidClips:
    """Two recordings of whole frames with their own codes, each `wrong` more than it should be."""
    waves = [voice(4 * codec.frame_samples, 0), voice(7 * codec.frame_samples, 1)]
    codes = [codec.encode(torch.from_numpy(wave)[None])[0].numpy() for wave in waves]
    pairs = [
        ((wave * 32767).astype(np.int16), (one + wrong) % codec.codebook_size) for wave, one in zip(waves, codes, strict=True)
    ]
    return SaidClips.of(pairs, codec.frame_samples)


def test_said_crops_are_whole_frames_with_their_codes():
    codec = TRAINING.codec.build()
    clips = said_clips(codec, wrong=0)
    audio_, codes = clips.draw(16, 3, 0.5, torch.Generator().manual_seed(0))
    flat = torch.from_numpy(clips.samples.astype(np.float32) / 32768)
    for row, said in zip(audio_, codes, strict=True):
        places = [f for f in range(9) if torch.equal(flat[f * codec.frame_samples : (f + 3) * codec.frame_samples], row)]
        assert any(np.array_equal(clips.codes[:, f : f + 3], said.numpy()) for f in places)
    with pytest.raises(ValueError, match="frames"):
        SaidClips.of([(np.zeros(5, np.int16), np.zeros((2, 1), np.uint8))], codec.frame_samples)


def test_a_decoder_learns_to_live_with_the_codes_that_are_said():
    codec = TRAINING.codec.build()
    said = said_clips(codec, wrong=3)
    stage = CodecStage(num_steps=30, rate=8e-3, last_rate=4e-3, warmup_steps=5, frozen_codes=True, said_share=1.0)
    first = CODEC_STAGE.replace(num_steps=1)
    trainer = CodecTrainer(TRAINING.replace(stages=(first, stage), bfloat16=False), CLIPS, said=said)
    trainer.step()
    before = weights(trainer)
    losses = [trainer.step()["mel"] for _ in range(stage.num_steps)]
    assert np.mean(losses[-5:]) < 0.7 * losses[0]
    after = weights(trainer)
    still = [name for name in before if name.startswith(("encoder", "quantizer"))]
    assert still and all(torch.equal(before[name], after[name]) for name in still), "what the codes mean stays"
    with pytest.raises(ValueError, match="SaidClips"):
        CodecTrainer(TRAINING.replace(stages=(stage,)), CLIPS)
    with pytest.raises(ValueError, match="frozen_codes"):
        CodecStage(num_steps=1, said_share=0.5)
