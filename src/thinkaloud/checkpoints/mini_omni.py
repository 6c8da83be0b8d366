"""The published Mini-Omni layout: lit_model.pth, model_config.yaml and tokenizer files in one folder.

It is litgpt's layout with one id space for all streams: text ids first, then seven ranges of audio ids. We split the two
big tables into text and audio rows, and the fused attention weights, which litgpt interleaves per query group:

    [q..q k v] group 0, [q..q k v] group 1, ...   ->   q_proj, k_proj, v_proj

Must agree with the published `litgpt/model.py` and `inference.py`; sizes come from the yaml, none is wired in.
"""

import pathlib
import pickle
from typing import Any

import torch
import yaml
from torch import Tensor

from thinkaloud.backbone import BackboneConfig
from thinkaloud.checkpoints import Checkpoint
from thinkaloud.codecs.snac import SnacConfig
from thinkaloud.config import ModelConfig
from thinkaloud.heads.parallel import ParallelHeadConfig
from thinkaloud.layout.delayed import DelayedConfig
from thinkaloud.listen.adapter import AdapterConfig, AdapterKind
from thinkaloud.listen.whisper import WhisperListenerConfig
from thinkaloud.tokens import Role, Stream

WEIGHTS = "lit_model.pth"
_CONFIG = "model_config.yaml"
_WHISPER = "openai/whisper-small"
_SNAC = "hubertsiuzdak/snac_24khz"
_SLOTS = 64  # special ids per stream; the first few are named
_TEXT_SPECIALS = ("end", "pad", "input", "answer", "asr", "tts")  # the sixth slot is free in the published model; we name it
_AUDIO_SPECIALS = ("end", "pad", "input", "answer", "split")
_NUM_AUDIO_ROWS = 7
_ADAPTERS = {"llamamlp": AdapterKind.SWIGLU, "mlp": AdapterKind.LINEAR}
_REQUIRED = {  # what this reader implements; a file that says otherwise is refused
    "norm_class_name": "RMSNorm",
    "mlp_class_name": "LLaMAMLP",
    "parallel_residual": False,
    "shared_attention_norm": False,
    "bias": False,
    "lm_head_bias": False,
    "scale_embeddings": False,
    "rotary_percentage": 1.0,
    "rope_condense_ratio": 1,
}


def read(folder: pathlib.Path) -> Checkpoint:
    """The checkpoint in a folder of the published layout."""
    values = _read_yaml(folder / _CONFIG)
    config = model_config(values)
    weights = convert(_read_pickle(folder / WEIGHTS), values)
    tokenizer = folder if (folder / "tokenizer.json").is_file() else None
    return Checkpoint(config=config, weights=weights, tokenizer_folder=tokenizer)


def streams(text_vocab_size: int, audio_vocab_size: int) -> tuple[Stream, ...]:
    """The published streams: text at delay 0, audio layer j (from 0) at delay j + 1 (Mini-Omni, section 3.1)."""
    text = Stream(name="text", role=Role.TEXT, size=text_vocab_size - _SLOTS, num_ids=text_vocab_size, specials=_TEXT_SPECIALS)
    audio = [
        Stream(
            name=f"audio{j}",
            role=Role.SAY,
            size=audio_vocab_size - _SLOTS,
            num_ids=audio_vocab_size,
            specials=_AUDIO_SPECIALS,
            delay_steps=j + 1,
        )
        for j in range(_NUM_AUDIO_ROWS)
    ]
    return (text, *audio)


def model_config(values: dict[str, Any]) -> ModelConfig:
    """The ModelConfig that a model_config.yaml describes; ValueError for what this reader does not implement."""
    wrong = [f"{k}: {values[k]!r} (expected {want!r})" for k, want in _REQUIRED.items() if values.get(k, want) != want]
    if values.get("asr_adapter", "llamamlp") not in _ADAPTERS:
        wrong.append(f"asr_adapter: {values['asr_adapter']!r} (expected one of {', '.join(_ADAPTERS)})")
    if wrong:
        raise ValueError(f"{_CONFIG} describes a model this reader does not know: {'; '.join(wrong)}")
    return ModelConfig(
        name=str(values.get("name", "mini-omni")),
        listener=WhisperListenerConfig(source=_WHISPER),
        listener_dim=values["whisper_adapter_dim"],
        adapter=AdapterConfig(kind=_ADAPTERS[values.get("asr_adapter", "llamamlp")], hidden_dim=values["intermediate_size"]),
        backbone=BackboneConfig(values=_backbone(values)),
        layout=DelayedConfig(streams=streams(values["text_vocab_size"], values["audio_vocab_size"])),
        head=ParallelHeadConfig(
            adapter_blocks=values.get("post_adapter_layers", 6) if values.get("post_adapter") else 0,
            tied=bool(values.get("tie_word_embeddings")) and not values.get("post_adapter"),
        ),
        codec=SnacConfig(source=_SNAC),
    )


