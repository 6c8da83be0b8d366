"""`thinkaloud prepare pocket`: what the pocket model learns from, and the model itself. Run again to resume.

Everything that its recipe reads is made, and with --whole the model too. A language model that was trained on it gives its
voice and its ears the last touch, and what people ask:

    --said-by RUN/model   ROOT/said holds its codes of the answers; on these the codec's decoder learns what to make of them
    --read-by RUN/model   ROOT/ears: listener and adapter learn on, by what the model makes of what is heard; it learns from
                          that as well, and practises writing and speaking; ROOT/ears/model is what has come of it. To go on
                          from that, move ROOT/ears away and give another --seed: with the same one it would hear and
                          practise the same once more. --kept-share .5 then delivers the mean of before and after
    ... --noncausal-blocks 4    so many blocks of the listener think each turn over at its end; only they learn, and what
                          spells and reads behind them; the language model stays as it is
    --question-lm RUN/model    ROOT/question-lm: a small language model of what people ask, by which transcripts are judged;
                          it learns from writing alone, so nothing need be prepared. ROOT/question-lm/model is the model with it
"""

from pathlib import Path
from typing import Annotated

import typer

from thinkaloud.cli.pocket_parts import prepare_pocket, tune_decoder, tune_ears
from thinkaloud.cli.pocket_question_lm import add_question_lm
from thinkaloud.cli.pocket_sizes import SMALL, PocketSizes
from thinkaloud.cli.pocket_whole import make_pocket
from thinkaloud.cli.prepare import listed


def command(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for all of it. Run again to resume.")],
    whole: Annotated[bool, typer.Option("--whole", help="Train and pack the model as well; all of it, from nothing.")] = False,
    said_by: Annotated[str, typer.Option(help="Tune the codec's decoder to the codes this model says.")] = "",
    read_by: Annotated[str, typer.Option(help="Teach the listener on, by what this model reads in it.")] = "",
    question_lm: Annotated[str, typer.Option(help="Teach what people ask, in writing, for this model.")] = "",
    fsdd: Annotated[str, typer.Option(help="A folder of FSDD, digits read by people.")] = "",
    readings: Annotated[
        str, typer.Option(help="Manifests of people's recordings and their words, with commas: more people.")
    ] = "",
    answer_voice: Annotated[str, typer.Option(help="The one voice that answers; default: a steady one.")] = "",
    workers: Annotated[int, typer.Option(help="Processes that work side by side.", min=0)] = 2,
    compiled: Annotated[
        bool,
        typer.Option(
            "--compiled",
            help="With --whole, --read-by: the language model by torch.compile, in half the time; needs a C++ compiler.",
        ),
    ] = False,
    seed: Annotated[int, typer.Option(help="With --read-by: draws what is heard and practised.")] = 0,
    kept_share: Annotated[
        float, typer.Option(help="With --read-by: this share of that model's weights, the rest of what has been learnt.")
    ] = 0.0,
    noncausal_blocks: Annotated[
        int,
        typer.Option(
            help="With --read-by: teach only so many blocks that think a turn over; new ones if there are none.", min=0
        ),
    ] = 0,
    small: Annotated[bool, typer.Option("--small", help="A few intents, minutes instead of hours.")] = False,
) -> None:
    """Make what the pocket model learns from: questions and answers, its codec, its listener; or the whole model.

    Killed at any point and run again, it goes on where it was.
    Examples: thinkaloud prepare pocket --out runs/pocket (hours on two cores), then thinkaloud train pocket;
    thinkaloud prepare pocket --out runs/pocket --whole --compiled (all of it, in runs/pocket/model at the end);
    thinkaloud prepare pocket --out runs/pocket --read-by runs/pocket/lm/model
    """
    _check(whole, said_by, read_by, question_lm, compiled, bool(seed or kept_share or noncausal_blocks))
    sizes, people = SMALL if small else PocketSizes(), listed(readings)
    if answer_voice:
        sizes = sizes.replace(corpus=sizes.corpus.replace(answer_voice=answer_voice))
    if whole:
        make_pocket(out, fsdd, people, compiled=compiled, workers=workers, sizes=sizes)
    elif question_lm:
        made = add_question_lm(out / "question-lm", question_lm, sizes.question_lm, sizes.corpus.intents)
        print(f"{made} is {question_lm}, which knows what people ask")
    elif said_by:
        tune_decoder(out, said_by, sizes)
        print(f"the decoder in {out / 'codec'} knows the codes of {said_by}; its encoder and codebooks are as they were")
    elif read_by:
        config = sizes.read.replace(seed=sizes.read.seed + seed, kept_share=kept_share)
        given = (out / "ears", read_by, out, fsdd, people, config)
        more = {"noncausal_blocks": noncausal_blocks, "compiled": compiled, "workers": workers}
        tune_ears(*given, intents=sizes.corpus.intents, **more)
        print(f"{out / 'ears' / 'model'} is {read_by} with new ears, which it has learnt to read")
    else:
        prepare_pocket(out, fsdd, people, workers=workers, sizes=sizes)
        told = "".join(f" --set {name}={value}" for name, value in sizes.settings(out).items())
        print(f"prepared in {out}; next: thinkaloud train pocket{told} --out {out}/lm")


def _check(whole: bool, said_by: str, read_by: str, question_lm: str, compiled: bool, other_draws: bool) -> None:
    if whole + bool(said_by) + bool(read_by) + bool(question_lm) > 1:
        raise ValueError("--whole, --said-by, --read-by and --question-lm are four things to do; give one of them")
    if other_draws and not read_by:
        raise ValueError(
            "--seed, --kept-share and --noncausal-blocks change what --read-by MODEL does; without that leave them out"
        )
    if compiled and not (read_by or whole):
        raise ValueError("--compiled is for --whole and --read-by MODEL, which train a language model; leave it out")
