"""Endpoint in scenarios. One character is one frame of 32 ms; no clock runs.

user    # speech, . none
model   ~ its answer is heard, g an answer is under way but not heard yet, (blank) silent
actions p prepare, R reply, S stop, I ignore, . wait
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkaloud.duplex import Action, Moment, Turn
from thinkaloud.duplex.endpoint import EndpointConfig

FRAME = 512
CONFIG = EndpointConfig(  # times in whole frames: 5 of silence, 2 to be speech, 4 to interrupt, 3 of guard, 2 of padding
    silence_duration_ms=160, min_speech_ms=64, barge_in_ms=128, max_gap_ms=64, echo_guard_ms=96, prefix_padding_ms=64
)
LETTERS = {Action.WAIT: ".", Action.PREPARE: "p", Action.REPLY: "R", Action.STOP: "S", Action.IGNORE: "I"}
SPEECH = {"#": 0.9, ".": 0.1, "-": 0.4}  # - is doubtful: goes on being speech, does not begin it


def moments(user, model="", whole=None):
    """`whole` is known in the silence behind a word and a frame."""
    since = None
    for i, (sound, state) in enumerate(zip(user, model.ljust(len(user)), strict=True)):
        since = (since if since is not None else i * FRAME) if state == "~" else None
        yield Moment(
            now_samples=(i + 1) * FRAME,
            speech_probability=SPEECH[sound],
            speaking=state != " ",
            speaking_since_samples=since,
            whole=whole if user[max(0, i - 1) : i + 1] == ".." else None,
        )


def actions(policy, user, model="", whole=None):
    return "".join(LETTERS[policy.observe(now)] for now in moments(user, model, whole))


SCENARIOS = {
    "the user speaks and is answered": (
        "....######..........",
        "",
        "..............R.....",
    ),
    "pauses shorter than the silence do not end the turn": (
        "..####....####....##.........",
        "",
        "........................R....",
    ),
    "two turns": (
        "###.......###........",
        "",
        ".......R.........R...",
    ),
    "silence": ("..........", "", ".........."),
    "a click is ignored": ("...#........", "", "......I....."),
    "speech may waver after it has begun but does not begin by wavering": (
        "---.##--..----.........",
        "",
        "..................R....",
    ),
    "a word with a short gap inside counts as one": (".#.#.........", "", "........R...."),
    "speech into the answer stops it and is answered in turn": (
        "............########..........",
        "~~~~~~~~~~~~~~~~             ~",
        "...............S........R.....",
    ),
    "a cough does not interrupt": (
        "..........###...........",
        "~~~~~~~~~~~~~~~~~~~~~~~~",
        "...............I........",
    ),
    "coughs apart from each other do not add up": (
        "..........###...###...........",
        "~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~",
        "...............I.....I........",
    ),
    "echo at the start of playback is not the user": (
        "###.........",
        "~~~~~~~~~~~~",
        "............",
    ),
    "who speaks through the guard is heard behind it": (
        "#########...........",
        "~~~~~~~             ",
        "......S......R......",
    ),
    "before its playback an answer can be interrupted without guard": (
        "....#####...........",
        "ggggggggg           ",
        ".......S.....R......",
    ),
    "speech under way when an answer begins stops it at once": (
        "......#######...........",
        "         ~~~~           ",
        ".........S.......R......",
    ),
    "STOP is said once, also when the answer takes time to fall silent": (
        "......##########..........",
        "~~~~~~~~~~~~~~~~          ",
        ".........S..........R.....",
    ),
    "after a STOP the next answer can be stopped as well": (
        "....#####.......        #####.........".replace(" ", "."),
        "~~~~~~~~~       ~~~~~~~~~~~~~         ",
        ".......S.....R.............S.....R....",
    ),
    "speech that began during the answer is a turn as soon as the answer is over": (
        "......####.........",
        "~~~~~~~~           ",
        "..............R....",
    ),
}


@pytest.mark.parametrize(("user", "model", "expected"), SCENARIOS.values(), ids=SCENARIOS)
def test_scenario(user, model, expected):
    assert actions(CONFIG.build(), user, model) == expected


PAUSES = {
    "an answer is prepared in every pause that is long enough": (
        "..####..##...###........",
        "",
        "............p.....p.R...",
    ),
    "a click is nothing to prepare for": ("..#......", "", ".....I..."),
    "one pause, one answer": ("####.........", "", "......p.R...."),
    "who interrupts is prepared for": (
        "............########..........",
        "~~~~~~~~~~~~~~~~             ~",
        "...............S......p.R.....",
    ),
}


@pytest.mark.parametrize(("user", "model", "expected"), PAUSES.values(), ids=PAUSES)
def test_pauses_that_may_be_the_end(user, model, expected):
    assert actions(CONFIG.replace(prepare_ms=96).build(), user, model) == expected


WORDS = {  # 3 frames of silence end what is a whole, 8 what is unfinished; an answer is prepared after 2
    "what is a whole is answered sooner": (0.9, "..####.........", ".......pR......"),
    "what is surely not a whole is waited for": (0.01, "..####.............", ".......p.....R....."),
    "what may be one or not is answered as usual": (0.1, "..####.........", ".......p..R...."),
    "who goes on after a thought is answered once": (0.01, "..####......##..........", ".......p.......p.....R.."),
}


@pytest.mark.parametrize(("whole", "user", "expected"), WORDS.values(), ids=WORDS)
def test_what_was_said_says_whether_the_turn_is_over(whole, user, expected):
    by_words = CONFIG.replace(prepare_ms=64, whole_ms=96, unfinished_ms=256)
    assert actions(by_words.build(), user, whole=whole) == expected
    deaf = CONFIG.replace(prepare_ms=64, whole_ms=160, unfinished_ms=160)
    assert actions(deaf.build(), user, whole=whole) == actions(deaf.build(), user)


def test_before_an_answer_is_prepared_nobody_knows_what_was_said():
    policy = CONFIG.replace(prepare_ms=160, whole_ms=0).build()  # of an answer to the pause before
    assert actions(policy, "..####.........", whole=0.9) == "..........R...."


def test_turns_have_their_bounds_in_samples():
    policy = CONFIG.build()
    seen = []
    for now in moments("....##.##......#.......####......"):
        policy.observe(now)
        if policy.turn and policy.turn not in seen:
            seen.append(policy.turn)
    assert seen == [
        Turn(start_samples=2 * FRAME),  # two frames of padding before the speech
        Turn(start_samples=2 * FRAME, end_samples=9 * FRAME),
        Turn(start_samples=21 * FRAME),
        Turn(start_samples=21 * FRAME, end_samples=27 * FRAME),
    ]


def test_padding_reaches_neither_before_the_session_nor_into_the_turn_before():
    policy = CONFIG.replace(prefix_padding_ms=3200).build()
    actions(policy, ".##.....")
    assert policy.turn == Turn(start_samples=0, end_samples=3 * FRAME)
    policy = CONFIG.replace(prefix_padding_ms=3200).build()
    assert actions(policy, "##......##") == "......R..."
    assert policy.turn == Turn(start_samples=7 * FRAME)


def test_forget_ends_a_turn_without_an_answer():
    policy = CONFIG.build()
    user = list(moments(".####............##......"))
    assert {policy.observe(now) for now in user[:5]} == {Action.WAIT}
    policy.forget()  # the user's audio was committed by hand
    assert policy.turn == Turn(start_samples=0, end_samples=5 * FRAME)
    assert "".join(LETTERS[policy.observe(now)] for now in user[5:]) == "..................R."


def test_any_frame_size_gives_the_same_turns():
    coarse, fine = CONFIG.build(), CONFIG.build()
    user = "....####.##..........###......."
    said = actions(coarse, user)
    parts = [
        Moment(now_samples=i * FRAME // 4, speech_probability=SPEECH[user[(i - 1) // 4]], speaking=False)
        for i in range(1, 4 * len(user) + 1)
    ]
    assert said.count("R") == [fine.observe(part) for part in parts].count(Action.REPLY) == 2
    assert coarse.turn == fine.turn


@given(st.text("#.-", max_size=60), st.text("~ g", max_size=60), st.data())
def test_actions_depend_on_earlier_moments_only_and_repeat(user, model, data):
    model = model[: len(user)]
    said = actions(CONFIG.build(), user, model)
    assert said == actions(CONFIG.build(), user, model)
    cut = data.draw(st.integers(0, len(user)))
    assert said[:cut] == actions(CONFIG.build(), user[:cut], model[:cut])


@given(st.text("#.-", max_size=80), st.text("~ g", max_size=80))
def test_every_turn_is_answered_once_and_stops_at_most_one_answer(user, model):
    model = model[: len(user)]
    said = actions(CONFIG.build(), user + "." * 10, model)
    policy, turns = CONFIG.build(), []
    for now in moments(user + "." * 10, model):
        policy.observe(now)
        turns += [policy.turn.start_samples] if policy.turn and policy.turn.start_samples not in turns else []
    assert said.count("R") == len(turns)
    for turn in said.split("R"):
        assert turn.count("S") <= 1
    for i, letter in enumerate(said):
        assert letter != "S" or model.ljust(len(said))[i] != " "


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"silence_duration_ms": -1}, "got silence_duration_ms"),
        ({"threshold": 0.0}, "got threshold 0.0"),
        ({"sample_rate": 0}, "sample_rate 0"),
    ],
)
def test_bad_values_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        EndpointConfig(**change).build()


def test_moments_must_come_in_order():
    policy = CONFIG.build()
    policy.observe(Moment(now_samples=100, speech_probability=0.0, speaking=False))
    with pytest.raises(ValueError, match="in order: 50 samples after 100"):
        policy.observe(Moment(now_samples=50, speech_probability=0.0, speaking=False))
