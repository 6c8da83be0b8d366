import json
import random

import pytest
import torch
from test_listener_training import TINY, beep, draw

from thinkaloud.audio import Audio
from thinkaloud.data.mixture import Part
from thinkaloud.data.pocket_turns import WrittenTurns
from thinkaloud.data.recordings import record
from thinkaloud.model import NOT_SCORED, Batch, Features, SpeechLM
from thinkaloud.train.ears import load_listener
from thinkaloud.train.hearing_corpus import HearingCorpusConfig, Spoken
from thinkaloud.train.listener import ListenerTrainer
from thinkaloud.train.listener_batches import ListenerBatchConfig
from thinkaloud.train.practice import Practice
from thinkaloud.train.reader import ReaderConfig
from thinkaloud.train.stage import Schedule, Stage


@pytest.fixture(scope="module")
def pocket() -> SpeechLM:
    return SpeechLM.load("pocket")


def practice(**changes) -> Stage:
    """Dialogues in writing, which all of the language model learns from."""
    written = Part(data=WrittenTurns(), tasks={"t1t2": 1.0})
    fixed = {"name": "practice", "trains": ("backbone.*", "head.*", "rows.weight"), "data": (written,), "steps": 1}
    return Stage(**fixed, batch_size=4, pool_steps=2, schedule=Schedule(lr=1e-4), input_dropout=0.1, **changes)


def settings(pocket: SpeechLM, learns: Stage | None = None):
    parts = {"listener": pocket.need("listener").config.replace(mel_floor=1e-8), "head": pocket.need("ctc").config}
    batches = ListenerBatchConfig(clips=3, pool_batches=1)
    reader = ReaderConfig(model="pocket", answer_share=0.5, learns=learns)
    more = {"num_steps": 3, "evaluate_steps": 3, "save_steps": 2, "warmup_steps": 1, "kept_share": 0.0, "batches": batches}
    return TINY.replace(**parts, **more, reader=reader)


def beep_audio(clip: Spoken) -> Audio:
    return Audio(torch.from_numpy(clip.read()), 16000)


def asked(text: str, answer: str = "", kind: str = "question") -> Spoken:
    return Spoken(text=text, kind=kind, voice="beep", read=beep("abcabcabc").read, answer=answer)


def test_the_ears_learn_what_is_read_and_the_reader_stays_as_it_is(tmp_path, pocket):
    events: list[dict] = []
    run = ListenerTrainer(settings(pocket), draw, tmp_path, report=events.append)
    run.run()
    assert all(event["read"] > 0 for event in events if "step" in event)
    made = SpeechLM.load(tmp_path / "model")
    listener, ctc = load_listener(tmp_path)
    assert made.need("listener").config == listener.config and listener.config.mel_floor == 1e-8
    for ours, theirs in ((made.need("listener"), listener), (made.need("ctc"), ctc)):
        assert all(torch.equal(weight, theirs.state_dict()[name]) for name, weight in ours.state_dict().items())
    before, after = pocket.core_weights(), made.core_weights()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed == {name for name in before if name.startswith("adapter.")}, changed
    assert not torch.equal(listener.halve.weight, pocket.need("listener").halve.weight)


def test_a_reader_that_learns_practises_and_is_delivered(tmp_path, pocket):
    events: list[dict] = []
    run = ListenerTrainer(settings(pocket, practice()), draw, tmp_path, report=events.append)
    run.run()
    losses = [event for event in events if "step" in event]
    assert losses and all(event["practice"] > 0 for event in losses)
    total = [one["loss"] - one["read"] - one["practice"] for one in losses]
    config = run.config
    ears = [
        (1 - config.middle_weight) * one["ctc"] + config.middle_weight * one["middle"] + config.quiet_weight * one["quiet"]
        for one in losses
    ]
    assert total == pytest.approx(ears, abs=1e-3)
    before, after = pocket.core_weights(), SpeechLM.load(tmp_path / "model").core_weights()
    assert {name.partition(".")[0] for name in before} == {"adapter", "backbone", "head", "rows"}
    moved = {name: float((before[name] - after[name]).abs().max()) for name in before}
    stage, voice = practice(), float(before["head.proj.weight"].abs().max())
    decay = config.num_steps * stage.schedule.lr * stage.optimizer.weight_decay * voice  # at most, in all steps
    assert moved.pop("head.proj.weight") < decay, "what is only written teaches the voice nothing: its weights decay, no more"
    assert all(moved.values()), "and all else something"
    rates = [by for name, by in moved.items() if name.startswith("backbone.")]
    assert max(rates) < 1e-3, "at the rate of the practice, not of the ears"


@pytest.mark.parametrize("learns", [None, practice()])
def test_a_run_with_a_reader_goes_on_exactly(tmp_path, pocket, learns):
    whole = ListenerTrainer(settings(pocket, learns), draw, tmp_path / "whole")
    whole.run()
    cut = ListenerTrainer(settings(pocket, learns), draw, tmp_path / "cut")
    cut.learn(cut.batches[0].batches[0])
    cut.save()
    again = ListenerTrainer(settings(pocket, learns), draw, tmp_path / "cut")
    again.run()
    for part, module in whole.learning.items():
        for name, weight in module.state_dict().items():
            torch.testing.assert_close(again.learning[part].state_dict()[name], weight, msg=f"{part}.{name}")