def _backbone(values: dict[str, Any]) -> dict[str, Any]:
    """The Qwen2 (query/key/value biases) or Llama (no biases) configuration of the same blocks."""
    common = {
        "vocab_size": values["text_vocab_size"],
        "hidden_size": values["n_embd"],
        "intermediate_size": values["intermediate_size"],
        "num_hidden_layers": values["n_layer"],
        "num_attention_heads": values["n_head"],
        "num_key_value_heads": values.get("n_query_groups") or values["n_head"],
        "head_dim": values.get("head_size") or values["n_embd"] // values["n_head"],
        "max_position_embeddings": values["block_size"],
        "rms_norm_eps": values.get("norm_eps", 1e-5),
        "rope_parameters": {"rope_type": "default", "rope_theta": float(values.get("rope_base", 10000))},
        "tie_word_embeddings": bool(values.get("tie_word_embeddings")),
        "pad_token_id": None,
        "bos_token_id": None,
        "eos_token_id": None,
    }
    return {"model_type": "qwen2" if values.get("add_qkv_bias") else "llama", **common}


def convert(pth: dict[str, Tensor], values: dict[str, Any]) -> dict[str, Tensor]:
    """Published names and tables as ours. Unknown tensors keep their names: strict loading lists them."""
    left = dict(pth)
    tables = _split_tables(left, values)
    renamed = {_rename(name): weight for name, weight in left.items()}
    out = dict(tables)
    for name, weight in renamed.items():
        head, found, kind = name.rpartition("attn.attn.")
        if not found:
            out[name] = weight
            continue
        for part, piece in zip("qkv", _split_qkv(weight, values), strict=True):
            out[f"{head}self_attn.{part}_proj.{kind}"] = piece
    return out


def _split_tables(left: dict[str, Tensor], values: dict[str, Any]) -> dict[str, Tensor]:
    """Takes the two big tables out of `left` and splits them; a tied file whose tables differ is refused."""
    wte, lm_head = left.pop("transformer.wte.weight", None), left.pop("lm_head.weight", None)
    tied, num_text = bool(values.get("tie_word_embeddings")), values["text_vocab_size"]
    if tied and wte is not None and lm_head is not None and not torch.equal(wte, lm_head):
        raise ValueError("the config says tie_word_embeddings, but transformer.wte.weight and lm_head.weight differ")
    if tied:
        wte = wte if wte is not None else lm_head
        lm_head = None if not values.get("post_adapter") else wte
    out = {}
    if wte is not None:
        out |= {"backbone.lm.model.embed_tokens.weight": wte[:num_text], "rows.weight": wte[num_text:]}
    if lm_head is not None:
        if not tied:
            out["backbone.lm.lm_head.weight"] = lm_head[:num_text]
        if not values.get("post_adapter"):
            out["head.proj.weight"] = lm_head[num_text:]
    return out


def _split_qkv(fused: Tensor, values: dict[str, Any]) -> list[Tensor]:
    """q, k, v of a weight or bias interleaved per query group."""
    groups = values.get("n_query_groups") or values["n_head"]
    size = values.get("head_size") or values["n_embd"] // values["n_head"]
    per_group = values["n_head"] // groups
    if fused.shape[0] != groups * (per_group + 2) * size:
        raise ValueError(
            f"fused attention has {fused.shape[0]} rows, expected {groups} groups of ({per_group} + 2) heads of {size}"
        )
    split = fused.reshape(groups, per_group + 2, size, *fused.shape[1:]).split([per_group, 1, 1], dim=1)
    return [piece.reshape(-1, *fused.shape[1:]) for piece in split]


_PREFIXES = {
    "whisper_adapter.": "adapter.net.",
    "transformer.ln_f.": "backbone.norm.",
    "transformer.h.": "backbone.lm.model.layers.",
    "transformer.post_adapter_audio_ln.": "head.adapter.norm.",
    "transformer.post_adapter_audio_lm_head.": "head.proj.",
    "transformer.post_adapter.": "head.adapter.layers.",
}
_PARTS = {
    ".norm_1.": ".input_layernorm.",
    ".norm_2.": ".post_attention_layernorm.",
    ".attn.proj.": ".self_attn.o_proj.",
    ".mlp.fc_1.": ".mlp.gate_proj.",
    ".mlp.fc_2.": ".mlp.up_proj.",
    ".mlp.proj.": ".mlp.down_proj.",
}


def _rename(name: str) -> str:
    for old, new in _PREFIXES.items():
        if name.startswith(old):
            name = new + name.removeprefix(old)
            break
    for old, new in _PARTS.items():
        name = name.replace(old, new)
    return name


def _read_yaml(path: pathlib.Path) -> dict[str, Any]:
    if not path.is_file():
        raise ValueError(f"{path.parent} has a {WEIGHTS} but no {_CONFIG}")
    values = yaml.safe_load(path.read_text())
    needed = {
        "n_layer",
        "n_head",
        "n_embd",
        "intermediate_size",
        "block_size",
        "text_vocab_size",
        "audio_vocab_size",
        "whisper_adapter_dim",
    }
    missing = needed - set(values if isinstance(values, dict) else ())
    if missing:
        raise ValueError(f"{path} lacks {', '.join(sorted(missing))}")
    return values


def _read_pickle(path: pathlib.Path) -> dict[str, Tensor]:
    try:
        found = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    except pickle.UnpicklingError as error:
        raise ValueError(f"{path} holds more than weights and is refused: {str(error).splitlines()[0]}") from error
    except (RuntimeError, EOFError, OSError, ValueError) as error:
        raise ValueError(f"{path} is damaged ({str(error).splitlines()[0]}); copy or download it again") from error
    found = found.get("model", found) if isinstance(found, dict) else found
    if not isinstance(found, dict) or not all(isinstance(value, Tensor) for value in found.values()):
        raise ValueError(f"{path} is not a dictionary of tensors")
    return found
