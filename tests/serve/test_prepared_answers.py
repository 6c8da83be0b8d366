"""Answers begun while the user pauses: taken up where that was all, dropped where it was not. With the pocket model's ears."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from running import SPEAKS_HZ, Client, Running, serving, silence, wait_for

from thinkaloud import Audio, SpeechLM, audio
from thinkaloud.duplex.vad import EnergyVad
from thinkaloud.generate.ask import hear_recording
from thinkaloud.generate.loop import DecodeOptions
from thinkaloud.serve.engine import Engine, ReplyOptions

QUESTION = Path(__file__).parents[2] / "examples" / "question.wav"


class Counted(Engine):
    """Remembers which answers were begun."""

    def __init__(self) -> None:
        super().__init__(SpeechLM.load("pocket"), EnergyVad(), DecodeOptions(batch_parallel=True))
        self.begun: list[Any] = []

    def answer(self, question, history, options):
        self.begun.append(super().answer(question, history, options))
        return self.begun[-1]

    @property
    def ready(self) -> int:
        """How many of them could be heard."""
        return sum(answer.has_begun for answer in self.begun)


@pytest.fixture
def server() -> Iterator[Running]:
    with serving(Counted()) as server:
        yield server


@pytest.fixture(scope="module")
def question(trimmed_question: Audio) -> np.ndarray:
    """With what a turn detector wants before it."""
    return np.concatenate([silence(0.5), trimmed_question.resample(SPEAKS_HZ).samples.numpy()])


def pause(client: Client, server: Running, question: np.ndarray) -> None:
    """Asks, is silent for a while, and waits until the answer is ready that is begun meanwhile."""
    client.speak(question)
    client.speak(silence(0.38))
    wait_for(lambda: server.state.engine.ready == 1)
    assert server.state.worker.num_jobs == 1


def transcript(client: Client) -> str:
    done = client.until("response.done")["response"]
    assert done["status"] == "completed"
    return done["output"][0]["content"][0]["transcript"]


def test_an_answer_that_is_ready_is_taken_up_and_is_the_same(server: Running, question: np.ndarray) -> None:
    engine = server.state.engine
    with Client(server) as client:
        pause(client, server, question)
        assert "response.created" not in client.types()
        client.speak(silence(0.4))
        said = transcript(client)
        assert len(engine.begun) == 1
        client.until("thinkaloud.latency")
    alone = engine.answer(hear_recording(engine.model, audio.read(QUESTION)), (), ReplyOptions())
    while not alone.done:
        alone.step()
    assert said.strip() == alone.text.strip() != ""
    wait_for(lambda: server.state.worker.num_jobs == 0)


def test_whoever_speaks_on_gets_another_one(server: Running, question: np.ndarray) -> None:
    engine = server.state.engine
    with Client(server) as client:
        pause(client, server, question)
        client.speak(question[SPEAKS_HZ // 2 :])
        client.speak(silence(0.8))
        transcript(client)
    assert len(engine.begun) in (2, 3) and engine.begun[0].text != engine.begun[-1].text
    assert len(engine.begun[-1].question.text) > len(engine.begun[0].question.text) > 0
    wait_for(lambda: server.state.worker.num_jobs == 0)


@pytest.mark.parametrize("stop", ["clear", "reconfigure", "leave"])
def test_what_is_dropped_leaves_nothing_behind(server: Running, question: np.ndarray, stop: str) -> None:
    manual = {"type": "realtime", "audio": {"input": {"turn_detection": None}}}
    with Client(server) as client:
        pause(client, server, question)
        if stop == "clear":
            client.send("input_audio_buffer.clear")
            client.until("input_audio_buffer.cleared")
        elif stop == "reconfigure":
            client.send("session.update", session=manual)
            client.until("session.updated")
        if stop != "leave":
            wait_for(lambda: server.state.worker.num_jobs == 0)
    wait_for(lambda: server.state.worker.num_jobs == 0)


def test_what_was_said_in_between_makes_it_void(server: Running, question: np.ndarray) -> None:
    engine = server.state.engine
    with Client(server) as client:
        pause(client, server, question)
        past = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "my name is ben."}]}
        client.send("conversation.item.create", item=past)
        client.until("conversation.item.done")
        client.speak(silence(0.4))
        transcript(client)
    assert len(engine.begun) == 2
    wait_for(lambda: server.state.worker.num_jobs == 0)


@pytest.mark.parametrize(("chance", "stops"), [(0.9, True), (0.001, False)])
def test_semantic_vad_knows_what_was_said(server: Running, question: np.ndarray, chance: float, stops: bool) -> None:
    asked: list[tuple[str, int]] = []

    def tell(said: str, history: Any) -> float:
        asked.append((said, len(history)))
        return chance

    server.state.engine.chance_of_end = tell
    semantic = {"type": "realtime", "audio": {"input": {"turn_detection": {"type": "semantic_vad", "eagerness": "medium"}}}}
    with Client(server) as client:
        client.send("session.update", session=semantic)
        client.until("session.updated")
        pause(client, server, question)
        client.speak(silence(0.1))  # half a second in all: enough for a whole, not for anything else
        if stops:
            transcript(client)
        else:
            client.speak(silence(0.6))  # more than ends what nobody knows
            client.send("input_audio_buffer.clear")
            client.until("input_audio_buffer.cleared")
            assert "input_audio_buffer.speech_stopped" not in client.types()
    assert len(asked) == 1 and asked[0][0] and asked[0][1] == 0, "it is asked once"


def test_server_vad_does_not_mind_what_was_said(server: Running, question: np.ndarray) -> None:
    server.state.engine.chance_of_end = lambda said, history: pytest.fail("nobody wanted to know")
    with Client(server) as client:
        pause(client, server, question)
        client.speak(silence(0.4))
        transcript(client)


@pytest.mark.parametrize(("transcribe", "by_words"), [(None, True), (False, False)])
def test_turns_end_by_words_only_where_words_are_written_down(transcribe: bool | None, by_words: bool) -> None:
    engine = Engine(SpeechLM.load("pocket"), EnergyVad(), transcribe=transcribe)
    assert engine.describe()["ends_turns_by_words"] is by_words
