"""festival as a server process: diphone voices that are kept out of training, to test ears on an engine never heard."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import soundfile

from thinkaloud.audio import Audio
from thinkaloud.data.voices import letter_names, mono

PACKAGES = {"kal_diphone": "festvox-kallpc16k", "ked_diphone": "festvox-kdlpc16k"}
_OWN_PITCH_HZ = {"kal_diphone": 105.0, "ked_diphone": 105.0}


class FestivalVoice:
    """One festival voice. The process starts with the object and ends with `close` (or `with`)."""

    def __init__(self, name: str) -> None:
        if name not in PACKAGES:
            raise ValueError(f"no festival voice {name!r}; known: {', '.join(PACKAGES)}")
        if shutil.which("festival") is None:
            raise ValueError(f"the command festival is missing: apt install festival {PACKAGES[name]}")
        self.name = f"festival:{name}"
        self._own_pitch_hz = _OWN_PITCH_HZ[name]
        self._folder = tempfile.TemporaryDirectory()
        self._process = subprocess.Popen(["festival", "--pipe"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._ask(f"(voice_{name})", f"apt install {PACKAGES[name]}")

    def speak(self, text: str, *, speed: float = 1.0, pitch: float = 1.0) -> Audio:
        """The spoken text at 16 kHz."""
        path = Path(self._folder.name) / "spoken.wav"
        quoted = letter_names(text, "ay").replace("\\", " ").replace('"', " ")
        hz, spread_hz = self._own_pitch_hz * pitch, 14.0 * pitch
        self._ask(
            f"(Parameter.set 'Duration_Stretch {1.1 / speed:.3f})"
            f"(set! int_lr_params '((target_f0_mean {hz:.1f}) (target_f0_std {spread_hz:.1f})"
            " (model_f0_mean 170) (model_f0_std 34)))"
            f'(utt.save.wave (utt.synth (Utterance Text "{quoted}")) "{path}" \'riff)',
            f"it could not speak {text!r}",
        )
        samples, rate = soundfile.read(path, dtype="int16")  # [N]
        return mono(samples, rate)

    def close(self) -> None:
        """End the process."""
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait()
        self._folder.cleanup()

    def __enter__(self) -> "FestivalVoice":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def _ask(self, commands: str, advice: str) -> None:
        """Run Scheme commands and wait for the mark that follows them; festival ends on an error."""
        assert self._process.stdin and self._process.stdout
        try:
            self._process.stdin.write(commands + '(format t "\\ndone\\n")(fflush nil)\n')
            self._process.stdin.flush()
            for line in self._process.stdout:
                if line.strip() == "done":
                    return
        except BrokenPipeError:
            pass
        raise ValueError(f"{self.name} stopped: {advice}")
