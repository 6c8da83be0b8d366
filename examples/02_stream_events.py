"""Two conversations on one model, step by step: audio goes in as it comes, events come out, turns are taken by voice activity.

python examples/02_stream_events.py
"""

import pathlib

import torch

from thinkaloud import Session, SessionOptions, SpeechLM, read
from thinkaloud.duplex.endpoint import EndpointConfig
from thinkaloud.generate import AudioChunk


def main() -> None:
    model = SpeechLM.load("pocket")
    sessions = [Session(model, SessionOptions(endpoint=EndpointConfig())) for _ in range(2)]
    recording = read(pathlib.Path(__file__).parent / "question.wav")
    silence = torch.zeros(recording.sample_rate)
    audio = torch.cat([silence, recording.samples, silence])
    block_samples = recording.sample_rate // 50  # 20 ms, as a microphone gives
    for block in audio.split(block_samples):
        for number, session in enumerate(sessions):
            session.push(block, recording.sample_rate)
            tell(number, session)
    while any(session.busy for session in sessions):
        for number, session in enumerate(sessions):
            tell(number, session)


def tell(number: int, session: Session) -> None:
    for event in session.step():
        what = f"{len(event.samples)} samples of speech" if isinstance(event, AudioChunk) else event
        print(f"conversation {number}: {what}")


if __name__ == "__main__":
    main()
