"""The web shop as its customers and clerks use it.

Trading offers and orders by *warehouse*, for the codes that an estate has for its nodes are those
of warehouses, and so are the places of stock facts. Who buys is a market: the role ``storefront``
draws the market of each order among those whose rule has the warehouse, so that markets contend
for its last unit; ``storefront:<market>`` are the shoppers of one market alone. A place may also
be a market's name: then that market's rule alone decides where from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from peakproof.errors import SimulatorFault
from peakproof.history.records import TurnedAway
from peakproof_simulators.centra import facts, orders, payments, shipments, stock
from peakproof_simulators.centra.entities import Market, Order
from peakproof_simulators.centra.errors import Fault
from peakproof_simulators.centra.orders import Item, Shortage
from peakproof_simulators.centra.state import SYSTEM
from peakproof_simulators.trading import ports

if TYPE_CHECKING:
    from peakproof_simulators.centra.state import Centra

UNAVAILABLE: Final = "unavailable items"
"""The shop's word for a basket that it has not got."""


def storefronts(centra: Centra) -> dict[str, Any]:
    """The role of all markets together, and one of each market alone."""
    made: dict[str, Any] = {"storefront": Storefront(centra)}
    for name in centra.market_of:
        made[f"storefront:{name}"] = Storefront(centra, name)
    return made


