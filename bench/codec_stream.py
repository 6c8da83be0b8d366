"""What SNAC decoding in streaming costs: the cached-convolution stream beside the overlapping window, in one run.

    python bench/codec_stream.py [--frames 24] [--rounds 5] [--threads 1]

Published sizes (snac_24khz), random weights: the speed does not depend on the values. Both streams decode the same codes
into the same samples; their rounds alternate. The clock is processor time, which other work on the machine disturbs little.
Writes bench/codec_stream.md.
"""

import argparse
import datetime
import platform
import statistics
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import torch
from torch import Tensor

from thinkaloud.codecs import CodecStream, OverlapStream
from thinkaloud.codecs.snac import Snac, SnacConfig

PUSH_FRAMES = (1, 2, 4, 8)
WHOLE_FRAMES = 112

REPORT = """# What SNAC decoding in streaming costs

`python bench/codec_stream.py --frames {frames} --rounds {rounds} --threads {threads}`, {date}, {processor}, torch {torch},
threads: {threads}, float32, batch 1, seeded noise on. Published sizes (snac_24khz), random weights.

Processor time in milliseconds a frame (least / median of {rounds} alternating rounds, the flush included); a frame is
{frame_ms:.1f} ms of audio. The overlapping window decodes {left} frames of context before and {right} after the new ones; the
cached stream computes each sample once. Both give the same samples, and both must stay behind the frames: the cached stream
by {look_ahead} samples ({look_ahead_ms:.0f} ms), the window by {right} whole frames ({right_ms:.0f} ms).

| frames a push | cached ms | overlap ms | overlap / cached | largest difference of samples |
|---|---|---|---|---|
{rows}

A file of {whole} frames, ms a frame, by how many frames are pushed at once (`decode` uses 16): {whole_row}.
"""


def run(stream: CodecStream, chunks: Iterable[Tensor]) -> tuple[float, Tensor]:
    """Processor seconds, and the samples."""
    start = time.process_time()
    audio = torch.cat([*map(stream.push, chunks), stream.flush()], dim=1)
    return time.process_time() - start, audio


def compare(codec: Snac, codes: Tensor, push_frames: int, rounds: int) -> str:
    streams: dict[str, Callable[[], CodecStream]] = {"cached": codec.stream, "overlap": lambda: OverlapStream(codec)}
    ms: dict[str, list[float]] = {name: [] for name in streams}
    audio: dict[str, Tensor] = {}
    for _ in range(rounds):
        for name, start in streams.items():
            seconds, audio[name] = run(start(), codes.split(push_frames, dim=2))
            ms[name].append(1000 * seconds / codes.shape[2])
    ratio = statistics.median(ms["overlap"]) / statistics.median(ms["cached"])
    cells = [f"{min(times):.1f} / {statistics.median(times):.1f}" for times in ms.values()]
    difference = float((audio["cached"] - audio["overlap"]).abs().max())
    return f"| {push_frames} | {cells[0]} | {cells[1]} | {ratio:.1f}x | {difference:.0e} |"


def whole(codec: Snac, codes: Tensor, push_frames: int, rounds: int) -> str:
    times = [run(codec.stream(), codes.split(push_frames, dim=2))[0] for _ in range(rounds)]
    return f"{push_frames}: {1000 * min(times) / codes.shape[2]:.1f}"


def processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{names[0]} ({len(names)} cores)" if names else platform.processor()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--frames", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    codec = SnacConfig(source="random").build()
    codes = torch.randint(codec.codebook_size, (1, 7, WHOLE_FRAMES), generator=torch.Generator().manual_seed(0))
    report = REPORT.format(
        **vars(args),
        date=datetime.date.today().isoformat(),
        processor=processor(),
        torch=torch.__version__,
        frame_ms=1000 / codec.frame_rate,
        left=codec.left_frames,
        right=codec.right_frames,
        right_ms=1000 * codec.right_frames / codec.frame_rate,
        look_ahead=codec.look_ahead_samples,
        look_ahead_ms=1000 * codec.look_ahead_samples / codec.sample_rate,
        rows="\n".join(compare(codec, codes[:, :, : args.frames], n, args.rounds) for n in PUSH_FRAMES),
        whole=WHOLE_FRAMES,
        whole_row=", ".join(whole(codec, codes, n, max(2, args.rounds // 2)) for n in (1, 4, 16, 28, WHOLE_FRAMES)),
    )
    Path(__file__).with_suffix(".md").write_text(report)
    print(report)


if __name__ == "__main__":
    main()
