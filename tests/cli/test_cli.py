"""The command line: what a user types, what they get, and one line with the remedy when something is wrong."""

import json
import pathlib
import pickle

import numpy as np
import pytest
import soundfile

from program import run
from thinkaloud import cli, toy


@pytest.fixture
def question(tmp_path: pathlib.Path) -> str:
    path = tmp_path / "question.wav"
    audio = toy.ToyVoice().speak("hello there")
    soundfile.write(path, audio.samples.numpy(), audio.sample_rate)
    return str(path)


def test_overview_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys)
    assert code == 0 and all(name in out for name in cli.COMMANDS)
    assert run(capsys, "--version")[1].count(".") == 2


def test_talk_json_tells_events_and_figures(capsys: pytest.CaptureFixture[str], question: str, tmp_path: pathlib.Path) -> None:
    target = tmp_path / "answer.wav"
    arguments = ["talk", question, "-o", str(target), "--model", "toy", "--json", "--temperature", "1", "--seed", "4"]
    code, out, _ = run(capsys, *arguments)
    lines = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert lines[0]["type"] == "TurnStarted" and lines[-2]["type"] == "TurnEnded"
    result = lines[-1]
    assert set(result) == {"type", "text", "reason", "audio_s", "first_audio_ms", "real_time_factor"}
    assert result["text"] == "".join(line["text"] for line in lines if line["type"] == "TextDelta")
    spoken = sum(line["num_samples"] for line in lines if line["type"] == "AudioChunk")
    assert spoken == len(soundfile.read(target)[0]) == round(result["audio_s"] * toy.SAMPLE_RATE)


@pytest.mark.parametrize("task", ["a1a2", "a1t2", "asr"])
def test_talk_does_every_task_on_audio(
    capsys: pytest.CaptureFixture[str], question: str, tmp_path: pathlib.Path, task: str
) -> None:
    arguments = ["talk", question, "--model", "toy", "--task", task, "-o", str(tmp_path / "a.wav"), "--max-steps", "20"]
    assert run(capsys, *arguments)[0] == 0


@pytest.mark.parametrize("task", ["t1a2", "t1t2", "tts"])
def test_talk_does_every_task_on_text(capsys: pytest.CaptureFixture[str], tmp_path: pathlib.Path, task: str) -> None:
    output = str(tmp_path / "a.wav")
    arguments = ["talk", "--text", "hello", "--model", "toy", "--task", task, "-o", output, "--max-steps", "20"]
    assert run(capsys, *arguments)[0] == 0


def test_toy_says_that_it_is_a_toy(capsys: pytest.CaptureFixture[str], question: str, tmp_path: pathlib.Path) -> None:
    code, out, err = run(capsys, "talk", question, "--model", "toy", "-o", str(tmp_path / "a.wav"), "--max-steps", "5")
    assert code == 0 and "heard:" in out and "random weights" in err


def test_transcribe_names_what_fails_and_does_the_rest(capsys: pytest.CaptureFixture[str], question: str) -> None:
    code, out, err = run(capsys, "transcribe", question, "missing.wav", "--model", "toy", "--json")
    lines = [json.loads(line) for line in out.splitlines()]
    assert code == 2 and "text" in lines[0] and "missing.wav" in lines[1]["error"] and "1 of 2" in err


def test_transcribe_prints_plainly(capsys: pytest.CaptureFixture[str], question: str) -> None:
    code, one, _ = run(capsys, "transcribe", question, "--model", "toy")
    assert code == 0 and one.count("\n") == 1
    code, out, err = run(capsys, "transcribe", "missing.wav", question, question, "--model", "toy")
    assert code == 2 and out == f"{question}: {one}" * 2 and "missing.wav" in err.splitlines()[0]


def test_bench_talk_tells_where_the_time_goes(capsys: pytest.CaptureFixture[str], question: str) -> None:
    code, out, _ = run(capsys, "bench", "talk", question, "--model", "toy", "--repeats", "1", "--max-steps", "5")
    assert code == 0 and all(name in out for name in ("batch-parallel", "first_audio_ms", "real_time_factor"))


def test_transcribe_at_several_speeds(capsys: pytest.CaptureFixture[str]) -> None:
    spoken = str(pathlib.Path(__file__).parents[2] / "examples" / "question.wav")
    assert run(capsys, "transcribe", spoken, "--speeds", ".9,1,1.1")[:2] == (0, "what is the capital of france?\n")
    code, out, err = run(capsys, "transcribe", spoken, "--speeds", "slow")
    assert code == 2 and not out and "--speeds are numbers with commas" in err


