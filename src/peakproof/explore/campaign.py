"""Plays many runs over the machine's cores and hands the outcomes back in order."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Final, TypeVar

Job = TypeVar("Job")
Outcome = TypeVar("Outcome")

_AHEAD: Final = 4
"""Jobs handed out ahead for each worker: enough to keep it busy, few enough to stop quickly."""


def _die_with_parent() -> None:
    """A worker whose parent was killed must not stay for ever; pools do not see to that."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def play_all(
    jobs: Iterable[Job], play: Callable[[Job], Outcome], *, workers: int
) -> Iterator[Outcome]:
    """Yield ``play(job)`` for each job, in the order of the jobs, whatever finishes first.

    With one worker everything happens in this process.
    """
    if workers <= 1:
        yield from map(play, jobs)
        return
    context = multiprocessing.get_context("forkserver")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_die_with_parent)
    pending: list[Future[Outcome]] = []
    try:
        for job in jobs:
            pending.append(pool.submit(play, job))
            if len(pending) >= workers * _AHEAD:
                yield pending.pop(0).result()
        while pending:
            yield pending.pop(0).result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
