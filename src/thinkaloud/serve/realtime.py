"""One realtime session: what each client event does, and what the user's voice does.

    client events -> handle() -> conversation, hearing, responses -> events -> outbox -> client

    hearing says  BEGAN -> speech_started, and the answer being heard is interrupted
                  PAUSED -> (create_response) an answer is prepared: it may be all of the turn
                  ENDED -> speech_stopped, committed, the item, its transcript, and (create_response) the answer

Runs on the event loop; only hearing (VAD, listener) runs in a thread of its own and the model in the generation thread.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

from thinkaloud.serve import client_events, server_events
from thinkaloud.serve.answering import Answering
from thinkaloud.serve.client_events import AnyClientEvent
from thinkaloud.serve.conversation import Conversation
from thinkaloud.serve.hearing import Heard, Hearing, Sign
from thinkaloud.serve.items import Item, item_from_client, pcm16
from thinkaloud.serve.limits import Bucket
from thinkaloud.serve.outbox import Outbox
from thinkaloud.serve.protocol import ProtocolError, new_id
from thinkaloud.serve.record import Recorder
from thinkaloud.serve.server_events import ToClient
from thinkaloud.serve.session_config import WIRE_HZ, SessionConfig
from thinkaloud.serve.state import ServerState

log = logging.getLogger(__name__)
_PIECE_SAMPLES = WIRE_HZ // 2  # how much is heard at once: what it starts or stops happens in order


class RealtimeSession:
    """The state of one connection. `outbox` takes its events."""

    def __init__(self, server: ServerState, outbox: Outbox, config: SessionConfig, clock: Callable[[], float] = time.monotonic):
        self.id = config.id
        self._server, self._outbox, self._config, self._clock = server, outbox, config, clock
        self._conversation = Conversation(server.config.limits.num_items)
        self._hearing = Hearing(server.engine, config.turn_detection, server.config.limits.buffer_s)
        self._recorder = Recorder(server.config.record_folder, config.id)
        self._answering = Answering(server, outbox, self._conversation, self._recorder, clock)
        self._pace = Bucket(server.config.limits.events_per_s, 4 * server.config.limits.events_per_s)
        self._user_item_id = new_id("item")  # the id of the next spoken item, told when its speech begins
        self._actions: dict[type, Callable[[Any], Any]] = {
            client_events.SessionUpdate: self._update,
            client_events.AudioAppend: self._append,
            client_events.AudioCommit: self._commit,
            client_events.AudioClear: self._clear,
            client_events.OutputAudioClear: self._clear_output,
            client_events.ItemCreate: self._create_item,
            client_events.ItemRetrieve: self._retrieve_item,
            client_events.ItemDelete: self._delete_item,
            client_events.ItemTruncate: self._truncate_item,
            client_events.ResponseCreate: self._respond,
            client_events.ResponseCancel: self._cancel,
        }

    def open(self) -> None:
        """Says hello."""
        self._send(server_events.SessionCreated(session=self._config.wire()))

    @property
    def answering(self) -> bool:
        """An answer is being generated."""
        return self._answering.active is not None

    async def handle(self, frame: str | bytes) -> None:
        """Does what one frame asks. What cannot be done is answered with an error; the session stays open."""
        if wait_s := self._pace.take():
            await asyncio.sleep(wait_s)  # slows the reader down, and through TCP the sender
            self._pace.take()
        event_id = None
        try:
            event = client_events.parse_client_event(frame)
            event_id = event.event_id
            await self._do(event)
        except ProtocolError as error:
            self._refuse(error, event_id)
        except Exception:
            log.exception("session %s: an event failed", self.id)
            failure = ProtocolError("the server failed to handle this event", code="server_error", kind="server_error")
            self._refuse(failure, event_id)

    async def close(self) -> None:
        """Stops everything this session has started."""
        await self._answering.close()
        self._recorder.close()

    async def _do(self, event: AnyClientEvent) -> None:
        done = self._actions[type(event)](event)
        if asyncio.iscoroutine(done):
            await done

    def _send(self, *events: ToClient) -> None:
        for event in events:
            self._outbox.put(event)

    def _refuse(self, error: ProtocolError, event_id: str | None) -> None:
        self._server.metrics.errors.labels(error.code).inc()
        body = server_events.ErrorBody(
            type=error.kind, code=error.code, message=str(error), param=error.param, event_id=event_id
        )
        self._send(server_events.Error(error=body))

    # ------------------------------------------------------------------------------------------------ session

    def _update(self, event: client_events.SessionUpdate) -> None:
        config = self._config.changed(event.session)
        if config.turn_detection != self._config.turn_detection:
            self._hearing.configure(config.turn_detection)
            self._answering.forget_prepared()
        self._config = config
        self._send(server_events.SessionUpdated(session=config.wire()))

    # ------------------------------------------------------------------------------------------------ the user's voice

    async def _append(self, event: client_events.AudioAppend) -> None:
        samples = pcm16(event.audio)
        self._server.metrics.audio_in_s.inc(len(samples) / WIRE_HZ)
        self._recorder.add("user", samples, WIRE_HZ)
        for piece in samples.split(_PIECE_SAMPLES) if len(samples) else ():
            answering = self._answering
            given = (piece, answering.speaking, answering.heard_for_s, answering.so_far)
            for heard in await self._server.in_ears(self._hearing.push, *given):
                self._on_voice(heard)

    def _on_voice(self, heard: Heard) -> None:
        detection = self._config.turn_detection
        assert detection is not None, "only turn detection hears signs"
        if heard.sign is Sign.BEGAN:
            self._send(server_events.SpeechStarted(item_id=self._user_item_id, audio_start_ms=heard.at_ms))
            if detection.interrupt_response:
                self._answering.interrupt()
            return
        if heard.sign is Sign.PAUSED:
            if detection.create_response and heard.question is not None:
                self._answering.prepare(self._config, heard.question)
            return
        item_id, silence_ms = self._user_item_id, heard.silence_ms
        self._send(server_events.SpeechStopped(item_id=item_id, audio_end_ms=heard.at_ms, silence_ms=silence_ms))
        self._take_spoken_item(heard)
        if detection.create_response and self._answering.active is None:
            self._answering.start(self._config, client_events.ResponseOptions(), as_prepared=heard.as_paused)

    async def _commit(self, event: client_events.AudioCommit) -> None:
        self._take_spoken_item(await self._server.in_ears(self._hearing.commit))

    def _take_spoken_item(self, heard: Heard) -> None:
        item = Item(id=self._user_item_id, role="user", spoken=True, question=heard.question, audio_ms=heard.audio_ms)
        self._user_item_id = new_id("item")
        self._send(server_events.AudioCommitted(item_id=item.id, previous_item_id=self._conversation.last_id))
        self._send(*self._conversation.add(item))
        self._transcribe(item)

    def _clear(self, event: client_events.AudioClear) -> None:
        self._hearing.clear()
        self._answering.forget_prepared()
        self._user_item_id = new_id("item")
        self._send(server_events.AudioCleared())

    def _clear_output(self, event: client_events.OutputAudioClear) -> None:
        raise ProtocolError(
            "output_audio_buffer.clear belongs to WebRTC; over a WebSocket the client owns the playback: stop it, "
            "then send conversation.item.truncate",
            code="unsupported_event",
        )

    # ------------------------------------------------------------------------------------------------ items

    async def _create_item(self, event: client_events.ItemCreate) -> None:
        item = await self._item(event.item)
        self._send(*self._conversation.add(item, event.previous_item_id))
        if item.spoken and item.role == "user":
            self._transcribe(item)

    async def _item(self, value: dict[str, Any]) -> Item:
        """A checked item; its audio has been heard."""
        item, samples = item_from_client(value)
        if samples is not None:
            item.question = await self._server.in_ears(self._hearing.listen, samples)
            item.audio_ms = len(samples) * 1000 // WIRE_HZ
        self._server.check_text(item.text)
        return item

    def _retrieve_item(self, event: client_events.ItemRetrieve) -> None:
        item = self._conversation.find(event.item_id, "item_retrieve_invalid_item_id")
        self._send(server_events.ItemRetrieved(item=item.wire()))

    def _delete_item(self, event: client_events.ItemDelete) -> None:
        self._answering.forget(event.item_id)
        self._send(*self._conversation.delete(event.item_id))

    def _truncate_item(self, event: client_events.ItemTruncate) -> None:
        self._send(*self._conversation.truncate(event.item_id, event.content_index, event.audio_end_ms))
        self._answering.stopped_playing(event.item_id)

    def _transcribe(self, item: Item) -> None:
        if self._config.audio.input.transcription is not None:
            self._answering.transcribe(item)

    # ------------------------------------------------------------------------------------------------ answers

    async def _respond(self, event: client_events.ResponseCreate) -> None:
        options = event.response
        given = [await self._given(value) for value in options.input] if options and options.input is not None else None
        self._answer(options, given)

    async def _given(self, value: dict[str, Any]) -> Item:
        """One item of `response.create`: a new one, or a reference to one of the conversation."""
        if value.get("type") == "item_reference":
            return self._conversation.find(str(value.get("id")))
        return await self._item(value)

    def _answer(self, options: client_events.ResponseOptions | None, given: list[Item] | None = None) -> None:
        self._answering.start(self._config, options or client_events.ResponseOptions(), given)

    def _cancel(self, event: client_events.ResponseCancel) -> None:
        self._answering.cancel(event.response_id)
