"""bench/pocket_rhvoice.py and pocket_prompts.py: what is said, by whom, and that it goes on; with a silent voice."""

import json
import random

import numpy as np
import pytest
import soundfile
import torch

from thinkaloud.audio import Audio


def test_four_voices_are_learnt_from_and_the_fifth_is_not(bench, tmp_path, monkeypatch, capsys):
    said = []

    class Silent:
        def __init__(self, name: str) -> None:
            self.name = name

        def speak(self, text: str, *, speed: float = 1.0, pitch: float = 1.0) -> Audio:
            said.append(text)
            return Audio(torch.full((2400,), 0.5), 24_000)

    rhvoice = bench("pocket_rhvoice")
    monkeypatch.setattr(rhvoice, "open_voice", Silent)
    monkeypatch.setattr("sys.argv", ["pocket_rhvoice.py", "--out", str(tmp_path), "--num", "40"])
    monkeypatch.setattr(torch, "set_num_threads", lambda threads: None)
    rhvoice.main()
    lines, tests = (
        [json.loads(row) for row in (tmp_path / name).read_text().splitlines()]
        for name in ("rhvoice.jsonl", "rhvoice-test.jsonl")
    )
    assert {(line["speaker"], line["split"]) for line in lines} == {
        (f"rhvoice:{name}", "train") for name in ("bdl", "clb", "ksp", "slt")
    }
    assert {(line["speaker"], line["split"]) for line in tests} == {("rhvoice:alan", "test")}
    assert (len(lines), len(tests)) == (40, 4) and len(said) == 44
    assert 0 < sum(line["question"][-1] not in ".?" for line in lines) < 20, "some are no sentence"
    samples, rate = soundfile.read(lines[0]["question_audio"])
    assert rate == 16_000 and len(samples) > 1600
    rhvoice.main()
    assert len(said) == 44, "what is there is not said again"
    capsys.readouterr()


@pytest.mark.parametrize(
    ("who", "kinds"),
    [("allison", 6), ("julia", 3), ("american", 1), ("briton", 1)],
)
def test_people_say_what_they_have_the_words_for(bench, who, kinds):
    prompts, rng = bench("pocket_prompts"), random.Random(0)
    words = prompts.PEOPLE[who]
    texts = {kind: [make(rng) for _ in range(300)] for kind, make in prompts.KINDS.items()}
    assert sum(all(word in words for text in some for word in text.split()) for some in texts.values()) == kinds
    assert len(set(words.values())) == len(words), "no recording is two words"


def test_her_words_are_joined_without_their_silence(bench, tmp_path):
    prompts = bench("pocket_prompts")
    samples = np.zeros(16_000, dtype=np.float32)
    samples[6000:8000] = 0.5
    for name in ("alpha/a.ogg", "alpha/b.wav"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        soundfile.write(tmp_path / name, samples, 16_000)
    audio = prompts.joined(tmp_path, ["alpha/a", "alpha/b"], random.Random(0))
    assert 2 * 2000 < audio.num_samples < 2 * (2000 + 1200 + 2400) + 2 * 3200 + 400
