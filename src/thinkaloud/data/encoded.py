"""Encoded recordings: the codes of many utterances in one file, made once with a frozen codec. Resumable; read as a map.

Letters: K codebooks, T frames.

    folder/codes.u8      uint8, the codes [K, T] of one utterance after the other
    folder/index.jsonl   one row per utterance: what its recording's row says, and {"code_offset", "frames"}
    folder/codec.json    which encoder made them: a folder never mixes two
    folder/failed.jsonl  one row per utterance that could not be spoken, with its error

A row is written after its codes: what the index names is whole. Rows may be read while others are still written.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from thinkaloud.audio import from_pcm16
from thinkaloud.codecs import Codec
from thinkaloud.data.recordings import Recordings, Row, Speak, cut_half_row, note_failed, spoken, whole_rows


class Encoded:
    """The utterances of a folder: `rows` in the order they were encoded, and the `codes` of each."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.num_codebooks = int(json.loads((self.folder / "codec.json").read_text())["num_codebooks"])
        self.rows = list(whole_rows(self.folder / "index.jsonl"))
        self._codes = np.memmap(self.folder / "codes.u8", dtype=np.uint8, mode="r") if self.rows else np.zeros(0, np.uint8)

    def __len__(self) -> int:
        return len(self.rows)

    def codes(self, row: Row) -> np.ndarray:
        """The codes [K, T] of a row, uint8."""
        stop = row["code_offset"] + self.num_codebooks * row["frames"]
        return self._codes[row["code_offset"] : stop].reshape(self.num_codebooks, row["frames"])


class CodesWriter:
    """Adds utterances to the end of a folder that says in codec.json which encoder its codes are of. To be used with `with`."""

    def __init__(self, folder: Path) -> None:
        self._codes, self._index = (folder / "codes.u8").open("ab"), (folder / "index.jsonl").open("a")
        self._offset = self._codes.tell()

    def add(self, row: Row, codes: np.ndarray) -> None:
        """One utterance: what its recording's row says, and its codes [K, T] uint8."""
        self._codes.write(codes.tobytes())
        self._codes.flush()
        self._index.write(json.dumps(row | {"code_offset": self._offset, "frames": codes.shape[1]}) + "\n")
        self._offset += codes.size

    def flush(self) -> None:
        """What was added is on disk."""
        self._index.flush()

    def __enter__(self) -> "CodesWriter":
        return self

    def __exit__(self, *error: object) -> None:
        self._codes.close()
        self._index.close()


def encode_recordings(
    recordings: Recordings,
    codec: Codec,
    folder: str | Path,
    progress: Callable[[int, int], None] = lambda done, total: None,
    batch: int = 16,
) -> int:
    """Encodes every recording that `folder` does not name yet, each from its first sample; how many were added.

    Utterances of like length go together. Padding changes no code: the codec must look back only. ValueError if the folder
    was begun with another codec or codes do not fit a byte.
    """
    return _encode(recordings.rows, lambda row: (row, recordings.audio(row).samples), codec, folder, progress, batch)


def encode_spoken(
    jobs: Iterable[Row],
    speak: Speak,
    codec: Codec,
    folder: str | Path,
    progress: Callable[[int, int], None] = lambda done, total: None,
    batch: int = 16,
) -> int:
    """The same of what is spoken on the way and not kept: a folder of codes is a hundredth of the sound. `jobs` as `record`'s.

    A job that raises ValueError is named in failed.jsonl, and does not stop the rest.
    """

    def sound(job: Row) -> tuple[Row, Tensor]:
        row, pcm = spoken(job, speak)
        return row, from_pcm16(pcm)

    return _encode(jobs, sound, codec, folder, progress, batch)


def _encode(
    rows: Iterable[Row],
    sound: Callable[[Row], tuple[Row, Tensor]],
    codec: Codec,
    folder: str | Path,
    progress: Callable[[int, int], None],
    batch: int,
) -> int:
    """Adds the codes of what `folder` does not name yet; `sound` gives a row as it is written, and its samples [n]."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    _check_codec(codec, folder)
    done, added = _cut_unfinished(folder, codec.num_codebooks), 0
    todo = [row for row in rows if row["id"] not in done]
    with CodesWriter(folder) as writer:
        for first in range(0, len(todo), 16 * batch):  # sorted within a part only, so that new rows are whole soon
            part = [one for row in todo[first : first + 16 * batch] if (one := _sounded(row, sound, folder)) is not None]
            part.sort(key=lambda one: len(one[1]))
            for begin in range(0, len(part), batch):
                some = part[begin : begin + batch]
                for (row, _), made in zip(some, encode_batch(codec, [samples for _, samples in some]), strict=True):
                    writer.add(row, made)
            writer.flush()
            added += len(part)
            progress(min(first + 16 * batch, len(todo)), len(todo))
    return added


def _sounded(row: Row, sound: Callable[[Row], tuple[Row, Tensor]], folder: Path) -> tuple[Row, Tensor] | None:
    try:
        return sound(row)
    except ValueError as error:
        note_failed(folder / "failed.jsonl", row, error)
    return None


@torch.inference_mode()
def encode_batch(codec: Codec, utterances: Sequence[Tensor]) -> list[np.ndarray]:
    """Codes [K, T] uint8 of each utterance [n], as if it had been encoded alone."""
    padded = torch.nn.utils.rnn.pad_sequence(list(utterances), batch_first=True)
    codes = codec.encode(padded).to(torch.uint8).numpy()  # [B, K, T]
    return [row[:, : -(-len(one) // codec.frame_samples)] for row, one in zip(codes, utterances, strict=True)]


def fingerprint(codec: Codec) -> str:
    """What makes the codes: a digest of the weights of the encoder and the codebooks."""
    digest = hashlib.sha256()
    for name, weight in sorted(codec.state_dict().items()):
        if name.startswith(("encoder.", "quantizer.")):
            digest.update(name.encode() + weight.detach().cpu().numpy().tobytes())
    return digest.hexdigest()[:16]


def _check_codec(codec: Codec, folder: Path) -> None:
    if codec.codebook_size > 256:
        raise ValueError(f"expected codebooks of up to 256 entries (one byte a code), got {codec.codebook_size}")
    ours = {"num_codebooks": codec.num_codebooks, "fingerprint": fingerprint(codec)}
    path = folder / "codec.json"
    if not path.exists():
        path.write_text(json.dumps(ours))
    if (theirs := json.loads(path.read_text())) != ours:
        raise ValueError(f"{folder} was encoded with another codec ({theirs}, now {ours}); delete it or use another folder")


def _cut_unfinished(folder: Path, num_codebooks: int) -> set[str]:
    """Drops half-written ends and gives the ids that are whole, or that could not be spoken."""
    cut_half_row(folder / "index.jsonl")
    rows = list(whole_rows(folder / "index.jsonl"))
    end = max((row["code_offset"] + num_codebooks * row["frames"] for row in rows), default=0)
    with (folder / "codes.u8").open("ab") as codes:
        codes.truncate(end)
    return {row["id"] for row in (*rows, *whole_rows(folder / "failed.jsonl"))}
