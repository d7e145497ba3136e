"""The webhook plugin: form-encoded, signed, ids only, lossy."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote_plus

import msgspec

from peakproof.service import Notification
from peakproof_simulators.centra.state import SYSTEM

if TYPE_CHECKING:
    from peakproof_simulators.centra.entities import Request
    from peakproof_simulators.centra.settings import WebhookProfile
    from peakproof_simulators.centra.state import Centra

HEADER: Final = "x-centra-signature"
TYPES: Final = {"Order": "order", "Shipment": "shipment", "Return": "return"}
ACTIONS: Final = {
    ("Order", "CREATED"): "insert",
    ("Shipment", "CREATED"): "create",
    ("Return", "CREATED"): "create",
}
"""The plugin's word for a change; every other change is ``update``."""


def sign(secret: str, at: int, body: bytes) -> str:
    """The value of ``X-Centra-Signature``: over the moment and the form-encoded text."""
    text = f"{at}.".encode() + body
    return f"t={at},v1={hmac.digest(secret.encode(), text, 'sha256').hex()}"


def encoded(payload: Any) -> bytes:
    """A body: one form field that holds JSON."""
    return f"payload={quote_plus(msgspec.json.encode(payload).decode())}".encode()


class Plugin:
    """One installed webhook plugin and what it gathers before it calls."""

    def __init__(self, profile: WebhookProfile) -> None:
        self.profile = profile
        self.gathered: list[tuple[str, dict[str, Any]]] = []
        self.due = False

    def wants(self, kind: str) -> bool:
        """Whether it tells of a kind of thing."""
        return not self.profile.types or kind in self.profile.types


class Webhooks:
    """All plugins of the environment; they sign with one secret."""

    def __init__(self, centra: Centra, secret: str) -> None:
        self._centra = centra
        self.secret = secret
        self.muted = False
        """Whether nobody is told: what an environment is filled with is no news."""
        self.plugins = [Plugin(profile) for profile in centra.settings.webhooks]

    def install(self, profile: WebhookProfile) -> None:
        """Install one more plugin."""
        self.plugins.append(Plugin(profile))

    # --- what is told -------------------------------------------------------------------

    def add(self, kind: str, id_: int, change: str, *, action: str = "") -> None:
        """An order, a shipment or a return changed."""
        if self.muted or not self.plugins or kind not in TYPES:
            return
        word = action or ACTIONS.get((kind, change), "update")
        self._tell(TYPES[kind], word, id_, f"{TYPES[kind]}:{id_}")

    def asked(self, kind: str, action: str, request: Request) -> None:
        """A warehouse is asked for something, or the answer is there."""
        if not self.plugins:
            return
        centra = self._centra
        expires = centra.world.clock.date(request.expires_s)
        if kind == "check_first":
            about: dict[str, Any] = {
                "warehouses": [
                    {"warehouseId": request.warehouse, "expirationAt": self._zoned(expires)}
                ]
            }
        else:
            order = centra.orders.get(request.order)
            sizes = {line.id: line.size for line in order.lines} if order is not None else {}
            about = {
                "status": request.status,
                "warehouseId": request.warehouse,
                "expirationDate": {
                    "date": self.bare(request.expires_s),
                    "timezone_type": 1,
                    "timezone": self._offset(),
                },
                "order": {"id": order.id if order is not None else "", "number": request.order},
                "lines": {
                    str(line): {
                        "lineId": line, "quantity": units, "stockItemId": sizes.get(line, 0),
                    }
                    for line, units in request.lines
                },
            }  # fmt: skip
        self._tell(kind, action, request.order, f"order:{request.order}", data=about)

    def stock_changed(self, product: int, warehouse: int) -> None:
        """The stock of a product changed; only the Checkout version of the plugin tells."""
        for plugin in self.plugins if not self.muted else ():
            if plugin.profile.kind == "checkout" and plugin.wants("product"):
                self._gather(plugin, f"product:{product}", {"products": str(product)})
            if plugin.profile.kind == "checkout" and plugin.wants("warehouse"):
                self._gather(plugin, f"warehouse:{warehouse}", {"warehouses": str(warehouse)})

    def _tell(self, kind: str, action: str, id_: int, key: str, **more: Any) -> None:
        event = {
            "type": kind, "action": action, "date": self.bare(self._centra.now), "id": id_, **more
        }  # fmt: skip
        for plugin in self.plugins:
            if plugin.profile.kind == "integration" and plugin.wants(kind):
                self._gather(plugin, key, event)

    # --- how it goes out ------------------------------------------------------------------

    def _gather(self, plugin: Plugin, key: str, event: dict[str, Any]) -> None:
        plugin.gathered.append((key, event))
        window_s = plugin.profile.batch_window_s
        if len(plugin.gathered) >= plugin.profile.batch or window_s == 0:
            self._send(plugin)
        elif not plugin.due:
            plugin.due = True
            self._centra.world.after(window_s, lambda: self._window_over(plugin))

    def _window_over(self, plugin: Plugin) -> None:
        plugin.due = False
        self._send(plugin)

    def _send(self, plugin: Plugin) -> None:
        gathered, plugin.gathered = plugin.gathered, []
        if not gathered:
            return
        if plugin.profile.kind == "integration":
            body = encoded({"events": [event for _, event in gathered]})
            first = gathered[0][1]
            name = f"{first['type']}.{first['action']}"
        else:
            lists: dict[str, dict[str, None]] = {}
            for _, event in gathered:
                for field, id_ in event.items():
                    lists.setdefault(field, {})[id_] = None
            body = encoded({field: list(ids) for field, ids in lists.items()})
            name = "checkout.changed"
        wait_s = self._centra.settings.webhook_retry_s
        self._centra.world.post(
            Notification(
                system=SYSTEM, event=name, key=gathered[0][0], url=plugin.profile.url, body=body,
                headers=self._headers(body),
                retries_s=tuple([wait_s * 2**turn for turn in range(plugin.profile.retries)]),
                timeout_s=plugin.profile.timeout_s,
            )
        )  # fmt: skip

    def _headers(self, body: bytes) -> Callable[[int], dict[str, str]]:
        world = self._centra.world

        def of_attempt(_attempt: int) -> dict[str, str]:
            at = int(world.clock.epoch_s + world.t)
            return {
                "content-type": "application/x-www-form-urlencoded",
                HEADER: sign(self.secret, at, body),
            }

        return of_attempt

    def bare(self, at_s: float) -> str:
        """A date without a zone: the environment's own is meant."""
        local = self._centra.world.clock.date(at_s) + self._shift()
        return local.strftime("%Y-%m-%d %H:%M:%S.%f")

    def _zoned(self, moment: Any) -> str:
        return f"{(moment + self._shift()).strftime('%Y-%m-%dT%H:%M:%S')}{self._offset()}"

    def _shift(self) -> timedelta:
        return timedelta(minutes=self._centra.settings.system_utc_offset_min)

    def _offset(self) -> str:
        minutes = self._centra.settings.system_utc_offset_min
        sign_, rest = "-" if minutes < 0 else "+", abs(minutes)
        return f"{sign_}{rest // 60:02d}:{rest % 60:02d}"
