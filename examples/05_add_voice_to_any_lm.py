"""Give any Hugging Face text model ears and a voice: python examples/05_add_voice_to_any_lm.py [BACKBONE]

BACKBONE is a hub id or a folder. Without one, a tiny random Qwen2 is made, so that this runs anywhere. The listener and the
codec are the toy's; `thinkaloud train mini_omni --set backbone=BACKBONE` takes Whisper and SNAC and trains in four stages.
"""

import sys
import tempfile

import torch
from transformers import AutoConfig, AutoModelForCausalLM

from thinkaloud import Session, toy
from thinkaloud.heads.parallel import ParallelHeadConfig
from thinkaloud.train.start import FromTextModel

torch.manual_seed(0)
if len(sys.argv) > 1:
    backbone = sys.argv[1]
else:
    backbone = tempfile.mkdtemp()
    sizes = {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 1}
    config = AutoConfig.for_model("qwen2", vocab_size=60, intermediate_size=128, **sizes)
    AutoModelForCausalLM.from_config(config).save_pretrained(backbone)
    toy.tokenizer().save(backbone)

bare = AutoModelForCausalLM.from_pretrained(backbone, dtype=torch.float32).eval()
start = FromTextModel(
    backbone=backbone,
    codec=toy.ToyCodecConfig(),
    listener=toy.ToyListenerConfig(),
    head=ParallelHeadConfig(adapter_blocks=1),
)
model = start.build()
print("streams:", ", ".join(f"{stream.name} ({stream.num_ids} ids)" for stream in model.streams))

# The text model is untouched: with silent speech rows its logits are those of the bare model.
ids = torch.tensor([model.tokenizer.encode("tell me a story")])  # [1, S]
rows = torch.tensor([stream.pad for stream in model.streams])[None, :, None].repeat(1, 1, ids.shape[1])  # [1, K, S]
rows[:, 0] = ids
with torch.no_grad():
    difference = (model.logits(rows)[0][..., : bare.config.vocab_size] - bare(input_ids=ids).logits).abs().max()
print(f"largest difference of the text logits: {difference:.1e}")

# It hears and talks from now on; until it is trained, nonsense.
session = Session(model)
question = toy.ToyVoice().speak("hello")
session.push(question.samples, question.sample_rate)
session.commit()
events = session.step()
session.cancel()
print("first events:", [type(event).__name__ for event in events + session.step()])
