"""A world of one SKU in one store with two channels, played against the engine's own books.

Real are the master's figure, what each channel shows, and what is on its way between them; the
engine knows only what it is told. The world moves in whatever order a test makes up.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, Final, cast

from tests.unit.engine.stage import EPOCH_S, config

from peakproof_engine.desk import Desk
from peakproof_engine.flows.audit import Audit
from peakproof_engine.flows.cells import Live
from peakproof_engine.flows.core import Core
from peakproof_engine.flows.steps import Booking
from peakproof_engine.flows.stock import StockFlow
from peakproof_engine.guards import Guards
from peakproof_engine.lanes import Lane
from peakproof_engine.model import StepRecord
from peakproof_engine.store.database import Store
from peakproof_engine.systems.ports import MasterLevel, Shown

NODE: Final = "S1"
SKU: Final = "TEE"
PLACE: Final = "FAC2"
CHANNELS: Final = ("web", "till")
SHOWS_LATE_S: Final = 10.0
"""So late an order may show in the shop's stock entry."""


class Time:
    """A clock that the test turns."""

    def __init__(self) -> None:
        self.at_s = 0.0

    def now(self) -> float:
        """Run time in seconds."""
        return self.at_s

    def wall(self) -> float:
        """Seconds since 1970."""
        return EPOCH_S + self.at_s


class Poked:
    """A lane that only writes down what it was poked with."""

    def __init__(self) -> None:
        self.keys: dict[str, None] = {}

    def poke(self, key: str, _delay_s: float = 0.0) -> None:
        """See :meth:`peakproof_engine.lanes.Lane.poke`."""
        self.keys[key] = None

    def take(self) -> list[str]:
        """All that was poked since the last time."""
        taken = list(self.keys)
        self.keys.clear()
        return taken


class Sale:
    """Units that a channel sold; ``told`` to the engine, ``sent`` to the master, ``arrived``."""

    def __init__(self, channel: str, units: int, recorded_s: float) -> None:
        self.channel = channel
        self.units = units
        self.recorded_s = recorded_s
        self.told = self.sent = self.arrived = self.answered = False
        self.answered_s = 0.0


class Flight:
    """A step on its way to its channel; ``shows`` is what the tills answered with."""

    def __init__(self, live: Live, step: StepRecord) -> None:
        self.live = live
        self.step = step
        self.arrived = False
        self.shows: int | None = None


