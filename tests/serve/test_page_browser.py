"""The page in a real browser: headless Chromium with a WAV file as its microphone, against a scripted server.

Screenshots go to runs/page/ to be looked at.
"""

import importlib.util
import re
import shutil
import wave
from pathlib import Path

import numpy as np
import pytest
from running import ScriptedEngine, serving, wait_for
from scripted_server import Answer, Script, Server, app_of

pytestmark = pytest.mark.slow

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
if CHROMIUM is None:
    pytest.skip("no chromium on this machine", allow_module_level=True)
if importlib.util.find_spec("playwright") is None:
    pytest.skip("playwright, which drives the browser, is not installed", allow_module_level=True)

FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required"),
]
FAKE_MICROPHONE = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
MIC_HZ = 16_000
SHOTS = Path(__file__).parents[2] / "runs" / "page"

BLUE = Answer(
    question="Why is the sky blue?",
    text="Because air scatters blue light far more than red, so from every direction some of that blue reaches you.",
    seconds=8,
)
SUNSET = Answer(
    question="And at sunset?",
    text="Then the light takes a longer way through the air. What is left of it is orange and red.",
    seconds=2.4,
)


def write_speech(path: Path, plan: list[tuple[str, float]]) -> None:
    """A WAV of loud ("talk") and quiet stretches of so many seconds."""
    rng = np.random.default_rng(0)
    parts = []
    for kind, seconds in plan:
        time_s = np.arange(int(MIC_HZ * seconds)) / MIC_HZ
        voice = 0.25 * np.sin(2 * np.pi * 180 * time_s) * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * time_s))
        parts.append(voice if kind == "talk" else 0.0015 * rng.standard_normal(len(time_s)))
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, MIC_HZ, 0, "NONE", ""))
        file.writeframes((32767 * np.concatenate(parts)).astype(np.int16).tobytes())


@pytest.fixture(scope="module")
def chromium_type():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium


@pytest.fixture
def open_page(chromium_type):
    """Opens the page: `open_page(base, wav=..., **context)`. Complaints of the page fail the test."""
    browsers, complaints = [], []

    def open_page(base, wav=None, flags=(), **context):
        fake = [*FAKE_MICROPHONE, f"--use-file-for-fake-audio-capture={wav}%noloop"] if wav else []
        browser = chromium_type.launch(executable_path=CHROMIUM, args=[*FLAGS, *fake, *flags])
        browsers.append(browser)
        page = browser.new_page(**{"viewport": {"width": 1280, "height": 800}, **context})
        page.set_default_timeout(60_000)  # a loaded machine is slow, not wrong
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
        page.goto(base)
        return page

    yield open_page
    for browser in browsers:
        browser.close()
    assert [text for text in complaints if "WebSocket" not in text and "401" not in text] == []


def raw_microphone(page) -> None:
    """The browser's own processing would change what the file says."""
    for name in ("Cancel echo", "Suppress noise", "Even out the volume"):
        page.get_by_label(name).uncheck()


def shot(page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(SHOTS / f"{name}.png"))


def wait_for_phase(page, *phases: str) -> None:
    page.wait_for_function("phases => phases.includes(document.body.dataset.phase)", arg=list(phases))


def sound_s(page) -> float:
    return float(page.locator("#sound").inner_text().removesuffix(" s"))


