"""Answers of the toy model, run to their ends, for the tests of this folder."""

from collections.abc import Callable, Sequence

import torch

from thinkaloud.generate import AudioChunk, Event
from thinkaloud.generate.answer import Answer
from thinkaloud.generate.together import Together
from thinkaloud.listen.question_lm import QuestionLM, QuestionLMConfig
from thinkaloud.model import SpeechLM


def question_lm(model: SpeechLM, seed: int = 0) -> QuestionLM:
    """A question LM at random for a model, of decided opinions."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        made = QuestionLMConfig.small(model.streams[0].num_ids, dim=16, num_blocks=2).build(fresh=True)
    weights = {name: 8 * weight if weight.ndim > 1 else weight for name, weight in made.state_dict().items()}
    lm = made.config.build()  # plain modules, as a loaded one
    lm.load_state_dict(weights)
    return lm.eval().requires_grad_(False)


def run(answer: Answer) -> list[Event]:
    events: list[Event] = []
    while not answer.done:
        events += answer.step()
    return events


def run_together(
    model: SpeechLM, makes: Sequence[Callable[[], Answer]], gap_rounds: int
) -> tuple[list[Answer], list[list[Event]]]:
    """The same for many that share passes: they come `gap_rounds` apart, and with 5 some lag behind for a while."""
    together, shared, rounds = Together(model), 0, 0
    everyone: list[Answer] = []
    events: list[list[Event]] = [[] for _ in makes]
    while rounds <= gap_rounds * len(makes) or not all(answer.done for answer in everyone):
        everyone += [make() for number, make in enumerate(makes) if rounds == number * gap_rounds]
        chosen = [number for number, answer in enumerate(everyone) if not answer.done]
        chosen = [number for number in chosen if gap_rounds != 5 or (number + rounds) % 3]
        hidden = together.hidden([everyone[number].decoding for number in chosen])
        shared += sum(state is not None for state in hidden)
        for number, state in zip(chosen, hidden, strict=True):
            events[number] += everyone[number].step(state)
        rounds += 1
    assert shared > 20, "or nothing was tested"
    return everyone, events


def speech(events: list[Event]) -> torch.Tensor:
    return torch.cat([torch.zeros(0), *(e.samples for e in events if isinstance(e, AudioChunk))])
