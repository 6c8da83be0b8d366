"""Pocket: how well a small model that hears and answers does on its domain. Plain values out, ready for JSON.

hearing   word error rates by condition: the ASR task of the model, and its listener alone
answers   right texts by intent, from speech; all turns of a dialogue are the model's own; three ways to think:
          t1t2 what was heard is written down first, a1t2 in writing (as in batch-parallel decoding), a1a2 while speaking
silence   what is no question and was answered, what is one and was not
speech    word errors of what it says, by two judges, beside the same judges' floors
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import torch
from torch import Tensor

from thinkaloud.audio import Audio
from thinkaloud.data.clean import words
from thinkaloud.evaluate.batch import Asked, Said, answer_all, transcribe_all
from thinkaloud.evaluate.judge import Judge, WordErrors, rate_gap
from thinkaloud.evaluate.pocket_clips import Clip, Talk, hear_all
from thinkaloud.generate.ask import Exchange, Question
from thinkaloud.generate.joint import spelt_alone
from thinkaloud.generate.loop import DecodeOptions
from thinkaloud.layout.prompt import A1A2, A1T2, ASR, T1A2, T1T2, TTS, Task
from thinkaloud.model import SpeechLM

Scores = dict[str, Any]
_UNANSWERED = Said(text="", text_ids=(), reason="ignored", codes=torch.zeros(0, 0, dtype=torch.long))


def hearing(model: SpeechLM, conditions: dict[str, list[Clip]]) -> Scores:
    """By condition: word errors of the ASR task, and of the listener's own characters where it can spell."""
    found = {}
    for name, clips in conditions.items():
        said = [clip.text for clip in clips]
        features = hear_all(model.need("listener"), clips)
        heard = transcribe_all(model, features)
        scores = {"asr": asdict(WordErrors.of(said, heard))}
        if model.ctc is not None:
            letters = [spelt_alone(model, one) for one in features]
            scores["listener"] = asdict(WordErrors.of(said, letters))
        wrong = [[a, b] for a, b in zip(said, heard, strict=True) if words(a) != words(b)]
        found[name] = {**scores, "examples": wrong[:5]}
    return found


def silence(model: SpeechLM, sounds: Sequence[Clip], questions: Sequence[Clip]) -> Scores:
    """The shares of sounds that were ignored and of questions that were answered."""
    shares, task = {}, ASR if model.config.transcribes else A1T2
    for name, clips in (("ignored", sounds), ("answered", questions)):
        said = answer_all(model, task, _asked(hear_all(model.need("listener"), clips)), max_steps=2)
        right = [_ignored(one) == (name == "ignored") for one in said]
        shares[name] = {"share": sum(right) / len(right), "clips": len(right)}
    return shares


def converse(model: SpeechLM, talks: Sequence[Talk], task: Task, **options: Any) -> list[list[Said]]:
    """Every dialogue answered turn by turn; what the model said itself is its history.

    For a task that reads, the questions are first written down by the model; one without words is not answered.
    """
    said: list[list[Said]] = [[] for _ in talks]
    past: list[tuple[Exchange, ...]] = [() for _ in talks]
    for turn in range(max(len(talk.questions) for talk in talks)):
        still = [n for n, talk in enumerate(talks) if turn < len(talk.questions)]
        put = _put(model, [talks[n].questions[turn] for n in still], task, [past[n] for n in still])
        known = [one for one in put if one.question.known]
        answered = iter(answer_all(model, task, known, **options))
        for n, one in zip(still, put, strict=True):
            if not one.question.known:
                said[n].append(_UNANSWERED)
                continue
            said[n].append(next(answered))
            past[n] += (Exchange(question=one.question, answer=said[n][-1].text),)
    return said


def _put(model: SpeechLM, clips: Sequence[Clip], task: Task, past: Sequence[tuple[Exchange, ...]] | None = None) -> list[Asked]:
    """Questions as the task takes them, after what was asked and answered before; some may turn out to have no words."""
    heard = hear_all(model.need("listener"), clips)
    past = past or [()] * len(clips)
    if task.listens:
        questions = [Question(heard=features) for features in heard]
    else:
        questions = [Question(text=text) for text in transcribe_all(model, heard, after=past)]
    return [Asked(question=question, history=history) for question, history in zip(questions, past, strict=True)]


def _ignored(said: Said) -> bool:
    return said.reason == "ignored" or not said.text


def right(talks: Sequence[Talk], said: Sequence[Sequence[Said]]) -> list[bool]:
    """Whether the last answer of each dialogue is right, word for word."""
    return [words(one[-1].text) == words(talk.answers[-1]) for talk, one in zip(talks, said, strict=True)]


def answers(model: SpeechLM, talks: dict[str, list[Talk]], others: dict[str, list[Talk]]) -> Scores:
    """Shares of right texts: by intent, by kind of holding out, over several turns; thought while speaking and not.

    `others` are further sets (people, another engine), told apart.
    """
    flat = [talk for many in talks.values() for talk in many]
    groups = {
        "all": flat,
        "held out by content": [talk for talk in flat if talk.open],
        "taught, new rendering": [talk for talk in flat if not talk.open],
        "several turns": [talk for talk in flat if len(talk.questions) > 1],
        **others,
    }
    found: Scores = {"groups": {}, "intents": {}}
    for task in (T1T2, A1T2, A1A2):
        alone = {id(talk): (said, good) for many in (flat, *others.values()) for talk, said, good in _judged(model, many, task)}
        for name, many in groups.items():
            found["groups"].setdefault(name, {"dialogues": len(many)})[task.name] = _share([alone[id(t)][1] for t in many])
        for intent, many in talks.items():
            row = found["intents"].setdefault(intent, {"dialogues": len(many)})
            row[task.name] = _share([alone[id(talk)][1] for talk in many])
            if task is (T1T2 if model.config.transcribes else A1T2):
                row["examples"] = [
                    [talk.questions[-1].text, talk.answers[-1], alone[id(talk)][0]] for talk in many if not alone[id(talk)][1]
                ][:3]
    return found


