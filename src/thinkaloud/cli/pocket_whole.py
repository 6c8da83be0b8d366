"""`thinkaloud prepare pocket --whole`: the pocket model, from nothing to a package, in one command. Run again to resume.

    corpus -> codec -> codes -> speak ---+-> listener -> heard -> converse -> codec, again -> ears-0 -> ears --+-> ROOT/model
           -> listener-alone ------------+                    what people ask, in writing -> question LM ------+

What `prepare pocket`, `train pocket`, `prepare pocket --said-by`, twice `--read-by` and `--question-lm` do, each where the run
before it stopped; ROOT/done names what is finished and is not begun again.
"""

import functools
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from safetensors.torch import load_file

from thinkaloud import recipes
from thinkaloud.cli.models import best_device
from thinkaloud.cli.pocket_parts import prepare_pocket, tune_decoder, tune_ears
from thinkaloud.cli.pocket_question_lm import teach_question_lm, with_question_lm
from thinkaloud.cli.pocket_sizes import PocketSizes
from thinkaloud.cli.train import learn
from thinkaloud.data.encoded import fingerprint
from thinkaloud.model import SpeechLM, load_strict
from thinkaloud.train.ears import load_listener
from thinkaloud.train.question_lm import load_question_lm


def make_pocket(
    root: Path,
    fsdd: str = "",
    readings: Sequence[str] = (),
    *,
    compiled: bool = False,
    workers: int = 2,
    sizes: PocketSizes,
) -> None:
    """Everything in `root`, the packed model in `root/model`. `compiled`: the language model by torch.compile."""
    made = recipes.load("pocket", sizes.settings(root) | {"compiled": str(compiled)})
    made = made if best_device() == "cpu" else made.replace(data_workers=max(1, workers - 1))
    train = functools.partial(learn, made, root / "lm", resume=True)
    once = functools.partial(_once, root / "done")
    speak = functools.partial(train, stage="speak")
    once("prepared", functools.partial(prepare_pocket, root, fsdd, readings, workers=workers, sizes=sizes, then=speak))
    once("trained", train)
    once("said", functools.partial(tune_decoder, root, str(root / "lm" / "model"), sizes))
    model, again = root / "lm" / "model", sizes.read.replace(seed=sizes.read.seed + 1, kept_share=0.5)
    for name, config in (("ears-0", sizes.read), ("ears", again)):
        given = (root / name, str(model), root, fsdd, (), config)  # the corpus has the readings already
        once(name, functools.partial(tune_ears, *given, intents=sizes.corpus.intents, compiled=compiled, workers=workers))
        model = root / name / "model"
    asked = root / "question-lm"
    once("asked", functools.partial(teach_question_lm, asked, str(model), sizes.question_lm, sizes.corpus.intents))
    size_mb = pack(model, root / "codec", root / "ears", root / "model", question_lm=asked)
    print(f"the model is in {root / 'model'}, {size_mb:.1f} MB; hear it: thinkaloud talk QUESTION.wav --model {root / 'model'}")


def _once(folder: Path, name: str, work: Callable[[], object]) -> None:
    if not (folder / name).exists():
        work()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def pack(model: Path, codec: Path, listener: Path, out: Path, storage: str = "int8", question_lm: Path | None = None) -> float:
    """Writes the model into `out` with the newest codec, listener and question LM (None: its own), and gives its size in MB.

    The codec may have learnt to decode better since the model was taught, but its codes must be the same (ValueError if they
    are not); the listener must be the one that heard the questions, or that learnt on with the model.
    """
    made = SpeechLM.load(model, parts=("codec", "question_lm"))
    taught = fingerprint(made.need("codec"))
    load_strict(made.need("codec"), load_file(codec / "codec.safetensors"))
    if (now := fingerprint(made.need("codec"))) != taught:
        raise ValueError(f"{codec} makes other codes ({now}) than those the model was taught ({taught})")
    made.listener, made.ctc = load_listener(listener)
    made.config = made.config.replace(ctc=made.ctc.config)
    if question_lm is not None:
        with_question_lm(made, load_question_lm(question_lm))
    shutil.rmtree(out, ignore_errors=True)
    made.save(out, storage=storage)
    return sum(file.stat().st_size for file in out.iterdir()) / 1e6
