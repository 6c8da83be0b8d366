import pytest

from thinkaloud.layout.delayed import Delayed
from thinkaloud.layout.picture import draw_layout
from thinkaloud.tokens import Role, Stream


def streams(*rows):
    return Delayed(tuple(Stream(name=name, role=role, size=9, delay_steps=delay) for name, role, delay in rows))


def test_rows_steps_and_latency_are_drawn():
    layout = streams(("text", Role.TEXT, 0), ("audio1", Role.SAY, 1), ("audio2", Role.SAY, 2), ("user", Role.HEAR, 0))
    assert draw_layout(layout, frame_rate=12.5, num_frames=2) == (
        "step     0   1   2   3\n"
        "text    t0  t1   .   .\n"
        "audio1   .  a0  a1   .\n"
        "audio2   .   .  b0  b1\n"
        "user    A0  A1   .   .\n"
        "\n"
        "one step is one frame: 80.0 ms of speech, 12.5 steps a second\n"
        "frame 0 is complete after 3 steps: 240 ms at the pace of speech\n"
    )


def test_timed_text_is_told():
    layout = Delayed(streams(("text", Role.TEXT, 0), ("audio1", Role.SAY, 1)).streams, timed_text=True)
    assert "a written word stands where it is said" in draw_layout(layout, frame_rate=12.5)


def test_columns_stay_aligned_when_frames_have_two_digits():
    lines = draw_layout(streams(("a", Role.SAY, 0), ("b", Role.SAY, 3)), frame_rate=10, num_frames=12).splitlines()
    assert len({len(line) for line in lines[:3]}) == 1
    assert lines[2].split() == ["b", ".", ".", ".", *(f"b{f}" for f in range(12))]


@pytest.mark.parametrize(("frame_rate", "num_frames"), [(0, 4), (12.5, 0)])
def test_nothing_to_draw_is_an_error(frame_rate, num_frames):
    with pytest.raises(ValueError, match="at least one frame at more than 0 Hz"):
        draw_layout(streams(("a", Role.SAY, 0)), frame_rate=frame_rate, num_frames=num_frames)
