"""The code of script shapes, under names: ``handle`` gets payload, meta and variables.

A script gives back what goes on: one payload, or a :class:`Several`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from peakproof_simulators.patchworks.values import Failure, many

Json = Any


class Task(msgspec.Struct):
    """What a script works on. ``tables`` are the cross-references, as left to right."""

    payload: Json
    meta: dict[str, Json]
    variables: dict[str, Json]
    config: dict[str, Json]
    tables: dict[str, dict[str, str]]
    arguments: dict[str, Json]


class Several(msgspec.Struct):
    """More than one payload (or none) out of one."""

    payloads: list[Json]


Handle = Callable[[Task], "Json | Several"]
SCRIPTS: Final[dict[str, Handle]] = {}
"""All scripts, by name."""


def script(name: str) -> Callable[[Handle], Handle]:
    """Register a script.

    Raises:
        ValueError: the name is taken.
    """

    def register(handle: Handle) -> Handle:
        if name in SCRIPTS:
            raise ValueError(f"there is a script {name!r} already")
        SCRIPTS[name] = handle
        return handle

    return register


@script("explode_bundles")
def explode_bundles(task: Task) -> Json:
    """Lines of bundles become lines of their components; prices are shared out to the penny.

    ``arguments``: ``lines`` is the name of the list, ``sku``, ``units`` and ``price`` the fields
    of a line (``price`` of one unit, in minor units). Bundles are in ``$config.bundles``:
    ``{sku: [{"sku", "units"}, …]}``.
    """
    named = task.arguments
    bundles: dict[str, list[dict[str, Any]]] = task.config.get("bundles", {})
    lines: list[Json] = []
    for line in many(task.payload.get(named["lines"])):
        parts = bundles.get(line[named["sku"]])
        if parts is None:
            lines.append(line)
            continue
        left, pieces = int(line.get(named["price"]) or 0), sum(part["units"] for part in parts)
        for part in parts:
            share = left * part["units"] // pieces
            pieces, left = pieces - part["units"], left - share
            lines.append(
                {
                    **line, named["sku"]: part["sku"],
                    named["units"]: line[named["units"]] * part["units"],
                    named["price"]: share // part["units"], "bundle": line[named["sku"]],
                }
            )  # fmt: skip
    return {**task.payload, named["lines"]: lines}


@script("works_by_facility")
def works_by_facility(task: Task) -> Several:
    """One warehouse order for each facility that an order's lines are mapped to.

    The lines carry ``facility``. The order that is whole keeps its number; parts get the facility
    behind it.

    Raises:
        Failure: a line has no facility.
    """
    order = task.payload
    by_facility: dict[str, list[Json]] = {}
    for line in many(order.get("lines")):
        facility = line.get("facility")
        if not facility:
            raise Failure(f"order {order.get('number')}: no facility for line {line.get('id')}")
        by_facility.setdefault(facility, []).append(line)
    whole = len(by_facility) == 1
    return Several(
        [
            {
                **order,
                "facility": facility,
                "work": order["number"] if whole else f"{order['number']}-{facility}",
                "lines": lines,
            }
            for facility, lines in by_facility.items()
        ]
    )


@script("order_of_work")
def order_of_work(task: Task) -> Several:
    """A parcel's warehouse orders, each with the number of the channel's order: ``order``."""
    parcel = task.payload
    facilities = list(task.tables.get("facilities", {}).values())
    told: list[Json] = []
    for work in many((parcel.get("orders") or {}).get("order")):
        number = str(work.get("orderNumber") or work.get("number"))
        order = _order_number(number, facilities)
        lines = [
            {"id": line.get("customerLineNumber") or line.get("lineNumber"),
             "sku": line.get("itemNumber"),
             "units": _units(line.get("shippedPackQuantity"))}
            for line in many((work.get("lines") or {}).get("line"))
        ]  # fmt: skip
        told.append(
            {
                "order": order, "work": number, "parcel": parcel.get("shipmentNumber"),
                "tracking": _text(parcel.get("trackingNumber")),
                "carrier": _text(parcel.get("shipVendor")), "status": parcel.get("shipmentStatus"),
                "lines": [line for line in lines if line["units"] > 0],
            }
        )  # fmt: skip
    return Several(told)


@script("cut_lines")
def cut_lines(task: Task) -> Several:
    """What of a warehouse order will not be shipped: nothing goes on if all of it will.

    Gives ``{order, work, key, lines}``; ``key`` changes when more is cut.
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
    order = _order_number(number, list(task.tables.get("facilities", {}).values()))
    return Several([{"order": order, "work": number, "key": f"{number}:{cut}", "lines": lines}])


