"""The one place where a command hears Ctrl-C and SIGTERM, and what it exits with after them."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

ENDING: Final = (signal.SIGINT, signal.SIGTERM)
"""The signals that ask a command to end."""
INTERRUPTED: Final = 128 + signal.SIGINT
TERMINATED: Final = 128 + signal.SIGTERM


class Terminated(SystemExit):
    """SIGTERM was heard: it ends a command wherever it is, as ``KeyboardInterrupt`` does."""


STOPS: Final = (KeyboardInterrupt, Terminated)
"""What is raised when a command is asked to end."""


def stop_for(number: signal.Signals) -> KeyboardInterrupt | Terminated:
    """What to raise after a signal."""
    return KeyboardInterrupt() if number is signal.SIGINT else Terminated(TERMINATED)


def exit_code(stop: BaseException) -> int:
    """The exit code after a stop: 130 for Ctrl-C, 143 for SIGTERM."""
    return TERMINATED if isinstance(stop, Terminated) else INTERRUPTED


def raise_at_sigterm() -> None:
    """From now on SIGTERM raises :class:`Terminated`, unless whoever started us ignores it."""

    def terminate(_number: int, _frame: object) -> None:
        raise stop_for(signal.SIGTERM)

    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, terminate)


@contextmanager
def told_to(hear: Callable[[signal.Signals], None]) -> Iterator[None]:
    """In the running event loop: both signals are told to ``hear`` and raise nothing."""
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in ENDING}
    try:
        for number in ENDING:
            with contextlib.suppress(NotImplementedError):  # Windows; there Ctrl-C cancels as well
                loop.add_signal_handler(number, hear, number)
        yield
    finally:
        for number, handler in before.items():
            with contextlib.suppress(NotImplementedError):
                loop.remove_signal_handler(number)
                signal.signal(number, handler)


@contextmanager
def kept_from_children() -> Iterator[None]:
    """Processes that are started in here hear neither signal: this one hears it and ends them.

    A terminal and a service's supervisor send to all of them at once.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
