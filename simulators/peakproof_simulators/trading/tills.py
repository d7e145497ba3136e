"""Walk-in customers and the tills of the stores: what is on the shelf can be carried away."""

from __future__ import annotations

from collections.abc import Generator

import msgspec
from simpy.events import Event

from peakproof.ledger import shelf
from peakproof_simulators.trading import ports
from peakproof_simulators.trading.arrivals import arrivals
from peakproof_simulators.trading.days import demand_of
from peakproof_simulators.trading.estate import Channel
from peakproof_simulators.trading.ports import Refusal, Want
from peakproof_simulators.trading.stage import Baskets, Due, Lag, Sold, Stage, Wanted
from peakproof_simulators.trading.tables import Trading


class Visit(msgspec.Struct, frozen=True, gc=False):
    """All that a walk-in customer will do, drawn when he comes."""

    wanted: Wanted
    return_s: float | None = None
    restock: bool = True


class Store:
    """One store: its shelf, its till, its walk-in customers."""

    def __init__(
        self, stage: Stage, channel: Channel, node: str, tills: ports.Tills, trading: Trading
    ) -> None:
        rng = stage.stream("tills", channel.id, node)
        self.channel = channel
        self.node = node
        self.code = stage.estate.node(node, field=channel.id).places[channel.system]
        self.tills = tills
        self._lacking = stage.lacking[channel.system]
        self._stage = stage
        self._trading = trading
        self._spec = trading.tills
        self._shelf = shelf(self.node)
        self._rng = rng
        self._baskets = Baskets(self._spec.basket, stage.catalogue, rng)
        self._return = Lag(self._spec.return_after, rng)

    def come(self, *, opens_at_h: float, day_s: float) -> Generator[Event, None, None]:
        """The process of a day: one walk-in customer after the other."""
        stage = self._stage
        env = stage.world.env
        demand = demand_of(self.channel.id, self._spec.demand, self._trading)
        times = arrivals(
            demand, stage.stream("arrivals", self.channel.id, self.node), opens_at_h=opens_at_h,
            day_s=day_s, trading_s=stage.until_s - stage.opened_s,
        )  # fmt: skip
        for at_s in times:
            yield env.timeout(max(stage.opened_s + at_s - env.now, 0.0))
            self.walk_in(self._visit())

    def lose_the_line(self) -> None:
        """Schedule the offline windows of this store."""
        for window in self._spec.offline:
            if window.store == self.node:
                self._stage.due += 1
                self._stage.later(window.from_s, lambda _event: self.go_offline())
                self._stage.later(window.until_s + window.late_s, self._upload_due)

    def _upload_due(self, _event: Due) -> None:
        self._stage.due -= 1
        self.come_back()

    def _visit(self) -> Visit:
        rng = self._rng
        wanted = self._baskets.draw()
        comes_back = rng.random() < self._spec.return_share
        return_s = self._return.draw() if comes_back else None
        return Visit(wanted, return_s, rng.random() < self._spec.restock_share)

    def walk_in(self, visit: Visit) -> None:
        """Take what is on the shelf, pay; perhaps bring it back later."""
        sold = self.sell(visit.wanted, asks=self._spec.asks)
        if sold is not None and visit.return_s is not None:
            self._stage.later_if_trading(visit.return_s, self._return_due, (sold, visit.restock))

    def _return_due(self, event: Due) -> None:
        sold, restock = event.value
        self.take_back(sold.wanted, sale=sold.sale, restock=restock)

    def sell(self, wanted: Wanted, *, asks: bool, tag: str = "") -> Sold | None:
        """Carry goods from the shelf to the till; None when nothing was sold.

        What is not on the shelf cannot be carried. A refused customer puts the goods back.
        """
        stage = self._stage
        with stage.world.acting("till"):
            carried = self._from_the_shelf(wanted)
            if not carried:
                return None
            turned = stage.turned
            wants = tuple(Want(sku, units, self.code) for sku, units in carried)
            answer = self.tills.ring(self.code, wants, asks=asks)
            if isinstance(answer, Refusal):
                if stage.turned == turned:
                    stage.turn_away(self.channel, self.code, carried, answer.reason)
                return None
            for sku, units in carried:
                stage.world.ledger.move(
                    sku=sku, units=units, src=self._shelf, dst="customer", cause="sale",
                    by="till", ref=answer,
                )  # fmt: skip
        sold = Sold(self.node, answer, carried)
        stage.remember_sale(sold, tag)
        return sold

    def _from_the_shelf(self, wanted: Wanted) -> Wanted:
        carried = []
        for sku, units in wanted:
            if sku in self._lacking:
                self._stage.turn_away(self.channel, self.code, ((sku, units),), "UnknownItem")
                continue
            there = min(self._stage.on_shelf(self.node, sku), units)
            if there:
                carried.append((sku, there))
            if there < units:
                self._stage.turn_away(
                    self.channel, self.code, ((sku, units - there),), "ShelfEmpty"
                )
        return tuple(carried)

    def take_back(self, wanted: Wanted, *, sale: str, restock: bool) -> None:
        """Take goods back: onto the shelf, or written off."""
        world = self._stage.world
        with world.acting("till"):
            wants = tuple(Want(sku, units, self.code) for sku, units in wanted)
            reference = self.tills.take_back(self.code, wants, sale=sale, restock=restock)
            for sku, units in wanted:
                world.ledger.move(
                    sku=sku, units=units, src="customer", dst=self._shelf if restock else "lost",
                    cause="return" if restock else "write_off", by="till", ref=reference,
                )  # fmt: skip

    def go_offline(self) -> None:
        """The till loses its line: sales stay in it."""
        with self._stage.world.acting("till"):
            self.tills.go_offline(self.code)

    def come_back(self) -> None:
        """The till has its line again and uploads what it kept."""
        with self._stage.world.acting("till"):
            self.tills.upload(self.code)

    def count(self, sku: str, units: int, *, posted_after_s: float) -> bool:
        """Somebody counted ``units`` just now; the count is posted later, with its own time.

        False when the till does not know the item.
        """
        if sku in self._lacking:
            return False
        count = (sku, units, self._stage.world.t)
        if posted_after_s > 0.0:
            self._stage.due += 1
            self._stage.later(posted_after_s, self._count_due, count)
        else:
            self._post(*count)
        return True

    def _count_due(self, event: Due) -> None:
        self._stage.due -= 1
        self._post(*event.value)

    def _post(self, sku: str, units: int, counted_s: float) -> None:
        with self._stage.world.acting("staff"):
            self.tills.record_count(self.code, sku, units, counted_s=counted_s)

    def take_in(self, sku: str, units: int) -> bool:
        """Goods came to the store: the till records them, unless it does not know the item."""
        if sku in self._lacking:
            return False
        with self._stage.world.acting("staff"):
            self.tills.take_in(self.code, sku, units)
        return True

    def send(self, sku: str, units: int, *, to: Store) -> str:
        """The till records goods that leave for another store; "" if it does not know the item."""
        if sku in self._lacking:
            return ""
        with self._stage.world.acting("staff"):
            return self.tills.send(self.code, to.code, sku, units)

    def arrive(self, transfer: str, units: int) -> None:
        """The till records goods of a transfer that came here."""
        with self._stage.world.acting("staff"):
            self.tills.arrive(transfer, units)
