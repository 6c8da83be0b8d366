import json
import random

import numpy as np
import pytest
import soundfile
import torch

from thinkaloud.listen.characters import CharacterHeadConfig, spell
from thinkaloud.listen.pocket import PocketListenerConfig
from thinkaloud.train.hearing_score import in_noise, score_hearing
from thinkaloud.train.listener import ClipBatch, ListenerTrainConfig, ListenerTrainer, delayed_ctc
from thinkaloud.train.roughen import Noises, RoughConfig, roughen
from thinkaloud.train.utterances import DigitRecordings, Spoken, wordless

TINY = ListenerTrainConfig(
    listener=PocketListenerConfig(dim=32, num_blocks=2, num_heads=2, num_mels=20, kernel_frames=5),
    head=CharacterHeadConfig(dim=32, delay_frames=2),
    num_steps=8,
    batch_clips=4,
    pool_batches=2,
    warmup_steps=2,
    save_steps=4,
    evaluate_steps=8,
    log_steps=2,
)


def beep(text: str) -> Spoken:
    """A toy language: every letter is a tone of 120 ms."""

    def read() -> np.ndarray:
        time_s = np.arange(1920, dtype=np.float32) / 16000
        tones = [np.sin(2 * np.pi * (300 + 250 * (ord(letter) - ord("a"))) * time_s) for letter in text]
        return np.concatenate(tones).astype(np.float32) * np.float32(0.5)

    return Spoken(text=text, kind="question", voice="beep", read=read)


def draw(rng: random.Random) -> Spoken:
    return wordless(rng, []) if rng.random() < 0.2 else beep("".join(rng.choices("abc", k=rng.randint(1, 4))))


def trainer(folder, config=TINY, **more) -> ListenerTrainer:
    return ListenerTrainer(config, draw, Noises([], stretch_s=1.0, count=2), folder, **more)


def test_a_run_that_was_cut_goes_on_exactly(tmp_path):
    whole = trainer(tmp_path / "whole")
    whole.run()
    cut = trainer(tmp_path / "cut")
    for batch in [*cut.pool(0), *cut.pool(1)]:
        cut.learn(batch)
    cut.save()
    again = trainer(tmp_path / "cut")
    torch.manual_seed(99)  # whatever else the process drew
    again.resume()
    again.run()
    assert again.step == 8
    for name, weight in whole.listener.state_dict().items():
        torch.testing.assert_close(again.listener.state_dict()[name], weight, msg=name)


def test_it_delivers_weights_that_load_and_logs_what_it_did(tmp_path):
    events: list[dict] = []
    run = trainer(tmp_path, evaluate=lambda listener, head: {"wer": 0.5}, report=events.append)
    scores = run.run()
    assert scores == {"step": 8, "wer": 0.5}
    assert json.loads((tmp_path / "metrics.json").read_text()) == scores
    logged = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert logged == events and [event["step"] for event in events if "step" in event] == [2, 4, 6, 8]
    config = json.loads((tmp_path / "config.json").read_text())
    from safetensors.torch import load_file

    listener = PocketListenerConfig.from_dict(config["listener"]).build()
    listener.load_state_dict(load_file(tmp_path / "listener.safetensors"))
    head = CharacterHeadConfig.from_dict(config["head"]).build()
    head.load_state_dict(load_file(tmp_path / "ctc.safetensors"))


@pytest.mark.slow
def test_it_learns_a_toy_language_to_the_letter(tmp_path):
    rough = RoughConfig(room_chance=0.0, tone_chance=0.0, telephone_chance=0.0, speed_chance=0.0, noise_chance=0.2)
    config = TINY.replace(num_steps=400, batch_clips=12, rate=5e-3, rough=rough, mask_mels=0, evaluate_steps=400)
    run = trainer(tmp_path, config)
    run.run()
    tests = [beep(text) for text in ("ab", "cab", "abca", "bacb", "c")]
    scores = score_hearing(run.listener.eval(), run.head, {"beeps": tests})
    assert scores["beeps"]["exact"] == 1.0, scores


def test_the_loss_falls(tmp_path):
    run = trainer(tmp_path, TINY.replace(num_steps=60, rate=3e-3, warmup_steps=5))
    batch = run.pool(0)[0]
    losses = [run.learn(batch)["loss"] for _ in range(30)]
    assert losses[-1] < 0.7 * losses[0]


