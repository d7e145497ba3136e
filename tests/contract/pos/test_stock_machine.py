"""Anything may happen in any order: figures always are what the events say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.contract.pos.shop import Shop

from peakproof.history.records import Level
from peakproof_simulators.pos.stock import UNIT, StockEvent

SKUS = st.sampled_from(["TEE-RED-M", "TEE-BLUE-M", "SOCKS"])
STORES = st.sampled_from(["S1", "S2"])
UNITS = st.integers(1, 4)
AGES = st.sampled_from([0.0, 1.0, 30.0, 600.0, 7200.0])
MOVES = st.sampled_from(
    [
        ("NONE", "IN_STOCK"), ("IN_STOCK", "SOLD"), ("IN_STOCK", "WASTE"),
        ("UNLINKED_RETURN", "IN_STOCK"), ("UNLINKED_RETURN", "WASTE"),
    ]
)  # fmt: skip
HELD = ("on_hand", "damaged", "in_transit")

Cell = tuple[str, str, str]


def fold(events: Iterable[StockEvent]) -> dict[Cell, int]:
    """The rule, said as plainly as it can be: the latest count and all that moved later."""
    rows: list[tuple[Cell, tuple[int, int], str, int]] = []
    number = {event.id: event.no for event in events}
    for event in events:
        place = (event.occurred_ms, number[event.corrects] if event.corrects else event.no)
        if event.kind == "count":
            cell = (event.variant, event.dst_place, str(event.dst))
            rows.append((cell, place, "count", event.units_e5))
            continue
        if event.src in HELD:
            cell = (event.variant, event.src_place, str(event.src))
            rows.append((cell, place, "move", -event.units_e5))
        if event.dst in HELD:
            cell = (event.variant, event.dst_place, str(event.dst))
            rows.append((cell, place, "move", event.units_e5))
    figures: dict[Cell, int] = {}
    for cell in dict.fromkeys(row[0] for row in rows):
        own = [row for row in rows if row[0] == cell]
        counts = sorted((row[1], row[3]) for row in own if row[2] == "count")
        since, base = counts[-1] if counts else ((-(10**18), 0), 0)
        figures[cell] = base + sum(row[3] for row in own if row[2] == "move" and row[1] > since)
    return figures


class Stores(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.shop = Shop()
        self.sales: list[str] = []
        self.adjusted: list[str] = []
        self.transfers: list[str] = []

    @rule(seconds=st.sampled_from([0.001, 1.0, 45.0, 900.0]))
    def time_passes(self, seconds: float) -> None:
        self.shop.at(self.shop.world.t + seconds)

    @rule(sku=SKUS, store=STORES, units=UNITS)
    def sell(self, sku: str, store: str, units: int) -> None:
        self.sales.append(self.shop.ring(sku, units, store=store))

    @precondition(lambda self: self.sales)
    @rule(at=st.integers(0, 10**6), sku=SKUS, store=STORES, restock=st.booleans())
    def take_back(self, at: int, sku: str, store: str, restock: bool) -> None:
        sale = self.sales[at % len(self.sales)]
        self.shop.take_back(sku, 1, sale=sale, store=store, restock=restock)

    @rule(sku=SKUS, store=STORES, units=UNITS, age_s=AGES, waste=st.booleans())
    def count_by_api(self, sku: str, store: str, units: int, age_s: float, waste: bool) -> None:
        at_s = max(0.0, self.shop.world.t - age_s)
        state = "WASTE" if waste else "IN_STOCK"
        assert self.shop.post_count(sku, store, str(units * 3), at_s, state=state).status == 200

    @rule(sku=SKUS, store=STORES, units=UNITS, age_s=AGES)
    def count_by_staff(self, sku: str, store: str, units: int, age_s: float) -> None:
        at_s = max(0.0, self.shop.world.t - age_s)
        with self.shop.world.acting("staff"):
            self.shop.tills.record_count(store, sku, units, counted_s=at_s)

    @rule(sku=SKUS, store=STORES, units=UNITS, age_s=AGES, move=MOVES)
    def adjust(self, sku: str, store: str, units: int, age_s: float, move: tuple[str, str]) -> None:
        at = self.shop.iso(max(0.0, self.shop.world.t - age_s))
        answer = self.shop.adjust(sku, store, *move, f"{units}.5", occurred_at=at)
        self.adjusted.append(answer.body["changes"][0]["adjustment"]["id"])

    @precondition(lambda self: self.adjusted)
    @rule(at=st.integers(0, 10**6), units=UNITS)
    def correct(self, at: int, units: int) -> None:
        id_ = self.adjusted[at % len(self.adjusted)]
        body = {
            "idempotency_key": self.shop.key(),
            "adjustment": {"id": id_, "quantity": str(units)},
        }
        self.shop.ok("PUT", "/v2/inventory/adjustments/update", body)

    @rule(store=STORES)
    def lose_the_line(self, store: str) -> None:
        self.shop.control("go_offline", store=store)

    @rule(store=STORES)
    def upload(self, store: str) -> None:
        self.shop.control("upload", store=store)

    @rule(sku=SKUS, units=UNITS, home=st.booleans())
    def send(self, sku: str, units: int, home: bool) -> None:
        src, dst = ("S1", "W1") if home else ("W1", "S2")
        goods = [{"sku": sku, "units": units}]
        sent = self.shop.control("start_transfer", src=src, dst=dst, items=goods)
        self.transfers.append(sent["transfer"])

    @precondition(lambda self: self.transfers)
    @rule(at=st.integers(0, 10**6), what=st.sampled_from(["received", "damaged", "cancelled"]))
    def receive(self, at: int, what: str) -> None:
        id_ = self.transfers[at % len(self.transfers)]
        (line,) = self.pending(id_)
        if int(line["quantity_pending"]):
            sku = self.shop.pos.sku(line["item_variation_id"])
            self.shop.control("receive_transfer", transfer=id_, items=[{"sku": sku, what: 1}])

    def pending(self, id_: str) -> list[dict[str, Any]]:
        lines: list[dict[str, Any]] = self.shop.ok("GET", f"/v2/transfer-orders/{id_}")[
            "transfer_order"
        ]["line_items"]
        return lines

    @invariant()
    def cells_are_the_fold_of_the_events(self) -> None:
        book = self.shop.pos.stock
        cells = {
            (cell.variant, cell.place, str(cell.state)): cell.units_e5
            for variant in dict.fromkeys(event.variant for event in book.events)
            for cell in book.cells(variant)
        }
        assert cells == fold(book.events)

    @invariant()
    def the_last_level_told_is_the_figure(self) -> None:
        told = {
            (fact.sku, fact.place): fact.on_hand
            for fact in self.shop.facts
            if isinstance(fact, Level)
        }
        for (sku, place), on_hand in told.items():
            units_e5 = self.shop.pos.stock.units_e5(self.shop.variant(sku), place)
            assert on_hand == units_e5 // UNIT

    @invariant()
    def nothing_is_lost_on_the_way(self) -> None:
        for id_ in self.transfers:
            for line in self.pending(id_):
                names = ("received", "damaged", "canceled", "pending")
                parts = sum(int(line[f"quantity_{name}"]) for name in names)
                assert parts == int(line["quantity_ordered"])


Stores.TestCase.settings = settings(
    max_examples=25, stateful_step_count=25,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
TestStores = Stores.TestCase
