"""Delayed layouts: lay and unlay are inverses, the cursor walks the same grid, and an answer ends without losing a frame."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaloud.layout import Grid
from thinkaloud.layout.delayed import Delayed, DelayedConfig
from thinkaloud.tokens import Role, Stream

SIZE = 50


def layout_of(delays, roles=None) -> Delayed:
    roles = roles or [Role.TEXT] + [Role.SAY] * (len(delays) - 1)
    return DelayedConfig(
        streams=tuple(
            Stream(name=f"row{k}", role=role, size=SIZE + k, delay_steps=delay)
            for k, (delay, role) in enumerate(zip(delays, roles, strict=True))
        )
    ).build()


@st.composite
def cases(draw, roles=tuple(Role)):
    delays = draw(st.lists(st.integers(0, 7), min_size=1, max_size=6))
    lengths = draw(st.lists(st.integers(0, 9), min_size=1, max_size=4))
    layout = layout_of(delays, [draw(st.sampled_from(roles)) for _ in delays])
    seed = torch.Generator().manual_seed(draw(st.integers(0, 99)))
    frames = torch.randint(SIZE, (len(lengths), len(delays), max(lengths) + draw(st.integers(0, 2))), generator=seed)
    return layout, frames, torch.tensor(lengths)


def padded(layout, frames, lengths):
    """What comes back from a ragged batch: PAD behind each length."""
    inside = torch.arange(frames.shape[2]) < lengths[:, None, None]
    return torch.where(inside, frames, layout.pads[:, None])


@given(cases())
def test_unlay_gives_back_what_lay_took(case):
    layout, frames, lengths = case
    grid = layout.lay(frames, lengths)
    assert grid.ids.shape[2] == frames.shape[2] + layout.latency_steps
    assert torch.equal(grid.lengths, lengths + layout.latency_steps)
    assert torch.equal(layout.unlay(grid), padded(layout, frames, lengths))
    assert torch.equal(layout.unlay(layout.lay(frames)), frames)


@given(cases())
def test_lay_equals_its_definition_written_as_loops(case):
    layout, frames, lengths = case
    grid = layout.lay(frames, lengths)
    carries = layout.carries(lengths, grid.ids.shape[2])
    for b, k, s in torch.cartesian_prod(*(torch.arange(n) for n in grid.ids.shape)).reshape(-1, 3).tolist():
        f = s - layout.streams[k].delay_steps
        inside = 0 <= f < int(lengths[b])
        assert bool(carries[b, k, s]) is inside
        assert int(grid.ids[b, k, s]) == (int(frames[b, k, f]) if inside else layout.streams[k].pad)


@given(cases(), st.integers(0, 8))
def test_no_column_depends_on_a_later_frame(case, first):
    layout, frames, _ = case
    changed = frames.clone()
    changed[:, :, first:] = (changed[:, :, first:] + 1) % SIZE
    before = layout.lay(frames).ids[:, :, :first]  # step s carries frames up to s, whatever the delays
    assert torch.equal(before, layout.lay(changed).ids[:, :, :first])


@given(cases())
def test_cursor_walks_the_grid_of_lay_and_gives_back_the_frames(case):
    layout, frames, _ = case
    num_frames, hear = frames.shape[2], layout.rows(Role.HEAR)
    grid, cursor, complete = layout.lay(frames), layout.cursor(len(frames)), []
    assert (cursor.next() == layout.pads).all()
    for step in range(grid.ids.shape[2]):
        column = grid.ids[:, :, step].clone()
        column[:, hear] = 7  # whatever the model says there is not looked at
        begun = step - layout.delays >= 0
        column = torch.where(begun, column, torch.tensor(3))  # rows that have not begun are forced to PAD
        done = cursor.push(column)
        complete += [done] if done is not None else []
        fed = cursor.next(frames[:, hear, step] if step < num_frames else None)
        compared = step - layout.delays < num_frames  # behind the last frame the cursor says END, this grid only PAD
        assert torch.equal(fed[:, compared], grid.ids[:, compared, step])
    if not layout.rows(Role.SAY):
        assert not complete  # nothing is said, so nothing goes to a codec
        return
    known = [k for k in range(frames.shape[1]) if layout.latency_steps or k not in hear]  # with L = 0, not heard yet
    assert len(complete) == num_frames
    for f, frame in enumerate(complete):
        assert torch.equal(frame[:, known], frames[:, known, f])


def answer(frames, num_text, layout):
    """The frames [K, T] of an answer as training writes it: codes, END, PAD; text, END, PAD."""
    num_frames = frames.shape[1]
    length = max(num_frames, num_text) + 1
    laid = layout.pads[:, None].repeat(1, length)
    for k, stream in enumerate(layout.streams):
        n = num_text if stream.role is Role.TEXT else num_frames
        laid[k, :n] = frames[k].repeat(length)[:n] if num_frames else 1
        laid[k, n] = stream.end
    return laid


@settings(max_examples=60)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=5), st.lists(st.integers(0, 6), min_size=1, max_size=3), st.data())
def test_an_answer_ends_with_all_its_frames_and_in_as_few_steps_as_it_can(delays, counts, data):
    layout = layout_of([0, *delays])
    seed = torch.Generator().manual_seed(data.draw(st.integers(0, 9)))
    said = [torch.randint(SIZE, (len(delays) + 1, n), generator=seed) for n in counts]
    texts = [data.draw(st.integers(0, 4)) for _ in counts]
    laid = [answer(one, n, layout) for one, n in zip(said, texts, strict=True)]
    lengths = torch.tensor([one.shape[1] for one in laid])
    frames = layout.pads[:, None].repeat(len(counts), 1, int(lengths.max()))
    for b, one in enumerate(laid):
        frames[b, :, : one.shape[1]] = one
    grid, cursor, heard = layout.lay(frames, lengths), layout.cursor(len(counts)), [[] for _ in counts]
    for step in range(grid.ids.shape[2]):
        if cursor.ended.all():
            break
        column = grid.ids[:, :, step].clone()
        # A model left alone says something of its own once a row has told its END: it must make no difference.
        over = layout.carries(torch.tensor(counts) + 1, grid.ids.shape[2])[:, :, step].logical_not()
        column[:, 1:] = torch.where(over[:, 1:], torch.tensor(5), column[:, 1:])
        frame = cursor.push(column)
        assert torch.equal(cursor.next(), grid.ids[:, :, step])
        for b in range(len(counts)) if frame is not None else ():
            if cursor.live[b]:
                heard[b].append(frame[b, 1:])
    assert cursor.ended.all() and cursor.num_frames == counts and cursor.frames_done.tolist() == counts
    for b, n in enumerate(counts):
        assert len(heard[b]) == n
        assert not n or torch.equal(torch.stack(heard[b], dim=1), said[b][1:])
    ends_known = min(delays) + 1  # steps until the first END of an answer without frames is said
    needed = max(max(n + max(delays) if n else ends_known, n + ends_known, t + 1) for n, t in zip(counts, texts, strict=True))
    assert cursor.steps == needed


def test_the_picture_of_the_documentation():
    layout = layout_of([0, 1, 2])
    frames = torch.tensor([[[1, 2, 3, 4], [11, 12, 13, 14], [21, 22, 23, 24]]])
    text, low, high = (stream.pad for stream in layout.streams)
    assert layout.latency_steps == 2
    assert layout.lay(frames).ids[0].tolist() == [
        [1, 2, 3, 4, text, text],
        [low, 11, 12, 13, 14, low],
        [high, high, 21, 22, 23, 24],
    ]


def test_the_earliest_end_counts_and_no_special_id_is_part_of_a_frame():
    layout = layout_of([0, 0, 2])
    end, pad = layout.streams[1].end, layout.streams[1].pad
    cursor, frames = layout.cursor(), []
    late_end = layout.streams[2].id("answer")  # a special that is neither END nor PAD ends the answer just as well
    for column in ([1, 11, 9], [2, 12, 9], [3, 13, 21], [SIZE, end, late_end], [5, 15, 22], [6, 16, 23]):
        frame = cursor.push(torch.tensor([column]))
        frames += [frame] if frame is not None else []
    assert [frame.tolist() for frame in frames] == [[[1, 11, 21]]]
    assert cursor.num_frames == [1]
    assert cursor.next().tolist() == [[layout.streams[0].pad, pad, layout.streams[2].pad]]


def test_each_row_says_end_once_where_the_answer_ends():
    layout = layout_of([0, 1, 3])
    text, first, last = layout.streams
    cursor, fed = layout.cursor(), []
    for column in ([1, 8, 8], [text.end, 10, 8], [4, first.end, 8], [4, 4, 20], [4, 4, 4], [4, 4, 4]):
        cursor.push(torch.tensor([column]))
        fed.append(cursor.next()[0].tolist())
    assert [column[0] for column in fed] == [1, text.end, text.pad, text.pad, text.pad, text.pad]
    assert [column[1] for column in fed] == [first.pad, 10, first.end, first.pad, first.pad, first.pad]
    assert [column[2] for column in fed] == [last.pad, last.pad, last.pad, 20, last.end, last.pad]


def test_rows_without_a_part_in_the_task_stay_pad():
    layout = layout_of([0, 1, 2])
    pads = layout.pads.tolist()
    cursor = layout.cursor(2, speaks=(True, False), writes=(False, True))
    frames = [cursor.push(torch.tensor([[1, 2, 3], [4, 5, 6]])) for _ in range(3)]
    assert cursor.next().tolist() == [[pads[0], 2, 3], [4, *pads[1:]]]
    assert frames[:2] == [None, None] and cursor.live.tolist() == [True, False]
    assert cursor.text_ended.tolist() == [True, False] and cursor.speech_ended.tolist() == [False, True]
    cursor.push(torch.tensor([[1, layout.streams[1].end, 3], [layout.streams[0].end, 5, 6]]))
    assert cursor.ended.tolist() == [True, True] and cursor.num_frames == [2, 0] and cursor.frames_done.tolist() == [2, 0]


def test_heard_frames_are_delayed_by_the_cursor_as_moshi_does():
    roles = [Role.TEXT, Role.SAY, Role.SAY, Role.HEAR, Role.HEAR]
    layout = layout_of([0, 0, 1, 0, 1], roles)
    pad = layout.streams[4].pad
    cursor = layout.cursor()
    assert cursor.next(torch.tensor([[40, 41]]))[0, 3:].tolist() == [layout.streams[3].pad, pad]  # before the first step
    assert cursor.push(torch.tensor([[1, 2, 3, 0, 0]])) is None
    assert cursor.next(torch.tensor([[30, 31]]))[0].tolist() == [1, 2, layout.streams[2].pad, 30, pad]
    assert cursor.next()[0].tolist() == [1, 2, layout.streams[2].pad, 30, pad]  # asked again, the same
    assert cursor.push(torch.tensor([[4, 5, 6, 0, 0]])).tolist() == [[1, 2, 6, 30, 31]]
    assert cursor.next(torch.tensor([[32, 33]]))[0, 3:].tolist() == [32, 31]
    cursor.push(torch.tensor([[4, 5, 6, 0, 0]]))
    assert cursor.next()[0, 3:].tolist() == [layout.streams[3].pad, 33]  # nothing heard: PAD


def test_two_cursors_of_one_layout_never_meet():
    layout = layout_of([0, 1])
    one, other = layout.cursor(), layout.cursor()
    one.push(torch.tensor([[1, 2]]))
    fed = one.next()
    fed[:] = 0  # the caller's own copy
    other.push(torch.tensor([[3, 4]]))
    assert one.next()[0, 0] == 1 and other.next()[0, 0] == 3


def test_bad_input_is_named():
    layout = layout_of([0, 1])
    with pytest.raises(ValueError, match="name of its own"):
        Delayed(layout.streams * 2)
    with pytest.raises(ValueError, match="at least one stream"):
        DelayedConfig(streams=()).build()
    with pytest.raises(ValueError, match=r"expected frames \[B, 2, ...\]"):
        layout.lay(torch.zeros(1, 3, 4, dtype=torch.long))
    with pytest.raises(ValueError, match=r"lengths of 0..4 frames, got \[5\]"):
        layout.lay(torch.zeros(1, 2, 4, dtype=torch.long), torch.tensor([5]))
    with pytest.raises(ValueError, match="at least 1 steps, got 0"):
        layout.unlay(Grid(ids=torch.zeros(1, 2, 0, dtype=torch.long), lengths=torch.tensor([0])))
    with pytest.raises(ValueError, match=r"expected a column \[1, 2\]"):
        layout.cursor().push(torch.zeros(2, 2, dtype=torch.long))
    with pytest.raises(ValueError, match="one flag for each of 2 answers"):
        layout.cursor(2, speaks=(True,))
