"""Every call that the engine makes to the tills: what is asked, answered and understood."""

from __future__ import annotations

import hmac
from typing import Any, Final

from tests.unit.engine.stage import EPOCH_S
from tests.unit.engine.vendor import LEARN_TILLS, SQUARE_VERSION, Ask, Case, Exchange

from peakproof_engine.systems.ports import Shown, TillChange, TillSale, TillStep

SINCE: Final = "2023-11-14T22:12:20.000Z"
MADE: Final = "2023-11-14T22:13:00.250Z"
MADE_S: Final = EPOCH_S - 19.75
HOOK: Final = "https://engine.test/pos"


def post(path: str, body: Any) -> Ask:
    """A call with a body."""
    return Ask("POST", path, body=body, api="till")


def count(id_: str, units: str, *, state: str = "IN_STOCK", place: str = "LOC1") -> dict[str, Any]:
    """A count as it is worked out from the stock book."""
    return {
        "catalog_object_id": id_, "catalog_object_type": "ITEM_VARIATION", "state": state,
        "location_id": place, "quantity": units, "calculated_at": MADE,
    }  # fmt: skip


def shown(sku: str, units: int, id_: str, place: str = "LOC1") -> Shown:
    """What the flows make of it."""
    return Shown(sku, place, units, id_, dated_s=MADE_S)


def sold(id_: str, units: str, **more: Any) -> dict[str, Any]:
    """A line of a sale."""
    return {
        "uid": f"u-{id_}", "name": "A thing", "quantity": units, "catalog_object_id": id_,
        "item_type": "ITEM", "base_price_money": {"amount": 1250, "currency": "GBP"}, **more,
    }  # fmt: skip


def order(id_: str, state: str = "COMPLETED", **more: Any) -> dict[str, Any]:
    """A till's transaction."""
    return {
        "id": id_, "location_id": "LOC1", "state": state, "version": 3, "created_at": SINCE,
        "updated_at": MADE, "total_money": {"amount": 2500, "currency": "GBP"}, **more,
    }  # fmt: skip


def sale(id_: str, **more: Any) -> TillSale:
    """What the flows make of it."""
    fields: dict[str, Any] = {
        "place": "LOC1", "voided": False, "recorded_s": EPOCH_S - 60.0, "changed_s": MADE_S,
        "currency": "GBP", "sold": [], "returned": [], "total_minor": 2500,
    }  # fmt: skip
    return TillSale(id=id_, **{**fields, **more})


TENDER: Final = [{"id": "tn-1", "type": "CARD"}]
TAKEN: Final = [
    order("s-1", line_items=[
        sold("V-TEE", "2"), sold("V-HAT", "1.0", base_price_money=None),
        sold("", "3", name="TYPED-IN"), sold("V-GIFT-CARD", "1", item_type="GIFT_CARD"),
    ]),
    order("s-2", returns=[{"uid": "r-1", "source_order_id": "s-1",
                           "return_line_items": [sold("V-TEE", "1")]},
                          {"uid": "r-2", "return_line_items": [sold("V-HAT", "1")]}],
          total_money={"amount": -1250, "currency": "GBP"}),
    order("s-3", "CANCELED", tenders=TENDER, line_items=[sold("V-TEE", "1")]),
    order("s-4", "CANCELED", line_items=[sold("V-TEE", "1")]),
    order("s-5", "OPEN", line_items=[sold("V-TEE", "1")], tenders=TENDER),
    {"id": "s-6", "location_id": "LOC1", "state": "COMPLETED", "created_at": MADE},
    order("s-7", "CANCELED", refunds=TENDER),
]  # fmt: skip
SALES: Final = [
    sale("s-1", sold=[("TEE", 2, 1250), ("HAT", 1, 0), ("TYPED-IN", 3, 1250)]),
    sale("s-2", returned=[("TEE", 1, 1250), ("HAT", 1, 1250)], total_minor=-1250),
    sale("s-3", voided=True, sold=[("TEE", 1, 1250)]),
    sale("s-6", recorded_s=MADE_S, changed_s=MADE_S, currency="", total_minor=0),
    sale("s-7", voided=True),
]


