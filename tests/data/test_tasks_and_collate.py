import collections
import itertools
from dataclasses import replace

import numpy as np
import pytest
import torch

from thinkaloud.audio import Audio
from thinkaloud.configurable import Config
from thinkaloud.data.augment import AugmentConfig
from thinkaloud.data.collate import Cut, Pools, collate
from thinkaloud.data.mixture import Mixture, Part, apportion
from thinkaloud.data.samples import Exchange, Sample, Samples, Source, Utterance
from thinkaloud.data.tasks import NOT_SCORED, Laying, Scoring, hearer
from thinkaloud.layout.delayed import DelayedConfig
from thinkaloud.layout.prompt import A1A2, A1T2, ASR, T1A2, T1T2, TASKS, TTS
from thinkaloud.tokens import Role, Stream

TEXT = Stream(name="text", role=Role.TEXT, size=256, specials=("end", "pad", "input", "answer", "asr", "tts", "ignore"))
SAY = tuple(Stream(name=f"audio_{k}", role=Role.SAY, size=16, delay_steps=k) for k in (1, 2))
LAYOUT = DelayedConfig(streams=(TEXT, *SAY)).build()
END, PAD, INPUT, ANSWER, ASR_ID, TTS_ID, IGNORE = (TEXT.id(name) for name in TEXT.specials)
END_A, PAD_A, INPUT_A, ANSWER_A = range(16, 20)


class Bytes:
    def encode(self, text):
        return list(text.encode())

    def words(self, ids):
        return [bytes(ids[: place + 1]).count(b" ") for place in range(len(ids))]


