"""A whole run in virtual time, from its first coroutine to the end of everything it started."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextlib import nullcontext, suppress
from math import inf
from typing import Any, TypeVar

import simpy

from peakproof.errors import ConnectorError, FenceError
from peakproof.virtual_time.loop import VirtualLoop
from peakproof.virtual_time.policies import Policy
from peakproof.virtual_time.tasks import end_tasks

T = TypeVar("T")


def run_virtual(
    main: Callable[[VirtualLoop], Coroutine[Any, Any, T]],
    env: simpy.Environment,
    *,
    policy: Policy | None = None,
    until: float | None = None,
    grace_s: float = 60.0,
) -> T | None:
    """Run ``main(loop)`` in virtual time, then close everything that it left open.

    Returns what ``main`` returns, or None when run time ``until`` comes first. What is still
    alive is cancelled and gets ``grace_s`` seconds of run time to come to its end.

    Raises:
        FenceError: something reached outside, even if it swallowed the error.
        Deadlock: nothing was left that could happen, and ``main`` was not done.
        ConnectorError: a task would not end although it was cancelled three times.
        Exception: whatever ``main`` raised.
    """
    loop = VirtualLoop(env, policy=policy)

    def stop(_done: object = None) -> None:
        loop.stop()

    interrupted = False
    try:
        task = loop.create_task(main(loop), name="main")
        task.add_done_callback(stop)
        end = loop.call_at(inf if until is None else until, stop)
        try:
            loop.run_forever()
            result = task.result() if task.done() else None
        except BaseException as error:
            interrupted = not isinstance(error, Exception)
            if loop.fenced and not isinstance(error, FenceError):
                raise loop.fenced[0] from error
            raise
        finally:
            task.remove_done_callback(stop)
            end.cancel()
            loop.ending = True
            # A signal strikes between any two lines of the loop, and may have taken a task's next
            # step from it: that it does not end then is no fault of its own.
            with suppress(ConnectorError) if interrupted else nullcontext():
                end_tasks(loop, grace_s)
        if loop.fenced:
            raise loop.fenced[0]
    finally:
        loop.close()
    return result