def test_ctc_reads_each_row_from_its_own_first_frame():
    torch.manual_seed(0)
    log_probs = torch.randn(2, 12, 29).log_softmax(-1)
    frames, targets = torch.tensor([12, 9]), torch.tensor([3, 4, 5])
    batch = ClipBatch(
        audio=torch.zeros(2, 1),
        lengths=torch.zeros(2),
        targets=targets,
        target_lengths=torch.tensor([2, 1]),
        first_frames=torch.tensor([4, 2]),
    )
    one = torch.nn.functional.ctc_loss(log_probs[0, 4:, None], targets[None, :2], (8,), (2,), reduction="sum")
    two = torch.nn.functional.ctc_loss(log_probs[1, 2:9, None], targets[None, 2:], (7,), (1,), reduction="sum")
    torch.testing.assert_close(delayed_ctc(log_probs, frames, batch), (one + two) / 3)


def test_rough_speech_is_deterministic_finite_and_begins_where_it_says():
    clean, noises = beep("abc").read(), Noises([], stretch_s=1.0, count=2)
    for seed in range(20):
        rough, begins = roughen(clean, 3, RoughConfig(), noises, random.Random(seed))
        again, _ = roughen(clean, 3, RoughConfig(), noises, random.Random(seed))
        assert np.array_equal(rough, again) and rough.dtype == np.float32
        assert np.isfinite(rough).all() and np.abs(rough).max() <= 1.0
        assert len(rough) >= begins + 16000 * 0.4
    quiet = RoughConfig(noise_chance=0.0, room_chance=0.0, tone_chance=0.0, telephone_chance=0.0)
    rough, begins = roughen(clean, 3, quiet, noises, random.Random(3))
    assert (
        np.abs(rough[: begins - 1]).max(initial=0.0) <= 0.03 * np.abs(rough).max() < np.abs(rough[begins : begins + 40]).max()
    )


def test_speech_is_never_hurried_beyond_what_ctc_can_spell():
    clean = beep("abcabcabcabc").read()  # 12 letters in 1.44 s
    config = RoughConfig(speed_chance=1.0, speed=(0.9, 2.0), most_characters_s=8.0)
    for seed in range(10):
        _, begins = roughen(clean, 12, config, Noises([], stretch_s=1.0, count=1), random.Random(seed))
        rough, _ = roughen(clean, 12, config, Noises([], stretch_s=1.0, count=1), random.Random(seed))
        assert (len(rough) - begins) / 16000 >= 12 / 9.3


def test_digit_strings_keep_the_test_recordings_apart(tmp_path):
    for digit in range(10):
        for index in (0, 7):
            soundfile.write(tmp_path / f"{digit}_ann_{index}.wav", np.full(800, 0.1 if index else 0.2), 8000)
    train, test = DigitRecordings(tmp_path), DigitRecordings(tmp_path, test=True)
    for recordings, share in ((train, 7), (test, 0)):
        assert all(len(files) == 1 for files in recordings._recordings.values()), share
    string = train.string(random.Random(1))
    assert string.voice == "fsdd:ann" and len(string.text.split()) >= 1 and len(string.read()) >= 1600
    with pytest.raises(ValueError, match="digit_speaker_index"):
        DigitRecordings(tmp_path / "nothing")


def test_sounds_without_words_are_the_same_each_time_they_are_read():
    rng = random.Random(5)
    for _ in range(12):
        clip = wordless(rng, [beep("abc"), beep("cb")])
        assert clip.text == "" and np.array_equal(clip.read(), clip.read())
        assert np.isfinite(clip.read()).all() and len(clip.read()) >= 9600


def test_scores_count_words_and_false_words():
    class Parrot(torch.nn.Module):
        def listen(self, audio, lengths=None):
            from thinkaloud.listen import Heard

            return Heard(embeds=torch.zeros(len(audio), 5, 1), lengths=torch.full((len(audio),), 5))

    class Says:
        def __call__(self, embeds):
            return embeds

        def texts(self, log_probs, lengths):
            return ["abc"] * len(log_probs)

    silent = wordless(random.Random(0), [])
    scores = score_hearing(Parrot(), Says(), {"mixed": [beep("abc"), beep("cc"), silent], "none": []})  # type: ignore[arg-type]
    assert set(scores) == {"mixed"}
    assert scores["mixed"]["wer"] == 0.5 and scores["mixed"]["exact"] == 0.5 and scores["mixed"]["false_words"] == 1.0
    assert [spell("cc"), "abc"] in scores["mixed"]["examples"]


def test_noise_has_the_ratio_asked_for():
    clip, noises = beep("abc"), Noises([], stretch_s=1.0, count=2)
    noisy = in_noise([clip], noises, 10.0, 0.0)[0].read()
    noise = noisy[: len(clip.read())] - clip.read()
    ratio_db = 10 * np.log10(np.mean(clip.read() ** 2) / np.mean(noise**2))
    assert ratio_db == pytest.approx(10.0, abs=1.0)
