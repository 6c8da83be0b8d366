"""`thinkaloud prepare pocket`: everything that the pocket recipe reads, from nothing. Run again to resume.

ROOT/corpus     questions by many voices, some answers by one, digits and readings by people, sounds that are no speech
ROOT/codec      the trained codec            ROOT/codes   all answers as its codes
ROOT/listener   the trained listener         ROOT/heard   what it hears of the corpus

    corpus -> codec -> codes, what the codec makes of answers --+-> listener -> heard
           -> listener-alone -----------------------------------+

With several workers codec and listener begin side by side; then the listener goes on in all of them. Where there is a GPU,
it learns there, and the workers make its batches.

Training may begin when the codes are whole: its first stage needs no listener.

A trained language model then gives its voice and its ears the last touch:

    --said-by RUN/model   ROOT/said holds its codes of the answers; on these the codec's decoder learns what to make of them
    --read-by RUN/model   ROOT/ears: listener and adapter learn on, by what the model makes of what is heard; it learns from
                          that as well, and practises writing and speaking; ROOT/ears/model is what has come of it. To go on
                          from that, move ROOT/ears away and give another --seed: with the same one it would hear and
                          practise the same once more. --kept-share .5 then delivers the mean of before and after
"""

import functools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from thinkaloud.cli.models import best_device
from thinkaloud.configurable import Config
from thinkaloud.data.encoded import Encoded, encode_recordings, encode_spoken
from thinkaloud.data.pocket_corpus import PocketCorpusConfig, plan_for, render, speaker
from thinkaloud.data.pocket_prepare import SETS, hear_corpus
from thinkaloud.data.readings import record_readings
from thinkaloud.data.recordings import Recordings
from thinkaloud.data.resynthesis import resynthesize
from thinkaloud.data.said import say_codes
from thinkaloud.data.tasks import Scoring
from thinkaloud.model import SpeechLM
from thinkaloud.recipes.pocket import practice
from thinkaloud.train.codec import train_codec
from thinkaloud.train.ears import load_listener
from thinkaloud.train.feed import laying_of
from thinkaloud.train.hearing_corpus import HearingCorpusConfig
from thinkaloud.train.listener import ListenerTrainConfig, train_listener
from thinkaloud.train.listener_batches import ListenerBatchConfig
from thinkaloud.train.pocket_codec import codec_training, corpus_clips, said_clips
from thinkaloud.train.reader import ReaderConfig
from thinkaloud.train.together import side_by_side, together


@dataclass(frozen=True, kw_only=True)
class PocketSizes(Config):
    """How much is recorded and how long is trained. The default is the real thing: hours on two cores."""

    corpus: PocketCorpusConfig = PocketCorpusConfig()
    kept_answers: int = 60_000  # whose sound is kept, for codec, listener and tests; the others are kept as codes
    codec_steps: tuple[int, int] = (2000, 1000)
    said_steps: int = 1600
    listener: ListenerTrainConfig = ListenerTrainConfig()
    sharpened: ListenerTrainConfig = ListenerTrainConfig(  # it goes on; the clips of a step are shared by all processes
        num_steps=3400,  # 180 minutes of two cores, 9 of an H100 with 16 cores
        warmup_steps=150,
        rate=2e-3,
        kept_share=0.0,
        batches=ListenerBatchConfig(clips=256, pool_batches=4),
        seed=1,  # other clips than the training before it
        evaluate_steps=500,
        save_steps=100,
    )
    read: ListenerTrainConfig = ListenerTrainConfig(  # by what a trained language model reads in it
        num_steps=5000,
        warmup_steps=100,
        rate=6e-4,
        kept_share=0.0,
        batches=ListenerBatchConfig(clips=32, pool_batches=8),
        seed=2,
        evaluate_steps=1000,
        save_steps=100,
    )
    training: dict[str, int] = field(default_factory=dict)  # what `thinkaloud train pocket` is told besides

    @property
    def steady(self) -> bool:
        """Whether the answers' words begin on frames of the codec."""
        return self.corpus.answer_voice.startswith("steady:")