def test_models_and_explain(capsys: pytest.CaptureFixture[str], golden_dir: pathlib.Path) -> None:
    assert "toy" in run(capsys, "models")[1]
    assert "audio2" in run(capsys, "explain", "toy")[1]
    code, out, _ = run(capsys, "explain", str(golden_dir / "mini_omni"))
    assert code == 0 and "audio6" in out and "85.3 ms" in out


def test_verify_prints_a_table_and_fails_beyond_tolerance(
    capsys: pytest.CaptureFixture[str], golden_dir: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    folder = golden_dir / "mini_omni" / "post_adapter"
    code, out, _ = run(capsys, "verify", str(folder))
    assert code == 0 and "2 of 2 cases" in out
    for name in ("lit_model.pth", "model_config.yaml", "tensors.safetensors"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    cases = json.loads((folder / "cases.json").read_text())
    del cases["full_forward"]
    cases["cases"][0]["generated_text"][3] += 1
    (tmp_path / "cases.json").write_text(json.dumps(cases))
    (tmp_path.parent / "tensors.safetensors").write_bytes((folder.parent / "tensors.safetensors").read_bytes())
    code, out, _ = run(capsys, "verify", str(tmp_path))
    assert code == 1 and "FAILED" in out


def make_bad_inputs(folder: pathlib.Path) -> dict[str, pathlib.Path]:
    rate = 16000
    good = 0.1 * np.sin(np.arange(rate) * 0.1)
    soundfile.write(folder / "empty.wav", np.zeros(0), rate)
    soundfile.write(folder / "nan.wav", np.full(rate, np.nan, dtype=np.float32), rate, subtype="FLOAT")
    (folder / "text.wav").write_text("not audio")
    (folder / "pickle.wav").write_bytes(pickle.dumps(good))
    return {name: folder / f"{name}.wav" for name in ("empty", "nan", "text", "pickle", "missing")}


@pytest.mark.parametrize("name", ["empty", "nan", "text", "pickle", "missing"])
def test_bad_questions_are_one_line_with_the_file(
    capsys: pytest.CaptureFixture[str], tmp_path: pathlib.Path, name: str
) -> None:
    path = make_bad_inputs(tmp_path)[name]
    code, out, err = run(capsys, "talk", str(path), "--model", "toy")
    assert code == 2 and not out
    assert err.startswith("thinkaloud: ") and err.count("\n") == 1 and str(path) in err


@pytest.mark.parametrize(("rate", "channels", "subtype"), [(8000, 1, "PCM_16"), (44100, 2, "PCM_24"), (48000, 1, "FLOAT")])
def test_any_rate_channels_and_format_is_heard(
    capsys: pytest.CaptureFixture[str], tmp_path: pathlib.Path, rate: int, channels: int, subtype: str
) -> None:
    wave = 0.1 * np.sin(np.arange(rate) * 2000 / rate)
    soundfile.write(tmp_path / "q.wav", np.stack([wave] * channels, axis=1), rate, subtype=subtype)
    arguments = ["talk", str(tmp_path / "q.wav"), "--model", "toy", "-o", str(tmp_path / "a.wav"), "--max-steps", "5"]
    assert run(capsys, *arguments)[0] == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["tlak"], "did you mean 'talk'"),
        (["talk", "--text", "hi", "--model", "no-such-model"], "packaged name"),
        (["talk", "--text", "hi", "--model", "toy", "--task", "sing"], "tasks: a1a2"),
        (["talk", "--text", "hi", "--model", "toy", "--task", "asr"], "give it a sound file"),
        (["talk", "--text", "hi", "--model", "toy", "--device", "warp"], "--device cpu"),
        (
            ["talk", "--text", "hi", "--model", "toy", "-o", "/no/such/folder/a.wav", "--temperature", "1", "--seed", "2"],
            "folder",
        ),
        (["verify", "/nowhere"], "not a golden folder"),
        (["prepare", "pocket", "--out", "/nowhere", "--seed", "2"], "--read-by"),
        (["prepare", "pocket", "--out", "/nowhere", "--noncausal-blocks", "2"], "--read-by"),
        (["prepare", "pocket", "--out", "/nowhere", "--whole", "--said-by", "toy"], "one of them"),
        (["prepare", "pocket", "--out", "/nowhere", "--compiled"], "--whole"),
        (["prepare", "pocket", "--out", "/nowhere", "--read-by", "toy", "--kept-share", "2"], "from 0 to 1"),
        (["prepare", "qa.jsonl", "--out", "/nowhere", "--whole"], "--whole"),
        (["train", "plot", "/nowhere"], "the folder of a run"),
    ],
)
def test_mistakes_are_one_line_with_the_remedy(capsys: pytest.CaptureFixture[str], arguments: list[str], message: str) -> None:
    code, _, err = run(capsys, *arguments)
    assert code == 2 and message in err and "Traceback" not in err
