"""Load a checkpoint in the published Mini-Omni layout: a folder with lit_model.pth, or the hub id gpt-omni/mini-omni.

    python examples/03_load_published_checkpoint.py FOLDER_OR_HUB_ID [QUESTION.wav]

With only a folder, its streams and sizes are shown; with a question it is answered (Whisper and SNAC are downloaded).
"""

import sys

from thinkaloud import SpeechLM, read
from thinkaloud.generate.answer import Answer, write_down
from thinkaloud.generate.ask import hear_recording
from thinkaloud.layout.picture import draw_layout


def main(source: str, question: str = "") -> None:
    model = SpeechLM.load(source, parts=("listener", "codec") if question else ())
    print(f"{model.config.name}: {sum(p.numel() for p in model.parameters()):,} weights")
    for stream in model.streams:
        print(f"  {stream.name}: {stream.size} ids, end {stream.end}, pad {stream.pad}, delay {stream.delay_steps}")
    print(draw_layout(model.layout, frame_rate=24000 / 2048, num_frames=3))
    if question:
        heard = hear_recording(model, read(question))
        print("heard: ", write_down(model, heard))
        answer = Answer(model, heard)
        while not answer.done:
            answer.step()
        print("answer:", answer.text)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(*sys.argv[1:3])