def test_a_spoken_turn_is_heard_answered_and_interrupted(open_page, tmp_path):
    wav = tmp_path / "speech.wav"
    write_speech(wav, [("quiet", 2), ("talk", 1), ("quiet", 3), ("talk", 1), ("quiet", 30)])
    script = Script([BLUE, SUNSET])
    with Server(app_of(script)) as base:
        page = open_page(base, wav)
        raw_microphone(page)
        page.get_by_role("button", name="Start talking").click()
        wait_for_phase(page, "hearing")
        shot(page, "hearing")
        wait_for_phase(page, "speaking")
        page.wait_for_timeout(1000)
        shot(page, "speaking")
        page.wait_for_selector(".item.assistant.cut")
        wait_for_phase(page, "hearing", "thinking")
        before = sound_s(page)
        page.wait_for_timeout(300)
        assert sound_s(page) - before < 0.06, "silent at once"
        page.wait_for_selector(".item.assistant.done")
        wait_for_phase(page, "listening")

        texts = page.locator(".item .words").all_inner_texts()
        assert texts[0::2] == ["Why is the sky blue?", "And at sunset?"]
        assert BLUE.text.startswith(texts[1]) and texts[3] == SUNSET.text
        assert page.locator(".item.cut s").inner_text().strip() == texts[1].removeprefix("Because").strip()
        shot(page, "interrupted")

        (truncate,) = script.of_type("conversation.item.truncate")
        first, second = [event for event in script.sent if event["type"] == "input_audio_buffer.speech_started"]
        began = next(event["at"] for event in script.sent if event["type"] == "response.output_audio.delta")
        expected_ms = 1000 * (second["at"] - began)
        assert first["item_id"] != second["item_id"]
        assert expected_ms - 700 < truncate["audio_end_ms"] < expected_ms + 50, "what was really played"
        assert script.of_type("response.cancel") == [], "the server interrupts by itself"
        assert abs(sound_s(page) - truncate["audio_end_ms"] / 1000 - SUNSET.seconds) < 0.3
        total, wait, think, play = (
            int(page.locator(f"#latency-{part}").inner_text().removesuffix(" ms"))
            for part in ("total", "wait", "think", "play")
        )
        assert abs(total - wait - think - play) <= 2
        assert 400 < wait < 900, "the silence it waited for"


def test_what_is_heard_is_what_was_said(open_page, tmp_path):
    """The microphone's samples arrive at 24 kHz, whole and in time."""
    wav = tmp_path / "speech.wav"
    write_speech(wav, [("quiet", 1.5), ("talk", 1), ("quiet", 20)])
    script = Script([SUNSET])
    with Server(app_of(script)) as base:
        page = open_page(base, wav)
        raw_microphone(page)
        page.get_by_role("button", name="Start talking").click()
        wait_for_phase(page, "speaking")
    import base64

    pcm = np.concatenate(
        [np.frombuffer(base64.b64decode(event["audio"]), np.int16) for event in script.of_type("input_audio_buffer.append")]
    )
    loud = np.flatnonzero(np.abs(pcm) > 1000)
    assert abs((loud[-1] - loud[0]) / 24_000 - 1) < 0.05
    spectrum = np.abs(np.fft.rfft(pcm[loud[0] : loud[0] + 12_000]))
    assert abs(np.argmax(spectrum) * 24_000 / 12_000 - 180) < 4


def test_push_to_talk_by_keyboard_and_mute(open_page, tmp_path):
    wav = tmp_path / "speech.wav"
    write_speech(wav, [("talk", 60)])
    script = Script([SUNSET, BLUE])
    with Server(app_of(script)) as base:
        page = open_page(base, wav)
        page.get_by_role("radio", name="Push to talk").check()
        page.get_by_role("button", name="Start talking").click()
        hold = page.get_by_role("button", name="Hold to talk")
        hold.wait_for()
        page.wait_for_timeout(300)
        assert script.of_type("session.update")[0]["session"]["audio"]["input"]["turn_detection"] is None
        assert script.of_type("input_audio_buffer.append") == [], "nothing is sent until the key is down"
        page.keyboard.down("Space")
        page.wait_for_timeout(800)
        shot(page, "push-to-talk")
        page.keyboard.up("Space")
        page.wait_for_selector(".item.assistant.done")
        kinds = [event["type"] for event in script.received]
        sent = kinds.count("input_audio_buffer.append")
        assert 15 < sent < 40
        assert kinds[-2:] == ["input_audio_buffer.commit", "response.create"]
        wait_for_phase(page, "ready")
        hold.click()  # a tap begins, the next one sends
        page.wait_for_timeout(400)
        page.get_by_role("button", name="Listening").click()
        wait_for_phase(page, "speaking")
        page.keyboard.press("Escape")
        page.wait_for_selector(".item.assistant.cut")
        wait_for(lambda: script.of_type("conversation.item.truncate"))  # the page asks the loudspeaker first what was played
        assert len(script.of_type("response.cancel")) == len(script.of_type("conversation.item.truncate")) == 1

        page.get_by_role("radio", name="Hands free").check()
        page.keyboard.press("m")
        page.get_by_role("button", name="Unmute").wait_for()
        page.wait_for_timeout(300)
        muted = [event["audio"] for event in script.of_type("input_audio_buffer.append")][-1]
        assert set(muted) <= {"A", "="}, "muted is silence, in time"
        page.get_by_role("button", name="End", exact=True).click()
        wait_for_phase(page, "offline")


