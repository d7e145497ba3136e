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
    ``{sku: {component: units}}``. A share that does not divide makes two lines of a component.
    """
    named = task.arguments
    bundles: dict[str, dict[str, int]] = task.config.get("bundles", {})
    lines: list[Json] = []
    for line in many(task.payload.get(named["lines"])):
        parts = bundles.get(line[named["sku"]])
        if parts is None:
            lines.append(line)
            continue
        left, pieces = int(line.get(named["price"]) or 0), sum(parts.values())
        for sku, each in parts.items():
            share = left * each // pieces
            pieces, left = pieces - each, left - share
            dearer = share % each
            for units, price in ((each - dearer, share // each), (dearer, share // each + 1)):
                if units:
                    lines.append(
                        {
                            **line, named["sku"]: sku,
                            named["units"]: line[named["units"]] * units,
                            named["price"]: price, "bundle": line[named["sku"]],
                        }
                    )  # fmt: skip
    return {**task.payload, named["lines"]: lines}


@script("works_by_facility")
def works_by_facility(task: Task) -> Several:
    """One warehouse order for each facility that an order's lines are mapped to.

    The lines carry ``facility``. The order that is whole keeps its number; parts get the facility
    behind it. ``worth`` is what its lines come to, in minor units.

    Raises:
        Failure: a line has no facility.
    """
    order = task.payload
    by_facility: dict[str, list[Json]] = {}
    for line in many(order.get("lines")):
        facility = line.get("facility")
        if not facility:
            message = f"order {order.get('number')}: no facility for line {line.get('id')}"
            raise Failure(message, final=True)
        by_facility.setdefault(facility, []).append(line)
    whole = len(by_facility) == 1
    return Several(
        [
            {
                **order,
                "facility": facility,
                "work": order["number"] if whole else f"{order['number']}-{facility}",
                "worth": sum(int(line.get("price") or 0) * int(line["units"]) for line in lines),
                "lines": lines,
            }
            for facility, lines in by_facility.items()
        ]
    )