def searched(*places: str, cursor: str = "") -> Ask:
    """A page of transactions by time of change."""
    body: dict[str, Any] = {
        "location_ids": list(places), "limit": 500,
        "query": {
            "filter": {"state_filter": {"states": ["COMPLETED", "CANCELED"]},
                       "date_time_filter": {"updated_at": {"start_at": SINCE}}},
            "sort": {"sort_field": "UPDATED_AT", "sort_order": "ASC"},
        },
    }  # fmt: skip
    if cursor:
        body["cursor"] = cursor
    return post("/v2/orders/search", body)


def adjusted(id_: str, from_state: str, to_state: str, **more: Any) -> dict[str, Any]:
    """A line of the stock book that moved units of TEE."""
    return {"type": "ADJUSTMENT", "adjustment": {
        "id": id_, "catalog_object_id": "V-TEE", "from_state": from_state, "to_state": to_state,
        "quantity": "2", "occurred_at": SINCE, "created_at": MADE, "location_id": "LOC1", **more,
    }}  # fmt: skip


def counted(id_: str, state: str = "IN_STOCK", sku: str = "V-TEE") -> dict[str, Any]:
    """A line of the stock book that says what was on the shelf."""
    return {"type": "PHYSICAL_COUNT", "physical_count": {
        "id": id_, "catalog_object_id": sku, "state": state, "location_id": "LOC1",
        "quantity": "9", "occurred_at": SINCE, "created_at": MADE, "reference_id": "walk-3",
    }}  # fmt: skip


def change(id_: str, kind: Any, units: int = 2, reference: str = "", **more: Any) -> TillChange:
    """What the flows make of it."""
    return TillChange(
        id_, kind, "TEE", "LOC1", units, EPOCH_S - 60.0, MADE_S, reference, **more
    )  # fmt: skip


BOOK: Final = [
    counted("c-1"), counted("c-2", "WASTE"), counted("c-3", sku="V-GIFT"),
    adjusted("a-1", "IN_STOCK", "SOLD", transaction_id="s-1"),
    adjusted("a-2", "UNLINKED_RETURN", "IN_STOCK", transaction_id="s-2"),
    adjusted("a-3", "UNLINKED_RETURN", "WASTE", transaction_id="s-2"),
    adjusted("a-4", "SOLD", "IN_STOCK", transaction_id="s-3",
             reason_id={"type": "CANCELED_SALE"}),
    adjusted("a-5", "NONE", "IN_STOCK", reference_id="delivery 7",
             location_id="", to_location_id="LOC1"),
    adjusted("a-6", "UNLINKED_RETURN", "IN_STOCK"),
    adjusted("a-7", "IN_STOCK", "WASTE", location_id="", from_location_id="LOC1"),
    adjusted("a-8", "IN_STOCK", "SOLD", reason_id={"type": "DAMAGED"}),
    adjusted("a-9", "NONE", "IN_STOCK", reference_id="peakproof-1-7"),
    adjusted("a-10", "IN_STOCK", "WASTE", reference_id="peakproof-1-8"),
    adjusted("a-11", "IN_TRANSIT_TO", "IN_TRANSIT"),
    {"type": "TRANSFER", "transfer": {"id": "x"}},
]  # fmt: skip
CHANGES: Final = [
    change("c-1", "count", 9, "walk-3"),
    change("a-1", "sale", reference="s-1"),
    change("a-2", "return", reference="s-2"),
    change("a-3", "return", reference="s-2", restock=False),
    change("a-4", "void", reference="s-3"),
    change("a-5", "intake", reference="delivery 7"),
    change("a-6", "intake"),
    change("a-7", "waste", restock=False),
    change("a-8", "waste"),
    change("a-9", "own", 2, "peakproof-1-7"),
    change("a-10", "own", -2, "peakproof-1-8", restock=False),
]


def booked(*, cursor: str = "", ids: tuple[str, ...] = ()) -> Ask:
    """A page of the stock book."""
    body: dict[str, Any] = {
        "location_ids": ["LOC1"], "types": ["PHYSICAL_COUNT", "ADJUSTMENT"],
        "updated_after": SINCE, "limit": 1000,
    }  # fmt: skip
    if cursor:
        body["cursor"] = cursor
    if ids:
        body["catalog_object_ids"] = list(ids)
    return post("/v2/inventory/changes/batch-retrieve", body)


