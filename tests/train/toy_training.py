"""A tiny corpus and recipe that several training tests share."""

import json
from pathlib import Path

import torch

from thinkaloud.data.mixture import Part
from thinkaloud.data.parquet import ReadRules, write_parquet
from thinkaloud.data.samples import Exchange, Sample, Utterance
from thinkaloud.data.sources import Shards
from thinkaloud.recipes.mini_omni import GROUPS
from thinkaloud.toy import ToyCodec, ToyVoice
from thinkaloud.train.stage import Recipe, Schedule, Stage
from thinkaloud.train.start import FromModel

RULES = {"num_codebooks": 3, "codebook_size": 16, "frame_rate_hz": 25.0, "min_chars_per_s": 0, "max_chars_per_s": 0}
TIMES = ("samples_per_s", "steps_per_s", "seconds_left")


def samples(count: int = 12) -> list[Sample]:
    voice, codec = ToyVoice(), ToyCodec()
    found = []
    for n in range(count):
        question, answer = f"what is {n}", f"{n} it is" + " yes" * (n % 3)
        codes = codec.encode(voice.speak(answer).samples[None])[0].int().numpy()
        past = Exchange(question=Utterance(text="hi", audio=voice.speak("hi")), answer=Utterance(text="ho"))
        found.append(
            Sample(
                key=f"toy/{n}",
                question=Utterance(text=question, audio=voice.speak(question)),
                answer=Utterance(text=answer, codes=codes),
                history=(past,) if n % 4 == 3 else (),
            )
        )
    return found


def shards(folder: Path, count: int = 12) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    write_parquet(folder / "shard.parquet", samples(count), {"rules": json.dumps(vars(ReadRules(**RULES)))})
    return str(folder)


def recipe(speech: str, steps: int = 4, **changes) -> Recipe:
    """The four stages; `changes` go into every stage."""
    data = Shards(path=speech)
    hear, read, tts = (Part(data=data, tasks={task: 1.0}) for task in ("asr", "t1t2", "tts"))
    voice = Part(data=data, tasks={"a1a2": 2.0, "a1t2": 1.0, "t1a2": 1.0})
    stages = (
        ("align", ("asr_adapter", "tts_adapter"), (hear, tts)),
        ("adapt", ("backbone",), (hear, read)),
        ("finetune", ("everything",), (hear, read, voice)),
        ("final", ("everything",), (voice,)),
    )
    given = {"steps": steps, "batch_size": 4, "pool_steps": 2, "schedule": Schedule(lr=1e-2, warmup_steps=1), **changes}
    return Recipe(
        name="test",
        start=FromModel(source="toy"),
        groups=GROUPS,
        stages=tuple(Stage(name=name, trains=trains, data=parts, **given) for name, trains, parts in stages),
        log_every_steps=1,
        save_every_steps=2,
    )


def losses(run: Path) -> list[dict]:
    """The log without what depends on the clock."""
    lines = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    return [{k: v for k, v in line.items() if k not in TIMES} for line in lines]


def weights(model) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in model.state_dict().items()}
