"""Ask a question aloud, read and hear the answer.

python examples/01_talk.py [QUESTION.wav]
"""

import pathlib
import sys

import torch

from thinkaloud import Audio, AudioChunk, Session, SpeechLM, read, write


def main(question: str) -> None:
    model = SpeechLM.load("pocket")
    session = Session(model)
    recording = read(question)
    session.push(recording.samples, recording.sample_rate)
    session.commit()
    speech = []
    while session.busy:
        for event in session.step():
            print(event)
            if isinstance(event, AudioChunk):
                speech.append(event)
    if speech:
        write("answer.wav", Audio(torch.cat([chunk.samples for chunk in speech]), speech[0].sample_rate))
        print("the answer is in answer.wav")


if __name__ == "__main__":
    here = pathlib.Path(__file__).parent
    main(sys.argv[1] if len(sys.argv) > 1 else str(here / "question.wav"))