def test_typing_needs_no_microphone(open_page):
    script = Script([SUNSET])
    with Server(app_of(script)) as base:
        page = open_page(base)
        page.keyboard.press("/")
        page.keyboard.type("And at sunset?")
        page.keyboard.press("Enter")
        page.wait_for_selector(".item.assistant.done")
        assert page.locator(".item .words").all_inner_texts() == ["And at sunset?", SUNSET.text]
        page.wait_for_function("() => parseFloat(document.getElementById('sound').textContent) > 2")
        assert page.get_by_role("button", name="Start talking").is_visible(), "the microphone may still be opened"
        with page.expect_download() as download:
            page.get_by_role("button", name="Download").click()
        log = Path(download.value.path()).read_text()
        assert '"response.output_audio.delta"' in log
        assert "AAAA" not in log, "no sound in the log"


@pytest.mark.parametrize("reason", ["blocked", "absent"])
def test_a_microphone_that_fails_says_what_to_do(open_page, reason):
    script = Script([SUNSET])
    with Server(app_of(script)) as base:
        page = open_page(base, flags=["--use-fake-device-for-media-stream", "--deny-permission-prompts"])
        if reason == "absent":  # whatever devices this machine has
            fails = "async () => { throw new DOMException('', 'NotFoundError') }"
            page.evaluate(f"() => {{ navigator.mediaDevices.getUserMedia = {fails}; }}")
        page.get_by_role("button", name="Start talking").click()
        notice = page.get_by_role("alert")
        notice.wait_for()
        expected = {"blocked": "The microphone is blocked", "absent": "No microphone was found"}[reason]
        assert expected in notice.inner_text()
        assert page.get_by_role("button", name="Try the microphone again").is_visible()
        shot(page, f"microphone-{reason}")
        assert script.handshakes == [], "no place is taken"
        page.get_by_label("Message", exact=True).fill("hello")
        page.keyboard.press("Enter")
        page.wait_for_selector(".item.assistant")


def test_an_insecure_address_is_explained_and_still_answers_in_text(open_page):
    script = Script([SUNSET])
    with Server(app_of(script)) as base:
        page = open_page(base.replace("127.0.0.1", "box.test"), flags=["--host-resolver-rules=MAP box.test 127.0.0.1"])
        assert "ssh -L" in page.get_by_role("alert").inner_text()
        shot(page, "insecure")
        page.get_by_label("Message", exact=True).fill("And at sunset?")
        page.keyboard.press("Enter")
        page.wait_for_selector(".item.assistant.done")
        assert script.of_type("session.update")[0]["session"]["output_modalities"] == ["text"]
        assert page.locator(".item .words").all_inner_texts() == ["And at sunset?", SUNSET.text]


def test_a_server_with_a_key_asks_for_it_and_gets_a_short_lived_one(open_page):
    script = Script([SUNSET], key="open sesame")
    with Server(app_of(script)) as base:
        page = open_page(base)
        key = page.get_by_label("API key")
        key.wait_for()
        page.get_by_label("Message", exact=True).fill("hello")
        page.keyboard.press("Enter")
        page.get_by_text("wants an API key").wait_for()
        shot(page, "key")
        key.fill("open sesame")
        assert page.get_by_label("Message", exact=True).input_value() == "hello", "what could not be sent is kept"
        page.get_by_role("button", name="Send").click()
        page.wait_for_selector(".item.assistant")
        assert script.handshakes[-1] == ["realtime", "openai-insecure-api-key.ek_secret"]