def _judged(model: SpeechLM, talks: Sequence[Talk], task: Task) -> list[tuple[Talk, str, bool]]:
    said = converse(model, talks, task)
    return [(talk, one[-1].text, good) for talk, one, good in zip(talks, said, right(talks, said), strict=True)]


def speech(
    model: SpeechLM,
    recorded: Sequence[tuple[Clip, Tensor]],
    talks: Sequence[Talk],
    judges: dict[str, tuple[Judge, int | None]],
    codes_of: Callable[[str], Tensor | None] = lambda text: None,
) -> Scores:
    """Word errors of speech: the floors (recording, codec), texts read aloud, answers against their own text.

    Each judge comes with how many sentences it is to judge (a quarter of that of answers); None: all. `codes_of` knows the
    codes [K, T] of answers that were recorded: their floor.
    """
    texts = [clip.text for clip, _ in recorded]
    ids = [model.need("tokenizer").encode(text) for text in texts]
    read = answer_all(model, TTS, [Asked(question=Question(text=text)) for text in texts], texts=ids)
    clips = [talk.questions[0] for talk in talks if len(talk.questions) == 1]
    heard, written = ([one for one in _put(model, clips, task) if one.question.known] for task in (A1A2, T1A2))
    said = answer_all(model, A1A2, heard)
    parallel, first = _thought(model, heard, A1T2, A1A2), _thought(model, written, T1T2, T1A2)
    known = [(one.text, codes) for one in first if (codes := codes_of(one.text)) is not None]
    sets = {
        "recording": (texts, [clip.audio for clip, _ in recorded]),
        "codec": (texts, [sound(model, codes) for _, codes in recorded]),
        "read aloud": (texts, [sound(model, one.codes) for one in read]),
        "answers": _spoken(model, said),
        "answers, batch-parallel": _spoken(model, parallel),
        "answers, written down first": _spoken(model, first),
        "the same as recorded, by the codec": ([text for text, _ in known], [sound(model, codes) for _, codes in known]),
    }
    heard = {name: _heard(*spoken, judges, own=spoken[0] is not texts) for name, spoken in sets.items() if spoken[0]}
    found: Scores = {
        name: {judge: asdict(WordErrors.of(sets[name][0][: len(got)], got)) for judge, got in by_judge.items()}
        for name, by_judge in heard.items()
    }
    found["gap"] = {
        judge: rate_gap(texts[: len(got)], got, heard["codec"][judge]) for judge, got in heard["read aloud"].items()
    }
    lengths = [(codes.shape[1], one.codes.shape[1]) for (_, codes), one in zip(recorded, read, strict=True)]
    found["endings"] = {
        "ran on": sum(one.reason == "limit" for one in [*read, *said, *first]) / len([*read, *said, *first]),
        "length off by a quarter": sum(abs(made - true) > true / 4 for true, made in lengths) / len(lengths),
    }
    return found


def _thought(model: SpeechLM, asked: Sequence[Asked], writes: Task, speaks: Task) -> list[Said]:
    """Answers whose texts come from the task that writes and are said by the one that speaks."""
    thought = answer_all(model, writes, asked, max_steps=80)
    return answer_all(model, speaks, asked, texts=[one.text_ids for one in thought])


def _spoken(model: SpeechLM, said: Sequence[Said]) -> tuple[list[str], list[Audio]]:
    """What has words and sound: the rest was ignored."""
    pairs = [(one.text, sound(model, one.codes)) for one in said if words(one.text)]
    return [text for text, _ in pairs], [sound for _, sound in pairs]


@torch.inference_mode()
def sound(model: SpeechLM, codes: Tensor) -> Audio:
    """What codes [K, T] sound like; a moment of silence where there are none."""
    codec = model.need("codec")
    samples = codec.decode(codes[None])[0] if codes.shape[1] else torch.zeros(codec.sample_rate // 10)
    return Audio(samples, codec.sample_rate)


def own_ears(model: SpeechLM) -> Judge:
    """The model itself as a judge: what it writes down when it hears them, whatever people would say."""
    decode = DecodeOptions(max_steps=80, lm_weight=0.0)

    def judge(recordings: Sequence[Audio]) -> list[str]:
        heard = hear_all(model.need("listener"), [Clip(text="", audio=one) for one in recordings])
        return transcribe_all(model, heard, decode=decode)

    return judge


def _heard(
    texts: Sequence[str], sounds: Sequence[Audio], judges: dict[str, tuple[Judge, int | None]], own: bool
) -> dict[str, list[str]]:
    """What each judge hears; of its own answers one that hears a number of them hears a quarter of that."""
    counts = {name: count if count is None or not own else max(1, count // 4) for name, (_, count) in judges.items()}
    return {name: judge(sounds[: counts[name]]) for name, (judge, _) in judges.items()}


def _asked(features: Sequence[Tensor]) -> list[Asked]:
    return [Asked(question=Question(heard=heard)) for heard in features]


def _share(good: Sequence[bool]) -> float | None:
    return sum(good) / len(good) if good else None