class World:
    """See the module."""

    def __init__(self, hold_back: int, *, off: tuple[str, ...] = ()) -> None:
        self.time = Time()
        self.store = Store()
        self.off = off
        self.hold_back = hold_back
        self.swept_s = 0.0
        self.late = False
        self.age_s = 0.0
        self.figure = dict.fromkeys(CHANNELS, 0)
        self.sales: list[Sale] = []
        self.received = 0
        self.levels: list[tuple[float, int]] = [(0.0, 0)]
        self.flights: dict[str, Flight] = {}
        self._start()
        for channel in CHANNELS:
            live = self.live(channel)
            live.share.given, live.share.entry = 0, f"entry-{channel}"
            live.share.based_s = self.time.wall() - 1.0
            self.core.ledger.keep(live)

    def _start(self) -> None:
        """Put an engine's books together over the store that there is."""
        document = config(policy__hold_back=self.hold_back, nodes=[
            {"id": NODE, "kind": "store",
             "places": {"deposco": PLACE, "commercetools": "web-s1", "pos": "LOC1"}},
        ], channels=[
            {"id": "web", "system": "commercetools", "nodes": [NODE]},
            {"id": "till", "system": "pos", "nodes": [NODE]},
        ])  # fmt: skip
        self.policy = document.policy
        desk = Desk(self.store, self.time, _never_told)
        self.core = Core(document, Guards(self.off), self.time, self.store, desk)
        self.core.desk.lane = None
        master: Any = _Master(self)
        self.stock = StockFlow(self.core, master, "deposco")
        self.audit = Audit(self.core, self.stock)
        self.replans = Poked()
        self.verifies = Poked()
        self.unsures = Poked()
        self.stock.unsure.lane = cast(Lane, self.unsures)
        self.stock.replan = cast(Lane, self.replans)
        self.audit.lane = cast(Lane, self.verifies)
        self.booking = Booking(self.core, self.stock, self.audit.verify)
        for system in ("commercetools", "pos"):
            self.stock.writers[system] = self._begun
            self.stock.sells[system] = _sells
            self.audit.sources[system] = _Source(self, system)
            self.audit.swept[system] = lambda: self.swept_s
        self.stock.is_open = True

    def restart(self, age_s: float) -> None:
        """The engine is killed and started again; its first poll may be that old."""
        self._start()
        self.stock.is_open = False
        self.poll(0.0, age_s)
        self.core.ledger.load()
        self.late = True
        at_once(self.audit.begin())
        self.audit.load()
        for step in self.store.steps():
            flight = self.flights[step.channel]
            flight.live = self.live(step.channel)
            flight.live.step = flight.step = step
        for sale in self.sales:
            if sale.told and not sale.answered:
                # It may have been sent, as far as anybody can tell.
                sale.sent = True
                self.core.ledger.fly(self.live(sale.channel), sale.units)
            elif sale.answered:
                self.core.ledger.recall(self.live(sale.channel), sale.units, sale.answered_s)
        self.stock.is_open = True
        self.stock.touched(NODE, SKU)

    # --- what there is --------------------------------------------------------------------

    def live(self, channel: str) -> Live:
        """The engine's books of a channel's share."""
        found = self.core.ledger.live(NODE, SKU, channel)
        assert found is not None
        return found

    @property
    def sold(self) -> int:
        """Units that customers were promised."""
        return sum(sale.units for sale in self.sales)

    @property
    def offered(self) -> int:
        """Units that somebody can buy now."""
        return sum(max(0, units) for units in self.figure.values())

    @property
    def available(self) -> int:
        """The master's figure."""
        return self.levels[-1][1]

    def _book(self, units: int) -> None:
        self.levels.append((self.time.at_s, self.available + units))

    # --- the floor and the channels ---------------------------------------------------------

    def receive(self, units: int) -> None:
        """Goods come in."""
        self.received += units
        self._book(units)

    def sell(self, channel: str, units: int) -> None:
        """A customer buys, of what is shown."""
        self.figure[channel] -= units
        self.sales.append(Sale(channel, units, self.time.wall()))

    # --- sales on their way to the master ---------------------------------------------------

    def tell(self, sale: Sale) -> None:
        """The engine hears of a sale."""
        sale.told = True
        with self.store:
            self.core.ledger.sold(self.live(sale.channel), sale.units, sale.recorded_s)
        self.stock.touched(NODE, SKU)

    def send(self, sale: Sale) -> None:
        """It sends it to the master."""
        sale.sent = True
        self.core.ledger.fly(self.live(sale.channel), sale.units)

    def fail(self, sale: Sale) -> None:
        """It learns that nothing came of that."""
        sale.sent = False
        self.core.ledger.unfly(self.live(sale.channel), sale.units)
        self.stock.touched(NODE, SKU)

    def arrive(self, sale: Sale) -> None:
        """The master takes it off."""
        sale.arrived = True
        self._book(-sale.units)

    def answer(self, sale: Sale) -> None:
        """The engine learns that."""
        sale.answered, sale.answered_s = True, self.time.wall()
        with self.store:
            self.core.ledger.landed(self.live(sale.channel), sale.units, self.time.wall())
        self.stock.touched(NODE, SKU)

    # --- levels -------------------------------------------------------------------------------

    def notice(self, number: int) -> None:
        """A level of the master comes in, perhaps again, perhaps after a newer one."""
        at_s, available = self.levels[number]
        level = MasterLevel(SKU, PLACE, available, available, number, EPOCH_S + at_s)
        self.stock.noticed(level, self.time.wall())

    def level_at(self, at_s: float) -> int:
        """What the master showed at a time."""
        return [available for since_s, available in self.levels if since_s <= max(0.0, at_s)][-1]

    def poll(self, asked_ago_s: float, age_s: float) -> None:
        """An answer comes in that was asked for then, and shows an even older state."""
        asked_s = max(0.0, self.time.at_s - asked_ago_s)
        available = self.level_at(asked_s - age_s)
        levels = [MasterLevel(SKU, PLACE, available, available)]
        self.stock.polled(levels, EPOCH_S + asked_s)

    def ask_again(self, age_s: float) -> None:
        """The engine asks for the levels that leave something open; the answer may be that old."""
        self.age_s = age_s
        if self.unsures.take() and at_once(self.stock.unsure._work("levels")) is not None:
            self.unsures.poke("levels")

    # --- steps --------------------------------------------------------------------------------

    def _begun(self, live: Live) -> None:
        assert live.step is not None
        assert live.channel not in self.flights
        self.flights[live.channel] = Flight(live, live.step)

    def carry_out(self, channel: str) -> None:
        """The channel carries a step out; a cut may take it below nothing."""
        flight = self.flights[channel]
        flight.arrived = True
        self.figure[channel] += flight.step.units
        flight.shows = self.figure[channel]

    def confirm(self, channel: str) -> None:
        """The engine learns what became of a step; one that did not arrive never will."""
        flight = self.flights.pop(channel)
        if flight.arrived:
            self.booking.done(flight.live, flight.step, flight.shows)
        else:
            self.booking.undone(flight.live, flight.step, replan_s=0.0)

    # --- looking ------------------------------------------------------------------------------

    def shown(self, channel: str) -> Shown:
        """What a channel shows: the shop's figure may lack its latest orders."""
        units, dated_s = self.figure[channel], self.time.wall()
        if channel == "web":
            dated_s = 0.0
            if self.late:
                since_s = self.time.wall() - SHOWS_LATE_S
                units += sum(
                    sale.units
                    for sale in self.sales
                    if sale.channel == channel and sale.recorded_s > since_s
                )
        place = "LOC1" if channel == "till" else "web-s1"
        return Shown(SKU, place, units, f"entry-{channel}", 1, dated_s)

    def look(self, channel: str, *, late: bool) -> None:
        """The engine reads a channel's figure again."""
        self.late = late
        at_once(self.audit._verify(self.live(channel).key))

    def sweep(self) -> None:
        """The engine asks for all sales."""
        began_s = self.time.wall()
        for sale in self.sales:
            if not sale.told:
                self.tell(sale)
        self.swept_s = began_s

    # --- the end --------------------------------------------------------------------------------

    def come_to_rest(self, *, polls: bool = True) -> None:
        """Everything arrives, is answered, looked at and planned until nothing moves."""
        for _ in range(8):
            self.sweep()
            for sale in self.sales:
                if not sale.sent:
                    self.send(sale)
                if not sale.arrived:
                    self.arrive(sale)
                if not sale.answered:
                    self.answer(sale)
            self.time.at_s += 60.0
            self.notice(len(self.levels) - 1)
            if polls:
                self.poll(0.0, 0.0)
            self.ask_again(0.0)
            for channel in list(self.flights):
                if not self.flights[channel].arrived:
                    self.carry_out(channel)
                self.confirm(channel)
            self.time.at_s += 60.0
            for channel in CHANNELS:
                self.look(channel, late=False)
            self.verifies.take()
            self.replans.take()
            self.stock.touched(NODE, SKU)


