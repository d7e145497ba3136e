"""Whatever is done in whatever order, stock adds up: a machine against a model of its own."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.contract.centra.shop import ORDER, Json, Shop

from peakproof.history.records import Level
from peakproof_simulators.trading.ports import Refusal, Want

PLACES = ("W1", "W2")
UNITS = st.integers(1, 6)


class Shelves:
    """The model: what is on each shelf, who holds how much of it, who waits for how much.

    It knows no line, no shipment and no class of the fake.
    """

    def __init__(self) -> None:
        self.on_shelf = {"W1": 10, "W2": 3}
        self.held: dict[int, dict[str, int]] = {}
        self.packed: dict[int, tuple[int, dict[str, int]]] = {}
        self.waited: dict[int, int] = {}
        self.gone: dict[int, dict[str, int]] = {}

    def allocated(self, place: str) -> int:
        parts = [*self.held.values(), *(parts for _, parts in self.packed.values())]
        return sum(one.get(place, 0) for one in parts)

    def free(self, place: str) -> int:
        return self.on_shelf[place] - self.allocated(place)

    def waiting(self) -> int:
        return sum(self.waited.values())

    def take(self, order: int, units: int) -> int:
        """By priority; what others wait for in the first warehouse is not for sale."""
        left = units
        parts = self.held.setdefault(order, {})
        for place in PLACES:
            there = self.free(place) - (self.waiting() if place == "W1" else 0)
            taken = min(max(there, 0), left)
            if taken:
                parts[place] = parts.get(place, 0) + taken
            left -= taken
        return left


class Stock(RuleBasedStateMachine):
    """Shoppers, a connector and a warehouse, all at once."""

    @initialize(backorders=st.booleans())
    def open(self, backorders: bool) -> None:
        way = "Off" if backorders else "Standard"
        self.shop = Shop(backorders=backorders, overselling_prevention=way, plan="off")
        self.model = Shelves()
        self.backorders = backorders
        self.lines: dict[int, int] = {}

    def _some(self, pick: int, found: list[int]) -> int:
        return found[pick % len(found)]

    @rule(units=UNITS)
    def buy(self, units: int) -> None:
        model = self.model
        offered = sum(
            max(model.free(place) - (model.waiting() if place == "W1" else 0), 0)
            for place in PLACES
        )
        made = self.shop.storefront.checkout(
            (Want("TEE", units),), email="a@example.test", name="A B"
        )
        if units > offered and not self.backorders:
            assert isinstance(made, Refusal)
            return
        assert isinstance(made, str), "nothing is refused that is there"
        number = int(made)
        model.waited[number] = model.take(number, units)
        self.shop.storefront.settle(made, "authorised")
        order = self.shop.done("confirmOrder", f"order {{ {ORDER} }}",
                               input={"order": {"number": number}})["order"]  # fmt: skip
        self.lines[number] = order["lines"][0]["id"]

    @precondition(lambda self: self.lines)
    @rule(pick=st.integers(0, 99), units=UNITS, remove=st.booleans())
    def cancel_some(self, pick: int, units: int, remove: bool) -> None:
        model = self.model
        number = self._some(pick, list(self.lines))
        parts = model.held[number]
        there = sum(parts.values()) + model.waited[number]
        action = "REMOVE_FROM_STOCK" if remove else "RELEASE_BACK_TO_WAREHOUSE"
        given = {"cancelLines": [{"line": {"id": self.lines[number]}, "quantity": units,
                                  "stockAction": action}]}  # fmt: skip
        made = self.shop.write("updateDirectToConsumerOrder", "order { number }",
                               order={"number": number}, input=given)  # fmt: skip
        over = self.shop.order(number)["status"] not in ("CONFIRMED", "PROCESSING", "SHIPPED")
        assert not over
        if made["userErrors"]:
            assert units > there or not self._left(number)
            return
        assert units <= there
        waited = min(units, model.waited[number])
        model.waited[number] -= waited
        self._drop(parts, units - waited, remove=remove, order=number)
        if not sum(parts.values()) + model.waited[number]:
            self._maybe_over(number)

    def _left(self, number: int) -> bool:
        return self.shop.order(number)["status"] in ("CONFIRMED", "PROCESSING")

    def _maybe_over(self, number: int) -> None:
        if self.shop.order(number)["status"] not in ("CONFIRMED", "PROCESSING"):
            del self.lines[number]

    def _drop(self, parts: dict[str, int], units: int, *, remove: bool, order: int) -> None:
        """Where it comes off is the fake's to say; that it adds up is not."""
        line = self.shop.order(order)["lines"][0]
        now: dict[str, int] = {}
        for one in line["allocations"]:
            name = one["warehouse"]["name"]
            now[name] = now.get(name, 0) + one["quantity"]
        off = {place: parts.get(place, 0) - now.get(place, 0) for place in PLACES}
        assert sum(off.values()) == units
        assert all(count >= 0 for count in off.values())
        for place, count in off.items():
            if remove:
                self.model.on_shelf[place] -= count
        parts.clear()
        parts.update(now)

    @precondition(lambda self: self.lines)
    @rule(pick=st.integers(0, 99))
    def pack(self, pick: int) -> None:
        model = self.model
        number = self._some(pick, list(self.lines))
        units = sum(model.held[number].values())
        line = {"orderLine": {"id": self.lines[number]}, "quantity": max(units, 1)}
        given = {
            "order": {"number": number}, "isGoodToGo": True, "isPaid": True, "lines": [line],
        }  # fmt: skip
        made = self.shop.write("createShipment", "shipment { id }", input=given)
        assert bool(made["userErrors"]) == (units == 0)
        if units:
            model.packed[made["shipment"]["id"]] = (number, dict(model.held[number]))
            model.held[number] = {}

    @precondition(lambda self: self.model.packed)
    @rule(pick=st.integers(0, 99), leaves=st.booleans())
    def leave_or_unpack(self, pick: int, leaves: bool) -> None:
        model = self.model
        id_ = self._some(pick, list(model.packed))
        number, parts = model.packed.pop(id_)
        if not leaves:
            self.shop.done("deleteShipment", "isDeleted", id=id_)
            for place, units in parts.items():
                model.held[number][place] = model.held[number].get(place, 0) + units
            return
        self.shop.done("completeShipment", "shipment { id }", id=id_, input={})
        for place, units in parts.items():
            model.on_shelf[place] -= units
        model.gone[id_] = parts
        self._maybe_over(number)

    @precondition(lambda self: self.model.gone)
    @rule(pick=st.integers(0, 99), keeps=st.booleans())
    def come_back(self, pick: int, keeps: bool) -> None:
        model = self.model
        id_ = self._some(pick, list(model.gone))
        parts = model.gone.pop(id_)
        line = self.shop.shipment(id_)["lines"][0]
        policy = "releaseItemsBackToWarehouse" if keeps else "removeItemsFromStock"
        given = {
            "shipment": {"id": id_}, "returnStockActionPolicy": {policy: True},
            "lines": [{"shipmentLine": {"id": line["id"]}, "quantity": line["quantity"]}],
        }  # fmt: skip
        self.shop.done("createReturn", "return { id }", input=given)
        for place, units in parts.items() if keeps else ():
            model.on_shelf[place] += units

    @rule(place=st.sampled_from(PLACES), units=st.integers(0, 15))
    def count(self, place: str, units: int) -> None:
        model = self.model
        given = {"warehouse": {"name": place}, "description": "count",
                 "stockQuantityType": "PHYSICAL",
                 "productSizes": [{"productSize": {"SKU": "TEE"}, "quantity": units}]}  # fmt: skip
        made = self.shop.write("setStock", "stockChanges { id }", input=given)
        assert bool(made["userErrors"]) == (units < model.allocated(place))
        if not made["userErrors"]:
            model.on_shelf[place] = units

    @rule(units=st.integers(0, 15))
    def count_by_rest(self, units: int) -> None:
        row = {"product": "TEE", "quantity": units}
        assert self.shop.rest("POST", "/stock", {"products": [row]})["status"] == "ok"
        self.model.on_shelf["W1"] = max(units, self.model.allocated("W1"))

    @rule(units=UNITS, way=st.sampled_from([("W1", ""), ("", "W1"), ("W1", "W2"), ("W2", "W1")]))
    def move(self, units: int, way: tuple[str, str]) -> None:
        source, goal = way
        given: Json = {"description": "move", "productSizes": [
            {"productSize": {"SKU": "TEE"}, "deliveredQuantity": units}]}  # fmt: skip
        if source:
            given["outFromWarehouse"] = {"name": source}
        if goal:
            given["intoWarehouse"] = {"name": goal}
        made = self.shop.write("changeStock", "stockChange { id }", input=given)
        short = bool(source) and self.model.free(source) < units
        assert bool(made["userErrors"]) == short
        if not short:
            for place, sign in ((source, -1), (goal, 1)):
                if place:
                    self.model.on_shelf[place] += sign * units

    @precondition(lambda self: self.lines)
    @rule(pick=st.integers(0, 99))
    def unallocate(self, pick: int) -> None:
        model = self.model
        number = self._some(pick, list(self.lines))
        units = sum(model.held[number].values())
        if not units:
            return
        given = {
            "order": {"number": number}, "stockActionPolicy": {"releaseItemsBackToWarehouse": True},
            "unallocate": [{"orderLine": {"id": self.lines[number]}, "quantity": units}],
        }  # fmt: skip
        self.shop.done("unallocateOrder", "order { number }", input=given)
        model.held[number] = {}
        model.waited[number] += units

    @precondition(lambda self: self.lines)
    @rule(pick=st.integers(0, 99))
    def allocate(self, pick: int) -> None:
        model = self.model
        number = self._some(pick, list(self.lines))
        given = {"order": {"number": number}, "warehouses": [{"name": "W2"}, {"name": "W1"}]}
        made = self.shop.write("allocateOrder", "order { number }", input=given)
        there = sum(max(model.free(place), 0) for place in PLACES)
        assert bool(made["userErrors"]) == (min(there, model.waited[number]) == 0)
        for place in ("W2", "W1") if not made["userErrors"] else ():
            taken = min(max(model.free(place), 0), model.waited[number])
            model.held[number][place] = model.held[number].get(place, 0) + taken
            model.waited[number] -= taken

    @invariant()
    def it_adds_up(self) -> None:
        if not hasattr(self, "shop"):
            return
        model = self.model
        last: dict[str, Any] = {}
        for level in self.shop.facts(Level):
            if level.sku == "TEE":
                last[level.place] = (level.on_hand, level.available)
        for place in PLACES:
            demand = model.waiting() if place == "W1" else 0
            expected = model.on_shelf[place], model.allocated(place), demand
            assert self.shop.cell("TEE", place) == expected
            assert last[place] == (expected[0], expected[0] - expected[1] - expected[2])


TestStock = Stock.TestCase
TestStock.settings = settings(max_examples=30, stateful_step_count=25, derandomize=True)
