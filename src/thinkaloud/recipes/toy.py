"""The four stages on the toy model: a whole training in a minute, on a laptop, from shards made with `--codec toy`."""

from thinkaloud.data.mixture import Part
from thinkaloud.data.sources import Shards
from thinkaloud.recipes.mini_omni import GROUPS
from thinkaloud.train.stage import Optimizer, Recipe, Schedule, Stage, Validation
from thinkaloud.train.start import FromModel


def recipe(*, speech: str = "data/toy", steps: int = 400, batch_size: int = 16, lr: float = 3e-3, seed: int = 0) -> Recipe:
    """The stages of Mini-Omni on the toy model; `steps` is the length of the last two stages."""
    shards = Shards(path=speech)
    hearing, reading = Part(data=shards, tasks={"asr": 1.0}), Part(data=shards, tasks={"t1t2": 1.0})
    voice = Part(data=shards, tasks={"a1a2": 3.0, "a1t2": 1.0, "t1a2": 1.0, "tts": 0.5}, weight=4.0)
    checks = Validation(data=(Part(data=shards, tasks={"a1a2": 1.0}),), every_steps=steps, num_samples=32)

    def stage(name: str, trains: tuple[str, ...], parts: tuple[Part, ...], length: int, rate: float, last: float) -> Stage:
        return Stage(
            name=name,
            trains=trains,
            data=parts,
            steps=length,
            batch_size=batch_size,
            schedule=Schedule(lr=rate, final_lr=last, warmup_steps=min(20, length // 5)),
            optimizer=Optimizer(betas=(0.9, 0.97), weight_decay=0.0),
            validation=checks if len(parts) != 2 else Validation(),
        )

    speaking = Part(data=shards, tasks={"tts": 1.0})
    return Recipe(
        name="toy",
        start=FromModel(source="toy"),
        groups=GROUPS,
        stages=(
            stage("align", ("asr_adapter", "tts_adapter"), (hearing, speaking), max(10, steps // 6), lr, lr / 10),
            stage("adapt", ("backbone",), (hearing, reading), max(10, steps // 6), lr, lr / 10),
            stage("finetune", ("everything",), (hearing, reading, voice), steps, lr, lr / 3),
            stage("final", ("everything",), (voice.replace(tasks={"a1a2": 1.0}),), steps, lr, lr / 100),
        ),
        seed=seed,
        save_every_steps=100,
    )
