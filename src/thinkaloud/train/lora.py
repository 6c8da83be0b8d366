"""LoRA: low-rank adapters in the backbone (through peft), trained alone or with other parts, and merged into plain weights.

Names before and after:   ...q_proj.weight   ->   ...q_proj.base_layer.weight, ...q_proj.lora_A.default.weight, lora_B
"""

from typing import Any

from torch import Tensor

from thinkaloud.model import SpeechLM
from thinkaloud.train.stage import Lora

PATTERN = "*.lora_[AB].default.weight"


def add_lora(model: SpeechLM, lora: Lora) -> None:
    """Puts adapters into the backbone's target layers; they begin as no change. ValueError if no layer has such a name."""
    try:
        from peft import LoraConfig, inject_adapter_in_model
    except ImportError as error:
        raise ValueError('LoRA needs peft: pip install "thinkaloud[train]"') from error
    model.backbone.whole()
    layers = {name.rpartition(".")[2] for name, module in model.backbone.lm.named_modules() if hasattr(module, "weight")}
    targets = [target for target in lora.targets if target in layers]
    if not targets:
        raise ValueError(f"the backbone has no layer {' or '.join(lora.targets)}; it has {', '.join(sorted(layers))}")
    settings = LoraConfig(r=lora.rank, lora_alpha=lora.alpha, lora_dropout=lora.dropout, target_modules=targets)  # type: ignore
    inject_adapter_in_model(settings, model.backbone.lm)


def merge_lora(model: SpeechLM) -> None:
    """Adds the adapters to the weights and puts plain layers back."""
    for parent in list(model.modules()):
        layer: Any
        for name, layer in list(parent.named_children()):
            if hasattr(layer, "lora_A") and hasattr(layer, "get_base_layer"):
                layer.merge()
                setattr(parent, name, layer.get_base_layer())
    model.backbone.lm.__dict__.pop("peft_config", None)  # else the next adapters warn that there are some already


def merged(model: SpeechLM, weights: dict[str, Tensor], lora: Lora) -> dict[str, Tensor]:
    """Weights by plain names, adapters added: what `merge_lora` would leave, without touching the model."""
    modules = dict(model.named_modules())
    plain = {}
    for name, weight in weights.items():
        if ".lora_" in name:
            continue
        stem, base, kind = name.rpartition(".base_layer.")
        if base and kind == "weight":
            down, up = (weights[f"{stem}.lora_{side}.default.weight"].float() for side in "AB")
            delta = up @ down * (lora.alpha / lora.rank)  # [out, in]
            weight = (weight.float() + (delta.T if getattr(modules[stem], "fan_in_fan_out", False) else delta)).to(weight.dtype)
        plain[f"{stem}.{kind}" if base else name] = weight
    return plain
