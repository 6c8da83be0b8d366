"""The generation thread: all replies of all conversations advance one model step each, round after round.

    asyncio side                                  generation thread
    job = worker.submit(make) ------------------> make() builds the reply (the prompt is read here)
                                                  one pass of the model for all runnable jobs that can share it
    async for events in job   <-- bounded queue - step() of every runnable job
    job.cancel()              ------------------> the job is dropped before its next step

A job is not runnable while its reader lags (backpressure) or while its audio is far enough ahead of playback (lead). Jobs
in the background (transcripts, answers to what may not be over) run when nothing else can, and in every fourth round, so that
they never starve.
"""

import asyncio
import collections
import threading
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Protocol

from thinkaloud.backbone import Hidden
from thinkaloud.generate import Event
from thinkaloud.serve.engine import Reply

BACKGROUND_ROUNDS = 4


class StepMeter(Protocol):
    """Where step times go."""

    def observe(self, amount: float) -> None:
        """In one round a step took so many seconds, on average."""
        ...


LookAhead = Callable[[Sequence[Reply]], Sequence[Hidden | None]]
"""What one shared pass of the model gives for the next step of each reply; None where a reply must step alone."""


def _alone(replies: Sequence[Reply]) -> Sequence[Hidden | None]:
    return [None] * len(replies)


class Job:
    """One reply on its way. Iterate it on the event loop; it ends after the reply's last step or `cancel()`."""

    def __init__(self, worker: "Worker", make: Callable[[], Reply], background: bool, max_ahead: int) -> None:
        self._worker, self._make, self._max_ahead = worker, make, max_ahead
        self.background = background
        self.hold: Callable[[], bool] = lambda: False  # True: far enough ahead of playback, do not step now
        self._reply: Reply | None = None
        self._error: BaseException | None = None
        self._num_delivered = self._num_read = 0  # each is written by one side only
        self._queue: asyncio.Queue[list[Event] | BaseException | None] = asyncio.Queue()
        self.cancelled = False
        self.submitted_s = time.monotonic()
        self.started_s: float | None = None

    @property
    def runnable(self) -> bool:
        """May be stepped now; a cancelled job is, so that it is dropped."""
        return self.cancelled or (self._num_delivered - self._num_read < self._max_ahead and not self.hold())

    def cancel(self) -> None:
        """Stops the reply before its next step. Safe to call at any time, more than once."""
        self.cancelled = True
        self._worker.wake()

    def take_up(self) -> None:
        """No longer in the background: as if it had been submitted now."""
        self.background, self.submitted_s = False, time.monotonic()
        self._worker.wake()

    async def __aiter__(self) -> AsyncGenerator[list[Event]]:
        try:
            while (got := await self._queue.get()) is not None:  # None: the end
                if isinstance(got, BaseException):
                    raise got
                self._num_read += 1
                self._worker.wake()
                if not self.cancelled:
                    yield got
        finally:
            self.cancel()

    @property
    def reply(self) -> Reply | None:
        """The reply, if it has begun and goes on."""
        return self._reply if self._reply is not None and not self.cancelled and not self._reply.done else None

    def fail(self, error: BaseException) -> None:
        """In the generation thread: the next step will raise this, and end the job."""
        self._error = error

    def advance(
        self, deliver: Callable[["Job", list[Event] | BaseException | None], None], hidden: Hidden | None = None
    ) -> bool:
        """In the generation thread: one step, with what a shared pass gave for it. False when the job is over."""
        if self.cancelled:
            if self._reply is not None and not self._reply.done:
                self._reply.cancel()
            deliver(self, None)
            return False
        try:
            if self._reply is None:
                self.started_s = time.monotonic()
                self._reply = self._make()
            if self._error is not None:
                raise self._error
            events = self._reply.step(hidden) if not self._reply.done else []
        except Exception as error:  # a reply that breaks must not stop the others
            deliver(self, error)
            return False
        if events:
            self._num_delivered += 1
            deliver(self, events)
        if self._reply.done:
            deliver(self, None)
            return False
        return True

    def put(self, value: list[Event] | BaseException | None) -> None:
        """On the event loop: what the thread delivered."""
        self._queue.put_nowait(value)


class Worker:
    """The thread. `start()` it inside a running event loop; `stop()` drops what is left."""

    def __init__(
        self, meter: StepMeter | None = None, max_ahead: int = 32, poll_s: float = 0.05, look_ahead: LookAhead = _alone
    ) -> None:
        self._meter, self._max_ahead, self._poll_s, self._look_ahead = meter, max_ahead, poll_s, look_ahead
        self._jobs: collections.deque[Job] = collections.deque()
        self._changed = threading.Condition()
        self._stopping = False
        self._round = 0

    def start(self) -> None:
        """Begins to work."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name="generation", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Cancels every job and waits for the thread."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._thread.join()

    def submit(self, make: Callable[[], Reply], background: bool = False) -> Job:
        """A new job; `make` runs in the generation thread."""
        job = Job(self, make, background, self._max_ahead)
        with self._changed:
            self._jobs.append(job)
            self._changed.notify()
        return job

    def wake(self) -> None:
        """Something changed that may make a job runnable."""
        with self._changed:
            self._changed.notify()

    @property
    def num_jobs(self) -> int:
        """Replies in progress or waiting."""
        return len(self._jobs)

    @property
    def alive(self) -> bool:
        """The thread is running."""
        return self._thread.is_alive()

    def _run(self) -> None:
        while jobs := self._next_round():
            began_s = time.perf_counter()
            ahead = self._shared_pass(jobs)
            for job in jobs:
                if not job.advance(self._deliver, ahead.get(job)):
                    with self._changed:
                        self._jobs.remove(job)
            if self._meter is not None:
                self._meter.observe((time.perf_counter() - began_s) / len(jobs))

    def _shared_pass(self, jobs: list[Job]) -> dict[Job, Hidden | None]:
        replies = {job: reply for job in jobs if (reply := job.reply) is not None}
        try:
            return dict(zip(replies, self._look_ahead(list(replies.values())), strict=True))
        except Exception as error:
            for job in replies:
                job.fail(error)
            return {}

    def _next_round(self) -> list[Job]:
        """The jobs to step next, waiting until there are some; empty once the worker stops."""
        with self._changed:
            while True:
                if self._stopping:
                    for job in self._jobs:
                        job.cancelled = True
                    if not self._jobs:
                        return []
                ready = [job for job in self._jobs if job.runnable]
                urgent = [job for job in ready if not job.background or job.cancelled]
                self._round += 1
                if chosen := (urgent if urgent and self._round % BACKGROUND_ROUNDS else ready):
                    return chosen
                self._changed.wait(timeout=self._poll_s if self._jobs else None)

    def _deliver(self, job: Job, value: list[Event] | BaseException | None) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(job.put, value)