def figures(*, cursor: str = "", since: str = "") -> Ask:
    """A page of counts."""
    body: dict[str, Any] = {"location_ids": ["LOC1"], "states": ["IN_STOCK"], "limit": 1000}
    if since:
        body["updated_after"] = since
    if cursor:
        body["cursor"] = cursor
    return post("/v2/inventory/counts/batch-retrieve", body)


def step(id_: str, units: str, reference: str, *, grows: bool) -> dict[str, Any]:
    """One adjustment as the tills take it."""
    made = {
        "catalog_object_id": id_, "from_state": "NONE" if grows else "IN_STOCK",
        "to_state": "IN_STOCK" if grows else "WASTE", "location_id": "LOC1", "quantity": units,
        "occurred_at": SINCE, "reference_id": reference,
    }  # fmt: skip
    if not grows:
        made["reason_id"] = {"type": "INTERNAL_USE"}  # type: ignore[assignment]
    return {"type": "ADJUSTMENT", "adjustment": made}


async def sells(to: Any) -> tuple[bool, bool]:
    """Whether the tills know a SKU and one that they do not."""
    return to.sells("HAT"), to.sells("NIL")


LISTED: Final = Ask("GET", "/v2/webhooks/subscriptions", api="till")
STOCK: Final = (
    Case("Tills.learn", "", "pos", lambda to: to.learn(), LEARN_TILLS, None),
    Case("Tills.sells", "", "pos", sells, [], (True, False)),
    Case(
        "Tills.figures", "all", "pos", lambda to: to.figures(),
        [Exchange(figures(), {"counts": [
            count("V-TEE", "-2"), count("V-TEE", "4", state="SOLD"), count("V-GIFT", "8")],
            "cursor": "c1"}),
         Exchange(figures(cursor="c1"), {"counts": [count("V-TEE", "3", place="LOC2")]})],
        [shown("TEE", -2, "V-TEE"), shown("TEE", 3, "V-TEE", "LOC2"),
         Shown("HAT", "LOC1", 0, "V-HAT")],
    ),
    Case(
        "Tills.figures", "changed since", "pos", lambda to: to.figures(EPOCH_S - 60.0),
        [Exchange(figures(since=SINCE), {"counts": [count("V-HAT", "7")]})],
        [shown("HAT", 7, "V-HAT")],
    ),
    Case(
        "Tills.figures", "none changed", "pos", lambda to: to.figures(EPOCH_S - 60.0),
        [Exchange(figures(since=SINCE), {})], [],
    ),
    Case(
        "Tills.figure", "", "pos", lambda to: to.figure("V-TEE", "TEE", "LOC1"),
        [Exchange(
            Ask("GET", "/v2/inventory/V-TEE", (("location_ids", "LOC1"),), api="till"),
            {"counts": [count("V-TEE", "1", place="LOC2"), count("V-TEE", "9", state="WASTE"),
                        count("V-TEE", "5")]})],
        shown("TEE", 5, "V-TEE"),
    ),
    Case(
        "Tills.figure", "never counted", "pos", lambda to: to.figure("V-TEE", "TEE", "LOC1"),
        [Exchange(Ask("GET", "/v2/inventory/V-TEE", (("location_ids", "LOC1"),), api="till"),
                  {})],
        Shown("TEE", "LOC1", 0, "V-TEE"),
    ),
    Case(
        "Tills.apply", "", "pos",
        lambda to: to.apply("key-1", EPOCH_S - 60.0, [
            TillStep("TEE", "LOC1", 3, "peakproof-1-1"),
            TillStep("HAT", "LOC1", -2, "peakproof-1-2")]),
        [Exchange(
            post("/v2/inventory/changes/batch-create", {"idempotency_key": "key-1", "changes": [
                step("V-TEE", "3", "peakproof-1-1", grows=True),
                step("V-HAT", "2", "peakproof-1-2", grows=False)]}),
            {"counts": [count("V-TEE", "7"), count("V-HAT", "2", state="WASTE"),
                        count("V-HAT", "-1")], "changes": []})],
        {"TEE": 7, "HAT": -1},
    ),
)  # fmt: skip

