"""How long the offline voices and the augmentation take: milliseconds of processor time for a question. No argument."""

import time

import numpy as np

from thinkaloud.data.augment import AugmentConfig
from thinkaloud.data.voices import open_voice

TEXT = "what is the capital of france?"
VOICES = ("flite:kal", "flite:kal16", "flite:awb", "flite:rms", "flite:slt", "espeak:en-us", "espeak:en-gb-x-rp+f3")
REPEATS = 20


def main() -> None:
    spoken = []
    for name in VOICES:
        voice = open_voice(name)
        voice.speak(TEXT)  # loads
        started = time.process_time()
        spoken = [voice.speak(TEXT, speed=1 + 0.01 * turn) for turn in range(REPEATS)]
        milliseconds = 1000 * (time.process_time() - started) / REPEATS
        print(f"{name:24} {milliseconds:6.1f} ms for {spoken[0].duration_s:.2f} s")
    augment, rng = AugmentConfig().build(), np.random.default_rng(0)
    audio = spoken[0].resample(16_000)
    others = [other.resample(16_000).samples.numpy() for other in spoken[1:4]]
    started = time.process_time()
    for _ in range(10 * REPEATS):
        augment(audio, rng, others)
    print(f"{'augmentation':24} {1000 * (time.process_time() - started) / REPEATS / 10:6.1f} ms for {audio.duration_s:.2f} s")


if __name__ == "__main__":
    main()
