"""The official `openai` package drives the server, unchanged: realtime turns, barge-in, manual commit, errors, and REST."""

import asyncio
import base64
import io
import time
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import openai
import pytest
import soundfile
from openai.types.realtime import (
    RealtimeErrorEvent,
    ResponseAudioDeltaEvent,
    ResponseAudioTranscriptDeltaEvent,
    ResponseDoneEvent,
    SessionUpdatedEvent,
)
from openai.types.realtime.realtime_server_event import RealtimeServerEvent
from pydantic import TypeAdapter
from running import SPEAKS_HZ, Running, ScriptedEngine, pcm16, serving, silence, speech_like, user_text

from thinkaloud.serve.engine import Engine

STRICT = TypeAdapter(RealtimeServerEvent)


@pytest.fixture(scope="module", autouse=True)
def no_warnings() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)  # what pydantic says of a shape it does not know
        yield


def drive(server: Running, play: Any) -> list[Any]:
    """Runs one realtime session with the official client; gives its events, each checked against the package's own types."""
    events: list[Any] = []

    async def session() -> None:
        client = openai.AsyncOpenAI(base_url=server.http + "/v1", api_key="any")
        async with client.realtime.connect(model="gpt-realtime") as connection:
            await asyncio.wait_for(play(connection, events), 20)

    asyncio.run(session())
    for event in events:
        if not event.type.startswith("thinkaloud."):
            STRICT.validate_python(event.model_dump(exclude_unset=True), strict=False)
            assert type(event).model_fields["type"].annotation.__args__ == (event.type,), event
    return events


async def until(connection: Any, events: list[Any], type: str) -> Any:
    async for event in connection:
        events.append(event)
        if event.type == type:
            return event
    raise AssertionError(f"the connection ended before {type}")


async def speak(connection: Any, samples: np.ndarray) -> None:
    for start in range(0, len(samples), 960):
        await connection.input_audio_buffer.append(audio=pcm16(samples[start : start + 960]))


def test_a_text_turn_on_the_toy_model(toy_engine: Engine) -> None:
    async def play(connection: Any, events: list[Any]) -> None:
        tools = [{"type": "function", "name": "weather", "parameters": {}}]
        await connection.session.update(
            session={"type": "realtime", "instructions": "be brief", "tools": tools, "tracing": "auto"}
        )
        assert isinstance(await until(connection, events, "session.updated"), SessionUpdatedEvent)
        await connection.conversation.item.create(item=user_text("hello"))
        await connection.response.create()
        await until(connection, events, "response.done")

    with serving(toy_engine) as server:
        events = drive(server, play)
    text = "".join(event.delta for event in events if isinstance(event, ResponseAudioTranscriptDeltaEvent))
    audio = b"".join(base64.b64decode(event.delta) for event in events if isinstance(event, ResponseAudioDeltaEvent))
    done = events[-1]
    assert isinstance(done, ResponseDoneEvent) and done.response.usage is not None
    assert done.response.status == "incomplete"  # the toy talks until its limit
    assert text == done.response.output[0].content[0].transcript and len(text) > 10
    assert 1.0 < len(audio) / 2 / SPEAKS_HZ < 2.0  # 37 frames of 40 ms


def test_an_audio_turn_with_server_vad_and_a_spoken_question(toy_engine: Engine, spoken_question: np.ndarray) -> None:
    async def play(connection: Any, events: list[Any]) -> None:
        transcription = {"input": {"transcription": {"model": "gpt-4o-mini-transcribe"}}}
        await connection.session.update(session={"type": "realtime", "audio": transcription})
        await speak(connection, np.concatenate([silence(0.5), spoken_question, silence(1.0)]))
        await until(connection, events, "response.done")
        await connection.input_audio_buffer.clear()
        await until(connection, events, "input_audio_buffer.cleared")
        if not any(event.type.endswith("transcription.completed") for event in events):
            await until(connection, events, "conversation.item.input_audio_transcription.completed")

    with serving(toy_engine) as server:
        events = drive(server, play)
    types = [event.type for event in events]
    started = events[types.index("input_audio_buffer.speech_started")]
    stopped = events[types.index("input_audio_buffer.speech_stopped")]
    assert 0 < started.audio_start_ms < 900 and stopped.audio_end_ms > 500 + len(spoken_question) / 24
    assert types.index("input_audio_buffer.committed") < types.index("response.created") < types.index("response.done")
    assert any(isinstance(event, ResponseAudioDeltaEvent) for event in events)


