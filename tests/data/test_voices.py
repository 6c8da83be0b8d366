"""Voices: in process where the library is installed, else a reason to skip; the HTTP voice against a small server."""

import http.server
import io
import json
import threading

import numpy as np
import pytest
import soundfile
import torch

from thinkaloud.audio import Audio
from thinkaloud.data.espeak import VARIANTS
from thinkaloud.data.pocket_plan import ESPEAK
from thinkaloud.data.voices import HttpVoice, letter_names, open_voice, trim


def voice_or_skip(name: str):
    try:
        return open_voice(name)
    except ValueError as error:
        pytest.skip(f"{name} is not installed here: {error}")


def pitch_hz(audio: Audio) -> float:
    """The median of the strongest autocorrelation lag of voiced pieces."""
    rate, samples = audio.sample_rate, audio.samples.numpy()
    found = []
    for piece in np.split(samples[: len(samples) // 800 * 800], len(samples) // 800):
        wave = piece - piece.mean()
        if wave.std() > 0.02:
            correlation = np.correlate(wave, wave, "full")[799:]
            lags = slice(int(rate / 350), int(rate / 65))
            best = lags.start + int(correlation[lags].argmax())
            if correlation[best] > 0.5 * correlation[0]:
                found.append(rate / best)
    return float(np.median(found))


@pytest.mark.parametrize("name", ["flite:kal16", "flite:awb", "flite:rms", "flite:slt", "rhvoice:clb", "rhvoice:alan"])
def test_a_voice_is_deterministic_and_forgets_speed_and_pitch(name):
    voice = voice_or_skip(name)
    plain = voice.speak("one two three.")
    faster, higher = voice.speak("one two three.", speed=1.25), voice.speak("one two three.", pitch=1.25)
    again = voice.speak("one two three.")
    assert torch.equal(plain.samples, again.samples)
    assert faster.duration_s < 0.9 * plain.duration_s
    assert pitch_hz(higher) / pitch_hz(plain) == pytest.approx(1.25, rel=0.08)
    assert abs(higher.duration_s / plain.duration_s - 1) < 0.02
    assert plain.samples.abs().max() > 0.05


def test_espeak_speaks_with_accents_and_variants():
    one, two = voice_or_skip("espeak:en-us"), voice_or_skip("espeak:en-gb-x-rp+f3")
    first, second = one.speak("seven eight."), two.speak("seven eight.")
    assert first.sample_rate == second.sample_rate
    assert pitch_hz(second) > 1.3 * pitch_hz(first)
    assert one.speak("seven eight.", speed=1.3).duration_s < 0.85 * first.duration_s


def test_every_espeak_voice_of_the_pocket_corpus_is_there_and_sounds_like_no_other():
    plain = voice_or_skip("espeak:en-us").speak("seven eight.").samples
    assert all(open_voice(name).name == name for name in ESPEAK)
    for variant in VARIANTS:
        other = open_voice(f"espeak:en-us+{variant}").speak("seven eight.").samples
        shorter = min(len(plain), len(other))
        assert (other[:shorter] - plain[:shorter]).abs().mean() > 0.02, variant


def test_festival_is_a_server_that_speaks_many_texts():
    with voice_or_skip("festival:kal_diphone") as voice:
        plain = voice.speak('say "hello".')
        assert 0.3 < plain.duration_s < 3
        assert voice.speak('say "hello".', speed=1.3).duration_s < plain.duration_s
    with pytest.raises(ValueError, match="stopped"):
        voice.speak("too late.")


def test_pico_speaks_faster_when_asked_and_never_clips():
    voice = voice_or_skip("pico:en-GB")
    plain = voice.speak("the letter a < b.")
    assert plain.sample_rate == 16_000 and 0.5 < plain.duration_s < 3
    assert trim(voice.speak("the letter a < b.", speed=1.5)).duration_s < 0.9 * trim(plain).duration_s
    assert 0.1 < voice.speak("what is seven plus five?", pitch=0.8).samples.abs().max() < 0.99


def test_the_letter_a_is_not_the_article():
    voice = voice_or_skip("flite:slt")
    assert letter_names("b a n a n a spells a banana.", "ay") == "b ay n ay n ay spells a banana."
    assert letter_names("the letter a.", "ay") == "the letter ay."
    assert letter_names("a cat says a, b", "ay") == "a cat says ay, b"
    assert voice.speak("the letter a.").num_samples == voice.speak("the letter ay.").num_samples


def test_trim_leaves_forty_milliseconds_around_speech():
    speech = torch.cat((torch.zeros(3000), torch.full((1600,), 0.5), torch.zeros(100)))
    audio = trim(Audio(speech, 16_000))
    assert audio.num_samples == 640 + 1600 + 640
    assert audio.samples[639] == 0
    assert audio.samples[640] == 0.5
    assert audio.samples[-641] == 0.5
    early = trim(Audio(speech[3000:], 16_000))
    assert torch.equal(early.samples, audio.samples)
    with pytest.raises(ValueError, match="nothing to trim"):
        trim(Audio(torch.zeros(100), 16_000))


@pytest.mark.parametrize(
    "name",
    ["flite:nobody", "espeak:en-us+nobody", "espeak:fr", "festival:nobody", "pico:nobody", "rhvoice:nobody", "nobody:slt"],
)
def test_unknown_voices_are_refused_by_name(name):
    with pytest.raises(ValueError, match=r"nobody|fr"):
        open_voice(name)


def test_a_missing_library_names_the_debian_package(monkeypatch):
    from thinkaloud.data import espeak, flite

    def missing(*_args, **_kwargs):
        raise OSError("cannot open shared object file")

    for module, package in ((flite, "libflite1"), (espeak, "libespeak-ng1")):
        module.library.cache_clear() if module is flite else module._engine.cache_clear()
        monkeypatch.setattr(module.ctypes, "CDLL", missing)
        with pytest.raises(ValueError, match=f"apt install {package}"):
            open_voice("flite:slt" if module is flite else "espeak:en-us")
        monkeypatch.undo()


class Speech(http.server.BaseHTTPRequestHandler):
    asked: list[tuple[str, dict, str | None]] = []  # noqa: RUF012

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append((self.path, body, self.headers.get("Authorization")))
        if body["input"] == "refuse":
            self.send_error(400, "no such voice")
            return
        wav = io.BytesIO()
        soundfile.write(wav, np.full((2400, 2), 0.25), 24_000, format="WAV", subtype="PCM_16")
        self.send_response(200)
        self.end_headers()
        self.wfile.write(wav.getvalue())

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_a_voice_over_http_posts_what_openai_expects():
    pytest.importorskip("httpx")
    server = http.server.HTTPServer(("127.0.0.1", 0), Speech)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/v1"
        audio = HttpVoice(url, model="tts-1", voice="nova", key="secret").speak("hello.", speed=1.1)
        assert (audio.sample_rate, audio.num_samples) == (24_000, 2400)
        assert audio.samples.ndim == 1
        path, body, key = Speech.asked[0]
        assert (path, key) == ("/v1/audio/speech", "Bearer secret")
        assert body == {"model": "tts-1", "voice": "nova", "input": "hello.", "speed": 1.1, "response_format": "wav"}
        named = open_voice(f"{url}#tts-2/echo")
        with pytest.raises(ValueError, match="answered 400"):
            named.speak("refuse")
        assert Speech.asked[1][1]["model"] == "tts-2"
        with pytest.raises(ValueError, match="pitch"):
            named.speak("hello.", pitch=1.2)
    finally:
        server.shutdown()
        server.server_close()
    with pytest.raises(ValueError, match="no answer from"):
        HttpVoice(url, model="tts-1", voice="nova").speak("hello.")