def laying(layout=LAYOUT, **scoring):
    hear = hearer(100, lambda num_samples: num_samples // 10, lambda frames: frames)
    return Laying(layout=layout, tokenizer=Bytes(), hear=hear, scoring=Scoring(**scoring))


def sample(question="q", answer="ab", frames=3, num_samples=40, **more):
    codes = np.arange(2 * frames, dtype=np.int32).reshape(2, frames)
    wave = Audio(torch.linspace(0, 1, num_samples), 100)
    return Sample(
        key=question, question=Utterance(text=question, audio=wave), answer=Utterance(text=answer, codes=codes), **more
    )


def test_a1a2_rows_and_labels_column_by_column():
    example = laying().lay(sample(), A1A2)
    n, a, b = NOT_SCORED, ord("a"), ord("b")
    assert example.ids.tolist() == [
        [INPUT, PAD, PAD, PAD, PAD, END, ANSWER, a, b, END, PAD, PAD, PAD],
        [INPUT_A, *[PAD_A] * 4, END_A, ANSWER_A, PAD_A, 0, 1, 2, END_A, PAD_A],
        [INPUT_A, *[PAD_A] * 4, END_A, ANSWER_A, PAD_A, PAD_A, 3, 4, 5, END_A],
    ]
    assert example.labels.tolist() == [
        [n, n, n, n, n, n, a, b, END, n, n, n, n],
        [n, n, n, n, n, n, n, 0, 1, 2, END_A, n, n],
        [n, n, n, n, n, n, n, n, 3, 4, 5, END_A, n],
    ]
    assert example.starts == (1,) and len(example.heard[0]) == 40


@pytest.mark.parametrize(
    ("task", "text", "audio_scored"),
    [(A1T2, [97, 98, END], 0), (T1T2, [97, 98, END], 0), (ASR, [113, END], 0), (T1A2, [97, 98, END], 8), (TTS, [], 8)],
)
def test_each_task_scores_its_rows(task, text, audio_scored):
    labels = laying().lay(sample(), task).labels
    assert labels[0][labels[0] != NOT_SCORED].tolist() == text
    assert int((labels[1:] != NOT_SCORED).sum()) == audio_scored


def test_tts_reads_the_answer_and_can_learn_its_text():
    example = laying(score_tts_text=True).lay(sample(), TTS)
    assert example.ids[0, :5].tolist() == [INPUT, 97, 98, END, TTS_ID]
    assert example.labels[0][example.labels[0] != NOT_SCORED].tolist() == [97, 98, END]


def test_timed_text_stands_where_it_is_said_and_its_pauses_are_learnt():
    timed = laying(layout=DelayedConfig(streams=(TEXT, *SAY), timed_text=True).build(), score_tts_text=True)
    made = sample(answer="a bc", frames=6)
    made = replace(made, answer=replace(made.answer, starts=(0, 4)))
    example = timed.lay(made, TTS)
    space, b, c = b" bc"
    answer = [97, PAD, PAD, PAD, space, b, c, END]  # the space belongs to the second word, and END follows the last
    assert example.ids[0].tolist() == [INPUT, 97, space, b, c, END, TTS_ID, *answer, PAD]
    assert example.labels[0].tolist() == [*[NOT_SCORED] * 6, *answer, NOT_SCORED, NOT_SCORED]
    assert example.ids[1, 7:].tolist() == [PAD_A, 0, 1, 2, 3, 4, 5, END_A, PAD_A]
    written = timed.lay(made, T1T2)
    assert written.ids[0].tolist()[-5:] == [97, space, b, c, END], "what is only written is written at once"
    for starts in (None, (0,), (0, 2, 4)):
        with pytest.raises(ValueError, match="untimed_words"):
            timed.lay(replace(made, answer=replace(made.answer, starts=starts)), TTS)


def test_pads_count_only_where_asked():
    few, many = (laying(score_pads=flag).lay(sample(), A1A2).labels for flag in (False, True))
    assert (many[few != NOT_SCORED] == few[few != NOT_SCORED]).all()
    assert (many != NOT_SCORED).sum() == 3 * 6  # every row of every step of the answer


def test_history_is_written_text_and_scored_once_a_turn():
    past = Exchange(question=Utterance(text="x"), answer=Utterance(text="y"))
    example = laying().lay(sample(history=(past,)), A1A2)
    assert example.ids[0, :7].tolist() == [INPUT, 120, END, ANSWER, 121, END, INPUT] and example.starts == (7,)
    assert example.labels[0, 3:6].tolist() == [121, END, NOT_SCORED]
    silent = laying(score_history=False).lay(sample(history=(past,)), A1A2)
    assert (silent.labels[:, :6] == NOT_SCORED).all() and (silent.labels[:, 6:] == example.labels[:, 6:]).all()


def test_ignore_is_the_whole_answer():
    example = laying().lay(sample(ignore=True), A1A2)
    assert example.labels[0][example.labels[0] != NOT_SCORED].tolist() == [IGNORE, END]
    assert (example.labels[1:] == NOT_SCORED).all()


@pytest.mark.parametrize(
    ("given", "task", "kind"),
    [
        (Sample(question=Utterance(text="q"), answer=Utterance(text="a")), A1A2, "missing_part"),
        (Sample(question=Utterance(text="q"), answer=Utterance(text="a")), T1A2, "missing_part"),
        (Sample(question=Utterance(audio=b"nonsense"), answer=Utterance(text="a")), A1T2, "unreadable_audio"),
        (Sample(question=Utterance(text="q"), answer=Utterance(text="a", codes=np.full((2, 1), 16))), T1A2, "code_out"),
        (Sample(question=Utterance(text="q"), answer=Utterance(text="a", codes=np.zeros((3, 1)))), T1A2, "wrong_code"),
    ],
)
def test_what_cannot_be_laid_says_why(given, task, kind):
    with pytest.raises(ValueError, match=f"^{kind}"):
        laying().lay(given, task)


def test_collate_is_ragged_and_changes_nothing():
    given = [laying().lay(sample(answer="a" * n, num_samples=10 * n), TASKS[name]) for n, name in ((1, "a1a2"), (9, "t1t2"))]
    given.append(laying().lay(sample(num_samples=70), ASR))
    batch = collate(given, LAYOUT.streams)
    assert batch.ids.shape[2] % 8 == 0 and batch.tasks == ("a1a2", "t1t2", "asr")
    for row, example in enumerate(given):
        assert (batch.ids[row, :, : example.num_steps] == example.ids).all()
        assert (batch.labels[row, :, : example.num_steps] == example.labels).all()
        assert (batch.labels[row, :, example.num_steps :] == NOT_SCORED).all()
        assert (batch.ids[row, 0, example.num_steps :] == PAD).all()
    assert batch.samples.lengths.tolist() == [10, 70] and batch.samples.rows.tolist() == [0, 2]
    assert batch.counts[:-1].tolist() == (batch.labels != NOT_SCORED).sum(dim=(0, 2)).tolist()
    assert batch.written.sum(dim=1).tolist() == [0, given[1].num_steps, 0] and batch.counts[-1] == given[1].num_steps


def test_packed_rows_hold_the_same_examples():
    given = [laying().lay(sample(f"{n}", "a" * (1 + n), num_samples=10 * (1 + n)), A1A2) for n in range(5)]
    batch = collate(given, LAYOUT.streams, pack_steps=40)
    assert len(batch.ids) < 5 and batch.ids.shape[2] <= 40
    found = []
    for row in range(len(batch.ids)):
        begins = [*(batch.positions[row] == 0).nonzero().flatten().tolist(), batch.ids.shape[2]]
        found += [(batch.ids[row, :, a:b], batch.labels[row, :, a:b]) for a, b in itertools.pairwise(begins)]
    for example in given:
        steps = example.num_steps
        assert any((ids[:, :steps] == example.ids).all() and (labels[:, :steps] == example.labels).all()
                   for ids, labels in found if ids.shape[1] >= steps)  # fmt: skip
    assert batch.counts.tolist() == collate(given, LAYOUT.streams).counts.tolist()
    starts = zip(batch.samples.rows.tolist(), batch.samples.starts.tolist(), strict=True)
    assert all(batch.ids[row, 1, start - 1] == INPUT_A for row, start in starts)


class Nothing(Config):
    pass


def pools(num_samples=40, batch=4, pool_steps=5, weights=(1.0, 3.0), **cut):
    sources = [
        Samples(sample(f"{part}.{n}", "a" * (1 + (n * 7) % 13)) for n in range(num_samples)) for part in range(len(weights))
    ]
    parts = [Part(data=Nothing(), tasks={"a1a2": 1, "t1t2": 1, "asr": 2}, weight=weight) for weight in weights]
    return Pools(Mixture(parts, 3, sources), laying(), Cut(batch_size=batch, pool_steps=pool_steps, **cut))


def test_pools_hold_every_draw_once_sorted_by_length():
    pool = pools()[2]
    keys = collections.Counter(key for step in pool.steps for batch in step for key in batch.keys)
    mixture = pools().mixture
    assert keys == collections.Counter(mixture.draw(n)[1].key for n in range(40, 60))
    lengths = sorted(sorted(int((row[0] != PAD).sum()) for row in batch.ids) for step in pool.steps for batch in step)
    assert len(pool.steps) == 5 and all(len(row) == 4 for row in lengths)


def test_a_pool_is_a_pure_function_of_its_number():
    first, again = pools()[3], pools()[3]
    assert all((a[0].ids == b[0].ids).all() and a[0].keys == b[0].keys for a, b in zip(first.steps, again.steps, strict=True))
    assert first.steps[0][0].keys != pools()[4].steps[0][0].keys


def test_processes_share_a_pool_and_micro_batches_share_a_step():
    whole = {key for step in pools(pool_steps=1)[1].steps for batch in step for key in batch.keys}
    parts = [pools(pool_steps=1, rank=rank, num_ranks=2, micro_size=1)[1].steps[0] for rank in (0, 1)]
    assert [len(step) for step in parts] == [2, 2]
    assert {batch.keys[0] for step in parts for batch in step} == whole
    with pytest.raises(ValueError, match="multiple"):
        Cut(batch_size=3, num_ranks=2)


def test_faulty_samples_are_counted_and_the_rest_goes_on():
    broken = sample("bad")
    broken = Sample(key="bad", question=Utterance(text="q", audio=b"not sound"), answer=broken.answer)
    source = Samples([sample("a"), broken, sample("b"), sample("c")])
    part = Part(data=Nothing(), tasks={"a1a2": 1})
    pool = Pools(Mixture([part], 0, [source]), laying(), Cut(batch_size=4, pool_steps=1))[0]
    assert [fault.kind for fault in pool.faults] == ["unreadable_audio"]
    assert sorted(pool.steps[0][0].keys) == ["a", "b", "c"]


def test_what_is_heard_may_be_augmented_the_same_way_every_time():
    wave = Audio(torch.sin(torch.arange(8000) * 0.1), 16000)
    heard = Sample(question=Utterance(text="q", audio=wave), answer=Utterance(text="a"))
    found = []
    for augment in (None, AugmentConfig(), AugmentConfig()):
        part = Part(data=Nothing(), tasks={"a1t2": 1}, augment=augment)
        pool = Pools(Mixture([part], 0, [Samples([heard])]), laying(), Cut(batch_size=2, pool_steps=1))[3]
        found.append(pool.steps[0][0].samples.values)
    assert not pool.faults and torch.equal(found[1], found[2])
    assert found[0].shape != found[1].shape or not torch.equal(found[0], found[1])
    assert not torch.equal(found[1][0], found[1][1])  # every draw has its own


def test_mixture_shares_are_exact():
    mixture = pools(weights=(1.0, 2.0, 0.0)).mixture
    counts = collections.Counter(mixture.pick(n).part for n in range(240))
    assert counts == {0: 80, 1: 160}
    assert apportion([1, 1, 1], 240) == [80, 80, 80] and sum(apportion([5, 0.001, 1], 240)) == 240
    places = sorted(mixture.pick(n).place for n in range(480) if mixture.pick(n).part == 0)
    assert places == list(range(160))


def test_an_endless_source_composes_its_samples():
    class Composed(Source):
        def draw(self, n, seed):
            return sample(f"{seed}/{n}", task="tts")

    pool = Pools(
        Mixture([Part(data=Nothing(), tasks={"a1a2": 1})], 5, [Composed()]), laying(), Cut(batch_size=2, pool_steps=2)
    )[7]
    assert {key for step in pool.steps for batch in step for key in batch.keys} == {f"5/{n}" for n in range(28, 32)}
    assert pool.steps[0][0].tasks == ("tts", "tts")
