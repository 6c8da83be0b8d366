"""The parts of the pocket model's making: everything that its recipe reads, from nothing, and the last touches.

ROOT/corpus     questions by many voices, some answers by one, digits and readings by people, sounds that are no speech
ROOT/codec      the trained codec            ROOT/codes   all answers as its codes
ROOT/listener   the trained listener         ROOT/heard   what it hears of the corpus

    corpus -> codec -> codes, what the codec makes of answers --+-> listener -> heard
           -> listener-alone -----------------------------------+

With several workers codec and listener begin side by side; then the listener goes on in all of them. Where there is a GPU,
it learns there, and the workers make its batches. Training may begin when the codes are whole: its first stage needs no
listener (`pocket_whole.py`). Everything here goes on where it was stopped.
"""

import functools
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from thinkaloud import checkpoints
from thinkaloud.cli.models import best_device
from thinkaloud.cli.pocket_sizes import NEW_BLOCKS, PocketSizes
from thinkaloud.data.encoded import Encoded, encode_recordings, encode_spoken
from thinkaloud.data.pocket_corpus import plan_for, render, speaker
from thinkaloud.data.pocket_prepare import SETS, hear_corpus
from thinkaloud.data.readings import record_readings
from thinkaloud.data.recordings import Recordings
from thinkaloud.data.resynthesis import resynthesize
from thinkaloud.data.said import say_codes
from thinkaloud.data.tasks import Scoring
from thinkaloud.listen.pocket import PocketListenerConfig
from thinkaloud.model import SpeechLM
from thinkaloud.recipes.pocket import practice
from thinkaloud.train.codec import train_codec
from thinkaloud.train.ears import describe_ears, load_listener
from thinkaloud.train.feed import laying_of
from thinkaloud.train.hearing_corpus import HearingCorpusConfig
from thinkaloud.train.listener import train_listener
from thinkaloud.train.listener_config import ListenerTrainConfig
from thinkaloud.train.pocket_codec import codec_training, corpus_clips, said_clips
from thinkaloud.train.reader import ReaderConfig
from thinkaloud.train.together import side_by_side, together


def prepare_pocket(
    root: Path,
    fsdd: str = "",
    readings: Sequence[str] = (),
    *,
    workers: int = 2,
    sizes: PocketSizes,
    then: Callable[[], None] | None = None,
) -> None:
    """All parts; what is there already is kept.

    `fsdd` is a folder of FSDD recordings, `readings` are manifests of other people's recordings, if at hand. `then` is done
    once the codes are whole, while the listener may still be learning alone; it must be picklable.
    """
    console = Console(stderr=True)
    count = max(1, workers)
    recorded = render(sizes.corpus, root / "corpus", fsdd or None, count, sizes.kept_answers)
    if readings:
        recorded["readings"] = _record_readings(root, readings, console, count)
    console.print(", ".join(f"{name} {counts['recorded'] + counts['present']}" for name, counts in recorded.items()))
    alone = functools.partial(_make_ears, root, fsdd, root / "listener-alone", _placed(sizes.listener, 1, workers))
    describe_ears(root / "listener", sizes.listener.listener, sizes.listener.head)
    side_by_side(workers, functools.partial(_make_voice, root, sizes, then), alone)
    sharpened = sizes.sharpened.replace(source=str(root / "listener-alone"))
    _make_ears_together(root, fsdd, root / "listener", sharpened, workers)
    hear = functools.partial(_hear, root, sizes.listener.bf16, count)
    side_by_side(workers, *(functools.partial(hear, worker) for worker in range(count)))


def _record_readings(root: Path, manifests: Sequence[str], console: Console, workers: int) -> dict[str, int]:
    """Takes up recordings of people, and says how many of them cannot be used."""
    folder = root / "corpus" / "readings"
    share = functools.partial(record_readings, folder, manifests, workers=workers)
    done = side_by_side(workers, *(functools.partial(share, worker) for worker in range(workers)))
    counts = {kind: sum(one[kind] for one in done) for kind in done[0]}
    if counts["failed"]:
        console.print(f"{counts['failed']} readings could not be used; why: {folder}/failed-*.jsonl")
    return counts


def _make_voice(root: Path, sizes: PocketSizes, then: Callable[[], None] | None) -> None:
    """The codec, all answers as its codes, and some as it says them; and what is to follow."""
    console = Console(stderr=True)
    config = codec_training(*sizes.codec_steps, whole_frames=sizes.steady)
    codec = train_codec(config, corpus_clips(root / "corpus"), root / "codec", teller(console)).codec.eval()
    answers, jobs = Recordings(root / "corpus" / "answers"), plan_for(root / "corpus", sizes.corpus).jobs["answers"]
    resynthesize(answers, codec, root / "corpus" / "said")
    with Progress(console=console) as progress:
        bar = progress.add_task("encoding answers", total=None)

        def tell(done: int, total: int) -> None:
            progress.update(bar, completed=done, total=total)

        encode_recordings(answers, codec, root / "codes", tell)
        encode_spoken(jobs, speaker("answers", None), codec, root / "codes", tell)
    if then is not None:
        then()


