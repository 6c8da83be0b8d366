"""The server's parts without a socket: playback, outbox, worker, conversation, config, encoding, windows, logs."""

import asyncio
import io
import json
import logging

import numpy as np
import pytest
import soundfile
import torch
from running import ScriptedReply

from thinkaloud import toy
from thinkaloud.duplex.vad import EnergyVad
from thinkaloud.generate import Event, TextDelta, Transcript
from thinkaloud.generate.ask import Question
from thinkaloud.generate.loop import DecodeOptions
from thinkaloud.serve.conversation import Conversation
from thinkaloud.serve.encode import MEDIA_TYPES, encode, encoder
from thinkaloud.serve.engine import Engine, ReplyOptions
from thinkaloud.serve.items import Item, item_from_client, text_heard
from thinkaloud.serve.logs import JsonLines
from thinkaloud.serve.outbox import Outbox, SlowReader
from thinkaloud.serve.playback import Playback
from thinkaloud.serve.protocol import ProtocolError
from thinkaloud.serve.record import Recorder
from thinkaloud.serve.recordings import windows
from thinkaloud.serve.server_events import AudioCleared, Delta
from thinkaloud.serve.session_config import SessionConfig
from thinkaloud.serve.worker import Worker


def test_playback_counts_gaps_and_what_is_left() -> None:
    playback = Playback()
    playback.send(500, now_s=10.0)
    assert playback.played_ms(10.2) == 200 and playback.left_ms(10.2) == pytest.approx(300)
    assert playback.played_ms(11.0) == 500  # all of it, then silence
    playback.send(500, now_s=12.0)
    assert playback.played_ms(12.1) == 600
    playback.take_back(300)
    assert playback.sent_ms == 700 and playback.played_ms(13.0) == 700
    playback.send(100, now_s=13.0)
    playback.stop(13.0)
    assert playback.left_ms(13.0) == 0


@pytest.mark.parametrize(
    ("heard_ms", "audio_ms", "expected"),
    [
        (0, 1000, ""),
        (500, 1000, "one"),
        (560, 1000, "one two"),
        (1000, 1000, "one two three"),
        (5000, 1000, "one two three"),
    ],
)
def test_text_is_cut_where_its_speech_was(heard_ms: int, audio_ms: int, expected: str) -> None:
    assert text_heard("one two three", heard_ms, audio_ms) == expected


def test_a_cut_answer_is_measured_by_a_usual_speaking_rate() -> None:
    assert text_heard("one two three four five", 600, None) == "one two"
    assert text_heard("", 600, None) == ""


def test_outbox_takes_audio_back_and_holds_up_a_response() -> None:
    def delta(kind: str, response: str = "r") -> Delta:
        return Delta(type=kind, response_id=response, item_id="i", delta="A" * 100)  # type: ignore[arg-type]

    async def scenario() -> None:
        outbox, sent = Outbox(max_bytes=250), []
        for _ in range(3):
            outbox.put(delta("response.output_audio.delta"))
        outbox.put(delta("response.output_audio.delta", "other"))
        outbox.put(delta("response.output_audio_transcript.delta"))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(outbox.room(), 0.01)
        assert outbox.take_back_audio("r") == 300
        outbox.put(AudioCleared())
        outbox.close()

        async def send(frame: str) -> None:
            sent.append(json.loads(frame))

        await outbox.run(send, timeout_s=1)
        await asyncio.wait_for(outbox.room(), 0.01)
        assert [(event["type"], event.get("response_id")) for event in sent] == [
            ("response.output_audio.delta", "other"),
            ("response.output_audio_transcript.delta", "r"),
            ("input_audio_buffer.cleared", None),
        ]

        async def stuck(frame: str) -> None:
            await asyncio.sleep(10)

        slow = Outbox()
        slow.put(AudioCleared())
        with pytest.raises(SlowReader):
            await slow.run(stuck, timeout_s=0.01)
        full = Outbox(max_events=2)
        for _ in range(3):
            full.put(AudioCleared())
        with pytest.raises(SlowReader):
            await full.run(send, timeout_s=1)

    asyncio.run(scenario())


class Broken(ScriptedReply):
    def step(self, hidden=None) -> list:
        raise RuntimeError("broken")