class Storefront:
    """Implements :class:`peakproof_simulators.trading.ports.Storefront`."""

    def __init__(self, centra: Centra, market: str = "") -> None:
        self._centra = centra
        self._market = market
        self._draw = centra.world.streams.get(SYSTEM, "market", market).random

    def offered(self, sku: str) -> dict[str, int]:
        """Units shown as available: by warehouse that these markets sell from, and by market.

        Safety stock is not shown. A bundle is there as often as its scarcest component.
        """
        centra = self._centra
        size = centra.size_of.get(sku)
        if size is None:
            return {}
        parts = orders.parts(centra, size)
        shown: dict[str, int] = {}
        by_market = {}
        for market in self._markets():
            total = [0] * len(parts)
            for warehouse in centra.rule_of(market.id):
                there = [stock.sellable(centra, part, warehouse) for part, _ in parts]
                shown[centra.place(warehouse)] = min(
                    units // each for units, (_, each) in zip(there, parts, strict=True)
                )
                total = [sum(pair) for pair in zip(total, there, strict=True)]
            by_market[market.name] = min(
                units // each for units, (_, each) in zip(total, parts, strict=True)
            )
        return {**shown, **by_market}

    def checkout(
        self, wants: tuple[ports.Want, ...], *, email: str, name: str
    ) -> str | ports.Refusal:
        """Fill a basket and order it; it waits for payment, and its units are allocated."""
        centra = self._centra
        market = self._market_of(wants)
        items = []
        for want in wants:
            size = centra.size_of.get(want.sku)
            if size is None or market is None:
                self._turned_away([want], UNAVAILABLE)
                return ports.Refusal(UNAVAILABLE, f"{want.sku} is not sold at {want.place!r}")
            items.append(Item(size, want.units))
        assert market is not None
        first, _, last = name.rpartition(" ")
        address = {
            "firstName": first, "lastName": last, "email": email, "country": market.country,
            "address1": "1 High Street", "city": "Town", "zipCode": "AB1 2CD",
        }  # fmt: skip
        try:
            order = self._ordered(market, items, email, address)
        except Shortage as shortage:
            lacking = {centra.sku(item.size): units for item, units in shortage.lacking}
            self._turned_away([want for want in wants if want.sku in lacking], UNAVAILABLE)
            text = ", ".join(f"{sku}: {units} lack" for sku, units in lacking.items())
            return ports.Refusal(UNAVAILABLE, text)
        return str(order.number)

    def _ordered(
        self, market: Market, items: Sequence[Item], email: str, address: Mapping[str, str]
    ) -> Order:
        """Order a basket by the store's way of preventing overselling.

        Standard refuses a short basket at payment. Aggressive takes what is short out of the
        basket beforehand; a basket with nothing left is refused. Off leaves it to backorders.
        """
        centra = self._centra
        way = centra.settings.overselling_prevention
        lacking = orders.missing(centra, market, items) if way != "Off" else []
        if lacking and way == "Standard":
            raise Shortage(lacking)
        for item, units in lacking:
            self._turned_away([ports.Want(centra.sku(item.size), units, market.name)], UNAVAILABLE)
        short = {id(item): units for item, units in lacking}
        kept = [replace(item, units=item.units - short.get(id(item), 0)) for item in items]
        kept = [item for item in kept if item.units]
        if not kept:
            raise Shortage(())
        return orders.place(centra, market, kept, email=email, address=dict(address))

    def settle(self, order: str, outcome: str) -> None:
        """The payment provider has decided."""
        centra = self._centra
        found = self._order(order)
        if found.status == "CANCELLED":
            return
        if outcome == "failed":
            found, _ = payments.enter(centra, found, "AUTH", "FAILED", found.total_minor)
            found = orders.store(centra, found)
            if centra.settings.failed_payment == "cancel":
                try:
                    orders.cancel(centra, found, cause="payment_failed")
                except Fault:
                    return
            return
        if found.waiting:
            found = orders.authorise(centra, found)
            found = shipments.after_confirming(centra, found)
        if outcome == "captured" and centra.settings.captures_on == "payment":
            left = found.total_minor - payments.captured_minor(found)
            if left > 0:
                found, _ = payments.enter(centra, found, "CAPTURE", "SUCCESS", left)
                orders.store(centra, found)

    def ask_cancel(self, order: str) -> bool:
        """A clerk cancels for the customer; not while it is locked, shipped or captured."""
        found = self._order(order)
        if found.locked:
            return False
        try:
            orders.cancel(self._centra, found)
        except Fault:
            return False
        return True

    def edit(self, order: str) -> None:
        """A clerk corrects the address; an order that is locked cannot be touched."""
        found = self._order(order)
        if found.locked:
            return
        turn = int(found.address.get("address2", "0") or "0") + 1
        address = {**found.address, "address2": str(turn)}
        orders.store(self._centra, replace(found, address=address))

    def hold(self, order: str, *, on: bool) -> bool:
        """An order is put on hold, or the hold is lifted; False when it is so already.

        A service that looks for fraud does it by the API, which no lock keeps off.
        """
        found = self._order(order)
        if found.on_hold == on:
            return False
        facts.held(self._centra, found, on=on)
        reason = "looked into" if on else ""
        orders.store(self._centra, replace(found, on_hold=on, hold_reason=reason))
        return True

    def validate(self, order: str) -> bool:
        """A clerk has looked an order through and confirms it; False when it is past that."""
        try:
            orders.confirm(self._centra, self._order(order))
        except Fault:
            return False
        return True

    # --- the ways in ------------------------------------------------------------------------

    def _markets(self) -> list[Market]:
        markets = self._centra.markets.by_id
        if self._market:
            return [markets[self._centra.market_of[self._market]]]
        return list(markets.values())

    def _market_of(self, wants: Sequence[ports.Want]) -> Market | None:
        """Whose shop the customer is in: named, or drawn among those that sell from there."""
        centra = self._centra
        place = next((want.place for want in wants if want.place), "")
        fitting = [
            market
            for market in self._markets()
            if not place
            or place == market.name
            or centra.warehouse_of.get(place) in centra.rule_of(market.id)
        ]
        if len(fitting) < 2:
            return fitting[0] if fitting else None
        return fitting[int(self._draw() * len(fitting))]

    def _order(self, number: str) -> Order:
        found = self._centra.orders.get(int(number)) if number.isdigit() else None
        if found is None:
            raise SimulatorFault(f"centra: the storefront has no order {number}")
        return found

    def _turned_away(self, wants: Sequence[ports.Want], why: str) -> None:
        world = self._centra.world
        for want in wants:
            world.emit(
                TurnedAway(
                    world.t, world.by, world.n, SYSTEM, want.sku, want.place, want.units, why
                )
            )