def test_a_share_of_what_it_was_is_kept_of_every_part(tmp_path, pocket):
    run = ListenerTrainer(settings(pocket, practice()).replace(kept_share=0.5), draw, tmp_path)
    run.run()
    before, after = pocket.core_weights(), SpeechLM.load(tmp_path / "model").core_weights()
    learnt = run.reader.model.core_weights() if run.reader is not None else {}
    assert any(not torch.equal(learnt[name], before[name]) for name in before if name.startswith("backbone."))
    for name, weight in after.items():
        torch.testing.assert_close(weight, (before[name] + learnt[name]) / 2, msg=name)


def test_another_seed_hears_and_practises_something_else(tmp_path, pocket):
    def begun(name: str, seed: int) -> ListenerTrainer:
        return ListenerTrainer(settings(pocket, practice()).replace(seed=seed), draw, tmp_path / name)

    first, same, other = begun("first", 0), begun("same", 0), begun("other", 1)
    clips, mels = [run.batches[0].batches[0].audio for run in (first, same, other)], torch.rand(2, 80, 50)
    assert torch.equal(clips[0], clips[1]) and not torch.equal(clips[0], clips[2])
    assert torch.equal(first._disturb(mels), same._disturb(mels)), "the same clip disturbed in the same way"
    assert not torch.equal(first._disturb(mels), other._disturb(mels))
    first.step = 1
    assert not torch.equal(first._disturb(mels), other._disturb(mels)), "nor is one seed the next one a step later"
    practised = [run.practice._batch(0).ids for run in (first, same, other) if run.practice is not None]
    assert practised[0].equal(practised[1]) and not practised[0].equal(practised[2])


def test_its_loss_is_that_of_the_model(pocket):
    reader, rng = ReaderConfig(model="pocket", answer_share=1.0).build(), random.Random(0)
    clips = [asked("what is two plus two?", "four."), asked("stop."), asked(""), asked("qualms and zeal.", kind="reading")]
    rows = [reader.lay(clip, beep_audio(clip), rng) for clip in clips]
    assert [row.task for row in rows] == ["a1t2", "asr", "asr", "asr"]
    ids, labels = reader.collate(rows)
    text, ignore = pocket.streams[0], pocket.streams[0].id("ignore")
    told = [pocket.need("tokenizer").encode(said) for said in ("four.", "stop.")]
    assert [row[row >= 0].tolist() for row in labels[:, 0]] == [*([*one, text.end] for one in told), [ignore, text.end], []]
    lengths = torch.tensor([9, 18, 18, 18])
    features = torch.randn(4, 18, pocket.config.listener_dim)
    heard = Features(values=features, lengths=lengths, rows=torch.arange(4), starts=torch.ones(4, dtype=torch.long))
    with torch.inference_mode():
        expected = pocket(Batch(ids=ids, labels=labels, features=heard))["text"]
        torch.testing.assert_close(reader.loss(ids, labels, features, lengths), expected)
        assert float(reader.loss(ids, torch.full_like(labels, NOT_SCORED), features, lengths)) == 0


def test_what_opens_a_dialogue_brings_its_answer(tmp_path):
    rows = [{"id": f"q0-{n}", "text": text, "voice": "ann", "split": "train"} for n, text in enumerate(("hi.", "and now?"))]
    record(tmp_path / "questions", rows, lambda job: beep_audio(beep("ab")))
    turns = [{"question": "hi.", "answer": "hello."}, {"question": "and now?", "answer": "no."}]
    (tmp_path / "dialogues.jsonl").write_text(json.dumps({"questions": ["q0-0", "q0-1"], "turns": turns}) + "\n")
    corpus = HearingCorpusConfig(corpus=str(tmp_path)).build()
    assert [(clip.text, clip.answer) for clip in corpus.questions] == [("hi.", "hello."), ("and now?", "")]


def test_only_sentences_of_the_domain_are_to_be_written_down(tmp_path):
    assert asked("what is two plus two?", kind="reading").readable
    assert not asked("we call it chiaroscuro.", kind="reading").readable
    assert asked("how do you spell broskka?").readable, "what the corpus asks is of the domain, whatever its words"
    rows = [
        {"id": f"r{n}", "text": text, "voice": "ann", "split": "train"} for n, text in enumerate(("stop.", "qualms and zeal."))
    ]
    record(tmp_path / "readings", rows, lambda job: beep_audio(beep("ab")))
    corpus = HearingCorpusConfig(corpus=str(tmp_path)).build()
    assert [(clip.text, clip.readable) for clip in corpus.readings] == [("stop.", True), ("qualms and zeal.", False)]


def test_what_a_stage_asks_for_in_vain_is_an_error(pocket):
    with pytest.raises(ValueError, match="'practice' sets gradient_checkpointing, ema"):
        Practice(pocket, practice(ema=0.9, gradient_checkpointing=True))
