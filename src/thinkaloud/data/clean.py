"""Clean: which written or spoken exchanges are kept, and why the others are not. Every refusal is a fault with a kind.

Before speaking: empty, too long, unspeakable (brackets, addresses, code), wrong script. After speaking: length, speaking
rate, and what a recogniser understands (word errors of question and answer).
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from thinkaloud.audio import Audio
from thinkaloud.configurable import Config
from thinkaloud.data.textqa import TextQa

_UNSPEAKABLE = re.compile(r"https?://|www\.|```|[{}\[\]<>|\\^]|\S{40,}")


@dataclass(frozen=True, kw_only=True)
class Cleaning(Config):
    """Bounds; 0 or empty turns one off. `scripts` are first words of Unicode names, e.g. LATIN, CJK, CYRILLIC.

    `recogniser` is any loadable model with the ASR task; `max_word_error_rate` is what its transcripts may differ.
    """

    max_question_chars: int = 400
    max_answer_chars: int = 1200
    max_question_s: float = 30.0
    max_answer_s: float = 60.0
    min_chars_per_s: float = 4.0
    max_chars_per_s: float = 35.0
    scripts: tuple[str, ...] = ("LATIN",)
    speakable_only: bool = True
    recogniser: str = ""
    max_word_error_rate: float = 0.5


def written_fault(qa: TextQa, rules: Cleaning) -> str:
    """The kind of fault of a written exchange and what was seen, or "" if it is good."""
    if not qa.question.strip() or not qa.answer.strip():
        return "empty_text"
    for side, text, most in (
        ("question", qa.question, rules.max_question_chars),
        ("answer", qa.answer, rules.max_answer_chars),
    ):
        if most and len(text) > most:
            return f"too_long_text the {side} has {len(text)} characters, at most {most}"
        if rules.speakable_only and (found := _UNSPEAKABLE.search(text)):
            return f"unspeakable the {side} has {found.group()[:20]!r}"
        if rules.scripts and (strange := foreign_letters(text, rules.scripts)) > 0.2:
            return f"wrong_script {strange:.0%} of the {side}'s letters are not {' or '.join(rules.scripts)}"
    return ""


def spoken_fault(question: Audio, answer: Audio, answer_text: str, rules: Cleaning) -> str:
    """The same for a spoken exchange."""
    for side, audio, most in (("question", question, rules.max_question_s), ("answer", answer, rules.max_answer_s)):
        if most and audio.duration_s > most:
            return f"too_long_audio the {side} lasts {audio.duration_s:.1f} s, at most {most:g}"
    if len(answer_text) >= 8:
        rate = len(answer_text) / max(answer.duration_s, 1e-3)
        if rate < rules.min_chars_per_s or (rules.max_chars_per_s and rate > rules.max_chars_per_s):
            return f"text_audio_mismatch {rate:.1f} characters/s"
    return ""


def misheard_fault(audio: Audio, text: str, transcribe: Callable[[Audio], str], rules: Cleaning) -> str:
    """The round trip: what a recogniser understands must be near what was said."""
    rate = word_error_rate(text, heard := transcribe(audio))
    return f"misheard word error rate {rate:.2f}: {heard!r}" if rate > rules.max_word_error_rate else ""


def foreign_letters(text: str, scripts: tuple[str, ...]) -> float:
    """The share of letters outside the scripts."""
    letters = [c for c in text if c.isalpha()]
    strange = [c for c in letters if not unicodedata.name(c, "?").startswith(scripts)]
    return len(strange) / max(len(letters), 1)


def words(text: str) -> list[str]:
    """Lower-case words without punctuation: the normaliser of `word_error_rate`."""
    return re.findall(r"[^\W_]+(?:'[^\W_]+)?", unicodedata.normalize("NFKC", text).lower())


def word_error_rate(said: str, heard: str) -> float:
    """Word errors (substituted, lost, added) by the number of words said."""
    import jiwer

    wanted, found = " ".join(words(said)), " ".join(words(heard))
    if not wanted:
        return float(bool(found))
    return float(jiwer.wer(wanted, found))


def recogniser(source: str) -> Callable[[Audio], str]:
    """`transcribe(audio)` of any loadable model, by its ASR task."""
    from thinkaloud.generate.answer import write_down
    from thinkaloud.generate.ask import Question
    from thinkaloud.generate.loop import DecodeOptions
    from thinkaloud.model import SpeechLM

    model = SpeechLM.load(source, parts=("listener",))
    listener = model.need("listener")

    def transcribe(audio: Audio) -> str:
        heard = listener.listen(audio.mono().resample(listener.sample_rate).samples[None]).embeds[0]
        return write_down(model, Question(heard=heard), DecodeOptions())

    return transcribe
