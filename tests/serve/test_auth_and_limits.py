"""Who may come in, from where, how often, how large, and over TLS."""

import http.client
import io
import json
import logging
import ssl
import time

import pytest
from running import Client, ScriptedEngine, serving
from websockets.exceptions import InvalidStatus

from thinkaloud.serve.auth import Door
from thinkaloud.serve.limits import Bucket, Buckets, Slots
from thinkaloud.serve.settings import Limits, ServeConfig
from thinkaloud.serve.tls import self_signed

KEY = "correct-horse-battery"
BEARER = {"Authorization": f"Bearer {KEY}"}


def ask(server, path: str, method: str = "GET", headers: dict[str, str] | None = None, body: object = None):
    """One plain HTTP request; status, JSON or text, headers."""
    connection = http.client.HTTPConnection(server.host, server.port, timeout=10)
    data = body if isinstance(body, bytes) else json.dumps(body) if body is not None else None
    connection.request(method, path, data, {"Content-Type": "application/json", **(headers or {})})
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, json.loads(text) if text.startswith(("{", "[")) else text, response.headers


def status_of_handshake(server, **options) -> int:
    """101 if the WebSocket opens, else the HTTP status of the refusal."""
    try:
        with Client(server, **options) as client:
            assert client.next()["type"] == "session.created"
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


@pytest.fixture(scope="module")
def guarded():
    with serving(ScriptedEngine(), api_keys=(KEY,), origins=("https://app.example",)) as server:
        yield server


def test_the_matrix_of_keys(guarded) -> None:
    key_in_protocol = ["realtime", f"openai-insecure-api-key.{KEY}"]
    wrong_in_protocol = ["realtime", "openai-insecure-api-key.wrong-wrong"]
    own_origin = f"http://{guarded.host}:{guarded.port}"
    matrix = [
        ({}, 401),
        ({"additional_headers": {"Authorization": "Bearer wrong-wrong-wrong"}}, 401),
        ({"additional_headers": {"Authorization": f"Basic {KEY}"}}, 401),
        ({"additional_headers": {"Authorization": "Bearer ek_made-up"}}, 401),
        ({"additional_headers": BEARER}, 101),
        ({"subprotocols": ["realtime"]}, 401),
        ({"subprotocols": wrong_in_protocol}, 401),
        ({"subprotocols": key_in_protocol}, 101),
        ({"subprotocols": key_in_protocol, "origin": own_origin}, 101),
        ({"subprotocols": key_in_protocol, "origin": "https://app.example"}, 101),
        ({"subprotocols": key_in_protocol, "origin": "https://evil.example"}, 403),
        ({"additional_headers": BEARER, "origin": "null"}, 403),
    ]
    for options, expected in matrix:
        assert status_of_handshake(guarded, **options) == expected, options
    for headers, expected in (({}, 401), (BEARER, 200), ({**BEARER, "Origin": "https://evil.example"}, 403)):
        assert ask(guarded, "/v1/models", headers=headers)[0] == expected
    assert ask(guarded, "/metrics")[0] == 401 and ask(guarded, "/metrics", headers=BEARER)[0] == 200
    assert ask(guarded, "/health")[0] == 200 and ask(guarded, "/ready")[0] == 200


def test_a_refusal_is_not_logged_as_an_error() -> None:
    written = io.StringIO()
    with serving(ScriptedEngine(), api_keys=(KEY,)) as server:
        for handler in logging.getLogger("uvicorn").handlers:
            handler.setStream(written)
        assert status_of_handshake(server) == 401
        logging.getLogger("uvicorn.error").error("a true one")
    assert [json.loads(line)["message"] for line in written.getvalue().splitlines()] == ["a true one"]


def test_the_subprotocol_is_echoed_only_if_offered(guarded) -> None:
    with Client(guarded, subprotocols=["realtime", f"openai-insecure-api-key.{KEY}"]) as client:
        assert client.socket.subprotocol == "realtime"
    with Client(guarded, additional_headers=BEARER) as client:
        assert client.socket.subprotocol is None


def test_client_secrets_open_the_session_they_were_made_for_and_nothing_else(guarded) -> None:
    wanted = {
        "session": {"type": "realtime", "instructions": "be a pirate"},
        "expires_after": {"anchor": "created_at", "seconds": 60},
    }
    assert ask(guarded, "/v1/realtime/client_secrets", "POST", {}, wanted)[0] == 401
    status, secret, _ = ask(guarded, "/v1/realtime/client_secrets", "POST", BEARER, wanted)
    assert status == 200 and secret["value"].startswith("ek_") and 55 < secret["expires_at"] - time.time() <= 60
    assert secret["session"]["instructions"] == "be a pirate" and secret["session"]["id"]
    with Client(guarded, subprotocols=["realtime", f"openai-insecure-api-key.{secret['value']}"]) as client:
        assert client.next()["session"]["instructions"] == "be a pirate"
    as_secret = {"Authorization": f"Bearer {secret['value']}"}
    assert ask(guarded, "/v1/realtime/client_secrets", "POST", as_secret, {})[0] == 403
    wrong = {"session": {"type": "realtime", "output_modalities": ["smell"]}}
    status, told, _ = ask(guarded, "/v1/realtime/client_secrets", "POST", BEARER, wrong)
    assert status == 400 and told["error"]["param"] == "output_modalities"


def test_a_secret_expires() -> None:
    now = [1_000.0]
    door = Door([KEY], clock=lambda: now[0])
    value, expires_at = door.new_secret({}, 60)
    headers = {"authorization": f"Bearer {value}"}
    assert expires_at == 1_060 and door.caller(headers) is not None
    now[0] += 61
    assert door.caller(headers) is None


