"""The realtime protocol, event by event, over a real socket."""

import time

import pytest
from running import Client, Running, ScriptedEngine, serving, silence, speech_like, user_text, wait_for

TURN = [  # what a client relies on, once the user's item is there
    "response.created",
    "response.output_item.added",
    "conversation.item.added",
    "response.content_part.added",
    "response.output_audio.done",
    "response.output_audio_transcript.done",
    "response.content_part.done",
    "response.output_item.done",
    "conversation.item.done",
    "response.done",
    "rate_limits.updated",
    "thinkaloud.latency",
]


def without_deltas(events: list[dict]) -> list[str]:
    return [event["type"] for event in events if not event["type"].endswith(".delta")]


def test_a_text_turn_has_the_promised_order(scripted: Running) -> None:
    with Client(scripted) as client:
        assert client.next()["type"] == "session.created"
        client.send("conversation.item.create", item=user_text("hello"))
        client.send("response.create")
        client.until("thinkaloud.latency")
    assert without_deltas(client.events[1:]) == ["conversation.item.added", "conversation.item.done", *TURN]
    assert len({event["event_id"] for event in client.events}) == len(client.events)
    done = next(event for event in client.events if event["type"] == "response.done")["response"]
    assert done["status"] == "completed"
    assert done["output"][0]["content"] == [{"type": "output_audio", "transcript": "one two three four five "}]
    assert done["usage"]["output_tokens"] == 10 and done["usage"]["total_tokens"] == 15


def test_text_only_answers(scripted: Running) -> None:
    with Client(scripted) as client:
        client.send("session.update", session={"type": "realtime", "output_modalities": ["text"]})
        done = client.ask("hello")
    types = client.types()
    assert "response.output_text.delta" in types and "response.output_audio.delta" not in types
    assert done["response"]["output"][0]["content"] == [{"type": "output_text", "text": "one two three four five "}]


def test_session_update_echoes_everything_and_changes_only_what_it_names(scripted: Running) -> None:
    foreign = {"model": "gpt-realtime-2.1", "tracing": "auto", "tools": [{"type": "function", "name": "f"}], "vendor": {"x": 1}}
    audio = {"output": {"voice": "ash"}, "input": {"transcription": {"model": "gpt-4o-mini-transcribe"}}}
    with Client(scripted) as client:
        before = client.next()["session"]
        client.send("session.update", session={"type": "realtime", **foreign, "audio": audio})
        after = client.until("session.updated")["session"]
        client.send(
            "session.update", session={"type": "realtime", "audio": {"input": {"turn_detection": {"type": "semantic_vad"}}}}
        )
        semantic = client.until("session.updated")["session"]
        client.send("session.update", session={"type": "realtime", "audio": {"input": {"turn_detection": None}}})
        manual = client.until("session.updated")["session"]
    assert before["audio"]["input"]["turn_detection"]["interrupt_response"] is True
    assert {key: after[key] for key in foreign} == foreign
    assert after["audio"]["output"]["voice"] == "ash" and after["audio"]["input"]["format"]["rate"] == 24000
    assert after["audio"]["input"]["turn_detection"] == before["audio"]["input"]["turn_detection"]
    assert semantic["audio"]["input"]["turn_detection"]["create_response"] is True
    assert semantic["audio"]["output"]["voice"] == "ash"
    assert manual["audio"]["input"]["turn_detection"] is None and manual["id"] == before["id"]


def test_server_vad_finds_the_turn_and_answers(scripted: Running) -> None:
    with Client(scripted) as client:
        transcription = {"input": {"transcription": {"model": "any"}}}
        client.send("session.update", session={"type": "realtime", "audio": transcription})
        client.speak(silence(0.5))
        client.speak(speech_like(1.0))
        client.speak(silence(1.0))
        client.until("response.done")
        client.until("thinkaloud.latency")
        if "conversation.item.input_audio_transcription.completed" not in client.types():
            client.until("conversation.item.input_audio_transcription.completed")
    asynchronous = [event for event in client.events if ".input_audio_transcription." in event["type"]]
    rest = [event for event in client.events if event not in asynchronous]
    assert without_deltas(rest)[2:] == [
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
        *TURN,
    ]
    started, stopped, committed, added = rest[2:6]
    assert started["item_id"] == stopped["item_id"] == committed["item_id"] == added["item"]["id"]
    assert 150 <= started["audio_start_ms"] <= 300  # 0.5 s of silence less 300 ms of prefix padding
    assert 1900 <= stopped["audio_end_ms"] <= 2200  # the speech ends at 1.5 s; then 500 ms of silence
    assert 500 <= stopped["silence_ms"] <= 600
    assert asynchronous[-1]["transcript"] == "what was heard" and asynchronous[-1]["item_id"] == committed["item_id"]


