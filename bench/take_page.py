"""Takes docs/img/page.png: the page in a real conversation, in headless Chromium with recordings as its microphone.

python bench/take_page.py [--model pocket] [--after 1.2] QUESTION.wav QUESTION.wav ...

The questions follow each other after --gaps seconds: a short gap interrupts the answer before. Needs chromium and
playwright, and Pillow to make the picture small.
"""

import argparse
import pathlib
import shutil
import tempfile
import threading
import time

import numpy as np
import torch

MIC_HZ = 16_000
PAGE = pathlib.Path(__file__).parents[1] / "docs" / "img" / "page.png"
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required"),
    *("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="")
    parser.add_argument("--gaps", type=float, nargs="*", default=[3.0], help="seconds between one question and the next")
    parser.add_argument("--after", type=float, default=1.2, help="seconds into the last answer")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--output", type=pathlib.Path, default=PAGE)
    parser.add_argument("questions", nargs="+")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Serving(args.model) as base:
        wav = pathlib.Path(folder) / "microphone.wav"
        write_microphone(wav, args.questions, args.gaps)
        take(base, wav, len(args.questions), args.after, "dark" if args.dark else "light", args.output)
    shrink(args.output)


class Serving:
    """The real server on a free port."""

    def __init__(self, model: str) -> None:
        from thinkaloud.cli.models import default_model, load
        from thinkaloud.duplex.vad import EnergyVadConfig
        from thinkaloud.serve.app import build_app
        from thinkaloud.serve.engine import Engine
        from thinkaloud.serve.runner import Runner
        from thinkaloud.serve.settings import ServeConfig

        loaded = load(model or default_model())
        vad = EnergyVadConfig(sample_rate=loaded.need("listener").sample_rate).build()
        self._runner = Runner(build_app(Engine(loaded, vad), ServeConfig(port=0)), log_level="warning")
        self._thread = threading.Thread(target=self._runner.run, daemon=True)

    def __enter__(self) -> str:
        self._thread.start()
        while not self._runner.started:
            time.sleep(0.05)
        return f"http://127.0.0.1:{self._runner.address[1]}/"

    def __exit__(self, *exc: object) -> None:
        self._runner.should_exit = True
        self._thread.join(20)


def write_microphone(path: pathlib.Path, questions: list[str], gaps_s: list[float]) -> None:
    """The questions with a quiet room around them."""
    from thinkaloud import Audio, read, write

    room = np.random.default_rng(0)
    quiet = lambda seconds: 0.0005 * room.standard_normal(int(MIC_HZ * seconds))  # noqa: E731
    parts = [quiet(3.0)]
    for place, question in enumerate(questions):
        parts += [read(question).resample(MIC_HZ).samples.numpy(), quiet(gaps_s[min(place, len(gaps_s) - 1)])]
    sound = torch.from_numpy(np.concatenate([*parts, quiet(30.0)])).float()
    write(path, Audio(sound, MIC_HZ))


def take(base: str, wav: pathlib.Path, num_questions: int, after_s: float, scheme: str, output: pathlib.Path) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        flags = [*FLAGS, f"--use-file-for-fake-audio-capture={wav}%noloop"]
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
        page = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme=scheme)
        page.goto(base)
        for name in ("Cancel echo", "Suppress noise", "Even out the volume"):
            page.get_by_label(name).uncheck()
        page.evaluate("document.getElementById('details').scrollTop = 0")
        page.get_by_role("button", name="Start talking").click()
        answers = f"() => document.querySelectorAll('.item.assistant').length === {num_questions}"
        page.wait_for_function(answers, timeout=120_000)
        page.wait_for_function("() => document.body.dataset.phase === 'speaking'", timeout=30_000)
        page.wait_for_timeout(1000 * after_s)
        page.mouse.move(700, 300)
        page.screenshot(path=str(output))
        print("\n".join(page.locator(".item").all_inner_texts()))
        browser.close()


def shrink(path: pathlib.Path) -> None:
    """The same picture in 256 colours."""
    from PIL import Image

    Image.open(path).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
