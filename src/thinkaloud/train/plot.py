"""Plot: the loss curves of a run, one line a stream, one panel a stage, as PNG."""

from pathlib import Path

from thinkaloud.train.log import Line, read

_COLUMNS = 4
_NOT_LOSSES = {
    "stage",
    "step",
    "lr",
    "grad_norm",
    "samples_per_s",
    "steps_per_s",
    "seconds_left",
    "skipped",
    "validation",
    "faults",
}


def plot(run: Path, out: Path | None = None) -> Path:
    """Draws `losses.png` in the run's folder (or `out`) and gives its path; ValueError if there is no log."""
    log = run / "log.jsonl"
    if not log.is_file():
        raise ValueError(f"no log at {log}; give the folder of a run")
    from matplotlib.figure import Figure

    lines = read(log)
    stages = list(dict.fromkeys(line["stage"] for line in lines))
    if not stages:
        raise ValueError(f"{log} is empty: the run has not logged a step yet")
    columns = min(len(stages), _COLUMNS)
    rows = -(-len(stages) // columns)
    figure = Figure(figsize=(5 * columns, 4 * rows), layout="constrained")
    panels = list(figure.subplots(rows, columns, squeeze=False).flat)
    for axes, stage in zip(panels, stages, strict=False):
        _draw(axes, stage, [line for line in lines if line["stage"] == stage])
    for axes in panels[len(stages) :]:  # left over in the last row
        axes.set_visible(False)
    path = out or run / "losses.png"
    figure.savefig(path, dpi=110)
    return path


def _draw(axes, stage: str, lines: list[Line]) -> None:
    steps = [line for line in lines if "loss" in line]
    names = dict.fromkeys(name for line in steps for name in line if name not in _NOT_LOSSES)
    for name in names:
        points = [(line["step"], line[name]) for line in steps if line.get(name) is not None]
        axes.plot(*zip(*points, strict=True), label=name, linewidth=2 if name == "loss" else 1)
    checks = [(line["step"], line["validation"]["loss"]) for line in lines if "validation" in line]
    if checks:
        axes.plot(*zip(*checks, strict=True), "ko", markersize=4, label="validation")
    axes.set(title=stage, xlabel="step", ylabel="cross-entropy (nats)", ylim=(0, None))
    axes.legend(fontsize=7)
    axes.grid(alpha=0.3)