def test_manual_mode_commits_without_answering(scripted: Running) -> None:
    with Client(scripted) as client:
        client.send("session.update", session={"type": "realtime", "audio": {"input": {"turn_detection": None}}})
        client.send("input_audio_buffer.commit")
        assert client.until("error")["error"]["code"] == "input_audio_buffer_commit_empty"
        client.speak(speech_like(0.3))
        client.send("input_audio_buffer.clear")
        client.until("input_audio_buffer.cleared")
        client.send("input_audio_buffer.commit")
        assert client.until("error")["error"]["code"] == "input_audio_buffer_commit_empty"
        client.speak(speech_like(0.5))
        client.send("input_audio_buffer.commit")
        client.until("conversation.item.done")
        client.send("conversation.item.retrieve", item_id="nothing")
        assert client.until("error")["error"]["code"] == "item_retrieve_invalid_item_id"
        assert "response.created" not in client.types()
        client.send("response.create")
        assert client.until("response.done")["response"]["status"] == "completed"
    assert "input_audio_buffer.speech_started" not in client.types()


def test_barge_in_stops_at_once_and_remembers_what_was_heard() -> None:
    engine = ScriptedEngine(" ".join(f"word{i}" for i in range(100)), step_s=0.02)
    with serving(engine) as server, Client(server) as client:
        client.send("conversation.item.create", item=user_text("tell me"))
        client.send("response.create")
        client.until("response.output_audio.delta")
        time.sleep(0.5)  # what is heard of the answer by now
        client.speak(silence(0.4))
        client.speak(speech_like(0.6))
        started = client.until("input_audio_buffer.speech_started")
        done = client.until("response.done")["response"]
        place = client.events.index(started)
        assert done["status"] == "cancelled" and done["status_details"]["reason"] == "turn_detected"
        item = done["output"][0]
        assert item["status"] == "incomplete"
        client.speak(silence(1.0))
        client.until("response.created")
        wait_for(lambda: len(engine.asked) == 2)
        client.send("conversation.item.truncate", item_id=item["id"], content_index=0, audio_end_ms=400)
        assert client.until("conversation.item.truncated")["audio_end_ms"] <= 400
        client.send("conversation.item.retrieve", item_id=item["id"])
        shown = client.until("conversation.item.retrieved")["item"]["content"][0]["transcript"]
        client.send("response.cancel")
        assert client.until("response.done")["response"]["status_details"]["reason"] == "client_cancelled"
    first = [e for e in client.events if e.get("response_id") == done["id"] and e["type"].endswith(".delta")]
    assert all(client.events.index(event) < client.events.index(started) + 20 for event in first)
    after_done = client.events[[e["type"] for e in client.events].index("response.done") :]
    assert not [e for e in after_done if e.get("response_id") == done["id"] and e["type"].endswith("delta")]
    assert client.events[place + 1]["type"] != "response.output_audio.delta"
    assert shown == "word0"  # 400 ms at 15 characters a second is one word
    assert engine.replies[0].cancelled
    question, history = engine.asked[1]
    assert question.heard is not None
    assert [exchange.question.text for exchange in history] == ["tell me"]
    assert history[0].answer.startswith("word0") and len(history[0].answer) < 200


def test_an_answer_that_is_complete_but_still_playing_is_interrupted_too() -> None:
    engine = ScriptedEngine("one two three four five six seven eight nine ten")
    with serving(engine) as server, Client(server) as client:
        client.ask("count")  # generated at once; playing takes one second
        time.sleep(0.4)
        client.speak(silence(0.4))
        client.speak(speech_like(0.6))
        client.until("input_audio_buffer.speech_started")
        client.speak(silence(1.0))
        client.until("response.done")
    answer = engine.asked[1][1][0].answer
    assert answer.startswith("one two") and "one two three four five six seven eight nine ten".startswith(answer)
    assert not answer.endswith("ten")


def test_truncate_clamps_and_history_follows(scripted: Running) -> None:
    with Client(scripted) as client:
        item = client.ask("count")["response"]["output"][0]
        client.send("conversation.item.truncate", item_id=item["id"], content_index=0, audio_end_ms=99_999)
        assert client.until("conversation.item.truncated")["audio_end_ms"] == 500
        client.send("conversation.item.truncate", item_id=item["id"], content_index=0, audio_end_ms=200)
        client.until("conversation.item.truncated")
        client.ask("and then?")
    engine = scripted.state.engine
    assert isinstance(engine, ScriptedEngine)
    _, history = engine.asked[-1]
    assert [(exchange.question.text, exchange.answer) for exchange in history] == [("count", "one two")]