@script("withdrawal")
def withdrawal(task: Task) -> Json:
    """What to tell the shop about lines that are cut: ``actions`` on ``shop``, and a ``refund``.

    Units that the shop has withdrawn already are left; ``refund`` is in minor units. An order of
    which nothing is left is cancelled.
    """
    payload, order = task.payload, task.payload["shop"]
    bundles: dict[str, list[dict[str, Any]]] = task.config.get("bundles", {})
    actions: list[Json] = []
    refund = kept = 0
    for line in many(order.get("lineItems")):
        there = _not_withdrawn(line)
        gone = int(line["quantity"]) - there
        cut = _in_parcel(payload["lines"], line["id"], bundles.get(line["variant"]["sku"]))
        units = min(max(0, cut - gone), there)
        kept += there - units
        if units:
            refund += units * int(line["price"]["value"]["centAmount"])
            actions.append(
                {
                    "action": "transitionLineItemState", "lineItemId": line["id"],
                    "quantity": units, "fromState": {"typeId": "state", "key": "Initial"},
                    "toState": {"typeId": "state", "key": _WITHDRAWN},
                }
            )  # fmt: skip
    if actions and not kept:
        actions.append({"action": "changeOrderState", "orderState": "Cancelled"})
    return {**payload, "actions": actions, "version": order["version"], "refund": refund}


_WITHDRAWN: Final = "canceled"
"""Key of the line state that means: these units will not be delivered."""


def _not_withdrawn(line: Json) -> int:
    """Units of a shop's line that are still to be delivered, or were."""
    return sum(
        int(held["quantity"])
        for held in many(line.get("state"))
        if (held["state"].get("obj") or {}).get("key") != _WITHDRAWN
    )


def _units(found: Json) -> int:
    return int(float(found)) if isinstance(found, int | float | str) and found else 0


def _order_number(work: str, facilities: list[str]) -> str:
    """The channel's number of a warehouse order: parts have the facility behind it."""
    head, dash, tail = work.rpartition("-")
    return head if dash and tail in facilities else work


def _text(found: Json) -> str | None:
    return found if isinstance(found, str) and found else None


@script("lines_in_flight")
def lines_in_flight(task: Task) -> Json:
    """The lines of orders that the shop has taken, flat: what the warehouse may not know yet.

    The payload has ``orders`` as the shop tells them; bundles count as their components. Gives
    the payload with ``demand``: ``{key, sku, place, units}``, ``key`` as the flow of orders
    tracks it (``number:facility``).
    """
    bundles: dict[str, list[dict[str, Any]]] = task.config.get("bundles", {})
    facilities = task.tables.get("facilities", {})
    demand: list[Json] = []
    for order in many(task.payload.get("orders")):
        for line in many(order.get("lineItems")):
            place = ((line.get("supplyChannel") or {}).get("obj") or {}).get("key", "")
            sku, units = line["variant"]["sku"], int(line["quantity"])
            for part in bundles.get(sku, [{"sku": sku, "units": 1}]):
                demand.append(
                    {
                        "key": f"{order.get('orderNumber')}:{facilities.get(place, '')}",
                        "sku": part["sku"], "place": place, "units": units * part["units"],
                    }
                )  # fmt: skip
    return {**task.payload, "demand": demand}


