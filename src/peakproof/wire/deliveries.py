"""A notification on its way to a handler in virtual time, without a task of its own.

The same attempts at the same instants, in the same turns, as :meth:`Hooks.deliver` makes them
for every other carrier; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context
from typing import TYPE_CHECKING

from peakproof.virtual_time.courses import Course

if TYPE_CHECKING:
    from peakproof.virtual_time.loop import VirtualLoop
    from peakproof.virtual_time.tasks import Ready
    from peakproof.wire.carriers import HandlerCarrier, Handling, Severed
    from peakproof.wire.hooks import Hooks, Parcel
    from peakproof.wire.message import Request


class Delivery(Course):
    """All attempts of one delivery of a parcel. Each method is a step but ``_wake``."""

    __slots__ = (
        "_bell", "_carrier", "_first", "_hooks", "_key", "_number", "_parcel", "_request",
        "_severed", "_status", "_task", "_waits", "_way_s",
    )  # fmt: skip

    _bell: Ready
    _first: bool
    _request: Request
    _severed: Severed
    _task: Handling

    def __init__(
        self, hooks: Hooks, carrier: HandlerCarrier, parcel: Parcel, loop: VirtualLoop,
        context: Context,
    ) -> None:  # fmt: skip
        self._loop = loop
        self._context = context
        self._hooks = hooks
        self._carrier = carrier
        self._parcel = parcel
        self._number = 1
        self._key = 0
        self._way_s = 0.0
        self._status = 0
        self._waits = False

    def begin(self, delay_s: float) -> None:
        """Set out in ``delay_s`` seconds."""
        self.soon((lambda: self.later(delay_s, self._depart)) if delay_s else self._depart)

    def step(self, act: Callable[[], None]) -> None:
        """Make a step, unless the run is over; what fails is a fault of the harness."""
        hooks = self._hooks
        if hooks.closed:
            return
        try:
            act()
        except Exception as error:
            hooks.settle(self._key, 0)
            hooks.wire.blame(error, "a delivery")

    def _depart(self) -> None:
        hooks, parcel = self._hooks, self._parcel
        timeout_s = parcel.notice.timeout_s
        self._request = parcel.request(self._number)
        self._key, way_s = hooks.depart(parcel, self._number)
        self._way_s = way_s
        if parcel.is_lost(self._number) or way_s > timeout_s:
            self.later(timeout_s, self._fail)
        elif way_s:
            self.later(way_s, self._arrive)
        else:
            self._arrive()

    def _arrive(self) -> None:
        hooks, parcel, carrier = self._hooks, self._parcel, self._carrier
        self._first = first = hooks.arrive(parcel)
        left_s = parcel.notice.timeout_s - self._way_s
        handler = carrier.handler
        if handler is None:
            way_s, request = self._way_s, self._request
            rest = hooks.second_half(parcel, request, self._key, way_s, left_s, first=first)
            self.go_on_as(hooks.spawn(hooks.deliver(parcel, 0.0, self._number, rest)))
            return
        self._task, self._severed = carrier.begin(handler, self._request)
        self._waits = True
        self._bell = self.bell(left_s, self._wake)
        self._task.add_done_callback(self._wake, context=self._context)
        self._severed.add_done_callback(self._wake, context=self._context)

    def _wake(self, _done: object = None) -> None:
        """The handler is ready, or out of time, or its process died."""
        if self._waits:
            self._waits = False
            self.soon(self._answered)

    def _answered(self) -> None:
        hooks, task, parcel = self._hooks, self._task, self._parcel
        self._severed.remove_done_callback(self._wake)
        self._bell.cancel()
        if not task.done():
            task.remove_done_callback(self._wake)
            self._carrier.hold(task)
        try:
            answer = self._carrier.answer_of(self._request, task, self._severed)
        except ConnectionError:
            answer = None
        except Exception as error:
            raise hooks.blame(error, parcel) from error
        if answer is None:
            self._fail()
            return
        if self._first:
            hooks.answered(parcel)
        self._status = answer.status
        if self._way_s:
            self.later(self._way_s, self._back)
        else:
            self._back()

    def _back(self) -> None:
        self._end(self._status)

    def _fail(self) -> None:
        self._end(0)

    def _end(self, status: int) -> None:
        self._hooks.settle(self._key, status)
        retries_s, number = self._parcel.notice.retries_s, self._number
        if 200 <= status < 300 or number > len(retries_s):
            self.finish()
            return
        self._number = number + 1
        self.later(retries_s[number - 1], self._depart)
