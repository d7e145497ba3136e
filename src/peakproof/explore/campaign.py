"""Plays many runs over the machine's cores and hands the outcomes back in order."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import forkserver, resource_tracker
from typing import Final, TypeVar

from peakproof.errors import UsageError
from peakproof.signals import STOPS, kept_from_children

Job = TypeVar("Job")
Outcome = TypeVar("Outcome")

_AHEAD: Final = 4
"""Jobs handed out ahead for each worker: enough to keep it busy, few enough to stop quickly."""


def _begin_worker(folder: str) -> None:
    """A worker does not stay when its parent was killed.

    What it writes for the length of a run is in a folder of its parent, which outlives it.
    """
    tempfile.tempdir = folder
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

    With one worker everything happens in this process. Whoever stops early (a signal, or no more
    interest) leaves no worker behind: what they were playing is dropped.
    """
    if workers <= 1:
        yield from map(play, jobs)
        return
    resource_tracker.ensure_running()  # hears no signal anyway; its start lets them in again
    with kept_from_children(), _told_of_long_paths():
        forkserver.ensure_running()  # all workers come from it
    context = multiprocessing.get_context("forkserver")
    others = multiprocessing.active_children()
    folder = tempfile.TemporaryDirectory(prefix="peakproof-")
    pool = ProcessPoolExecutor(
        workers, mp_context=context, initializer=_begin_worker, initargs=(folder.name,)
    )
    pending: list[Future[Outcome]] = []
    try:
        for job in jobs:
            pending.append(pool.submit(play, job))
            if len(pending) >= workers * _AHEAD:
                yield _first(pending)
        while pending:
            yield _first(pending)
    except STOPS:
        # What is finished was only waiting for its turn.
        yield from [job.result() for job in pending if job.done() and not job.exception()]
        raise
    finally:
        if pending:
            for worker in multiprocessing.active_children():
                if worker not in others:
                    worker.kill()
        pool.shutdown(wait=True, cancel_futures=True)
        folder.cleanup()


@contextmanager
def _told_of_long_paths() -> Iterator[None]:
    """The workers' socket is a file in the folder for such things, and its path has a limit.

    Raises:
        UsageError: the folder's own path leaves no room for it.
    """
    try:
        yield
    except OSError as error:
        if "AF_UNIX" not in str(error):
            raise
        raise UsageError(
            f"TMPDIR is too long for a socket in it: {tempfile.gettempdir()}; set it to a folder "
            f"with a shorter path, or play with --workers 1"
        ) from None


def _first(pending: list[Future[Outcome]]) -> Outcome:
    outcome = pending[0].result()
    del pending[0]  # only now: an interrupted wait keeps it
    return outcome
