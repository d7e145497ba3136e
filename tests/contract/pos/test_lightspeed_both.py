"""One till state, two faces: what is done by one is seen by the other."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.contract.pos.counter import Counter, Twin
from tests.contract.pos.shop import Shop

from peakproof.history.records import Level
from peakproof_simulators.pos.stock import UNIT

SKUS = ("TEE-RED-M", "TEE-BLUE-M")
STORES = ("S1", "S2")
PLACES = ("S1", "S2", "W1")


@pytest.fixture
def twin() -> Twin:
    """Both faces."""
    return Twin()


def test_a_sale_of_a_till_is_seen_by_both(twin: Twin) -> None:
    sale = twin.ring("TEE-RED-M", 2)
    assert twin.square.order(sale)["state"] == "COMPLETED"
    assert twin.sale(sale)["state"] == "closed"
    assert (twin.square.count("TEE-RED-M", "S1"), twin.stock("TEE-RED-M", "S1")) == ("8", 8)


def test_a_count_of_one_is_seen_by_the_other(twin: Twin) -> None:
    twin.square.post_count("TEE-RED-M", "S1", "4")
    assert twin.stock("TEE-RED-M", "S1") == 4
    stock = [{"outlet_id": twin.outlet("S1"), "current_amount": 6}]
    twin.ok("PUT", f"/products/{twin.product('TEE-RED-M')}", {"details": {"inventory": stock}})
    assert twin.square.count("TEE-RED-M", "S1") == "6"
    damaged = {
        "product_id": twin.product("TEE-RED-M"), "outlet_id": twin.outlet("S1"),
        "quantity": "-2", "reason": "DAMAGE",
    }  # fmt: skip
    twin.ok("POST", "/stock_adjustments", {"stock_adjustments": [damaged]})
    assert twin.square.count("TEE-RED-M", "S1", "WASTE") == "2"
    changes = twin.square.ok("POST", "/v2/inventory/changes/batch-retrieve", {})["changes"]
    assert changes[-1]["adjustment"]["reason_id"]["type"] == "DAMAGED"


@pytest.mark.parametrize("reason", ["DAMAGE", "EXPIRY", "INTERNAL_USE", "THEFT", "DONATION"])
def test_every_adjustment_has_a_word_in_the_other_face(twin: Twin, reason: str) -> None:
    one = {
        "product_id": twin.product("TEE-RED-M"), "outlet_id": twin.outlet("S1"),
        "quantity": "-1", "reason": reason,
    }  # fmt: skip
    twin.ok("POST", "/stock_adjustments", {"stock_adjustments": [one]})
    assert twin.square.ok("POST", "/v2/inventory/changes/batch-retrieve", {})["changes"]


def test_an_order_of_one_is_a_sale_of_the_other(twin: Twin) -> None:
    order = twin.square.make_order(units="2")
    pending = twin.sale(order["id"])
    assert (pending["state"], pending["line_items"][0]["quantity"]) == ("pending", 2)
    twin.square.pay_cash(order)
    closed = twin.sale(order["id"])
    assert closed["state"] == "closed"
    assert closed["payments"][0]["amount"] == closed["totals"]["price_incl_tax"]
    made = twin.make_sale(payments=[twin.cash(19.99)])
    seen = twin.square.order(made["id"])
    assert (seen["state"], seen["total_money"]["amount"]) == ("COMPLETED", 1999)
    assert seen["total_tax_money"]["amount"] == 333
    back = twin.data("POST", f"/sales/{made['id']}/actions/return")
    twin.put_sale(back, "closed", payments=[twin.cash("-19.99")])
    returned = twin.square.order(back["id"])
    assert returned["returns"][0]["source_order_id"] == made["id"]
    refunds = twin.square.ok("GET", "/v2/refunds").get("refunds", [])
    twin.at(10.0)
    refunds = twin.square.ok("GET", "/v2/refunds")["refunds"]
    assert [each["amount_money"]["amount"] for each in refunds] == [1999]


def test_a_transfer_order_of_one_is_a_consignment_of_the_other(twin: Twin) -> None:
    one = twin.consign("OUTLET", "S1", source_outlet_id=twin.outlet("W1"))
    twin.load(one, "TEE-RED-M", count="5")
    orders = twin.square.ok("POST", "/v2/transfer-orders/search", {})["transfer_orders"]
    assert [each["status"] for each in orders] == ["DRAFT"]
    twin.move(one, "SENT")
    order = orders[0]["id"]
    line = orders[0]["line_items"][0]["uid"]
    receipt = {"line_items": [{"transfer_order_line_uid": line, "quantity_received": "2"}]}
    body = {"idempotency_key": twin.square.key(), "receipt": receipt}
    twin.square.ok("POST", f"/v2/transfer-orders/{order}/receive", body)
    (goods,) = twin.data("GET", f"/consignments/{one['id']}/products")
    assert (goods["received"], goods["status"]) == ("2.00000", "PENDING")
    body = {"data": {"received": "5"}}
    path = f"/consignments/{one['id']}/products/{twin.product('TEE-RED-M')}"
    assert twin.send("PUT", path, body).status == 200
    twin.move(one, "RECEIVED")
    done = twin.square.ok("GET", f"/v2/transfer-orders/{order}")["transfer_order"]
    assert (done["status"], done["line_items"][0]["quantity_received"]) == ("COMPLETED", "5")
    assert twin.stock("TEE-RED-M", "S1") == 15
    assert twin.square.count("TEE-RED-M", "S1") == "15"


def test_a_refused_call_of_one_changes_nothing_for_the_other(twin: Twin) -> None:
    digest = twin.world.recorder.digest()
    assert twin.send("POST", "/sales", {}).status == 400
    assert twin.square.send("POST", "/v2/orders", {}).status == 400
    assert twin.world.recorder.digest() == digest


def test_with_one_face_the_other_leaves_no_trace() -> None:
    alone, together = Shop(), Twin()
    for shop in (alone, together.square):
        shop.subscribe("inventory.count.updated")
        sale = shop.ring("TEE-RED-M", 2)
        shop.take_back("TEE-RED-M", sale=sale)
        shop.pay_cash(shop.make_order())
    assert alone.world.recorder.digest() == together.world.recorder.digest()
    assert alone.service.credentials.items() <= together.service.credentials.items()
    own = together.service.inspect()
    own.pop("lightspeed")
    assert alone.service.inspect() == own
    assert alone.events() == together.square.events()


def test_the_same_seed_plays_the_same_and_another_one_does_not() -> None:
    assert play(5) == play(5)
    assert play(5) != play(6)


def test_the_words_of_the_tills_are_nobodys_identifiers(twin: Twin) -> None:
    sale = twin.ring("TEE-RED-M")
    variant = twin.square.variant("TEE-RED-M")
    for path in (
        "outlets/S1", "registers/S1", f"sales/{sale}", f"products/{variant}",
        f"inventory/{variant}",
    ):  # fmt: skip
        assert twin.send("GET", f"/{path}").status == 404, path
    assert twin.square.send("GET", f"/v2/orders/{twin.sale(sale)['id']}").status == 404


PLAY = """
from tests.contract.pos.test_lightspeed_both import play
print(play(5))
"""


def play(seed: int) -> str:
    """A bit of everything; the digest of its history, its answers and its notices."""
    counter = Counter(seed=seed)
    for kind in ("sale.update", "inventory.update", "consignment.send"):
        counter.subscribe(kind)
    sold = counter.ring("TEE-RED-M", 2)
    counter.take_back("TEE-RED-M", sale=sold, store="S2")
    made = counter.make_sale(payments=[counter.cash(19.99)])
    counter.put_sale(made, "voided")
    one = counter.consign("OUTLET", "S1", source_outlet_id=counter.outlet("W1"))
    counter.load(one, "TEE-RED-M", count="5")
    counter.move(one, "SENT")
    told = counter.payloads()
    parts = [counter.world.recorder.digest(), repr(counter.service.inspect()), repr(told)]
    parts += [repr(counter.ok("GET", path)) for path in ("/sales", "/consignments", "/products")]
    return "\n".join([*parts, repr([notice.headers(1) for notice in counter.notices])])


@pytest.mark.slow
def test_another_process_under_another_hash_seed_plays_the_same() -> None:
    here = play(5)
    path = os.pathsep.join(sys.path)
    for hash_seed in ("0", "77"):
        ran = subprocess.run(
            [sys.executable, "-c", PLAY], capture_output=True, text=True, timeout=60, check=True,
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": path},
        )  # fmt: skip
        assert ran.stdout.rstrip("\n") == here


class Shops(RuleBasedStateMachine):
    """Both faces and the tills at once, against a plain sum of what was done to each cell."""

    def __init__(self) -> None:
        super().__init__()
        self.twin = Twin(lightspeed={"rate_limit": False})
        self.held = {
            ("TEE-RED-M", "S1"): 10, ("TEE-BLUE-M", "S1"): 5, ("TEE-RED-M", "S2"): 3,
            ("TEE-RED-M", "W1"): 100,
        }  # fmt: skip
        self.closed: list[tuple[dict[str, Any], str, str, int]] = []
        self.sent: list[tuple[dict[str, Any], str, str, int]] = []

    def change(self, sku: str, place: str, units: int) -> None:
        self.held[sku, place] = self.held.get((sku, place), 0) + units

    @rule(sku=st.sampled_from(SKUS), place=st.sampled_from(STORES), units=st.integers(1, 4))
    def ring(self, sku: str, place: str, units: int) -> None:
        self.twin.ring(sku, units, store=place)
        self.change(sku, place, -units)

    @rule(sku=st.sampled_from(SKUS), place=st.sampled_from(STORES), units=st.integers(1, 4),
          state=st.sampled_from(["parked", "pending", "closed"]))  # fmt: skip
    def sell(self, sku: str, place: str, units: int, state: str) -> None:
        source = {"author_id": self.twin.user(), "register_id": self.twin.register(place)}
        made = self.twin.make_sale(state, source=source, line_items=[self.twin.line(sku, units)])
        if state != "closed":
            assert self.twin.put_sale(made, "closed").status == 200
        self.change(sku, place, -units)
        self.closed.append((made, sku, place, units))

    @precondition(lambda self: self.closed)
    @rule(at=st.integers(0, 10**6), void=st.booleans())
    def undo(self, at: int, void: bool) -> None:
        sale, sku, place, units = self.closed.pop(at % len(self.closed))
        if void:
            assert self.twin.put_sale(sale, "voided").status == 200
        else:
            back = self.twin.data("POST", f"/sales/{sale['id']}/actions/return")
            assert self.twin.put_sale(back, "closed").status == 200
        self.change(sku, place, units)

    @rule(sku=st.sampled_from(SKUS), place=st.sampled_from(PLACES), units=st.integers(0, 20),
          first=st.booleans())  # fmt: skip
    def count(self, sku: str, place: str, units: int, first: bool) -> None:
        if first:
            assert self.twin.square.post_count(sku, place, str(units)).status == 200
        else:
            stock = [{"outlet_id": self.twin.outlet(place), "current_amount": units}]
            body = {"details": {"inventory": stock}}
            self.twin.ok("PUT", f"/products/{self.twin.product(sku)}", body)
        self.held[sku, place] = units

    @rule(sku=st.sampled_from(SKUS), place=st.sampled_from(PLACES),
          units=st.integers(-4, 4).filter(bool), first=st.booleans())  # fmt: skip
    def adjust(self, sku: str, place: str, units: int, first: bool) -> None:
        if first:
            ends = ("NONE", "IN_STOCK") if units > 0 else ("IN_STOCK", "WASTE")
            assert self.twin.square.adjust(sku, place, *ends, str(abs(units))).status == 200
        else:
            one = {
                "product_id": self.twin.product(sku), "outlet_id": self.twin.outlet(place),
                "quantity": str(units), "reason": "STOCK_FOUND" if units > 0 else "DAMAGE",
            }  # fmt: skip
            self.twin.ok("POST", "/stock_adjustments", {"stock_adjustments": [one]})
        self.change(sku, place, units)

    @rule(sku=st.sampled_from(SKUS), ends=st.permutations(PLACES), units=st.integers(1, 5))
    def send(self, sku: str, ends: list[str], units: int) -> None:
        src, dst = ends[0], ends[1]
        one = self.twin.consign("OUTLET", dst, source_outlet_id=self.twin.outlet(src))
        self.twin.load(one, sku, count=str(units))
        assert self.twin.move(one, "SENT").status == 200
        self.change(sku, src, -units)
        self.sent.append((one, sku, f"{src}>{dst}", units))

    @precondition(lambda self: self.sent)
    @rule(at=st.integers(0, 10**6), came=st.integers(0, 5), cancel=st.booleans())
    def arrive(self, at: int, came: int, cancel: bool) -> None:
        one, sku, way, units = self.sent.pop(at % len(self.sent))
        src, dst = way.split(">")
        if cancel:
            assert self.twin.move(one, "CANCELLED").status == 200
            self.change(sku, src, units)
            return
        came = min(came, units)
        path = f"/consignments/{one['id']}/products/{self.twin.product(sku)}"
        self.twin.ok("PUT", path, {"data": {"received": str(came)}})
        assert self.twin.move(one, "RECEIVED").status == 200
        self.change(sku, dst, came)

    @rule(sku=st.sampled_from(SKUS), place=st.sampled_from(PLACES), units=st.integers(1, 5))
    def take_in(self, sku: str, place: str, units: int) -> None:
        one = self.twin.consign("SUPPLIER", place)
        self.twin.load(one, sku, count="9", received=str(units))
        assert self.twin.move(one, "RECEIVED").status == 200
        self.change(sku, place, units)

    @rule()
    def time_passes(self) -> None:
        self.twin.at(self.twin.world.t + 1.0)

    @invariant()
    def both_faces_show_the_sum(self) -> None:
        counts = self.twin.square.ok(
            "POST", "/v2/inventory/counts/batch-retrieve", {"states": ["IN_STOCK"]}
        )["counts"]
        first = {
            (self.twin.pos.sku(each["catalog_object_id"]), each["location_id"]):
            int(each["quantity"]) for each in counts
        }  # fmt: skip
        names = {self.twin.outlet(place): place for place in PLACES}
        skus = {self.twin.face.product_id(self.twin.square.variant(sku)): sku for sku in SKUS}
        second = {
            (skus[each["product_id"]], names[each["outlet_id"]]): each["current_inventory_level"]
            for each in self.twin.ok("POST", "/inventory", {})
        }
        held = {cell: units for cell, units in self.held.items() if units or cell in second}
        assert first == second == held

    @invariant()
    def the_last_level_told_is_the_figure(self) -> None:
        told = {
            (fact.sku, fact.place): fact.on_hand
            for fact in self.twin.facts
            if isinstance(fact, Level)
        }
        for (sku, place), on_hand in told.items():
            variant = self.twin.square.variant(sku)
            assert on_hand == self.twin.pos.stock.units_e5(variant, place) // UNIT


Shops.TestCase.settings = settings(
    max_examples=20, stateful_step_count=25,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
TestShops = Shops.TestCase
