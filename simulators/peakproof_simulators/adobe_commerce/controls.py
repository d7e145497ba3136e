"""The control plane's own operations, and the state as plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from peakproof.errors import UsageError
from peakproof_simulators.adobe_commerce import placement
from peakproof_simulators.adobe_commerce.catalogue import Config
from peakproof_simulators.adobe_commerce.errors import Refusal
from peakproof_simulators.adobe_commerce.settings import PROFILES
from peakproof_simulators.adobe_commerce.state import Shop
from peakproof_simulators.adobe_commerce.wire import encode

Wanted = dict[str, Any]


class Controls:
    """What a test or a scenario may do to the shop behind the vendor's back."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def by_name(self) -> dict[str, Callable[[Wanted], Any]]:
        """The operations, by name."""
        return {
            "reservations": self.reservations,
            "append_reservation": self.append_reservation,
            "list_inconsistencies": self.list_inconsistencies,
            "create_compensations": self.create_compensations,
            "clean_up_reservations": lambda _: self.shop.reservations.clean_up(),
            "delete_reservations": lambda _: self.shop.reservations.delete_all(),
            "rename_sku": self.rename_sku,
            "place_order": self.place_order,
            "website": self.website,
            "stock": self.stock,
            "configure": self.configure,
            "version": self.version,
            "deadlock_next": self.deadlock_next,
            "reindex": self.reindex,
        }

    def reservations(self, wanted: Wanted) -> list[Any]:
        """All rows, or those of a ``sku``."""
        rows = self.shop.reservations.rows.values()
        shown = [row for row in rows if row.sku == wanted.get("sku", row.sku)]
        return list(msgspec.json.decode(encode(shown)))

    def append_reservation(self, wanted: Wanted) -> None:
        """Add a row, ``{"stock_id", "sku", "quantity"}``."""
        self.shop.reservations.append(
            _int(wanted, "stock_id"), _text(wanted, "sku"), _amount(wanted, "quantity"),
            "manual_compensation", order_id=None, number=str(wanted.get("order", "")),
        )  # fmt: skip

    def list_inconsistencies(self, _wanted: Wanted) -> list[str]:
        """As the vendor's command prints them: order, SKU, quantity and stock between colons."""
        return [
            f"{one['order']}:{one['sku']}:{one['quantity']:f}:{one['stock_id']}"
            for one in self.shop.reservations.inconsistencies()
        ]

    def create_compensations(self, wanted: Wanted) -> int:
        """Append what such lines say, ``{"lines": [...]}``; how many."""
        lines = wanted.get("lines", [])
        for line in lines:
            number, sku, amount, stock_id = str(line).rsplit(":", 3)
            self.shop.reservations.compensate(number, sku, Decimal(amount), int(stock_id))
        return len(lines)

    def rename_sku(self, wanted: Wanted) -> int:
        """Run the consumer that moves reservations to a new SKU, ``{"sku", "new_sku"}``."""
        return self.shop.reservations.rename(_text(wanted, "sku"), _text(wanted, "new_sku"))

    def place_order(self, wanted: Wanted) -> dict[str, Any]:
        """Order as the shop's own page does, bundles and configurables too.

        ``{"lines": [{"sku", "qty", "price"?, "children"?: [...], "type"?, "separately"?}],
        "store"?, "method"?, "shipping"?}``; answers the number and the id, or the refusal.
        """
        terms = placement.Terms(
            email=str(wanted.get("email", "guest@adobe.test")),
            method=str(wanted.get("method", "checkmo")),
            shipping=str(wanted.get("shipping", "freeshipping_freeshipping")),
            store=str(wanted.get("store", "default")),
        )
        try:
            order = placement.place(
                self.shop, [_wish(line) for line in wanted.get("lines", [])], terms
            )
        except Refusal as refusal:
            return {"refused": refusal.text}
        return {"id": order.entity_id, "number": order.increment_id}

    def website(self, wanted: Wanted) -> None:
        """Add a website with a store view, ``{"code", "store"}``."""
        self.shop.add_website(_text(wanted, "code"), _text(wanted, "store"))

    def stock(self, wanted: Wanted) -> None:
        """Add a stock under a number of one's own, ``{"stock_id", "name", "websites"}``."""
        self.shop.inventory.save_stock(
            _int(wanted, "stock_id"), _text(wanted, "name"), wanted.get("websites", [])
        )

    def configure(self, wanted: Wanted) -> None:
        """Change the configuration of stock: any field of it."""
        catalogue = self.shop.catalogue
        try:
            known = msgspec.to_builtins(catalogue.config)
            changed = msgspec.convert({**known, **wanted}, Config, strict=False)
        except msgspec.ValidationError as error:
            raise UsageError(f"configure: {error}") from None
        if set(wanted) - set(Config.__struct_fields__):
            raise UsageError(f"configure: one of {', '.join(Config.__struct_fields__)}")
        catalogue.reconfigured(changed)
        self.reindex({})

    def version(self, wanted: Wanted) -> None:
        """Become another release, ``{"version"}``."""
        version = wanted.get("version")
        if not isinstance(version, str) or version not in PROFILES:
            raise UsageError(f"version: one of {', '.join(PROFILES)}")
        shop = self.shop
        shop.profile = PROFILES[version]
        shop.settings = msgspec.structs.replace(
            shop.settings,
            version=version,
        )

    def deadlock_next(self, wanted: Wanted) -> None:
        """The next operations of a queue meet a deadlock, ``{"count"}``."""
        self.shop.queue.fail_next(_int(wanted, "count"))

    def reindex(self, _wanted: Wanted) -> None:
        """Rebuild the stock index of all stocks."""
        for stock in self.shop.inventory.stocks.rows.values():
            self.shop.index.rebuild(stock.stock_id)

    def inspect(self) -> dict[str, Any]:
        """Everything that the shop holds, reservations too."""
        shop = self.shop
        found: dict[str, Any] = {
            "sources": list(shop.inventory.sources.rows.values()),
            "stocks": list(shop.inventory.stocks.rows.values()),
            "links": list(shop.inventory.links.rows.values()),
            "source_items": list(shop.inventory.items.rows.values()),
            "reservations": list(shop.reservations.rows.values()),
            "index": {str(stock): list(rows.values()) for stock, rows in shop.index.rows.items()},
            "products": list(shop.catalogue.products.rows.values()),
            "orders": list(shop.orders.rows.values()),
            "shipments": list(shop.shipments.rows.values()),
            "invoices": list(shop.invoices.rows.values()),
            "creditmemos": list(shop.creditmemos.rows.values()),
            "bulks": [shop.queue.detailed(bulk) for bulk in shop.queue.bulks.values()],
            "cells": [
                {"sku": item.sku, "place": item.source_code, "on_hand": item.quantity,
                 "available": self._share(item.sku, item.source_code)}
                for item in shop.inventory.items.rows.values()
            ],
        }  # fmt: skip
        plain: dict[str, Any] = msgspec.json.decode(encode(found))
        return plain

    def _share(self, sku: str, source_code: str) -> Decimal:
        inventory = self.shop.inventory
        stock_id = inventory.selling(source_code)
        shares = inventory.shares(stock_id, sku) if stock_id is not None else {}
        return shares.get(source_code, Decimal(0))


def _wish(line: Mapping[str, Any]) -> placement.Wish:
    children = tuple([_wish(child) for child in line.get("children", ())])
    kind = str(line.get("type", "bundle" if children else "simple"))
    price = line.get("price")
    return placement.Wish(
        _text(line, "sku"), _amount(line, "qty"),
        Decimal(str(price)) if price is not None else None,
        children, kind, bool(line.get("separately", False)),
    )  # fmt: skip


def _text(wanted: Mapping[str, Any], name: str) -> str:
    value = wanted.get(name)
    if not isinstance(value, str) or not value:
        raise UsageError(f"adobe_commerce: {name} must be text, not {value!r}")
    return value


def _int(wanted: Mapping[str, Any], name: str) -> int:
    value = wanted.get(name)
    if not isinstance(value, int):
        raise UsageError(f"adobe_commerce: {name} must be a whole number, not {value!r}")
    return value


def _amount(wanted: Mapping[str, Any], name: str) -> Decimal:
    try:
        return Decimal(str(wanted.get(name)))
    except ArithmeticError:
        raise UsageError(f"adobe_commerce: {name} must be a number") from None
