"""What was written before says the same as what would be written now."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET
from tests.contract.deposco.depot import Depot

from peakproof_simulators.deposco import shown
from peakproof_simulators.deposco.lifecycle import SALES
from peakproof_simulators.deposco.payloads.movements import Shipments
from peakproof_simulators.deposco.payloads.stock import EnterpriseInventory, Inventories
from peakproof_simulators.deposco.v1.inventory import _enterprise_item, _item_inventory
from peakproof_simulators.deposco.xml import as_json, plain, shape

AUDIT = "/enterpriseinventory/PEAK/availability"
MEASURES = ["totalOnHandQty", "atpQty"]
DAY = "2026-11-27T00:00:00Z,2026-11-28T00:00:00Z"
LEFT = f"/search/shipment?{urlencode({'actualShipDateOps': 'BETWEEN', 'actualShipDate': DAY})}"


def pick(depot: Depot, number: str, *, there: bool) -> None:
    """Pick a unit of the first line that has any to pick, or do not find it."""
    do = depot.floor.picked if there else depot.floor.short
    for line in depot.store.orders.sales(number).lines:
        if line.to_pick > 0:
            return do(number, line.number, 1)
    return None


def ship(depot: Depot, parcel: str) -> None:
    """Let the carrier collect a shipment that waits for it."""
    if depot.store.parcels.find(parcel).status == "Shipping":
        depot.floor.shipped(parcel)


def undo(depot: Depot, parcel: str) -> None:
    """Undo a shipment that has left."""
    if depot.store.parcels.find(parcel).status == "Shipped":
        depot.floor.roll_back(parcel)


def label_anew(depot: Depot, parcel: str) -> None:
    """Give a shipment another tracking number."""
    before = depot.store.parcels.find(parcel)
    after = msgspec.structs.replace(before, tracking=f"{before.tracking}+")
    depot.store.parcels.correct(after, before)


def look_elsewhere(depot: Depot) -> None:
    """Name a location, with nothing in it, in a facility where the item was never heard of."""
    depot.store.stock.set_location(
        "SOCKS", "S1", "B-1", "A-1", 0, held=False, cause="write", ref=""
    )  # fmt: skip


WITH_THE_STOCK: dict[str, Callable[[Depot], object]] = {
    "count": lambda depot: depot.floor.adjust("W1", "MUG", 1, "COUNT"),
    "look elsewhere": look_elsewhere,
}
WITH_AN_ORDER: dict[str, Callable[[Depot, str], object]] = {
    "release": lambda depot, number: depot.floor.release(number),
    "pick": lambda depot, number: pick(depot, number, there=True),
    "short": lambda depot, number: pick(depot, number, there=False),
    "pack": lambda depot, number: depot.floor.packed(number),
    "cancel": lambda depot, number: depot.floor.cancel(number, "gone"),
}
WITH_A_PARCEL: dict[str, Callable[[Depot, str], object]] = {
    "ship": ship,
    "scan": lambda depot, parcel: depot.floor.scanned(parcel),
    "undo": undo,
    "label anew": label_anew,
}
BEGINNING = ["release", "pick", "pack", "ship"]
ACTS = st.lists(
    st.sampled_from(["place", *WITH_THE_STOCK, *WITH_AN_ORDER, *WITH_A_PARCEL]), max_size=20
)


def act(depot: Depot, what: str, position: int) -> None:
    """Do one thing to the warehouse, where it can be done now."""
    numbers = list(depot.store.orders.by_type[SALES].keys())
    parcels = list(depot.store.parcels.vault.keys())
    if what in WITH_THE_STOCK:
        WITH_THE_STOCK[what](depot)
    elif what in WITH_AN_ORDER:
        WITH_AN_ORDER[what](depot, numbers[position % len(numbers)])
    elif what in WITH_A_PARCEL:
        WITH_A_PARCEL[what](depot, parcels[position % len(parcels)])
    else:
        depot.place(f"N{position}", ("TEE", 2), ("MUG", 1))


@pytest.mark.parametrize("isms", [True, False])
@given(acts=ACTS)
def test_sweeps_say_what_is_there_after_whatever_happened(isms: bool, acts: list[str]) -> None:
    depot = Depot(xml_isms_in_json=isms)
    store = depot.store
    depot.place("N", ("TEE", 2), ("MUG", 1))
    for position, what in enumerate([*BEGINNING, *acts]):
        depot.wait(1.0)
        act(depot, what, position)
        items = [
            _item_inventory(store, sku, list(store.stock.facilities(sku)))
            for sku in store.catalogue.items
        ]
        full = depot.v1("GET", "/inventory/full")
        assert full.raw == msgspec.json.encode(as_json(Inventories(items), isms=isms))
        entries = store.catalogue.items.values()
        cells, look_up = list(store.catalogue.facilities), store.stock.figures
        measured = [_enterprise_item(store, entry, MEASURES, cells, look_up) for entry in entries]
        audit = depot.v1("GET", f"{AUDIT}?measures={','.join(MEASURES)}")
        assert audit.raw == msgspec.json.encode(EnterpriseInventory(measured))
        assert audit.keys == [f"stock:{entry.number}@{cell}" for entry in entries for cell in cells]
        left = [found for found in store.parcels.vault.values() if found.shipped_at is not None]
        left.sort(key=lambda found: store.parcels.left_between(0.0, 1e9).index(found.number))
        look = store.orders.by_type[SALES].get
        documents = [
            shown.shipment_shown(found, look, store.world, store.settings) for found in left
        ]
        swept = depot.v1("GET", LEFT)
        assert swept.raw == msgspec.json.encode(as_json(Shipments(documents), isms=isms))
        assert swept.keys == [f"work:{line.order}" for found in left for line in found.lines[:1]]


def test_no_more_is_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("peakproof_simulators.deposco.written.KEPT", 2)
    depot = Depot()
    first = depot.v1("GET", "/inventory/full")
    assert len(depot.store.written._items) <= 2
    assert depot.v1("GET", "/inventory/full").raw == first.raw


# --- plain values -------------------------------------------------------------------------


class Inner(msgspec.Struct, rename="camel"):
    """A struct within a struct, with what V1's have in them."""

    some_text: str | msgspec.UnsetType | None = UNSET
    some_units: Decimal | msgspec.UnsetType | None = UNSET
    opaque: Any = UNSET


