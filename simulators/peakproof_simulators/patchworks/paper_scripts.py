"""Scripts about what the warehouse did with an order, in the words of the channel that took it.

Lines are those of the channel by their ids; ``bundles`` are sold as one line and shipped, or cut,
as their components. The warehouse's number of an outlet's order has a prefix before the outlet's
own number.
"""

from __future__ import annotations

from typing import Any, Final

from peakproof_simulators.patchworks.scripts import Several, Task, script
from peakproof_simulators.patchworks.values import Failure, many

Json = Any
Parts = dict[str, int]

_WITHDRAWN: Final = "canceled"
"""Key of the line state that means: these units will not be delivered."""


@script("order_of_work")
def order_of_work(task: Task) -> Several:
    """A parcel's warehouse orders, each with the channel's order behind it.

    Gives ``order`` (as the warehouse numbers it, without a facility), ``reference`` (without the
    ``prefix`` of the arguments) and the lines of the parcel.
    """
    parcel = task.payload
    told: list[Json] = []
    for work in many((parcel.get("orders") or {}).get("order")):
        number = str(work.get("orderNumber") or work.get("number"))
        lines = [
            {"id": line.get("customerLineNumber") or line.get("lineNumber"),
             "sku": line.get("itemNumber"),
             "units": _units(line.get("shippedPackQuantity"))}
            for line in many((work.get("lines") or {}).get("line"))
        ]  # fmt: skip
        told.append(
            {
                **_named(task, number), "work": number, "parcel": parcel.get("shipmentNumber"),
                "tracking": _text(parcel.get("trackingNumber")),
                "carrier": _text(parcel.get("shipVendor")), "status": parcel.get("shipmentStatus"),
                "facility": parcel.get("facility"),
                "lines": [line for line in lines if line["units"] > 0],
            }
        )  # fmt: skip
    return Several(told)


@script("cut_lines")
def cut_lines(task: Task) -> Several:
    """What of a warehouse order will not be shipped: nothing goes on if all of it will.

    Gives ``{order, reference, work, key, lines}``; ``key`` changes when more is cut.
    """
    work = task.payload
    lines = [
        {"id": line.get("customerLineNumber") or line.get("lineNumber"),
         "sku": line.get("itemNumber"),
         "units": _units(line.get("canceledPackQuantity"))
         + _units(line.get("shortagePackQuantity"))}
        for line in many((work.get("orderLines") or {}).get("orderLine"))
    ]  # fmt: skip
    cut = sum(line["units"] for line in lines)
    if not cut:
        return Several([])
    number = str(work.get("number"))
    return Several(
        [{**_named(task, number), "work": number, "key": f"{number}:{cut}", "lines": lines}]
    )


def _named(task: Task, work: str) -> dict[str, str]:
    """The channel's number of a warehouse order: parts have the facility behind it."""
    facilities = list(task.tables.get("facilities", {}).values())
    head, dash, tail = work.rpartition("-")
    order = head if dash and tail in facilities else work
    return {"order": order, "reference": order.removeprefix(task.arguments.get("prefix", ""))}


def _units(found: Json) -> int:
    return int(float(found)) if isinstance(found, int | float | str) and found else 0


def _text(found: Json) -> str | None:
    return found if isinstance(found, str) and found else None


# --- the shop -----------------------------------------------------------------------------------


@script("withdrawal")
def withdrawal(task: Task) -> Json:
    """What to tell the shop about lines that are cut: ``actions`` on ``shop``, and the money.

    Units that the shop has withdrawn already are left, and so is money that it gave back: ``due``
    is what is missing, in minor units, and ``payment`` where it goes. An order of which nothing is
    left is cancelled.
    """
    payload, order = task.payload, task.payload["shop"]
    actions: list[Json] = []
    owed = kept = 0
    for line in many(order.get("lineItems")):
        there, ordered = _not_withdrawn(line), int(line["quantity"])
        cut = _cut(task, payload["lines"], line["id"], line["variant"]["sku"])
        units = min(max(0, cut - (ordered - there)), there)
        kept += there - units
        owed += (ordered - there + units) * int(line["price"]["value"]["centAmount"])
        if units:
            actions.append(
                {
                    "action": "transitionLineItemState", "lineItemId": line["id"],
                    "quantity": units, "fromState": {"typeId": "state", "key": "Initial"},
                    "toState": {"typeId": "state", "key": _WITHDRAWN},
                }
            )  # fmt: skip
    if actions and not kept:
        actions.append({"action": "changeOrderState", "orderState": "Cancelled"})
    money = _money(many((order.get("paymentInfo") or {}).get("payments")))
    due = max(0, min(owed, money["captured"]) - money["refunded"])
    return {**payload, "actions": actions, "version": order["version"], "due": due, **money}


@script("cancellation_refund")
def cancellation_refund(task: Task) -> Json:
    """What a cancelled warehouse order was worth, unless it was given back: ``due``.

    ``arguments``: with ``looks`` false nobody looks at what was given back.
    """
    payload = task.payload
    money = _money([{"obj": each} for each in many(payload.get("payments"))])
    left = max(0, money["captured"] - money["refunded"])
    if not task.arguments.get("looks", True):
        left = money["captured"]
    known = f"cancel-{payload['work']}" in money["ids"]
    return {**payload, "due": 0 if known else min(int(payload["worth"]), left), **money}