def test_a_full_server_and_a_lost_connection_are_explained(open_page):
    script = Script([SUNSET], full=True)
    with Server(app_of(script)) as base:
        page = open_page(base)
        page.get_by_label("Message", exact=True).fill("hello")
        page.keyboard.press("Enter")
        page.get_by_text("All places are taken").wait_for()
        script.full = False
        page.get_by_label("Message", exact=True).fill("hello")
        page.keyboard.press("Enter")
        page.wait_for_selector(".item.assistant")
    page.get_by_text("The conversation was cut off").wait_for()
    wait_for_phase(page, "offline")


@pytest.mark.parametrize("name, context", [
    ("desktop-light", {"color_scheme": "light"}),
    ("desktop-dark", {"color_scheme": "dark"}),
    ("phone-light", {"color_scheme": "light", "viewport": {"width": 390, "height": 844}, "has_touch": True}),
    ("phone-dark", {"color_scheme": "dark", "viewport": {"width": 320, "height": 568}, "has_touch": True}),
    ("still", {"reduced_motion": "reduce"}),
])  # fmt: skip
def test_it_fits_every_screen(open_page, name, context):
    with Server(app_of(Script([SUNSET, BLUE]))) as base:
        page = open_page(base, **context)
        shot(page, f"{name}-start")
        page.get_by_label("Message", exact=True).fill("And at sunset?")
        page.keyboard.press("Enter")
        page.wait_for_selector(".item.assistant.done")
        shot(page, name)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out"
        for button in page.locator(".dock button:visible").all():
            box = button.bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= page.viewport_size["width"]
            assert box["y"] + box["height"] <= page.viewport_size["height"] and box["height"] >= 36
        details = page.get_by_role("button", name=re.compile("Details"))
        if details.get_attribute("aria-expanded") == "false":
            details.click()
        page.get_by_role("heading", name="Latency").wait_for()
        shot(page, f"{name}-details")
        page.get_by_role("button", name=re.compile("Theme")).click()
        assert page.locator("html").get_attribute("data-theme") == "light"


def test_with_the_real_server_the_history_holds_what_was_played(open_page, tmp_path):
    """The page and the server of this package, the toy's ears, a scripted voice of 100 ms a word."""
    wav = tmp_path / "speech.wav"
    write_speech(wav, [("quiet", 2), ("talk", 1), ("quiet", 3), ("talk", 1), ("quiet", 3), ("talk", 1), ("quiet", 20)])
    words = [f"word{n}" for n in range(400)]
    engine = ScriptedEngine(" ".join(words), step_s=0.02)
    with serving(engine) as server:
        page = open_page(server.http, wav)
        raw_microphone(page)
        page.get_by_role("button", name="Start talking").click()
        page.wait_for_function("() => document.querySelectorAll('.item.assistant.cut').length === 2")
        page.wait_for_function("() => document.querySelectorAll('.item.assistant').length === 3")
        wait_for_phase(page, "speaking")
        page.wait_for_timeout(2000)  # long enough to have heard some words of it
        shot(page, "real-server")
        assert page.locator(".item.user .words").all_inner_texts() == ["what was heard"] * 3
        page.get_by_label("Message", exact=True).fill("and now?")
        page.keyboard.press("Enter")
        page.wait_for_function("() => document.querySelectorAll('.item.assistant').length === 4")
        page.wait_for_timeout(1000)  # the server has said what it remembers of the last one
        heard = page.eval_on_selector_all(".item.cut .words", "all => all.map(words => words.firstChild.textContent)")
        assert page.get_by_role("alert").is_hidden()
    assert len(heard) == 3 and all(words[:2] == ["word0", "word1"] for words in map(str.split, heard))
    question, history = engine.asked[-1]
    assert question.text == "and now?"
    assert [exchange.answer for exchange in history] == heard, "what the page shows as heard is what the model is told"
