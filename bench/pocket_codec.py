"""How good and how fast a codec is on recordings it was not trained on.

    python bench/pocket_codec.py CODEC_FOLDER RECORDINGS_FOLDER --out metrics.json --picture spectra.png

For each number of codebooks: bit rate, log-mel distance (80 bands, natural log), STOI, how many entries of each codebook
are in use; and the real-time factor of encoding and of streamed decoding, one frame at a time, on one thread (processor time,
so that other work on the machine does not count).
"""

import argparse
import json
import math
import platform
import time
from datetime import UTC, datetime
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from thinkaloud import audio
from thinkaloud.checkpoints.own import unpack
from thinkaloud.codecs.pocket import PocketCodec, PocketCodecConfig
from thinkaloud.train.codebooks import perplexity
from thinkaloud.train.codec_losses import mel_distance


def load_codec(folder: Path, **changes: int) -> PocketCodec:
    """The codec in a folder with config.json and codec.safetensors."""
    codec = PocketCodecConfig.from_json((folder / "config.json").read_text()).replace(**changes).build().eval()
    codec.load_state_dict(unpack(load_file(folder / "codec.safetensors")))
    return codec


def quality(codec: PocketCodec, recordings: list[Tensor]) -> dict[str, object]:
    """Means over the recordings [n], the standard error of STOI beside it."""
    from pystoi import stoi

    mels, stois, codes = [], [], []
    for recording in recordings:
        codes.append(codec.encode(recording[None]))
        made = codec.decode(codes[-1])[:, : len(recording)]
        mels.append(mel_distance(made, recording[None], codec.sample_rate))
        stois.append(float(stoi(recording.numpy(), made[0].numpy(), codec.sample_rate)))
    rows = torch.cat(codes, dim=2)[0]  # [K, T]
    counts = torch.stack([torch.bincount(row, minlength=codec.codebook_size) for row in rows]).float()
    return {
        "bits_per_s": round(codec.num_codebooks * math.log2(codec.codebook_size) * codec.frame_rate),
        "mel_distance": round(sum(mels) / len(mels), 4),
        "stoi": round(sum(stois) / len(stois), 4),
        "stoi_standard_error": round(float(torch.tensor(stois).std()) / math.sqrt(len(stois)), 4),
        "perplexity": [round(float(value), 1) for value in perplexity(counts)],
    }


def speed(codec: PocketCodec, recordings: list[Tensor]) -> dict[str, float]:
    """Seconds of processor time for a second of sound: whole encoding, and decoding frame by frame."""
    duration_s = sum(len(recording) for recording in recordings) / codec.sample_rate
    start_s = time.process_time()
    codes = [codec.encode(recording[None]) for recording in recordings]
    encoded_s = time.process_time()
    for each in codes:
        stream = codec.stream()
        for frame in each.split(1, dim=2):
            stream.push(frame)
        stream.flush()
    decode_s, num_frames = time.process_time() - encoded_s, sum(each.shape[2] for each in codes)
    return {
        "encode_real_time_factor": round((encoded_s - start_s) / duration_s, 5),
        "streamed_decode_real_time_factor": round(decode_s / duration_s, 5),
        "streamed_frame_ms": round(decode_s / num_frames * 1e3, 2),
    }


def draw(codec: PocketCodec, recording: Tensor, path: Path) -> None:
    """Spectrograms of a recording and of its resynthesis, one above the other."""
    from matplotlib.figure import Figure

    made = codec.decode(codec.encode(recording[None]))[0, : len(recording)]
    figure = Figure(figsize=(12, 7), layout="tight")
    for i, (name, samples) in enumerate({"original": recording, "resynthesis": made}.items(), 1):
        spectrum = torch.stft(samples, 640, 160, window=torch.hann_window(640), return_complex=True).abs()
        axes = figure.add_subplot(2, 1, i, title=name, ylabel="Hz")
        extent = (0, len(samples) / codec.sample_rate, 0, codec.sample_rate / 2)
        axes.imshow((spectrum + 1e-4).log10(), origin="lower", aspect="auto", vmin=-3, vmax=1.5, extent=extent)
    figure.savefig(path)


@torch.inference_mode()
def main() -> None:
    """Measures, prints and writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("codec", type=Path)
    parser.add_argument("recordings", type=Path)
    parser.add_argument("--codebooks", type=int, nargs="+", default=[1, 2, 4, 6, 8])
    parser.add_argument("--most", type=int, default=50, help="recordings to use")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--picture", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    codec = load_codec(options.codec)
    paths = sorted(options.recordings.glob("*.wav"))[: options.most]
    recordings = [audio.read(path).resample(codec.sample_rate).samples for path in paths]
    report = {
        "date": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": f"{platform.processor() or platform.machine()}, one thread",
        "num_recordings": len(recordings),
        "million_parameters": round(sum(p.numel() for p in codec.parameters()) / 1e6, 2),
        "codebooks": {k: quality(load_codec(options.codec, num_codebooks=k), recordings) for k in options.codebooks},
        **speed(codec, recordings),
    }
    if options.picture:
        draw(codec, recordings[0], options.picture)
    text = json.dumps(report, indent=2)
    if options.out:
        options.out.write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
