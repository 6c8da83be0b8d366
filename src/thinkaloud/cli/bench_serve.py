"""`thinkaloud bench serve`: what users of a server wait for, alone and together."""

import asyncio
import contextlib
import pathlib
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from torch import Tensor

    from thinkaloud.serve.measure import LoadTimes


def serve(
    question: Annotated[str, typer.Argument(help="A sound file with a spoken question.")],
    url: Annotated[str, typer.Option(help="A running server (http://...); without it one is started here.")] = "",
    model: Annotated[str, typer.Option(help="The model of the server that is started.")] = "",
    sessions: Annotated[list[int] | None, typer.Option(help="How many talk at once; give it several times.")] = None,
    turns: Annotated[int, typer.Option(help="Questions of each.", min=1)] = 3,
    max_steps: Annotated[int, typer.Option(help="The longest answer in steps, for the server started here.", min=1)] = 150,
    api_key: Annotated[str, typer.Option(help="The key of a running server.")] = "",
    output: Annotated[str, typer.Option("--output", "-o", help="Where table (.md) and plot (.png) go.")] = "",
) -> None:
    """From the end of the user's speech to the first audio, in parts, with 1, 4 and 8 users in real time.

    Example: thinkaloud bench serve examples/question.wav -o bench/serve
    """
    from rich.console import Console
    from rich.markdown import Markdown

    from thinkaloud import audio
    from thinkaloud.serve.session_config import WIRE_HZ

    recording = audio.read(question).mono().resample(WIRE_HZ)
    loads = sessions or [1, 4, 8]
    with contextlib.ExitStack() as stack:
        address = url or stack.enter_context(_server(model, max(loads), max_steps))
        results = _measure(address, _trimmed(recording.samples), loads, turns, api_key)
    report = _report(results, url or model or "the default model", turns)
    Console().print(Markdown(report))
    if output:
        pathlib.Path(f"{output}.md").write_text(report)
        _plot(results, pathlib.Path(f"{output}.png"))


def _measure(address: str, question: "Tensor", loads: Sequence[int], turns: int, key: str) -> list["LoadTimes"]:
    from thinkaloud.serve.measure import measure_load

    socket = address.rstrip("/").replace("http", "ws", 1) + "/v1/realtime"
    asyncio.run(measure_load(socket, question, 1, 1, key))  # warms up
    return [asyncio.run(measure_load(socket, question, num_sessions, turns, key)) for num_sessions in loads]


def _trimmed(samples: "Tensor") -> "Tensor":
    """The samples up to the end of the speech: times are counted from there, not from the end of the file."""
    frames = samples[: len(samples) // 480 * 480].reshape(-1, 480)  # 20 ms
    loud = frames.square().mean(dim=1).sqrt()
    last = int((loud > 0.1 * loud.max()).nonzero()[-1])
    return samples[: (last + 1) * 480]


@contextlib.contextmanager
def _server(model: str, num_sessions: int, max_steps: int) -> Iterator[str]:
    """A server in a process of its own, on a free port."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--port", str(port), "--sessions", str(num_sessions), "--max-steps", str(max_steps), "--log-level", "warning"]
    code = "from thinkaloud.cli import main; main()"
    process = subprocess.Popen([sys.executable, "-c", code, "serve", *options, *(["--model", model] if model else [])])
    address = f"http://127.0.0.1:{port}"
    try:
        while not _ready(address):
            if process.poll() is not None:
                raise ValueError("the server did not start; `thinkaloud serve` tells why")
            time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=60)


def _ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(address + "/ready", timeout=2) as response:
            return response.status == 200
    except OSError:
        return False


_COLUMNS = {
    "stopped_ms": "end of turn noticed",
    "first_text_ms": "first text",
    "first_audio_ms": "first audio",
    "late_ms": "latest gap",
    "real_time_factor": "real-time factor",
}


def _report(results: Sequence["LoadTimes"], what: str, turns: int) -> str:
    """A table in Markdown that says what, where and when."""
    from thinkaloud.evaluate.realtime import machine

    lines = [
        f"# Serving {what}",
        "",
        f"{machine()}. {turns} questions a user, all users at the same time, microphones in real time. Times in ms from",
        "the end of the user's speech, median / 95th percentile; the silence that ends a turn (500 ms) is part of them.",
        "The latest gap is how much later than gapless playback needed it a piece of speech ever came.",
        "",
        "| users | turns | failed | " + " | ".join(_COLUMNS.values()) + " |",
        "|" + "---|" * (3 + len(_COLUMNS)),
    ]
    for load in results:
        cells = [f"{getattr(load.median, name):.4g} / {getattr(load.high, name):.4g}" for name in _COLUMNS]
        lines.append(f"| {load.num_sessions} | {load.num_turns} | {load.num_failed} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _plot(results: Sequence["LoadTimes"], file: pathlib.Path) -> None:
    """The median's parts as stacked bars, the 95th percentile of the first audio as a mark."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6, 3.6), layout="constrained")
    places = range(len(results))
    below = [0.0] * len(results)
    parts = (
        ("stopped_ms", "silence and end of turn"),
        ("first_text_ms", "to the first text"),
        ("first_audio_ms", "to the first audio"),
    )
    for name, label in parts:
        tops = [max(getattr(load.median, name), low) for load, low in zip(results, below, strict=True)]
        axes.bar(places, [top - low for top, low in zip(tops, below, strict=True)], bottom=below, width=0.5, label=label)
        below = tops
    axes.plot(places, [load.high.first_audio_ms for load in results], "k_", markersize=24, label="95th percentile")
    axes.set_xticks(list(places), [str(load.num_sessions) for load in results])
    axes.set(xlabel="users talking at once", ylabel="ms after the end of speech")
    axes.legend(frameon=False)
    figure.savefig(file, dpi=120)