SMALL = PocketSizes(
    corpus=PocketCorpusConfig(
        num_questions=900,
        num_answers=700,
        num_festival=20,
        num_digits=100,
        num_people=200,
        num_nonspeech=96,
        intents=("greeting", "farewell", "thanks", "color", "digits"),
    ),
    codec_steps=(260, 40),
    said_steps=40,
    listener=ListenerTrainConfig(num_steps=900, warmup_steps=50, evaluate_steps=900),
    sharpened=ListenerTrainConfig(
        num_steps=100, warmup_steps=10, evaluate_steps=100, kept_share=0.0, batches=ListenerBatchConfig(clips=48)
    ),
    read=ListenerTrainConfig(
        num_steps=20,
        warmup_steps=5,
        rate=5e-4,
        kept_share=0.0,
        batches=ListenerBatchConfig(clips=32),
        log_steps=10,
        evaluate_steps=20,
    ),
    training={"speak_steps": 400, "converse_steps": 300, "batch_size": 24},
)
"""Minutes: small talk, colours and digit strings, hardly heard and hardly spoken. It shows that every part works."""


def run_pocket(
    root: Path,
    fsdd: str,
    readings: Sequence[str],
    *,
    answer_voice: str = "",
    said_by: str = "",
    read_by: str = "",
    compiled: bool = False,
    kept_share: float = 0.0,
    workers: int,
    seed: int = 0,
    sizes: PocketSizes,
) -> None:
    """What `thinkaloud prepare pocket` was told to do: everything from nothing, or one of the two last touches."""
    if answer_voice:
        sizes = sizes.replace(corpus=sizes.corpus.replace(answer_voice=answer_voice))
    if not read_by and (compiled or seed or kept_share):
        raise ValueError("--compiled, --seed and --kept-share change what --read-by MODEL does; without that leave them out")
    if said_by:
        tune_decoder(root, said_by, sizes)
    elif read_by:
        sizes = sizes.replace(read=sizes.read.replace(seed=sizes.read.seed + seed, kept_share=kept_share))
        tune_ears(root, read_by, fsdd, readings, compiled=compiled, workers=workers, sizes=sizes)
    else:
        prepare_pocket(root, fsdd, readings, workers=workers, sizes=sizes)


def prepare_pocket(root: Path, fsdd: str = "", readings: Sequence[str] = (), *, workers: int = 2, sizes: PocketSizes) -> None:
    """All parts; what is there already is kept.

    `fsdd` is a folder of FSDD recordings, `readings` are manifests of other people's recordings, if at hand.
    """
    console = Console(stderr=True)
    count = max(1, workers)
    recorded = render(sizes.corpus, root / "corpus", fsdd or None, count, sizes.kept_answers)
    if readings:
        recorded["readings"] = _record_readings(root, readings, console)
    console.print(", ".join(f"{name} {counts['recorded'] + counts['present']}" for name, counts in recorded.items()))
    alone = functools.partial(_make_ears, root, fsdd, "listener-alone", _placed(sizes.listener, 1, workers))
    side_by_side(workers, functools.partial(_make_voice, root, sizes), alone)
    _make_ears_together(root, fsdd, "listener", sizes.sharpened.replace(source=str(root / "listener-alone")), workers)
    hear = functools.partial(_hear, root, sizes.listener.bf16, count)
    side_by_side(workers, *(functools.partial(hear, worker) for worker in range(count)))
    some = f" --set intents={','.join(sizes.corpus.intents)}" if sizes.corpus.intents else ""
    some += "" if sizes.steady else " --set timed_text=false"
    some += "".join(f" --set {name}={value}" for name, value in sizes.training.items())
    print(f"prepared in {root}; next: thinkaloud train pocket --set root={root}{some} --out {root}/lm")


