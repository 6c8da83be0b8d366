"""Whatever a client sends, it gets typed errors or a close: never a traceback, never silence, never another session's data."""

import json
import logging
import string
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from running import Client, ScriptedEngine, serving

from thinkaloud.serve.client_events import parse_client_event
from thinkaloud.serve.protocol import ProtocolError
from thinkaloud.serve.session_config import SessionConfig

TYPES = [
    "session.update",
    "input_audio_buffer.append",
    "input_audio_buffer.commit",
    "input_audio_buffer.clear",
    "conversation.item.create",
    "conversation.item.retrieve",
    "conversation.item.delete",
    "conversation.item.truncate",
    "response.create",
    "response.cancel",
    "output_audio_buffer.clear",
]
NAMES = [
    "type",
    "session",
    "audio",
    "item",
    "item_id",
    "id",
    "role",
    "content",
    "text",
    "input",
    "output",
    "format",
    "rate",
    "voice",
    "turn_detection",
    "threshold",
    "previous_item_id",
    "content_index",
    "audio_end_ms",
    "response",
    "conversation",
    "instructions",
    "max_output_tokens",
    "metadata",
    "output_modalities",
    "tools",
    "eagerness",
    "create_response",
    "transcription",
    "event_id",
]
WORDS = [
    "message",
    "user",
    "assistant",
    "system",
    "input_text",
    "input_audio",
    "realtime",
    "server_vad",
    "semantic_vad",
    "none",
]
scalars = (
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=20) | st.sampled_from(WORDS)
    | st.sampled_from(["", "AAAA", "AAA=", "item_1", "root", "audio", "inf"])
)  # fmt: skip
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6),
    max_leaves=12,
)
events = st.builds(
    lambda type, fields: {**fields, "type": type}, st.sampled_from(TYPES), st.dictionaries(st.sampled_from(NAMES), values)
)
frames = (
    events.map(lambda event: json.dumps(event, allow_nan=True))
    | values.map(lambda value: json.dumps(value, allow_nan=True))
    | st.text(alphabet=string.printable, max_size=200)
    | st.binary(max_size=200)
)


@given(frames)
@settings(max_examples=100, deadline=None)
def test_parsing_gives_an_event_or_a_protocol_error(frame: str | bytes) -> None:
    try:
        parse_client_event(frame)
    except ProtocolError as error:
        assert str(error) and error.code


@given(st.dictionaries(st.sampled_from([*NAMES, "modalities", "speed", "model", "tracing"]), values))
@settings(max_examples=60, deadline=None)
def test_a_session_update_gives_a_whole_config_or_a_protocol_error(update: dict[str, Any]) -> None:
    try:
        config = SessionConfig().changed(update)
    except ProtocolError:
        return
    wire = json.loads(json.dumps(config.wire()))
    assert wire["audio"]["input"]["format"]["rate"] == 24000 and wire["output_modalities"] in (["audio"], ["text"])


@pytest.mark.parametrize("num_examples", [15, pytest.param(300, marks=pytest.mark.slow)])
def test_any_sequence_of_frames_leaves_the_session_usable(num_examples: int, caplog: pytest.LogCaptureFixture) -> None:
    engine = ScriptedEngine("one two")
    with serving(engine) as server:

        @given(st.lists(frames, max_size=8))
        @settings(max_examples=num_examples, deadline=None, suppress_health_check=list(HealthCheck))
        def attack(sequence: list[str | bytes]) -> None:
            with Client(server) as client, caplog.at_level(logging.WARNING):
                for frame in sequence:
                    client.raw(frame)
                client.send("conversation.item.retrieve", item_id="the-end", event_id="the-end")
                while client.next().get("error", {}).get("event_id") != "the-end":
                    pass
                for event in client.events:
                    assert event["type"] != "error" or event["error"]["code"] != "server_error", (sequence, event)
                    assert "Traceback" not in json.dumps(event)

        attack()
        with Client(server) as client:
            assert client.ask("still there?")["response"]["status"] == "completed"
    assert not [record for record in caplog.records if record.exc_info]


def test_sessions_see_their_own_items_only() -> None:
    with serving(ScriptedEngine()) as server, Client(server) as mine, Client(server) as other:
        item = mine.ask("my secret")["response"]["output"][0]["id"]
        for type in ("conversation.item.retrieve", "conversation.item.delete"):
            other.send(type, item_id=item)
            assert other.until("error")["error"]["code"].endswith(("invalid_item_id", "not_found"))
        other.send("response.create", response={"input": [{"type": "item_reference", "id": item}]})
        assert other.until("error")["error"]["code"] == "item_not_found"
        mine.send("conversation.item.retrieve", item_id=item)
        assert mine.until("conversation.item.retrieved")["item"]["id"] == item


@pytest.mark.slow
def test_rest_against_its_own_schema() -> None:
    schemathesis = pytest.importorskip("schemathesis", reason="pip install schemathesis")
    with serving(ScriptedEngine("yes")) as server:
        schema = schemathesis.openapi.from_url(server.http + "/openapi.json")
        operations = [result.ok() for result in schema.get_all_operations()]
        assert len(operations) >= 8
        for operation in operations:

            @given(case=operation.as_strategy())
            @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
            def attack(case: Any) -> None:
                response = case.call(base_url=server.http, timeout=20)
                assert response.status_code < 500 or response.status_code == 503, (response.status_code, response.content[:200])
                assert b"Traceback" not in response.content

            attack()
        assert server.state.requests.taken == 0
