"""Mini-Omni's training, as the paper and its authors describe it (arXiv 2408.16725, section 3.3; repository issues 61-128).

    align      modality alignment: only the ASR adapter and the TTS adapter; backbone frozen; ASR and TTS
    adapt      adaptation: adapters frozen, the language model is trained; text out; ASR and text QA about 1 : 1
    finetune   everything; speech out as well
    final      annealing on voice QA, at 5e-5

The TTS adapter's part is its blocks, its head and the speech rows' embeddings: a new voice has none of them yet.
Paper sizes: 8 GPUs, batch 192, 10-20 k + 20-30 k + 50-60 k steps; `scale` shrinks them all.
"""

from thinkaloud.codecs.snac import SnacConfig
from thinkaloud.config import Mix
from thinkaloud.configurable import Config
from thinkaloud.data.mixture import Part
from thinkaloud.data.sources import PresetData, Shards
from thinkaloud.heads.parallel import ParallelHeadConfig
from thinkaloud.listen.whisper import WhisperListenerConfig
from thinkaloud.train.stage import Anchor, Lora, Recipe, Schedule, Stage, Validation
from thinkaloud.train.start import FromModel, FromTextModel

GROUPS = {
    "asr_adapter": ("adapter.*",),
    "tts_adapter": ("head.*", "rows.weight"),
    "backbone": ("backbone.*",),
    "everything": ("adapter.*", "head.*", "rows.weight", "backbone.*"),
}


def recipe(
    *,
    backbone: str = "Qwen/Qwen2-0.5B",
    model: str = "",
    speech: str = "data/speech",
    asr: str = "",
    asr_preset: str = "libritts",
    text: str = "",
    text_preset: str = "open_orca",
    validation: str = "",
    whisper: str = "openai/whisper-small",
    snac: str = "hubertsiuzdak/snac_24khz",
    adapter_blocks: int = 6,
    mix: str = "sum",
    scale: float = 1.0,
    batch_size: int = 192,
    micro_batch_size: int = 8,
    precision: str = "bf16",
    anchor: float = 0.0,
    lora_rank: int = 0,
    seed: int = 0,
) -> Recipe:
    """Give any text model (`backbone`) ears and a voice, or go on with a speech model (`model`).

    `speech`: shards of voice QA (`thinkaloud prepare`, or VoiceAssistant-400K). `asr` and `text`: paths of the sets that the
    presets name; without them the speech shards serve those tasks too.
    """
    shards: Config = Shards(path=speech)
    hear: Config = PresetData(preset=asr_preset, path=asr) if asr else shards
    read: Config = PresetData(preset=text_preset, path=text) if text else shards
    hearing, reading = Part(data=hear, tasks={"asr": 1.0}), Part(data=read, tasks={"t1t2": 1.0})
    voice = Part(data=shards, tasks={"a1a2": 2.0, "a1t2": 1.0, "t1a2": 1.0})
    checks = Validation(data=(Part(data=Shards(path=validation or speech), tasks={"a1a2": 1.0}),))
    lora = Lora(rank=lora_rank, alpha=2.0 * lora_rank) if lora_rank else None

    def stage(name: str, trains: tuple[str, ...], parts: tuple[Part, ...], steps: int, lr: float, check: bool = False) -> Stage:
        steps = max(2, round(steps * scale))
        adapts = lora if "backbone" in trains or "everything" in trains else None
        return Stage(
            name=name,
            trains=_with_lora(trains) if adapts else trains,
            data=parts,
            steps=steps,
            batch_size=batch_size,
            micro_batch_size=micro_batch_size,
            schedule=Schedule(lr=lr, final_lr=4e-6, warmup_steps=min(1000, steps // 10)),
            precision=precision,
            gradient_checkpointing=True,
            lora=adapts,
            anchor=Anchor(weight=anchor if "tts_adapter" not in trains else 0.0),
            validation=checks.replace(every_steps=max(1, steps // 10)) if check else Validation(),
        )

    speaking = Part(data=shards, tasks={"tts": 1.0})
    return Recipe(
        name="mini_omni",
        start=FromModel(source=model) if model else FromTextModel(
            backbone=backbone,
            codec=SnacConfig(source=snac),
            listener=WhisperListenerConfig(source=whisper),
            head=ParallelHeadConfig(adapter_blocks=adapter_blocks),
            mix=Mix(mix),
            seed=seed,
        ),
        groups=GROUPS,
        stages=(
            stage("align", ("asr_adapter", "tts_adapter"), (hearing, speaking), 15_000, 4e-4),
            stage("adapt", ("backbone",), (hearing, reading), 25_000, 4e-4),
            stage("finetune", ("everything",), (hearing, reading, voice.replace(weight=2.0)), 55_000, 4e-4, check=True),
            stage("final", ("everything",), (voice,), 10_000, 5e-5, check=True),
        ),
        seed=seed,
    )  # fmt: skip


def _with_lora(trains: tuple[str, ...]) -> tuple[str, ...]:
    """With LoRA the backbone's own weights rest and its adapters are trained."""
    if "everything" in trains:
        return ("lora", "asr_adapter", "tts_adapter")
    return tuple("lora" if name == "backbone" else name for name in trains)
