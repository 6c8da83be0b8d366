"""Encoded recordings: the codes of many utterances in one file, made once with a frozen codec. Resumable; read as a map.

Letters: K codebooks, T frames.

    folder/codes.u8      uint8, the codes [K, T] of one utterance after the other
    folder/index.jsonl   one row per utterance: what its recording's row says, and {"code_offset", "frames"}
    folder/codec.json    which encoder made them: a folder never mixes two

A row is written after its codes: what the index names is whole. Rows may be read while others are still written.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from thinkaloud.codecs import Codec
from thinkaloud.data.recordings import Recordings, Row


class Encoded:
    """The utterances of a folder: `rows` in the order they were encoded, and the `codes` of each."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.num_codebooks = int(json.loads((self.folder / "codec.json").read_text())["num_codebooks"])
        self.rows = list(_whole_rows(self.folder / "index.jsonl"))
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
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    _check_codec(codec, folder)
    done = _cut_unfinished(folder, codec.num_codebooks)
    todo = [row for row in recordings.rows if row["id"] not in done]
    with CodesWriter(folder) as writer:
        for first in range(0, len(todo), 16 * batch):  # sorted within a part only, so that new rows are whole soon
            part = sorted(todo[first : first + 16 * batch], key=lambda row: row["length"])
            for begin in range(0, len(part), batch):
                rows = part[begin : begin + batch]
                for row, made in zip(rows, encode_batch(codec, [recordings.audio(row).samples for row in rows]), strict=True):
                    writer.add(row, made)
            writer.flush()
            progress(min(first + 16 * batch, len(todo)), len(todo))
    return len(todo)


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


def _whole_rows(index: Path) -> Iterator[Row]:
    if index.exists():
        for line in index.read_text().split("\n")[:-1]:  # after the last newline there may be half a row
            yield json.loads(line)


def _cut_unfinished(folder: Path, num_codebooks: int) -> set[str]:
    """Drops half-written ends and gives the ids that are whole."""
    rows = list(_whole_rows(folder / "index.jsonl"))
    (folder / "index.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    end = max((row["code_offset"] + num_codebooks * row["frames"] for row in rows), default=0)
    with (folder / "codes.u8").open("ab") as codes:
        codes.truncate(end)
    return {row["id"] for row in rows}
