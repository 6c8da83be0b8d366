"""How a listener is taught: its parts, the batches, the schedule and the losses."""

from dataclasses import dataclass, field

from thinkaloud.configurable import Config
from thinkaloud.listen.characters import CharacterHeadConfig
from thinkaloud.listen.pocket import PocketListenerConfig
from thinkaloud.train.disturb import Disturbance
from thinkaloud.train.listener_batches import ListenerBatchConfig
from thinkaloud.train.reader import ReaderConfig


@dataclass(frozen=True, kw_only=True)
class ListenerTrainConfig(Config):
    """One run: the parts, the schedule and the losses. The learning rate rises, then falls in a line to zero."""

    listener: PocketListenerConfig = field(default_factory=PocketListenerConfig)
    head: CharacterHeadConfig = field(default_factory=CharacterHeadConfig)
    batches: ListenerBatchConfig = field(default_factory=ListenerBatchConfig)
    disturb: Disturbance = field(default_factory=Disturbance)
    num_steps: int = 24000  # about 160 minutes of one core
    warmup_steps: int = 300
    rate: float = 1.5e-3
    scales: dict[str, float] = field(default_factory=dict)  # of the rate, by pattern: {"listener.noncausal_blocks.*": 6}
    frozen: tuple[str, ...] = ()  # patterns of what stays as it is: ("listener.blocks.*", "listener.halve.*", ...)
    weight_decay: float = 0.01
    muon: bool = True
    middle_weight: float = 0.3
    quiet_weight: float = 0.1  # of saying blank before speech begins
    reader: ReaderConfig | None = None  # a language model that reads along
    bf16: bool = True
    source: str = ""  # whose listener and letters it begins with: a packaged model, the folder of a model or of a listener
    kept_share: float = 0.25  # of the source's weights in what is delivered: less of what it knew is lost
    device: str = "cpu"
    data_workers: int = 0  # processes that make batches ahead of time; 0: the training process
    seed: int = 0  # of all that is drawn: with the same one a further run hears the same clips disturbed in the same ways
    log_steps: int = 50
    save_steps: int = 500
    evaluate_steps: int = 1000

    def __post_init__(self) -> None:
        if self.listener.dim != self.head.dim:
            raise ValueError(f"the head is for width {self.head.dim}, the listener gives {self.listener.dim}; make them equal")
        if not 0 <= self.kept_share <= 1:
            raise ValueError(f"kept_share is a share of the weights, from 0 to 1; got {self.kept_share}")
