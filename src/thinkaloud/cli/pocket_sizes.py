"""How much of the pocket model's making is done: the real thing, and minutes of it."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from thinkaloud.configurable import Config
from thinkaloud.data.pocket_corpus import PocketCorpusConfig
from thinkaloud.train.listener_batches import ListenerBatchConfig
from thinkaloud.train.listener_config import ListenerTrainConfig
from thinkaloud.train.question_lm import QuestionLMTrainConfig

NEW_BLOCKS: dict[str, Any] = {
    "rate": 3e-4,
    "frozen": tuple(f"listener.{part}.*" for part in ("blocks", "halve", "quarter", "enter")),
    "scales": {"listener.noncausal_blocks.*": 10.0},
}
"""How only non-causal blocks learn, and what spells and reads behind them: the rest moves too far before they are any good."""


@dataclass(frozen=True, kw_only=True)
class PocketSizes(Config):
    """How much is recorded and how long is trained. The default is the real thing: hours on two cores."""

    corpus: PocketCorpusConfig = PocketCorpusConfig()
    kept_answers: int = 60_000  # whose sound is kept, for codec, listener and tests; the others are kept as codes
    codec_steps: tuple[int, int] = (2000, 1000)
    said_steps: int = 1600
    listener: ListenerTrainConfig = ListenerTrainConfig()
    sharpened: ListenerTrainConfig = ListenerTrainConfig(  # it goes on; the clips of a step are shared by all processes
        num_steps=5000,  # 60 minutes of two cores; what comes after teaches the ears on
        warmup_steps=200,
        kept_share=0.0,
        batches=ListenerBatchConfig(clips=64, pool_batches=16),  # 32 in a process: more at once outgrow its caches
        seed=1,  # other clips than the training before it
        evaluate_steps=2500,
        save_steps=250,
    )
    read: ListenerTrainConfig = ListenerTrainConfig(  # by what a trained language model reads in it
        num_steps=4000,  # 110 minutes of two cores
        warmup_steps=100,
        rate=6e-4,
        kept_share=0.0,
        batches=ListenerBatchConfig(clips=32, pool_batches=8),
        seed=2,
        evaluate_steps=1000,
        save_steps=100,
    )
    question_lm: QuestionLMTrainConfig = QuestionLMTrainConfig()
    training: dict[str, int] = field(default_factory=dict)  # what `thinkaloud train pocket` is told besides

    @property
    def steady(self) -> bool:
        """Whether the answers' words begin on frames of the codec."""
        return self.corpus.answer_voice.startswith("steady:")

    def settings(self, root: Path) -> dict[str, str]:
        """What the pocket recipe is told (`--set`) of a folder that was prepared in these sizes."""
        some = {"root": str(root)}
        if self.corpus.intents:
            some["intents"] = ",".join(self.corpus.intents)
        if not self.steady:
            some["timed_text"] = "false"
        return some | {name: str(value) for name, value in self.training.items()}


SMALL = PocketSizes(
    corpus=PocketCorpusConfig(
        num_questions=900,
        num_answers=700,
        num_festival=20,
        num_pico=20,
        num_digits=100,
        num_alone=0,  # they have the words of the whole domain
        num_people=200,
        num_nonspeech=96,
        accent_share=0.0,  # there is no time for them
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
    question_lm=QuestionLMTrainConfig(dim=64, num_blocks=2, num_steps=300, warmup_steps=20),
    training={"speak_steps": 400, "converse_steps": 300, "batch_size": 24},
)
"""Minutes: small talk, colours and digit strings, hardly heard and hardly spoken. It shows that every part works."""
