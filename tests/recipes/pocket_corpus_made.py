"""A tiny pocket corpus, codec and listener, made in a second: everything the recipe reads."""

import json
import random
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

from thinkaloud.audio import Audio
from thinkaloud.codecs.pocket import PocketCodecConfig
from thinkaloud.data import domain
from thinkaloud.data.encoded import encode_recordings
from thinkaloud.data.pocket_prepare import hear_corpus
from thinkaloud.data.recordings import Recordings, record
from thinkaloud.data.resynthesis import resynthesize
from thinkaloud.data.voices import Timed
from thinkaloud.listen.characters import CharacterHeadConfig
from thinkaloud.listen.pocket import PocketListenerConfig

INTENTS = ("greeting", "digits", "remember_name")


def speak(row: dict) -> Timed:
    """A sound that is longer for longer texts; a word is said every two frames."""
    rng, num_words = np.random.default_rng(len(row["text"])), len(row["text"].split())
    num_samples = max(3000 + 200 * len(row["text"]), 2560 * num_words)
    audio = Audio(torch.from_numpy(rng.standard_normal(num_samples, dtype=np.float32) * 0.1), 16000)
    return Timed(audio=audio, starts=tuple(range(0, 2 * num_words, 2)))


def make(root: Path) -> None:
    """corpus, codes, codec, listener and heard under `root`."""
    rng = random.Random(1)
    questions, answers, dialogues = [], {}, []
    for number in range(36):
        split = "test" if number % 3 == 0 else "train"
        made = domain.generate(rng, INTENTS[number // 12])
        ids = [f"q{number:05}-{turn}" for turn in range(len(made.turns))]
        common = {"intent": made.intent, "split": split, "dialogue": number, "voice": "none"}
        questions += [{"id": i, "text": turn.question, **common} for i, turn in zip(ids, made.turns, strict=True)]
        turns = [{"question": turn.question, "answer": turn.answer} for turn in made.turns]
        for turn in made.turns:
            answers.setdefault(turn.answer, {"intent": made.intent, "split": split, "voice": "none"})
        dialogues.append({"id": number, "intent": made.intent, "split": split, "open": True, "turns": turns, "questions": ids})
    sets = {
        "questions": questions,
        "answers": [{"id": f"a{n:05}", "text": text, **row} for n, (text, row) in enumerate(answers.items())],
        "people": [
            {"id": f"p{n:05}", "text": "two", "answer": "two.", "intent": "digits", "split": split, "voice": "none"}
            for n, split in enumerate(("train", "test"))
        ],
        "readings": [
            {"id": f"r{n:05}", "text": text, "intent": "reading", "split": split, "voice": "none"}
            for n, (text, split) in enumerate((("we call it bear.", "train"), ("is it warm?", "test")))
        ],
        **{
            name: [
                {
                    "id": f"{name}{n}",
                    "text": "hello.",
                    "answer": "hello.",
                    "intent": "greeting",
                    "split": "test",
                    "voice": "none",
                }
                for n in range(2)
            ]
            for name in ("festival", "pico")
        },
        "nonspeech": [
            {"id": f"n{n:05}", "text": "", "answer": None, "intent": "ignore", "split": split, "voice": "none"}
            for n, split in enumerate(("train", "test"))
        ],
    }
    for name, rows in sets.items():
        record(root / "corpus" / name, rows, speak)
    (root / "corpus" / "dialogues.jsonl").write_text("".join(json.dumps(row) + "\n" for row in dialogues))
    _parts(root)


def _parts(root: Path) -> None:
    torch.manual_seed(0)
    sizes = {"encoder_dim": 8, "encoder_hidden_dim": 8, "decoder_dim": 8, "decoder_hidden_dim": 8, "mel_dim": 8, "pitch_dim": 8}
    codec_config = PocketCodecConfig(latent_dim=8, codebook_size=16, **sizes)
    listener_config = PocketListenerConfig(dim=16, num_blocks=1, num_heads=2)
    codec, listener = codec_config.build().eval(), listener_config.build().eval()
    head = CharacterHeadConfig(dim=16, delay_frames=1)
    configs = {"codec": codec_config.to_dict(), "listener": {"listener": listener_config.to_dict(), "head": head.to_dict()}}
    for name, config in configs.items():
        (root / name).mkdir()
        (root / name / "config.json").write_text(json.dumps(config))
    save_file(codec.state_dict(), root / "codec" / "codec.safetensors")
    for name, part in (("listener", listener), ("ctc", head.build())):
        save_file(part.state_dict(), root / "listener" / f"{name}.safetensors")
    encode_recordings(Recordings(root / "corpus" / "answers"), codec, root / "codes")
    resynthesize(Recordings(root / "corpus" / "answers"), codec, root / "corpus" / "said")
    hear_corpus(root / "corpus", root / "heard", listener, copies=2)