SALE_CASES: Final = (
    Case(
        "Tills.sales", "", "pos",
        lambda to: to.sales([f"s-{at}" for at in range(1, 9)]),
        [Exchange(post("/v2/orders/batch-retrieve",
                       {"order_ids": [f"s-{at}" for at in range(1, 9)]}), {"orders": TAKEN})],
        SALES,
    ),
    Case(
        "Tills.sales", "of what came into the catalogue meanwhile", "pos",
        lambda to: to.sales(["s-9"]),
        [Exchange(post("/v2/orders/batch-retrieve", {"order_ids": ["s-9"]}),
                  {"orders": [order("s-9", line_items=[sold("V-NEW", "1"), sold("V-OLD", "1")])]}),
         Exchange(LEARN_TILLS[1].ask, {"objects": [
             {"type": "ITEM_VARIATION", "id": "V-NEW", "item_variation_data": {"sku": "NEW"}}]})],
        [sale("s-9", sold=[("NEW", 1, 1250), ("V-OLD", 1, 1250)])],
    ),
    Case(
        "Tills.sales_since", "", "pos", lambda to: to.sales_since(EPOCH_S - 60.0),
        [Exchange(searched("LOC1"), {"orders": TAKEN[:1], "cursor": "c1"}),
         Exchange(searched("LOC1", cursor="c1"), {"orders": TAKEN[1:]})],
        SALES,
    ),
    Case(
        "Tills.changes_since", "", "pos", lambda to: to.changes_since(EPOCH_S - 60.0),
        [Exchange(booked(), {"changes": BOOK[:4], "cursor": "c1"}),
         Exchange(booked(cursor="c1"), {"changes": BOOK[4:]})],
        CHANGES,
    ),
    Case(
        "Tills.changes_since", "of what came into the catalogue meanwhile", "pos",
        lambda to: to.changes_since(EPOCH_S - 60.0),
        [Exchange(booked(), {"changes": [counted("c-4", sku="V-NEW"), counted("c-5", sku="V-X")]}),
         Exchange(LEARN_TILLS[1].ask, {"objects": [
             {"type": "ITEM_VARIATION", "id": "V-NEW", "item_variation_data": {"sku": "TEE"}}]})],
        [change("c-4", "count", 9, "walk-3")],
    ),
    Case(
        "Tills.changes_since", "of some items", "pos",
        lambda to: to.changes_since(EPOCH_S - 60.0, ["HAT", "NIL", "HAT"]),
        [Exchange(booked(ids=("V-HAT",)), {"changes": []})], [],
    ),
    Case(
        "Tills.changes_since", "of unknown items", "pos",
        lambda to: to.changes_since(EPOCH_S - 60.0, ["NIL"]), [], [],
    ),
    Case(
        "Pos.subscribe", "anew", "pos", lambda to: to.subscribe(HOOK),
        [Exchange(LISTED, {"subscriptions": [
            {"id": "wh-0", "notification_url": "https://engine.test/other"}]}),
         Exchange(post("/v2/webhooks/subscriptions", {
             "idempotency_key": hmac.digest(b"subscription", HOOK.encode(), "sha256").hex()[:40],
             "subscription": {
                 "name": "peakproof engine", "event_types": ["order.created", "order.updated"],
                 "notification_url": HOOK, "api_version": SQUARE_VERSION}}),
             {"subscription": {"id": "wh-1", "notification_url": HOOK, "signature_key": "k-1"}})],
        None,
    ),
    Case(
        "Pos.subscribe", "already", "pos", lambda to: to.subscribe(HOOK),
        [Exchange(LISTED, {"subscriptions": [
            {"id": "wh-0", "notification_url": "https://engine.test/other"},
            {"id": "wh-1", "notification_url": HOOK}]}),
         Exchange(Ask("GET", "/v2/webhooks/subscriptions/wh-1", api="till"),
                  {"subscription": {"id": "wh-1", "notification_url": HOOK,
                                    "signature_key": "k-1"}})],
        None,
    ),
)  # fmt: skip

CASES: Final = STOCK + SALE_CASES