def test_items_can_be_placed_deleted_and_not_doubled(scripted: Running) -> None:
    with Client(scripted) as client:
        for name in "ab":
            client.send("conversation.item.create", item={**user_text(name), "id": name})
        client.send("conversation.item.create", item={**user_text("first"), "id": "c"}, previous_item_id="root")
        client.send("conversation.item.create", item={**user_text("between"), "id": "d"}, previous_item_id="a")
        before = [client.until("conversation.item.added").get("previous_item_id") for _ in range(4)]
        client.send("conversation.item.create", item={**user_text("again"), "id": "a"})
        assert client.until("error")["error"]["code"] == "item_id_exists"
        client.send("conversation.item.delete", item_id="b")
        assert client.until("conversation.item.deleted")["item_id"] == "b"
        client.send("response.create")
        client.until("response.done")
    assert before == [None, "a", None, "a"]
    engine = scripted.state.engine
    assert isinstance(engine, ScriptedEngine)
    assert engine.asked[-1][0].text == "between"


def test_errors_are_typed_name_the_event_and_leave_the_session_open(scripted: Running) -> None:
    cases = [
        ("not json", "invalid_json"),
        ("[1]", "invalid_json"),
        ('{"no": "type"}', "missing_type"),
        ('{"type": "no.such.event", "event_id": "e1"}', "unknown_event_type"),
        ('{"type": "input_audio_buffer.append", "audio": "***"}', "invalid_audio"),
        ('{"type": "input_audio_buffer.append"}', "missing_field"),
        ('{"type": "response.cancel"}', "response_cancel_not_active"),
        ('{"type": "output_audio_buffer.clear"}', "unsupported_event"),
        ('{"type": "session.update", "session": {"type": "transcription"}}', "unsupported_session_type"),
        (
            '{"type": "session.update", "session": {"audio": {"input": {"format": {"type": "audio/pcmu"}}}}}',
            "unsupported_format",
        ),
        ("[" * 100_000, "invalid_json"),
        (b"\x00\xff", "invalid_json"),
    ]
    with Client(scripted) as client:
        for frame, code in cases:
            client.raw(frame)
            assert client.until("error")["error"]["code"] == code, frame[:50]
        client.send(
            "session.update",
            event_id="mine",
            session={"audio": {"input": {"turn_detection": {"type": "server_vad", "threshold": 7}}}},
        )
        error = client.until("error")["error"]
        assert error["event_id"] == "mine" and error["param"].endswith("threshold")
        assert client.ask("still there?")["response"]["status"] == "completed"


def test_one_response_at_a_time() -> None:
    with serving(ScriptedEngine("one two three four five six", step_s=0.05)) as server, Client(server) as client:
        client.send("response.create")
        assert client.until("response.done")["response"]["status_details"]["error"]["code"] == "nothing_to_answer"
        client.send("conversation.item.create", item=user_text("hello"))
        client.send("response.create")
        client.send("response.create")
        assert client.until("error")["error"]["code"] == "conversation_already_has_active_response"
        assert client.until("response.done")["response"]["status"] == "completed"


def test_a_response_outside_of_the_conversation_leaves_no_trace(scripted: Running) -> None:
    with Client(scripted) as client:
        client.send("response.create", response={"conversation": "none", "input": [user_text("aside")], "metadata": {"k": "v"}})
        done = client.until("response.done")["response"]
        assert done["metadata"] == {"k": "v"} and done["conversation_id"] is None
        assert "conversation.item.added" not in client.types()
        client.ask("what did I say?")
    engine = scripted.state.engine
    assert isinstance(engine, ScriptedEngine)
    assert engine.asked[-2][0].text == "aside" and engine.asked[-1][1] == ()


@pytest.mark.parametrize("create", [True, False])
def test_turn_detection_may_only_tell(create: bool) -> None:
    engine = ScriptedEngine()
    detection = {"type": "server_vad", "create_response": create, "interrupt_response": False}
    with serving(engine) as server, Client(server) as client:
        client.send("session.update", session={"audio": {"input": {"turn_detection": detection}}})
        client.speak(speech_like(0.6))
        client.speak(silence(0.8))
        client.until("conversation.item.done")
        client.send("conversation.item.retrieve", item_id="none")
        client.until("response.done" if create else "error")
    assert len(engine.asked) == int(create)
