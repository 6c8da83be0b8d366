"""ModelConfig: one speech language model as a composition of parts. Saved beside the weights, checked once when built."""

import enum
from dataclasses import dataclass

from thinkaloud.backbone import BackboneConfig
from thinkaloud.configurable import Config
from thinkaloud.layout.delayed import DelayedConfig
from thinkaloud.listen.adapter import AdapterConfig
from thinkaloud.listen.characters import CharacterHeadConfig
from thinkaloud.listen.question_lm import QuestionLMConfig
from thinkaloud.tokens import Role


class Mix(enum.StrEnum):
    """How the K rows' embeddings become one input: mean (Mini-Omni), sum (Moshi), or rms (sum / sqrt(K): keeps the scale)."""

    MEAN = "mean"
    SUM = "sum"
    RMS = "rms"


@dataclass(frozen=True, kw_only=True)
class ModelConfig(Config):
    """Everything needed to build a SpeechLM without weights."""

    name: str
    backbone: BackboneConfig
    layout: DelayedConfig
    head: Config
    listener: Config | None = None
    listener_dim: int = 0  # feature width; 0: the model does not listen
    ctc: CharacterHeadConfig | None = None  # of a listener that can spell: transcripts then agree with it (generate/joint.py)
    question_lm: QuestionLMConfig | None = None  # of what people ask: transcripts then agree with it as well
    adapter: AdapterConfig = AdapterConfig()
    codec: Config | None = None
    mix: Mix = Mix.MEAN
    tasks: tuple[str, ...] = ("a1a2", "a1t2", "asr", "t1a2", "t1t2")
    transcribes: bool = False  # it answers best what it has first written down; whoever decodes may choose otherwise

    def transcribing(self, wish: bool | None) -> bool:
        """Whether to write down first: as wished, or (None) as the model was made for."""
        return self.transcribes if wish is None else wish

    def __post_init__(self) -> None:
        streams = self.layout.streams
        if not streams or streams[0].role is not Role.TEXT:
            raise ValueError("a model's first stream must be its text stream")
        if any(stream.role is Role.TEXT for stream in streams[1:]):
            raise ValueError("a model has one text stream, the first")
        if self.listener is not None and self.listener_dim < 1:
            raise ValueError("a model with a listener needs listener_dim, the width of its features")
        if self.ctc is not None and self.ctc.dim != self.listener_dim:
            raise ValueError(f"the ctc head reads features of width {self.ctc.dim}, the listener gives {self.listener_dim}")
        if self.question_lm is not None and self.question_lm.num_ids != streams[0].num_ids:
            given = self.question_lm.num_ids
            raise ValueError(f"the question LM has {given} ids, the text stream {streams[0].num_ids}; train it for this model")