def test_without_keys_everybody_on_this_machine_may_but_no_foreign_page() -> None:
    with serving(ScriptedEngine()) as server:
        assert status_of_handshake(server) == 101
        assert status_of_handshake(server, additional_headers={"Authorization": "Bearer anything"}) == 101
        assert status_of_handshake(server, origin="https://evil.example") == 403
        assert ask(server, "/v1/realtime/client_secrets", "POST", {}, {})[0] == 200


def test_a_public_address_needs_a_key_or_an_explicit_wish() -> None:
    with pytest.raises(ValueError, match="--api-key"):
        ServeConfig(host="0.0.0.0")
    with pytest.raises(ValueError, match="--api-key"):
        ServeConfig(host="my-server.example")
    assert ServeConfig(host="0.0.0.0", api_keys=(KEY,)).api_keys == (KEY,)
    assert ServeConfig(host="0.0.0.0", public_without_key=True).public_without_key
    assert ServeConfig(host="::1").is_local and ServeConfig(host="localhost").is_local
    for wrong in ({"port": 70_000}, {"tls_cert": "a"}, {"api_keys": ("short",)}):
        with pytest.raises(ValueError):
            ServeConfig(**wrong)
    with pytest.raises(ValueError, match="num_sessions"):
        Limits(num_sessions=0)


def test_sizes_and_rates_are_limited() -> None:
    limits = Limits(frame_bytes=10_000, upload_bytes=50_000, requests_per_min=20, text_chars=100)
    with serving(ScriptedEngine(), limits=limits) as server:
        with Client(server) as client:
            client.raw('{"type": "input_audio_buffer.append", "audio": "' + "A" * 20_000 + '"}')
            with pytest.raises(Exception, match="1009"):
                client.until("error")
        message = {"messages": [{"role": "user", "content": "x" * 200}]}
        status, told, _ = ask(server, "/v1/chat/completions", "POST", {}, message)
        assert status == 400 and told["error"]["code"] == "text_too_long"
        status, told, _ = ask(server, "/v1/chat/completions", "POST", {}, b"{" + b" " * 60_000 + b"}")
        assert status == 413 and told["error"]["code"] == "body_too_large"
        statuses = [ask(server, "/v1/models")[0] for _ in range(30)]
        assert statuses[0] == 200 and statuses[-1] == 429
        assert ask(server, "/v1/models")[2]["Retry-After"]


def test_too_many_responses_are_refused_and_audio_has_an_end() -> None:
    with serving(ScriptedEngine("yes"), limits=Limits(responses_per_min=2, buffer_s=2.0)) as server, Client(server) as client:
        client.ask("one")
        client.ask("two")
        client.send("response.create")
        assert client.until("error")["error"]["code"] == "rate_limit_exceeded"
        client.send("session.update", session={"audio": {"input": {"turn_detection": None}}})
        client.speak([0.0] * 24_000 * 3, chunk_ms=500)  # type: ignore[arg-type]
        assert client.until("error")["error"]["code"] == "input_audio_buffer_full"


def test_events_beyond_the_rate_are_slowed_and_none_is_lost() -> None:
    with serving(ScriptedEngine(), limits=Limits(events_per_s=100)) as server, Client(server) as client:
        for number in range(450):  # 400 at once, then 100 a second
            client.send("conversation.item.retrieve", item_id=str(number))
        began_s = time.monotonic()
        for _ in range(450):
            client.until("error")
        assert time.monotonic() - began_s < 10


def test_tls_with_a_certificate_of_ones_own(tmp_path) -> None:
    cert, key = self_signed(tmp_path / "tls", "voice.example")
    assert key.stat().st_mode & 0o077 == 0
    again = self_signed(tmp_path / "tls", "voice.example")
    assert again == (cert, key) and cert.read_bytes() == again[0].read_bytes()
    trusting = ssl.create_default_context(cafile=str(cert))
    with serving(ScriptedEngine(), tls_cert=str(cert), tls_key=str(key)) as server:
        connection = http.client.HTTPSConnection(server.host, server.port, context=trusting)
        connection.request("GET", "/health")
        assert connection.getresponse().status == 200
        connection.close()


def test_metrics_tell_what_happened() -> None:
    with serving(ScriptedEngine()) as server:
        with Client(server) as client:
            client.ask("hello")
            client.raw("garbage")
            client.until("error")
            text = ask(server, "/metrics")[1]
        for line in (
            "thinkaloud_sessions 1.0",
            "thinkaloud_slots 8.0",
            'thinkaloud_responses_total{status="completed"} 1.0',
            "thinkaloud_first_audio_seconds_count 1.0",
            "thinkaloud_real_time_factor_count 1.0",
            'thinkaloud_errors_total{code="invalid_json"} 1.0',
            "thinkaloud_audio_out_seconds_total 0.5",
            "thinkaloud_queue_depth 0.0",
        ):
            assert line in text, line
        assert "thinkaloud_step_seconds_count" in text


def test_slots_and_buckets() -> None:
    slots = Slots(1)
    assert slots.take() and not slots.take()
    slots.give_back()
    assert slots.take()
    now = [0.0]
    bucket = Bucket(per_s=2.0, burst=4.0, clock=lambda: now[0])
    assert [bucket.take() for _ in range(5)] == [0.0, 0.0, 0.0, 0.0, 0.5]
    now[0] += 0.5
    assert bucket.take() == 0.0 and bucket.full_in_s == 2.0
    buckets = Buckets(per_s=1.0, burst=1.0, clock=lambda: now[0])
    assert buckets.take("a") == 0.0 and buckets.take("a") > 0 and buckets.take("b") == 0.0
    for number in range(1_500):
        now[0] += 2.0
        buckets.take(str(number))
    assert len(buckets._buckets) < 1_100
