"""The blank 200: an answer with nothing in it, whether or not the thing was done (DQ2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from peakproof.wire.message import Response
from peakproof_simulators.kit.service import VendorError

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from peakproof_simulators.deposco.settings import Settings
    from peakproof_simulators.deposco.state import Deposco
    from peakproof_simulators.kit.service import Call

    Served = Callable[[Deposco, Call], Response]


class Armed(msgspec.Struct):
    """The ``nth`` call of an operation, counted from when it was armed, comes back blank."""

    operation: str
    nth: int
    stored: bool
    seen: int = 0


class Blanks:
    """Decides which answers of V1 come back blank."""

    def __init__(self, settings: Settings, chance: Random) -> None:
        self._probability = settings.blank_200_probability
        self._stored = settings.blank_200_stored_probability
        self._chance = chance
        self._armed: list[Armed] = []
        self.idle = not self._probability

    def arm(self, operation: str, *, nth: int, stored: bool) -> None:
        """Aim at the nth call of an operation from now on."""
        self._armed.append(Armed(operation, nth, stored))
        self.idle = False

    def waiting(self) -> int:
        """How many aims have not been met yet."""
        return len(self._armed)

    def serve(self, name: str, handler: Served, store: Deposco, call: Call) -> Response:
        """Serve a call, or lose its answer."""
        stored = self._struck(name)
        if stored is None:
            return handler(store, call)
        if stored:
            try:
                handler(store, call)
            except VendorError:
                return Response(200)
        return Response(200)

    def _struck(self, name: str) -> bool | None:
        """Is the thing done (True) or not (False) behind a blank answer; None: no blank."""
        found: bool | None = None
        left: list[Armed] = []
        for armed in self._armed:
            if armed.operation == name:
                armed.seen += 1
                if armed.seen == armed.nth and found is None:
                    found = armed.stored
                    continue
            left.append(armed)
        self._armed = left
        self.idle = not left and not self._probability
        if found is None and self._probability and self._chance.random() < self._probability:
            found = self._chance.random() < self._stored
        return found
