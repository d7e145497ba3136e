"""The operations of every fake, and the tests that pin them (``pins.json``)."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

import simpy

from peakproof.clock import Clock
from peakproof.history.recorder import Recorder
from peakproof.rng import Streams
from peakproof.world import World
from peakproof_simulators import adobe_commerce, centra, commercetools, deposco, patchworks, pos
from peakproof_simulators.kit.operations import Operation

PINS: Final = Path(__file__).with_name("pins.json")
_MADE: Final[dict[str, tuple[Any, dict[str, str]]]] = {
    "adobe_commerce": (adobe_commerce, {}), "centra": (centra, {}),
    "commercetools": (commercetools, {}), "deposco": (deposco, {}), "patchworks": (patchworks, {}),
    "pos": (pos, {}), "pos/lightspeed": (pos, {"surface": "lightspeed"}),
}  # fmt: skip

_NOTHING: Final = "never: it takes nothing that could be wrong"
NEVER_DONE: Final[dict[str, dict[str, str]]] = {
    "adobe_commerce": {"creditmemo.cancel": "never: the vendor always refuses it"},
    "centra": {"graphql": "never: it is a document that asks for no known field"},
    "deposco": {
        **{
            f"v1.beyond.{name}": "never: the vendor has it and the fake does not (501)"
            for name in (
                "addressvalidation.post", "users.get", "users.post", "users.put",
                "containers.get", "containers.post", "containers.put", "cube.post",
                "tradingPartners.get", "tradingPartners.post", "tradingPartners.put",
                "tradingPartners.updates.post", "tradingPartnerSite.get",
                "tradingPartnerSite.post", "tradingPartnerSite.put", "itemVendor.get",
                "itemVendor.post", "itemVendor.put", "itemVendor.updates.post",
                "pricelists.bu.get", "pricelists.bu.post", "pricelists.bu.put", "images.get",
                "images.post", "receiptadvices.get", "receiptadvices.bu.get",
            )
        },
        "v2.locations.stored": "never: there are none",
        "v2.locations.remove_stored": "never: there are none",
        "v2.trips.read": "never: there are none",
    },
}  # fmt: skip
"""Operations that cannot succeed, and why."""
NEVER_REFUSED: Final[dict[str, dict[str, str]]] = {
    "adobe_commerce": {
        **dict.fromkeys(
            ("guest_cart.create", "cart.create", "store.views", "store.groups", "store.websites",
             "store.configs", "selection.algorithms"), _NOTHING,
        ),
        "pickup.list": "never: its search request is passed over",
    },
    "centra": dict.fromkeys(("rateLimits", "counters"), _NOTHING),
    "patchworks": {"account.user": _NOTHING},
    "pos": dict.fromkeys(("events.enable", "events.disable"), _NOTHING),
    "deposco": {
        **dict.fromkeys(("v1.items.atps", "v1.items.atps_by_tp", "v1.webhooks.list"), _NOTHING),
        "v1.inventory.reserve": "never: it is always a 200, and the body says what failed (DQ9)",
    },
}  # fmt: skip
"""Operations that have nothing to refuse but the caller, and why."""


@cache
def operations(fake: str) -> tuple[Operation, ...]:
    """The table of a fake, GraphQL's fields too."""
    env = simpy.Environment()
    world = World(env, clock=Clock(env), streams=Streams(1), recorder=Recorder())
    package, settings = _MADE[fake]
    service = package.create_service(world, settings)
    found = {each.name: each for each in service.operations}
    found |= {each.name: each for each in getattr(service, "fields", {}).values()}
    return tuple(found.values())


def place(operation: Operation, fake: str) -> str:
    """Method and path; of GraphQL the field."""
    field = fake == "centra" and operation.path == "/graphql" and operation.name != "graphql"
    return f"field `{operation.name}`" if field else f"{operation.method} `{operation.path}`"


@cache
def pins(fake: str) -> dict[str, dict[str, str]]:
    """By operation: the test that pins its success (``done``) and its refusal (``refused``)."""
    found: dict[str, dict[str, dict[str, str]]] = json.loads(PINS.read_text("utf-8"))
    return found.get(fake.partition("/")[0], {})
