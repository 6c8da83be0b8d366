import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from thinkaloud.layout.align import collate, front_loaded, spoken, word_aligned
from thinkaloud.layout.delayed import Delayed
from thinkaloud.tokens import Role, Stream

TEXT = Stream(name="text", role=Role.TEXT, size=100)
STREAMS = (
    TEXT,
    Stream(name="say1", role=Role.SAY, size=8, delay_steps=1),
    Stream(name="say2", role=Role.SAY, size=9, delay_steps=2),
    Stream(name="hear", role=Role.HEAR, size=8),
)
END, PAD = TEXT.end, TEXT.pad


@pytest.mark.parametrize(
    ("text", "num_frames", "expected"),
    [
        ([1, 2], 5, [1, 2, END, PAD, PAD]),
        ([1, 2], 3, [1, 2, END]),
        ([1, 2, 3], 2, [1, 2, 3, END]),
        ([], 2, [END, PAD]),
    ],
)
def test_front_loaded(text, num_frames, expected):
    assert front_loaded(text, num_frames, TEXT).tolist() == expected


@pytest.mark.parametrize(
    ("starts", "expected"),
    [
        ([0, 1, 2], [1, 2, 3, END, PAD, PAD]),
        ([1, 1, 4], [PAD, 1, 2, PAD, 3, END]),  # two tokens of one word
        ([4, 4, 4], [PAD, PAD, PAD, PAD, 1, 2, 3, END]),  # more text than frames: the row grows
    ],
)
def test_word_aligned(starts, expected):
    assert word_aligned(starts)([1, 2, 3], 6, TEXT).tolist() == expected


@given(st.lists(st.integers(0, 30), max_size=8), st.integers(0, 20))
def test_word_aligned_keeps_the_order_and_never_comes_early(starts, num_frames):
    starts = sorted(starts)
    ids = word_aligned(starts)(list(range(len(starts))), num_frames, TEXT)
    places = (ids != PAD).nonzero()[:, 0].tolist()
    assert ids[places].tolist() == [*range(len(starts)), END]
    free = 0  # written as a loop, the rule is: at its start, or at the next free frame
    for start, place in zip(starts, places, strict=False):
        free = max(free, start)
        assert place == free
        free += 1
    assert places[-1] == free


def test_starts_must_match_the_text():
    with pytest.raises(ValueError, match="one start for each of 2 text tokens, got 1"):
        word_aligned([3])([1, 2], 4, TEXT)


def test_spoken_ends_text_and_codes_each_where_they_end():
    say1, say2, hear = STREAMS[1:]
    frames = spoken(STREAMS, [7], torch.tensor([[1, 2], [3, 4]]))
    assert frames.tolist() == [[7, END, PAD], [1, 2, say1.end], [3, 4, say2.end], [hear.pad] * 3]
    longer = spoken(STREAMS, [7, 8, 9], torch.tensor([[1], [3]]))
    assert longer.tolist() == [[7, 8, 9, END], [1, say1.end, *[say1.pad] * 2], [3, say2.end, *[say2.pad] * 2], [hear.pad] * 4]


def test_an_answer_that_is_laid_is_what_the_cursor_says_when_it_ends():
    frames = spoken(STREAMS, [7], torch.tensor([[1, 2], [3, 4]]))
    layout = Delayed(STREAMS)
    grid, cursor = layout.lay(frames[None]), layout.cursor()
    for step in range(grid.ids.shape[2]):
        cursor.push(grid.ids[:, :, step])
        assert torch.equal(cursor.next(), grid.ids[:, :, step])
    assert cursor.ended.all() and cursor.num_frames == [2]


@pytest.mark.parametrize("codes", [[[1, 8], [3, 4]], [[1, 2], [-1, 4]], [[1, 2]]])
def test_ids_that_are_no_codes_are_refused(codes):
    with pytest.raises(ValueError, match=r"codes \[2, F\] inside their codebooks"):
        spoken(STREAMS, [7], torch.tensor(codes))


def test_collate_pads_each_row_with_its_own_pad_and_lay_reads_the_lengths():
    answers = [spoken(STREAMS, [7], torch.tensor([[1, 2], [3, 4]])), spoken(STREAMS, [], torch.zeros(2, 0, dtype=torch.long))]
    frames, lengths = collate(STREAMS, answers)
    assert lengths.tolist() == [3, 1]
    layout = Delayed(STREAMS)
    grid = layout.lay(frames, lengths)
    for b, one in enumerate(answers):
        alone = layout.lay(one[None]).ids
        assert torch.equal(grid.ids[b, :, : alone.shape[2]], alone[0])
        assert (grid.ids[b, :, alone.shape[2] :] == layout.pads[:, None]).all()
