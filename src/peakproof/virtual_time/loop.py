"""The asyncio event loop whose clock is a SimPy environment.

SimPy processes and coroutines share one queue and one clock. What is ready runs first; when
nothing is, the clock jumps to the next entry of SimPy's queue, in which asyncio's timers stand
too. Entries of one instant come in the order in which they were scheduled (SimPy's event numbers
see to it; asyncio's own timer heap promises no order).

The loop is the only one that steps its environment while it runs.
"""

from __future__ import annotations

import asyncio
import threading
from asyncio import Future
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context, copy_context
from heapq import heapify, heappop, heappush
from itertools import count
from math import inf, isnan
from typing import Any, Final, TypeVar, TypeVarTuple, Unpack

import simpy
from simpy.events import NORMAL

from peakproof.errors import HarnessFault
from peakproof.virtual_time.border import Border
from peakproof.virtual_time.libraries import kept_inside
from peakproof.virtual_time.lives import LIFE, Life, life_of
from peakproof.virtual_time.policies import InOrder, Policy, is_step
from peakproof.virtual_time.tasks import (
    OWN_ENTRIES,
    AsyncGenerators,
    NumberedFuture,
    NumberedTask,
    Ready,
    Step,
    Timer,
    bury,
    close_dead,
    deadlock,
    is_over,
    livelock,
    pending_tasks,
    unfit,
)

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


_PURGE_FROM: Final = 100
"""Cancelled timers are swept out of the queue once there are so many and they are half of it."""