def _placed(config: ListenerTrainConfig, processes: int, workers: int) -> ListenerTrainConfig:
    """The training as so many processes share it: a GPU has one, and workers that make batches for it."""
    batches, device = config.batches.replace(clips=config.batches.clips // processes), best_device()
    return config.replace(batches=batches, device=device, data_workers=0 if device == "cpu" else workers)


def _make_ears(root: Path, fsdd: str, folder: Path, config: ListenerTrainConfig) -> None:
    """A listener in `folder`."""
    hearing = HearingCorpusConfig(corpus=str(root / "corpus"), fsdd=fsdd)
    train_listener(config, hearing, folder, teller(Console(stderr=True)))


def _make_ears_together(root: Path, fsdd: str, folder: Path, config: ListenerTrainConfig, workers: int) -> None:
    """The same, by all processes; or on the GPU, for which they make batches."""
    processes = max(1, workers) if best_device() == "cpu" else 1
    together(processes, functools.partial(_make_ears, root, fsdd, folder, _placed(config, processes, workers)))


def _hear(root: Path, bf16: bool, workers: int, worker: int) -> None:
    """What the listener hears of the corpus, or a worker's share of that; the first one shows how far it is."""
    with Progress(console=Console(stderr=True), disable=worker > 0) as progress:
        bars = {name: progress.add_task(f"hearing {name}", total=None) for name in SETS}
        ears, _ = load_listener(root / "listener")

        def tell(name: str, done: int, total: int) -> None:
            progress.update(bars[name], completed=done, total=total)

        device = best_device()
        batch = 8 if device == "cpu" else 48
        given: dict[str, Any] = {"worker": worker, "workers": workers, "batch": batch, "bf16": bf16, "tell": tell}
        hear_corpus(root / "corpus", root / "heard", ears.to(device), **given)


def tune_decoder(root: Path, model: str, sizes: PocketSizes) -> None:
    """The codec's last stage: its decoder learns what to make of the codes that the language model says; the codes stay."""
    console = Console(stderr=True)
    speech_lm = SpeechLM.load(model, parts=())
    with Progress(console=console) as progress:
        bar = progress.add_task("saying", total=None)
        say_codes(
            speech_lm,
            laying_of(speech_lm, Scoring(), 400),
            Encoded(root / "codes"),
            root / "said",
            wanted=lambda row: "file" in row,  # whose sound was kept
            progress=lambda done, total: progress.update(bar, completed=done, total=total),
        )
    config = codec_training(*sizes.codec_steps, sizes.said_steps, whole_frames=sizes.steady)
    said = said_clips(root / "corpus", root / "said")
    train_codec(config, corpus_clips(root / "corpus"), root / "codec", teller(console), said=said)


def tune_ears(
    folder: Path,
    model: str,
    root: Path,
    fsdd: str,
    readings: Sequence[str],
    config: ListenerTrainConfig,
    *,
    intents: Sequence[str] = (),
    noncausal_blocks: int = 0,
    compiled: bool = False,
    workers: int,
) -> None:
    """The last stage: listener and adapter learn what the language model can read, and it learns to read them.

    Into `folder`, by what was prepared in `root`, of these intents (default: all). `compiled`: what reads and practises by
    torch.compile. With `noncausal_blocks` so many think a turn over, new ones if the listener has none, and little else learns.
    """
    if readings:
        _record_readings(root, readings, Console(stderr=True), max(1, workers))
    if not noncausal_blocks and not (root / "codes").is_dir():
        raise ValueError(
            f"{root} has no codes, on which {model} would practise speaking; make them with: thinkaloud prepare pocket"
        )
    run = {"read_by": model, "seed": config.seed} | ({"noncausal_blocks": noncausal_blocks} if noncausal_blocks else {})
    _goes_on(folder, run)
    learns = None if noncausal_blocks else practice(str(root), ",".join(intents))
    config = config.replace(reader=ReaderConfig(model=model, learns=learns, compiled=compiled))
    listener = checkpoints.read(model).config.listener
    if isinstance(listener, PocketListenerConfig):
        config = config.replace(listener=listener)
    if noncausal_blocks:
        config = config.replace(**NEW_BLOCKS).set("listener.num_noncausal_blocks", noncausal_blocks)
    _make_ears_together(root, fsdd, folder, config, workers)


def _goes_on(folder: Path, run: dict[str, Any]) -> None:
    """Notes which run this folder is of; ValueError if another one has got as far as a checkpoint there: it would go on."""
    note = folder / "run.json"
    begun = note.is_file() and (folder / "checkpoint.pt").is_file()
    if begun and (known := json.loads(note.read_text())) != run:
        raise ValueError(
            f"{folder} is of another run, --read-by {known['read_by']}; move it away, or go on with that model and its --seed"
        )
    folder.mkdir(parents=True, exist_ok=True)
    note.write_text(json.dumps(run) + "\n")


def teller(console: Console) -> Callable[[dict[str, Any]], None]:
    """What prints a training's log lines."""

    def tell(line: dict[str, Any]) -> None:
        console.print({name: round(value, 4) if isinstance(value, float) else value for name, value in line.items()})

    return tell
