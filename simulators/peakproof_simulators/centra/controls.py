"""The control plane's own operations, and the state as plain values."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from peakproof.errors import UsageError
from peakproof_simulators.centra import stock
from peakproof_simulators.centra.limits import PLANS
from peakproof_simulators.centra.settings import WebhookProfile

if TYPE_CHECKING:
    from peakproof_simulators.centra.state import Centra

T = TypeVar("T")


class NewToken(msgspec.Struct, forbid_unknown_fields=True):
    """A token to be made in the admin; ``permissions`` None: all."""

    name: str
    permissions: list[str] | None = None
    days: float | None = None


class Burst(msgspec.Struct, forbid_unknown_fields=True):
    """Another integration of the environment uses some of a quota."""

    type: str
    units: int


class Failing(msgspec.Struct, forbid_unknown_fields=True):
    """So many of the next captures are refused by the payment provider."""

    count: int


class Incoming(msgspec.Struct, forbid_unknown_fields=True):
    """A supplier will bring (or, below 0, has brought) units."""

    sku: str
    place: str
    units: int


class Controls:
    """What a test or a scenario may do to the environment behind the vendor's back."""

    def __init__(self, centra: Centra) -> None:
        self.centra = centra

    def by_name(self) -> dict[str, Callable[[dict[str, Any]], Any]]:
        """The operations, by name."""
        return {
            "webhook": self.webhook,
            "create_token": self.create_token,
            "renew_token": self.renew_token,
            "spend_quota": self.spend_quota,
            "fail_captures": self.fail_captures,
            "expect_delivery": self.expect_delivery,
        }

    def webhook(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Install a webhook plugin: the fields of the setting ``webhooks``."""
        profile = _read("webhook", wanted, WebhookProfile)
        self.centra.webhooks.install(profile)
        plain: dict[str, Any] = msgspec.to_builtins(profile)
        return plain

    def create_token(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Make a token of the Integration API."""
        asked = _read("create_token", wanted, NewToken)
        text = self.centra.tokens.make(asked.name, asked.permissions, asked.days)
        return {"token": text}

    def renew_token(self, _wanted: dict[str, Any]) -> dict[str, Any]:
        """The given token works again for its whole life."""
        self.centra.tokens.renew()
        return {"token": self.centra.tokens.given}

    def spend_quota(self, wanted: dict[str, Any]) -> list[dict[str, object]]:
        """Use some of a quota, as another integration would; what is left."""
        asked = _read("spend_quota", wanted, Burst)
        if asked.type not in PLANS["growth"]:
            raise UsageError(f"spend_quota: type {asked.type!r}: {', '.join(PLANS['growth'])}")
        self.centra.limits.drain(asked.type, asked.units)
        return self.centra.limits.rows()

    def fail_captures(self, wanted: dict[str, Any]) -> dict[str, int]:
        """Let the next captures fail."""
        self.centra.captures_to_fail = _read("fail_captures", wanted, Failing).count
        return {"count": self.centra.captures_to_fail}

    def expect_delivery(self, wanted: dict[str, Any]) -> dict[str, int]:
        """Change what suppliers are expected to bring; what is expected now."""
        asked, centra = _read("expect_delivery", wanted, Incoming), self.centra
        size, place = centra.size_of.get(asked.sku), centra.warehouse_of.get(asked.place)
        if size is None or place is None:
            raise UsageError(f"expect_delivery: no {asked.sku!r} or no {asked.place!r}")
        made = stock.move(centra, size, place, incoming=asked.units, cause="receipt")
        return {"incoming": made.incoming}

    def inspect(self) -> dict[str, Any]:
        """Everything that the environment holds."""
        centra = self.centra
        shelves = (
            "stores", "warehouses", "rules", "markets", "pricelists", "products", "variants",
            "sizes", "orders", "shipments", "returns", "stock_changes", "requests",
        )  # fmt: skip
        found: dict[str, Any] = {
            name: [msgspec.to_builtins(one) for one in getattr(centra, name).by_id.values()]
            for name in shelves
        }
        found["cells"] = [
            {
                "sku": centra.sku(cell.size), "place": centra.place(cell.warehouse),
                "physical": cell.physical, "allocated": cell.allocated, "free": cell.free,
                "demand": cell.demand, "available_now": cell.available_now,
                "incoming": cell.incoming,
            }
            for row in centra.cells.values()
            for cell in row.values()
        ]  # fmt: skip
        found["events"] = {
            name: [msgspec.to_builtins(event) for event in queue.events.values()]
            for name, queue in centra.events.by_name.items()
        }
        found["rate_limits"] = centra.limits.rows()
        return found


def _read(name: str, wanted: dict[str, Any], kind: type[T]) -> T:
    try:
        return msgspec.convert(wanted, kind)
    except msgspec.ValidationError as error:
        raise UsageError(f"{name}: {error}") from None