class _Source:
    """Reads a channel's figures from the world."""

    def __init__(self, world: World, system: str) -> None:
        self._world = world
        self._system = system

    async def figures(self, since_s: float | None = None) -> list[Shown]:
        assert since_s is None
        channel = "web" if self._system == "commercetools" else "till"
        return [self._world.shown(channel)]

    async def figure(self, entry: str, sku: str, place: str) -> Shown:
        assert sku == SKU
        assert place
        return self._world.shown(entry.removeprefix("entry-"))


class _Master:
    """Answers what the engine asks for by itself; of the rounds the test brings the answers."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def levels_since(self, since_s: float) -> list[MasterLevel]:
        """A cell that has not moved since is not in the answer."""
        world = self._world
        at_s = world.time.at_s - world.age_s
        if any(since_s <= EPOCH_S + moved_s and moved_s <= at_s for moved_s, _ in world.levels):
            return await self.all_levels()
        return []

    async def all_levels(self) -> list[MasterLevel]:
        """The one cell that there is."""
        available = self._world.level_at(self._world.time.at_s - self._world.age_s)
        return [MasterLevel(SKU, PLACE, available, available)]


async def _never_told(*told: str) -> None:
    raise AssertionError(told)


def _sells(_sku: str) -> bool:
    return True


def at_once(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine that waits for nothing."""
    try:
        work.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("it waits for something")