def test_barge_in_ends_the_answer_and_truncate_is_accepted() -> None:
    async def play(connection: Any, events: list[Any]) -> None:
        await connection.conversation.item.create(item=user_text("talk"))
        await connection.response.create()
        first = await until(connection, events, "response.output_audio.delta")
        await asyncio.sleep(0.4)
        await speak(connection, np.concatenate([silence(0.4), speech_like(0.6)]))
        await until(connection, events, "input_audio_buffer.speech_started")
        await connection.conversation.item.truncate(item_id=first.item_id, content_index=0, audio_end_ms=350)
        done = await until(connection, events, "response.done")
        assert done.response.status == "cancelled" and done.response.status_details.reason == "turn_detected"
        await until(connection, events, "conversation.item.truncated")
        await speak(connection, silence(1.0))
        await until(connection, events, "response.created")
        while len(engine.asked) < 2:
            await asyncio.sleep(0.01)
        await connection.response.cancel()
        await until(connection, events, "response.done")

    engine = ScriptedEngine(" ".join(f"word{i}" for i in range(200)), step_s=0.02)
    with serving(engine) as server:
        events = drive(server, play)
    types = [event.type for event in events]
    cancelled = types.index("response.done")
    old = events[cancelled].response.id
    assert not [
        event for event in events[cancelled:] if isinstance(event, ResponseAudioDeltaEvent) and event.response_id == old
    ]
    assert engine.asked[1][1][0].answer == "word0"


def test_manual_commit_and_errors(scripted: Running) -> None:
    async def play(connection: Any, events: list[Any]) -> None:
        await connection.session.update(session={"type": "realtime", "audio": {"input": {"turn_detection": None}}})
        await connection.input_audio_buffer.commit()
        error = await until(connection, events, "error")
        assert isinstance(error, RealtimeErrorEvent) and error.error.code == "input_audio_buffer_commit_empty"
        await connection.response.cancel()
        assert (await until(connection, events, "error")).error.code == "response_cancel_not_active"
        await speak(connection, speech_like(0.5))
        await connection.input_audio_buffer.commit()
        await until(connection, events, "conversation.item.done")
        await connection.response.create(response={"output_modalities": ["text"]})
        done = await until(connection, events, "response.done")
        assert done.response.output[0].content[0].text == "one two three four five "

    drive(scripted, play)


def test_chat_completions(scripted: Running) -> None:
    client = openai.OpenAI(base_url=scripted.http + "/v1", api_key="any")
    ask = {"model": "any", "messages": [{"role": "system", "content": "be kind"}, {"role": "user", "content": "count"}]}
    whole = client.chat.completions.create(**ask)
    assert whole.choices[0].message.content == "one two three four five " and whole.choices[0].finish_reason == "stop"
    assert whole.usage.completion_tokens == 10
    chunks = list(client.chat.completions.create(**ask, stream=True, stream_options={"include_usage": True}))
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == whole.choices[0].message.content
    assert chunks[-1].usage.total_tokens == 15


