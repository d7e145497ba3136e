"""The fake as the harness holds it: settings, controls, inspection, document, memory, sameness."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from openapi_spec_validator import validate
from tests.contract.deposco.depot import SEED, Depot, an_order, announced, new_world

import peakproof_simulators.deposco as fake
from peakproof.errors import UsageError
from peakproof.history.records import Level, Work
from peakproof.service import Service
from peakproof_simulators.deposco import create_service
from peakproof_simulators.deposco.entities import Order, in_packs
from peakproof_simulators.deposco.errors import REASONS, Declined
from peakproof_simulators.deposco.settings import Settings
from peakproof_simulators.deposco.vault import Vault
from peakproof_simulators.kit.seed import Seed, SeedItem, SeedLevel

SOURCES = (Path(fake.__file__).parent / "SOURCES.md").read_text()


# --- settings -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"lock": "now"}, "unknown field `lock`"),
        ({"lock_at": "never"}, "lock_at"),
        ({"blank_200_probability": 2}, "blank_200_probability"),
        ({"configured_measures": ["weight"]}, "weight"),
        ({"credentials": {"secret": "x"}}, "secret"),
    ],
)
def test_a_setting_that_does_not_exist_or_fit_is_the_users_mistake(
    settings: dict[str, object], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        create_service(new_world(), settings)


def test_credentials_are_of_the_seed_or_fixed() -> None:
    first, second, other = Depot(seed=1), Depot(seed=1), Depot(seed=2)
    assert first.service.credentials == second.service.credentials
    assert first.service.credentials["password"] != other.service.credentials["password"]
    names = {"code", "business_unit", "user", "password", "client_id", "client_secret",
             "refresh_token", "env", "company"}  # fmt: skip
    assert set(first.service.credentials) == names
    fixed = Depot(credentials={"user": "u", "password": "p"})
    assert fixed.v1("GET", "/items/TEE").status == 200
    assert fixed.service.credentials["user"] == "u"


def test_a_level_of_an_item_or_place_that_is_not_seeded_is_the_users_mistake() -> None:
    depot = Depot(seeded=False)
    with pytest.raises(UsageError, match="item HAT"):
        depot.service.seed(Seed(levels=(SeedLevel("HAT", "W1", 1),)))
    with pytest.raises(UsageError, match="place W9"):
        depot.service.seed(Seed(items=(SeedItem("HAT", "Hat", 1),),
                                levels=(SeedLevel("HAT", "W9", 1),)))  # fmt: skip


# --- controls and inspection ----------------------------------------------------------


def test_the_controls_take_an_order_through_the_warehouse(depot: Depot) -> None:
    run = depot.service.controls
    depot.place("A1", ("TEE", 3))
    assert run["ready"]({"facility": "W1"}) == ["A1"]
    run["wave"]({"number": "A1"})
    assert depot.status() == "Wave Built"
    assert run["release"]({"number": "A1"}) == [{"line": "TEE", "sku": "TEE", "units": 3}]
    run["pick"]({"number": "A1", "line": "TEE", "units": 2})
    run["short"]({"number": "A1", "line": "TEE", "units": 1})
    parcel = run["pack"]({"number": "A1"})
    run["ship"]({"parcel": parcel})
    run["scan"]({"parcel": parcel})
    assert depot.status() == "Ship Complete"
    by = {(fact.by, type(fact).__name__) for fact in depot.facts}
    assert ("carrier", "Parcel") in by
    assert ("warehouse", "WorkCut") in by


def test_the_controls_change_the_house_and_its_stock(depot: Depot) -> None:
    run = depot.service.controls
    run["add_facility"]({"facility": "W2", "name": "New"})
    run["add_item"]({"sku": "HAT", "name": "Hat", "upc": "77"})
    run["receive"]({"facility": "W2", "sku": "HAT", "units": 4})
    run["adjust"]({"facility": "W2", "sku": "HAT", "units": -1})
    assert depot.figures("HAT", "W2") == (3, 3, 0)
    assert depot.place("A1", ("HAT", 1), facility="W2").inner == "HTTP/1.1 201 Created"
    assert run["cancel"]({"number": "A1", "why": "torn"}) is True
    for name, wrong in (("wave", {}), ("wave", {"number": "A1", "x": 1}),
                        ("add_item", {"sku": "CAP", "upc": "77"})):  # fmt: skip
        with pytest.raises(UsageError, match="deposco control"):
            run[name](wrong)


def test_the_state_is_plain_values_through_and_through(depot: Depot) -> None:
    depot.place("A1", ("TEE", 2))
    depot.ship("A1")
    depot.floor.adjust("W1", "TEE", -1, "LOST")
    told = msgspec.json.decode(msgspec.json.encode(depot.service.inspect()))
    assert told["stock"][0] == {
        "item": "TEE", "facility": "W1", "unallocated": 7, "available": 7, "total": 7,
        "allocated": 0, "demand": 0, "reserved": 0, "blocked": 0, "on_order": 0,
        "in_transit": 0,
    }  # fmt: skip
    assert [(order["number"], order["status"]) for order in told["orders"]] == [
        ("A1", "Ship Complete")
    ]
    assert told["shipments"][0]["lines"][0]["units"] == 2
    assert told["adjustments"][0]["units"] == -1
    assert [place["number"] for place in told["facilities"]] == ["W1", "S1"]


# --- memory and sameness --------------------------------------------------------------


def test_finished_orders_are_kept_as_bytes_and_read_as_before() -> None:
    depot = Depot(compact_after_s=60)
    depot.place("A1", ("TEE", 2), notes={"note": {"title": "x"}})
    depot.ship("A1")
    before = depot.xml("GET", "/orders/Sales%20Order/A1").raw
    depot.wait(61)
    depot.place("A2")
    vault = depot.store.orders.by_type["Sales Order"]
    assert (vault.packed(), len(vault)) == (1, 2)
    assert depot.xml("GET", "/orders/Sales%20Order/A1").raw == before
    assert depot.place("A1").inner == "HTTP/1.1 409 Conflict"
    parcel = depot.store.orders.sales("A1").shipments[0]
    depot.floor.roll_back(parcel)
    assert depot.status("A1") == "Pick Complete"


def test_a_vault_packs_what_is_finished_and_only_that() -> None:
    now = [0.0]

    class Box(msgspec.Struct, frozen=True):
        size: int

    vault: Vault[Box] = Vault(Box, lambda: now[0], keep_s=10)
    vault.put("a", Box(1), before=None, finished=True)
    vault.put("b", Box(2), before=None, finished=False)
    assert vault.packed() == 0
    now[0] = 10.0
    vault.put("c", Box(3), before=None, finished=True)
    assert vault.packed() == 1
    assert [vault.get(key) for key in vault.keys()] == [Box(1), Box(2), Box(3)]  # noqa: SIM118
    assert vault.get("z") is None
    assert "a" in vault


def test_what_is_finished_anew_is_packed_by_the_last_time_and_in_its_turn() -> None:
    now = [0.0]

    class Box(msgspec.Struct, frozen=True):
        size: int

    vault: Vault[Box] = Vault(Box, lambda: now[0], keep_s=10)
    for at_s, key in ((0.0, "a"), (4.0, "b"), (8.0, "a")):
        now[0] = at_s
        vault.put(key, Box(1), before=None, finished=True)
    packed: list[int] = []
    for at_s in (13.0, 14.0, 17.0, 18.0):
        now[0] = at_s
        vault.put("open", Box(2), before=None, finished=False)
        packed.append(vault.packed())
    assert packed == [0, 1, 1, 2]


def test_the_same_seed_and_calls_write_the_same_history() -> None:
    def day(seed: int) -> str:
        depot = Depot(seed=seed, blank_200_probability=0.2, zero_quantity_shipment_probability=0.5)
        depot.floor.receive("W1", "TEE", 90, reference="")
        for number in range(20):
            depot.place(f"A{number}", ("TEE", 1))
        for ready in depot.floor.ready("W1"):
            depot.ship(ready)
        return depot.world.recorder.digest()

    assert day(3) == day(3)
    assert day(3) != day(4)


def test_each_change_of_a_cell_is_told_once_with_its_call(depot: Depot) -> None:
    seen: dict[tuple[str, str], tuple[int, int]] = {("TEE", "W1"): (10, 10), ("TEE", "S1"): (3, 3),
                                                    ("SOCKS", "W1"): (5, 5)}  # fmt: skip
    depot.world.n = 42
    depot.place("A1", ("TEE", 2), ("SOCKS", 1))
    depot.ship("A1")
    depot.floor.adjust("S1", "TEE", 1, "FOUND")
    for level in depot.told(Level):
        key = (level.sku, level.place)
        assert seen.get(key) != (level.on_hand, level.available)
        seen[key] = (level.on_hand, level.available)
    for (sku, place), (on_hand, available) in seen.items():
        assert depot.figures(sku, place)[:2] == (on_hand, available)


# --- documents ------------------------------------------------------------------------


def test_the_document_is_valid_openapi() -> None:
    validate(announced().document)


def test_the_service_is_what_the_harness_asks_for(depot: Depot) -> None:
    service: Service = depot.service
    assert service.name == "deposco"
    assert service.refusal(429, {"retry-after": "1"}).body == b""
    assert msgspec.json.decode(service.refusal(503, {}).body)["errorMessages"]


def test_paths_that_are_not_modelled_say_so(depot: Depot) -> None:
    beyond = [op for op in depot.service.operations if op.name.startswith("v1.beyond")]
    assert len(beyond) > 20
    for operation in beyond:
        path = operation.path.replace("{bu}", "PEAK").removeprefix("/integration/{code}")
        answer = depot.v1(operation.method, path)
        assert answer.status == 501
        assert operation.path in answer.body


def test_effects_tell_reads_from_writes_and_writes_of_stock(depot: Depot) -> None:
    effects = {operation.name: operation.effect for operation in depot.service.operations}
    assert {name for name, effect in effects.items() if effect == "stock"} == {
        "v1.retail.create", "v1.receipts.write", "v1.receipts.write_of_unit",
        "v2.adjustments.create", "v2.inventory.update",
    }  # fmt: skip
    assert effects["v2.token"] == "auth"
    for operation in depot.service.operations:
        assert operation.effect != "read" or operation.method == "GET"


def test_every_setting_and_reason_is_in_the_sources() -> None:
    for field in Settings.__struct_fields__:
        assert f"`{field}`" in SOURCES, field
    for reason in REASONS:
        assert f"`{reason}`" in SOURCES, reason


def test_the_sources_name_nothing_that_is_gone() -> None:
    names = {operation.name for operation in Depot().service.operations}
    for name in re.findall(r"`(v[12]\.[a-z_.]+)`", SOURCES):
        assert name in names or name == "v1.beyond.", name
    table = SOURCES.partition("## Settings")[2].partition("\n## ")[0]
    for name in re.findall(r"^\| `([a-z_0-9]+)`", table, re.MULTILINE):
        assert name in Settings.__struct_fields__, name


def test_every_refusal_has_a_reason_that_is_listed() -> None:
    source = "".join(path.read_text() for path in Path(fake.__file__).parent.rglob("*.py"))
    used = set(re.findall(r"Declined\(\s*\d+,\s*\"(\w+)\"", source))
    assert used <= set(REASONS)
    assert Declined(409, "locked", "x").line == "HTTP/1.1 409 Conflict"


@pytest.mark.parametrize(
    ("units", "per_pack", "text"), [(24, 12, "2.0"), (0, 12, "0.0"), (3, 12, "0.25")]
)
def test_units_are_written_as_packs(units: int, per_pack: int, text: str) -> None:
    assert str(in_packs(units, per_pack)) == text


def test_what_is_kept_of_an_order_can_be_packed(depot: Depot) -> None:
    depot.place("A1", ("TEE", 2))
    order = depot.store.orders.sales("A1")
    again: Any = msgspec.msgpack.decode(msgspec.msgpack.encode(order), type=Order)
    assert again == order


def test_seeding_is_told_on_behalf_of_the_seed() -> None:
    depot = Depot(seeded=False)
    depot.service.seed(SEED)
    assert {fact.by for fact in depot.facts} == {"seed"}
    depot.place("A1")
    assert depot.told(Work)[0].by == "connector"


def test_references_of_an_inbound_order_are_no_work(depot: Depot) -> None:
    depot.v1("POST", "/orders", {"order": [an_order("PO1", type="Purchase Order")]})
    assert depot.told(Work) == []
