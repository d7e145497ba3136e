"""Scripts of the stock flow: what is free, who may offer how much of it, what has to change.

A cell is a SKU at a facility; an *entry* is what one channel shows of it: ``{channel, sku,
facility, shown}`` and what the channel wants to be told to change it. Scripts add ``wanted``.
"""

from __future__ import annotations

from typing import Any

from peakproof_simulators.patchworks.scripts import Several, Task, script
from peakproof_simulators.patchworks.values import many

Json = Any
Cell = tuple[str, str]


@script("lines_in_flight")
def lines_in_flight(task: Task) -> Json:
    """The lines of both channels' open orders, flat, as ``demand``.

    ``shop_orders`` and ``outlet_orders`` are ``{number, lines: [{sku, units, facility}]}``. Bundles
    count as their components; ``key`` is as the flow of orders tracks an order:
    ``number:facility``.
    """
    bundles: dict[str, dict[str, int]] = task.config.get("bundles", {})
    demand: list[Json] = []
    payload = task.payload
    for order in (*many(payload.get("shop_orders")), *many(payload.get("outlet_orders"))):
        for line in many(order.get("lines")):
            sku, units = line["sku"], int(line["units"])
            facility = line.get("facility") or ""
            for part, each in bundles.get(sku, {sku: 1}).items():
                demand.append(
                    {
                        "key": f"{order.get('number')}:{facility}", "sku": part,
                        "facility": facility, "units": units * each,
                    }
                )  # fmt: skip
    return {**payload, "demand": demand}


@script("entries")
def entries(task: Task) -> Json:
    """What each channel shows of a cell, as ``entries``: of the ``shop`` its own figure, of the
    outlet what it can sell (``salable``) of what its source holds (``held``)."""
    payload = task.payload
    sells = {row["sku"]: int(float(row["qty"])) for row in many(payload.get("salable"))}
    outlet = [{**row, "shown": sells.get(row["sku"], 0)} for row in many(payload.get("held"))]
    return {**payload, "entries": [*many(payload.get("shop")), *outlet]}


@script("free_units")
def free_units(task: Task) -> Json:
    """``free`` of each cell: the master's ``levels`` less ``demand``, what it does not know yet."""
    free: dict[Cell, int] = {}
    for row in many(task.payload.get("levels")):
        if row.get("facility") and row.get("units") is not None:
            free[row["sku"], row["facility"]] = int(float(row["units"]))
    for line in many(task.payload.get("demand")):
        cell = line["sku"], line["facility"]
        if cell in free:
            free[cell] -= int(line["units"])
    rows = [
        {"sku": sku, "facility": facility, "units": units}
        for (sku, facility), units in free.items()
    ]
    return {**task.payload, "free": rows}


@script("hold_back")
def hold_back(task: Task) -> Json:
    """Some units of each cell are kept from sale, as the policy has it."""
    policy = task.config.get("policy", {})
    usual, of_sku = int(policy.get("hold_back", 0)), policy.get("hold_backs", {})
    rows = [
        {**row, "units": row["units"] - int(of_sku.get(row["sku"], usual))}
        for row in task.payload["free"]
    ]
    return {**task.payload, "free": rows}


@script("one_budget")
def one_budget(task: Task) -> Json:
    """Each channel gets a share of a cell, and the shares never add up to more than is free.

    What is missing is taken from whoever shows most, what is to spare goes to whoever shows
    least. Nobody is given what another one still shows: a unit that changes sides is taken away
    in one run and given in a later one.
    """
    cells: dict[Cell, list[Json]] = {}
    for entry in task.payload["entries"]:
        cells.setdefault((entry["sku"], entry["facility"]), []).append(entry)
    free = _by_cell(task.payload["free"])
    wanted: dict[int, int] = {}
    for cell, entries in cells.items():
        if cell in free:
            shares = _shares([max(0, int(entry["shown"])) for entry in entries], free[cell])
            wanted.update(zip(map(id, entries), shares, strict=True))
    return _with_wanted(task.payload, wanted)