def _money(payments: list[Json]) -> dict[str, Json]:
    """What the payments of an order come to, in minor units, and which one took the money."""
    sums = {"Charge": 0, "Refund": 0}
    payment: Json = {}
    ids: list[str] = []
    for each in payments:
        paid = each.get("obj") or {}
        for one in many(paid.get("transactions")):
            ids.append(str(one.get("interactionId")))
            if one.get("state") == "Success" and one.get("type") in sums:
                sums[one["type"]] += int(one["amount"]["centAmount"])
                payment = paid if one["type"] == "Charge" else payment
    return {"captured": sums["Charge"], "refunded": sums["Refund"], "payment": payment, "ids": ids}


@script("confirmation")
def confirmation(task: Task) -> Json:
    """What to tell the shop about a parcel: ``actions`` on its order ``shop``.

    A parcel has as many of a bundle as its scarcest component makes up; components that come in
    several parcels make up none. A cancelled order stays cancelled. ``arguments``: with ``keyed``
    false the delivery has no key of its own, with ``whole`` everything that was ordered is said to
    be in it.
    """
    payload, order, how = task.payload, task.payload["shop"], task.arguments
    ordered = {line["id"]: _not_withdrawn(line) for line in many(order.get("lineItems"))}
    told: dict[str, int] = {}
    for delivery in many((order.get("shippingInfo") or {}).get("deliveries")):
        for item in many(delivery.get("items")):
            told[item["id"]] = told.get(item["id"], 0) + int(item["quantity"])
    items: list[Json] = []
    for line in many(order.get("lineItems")):
        units = _in_parcel(task, payload["lines"], line["id"], line["variant"]["sku"])
        if how.get("whole"):
            units = ordered[line["id"]] - told.get(line["id"], 0)
        if units:
            items.append({"id": line["id"], "quantity": units})
            told[line["id"]] = told.get(line["id"], 0) + units
    if not items:
        raise Failure(f"Parcel {payload['parcel']} has no line of order {payload['order']}.")
    whole = all(told.get(line, 0) >= units for line, units in ordered.items())
    tracking = {"trackingId": payload.get("tracking"), "carrier": payload.get("carrier")}
    keyed = how.get("keyed", True)
    parcel = {
        **({"key": payload["parcel"]} if keyed else {}), "items": items,
        "trackingData": {name: each for name, each in tracking.items() if each},
    }  # fmt: skip
    actions: list[Json] = [
        {"action": "addDelivery", **({"deliveryKey": payload["parcel"]} if keyed else {}),
         "items": items, "parcels": [parcel]},
        {"action": "changeShipmentState", "shipmentState": "Shipped" if whole else "Partial"},
    ]  # fmt: skip
    if whole and order.get("orderState") != "Cancelled":
        # What somebody has cancelled meanwhile is for the flow of the cancellations to answer.
        actions.append({"action": "changeOrderState", "orderState": "Complete"})
    return {**payload, "actions": actions, "version": order["version"]}


def _not_withdrawn(line: Json) -> int:
    """Units of a shop's line that are still to be delivered, or were."""
    return sum(
        int(held["quantity"])
        for held in many(line.get("state"))
        if (held["state"].get("obj") or {}).get("key") != _WITHDRAWN
    )


# --- the outlet ---------------------------------------------------------------------------------


@script("outlet_shipment")
def outlet_shipment(task: Task) -> Json:
    """The lines of a parcel as a shipment of the outlet's order ``shop``: ``items``."""
    payload, items = task.payload, []
    for line in many(payload["shop"].get("items")):
        units = _in_parcel(task, payload["lines"], str(line["item_id"]), line["sku"])
        if units:
            items.append({"order_item_id": line["item_id"], "qty": units})
    if not items:
        raise Failure(f"Parcel {payload['parcel']} has no line of order {payload['order']}.")
    return {**payload, "items": items}


@script("outlet_refund")
def outlet_refund(task: Task) -> Several:
    """What of the outlet's order ``shop`` is to be refunded because it is cut: ``items``.

    What has been refunded already is left out; nothing goes on if that is all.
    """
    payload, items = task.payload, []
    for line in many(payload["shop"].get("items")):
        cut = _cut(task, payload["lines"], str(line["item_id"]), line["sku"])
        paid, back = _units(line.get("qty_invoiced")), _units(line.get("qty_refunded"))
        units = min(max(0, cut - back), paid - back)
        if units:
            items.append({"order_item_id": line["item_id"], "qty": units})
    return Several([{**payload, "items": items}] if items else [])


# --- bundles ------------------------------------------------------------------------------------


def _of_line(lines: list[Json], line_id: str) -> Parts:
    """Units by SKU of what belongs to a channel's line."""
    mine: Parts = {}
    for line in lines:
        if line["id"] == line_id:
            mine[line["sku"]] = mine.get(line["sku"], 0) + int(line["units"])
    return mine


def _in_parcel(task: Task, lines: list[Json], line_id: str, sku: str) -> int:
    """Units of a channel's line that a parcel has; of a bundle, as many as are whole."""
    mine = _of_line(lines, line_id)
    parts: Parts | None = task.config.get("bundles", {}).get(sku)
    if parts is None:
        return sum(mine.values())
    return min(mine.get(part, 0) // each for part, each in parts.items())


def _cut(task: Task, lines: list[Json], line_id: str, sku: str) -> int:
    """Units of a channel's line that will not come; a bundle that lacks a component is none."""
    mine = _of_line(lines, line_id)
    parts: Parts | None = task.config.get("bundles", {}).get(sku)
    if parts is None:
        return sum(mine.values())
    return max(-(-mine.get(part, 0) // each) for part, each in parts.items())
