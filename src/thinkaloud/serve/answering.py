"""Answering: the responses and transcripts of one session, from the request to the last event.

At most one response of a session is in progress. It may have been begun in a pause of the user's, unheard (`prepare`). It ends
in exactly one way: completed, incomplete (ran into a limit), cancelled (by the client or by the user's voice) or failed;
whichever comes first.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from thinkaloud.generate import AudioChunk, Event, Stats, TextDelta, Transcript, TurnEnded
from thinkaloud.generate.answer import Answer
from thinkaloud.generate.ask import Question
from thinkaloud.serve import client_events, server_events
from thinkaloud.serve.conversation import Asked, Conversation
from thinkaloud.serve.engine import ReplyOptions
from thinkaloud.serve.items import Item
from thinkaloud.serve.limits import Bucket
from thinkaloud.serve.outbox import Outbox
from thinkaloud.serve.playback import Playback
from thinkaloud.serve.protocol import ProtocolError, new_id
from thinkaloud.serve.record import Recorder
from thinkaloud.serve.response import Response
from thinkaloud.serve.session_config import WIRE_HZ, SessionConfig, modalities
from thinkaloud.serve.state import ServerState
from thinkaloud.serve.timing import Timing
from thinkaloud.serve.worker import Job

log = logging.getLogger(__name__)
_BASE64_BYTES_PER_MS = WIRE_HZ / 1000 * 2 * 4 / 3


@dataclass(kw_only=True)
class Active:
    """A response in progress, or the last one while it is still being heard."""

    response: Response
    job: Job | None
    timing: Timing
    playback: Playback = field(default_factory=Playback)


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """An answer on its way to a question that may not be over."""

    job: Job
    asked: Asked
    how: ReplyOptions


class Answering:
    """Owned by one session."""

    def __init__(
        self,
        server: ServerState,
        outbox: Outbox,
        conversation: Conversation,
        recorder: Recorder,
        clock: Callable[[], float],
    ) -> None:
        self._server, self._outbox, self._conversation = server, outbox, conversation
        self._recorder, self._clock = recorder, clock
        self._conversation_id = new_id("conv")
        self._last: Active | None = None
        self._prepared: Prepared | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        per_min = server.config.limits.responses_per_min
        self._bucket = Bucket(per_min / 60, per_min)

    @property
    def active(self) -> Active | None:
        """The response in progress."""
        return self._last if self._last is not None and not self._last.response.closed else None

    @property
    def speaking(self) -> bool:
        """An answer is in progress or still being heard."""
        return self.active is not None or (self._last is not None and self._last.playback.left_ms(self._clock()) > 0)

    @property
    def heard_for_s(self) -> float | None:
        """For how long the user has been hearing the model by now; None while nothing can be heard."""
        if not self.speaking or self._last is None or self._last.playback.began_s is None:
            return None
        return self._clock() - self._last.playback.began_s

    def prepare(self, config: SessionConfig, question: Question) -> None:
        """Begins to answer what may be all of a question, beside everything else, until it could be heard."""
        self.forget_prepared()
        if self.active is None and self._server.ready:
            engine, how = self._server.engine, _how(config, client_events.ResponseOptions())
            asked = self._conversation.would_ask(question)
            job = self._server.worker.submit(lambda: engine.answer(question, asked.history, how), background=True)
            job.hold = lambda: job.reply is not None and job.reply.has_begun
            self._prepared = Prepared(job=job, asked=asked, how=how)

    @property
    def so_far(self) -> Asked | None:
        """What the user had said by the last pause, once an answer to it is prepared that has it in writing."""
        prepared = self._prepared
        reply = prepared.job.reply if prepared is not None else None
        if prepared is None or not isinstance(reply, Answer) or not reply.question.text:
            return None
        return Asked(question=reply.question, history=prepared.asked.history)

    def forget_prepared(self) -> None:
        """The question went on, or was dropped."""
        if self._prepared is not None:
            self._prepared.job.cancel()
        self._prepared = None

    def start(
        self,
        config: SessionConfig,
        options: client_events.ResponseOptions,
        given: list[Item] | None = None,
        as_prepared: bool = False,
    ) -> None:
        """Begins a response; ProtocolError if one is in progress or there were too many.

        `as_prepared`: to the question that an answer is prepared for, which was all of it.
        """
        prepared = self._prepared if as_prepared else None
        if prepared is None:
            self.forget_prepared()
        if self.active is not None:
            raise ProtocolError(
                "this conversation has a response in progress; cancel it or wait for response.done",
                code="conversation_already_has_active_response",
            )
        if not self._server.ready:
            raise ProtocolError("the server is shutting down", code="server_shutting_down", kind="server_error")
        if wait_s := self._bucket.take():
            raise ProtocolError(f"too many responses; try again in {wait_s:.0f} s", code="rate_limit_exceeded")
        how = _how(config, options)
        response = Response(
            self._outbox.put,
            None if options.conversation == "none" else self._conversation,
            speaks=how.speaks,
            output=config.audio.output,
            conversation_id=self._conversation_id,
            max_output_tokens=_limit(config, options),
            metadata=options.metadata,
        )
        instructions = config.instructions if options.instructions is None else options.instructions
        asked = self._conversation.asked(instructions, given)
        active = self._last = Active(response=response, job=None, timing=Timing(self._clock))
        response.open()
        if asked is None:
            self._end(active, "failed", error=_error("nothing_to_answer", "there is no user message to answer"))
            return
        self._generate(active, asked, how)

    def _generate(self, active: Active, asked: Asked, how: ReplyOptions) -> None:
        engine, playback, prepared = self._server.engine, active.playback, self._prepared
        lead_ms = self._server.config.limits.lead_s * 1000
        if prepared is not None and prepared.how == how and prepared.asked.same_history(asked):
            active.job, self._prepared = prepared.job, None
        else:
            self.forget_prepared()
            active.job = self._server.worker.submit(lambda: engine.answer(asked.question, asked.history, how))
        active.job.hold = lambda: playback.left_ms(self._clock()) > lead_ms
        active.job.take_up()
        self._begin(self._run(active, asked, active.job))

    async def _run(self, active: Active, asked: Asked, job: Job) -> None:
        """Relays what the model says until it ends, whoever ends it."""
        ended: TurnEnded | None = None
        try:
            async for events in job:
                for event in events:
                    if isinstance(event, Transcript):
                        self._conversation.write_down(asked.question, event.text)
                    self._relay(active, event)
                    ended = event if isinstance(event, TurnEnded) else ended
                await self._outbox.room()
            if ended is not None and ended.reason == "limit":
                self._end(active, "incomplete", "max_output_tokens")
            self._end(active, "completed")
        except ValueError as error:
            self._end(active, "failed", error=_error("cannot_answer", str(error)))
        except Exception:
            log.exception("response %s failed", active.response.id)
            self._end(active, "failed", error=_error("server_error", "the model failed to answer"))
        finally:
            job.cancel()

    def _relay(self, active: Active, event: Event) -> None:
        response = active.response
        if response.closed:
            return
        if isinstance(event, TextDelta):
            active.timing.text()
            response.text(event.text)
        elif isinstance(event, AudioChunk):
            active.timing.audio()
            self._recorder.add("model", event.samples, event.sample_rate)
            before_ms = response.sent_ms
            response.audio(event.samples, event.sample_rate)
            active.playback.send(response.sent_ms - before_ms, self._clock())
        elif isinstance(event, Stats):
            response.count(event)

    def _end(self, active: Active, status: Any, reason: str | None = None, error: dict[str, Any] | None = None) -> None:
        """Closes a response that is still open, and tells what it took."""
        response = active.response
        if response.closed:
            return
        response.close(status, reason, error)
        active.timing.end(self._server.metrics, active.job, response.sent_ms / 1000)
        self._server.metrics.responses.labels(status).inc()
        level = int(self._bucket.level)
        limits = {"name": "requests", "limit": int(self._bucket.burst), "remaining": level}
        self._outbox.put(server_events.RateLimits(rate_limits=[{**limits, "reset_seconds": round(self._bucket.full_in_s, 3)}]))
        self._outbox.put(active.timing.event(response.id, active.job))

    # ------------------------------------------------------------------------------------------------ being stopped

    def interrupt(self) -> None:
        """The user speaks: the answer stops, and only what was heard of it is remembered."""
        if self.speaking:
            self._server.metrics.interruptions.inc()
            self._stop("turn_detected")

    def cancel(self, response_id: str | None) -> None:
        """The client stops the answer; ProtocolError if there is none."""
        if self.active is None or response_id not in (None, self.active.response.id):
            raise ProtocolError("there is no such response in progress", code="response_cancel_not_active")
        self._stop("client_cancelled")

    def forget(self, item_id: str) -> None:
        """The item of an answer in progress is deleted: stop it first."""
        if self.active is not None and self.active.response.item.id == item_id:
            self._stop("client_cancelled")

    def stopped_playing(self, item_id: str) -> None:
        """The client says that it plays this answer no more."""
        if self._last is not None and self._last.response.item.id == item_id:
            self._last.playback.stop(self._clock())

    def _stop(self, reason: str) -> None:
        """Ends the response now, takes back what has not left, and notes how much of it was heard."""
        assert self._last is not None
        response, playback, now_s = self._last.response, self._last.playback, self._clock()
        if self._last.job is not None:
            self._last.job.cancel()
        if not response.closed:
            unsent_ms = self._outbox.take_back_audio(response.id) / _BASE64_BYTES_PER_MS
            playback.take_back(unsent_ms)
            response.item.audio_ms -= round(unsent_ms)
        if response.item.spoken:
            response.item.heard_ms = playback.played_ms(now_s)
        playback.stop(now_s)
        self._end(self._last, "cancelled", reason)

    # ------------------------------------------------------------------------------------------------ transcripts

    def transcribe(self, item: Item) -> None:
        """Writes down what the user said, beside everything else."""
        question = item.question
        assert question is not None, item
        job = self._server.worker.submit(lambda: self._server.engine.transcribe(question), background=True)
        self._begin(self._write_down(item, job))

    async def _write_down(self, item: Item, job: Job) -> None:
        text = ""
        try:
            async for events in job:
                for event in events:
                    if isinstance(event, TextDelta):
                        text += event.text
                        self._outbox.put(server_events.TranscriptOfUserDelta(item_id=item.id, delta=event.text))
            item.text = text.strip()
            usage = {"type": "duration", "seconds": item.audio_ms / 1000}
            self._outbox.put(server_events.TranscriptOfUser(item_id=item.id, transcript=item.text, usage=usage))
        except Exception as error:
            if not isinstance(error, ValueError):
                log.exception("the transcript of %s failed", item.id)
            message = str(error) if isinstance(error, ValueError) else "the model failed to transcribe"
            self._outbox.put(
                server_events.TranscriptOfUserFailed(item_id=item.id, error=_error("transcription_failed", message))
            )
        finally:
            job.cancel()

    def _begin(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Stops all of it and waits until it has stopped."""
        self.forget_prepared()
        if self.active is not None and self.active.job is not None:
            self.active.job.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _how(config: SessionConfig, options: client_events.ResponseOptions) -> ReplyOptions:
    """How a response is made: as its options say, else as its session says."""
    limit = _limit(config, options)
    return ReplyOptions(
        speaks=modalities(options.output_modalities or config.output_modalities) == ["audio"],
        max_tokens=None if limit == "inf" else limit,
        temperature=options.temperature if options.temperature is not None else config.temperature,
    )


def _limit(config: SessionConfig, options: client_events.ResponseOptions) -> Any:
    return options.max_output_tokens or config.max_output_tokens


def _error(code: str, message: str) -> dict[str, Any]:
    return {"type": "server_error" if code == "server_error" else "invalid_request_error", "code": code, "message": message}
