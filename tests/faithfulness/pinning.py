"""A pytest plugin that finds the tests that pin an operation: ``-p tests.faithfulness.pinning``.

A test pins an operation's success, or its refusal, when it passes, and fails as soon as these
answers are other ones: every value in the body changed; of a refusal, and where no body comes, the
status. That an answer fits its document does not count: the checks of shapes are off meanwhile. Of
several such tests the one is kept that calls the fewest operations. What was found is put into
``pins.json`` beside this file; names that are gone are taken out.

What no such test looks at, and generated requests come to, is pinned by the test at the end of
their file, which names what was not reached.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import Any, Final, cast

import pytest
from _pytest.runner import runtestprotocol
from tests.announced import Announced
from tests.faithfulness.answers import falsified, outcome
from tests.faithfulness.operations import PINS
from tests.faithfulness.tests_by_name import WHERE, exists
from tests.generated import AT_THE_END, COUNTS

from peakproof.wire.message import Response
from peakproof_simulators.kit.service import Call

NO_PINS: Final = (
    "_schemathesis.py",
    "_machine.py",
    "_fuzz_v1.py",
    "_fuzz_v2.py",
    "node",
    "/served/",
)
"""Generated requests pin nothing by themselves, and a pin must run wherever Python does."""

LONGEST_S: Final = 10.0
"""Who waits for an answer that is false waits for ever: that is noticed too."""

Pinned = tuple[str, str, str]
"""A fake, an operation of it, and what came of it: ``done`` or ``refused``."""
Rank = tuple[int, str]
"""How many operations a test calls, and its name: least is best."""


class Pinning:
    """Notes which operations a test calls, and tries which of them it looks at."""

    def __init__(self) -> None:
        self.called: dict[Pinned, None] = {}
        self.false: Pinned | None = None
        self.best: dict[Pinned, Rank] = {}

    def answered(self, call: Call, response: Response) -> Response:
        """One answer on its way to the test."""
        came = outcome(response)
        if not came or call.operation.name.startswith("unknown."):
            return response
        pinned = call.service.name, call.operation.name, came
        self.called[pinned] = None
        return falsified(response) if pinned == self.false else response

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> bool | None:
        """Run a test; then again for each operation for which it would be a better pin."""
        if not item.nodeid.startswith(WHERE) or any(each in item.nodeid for each in NO_PINS):
            return None
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        again = cast(pytest.Item, _Again(item))
        passed = self._once(item, again, log=True)
        called = list(self.called)
        rank = len({each[:2] for each in called}), item.nodeid.partition("[")[0]
        wanted = [each for each in called if passed and rank < self.best.get(each, (9999, ""))]
        if wanted and self._once(item, again):  # it can be played twice
            for self.false in wanted:
                if not self._once(item, again):
                    self.best[self.false] = rank
        self.false = None
        item.session._setupstate.teardown_exact(nextitem)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    def pytest_sessionfinish(self) -> None:
        """Put what was found to what was known."""
        known: dict[str, dict[str, dict[str, str]]] = json.loads(PINS.read_text("utf-8"))
        for (fake, operation, came), (_, test) in self.best.items():
            known.setdefault(fake, {}).setdefault(operation, {})[came] = test
        for face, operation, _effect, _status, came in COUNTS:
            if came and not operation.startswith("unknown."):
                pinned = known.setdefault(face.partition(" ")[0], {}).setdefault(operation, {})
                pinned.setdefault(came, AT_THE_END[face])
        kept = {
            fake: {
                name: {came: test for came, test in sorted(pins.items()) if exists(test)}
                for name, pins in sorted(operations.items())
            }
            for fake, operations in sorted(known.items())
        }
        PINS.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")

    def _once(self, item: pytest.Item, nextitem: pytest.Item, *, log: bool = False) -> bool:
        """Whether a test passes; which operations it calls is noted."""
        self.called = {}
        if hasattr(item, "_initrequest"):
            item._initrequest()
        signal.setitimer(signal.ITIMER_REAL, 0 if self.false is None else LONGEST_S)
        try:
            return all(report.passed for report in runtestprotocol(item, log, nextitem))
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)


class _Again:
    """Stands for the next test while one is played again: what it has for itself is taken down."""

    def __init__(self, item: pytest.Item) -> None:
        self._item = item

    def listchain(self) -> list[Any]:
        return self._item.listchain()[:-1]


class _Lenient:
    """A shape that holds answers to nothing while they are false."""

    def __init__(self, strict: Any, pinning: Pinning) -> None:
        self._strict = strict
        self._pinning = pinning

    def validate(self, value: object) -> None:
        if self._pinning.false is None:
            self._strict.validate(value)


@contextmanager
def _listening(pinning: Pinning) -> Iterator[None]:
    """Every fake's answers pass by; shapes are lenient."""
    serve, shape = Call.serve, Announced._shape

    async def settled(call: Call, answer: Awaitable[Response]) -> Response:
        return pinning.answered(call, await answer)

    def served(call: Call) -> Response | Awaitable[Response]:
        answer = serve(call)
        if isinstance(answer, Response):
            return pinning.answered(call, answer)
        return settled(call, answer)

    def lenient(self: Announced, *told: Any) -> Any:
        return _Lenient(shape(self, *told), pinning)

    Call.serve, Announced._shape = served, lenient  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        Call.serve, Announced._shape = serve, shape  # type: ignore[method-assign]


def _too_long(*_told: object) -> None:
    raise TimeoutError


def pytest_configure(config: pytest.Config) -> None:
    pinning = Pinning()
    listening = _listening(pinning)
    listening.__enter__()
    config.pluginmanager.register(pinning)
    signal.signal(signal.SIGALRM, _too_long)

    def stop() -> None:
        listening.__exit__(None, None, None)

    config.add_cleanup(stop)
