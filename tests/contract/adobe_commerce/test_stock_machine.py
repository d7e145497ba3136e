"""Whatever happens to orders and stock, a small model of the arithmetic says the same."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.contract.adobe_commerce.shop import Json, Shop

from peakproof.history.records import Level

SOURCES = ("W1", "S1")


class Line:
    """What the model knows of an order of one line."""

    def __init__(self, order: Json, units: int) -> None:
        self.order = order
        self.units = units
        self.shipped = 0
        self.invoiced = 0
        self.refunded = 0
        self.cancelled = 0
        self.held = units

    @property
    def over(self) -> bool:
        return bool(self.cancelled)


class StockMachine(RuleBasedStateMachine):
    """Two sources of one stock, one SKU."""

    def __init__(self) -> None:
        super().__init__()
        self.shop = Shop()
        self.shelf: dict[str, int] = {"W1": 10, "S1": 3}
        self.lines: list[Line] = []

    def pick(self, draw: int) -> Line:
        return self.lines[draw % len(self.lines)]

    @property
    def held(self) -> int:
        return sum(line.held for line in self.lines)

    @rule(source=st.sampled_from(SOURCES), units=st.integers(0, 15))
    def push(self, source: str, units: int) -> None:
        assert self.shop.stock_items(("TEE", source, units, 1)).status == 200
        self.shelf[source] = units

    @rule(units=st.integers(1, 6))
    def order(self, units: int) -> None:
        lines = [{"sku": "TEE", "qty": units}]
        made: Json = self.shop.control("place_order", lines=lines)
        fits = units <= sum(self.shelf.values()) - self.held
        assert ("id" in made) == fits, (made, self.shelf, self.held)
        if fits:
            self.lines.append(Line(self.shop.read(made["id"]), units))

    @precondition(lambda self: self.lines)
    @rule(draw=st.integers(0, 50), units=st.integers(1, 6), source=st.sampled_from(SOURCES))
    def ship(self, draw: int, units: int, source: str) -> None:
        line = self.pick(draw)
        left = line.units - max(line.shipped, line.refunded)
        answer = self.shop.ship(line.order, (0, units), source=source)
        fits = not line.over and units <= left and units <= self.shelf[source]
        assert (answer.status == 200) == fits, answer.body
        if fits:
            line.shipped += units
            line.held -= units
            self.shelf[source] -= units

    @precondition(lambda self: self.lines)
    @rule(draw=st.integers(0, 50), units=st.integers(1, 6))
    def invoice(self, draw: int, units: int) -> None:
        line = self.pick(draw)
        answer = self.shop.invoice(line.order, (0, units))
        fits = not line.over and units <= line.units - line.invoiced
        assert (answer.status == 200) == fits, answer.body
        if fits:
            line.invoiced += units

    @precondition(lambda self: self.lines)
    @rule(draw=st.integers(0, 50))
    def cancel(self, draw: int) -> None:
        line = self.pick(draw)
        # Only what has neither an invoice nor a shipment, so that all of it ends.
        if line.invoiced or line.shipped or line.over:
            return
        assert self.shop.post(f"orders/{line.order['entity_id']}/cancel").body is True
        line.cancelled, line.held = line.units, 0

    @precondition(lambda self: self.lines)
    @rule(draw=st.integers(0, 50), units=st.integers(1, 6))
    def return_units(self, draw: int, units: int) -> None:
        line = self.pick(draw)
        if line.over or units > line.invoiced - line.refunded:
            return
        unshipped = max(line.invoiced - line.refunded - line.shipped, 0)
        released = min(units, unshipped)
        sources = [one["extension_attributes"]["source_code"] for one in self._shipments(line)]
        assert self.shop.refund(line.order, (0, units), back=True).status == 200
        line.refunded += units
        line.held -= released
        if units > released:
            self.shelf["W1" if "W1" in sources else "S1"] += units - released

    def _shipments(self, line: Line) -> list[Any]:
        number = line.order["entity_id"]
        query = "searchCriteria[filter_groups][0][filters][0][field]=order_id"
        query += f"&searchCriteria[filter_groups][0][filters][0][value]={number}"
        found: list[Any] = self.shop.get("shipments", query)["items"]
        return found

    @invariant()
    def sources_hold_what_the_model_says(self) -> None:
        for source, units in self.shelf.items():
            assert self.shop.on_hand("TEE", source) == units

    @invariant()
    def reservations_are_what_is_held(self) -> None:
        assert self.shop.reserved("TEE") == -self.held

    @invariant()
    def salable_is_the_shelf_less_what_is_held(self) -> None:
        left = sum(self.shelf.values()) - self.held
        assert self.shop.salable("TEE") == max(left, 0), "0 while the flag is down"
        assert sum(self.shop.storefront.offered("TEE").values()) == left

    @invariant()
    def the_history_says_the_same(self) -> None:
        told = {fact.place: (fact.on_hand, fact.available)
                for fact in self.shop.facts(Level) if fact.sku == "TEE"}  # fmt: skip
        offered = self.shop.storefront.offered("TEE")
        assert told == {place: (self.shelf[place], offered[place]) for place in SOURCES}


StockMachine.TestCase.settings = settings(
    max_examples=25, stateful_step_count=20, derandomize=True, deadline=None
)
TestStock = StockMachine.TestCase
