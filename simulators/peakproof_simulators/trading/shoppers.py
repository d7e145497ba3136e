"""Web shoppers: they look at what is offered, order, pay, and sometimes think again."""

from __future__ import annotations

from collections.abc import Generator
from typing import Final

import msgspec
from simpy.events import Event

from peakproof.errors import ScenarioError
from peakproof_simulators.trading.arrivals import arrivals
from peakproof_simulators.trading.catalogue import Customer
from peakproof_simulators.trading.days import demand_of
from peakproof_simulators.trading.estate import Channel, unknown
from peakproof_simulators.trading.ports import Refusal, Storefront, Want
from peakproof_simulators.trading.stage import (
    Baskets,
    Bought,
    Due,
    Lag,
    Stage,
    Wanted,
    chosen,
    cumulative,
)
from peakproof_simulators.trading.tables import Trading

OUTCOMES: Final = ("captured", "authorised", "failed", "pending")


class Intent(msgspec.Struct, frozen=True, gc=False):
    """All that a shopper will do, drawn when he comes.

    So the demand of a seed stays the same whatever the connector makes of it.
    """

    customer: Customer
    wanted: Wanted
    payment: str
    payment_s: float
    cancel_s: float | None = None
    edit_s: float | None = None


class Shoppers:
    """The customers of one storefront channel."""

    def __init__(
        self, stage: Stage, channel: Channel, storefront: Storefront, trading: Trading
    ) -> None:
        web = trading.web
        rng = stage.stream("shoppers", channel.id)
        self.channel = channel
        self.storefront = storefront
        self._lacking = stage.lacking[channel.system]
        self._stage = stage
        self._trading = trading
        self._web = web
        self._rng = rng
        nodes = [stage.estate.node(node_id, field=channel.id) for node_id in channel.nodes]
        self._code_of = {node.id: node.places[channel.system] for node in nodes}
        self.codes = tuple(dict.fromkeys(self._code_of.values()))
        self._baskets = Baskets(web.basket, stage.catalogue, rng)
        self._soon = Lag(web.payment.soon, rng)
        self._slow = Lag(web.payment.slow, rng)
        self._cancel = Lag(web.cancel_after, rng)
        self._edit = Lag(web.edit_after, rng)
        self._outcomes = cumulative(msgspec.structs.astuple(web.payment.outcomes))

    def come(self, *, opens_at_h: float, day_s: float) -> Generator[Event, None, None]:
        """The process of a day: one shopper after the other."""
        stage = self._stage
        env = stage.world.env
        demand = demand_of(self.channel.id, self._web.demand, self._trading)
        times = arrivals(
            demand, stage.stream("arrivals", self.channel.id), opens_at_h=opens_at_h, day_s=day_s,
            trading_s=stage.until_s - stage.opened_s,
        )  # fmt: skip
        for at_s in times:
            yield env.timeout(max(stage.opened_s + at_s - env.now, 0.0))
            self.shop(self._intent())

    def _intent(self) -> Intent:
        rng, web = self._rng, self._web
        wanted = self._baskets.draw()
        lag = self._slow if rng.random() < web.payment.slow_share else self._soon
        payment_s = lag.draw()
        outcome = OUTCOMES[chosen(self._outcomes, rng)]
        cancels, edits = rng.random() < web.cancel_share, rng.random() < web.edit_share
        return Intent(
            self._stage.catalogue.customer(rng),
            wanted,
            outcome,
            payment_s,
            self._cancel.draw() if cancels else None,
            self._edit.draw() if edits else None,
        )

    def shop(self, intent: Intent) -> None:
        """Look, leave what is not offered, order the rest."""
        place, wants = "", []
        for sku, units in intent.wanted:
            found = self._place_for(sku, units, place)
            if found is None:
                with self._stage.world.acting("shopper"):
                    self._stage.turn_away(
                        self.channel, place or self.codes[0], ((sku, units),), "NotOffered"
                    )
                continue
            place = place or found
            wants.append(Want(sku, units, found))
        if wants:
            self.order(tuple(wants), intent)

    def _place_for(self, sku: str, units: int, liked: str) -> str | None:
        """Where enough is offered; rather where the rest of the basket comes from."""
        if sku in self._lacking:
            return None
        offered = self.storefront.offered(sku)
        best, most = None, 0
        for code in self.codes:
            shown = offered.get(code, 0)
            if shown >= units and shown > most and (best is None or self._web.place == "most"):
                best, most = code, shown
        if liked and best is not None and offered.get(liked, 0) >= units:
            return liked
        return best

    def place_of(self, sku: str, units: int, node_id: str) -> str:
        """The place that an aimed order takes its goods from; where most is offered if "".

        Raises:
            ScenarioError: the channel does not draw on that node.
        """
        if node_id:
            if node_id not in self._code_of:
                field = "event order.place"
                raise ScenarioError(
                    unknown(field, f"node of {self.channel.id}", node_id, list(self._code_of))
                )
            return self._code_of[node_id]
        found = self._place_for(sku, units, "")
        return self.codes[0] if found is None else found

    def offers(self, sku: str, node_id: str) -> int:
        """Units offered at a node; the most at any node of the channel if ""."""
        if sku in self._lacking:
            return 0
        offered = self.storefront.offered(sku)
        codes = (self._code_of.get(node_id, ""),) if node_id else self.codes
        return max(offered.get(code, 0) for code in codes)

    def order(self, wants: tuple[Want, ...], intent: Intent, *, tag: str = "") -> bool:
        """Check out; pay later; perhaps cancel. False when the shop would not."""
        stage = self._stage
        customer = intent.customer
        turned = stage.turned
        with stage.world.acting("shopper"):
            if self._lacking and self._turned_away_for_unknown(wants):
                return False
            answer = self.storefront.checkout(wants, email=customer.email, name=customer.name)
            if isinstance(answer, Refusal):
                if stage.turned == turned:
                    for want in wants:
                        stage.turn_away(
                            self.channel, want.place, ((want.sku, want.units),), answer.reason
                        )
                return False
        stage.remember_order(Bought(self.channel.id, answer), tag)
        if intent.payment != "pending":
            stage.due += 1
            stage.later(intent.payment_s, self._payment_due, (answer, intent.payment))
        if intent.cancel_s is not None:
            stage.later_if_trading(intent.cancel_s, self._cancel_due, answer)
        if intent.edit_s is not None:
            stage.later_if_trading(intent.edit_s, self._edit_due, answer)
        return True

    def _turned_away_for_unknown(self, wants: tuple[Want, ...]) -> bool:
        lacking = tuple((want.sku, want.units) for want in wants if want.sku in self._lacking)
        self._stage.turn_away(self.channel, wants[0].place, lacking, "UnknownItem")
        return bool(lacking)

    def _payment_due(self, event: Due) -> None:
        self._stage.due -= 1
        order, outcome = event.value
        self.pay(order, outcome)

    def _cancel_due(self, event: Due) -> None:
        self.cancel(event.value)

    def _edit_due(self, event: Due) -> None:
        self.edit(event.value)

    def pay(self, order: str, outcome: str) -> None:
        """The payment of an order becomes ``captured``, ``authorised`` or ``failed``."""
        with self._stage.world.acting("shopper"):
            self.storefront.settle(order, outcome)

    def cancel(self, order: str) -> bool:
        """The customer asks for the order to be cancelled; False when the shop will not hear."""
        with self._stage.world.acting("shopper"):
            return self.storefront.ask_cancel(order)

    def edit(self, order: str) -> None:
        """A clerk changes the order, which makes a new version of it."""
        with self._stage.world.acting("staff"):
            self.storefront.edit(order)