@script("stock_differences")
def stock_differences(task: Task) -> Several:
    """The channel's entries that show another figure than the master's level allows.

    The payload has ``levels`` (rows of the master: ``sku``, ``place`` as the channel says it,
    ``units``), ``entries`` of the channel (the same and ``entry``, ``version``) and ``demand`` (of
    orders that the warehouse does not have yet). A bundle may be sold as often as its scarcest
    component allows. ``hold_back`` of the policy is kept back. Gives entries with the signed
    ``change`` and its ``action``: relative, so that orders taken meanwhile are not overwritten.
    """
    payload, policy = task.payload, task.config.get("policy", {})
    left: dict[tuple[str, str], int] = {}
    for row in many(payload.get("levels")):
        if row.get("place") and row.get("units") is not None:
            left[row["sku"], row["place"]] = int(float(row["units"]))
    for line in many(payload.get("demand")):
        cell = line["sku"], line.get("place") or ""
        if cell in left:
            left[cell] -= int(line["units"])
    bundles: dict[str, list[dict[str, Any]]] = task.config.get("bundles", {})
    changes: list[Json] = []
    for entry in many(payload.get("entries")):
        sku, place = entry["sku"], entry.get("place") or ""
        parts = bundles.get(sku, [{"sku": sku, "units": 1}])
        figures = [left[part["sku"], place] // part["units"] for part in parts
                   if (part["sku"], place) in left]  # fmt: skip
        if len(figures) < len(parts):
            continue
        wanted = max(0, min(figures) - int(policy.get("hold_back", 0)))
        change = wanted - int(entry["units"])
        if change:
            action = "addQuantity" if change > 0 else "removeQuantity"
            changes.append({**entry, "change": change, "action": action, "units": abs(change)})
    return Several(changes)


def _in_parcel(lines: list[Json], line_id: str, parts: list[dict[str, Any]] | None) -> int:
    """Units of an order's line that a parcel has; ``parts`` if it is a bundle."""
    mine = [line for line in lines if line["id"] == line_id]
    if parts is None:
        return sum(int(line["units"]) for line in mine)
    by_sku: dict[str, int] = {}
    for line in mine:
        by_sku[line["sku"]] = by_sku.get(line["sku"], 0) + int(line["units"])
    return min(by_sku.get(part["sku"], 0) // int(part["units"]) for part in parts)


@script("confirmation")
def confirmation(task: Task) -> Json:
    """What to tell the shop about a parcel: ``actions`` on its order ``shop``.

    Lines are those of the channel by their ids. A parcel has as many of a bundle as its scarcest
    component makes up; components that come in several parcels make up none.
    """
    payload, order = task.payload, task.payload["shop"]
    ordered = {line["id"]: _not_withdrawn(line) for line in many(order.get("lineItems"))}
    told: dict[str, int] = {}
    for delivery in many((order.get("shippingInfo") or {}).get("deliveries")):
        for item in many(delivery.get("items")):
            told[item["id"]] = told.get(item["id"], 0) + int(item["quantity"])
    bundles: dict[str, list[dict[str, Any]]] = task.config.get("bundles", {})
    items: list[Json] = []
    for line in many(order.get("lineItems")):
        units = _in_parcel(payload["lines"], line["id"], bundles.get(line["variant"]["sku"]))
        if units:
            items.append({"id": line["id"], "quantity": units})
            told[line["id"]] = told.get(line["id"], 0) + units
    if not items:
        raise Failure(f"Parcel {payload['parcel']} has no line of order {payload['order']}.")
    whole = all(told.get(line, 0) >= units for line, units in ordered.items())
    tracking = {"trackingId": payload.get("tracking"), "carrier": payload.get("carrier")}
    parcel = {
        "key": payload["parcel"], "items": items,
        "trackingData": {name: each for name, each in tracking.items() if each},
    }  # fmt: skip
    actions: list[Json] = [
        {"action": "addDelivery", "deliveryKey": payload["parcel"], "items": items,
         "parcels": [parcel]},
        {"action": "changeShipmentState", "shipmentState": "Shipped" if whole else "Partial"},
    ]  # fmt: skip
    if whole:
        actions.append({"action": "changeOrderState", "orderState": "Complete"})
    return {**payload, "actions": actions, "version": order["version"]}