class Outer(msgspec.Struct, rename="camel"):
    """A struct with a wrapper, a list and an attribute."""

    at_first: int | None = msgspec.field(name="@first")
    inner: Inner | msgspec.UnsetType | None = UNSET
    some_inner: list[Inner] | Inner | msgspec.UnsetType = UNSET
    words: list[str] | str | msgspec.UnsetType = UNSET
    flag: bool | msgspec.UnsetType | None = UNSET


NOT_SET = st.just(UNSET)
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=3)
OPAQUE = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=5,
)
INNER = st.builds(
    Inner,
    some_text=LEAVES.filter(lambda leaf: leaf is None or isinstance(leaf, str)) | NOT_SET,
    some_units=st.decimals(-1000, 1000, places=2) | st.none() | NOT_SET,
    opaque=OPAQUE | NOT_SET,
)
OUTER = st.builds(
    Outer,
    at_first=st.integers() | st.none(),
    inner=INNER | st.none() | NOT_SET,
    some_inner=st.lists(INNER, max_size=3) | INNER | NOT_SET,
    words=st.lists(st.text(max_size=3), max_size=3) | st.text(max_size=3) | NOT_SET,
    flag=st.booleans() | st.none() | NOT_SET,
)


@given(document=OUTER, isms=st.booleans())
def test_a_document_as_plain_values_is_what_its_fields_say_one_by_one(
    document: Outer, isms: bool
) -> None:
    assert as_json(document, isms=isms) == field_by_field(document, isms)


def field_by_field(document: msgspec.Struct, isms: bool) -> dict[str, Any]:
    """The same, the long way."""
    made: dict[str, Any] = {}
    for part in shape(type(document)).parts:
        value = getattr(document, part.attribute)
        if value is UNSET:
            continue
        made[part.element] = one_value(value, isms)
        if part.many and isms and isinstance(value, list) and len(value) == 1:
            made[part.element] = one_value(value[0], isms)
    return made


def one_value(value: Any, isms: bool) -> Any:
    """A value the long way."""
    if isinstance(value, msgspec.Struct):
        return field_by_field(value, isms)
    if isinstance(value, dict):
        return {name: one_value(one, isms) for name, one in value.items()}
    if isinstance(value, list):
        return [one_value(one, isms) for one in value]
    if value is None:
        return {"@nil": "true"} if isms else None
    if isms:
        return plain(value)
    return float(value) if isinstance(value, Decimal) else value
