"""What a fake and the trading day may know of the run that they are in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from simpy.events import Timeout

from peakproof.clock import Clock
from peakproof.errors import SimulatorFault
from peakproof.history.records import By, Record
from peakproof.ids import Ids
from peakproof.ledger import Ledger
from peakproof.rng import Streams
from peakproof.service import Notification
from peakproof.wire.message import Request, Response

if TYPE_CHECKING:
    import simpy

    from peakproof.history.recorder import Recorder


def _no_post(notification: Notification) -> None:
    raise SimulatorFault(f"{notification.system} has a webhook to send and nothing carries it")


async def _no_fetch(url: str, request: Request, timeout_s: float) -> Response:
    raise SimulatorFault(f"a fake wants to call {url} ({request.method}) and nothing carries it")


class World:
    """Clock, chance, identity, history, ledger and the way out, for the length of one run.

    ``by`` and ``n`` say on whose behalf things happen right now: a fake copies both into every
    fact that it writes. The wire sets them around a call; trading sets them with :meth:`acting`.
    """

    __slots__ = (
        "by", "clock", "emit", "env", "fetch", "ledger", "listeners", "n", "post", "recorder",
        "streams",
    )  # fmt: skip

    def __init__(
        self, env: simpy.Environment, *, clock: Clock, streams: Streams, recorder: Recorder
    ) -> None:
        self.env = env
        self.clock = clock
        self.streams = streams
        self.recorder = recorder
        self.emit: Callable[[Record], None] = recorder.write
        """Writes a record into the history; then whoever listens hears of it."""
        self.listeners = recorder.listeners
        self.ledger = Ledger(now=lambda: env.now, write=self.emit)
        self.by: By = "system"
        self.n = 0
        self.post: Callable[[Notification], None] = _no_post
        self.fetch: Callable[[str, Request, float], Awaitable[Response]] = _no_fetch

    @property
    def t(self) -> float:
        """Run time in seconds."""
        return self.env._now

    def ids(self, *names: str) -> Ids:
        """A source of identifiers of its own for the part that is named."""
        return Ids(self.streams.get("ids", *names))

    def after(self, delay_s: float, action: Callable[[], None]) -> None:
        """Do something later in run time; as ``by`` = ``system`` and no call's doing."""

        def strike(_event: object) -> None:
            self.by, self.n = "system", 0
            action()

        event = Timeout(self.env, delay_s)
        assert event.callbacks is not None
        event.callbacks.append(strike)

    def acting(self, by: By) -> Acting:
        """What happens inside ``with world.acting(by):`` is the doing of ``by``, of no call."""
        return Acting(self, by)


class Acting:
    """Sets on whose behalf things happen, and puts it back; a class, for it is entered often."""

    __slots__ = ("_by", "_was", "_was_n", "_world")

    def __init__(self, world: World, by: By) -> None:
        self._world = world
        self._by: By = by

    def __enter__(self) -> None:
        world = self._world
        self._was: By = world.by
        self._was_n = world.n
        world.by, world.n = self._by, 0

    def __exit__(self, *_error: object) -> None:
        self._world.by, self._world.n = self._was, self._was_n