def _record_readings(root: Path, manifests: Sequence[str], console: Console) -> dict[str, int]:
    """Takes up recordings of people, and says how many of them cannot be used."""
    folder = root / "corpus" / "readings"
    counts = record_readings(folder, manifests)
    if counts["failed"]:
        console.print(f"{counts['failed']} readings could not be used; why: {folder / 'failed-0.jsonl'}")
    return counts


def _make_voice(root: Path, sizes: PocketSizes) -> None:
    """The codec, all answers as its codes, and some as it says them."""
    console = Console(stderr=True)
    config = codec_training(*sizes.codec_steps, whole_frames=sizes.steady)
    codec = train_codec(config, corpus_clips(root / "corpus"), root / "codec", _teller(console)).codec.eval()
    answers, jobs = Recordings(root / "corpus" / "answers"), plan_for(root / "corpus", sizes.corpus).jobs["answers"]
    resynthesize(answers, codec, root / "corpus" / "said")
    with Progress(console=console) as progress:
        bar = progress.add_task("encoding answers", total=None)

        def tell(done: int, total: int) -> None:
            progress.update(bar, completed=done, total=total)

        encode_recordings(answers, codec, root / "codes", tell)
        encode_spoken(jobs, speaker("answers", None), codec, root / "codes", tell)


def _placed(config: ListenerTrainConfig, processes: int, workers: int) -> ListenerTrainConfig:
    """The training as so many processes share it: a GPU has one, and workers that make batches for it."""
    batches, device = config.batches.replace(clips=config.batches.clips // processes), best_device()
    return config.replace(batches=batches, device=device, data_workers=0 if device == "cpu" else workers)


def _make_ears(root: Path, fsdd: str, name: str, config: ListenerTrainConfig) -> None:
    """A listener in the folder `name`."""
    hearing = HearingCorpusConfig(corpus=str(root / "corpus"), fsdd=fsdd)
    train_listener(config, hearing, root / name, _teller(Console(stderr=True)))


def _make_ears_together(root: Path, fsdd: str, name: str, config: ListenerTrainConfig, workers: int) -> None:
    """The same, by all processes; or on the GPU, for which they make batches."""
    processes = max(1, workers) if best_device() == "cpu" else 1
    together(processes, functools.partial(_make_ears, root, fsdd, name, _placed(config, processes, workers)))


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
    train_codec(config, corpus_clips(root / "corpus"), root / "codec", _teller(console), said=said)
    print(f"the decoder in {root / 'codec'} knows the codes of {model}; its encoder and codebooks are as they were")


def tune_ears(
    root: Path,
    model: str,
    fsdd: str,
    readings: Sequence[str],
    *,
    compiled: bool = False,
    workers: int,
    sizes: PocketSizes,
) -> None:
    """The last stage: listener and adapter learn what the language model can read, and it learns to read them.

    `compiled`: what reads and practises by torch.compile.
    """
    if readings:
        _record_readings(root, readings, Console(stderr=True))
    if not (root / "codes").is_dir():
        raise ValueError(
            f"{root} has no codes, on which {model} would practise speaking; make them with: thinkaloud prepare pocket"
        )
    _goes_on(root / "ears", {"read_by": model, "seed": sizes.read.seed})
    learns = practice(str(root), ",".join(sizes.corpus.intents))
    reader = ReaderConfig(model=model, learns=learns, compiled=compiled)
    _make_ears_together(root, fsdd, "ears", sizes.read.replace(reader=reader), workers)
    print(f"{root / 'ears' / 'model'} is {model} with new ears, which it has learnt to read")


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


def _teller(console: Console) -> Callable[[dict[str, Any]], None]:
    def tell(line: dict[str, Any]) -> None:
        console.print({name: round(value, 4) if isinstance(value, float) else value for name, value in line.items()})

    return tell