def _shares(shown: list[int], free: int) -> list[int]:
    """What each may show from now on."""
    shares, free = list(shown), max(0, free)
    over = sum(shares) - free
    for level in range(len(shares)) if over > 0 else ():
        # The highest are cut down to the next one below them, all by the same.
        ranked = sorted(range(len(shares)), key=lambda each: (-shares[each], -each))
        highest = ranked[: level + 1]
        below = shares[ranked[level + 1]] if level + 1 < len(ranked) else 0
        over = _moved(shares, highest, below, over, -1)
    spare = free - sum(shares)
    for level in range(len(shares)) if spare > 0 else ():
        ranked = sorted(range(len(shares)), key=lambda each: (shares[each], each))
        lowest = ranked[: level + 1]
        above = shares[ranked[level + 1]] if level + 1 < len(ranked) else shares[ranked[0]] + spare
        spare = _moved(shares, lowest, above, spare, 1)
    if shares == shown and min(shares) == 0 and max(shares) > 1:
        most = shares.index(max(shares))
        shares[most] -= shares[most] // 2
    return shares


def _moved(shares: list[int], those: list[int], bound: int, units: int, sign: int) -> int:
    """Move some shares towards a bound, evenly, by so many units at most; units that are left."""
    distance = abs(shares[those[0]] - bound)
    each, odd = divmod(min(units, distance * len(those)), len(those))
    for place, one in enumerate(those):
        step = each + (place < odd)
        shares[one] += sign * step
        units -= step
    return units


@script("all_of_it")
def all_of_it(task: Task) -> Json:
    """Each channel shows all that is free."""
    free = _by_cell(task.payload["free"])
    entries = task.payload["entries"]
    cells = [(entry["sku"], entry["facility"]) for entry in entries]
    wanted = {
        id(entry): max(0, free[cell])
        for entry, cell in zip(entries, cells, strict=True) if cell in free
    }  # fmt: skip
    return _with_wanted(task.payload, wanted)


@script("bundle_levels")
def bundle_levels(task: Task) -> Json:
    """A channel offers as many of a bundle as the scarcest component that it shows makes up."""
    bundles: dict[str, dict[str, int]] = task.config.get("bundles", {})
    entries = task.payload["entries"]
    shown = {
        (entry["channel"], entry["sku"], entry["facility"]): min(
            int(entry["shown"]), entry.get("wanted", int(entry["shown"]))
        )
        for entry in entries
    }
    wanted: dict[int, int] = {}
    for entry in entries:
        parts = bundles.get(entry["sku"], {})
        figures = [
            max(0, shown.get((entry["channel"], part, entry["facility"]), 0)) // each
            for part, each in parts.items()
        ]
        if figures:
            wanted[id(entry)] = min(figures)
    return _with_wanted(task.payload, wanted)


@script("stock_differences")
def stock_differences(task: Task) -> Several:
    """The entries that have to show another figure, the largest reductions first.

    Each with its signed ``change``, and its ``units`` without the sign.
    """
    changed: list[Json] = []
    for entry in task.payload["entries"]:
        change = entry.get("wanted", int(entry["shown"])) - int(entry["shown"])
        if change:
            action = "addQuantity" if change > 0 else "removeQuantity"
            changed.append({**entry, "change": change, "action": action, "units": abs(change)})
    return Several(sorted(changed, key=lambda entry: int(entry["change"])))


@script("source_items")
def source_items(task: Task) -> Json:
    """What a source has to hold so that ``shown`` changes as it should: what is promised stays."""
    held = int(float(task.payload["held"])) + int(task.payload["change"])
    return {**task.payload, "quantity": max(0, held)}


def _by_cell(rows: list[Json]) -> dict[Cell, int]:
    return {(row["sku"], row["facility"]): int(row["units"]) for row in rows}


def _with_wanted(payload: Json, wanted: dict[int, int]) -> Json:
    entries = [
        {**entry, "wanted": wanted[id(entry)]} if id(entry) in wanted else entry
        for entry in payload["entries"]
    ]
    return {**payload, "entries": entries}