def test_worker_is_fair_survives_errors_and_cancels_within_a_step() -> None:
    order: list[str] = []

    class Named(ScriptedReply):
        def __init__(self, name: str, num_words: int) -> None:
            super().__init__(" ".join([name] * num_words), False, 0.001)
            self.name = name

        def step(self, hidden=None) -> list:
            order.append(self.name)
            return super().step(hidden)

    async def read(job) -> str:
        return "".join([event.text async for events in job for event in events if isinstance(event, TextDelta)])

    async def scenario() -> None:
        worker = Worker()
        worker.start()
        jobs = [worker.submit(lambda name=name: Named(name, 20)) for name in "ab"]
        behind = worker.submit(lambda: Named("c", 5), background=True)
        broken = worker.submit(lambda: Broken("x", False, 0))
        told = await asyncio.gather(*map(read, [*jobs, behind]))
        assert told == ["a " * 20, "b " * 20, "c " * 5]
        with pytest.raises(RuntimeError, match="broken"):
            await read(broken)
        both = [name for name in order if name != "c"][4:36]
        assert all(set(both[i : i + 2]) == {"a", "b"} for i in range(0, len(both), 2))
        assert order.index("c") < len(order) - 5  # the background is not starved
        endless = Named("d", 100_000)
        job = worker.submit(lambda: endless)
        async for _ in job:
            break
        job.cancel()
        await asyncio.sleep(0.1)
        said = len(endless._said)
        await asyncio.sleep(0.05)
        assert endless.cancelled and len(endless._said) == said and worker.num_jobs == 0
        worker.stop()
        assert not worker.alive

    asyncio.run(scenario())


def test_replies_of_many_share_their_passes_and_say_what_each_says_alone() -> None:
    engine, passes = Engine(toy.model(), EnergyVad()), []
    texts = ["hello", "one two three", "hi", "good day to you"]

    def look_ahead(replies):
        passes.append(len(replies))
        return engine.look_ahead(replies)

    def said(text: str):
        return engine.answer(Question(text=text), (), ReplyOptions(speaks=True, max_tokens=40))

    def alone(text: str) -> list:
        reply, events = said(text), []
        while not reply.done:
            events += reply.step()
        return events

    async def read(job) -> list:
        return [event async for events in job for event in events]

    async def scenario() -> list[list]:
        worker = Worker(look_ahead=look_ahead)
        worker.start()
        told = await asyncio.gather(*[read(worker.submit(lambda text=text: said(text))) for text in texts])
        worker.stop()
        return told

    for text, events in zip(texts, asyncio.run(scenario()), strict=True):
        wanted = alone(text)
        assert [type(event) for event in events] == [type(event) for event in wanted]
        assert events[-1] == wanted[-1], "the same text, ended alike"
    assert max(passes) == 4


def test_a_shared_pass_that_breaks_ends_its_replies_and_no_others() -> None:
    def look_ahead(replies):
        if len(replies) > 1:
            raise RuntimeError("out of memory")
        return [None] * len(replies)

    async def read(job) -> list:
        return [event async for events in job for event in events]

    async def scenario() -> None:
        worker = Worker(look_ahead=look_ahead)
        worker.start()
        pair = [worker.submit(lambda: ScriptedReply("word " * 50, False, 0.001)) for _ in range(2)]
        for told in await asyncio.gather(*map(read, pair), return_exceptions=True):
            assert isinstance(told, RuntimeError)
        assert len(await read(worker.submit(lambda: ScriptedReply("word word", False, 0)))) > 2
        worker.stop()

    asyncio.run(scenario())


def test_a_job_nobody_reads_stops_being_stepped() -> None:
    async def scenario() -> None:
        worker = Worker(max_ahead=4)
        worker.start()
        reply = ScriptedReply(" ".join(["word"] * 1000), False, 0.0)
        job = worker.submit(lambda: reply)
        await asyncio.sleep(0.3)
        assert len(reply._said) == 4
        job.cancel()
        await asyncio.sleep(0.1)
        assert reply.cancelled
        worker.stop()

    asyncio.run(scenario())


def test_conversation_pairs_questions_with_what_was_heard() -> None:
    conversation = Conversation()
    assert conversation.asked("") is None
    greeting = conversation.asked("say hello")
    assert greeting is not None and greeting.question == Question(text="say hello")
    conversation.add(Item(role="user", text="q1", question=Question(text="q1")))
    conversation.add(Item(role="assistant", text="one two three", spoken=True, audio_ms=1000, heard_ms=560))
    conversation.add(Item(role="system", text="be kind"))
    conversation.add(Item(role="user", text="unanswered", question=Question(text="unanswered")))
    conversation.add(Item(role="user", text="q2", question=Question(text="q2")))
    conversation.add(Item(role="assistant", text="never heard", spoken=True, audio_ms=1000, heard_ms=0))
    conversation.add(Item(role="user", text="q3", question=Question(text="q3")))
    asked = conversation.asked("")
    assert asked is not None and asked.question.text == "q3"
    assert [(exchange.question.text, exchange.answer) for exchange in asked.history] == [
        ("q1", "one two"),
        ("unanswered", ""),
        ("q2", ""),
    ]


def test_a_question_that_was_written_down_is_remembered_with_its_words() -> None:
    conversation = Conversation()
    heard = Question(heard=torch.ones(3, 2))
    conversation.add(Item(role="user", question=heard))
    conversation.write_down(heard, "who is there")
    conversation.add(Item(role="user", question=Question(text="and now?")))
    asked = conversation.asked("")
    assert asked is not None and asked.question.text == "and now?"
    (past,) = asked.history
    assert past.question.text == "who is there" and past.question.heard is heard.heard


