import json
import random

import numpy as np
import pytest
import soundfile
import torch

from thinkaloud.audio import Audio
from thinkaloud.data.augment import AugmentConfig
from thinkaloud.data.recordings import record
from thinkaloud.listen.characters import CharacterHeadConfig, spell
from thinkaloud.listen.pocket import PocketListenerConfig
from thinkaloud.model import SpeechLM
from thinkaloud.train.disturb import Disturbance
from thinkaloud.train.ears import load_listener
from thinkaloud.train.hearing_corpus import HearingCorpusConfig, Spoken, in_noise, wordless
from thinkaloud.train.hearing_score import score_hearing
from thinkaloud.train.listener import ListenerTrainer, train_listener
from thinkaloud.train.listener_batches import ClipBatch, ListenerBatchConfig, ListenerBatches, delayed_ctc
from thinkaloud.train.listener_config import ListenerTrainConfig

TINY = ListenerTrainConfig(
    listener=PocketListenerConfig(dim=32, num_blocks=2, num_heads=2, num_mels=20, kernel_frames=5),
    head=CharacterHeadConfig(dim=32, delay_frames=2),
    num_steps=8,
    batches=ListenerBatchConfig(clips=4, pool_batches=2),
    muon=False,
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
    return ListenerTrainer(config, draw, folder, **more)


def test_a_run_that_was_cut_goes_on_exactly(tmp_path):
    whole = trainer(tmp_path / "whole")
    whole.run()
    cut = trainer(tmp_path / "cut")
    for batch in [*cut.batches[0].batches, *cut.batches[1].batches]:
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
    listener, head = load_listener(tmp_path)
    audio = torch.randn(1, 6400)
    assert torch.equal(listener.listen(audio).embeds, run.listener.eval().listen(audio).embeds)
    assert torch.equal(head.symbols.weight, run.head.symbols.weight)
    with pytest.raises(ValueError, match="no trained listener"):
        load_listener(tmp_path / "elsewhere")


def test_what_goes_on_from_a_model_keeps_a_share_of_it(tmp_path):
    known = SpeechLM.load("pocket", parts=("listener", "ctc"))
    parts = {"listener": known.need("listener").config, "head": known.need("ctc").config}
    run = trainer(tmp_path, TINY.replace(**parts, num_steps=1, evaluate_steps=1, warmup_steps=1, source="pocket"))
    begun = {name: weight.clone() for name, weight in run.listener.state_dict().items()}
    assert all(torch.equal(weight, begun[name]) for name, weight in known.need("listener").state_dict().items())
    run.run()
    listener, _ = load_listener(tmp_path)
    learnt = run.listener.state_dict()
    moved = [name for name in begun if not torch.equal(learnt[name], begun[name])]
    assert moved
    for name in moved:
        assert torch.allclose(listener.state_dict()[name], 0.75 * learnt[name] + 0.25 * begun[name], atol=1e-6), name


def test_what_is_frozen_stays_and_what_is_scaled_moves_further(tmp_path):
    thinking = TINY.replace(
        listener=TINY.listener.replace(num_noncausal_blocks=1), num_steps=1, warmup_steps=1, weight_decay=0.0
    )
    moved = {}
    for scale in (1.0, 4.0):
        config = thinking.replace(frozen=("listener.blocks.*", "head.*"), scales={"listener.noncausal_blocks.*": scale})
        run = trainer(tmp_path / str(scale), config)
        begun = {name: p.detach().clone() for part in run.learning.values() for name, p in part.named_parameters()}
        run.learn(run.batches[0].batches[0])
        now = {name: p.detach() for part in run.learning.values() for name, p in part.named_parameters()}
        for name, weight in now.items():
            assert torch.equal(weight, begun[name]) == name.startswith(("blocks.", "symbols.")), name
        moved[scale] = float((now["noncausal_blocks.0.merge.weight"] - begun["noncausal_blocks.0.merge.weight"]).norm())
    assert moved[4.0] == pytest.approx(4 * moved[1.0], rel=0.01)


def test_noise_begins_with_the_speech_where_a_gate_opens():
    lead_s, samples = 0.3, int(0.3 * 16000)
    for share in (0.0, 1.0):
        augment = AugmentConfig(lead_s=(0.0, 0.0), noise_probability=1.0)
        config = ListenerBatchConfig(lead_s=(lead_s, lead_s), silent_lead_share=share, clips=4, pool_batches=1, augment=augment)
        audio = ListenerBatches(config, draw, TINY.head)[0].batches[0].audio
        assert bool(audio[:, : samples - 400].any()) == (share == 0.0) and audio[:, samples : samples + 1600].any(dim=1).all()


def test_a_listener_is_trained_from_configs_alone(tmp_path):
    recorded(tmp_path, "questions", ["a", "b"], "train")
    recorded(tmp_path, "questions", ["c"], "test")
    config = TINY.replace(num_steps=2, evaluate_steps=2, muon=True, bf16=False)
    scores = train_listener(config, HearingCorpusConfig(corpus=str(tmp_path), test_clips=3), tmp_path / "out")
    assert scores["step"] == 2 and scores["seen_voices"]["wer"] >= 0 and scores["wordless"]["clips"] == 3


@pytest.mark.slow
def test_it_learns_a_toy_language_to_the_letter(tmp_path):
    augment = AugmentConfig(speed_probability=0, reverberation_probability=0, band_limit_probability=0, noise_probability=0.2)
    batches = ListenerBatchConfig(clips=12, pool_batches=2, augment=augment)
    still = Disturbance(tract=0, tone_db=0, mask_mels=0, mask_frames=0)  # a letter is its pitch: nothing may move or hide it
    config = TINY.replace(num_steps=600, rate=3e-3, batches=batches, evaluate_steps=600, disturb=still)
    run = trainer(tmp_path, config)
    run.run()
    tests = [beep(text) for text in ("ab", "cab", "abca", "bacb", "c")]
    scores = score_hearing(run.listener.eval(), run.head, {"beeps": tests})
    assert scores["beeps"]["exact"] == 1.0, scores


def test_the_loss_falls(tmp_path):
    run = trainer(tmp_path, TINY.replace(num_steps=60, rate=3e-3, warmup_steps=5))
    batch = run.batches[0].batches[0]
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
    one = torch.nn.functional.ctc_loss(
        log_probs[0, 4:, None], targets[None, :2], torch.tensor([8]), torch.tensor([2]), reduction="sum"
    )
    two = torch.nn.functional.ctc_loss(
        log_probs[1, 2:9, None], targets[None, 2:], torch.tensor([7]), torch.tensor([1]), reduction="sum"
    )
    torch.testing.assert_close(delayed_ctc(log_probs, frames, batch.first_frames, batch), (one + two) / 3)


def fsdd(folder):
    """Recordings whose level tells the split: tests are ten times louder. A stranger's are all for tests."""
    for digit in range(10):
        for name, index, level in (("ann", 0, 0.2), ("ann", 7, 0.02), ("theo", 7, 0.2)):
            soundfile.write(folder / f"{digit}_{name}_{index}.wav", np.full(800, level), 8000)
    return folder


def recorded(folder, part: str, texts: list[str], split: str, voice: str = "beep") -> None:
    jobs = [{"id": f"{part}{split}{voice}{n}", "text": text, "split": split, "voice": voice} for n, text in enumerate(texts)]
    record(folder / part, jobs, lambda job: Audio(torch.from_numpy(beep(job["text"]).read()), 16000), shard=split == "test")


def test_the_corpus_draws_every_kind_and_never_the_test_split(tmp_path):
    recorded(tmp_path, "questions", ["a", "b"], "train")
    recorded(tmp_path, "questions", ["c"], "test")
    recorded(tmp_path, "questions", ["cc"], "test", voice="beep~german")
    recorded(tmp_path, "answers", ["ab"], "train")
    recorded(tmp_path, "readings", ["ba"], "train")
    recorded(tmp_path, "alone", ["b, a, b"], "train")
    recorded(tmp_path, "readings", ["cab", "is it a cab", "it is"], "test")
    corpus = HearingCorpusConfig(corpus=str(tmp_path), fsdd=str(fsdd(tmp_path)), reread_draws=100, test_clips=3).build()
    rng = random.Random(0)
    drawn = [corpus.draw(rng) for _ in range(99)]
    assert {clip.kind for clip in drawn} == {"question", "answer", "people", "reading", "alone", "wordless"}
    assert {(clip.text, clip.readable) for clip in drawn if clip.kind == "alone"} == {("b a b", True)}
    assert {clip.text for clip in drawn if clip.kind == "question"} == {"a", "b"}
    assert {clip.text for clip in drawn if clip.kind == "reading"} == {"ba"}
    assert all(np.abs(clip.read()).max() < 0.1 for clip in drawn if clip.kind == "people")
    assert all(np.isfinite(clip.read()).all() and clip.text == "" for clip in drawn if clip.kind == "wordless")
    tests = corpus.conditions()
    assert {clip.text for clip in tests["seen_voices"]} == {"c"} and "festival" not in tests
    assert {clip.text for clip in tests["accents"]} == {"cc"}
    assert {clip.text for clip in tests["readings"]} == {"it is"}
    assert {clip.text for clip in tests["readings_other_words"]} == {"cab", "is it a cab"}
    for name, speaker in (("people_digits", "fsdd:ann"), ("strangers_digits", "fsdd:theo")):
        assert all(clip.voice == speaker and np.abs(clip.read()).max() > 0.1 for clip in tests[name])
    recorded(tmp_path, "questions", ["a", "b", "bb"], "train")
    assert "bb" in {corpus.draw(rng).text for _ in range(60)}  # the corpus grew


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
    clip = beep("abc")
    for talkers in ((), [beep("cc").read(), beep("b").read()]):
        speech, noisy = clip.read(), in_noise([clip], 10.0, talkers)[0].read()
        assert len(noisy) == len(speech) + 0.7 * 16_000
        noise = noisy - np.pad(speech, (3_200, 8_000))
        ratio_db = 10 * np.log10(np.mean(speech**2) / np.mean(noise**2))
        assert ratio_db == pytest.approx(10.0, abs=1.0)
        assert min(np.abs(noise[:3_200]).max(), np.abs(noise[-8_000:]).max()) > 0, "silent where nobody speaks"


def test_batches_made_ahead_in_processes_are_the_same(tmp_path):
    alone, ahead = trainer(tmp_path / "alone"), trainer(tmp_path / "ahead", TINY.replace(data_workers=2))
    alone.run()
    ahead.run()
    assert ahead.step == alone.step == 8 and ahead.dropped == alone.dropped
    for name, weight in alone.listener.state_dict().items():
        torch.testing.assert_close(ahead.listener.state_dict()[name], weight, msg=name)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_gpu_learns_the_same(tmp_path):
    plain = TINY.replace(bf16=False, num_steps=4, evaluate_steps=4)
    here, there = trainer(tmp_path / "cpu", plain), trainer(tmp_path / "gpu", plain.replace(device="cuda"))
    here.run()
    there.run()
    for name, weight in here.listener.state_dict().items():
        torch.testing.assert_close(there.listener.state_dict()[name].cpu(), weight, atol=2e-4, rtol=2e-3, msg=name)
    listener, _ = load_listener(tmp_path / "gpu")
    assert not next(listener.parameters()).is_cuda