class VirtualLoop(Border):
    """An event loop that lives in a SimPy environment.

    ``policy`` chooses among ready task steps. After ``spin_rounds`` rounds in which something was
    ready all the time, one event of the world happens all the same (a busy loop burns time, and
    what it polls may change); after ``max_spins`` such events in a row the run ends with
    :class:`Livelock`.

    Raises:
        HarnessFault: the environment steps in its own way, or its time is far from 0.
    """

    def __init__(
        self,
        env: simpy.Environment,
        *,
        policy: Policy | None = None,
        spin_rounds: int = 10_000,
        max_spins: int = 1_000,
    ) -> None:
        super().__init__()
        if problem := unfit(env):
            super().close()
            raise HarnessFault(problem)
        self.env = env
        self.numbers = count()
        self.policy: Policy = InOrder() if policy is None else policy
        self.ending = False
        self._spin_rounds = spin_rounds
        self._max_spins = max_spins
        self._spins = 0
        self._held = 0
        # SimPy offers no way to schedule at an absolute time: ``now + (when - now)`` can miss
        # ``when`` by one unit in the last place, and a timer that rings early is set again.
        self._queue: list[Any] = env._queue
        self._event_ids = env._eid
        self._task_numbers = count(1)
        self._cancelled_timers = 0
        self._asyncgens: Any = AsyncGenerators()
        self._lives: list[Life] = []
        self._done: Future[None] = Future(loop=self)
        self._done.set_result(None)
        self._dead: dict[asyncio.Task[Any], None] = {}

    def call_soon(
        self,
        callback: Callable[[Unpack[Ts]], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.Handle:
        """Call back as soon as all that is ready now has run."""
        if self._closed or self._debug:
            return super().call_soon(callback, *args, context=context)
        handle: Any = Ready(callback, args, copy_context() if context is None else context)
        self._ready.append(handle)
        return handle  # type: ignore[no-any-return]  # a Ready is all that a Handle is

    # --- time -----------------------------------------------------------------------------

    def time(self) -> float:
        """Run time in seconds: the environment's."""
        return self.env._now

    def call_at(
        self,
        when: float,
        callback: Callable[[Unpack[Ts]], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """Call back at a run time; at infinity means never."""
        self._check_closed()
        if isnan(when):
            raise ValueError("a timer cannot be set to NaN")
        timer = Timer(when, callback, args, self, context)
        if when < inf:
            now = self.env._now
            due = (when if when > now else now, NORMAL, next(self._event_ids), timer)
            heappush(self._queue, due)
            timer._scheduled = True
        return timer

    def delay(self, seconds: float) -> Future[None]:
        """A future that is done in so many seconds: the cheap wait of the harness itself.

        Costs less than half of ``asyncio.sleep``. It is a plain future, so its hash is an address:
        await it, and put no two of them into one set that is iterated.

        Raises:
            ValueError: the seconds are negative or no number.
        """
        future: Future[None] = Future(loop=self)
        if 0 <= seconds < inf:
            # The future itself stands in SimPy's queue; only this loop knows what that means.
            due = (self.env._now + seconds, NORMAL, next(self._event_ids), future)
            heappush(self._queue, due)
        elif seconds != inf:
            raise ValueError(f"a wait of {seconds!r} seconds")
        return future

    def lapse(self, seconds: float) -> Future[None]:
        """The same as :meth:`delay`, for a task that awaits it at once.

        When nothing else can happen before the time is over, nobody could tell the wait from a
        jump of the clock: then it is one. Where a policy explores or a life's steps are counted,
        every wait is a step.
        """
        when = self.env._now + seconds
        queue = self._queue
        observed = self._ready or self._lives or self._stopping or self.policy.explores
        if observed or (queue and queue[0][0] <= when) or not 0 <= seconds < inf:
            return self.delay(seconds)
        next(self._event_ids)  # as if it stood in the queue: these numbers count every wait
        self.env._now = when
        return self._done

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        if not handle._scheduled:  # type: ignore[attr-defined]  # asyncio's own flag
            return
        self._cancelled_timers += 1
        queue = self._queue
        if self._cancelled_timers > _PURGE_FROM and self._cancelled_timers * 2 > len(queue):
            handle._cancelled = True
            queue[:] = [entry for entry in queue if not is_over(entry[3])]
            heapify(queue)
            self._cancelled_timers = 0

    # --- SimPy and coroutines -------------------------------------------------------------

    def wait_event(self, event: simpy.Event) -> Future[Any]:
        """A future of a SimPy event: its value, or the exception that it failed with."""
        future: Future[Any] = self.create_future()

        def settle(event: simpy.Event) -> None:
            if future.done():
                return
            if event._ok:
                future.set_result(event._value)
            else:
                event.defused = True
                future.set_exception(event._value)

        if event.callbacks is None:
            settle(event)
        else:
            event.callbacks.append(settle)
        return future

    def as_event(self, coroutine: Coroutine[Any, Any, T]) -> simpy.Event:
        """Run a coroutine and give a SimPy event of its end, for a process to ``yield``.

        The event fails with what the coroutine raised; if it was cancelled, with
        ``simpy.Interrupt``.
        """
        event = self.env.event()

        def settle(task: asyncio.Task[T]) -> None:
            if self.ending:
                return  # the world stands still; its processes need not hear of it
            if task.cancelled():
                event.defused = not event.callbacks
                event.fail(simpy.Interrupt("the coroutine was cancelled"))
            elif (error := task.exception()) is None:
                event.succeed(task.result())
            else:
                event.fail(error)  # type: ignore[arg-type]  # any BaseException will do

        self.create_task(coroutine).add_done_callback(settle)
        return event

    # --- tasks and futures ----------------------------------------------------------------

    def create_future(self) -> Future[Any]:
        """A future that hashes by number."""
        return NumberedFuture(loop=self)

    def create_task(
        self,
        coro: Any,
        *,
        name: object = None,
        context: Context | None = None,
        **options: Any,
    ) -> asyncio.Task[Any]:
        """A task that hashes by number; without a name it is ``Task-<n>``, counted by this loop."""
        self._check_closed()
        label = f"Task-{next(self._task_numbers)}" if name is None else str(name)
        if self._task_factory is None:
            task: NumberedTask[Any] = NumberedTask.__new__(NumberedTask)
            task._number = next(self.numbers)
            task.life = LIFE.get() if context is None else context.get(LIFE)
            task.__init__(coro, loop=self, name=label, context=context, **options)  # type: ignore[misc]  # its hash is wanted within
            return task
        return super().create_task(coro, name=label, context=context, **options)

    # --- the engine -----------------------------------------------------------------------

    def run_forever(self) -> None:
        """Run until stopped."""
        self._home_thread = threading.get_ident()
        with kept_inside(self):
            super().run_forever()
        fatal, self._fatal = self._fatal, None
        if fatal is not None:
            raise fatal

    def _run_once(self) -> None:
        """Run until stopped: asyncio calls this in a loop and looks for the stop in between."""
        ready = self._ready
        explores = self.policy.explores
        spin_rounds = self._spin_rounds
        popleft = ready.popleft
        rounds = 0
        while True:
            if not ready and not self._held:
                if self._stopping:
                    return
                self._let_something_happen(ready, explores)
                rounds = 0
            rounds += 1
            if rounds > spin_rounds:
                self._spin()
                rounds = 0
            if explores and (self._held or len(ready) > 1):
                self._explore(ready)
            elif self._lives:
                for _ in range(len(ready)):
                    self._run_living(popleft())
            else:
                for _ in range(len(ready)):
                    handle = popleft()
                    if not handle._cancelled:
                        handle._run()
            if self._stopping:
                return

    def _run_living(self, handle: Any) -> None:
        if handle._cancelled:
            return
        if self._lives and (life := life_of(handle)) is not None:
            if life.over:
                return
            if life.steps_left and is_step(handle):
                life.steps_left -= 1
                if not life.steps_left and life.last is not None:
                    life.last()
                    return
        handle._run()

    def watch(self, life: Life) -> None:
        """Count the steps of a life from now on (see :meth:`Life.call_at_step`)."""
        self._lives.append(life)

    def kill(self, life: Life) -> None:
        """End a life as ``kill -9`` ends a process: nothing of it runs again, not even to clean up.

        Called from within a step of that life, the step goes on until it next waits.
        """
        life.over = True
        self.watch(life)
        tasks = (task for task in pending_tasks(self) if getattr(task, "life", None) is life)
        self._dead.update(bury(tasks))
        for handle in self._ready:
            if life_of(handle) is life:
                handle.cancel()

    def _explore(self, ready: deque[Any]) -> None:
        """Run as many handles as are ready; the policy chooses among adjacent task steps."""
        policy = self.policy
        for _ in range(len(ready) + self._held):
            while ready and is_step(ready[0]):
                policy.add(ready.popleft())
                self._held += 1
            if self._held:
                self._held -= 1
                handle: Any = policy.take()
            else:
                handle = ready.popleft()
            self._run_living(handle)

    def _let_something_happen(self, ready: deque[Any], gather: bool) -> None:
        """Take entries from SimPy's queue until something is ready.

        ``gather``: take all that are due at that instant, so that a policy may choose among them.
        """
        queue = self._queue
        env = self.env
        self._spins = 0
        while not ready or (gather and queue and queue[0][0] <= env._now):
            if not queue:
                raise deadlock(self)
            when, _, _, event = queue[0]
            kind = type(event)
            if kind is Future:
                heappop(queue)
                if not event.done():
                    env._now = when
                    event.set_result(None)
            elif kind is Step or kind is Ready:
                heappop(queue)
                if not event._cancelled:
                    env._now = when
                    ready.append(event)
            elif kind is Timer:
                heappop(queue)
                if event._cancelled:
                    self._cancelled_timers -= 1
                else:
                    env._now = when
                    event._scheduled = False
                    ready.append(event)
            elif when < inf:
                env.step()
            else:
                raise deadlock(self)

    def _spin(self) -> None:
        """Let one event of the world happen although something is ready."""
        self._spins += 1
        if self._spins > self._max_spins:
            raise livelock(self, self._spins * self._spin_rounds)
        queue = self._queue
        while queue and is_over(queue[0][3]):
            heappop(queue)
        if not queue or queue[0][0] == inf:
            return
        kind = type(queue[0][3])
        if kind is Future:
            self.env._now, _, _, future = heappop(queue)
            future.set_result(None)
        elif kind is Step or kind is Ready:
            self.env._now, _, _, ready = heappop(queue)
            self._ready.append(ready)
        else:
            self.env.step()

    def close(self) -> None:
        """Close the loop and take its timers out of the environment's queue."""
        if self.is_closed():
            return
        super().close()
        close_dead(self._dead)
        self._queue[:] = [entry for entry in self._queue if type(entry[3]) not in OWN_ENTRIES]
        heapify(self._queue)
