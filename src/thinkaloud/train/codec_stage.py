"""How a codec is trained: the stages, the batch, the weights of the losses.

stage "codec"    encoder, codebooks and decoder together, a random number of codebooks for some rows
stage "anneal"   encoder and codebooks frozen (codes no longer change), the decoder alone; optionally against critics
"""

from dataclasses import dataclass

from thinkaloud.configurable import Config


@dataclass(frozen=True, kw_only=True)
class CodecStage(Config):
    """One stage: what learns, how long and how fast. The rate falls linearly from `rate` to `last_rate` after a warm-up."""

    name: str = "codec"
    num_steps: int
    rate: float = 8e-4
    last_rate: float = 1e-4
    warmup_steps: int = 50
    frozen_codes: bool = False  # True: encoder and codebooks rest, the decoder learns
    said_share: float = 0.0  # of the rows: codes as a language model says them (frozen codes only), see data/said.py
    dropout_share: float = 0.4  # of the rows: a random number of codebooks; the others use the codec's num_codebooks
    adversarial_weight: float = 0.0
    matching_weight: float = 0.0
    critic_rate: float = 4e-4

    def __post_init__(self) -> None:
        if self.said_share and not self.frozen_codes:
            raise ValueError(f"stage {self.name!r}: said codes teach the decoder alone, so frozen_codes must be true")

    def rate_at(self, done: int) -> float:
        """The learning rate of the step after `done` steps of this stage."""
        fall = self.rate + (self.last_rate - self.rate) * done / max(1, self.num_steps)
        return fall * min(1.0, (done + 1) / max(1, self.warmup_steps))


@dataclass(frozen=True, kw_only=True)
class CodecTrainConfig(Config):
    """A whole codec training."""

    codec: Config
    stages: tuple[CodecStage, ...]
    batch: int = 12
    crop_frames: int = 24
    start_share: float = 0.5  # of the crops begin where a recording begins, as every utterance will
    whole_frames: bool = False  # the others begin whole frames later: for voices whose words begin on frames
    mel_weight: float = 1.0
    log_weight: float = 0.5
    convergence_weight: float = 0.5
    commitment_weight: float = 0.25
    pitch_weight: float = 1.0  # where the codec says a pitch
    distillation_weight: float = 0.0  # needs a teacher: a Listener
    adversarial_rows: int = 6  # rows of the batch that the critics see
    gradient_norm: float = 5.0
    bfloat16: bool = True  # autocast the linear layers; spectra and distances stay in float32
    log_every_steps: int = 20
    save_every_steps: int = 500
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.stages:
            raise ValueError("a codec training needs at least one stage, got none")