def test_a_transcribing_engine_answers_its_transcript(toy_engine: Engine) -> None:
    engine = Engine(toy.model(17), toy_engine.vad, DecodeOptions(max_steps=20), transcribe=True)
    question = engine.listen(toy.ToyVoice().speak("hello").samples)

    def said(asked: Question) -> list[Event]:
        reply, events = engine.answer(asked, (), ReplyOptions(speaks=False)), []
        while not reply.done:
            events += reply.step()
        return events

    heard = said(question)
    (transcript,) = [event.text for event in heard if isinstance(event, Transcript)]
    written = said(Question(text=transcript))
    texts = [[event.text for event in events if isinstance(event, TextDelta)] for events in (heard, written)]
    assert texts[0] == texts[1] != []


def test_items_of_other_kinds_are_kept_and_shown() -> None:
    call = {"type": "function_call_output", "call_id": "c1", "output": "42"}
    item, samples = item_from_client(call)
    assert samples is None and {key: item.wire()[key] for key in call} == call
    for wrong in (
        {"type": 3},
        {"role": "nobody", "content": []},
        {"role": "user"},
        {"role": "user", "content": [{"type": "smell"}]},
    ):
        with pytest.raises(ProtocolError):
            item_from_client(wrong)


def test_flat_names_of_the_retired_protocol_are_understood() -> None:
    flat = {"modalities": ["text"], "voice": "ash", "turn_detection": None, "input_audio_transcription": {"model": "w"}}
    config = SessionConfig().changed(flat)
    assert config.output_modalities == ["text"] and config.audio.output.voice == "ash"
    assert config.turn_detection is None and config.audio.input.transcription == {"model": "w"}
    both = SessionConfig().changed({"output_modalities": ["text", "audio"]})
    assert both.output_modalities == ["audio"]  # audio has its transcript
    assert SessionConfig().changed({"instructions": None, "audio": None}).audio == SessionConfig().audio


@pytest.mark.parametrize("format", list(MEDIA_TYPES))
@pytest.mark.parametrize("chunk", [1, 700, 24_000])
def test_a_streamed_file_can_be_read_as_a_whole_one(format: str, chunk: int) -> None:
    samples = 0.5 * torch.sin(torch.arange(24_000) * 0.05)
    stream = encoder(format, 24_000)
    pieces = samples[: 3 * chunk].split(chunk) if chunk == 1 else samples.split(chunk)
    data = b"".join(stream.push(piece) for piece in pieces) + stream.flush()
    wanted = sum(map(len, pieces))
    if format == "pcm":
        assert len(data) == 2 * wanted
        return
    read, rate = soundfile.read(io.BytesIO(data))
    assert rate == 24_000
    if format in ("wav", "flac"):
        assert np.abs(read - samples[:wanted].numpy()).max() < 1e-4
        assert encode(format, samples[:wanted], 24_000)[:4] == data[:4]
    else:
        assert wanted <= len(read) + 1 <= wanted + 2_500 and (chunk == 1 or 0.4 < np.abs(read).max() < 0.6)


def test_windows_are_cut_in_silence_and_lose_nothing() -> None:
    rate, loud = 1_000, torch.ones(9_400)
    samples = torch.cat([loud, torch.zeros(200), loud, torch.zeros(200), loud])
    parts = windows(samples, rate, max_s=10.0)
    assert torch.equal(torch.cat(parts), samples)
    assert [len(part) for part in parts] == pytest.approx([9_500, 9_600, 9_500], abs=100)
    assert all(len(part) <= 10 * rate for part in parts)


def test_logs_are_json_and_carry_extras() -> None:
    record = logging.makeLogRecord(
        {"name": "x", "levelname": "INFO", "msg": "session %s", "args": ("opened",), "session": "s1"}
    )
    line = json.loads(JsonLines().format(record))
    assert line["message"] == "session opened" and line["session"] == "s1" and line["level"] == "info"


def test_recording_is_off_unless_a_folder_is_named(tmp_path) -> None:
    off = Recorder(None, "sess_1")
    off.add("user", torch.ones(10), 24_000)
    off.close()
    on = Recorder(str(tmp_path / "kept"), "sess_1")
    on.add("user", torch.full((100,), 0.5), 24_000)
    on.add("user", torch.full((100,), -0.5), 24_000)
    on.close()
    samples, rate = soundfile.read(tmp_path / "kept" / "sess_1" / "user.wav")
    assert rate == 24_000 and len(samples) == 200 and samples[0] == 0.5 and samples[-1] == -0.5
    assert not (tmp_path / "kept" / "sess_1" / "model.wav").exists()