def test_chat_with_audio_in_and_out_and_memory_by_audio_id(scripted: Running) -> None:
    client = openai.OpenAI(base_url=scripted.http + "/v1", api_key="any")
    wav = io.BytesIO()
    soundfile.write(wav, speech_like(0.7), SPEAKS_HZ, format="WAV")
    recording = {"type": "input_audio", "input_audio": {"data": base64.b64encode(wav.getvalue()).decode(), "format": "wav"}}
    user = {"role": "user", "content": [recording]}
    speaks = {"model": "any", "modalities": ["text", "audio"]}
    first = (
        client.chat.completions.create(**speaks, audio={"voice": "alloy", "format": "wav"}, messages=[user]).choices[0].message
    )
    samples, rate = soundfile.read(io.BytesIO(base64.b64decode(first.audio.data)))
    assert rate == SPEAKS_HZ and len(samples) == SPEAKS_HZ // 2
    earlier = [user, {"role": "assistant", "audio": {"id": first.audio.id}}, {"role": "user", "content": "again"}]
    stream = client.chat.completions.create(
        **speaks, audio={"voice": "alloy", "format": "pcm16"}, messages=earlier, stream=True
    )
    said = [chunk.choices[0].delta.audio for chunk in stream if chunk.choices and chunk.choices[0].delta.audio]
    assert "".join(part.transcript or "" for part in said) == "one two three four five "
    assert len(b"".join(base64.b64decode(part.data or "") for part in said)) == SPEAKS_HZ
    assert said[0].id and said[-1].expires_at
    question, history = scripted.state.engine.asked[-1]  # type: ignore[attr-defined]
    assert question.text == "again" and history[0].question.heard is not None
    assert history[0].answer == "one two three four five "


@pytest.mark.parametrize("format", ["pcm", "wav", "flac", "mp3", "opus"])
def test_speech_in_every_format(scripted: Running, format: str) -> None:
    client = openai.OpenAI(base_url=scripted.http + "/v1", api_key="any")
    with client.audio.speech.with_streaming_response.create(
        model="any", voice="alloy", input="say these four words", response_format=format
    ) as response:
        sound = response.read()
    if format == "pcm":
        assert len(sound) == 2 * SPEAKS_HZ * 4 // 10
        return
    samples, rate = soundfile.read(io.BytesIO(sound))
    assert rate == SPEAKS_HZ and abs(len(samples) / rate - 0.4) < 0.15 and 0.2 < np.abs(samples).max() < 0.4


def test_transcriptions(scripted: Running) -> None:
    client = openai.OpenAI(base_url=scripted.http + "/v1", api_key="any")
    wav = io.BytesIO()
    soundfile.write(wav, speech_like(1.5), 48_000, format="WAV")

    def ask(**options: Any) -> Any:
        return client.audio.transcriptions.create(model="any", file=("q.wav", wav.getvalue()), **options)

    assert ask().text == "what was heard"
    assert ask(response_format="text") == "what was heard\n"
    verbose = ask(response_format="verbose_json")
    assert verbose.duration == pytest.approx(0.75, abs=0.01) and verbose.segments[0].text == "what was heard"
    events = list(ask(stream=True))
    assert "".join(event.delta for event in events[:-1]).strip() == events[-1].text == "what was heard"


def test_errors_are_the_packages_own(scripted: Running) -> None:
    client = openai.OpenAI(base_url=scripted.http + "/v1", api_key="any", max_retries=0)
    with pytest.raises(openai.BadRequestError, match="response_format"):
        client.audio.speech.create(model="any", voice="alloy", input="x", response_format="aac")
    with pytest.raises(openai.BadRequestError, match="cannot be read"):
        client.audio.transcriptions.create(model="any", file=("q.wav", b"no sound at all"))
    with pytest.raises(openai.NotFoundError, match="no model"):
        client.models.retrieve("gpt-5")
    assert [model.id for model in client.models.list()] == ["toy"]


def test_a_client_that_leaves_frees_its_request() -> None:
    engine = ScriptedEngine(" ".join(["word"] * 2000), step_s=0.01)
    with serving(engine) as server:
        client = openai.OpenAI(base_url=server.http + "/v1", api_key="any")
        stream = client.chat.completions.create(model="any", messages=[{"role": "user", "content": "go"}], stream=True)
        next(iter(stream))
        ends_s = time.monotonic() + 10
        while server.state.requests.taken != 1:
            assert time.monotonic() < ends_s, server.state.requests.taken
            time.sleep(0.01)
        stream.close()
        ends_s = time.monotonic() + 10
        while server.state.requests.taken or server.state.worker.num_jobs:
            assert time.monotonic() < ends_s, "the request still runs"
            time.sleep(0.01)
        assert engine.replies[0].cancelled
