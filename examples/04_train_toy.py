"""Train the toy model to answer three spoken questions, by four stages, in a minute: python examples/04_train_toy.py [RUN]

The toy voice and codec need nothing installed. With real voices the first half is one command:
thinkaloud prepare qa.jsonl --out data/toy --codec toy
"""

import json
import sys
import tempfile
from pathlib import Path

from thinkaloud import Session, SpeechLM, recipes
from thinkaloud.data.parquet import ReadRules, write_parquet
from thinkaloud.data.samples import Sample, Utterance
from thinkaloud.toy import ToyCodec, ToyVoice
from thinkaloud.train.trainer import train

run = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp())
voice, codec = ToyVoice(), ToyCodec()
answers = {"who are you": "a toy", "what is two plus two": "four", "what do you say": "hello"}

samples = [
    Sample(
        key=f"toy/{n}",
        question=Utterance(text=question, audio=voice.speak(question)),
        answer=Utterance(text=answer, codes=codec.encode(voice.speak(answer).samples[None])[0].int().numpy()),
    )
    for n, (question, answer) in enumerate(answers.items())
]
rules = ReadRules(num_codebooks=3, codebook_size=16, frame_rate_hz=25.0, min_chars_per_s=0, max_chars_per_s=0)
write_parquet(run / "speech.parquet", samples, {"rules": json.dumps(vars(rules))})

recipe = recipes.load("toy", {"speech": str(run / "speech.parquet"), "steps": "60", "batch_size": "6"})
train(recipe, run / "run", cpu=True, tell=lambda line: print({k: line.get(k) for k in ("stage", "step", "loss", "validation")}))

model = SpeechLM.load(run / "run" / "model")
for question in answers:
    session = Session(model)
    spoken = voice.speak(question)
    session.push(spoken.samples, spoken.sample_rate)
    session.commit()
    events = []
    while session.busy:
        events += session.step()
    print(f"{question}? {events[-1].text}")
