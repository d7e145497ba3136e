"""Who moves flows: the world of a run when nobody else does, or a connector in a rehearsal."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from typing import TYPE_CHECKING

from peakproof_simulators.patchworks.effects import Answer, Ask

if TYPE_CHECKING:
    from peakproof.world import World

Send = Callable[
    [str, str, dict[str, str], bytes, float], Awaitable[tuple[int, dict[str, str], bytes]]
]
"""``await send(method, url, headers, body, timeout_s)`` gives status, headers and body."""
Report = Callable[[str, str, str, str], Awaitable[None]]


class WorldHands:
    """Moves flows in run time, with no way out: every request of a connector is refused."""

    def __init__(self, world: World) -> None:
        self._world = world

    def later(self, delay_s: float, action: Callable[[], None]) -> None:
        """Do something after so many seconds of run time."""
        self._world.after(delay_s, action)

    def ask(
        self, asked: Ask, _done: Callable[[Answer], None], failed: Callable[[OSError], None]
    ) -> None:
        """There is nobody to carry it."""
        refused = ConnectionRefusedError(f"{asked.url}: no connector plays these flows")
        self._world.after(0.0, lambda: failed(refused))

    def tell(self, key: str, kind: str, owner: str, reason: str) -> None:
        """Mails are kept by the company; nobody reads them here."""

    def broken(self, error: Exception) -> None:
        """Ends the run."""
        raise error


class LoopHands:
    """Moves flows on an event loop, with a ``send`` of its own; for connectors and tests.

    Everything happens in the context in which this was made: when that is over, so is all this.
    """

    def __init__(self, send: Send, report: Report | None = None) -> None:
        self._send = send
        self._report = report
        self._loop = asyncio.get_running_loop()
        self._context = copy_context()
        self._tasks: dict[asyncio.Task[None], None] = {}
        self._closed = False
        self.failed: asyncio.Future[None] = self._loop.create_future()
        """Gets the error that broke the interpreter."""

    def later(self, delay_s: float, action: Callable[[], None]) -> None:
        """Do something after so many seconds of the loop's time."""
        if not self._closed and not self._loop.is_closed():
            self._loop.call_later(delay_s, self._guarded, action, context=self._context)

    def ask(
        self, asked: Ask, done: Callable[[Answer], None], failed: Callable[[OSError], None]
    ) -> None:
        """Send a request; time-outs and connections that end come back as ``OSError``."""
        self._spawn(lambda: self._carry(asked, done, failed))

    async def _carry(
        self, asked: Ask, done: Callable[[Answer], None], failed: Callable[[OSError], None]
    ) -> None:
        try:
            status, headers, body = await self._send(*asked)
        except (TimeoutError, ConnectionError) as error:
            told = error
            self._guarded(lambda: failed(told))
        else:
            self._guarded(lambda: done(Answer(status, headers, body)))

    def tell(self, key: str, kind: str, owner: str, reason: str) -> None:
        """Report to the exception desk, if there is one."""
        if self._report is not None:
            report = self._report
            self._spawn(lambda: self._tell(report, key, kind, owner, reason))

    async def _tell(self, report: Report, key: str, kind: str, owner: str, reason: str) -> None:
        await report(key, kind, owner, reason)

    def broken(self, error: Exception) -> None:
        """Hand an error to whoever waits for ``failed``."""
        if not self.failed.done():
            self.failed.set_exception(error)

    def close(self) -> None:
        """Stop what is under way; nothing happens any more."""
        self._closed = True
        for task in list(self._tasks):
            task.cancel()
        self.failed.cancel()

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._tasks.pop(task, None)

    def _guarded(self, action: Callable[[], None]) -> None:
        if self._closed:
            return
        try:
            action()
        except Exception as error:
            self.broken(error)

    def _spawn(self, work: Callable[[], Awaitable[None]]) -> None:
        async def run() -> None:
            try:
                await work()
            except Exception as error:
                self.broken(error)

        task = self._loop.create_task(run(), context=self._context)
        self._tasks[task] = None
        task.add_done_callback(self._forget)
