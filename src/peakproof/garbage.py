"""How often Python looks for garbage while a run is played, and while it is judged."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_THRESHOLDS: Final = (2_000, 20, 100)
"""Measured: with the usual ones a run spends a twentieth more on looking through what lives on,
and a long day more and more; larger first ones cost more than they save, in the caches."""


@contextmanager
def seldom_collected() -> Iterator[None]:
    """What lives on is looked through seldom for as long as this is entered."""
    usual = gc.get_threshold()
    gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
