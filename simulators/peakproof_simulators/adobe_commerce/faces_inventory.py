"""The operations of sources, stocks, links and source items."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import msgspec

from peakproof_simulators.adobe_commerce.asking import Asked
from peakproof_simulators.adobe_commerce.decimals import LARGEST_QUANTITY
from peakproof_simulators.adobe_commerce.errors import Refusal, Said, invalid, refuse
from peakproof_simulators.adobe_commerce.inventory import DEFAULT, DEFAULT_STOCK
from peakproof_simulators.adobe_commerce.payloads.inventory import (
    LinkDraft,
    LowQuantity,
    Source,
    SourceDraft,
    SourceItemDraft,
    Stock,
    StockDraft,
)
from peakproof_simulators.adobe_commerce.search import Found, fold

if TYPE_CHECKING:
    from peakproof_simulators.adobe_commerce.state import Shop

_EMPTY: Final = '"%field" can not be empty.'
_NUMERIC: Final = '"%field" should be numeric.'
_SPACES: Final = '"%field" can not contain leading or trailing spaces.'
_WHITE: Final = '"%field" can not contain whitespaces.'
_STATUS: Final = '"%field" should a known status.'
_DEFAULT_LINK: Final = "Can not save link related to Default Source or Default Stock"
_SHOWN_KEYS: Final = 500


def list_sources(shop: Shop, asked: Asked) -> Found:
    """Search the sources."""
    return shop.inventory.sources.find(asked.criteria(shop), shop.settings)


def get_source(shop: Shop, asked: Asked) -> Source:
    """One source."""
    source = shop.inventory.source(asked.params["sourceCode"])
    if source is None:
        raise refuse("no_source", {"value": asked.params["sourceCode"]})
    return source


def save_source(shop: Shop, asked: Asked) -> list[Any]:
    """Create a source, or change what is sent of one."""
    draft: SourceDraft = asked.input.source
    code = asked.params.get("sourceCode") or draft.source_code or ""
    errors = _source_errors(draft, code)
    if errors:
        raise invalid(errors)
    known = shop.inventory.source(code)
    if fold(code) == DEFAULT and draft.enabled is False:
        raise invalid([Said("Default source can not be disabled.")])
    changes = {
        name: value for name in draft.__struct_fields__
        if name != "source_code" and (value := getattr(draft, name)) is not None
    }  # fmt: skip
    if known is None:
        made = Source(source_code=code, **{"enabled": True, **changes})
    else:
        made = msgspec.structs.replace(known, **changes)
    shop.inventory.save_source(made)
    return []


def _source_errors(draft: SourceDraft, code: str) -> list[Said]:
    given = {
        "source_code": code, "name": draft.name, "postcode": draft.postcode,
        "country_id": draft.country_id,
    }  # fmt: skip
    errors = [
        Said(_EMPTY, {"field": name})
        for name, value in given.items() if not (value or "").strip()
    ]  # fmt: skip
    if code and any(letter.isspace() for letter in code):
        errors.append(Said(_WHITE, {"field": "source_code"}))
    return errors


def sources_of_stock(shop: Shop, asked: Asked) -> list[Source]:
    """The sources of a stock by priority."""
    return list(shop.inventory.ranked(asked.id("stockId")))


def list_stocks(shop: Shop, asked: Asked) -> Found:
    """Search the stocks."""
    return shop.inventory.stocks.find(asked.criteria(shop), shop.settings)


def get_stock(shop: Shop, asked: Asked) -> Stock:
    """One stock."""
    stock_id = asked.id("stockId")
    stock = shop.inventory.stocks.rows.get(stock_id)
    if stock is None:
        raise refuse("no_stock", {"value": stock_id})
    return stock


def save_stock(shop: Shop, asked: Asked) -> int:
    """Create a stock, or change what is sent of one."""
    draft: StockDraft = asked.input.stock
    inventory = shop.inventory
    known = get_stock(shop, asked) if "stockId" in asked.params else None
    name = draft.name or (known.name if known is not None else "")
    if not name.strip():
        raise invalid([Said(_EMPTY, {"field": "name"})])
    if known is None and draft.stock_id is not None:
        known = inventory.stocks.rows.get(draft.stock_id)
    channels = [one.code for one in known.extension_attributes.sales_channels] if known else []
    if draft.extension_attributes is not None:
        channels = [one.code for one in draft.extension_attributes.sales_channels]
        for code in channels:
            if code not in shop.websites:
                raise invalid([Said('The website with code "%code" does not exist.',
                                    {"code": code})])  # fmt: skip
    stock_id = known.stock_id if known is not None else _free(shop)
    inventory.save_stock(stock_id, name, channels)
    return stock_id


def _free(shop: Shop) -> int:
    return max(int(stock.stock_id) for stock in shop.inventory.stocks.rows.values()) + 1


def delete_stock(shop: Shop, asked: Asked) -> list[Any]:
    """Delete a stock that nothing is sold from."""
    stock = get_stock(shop, asked)
    if stock.stock_id == DEFAULT_STOCK:
        raise refuse("default_stock_stays")
    if stock.extension_attributes.sales_channels:
        raise refuse("stock_has_channel")
    for link in list(shop.inventory.links.having("stock_id", stock.stock_id).values()):
        shop.inventory.unlink(link.stock_id, link.source_code)
    shop.inventory.stocks.remove(stock.stock_id)
    return []


def list_links(shop: Shop, asked: Asked) -> Found:
    """Search the links."""
    return shop.inventory.links.find(asked.criteria(shop), shop.settings)


def save_links(shop: Shop, asked: Asked) -> list[Any]:
    """Link sources to stocks; all or none."""
    links: list[LinkDraft] = asked.input.links
    if not links:
        raise refuse("empty_input")
    errors: list[Said] = []
    for link in links:
        if not link.source_code:
            errors.append(Said(_EMPTY, {"field": "source_code"}))
        elif link.stock_id is None:
            errors.append(Said(_NUMERIC, {"field": "stock_id"}))
        elif link.priority is None:
            errors.append(Said(_NUMERIC, {"field": "priority"}))
        elif (fold(link.source_code) == DEFAULT) or link.stock_id == DEFAULT_STOCK:
            errors.append(Said(_DEFAULT_LINK))
    if errors:
        raise invalid(errors)
    inventory = shop.inventory
    for link in links:
        if inventory.source(link.source_code or "") is None or (
            link.stock_id not in inventory.stocks.rows
        ):
            raise Refusal(400, "Could not save StockSourceLinks")
    for link in links:
        source = inventory.source(link.source_code or "")
        assert source is not None
        inventory.link(link.stock_id or 0, source.source_code, link.priority or 0)
    return []


def delete_links(shop: Shop, asked: Asked) -> list[Any]:
    """Unlink sources from stocks."""
    links: list[LinkDraft] = asked.input.links
    if not links:
        raise refuse("empty_input")
    for link in links:
        if link.stock_id == DEFAULT_STOCK or fold(link.source_code or "") == DEFAULT:
            raise invalid([Said(_DEFAULT_LINK)])
    for link in links:
        shop.inventory.unlink(link.stock_id or 0, link.source_code or "")
    return []


# --- source items ---------------------------------------------------------------------------


def list_items(shop: Shop, asked: Asked) -> Found:
    """Search the source items."""
    found = shop.inventory.items.find(asked.criteria(shop), shop.settings, stale_s=asked.stale_s)
    asked.keys.extend(f"stock:{item.sku}@{item.source_code}" for item in found.items[:_SHOWN_KEYS])
    return found


def save_items(shop: Shop, asked: Asked) -> list[Any]:
    """Set source items: absolute, all or none, reservations stay as they are."""
    items: list[SourceItemDraft] = asked.input.source_items
    if not items:
        raise refuse("empty_input")
    errors = [error for item in items for error in _item_errors(item)]
    if errors:
        raise invalid(errors, first=True)
    for item in items:
        assert item.quantity is not None
        if shop.inventory.source(item.source_code or "") is None:
            raise refuse("source_item_not_saved", why=f"no source {item.source_code}")
        if abs(item.quantity) > LARGEST_QUANTITY:
            raise refuse("source_item_not_saved", why="quantity is out of range")
    for item in items:
        assert item.sku is not None
        assert item.source_code is not None
        shop.inventory.put(
            item.sku, item.source_code, item.quantity or Decimal(0), item.status or 0,
            cause="write",
        )  # fmt: skip
        asked.keys.append(f"stock:{item.sku}@{item.source_code}")
    return []


def _item_errors(item: SourceItemDraft) -> list[Said]:
    errors: list[Said] = []
    sku, code = item.sku or "", item.source_code or ""
    if not sku.strip():
        errors.append(Said(_EMPTY, {"field": "sku"}))
    elif sku != sku.strip():
        errors.append(Said(_SPACES, {"field": "sku"}))
    if not code.strip():
        errors.append(Said(_EMPTY, {"field": "source_code"}))
    elif any(letter.isspace() for letter in code):
        errors.append(Said(_WHITE, {"field": "source_code"}))
    if item.quantity is None:
        errors.append(Said(_NUMERIC, {"field": "quantity"}))
    if item.status is None:
        errors.append(Said(_NUMERIC, {"field": "status"}))
    elif item.status not in (0, 1):
        errors.append(Said(_STATUS, {"field": "status"}))
    return errors


def delete_items(shop: Shop, asked: Asked) -> list[Any]:
    """Delete source items; those that are not there are passed over."""
    items: list[SourceItemDraft] = asked.input.source_items
    if not items:
        raise refuse("empty_input")
    for item in items:
        shop.inventory.drop(item.sku or "", item.source_code or "")
        asked.keys.append(f"stock:{item.sku}@{item.source_code}")
    return []


# --- many at once ---------------------------------------------------------------------------


def assign(shop: Shop, asked: Asked) -> int:
    """Give SKUs empty source items; how many are new."""
    inventory, count = shop.inventory, 0
    _known_sources(shop, asked.input.source_codes)
    for sku in asked.input.skus:
        for code in asked.input.source_codes:
            if inventory.item(sku, code) is None:
                inventory.put(sku, code, Decimal(0), 0, cause="write")
                count += 1
    return count


def unassign(shop: Shop, asked: Asked) -> int:
    """Take source items away from SKUs; how many."""
    inventory, count = shop.inventory, 0
    _known_sources(shop, asked.input.source_codes)
    for sku in asked.input.skus:
        for code in asked.input.source_codes:
            if inventory.item(sku, code) is not None:
                inventory.drop(sku, code)
                count += 1
    return count


def _known_sources(shop: Shop, codes: list[str]) -> None:
    for code in codes:
        if shop.inventory.source(code) is None:
            raise invalid([Said("Source %sourceCode does not exist", {"sourceCode": code})])


def transfer(shop: Shop, asked: Asked) -> bool:
    """Move all stock of SKUs to another source."""
    wanted = asked.input
    _known_sources(shop, [wanted.origin_source, wanted.destination_source])
    if fold(wanted.origin_source) == fold(wanted.destination_source):
        raise invalid([Said("Cannot transfer a source on itself")])
    for sku in wanted.skus:
        item = shop.inventory.item(sku, wanted.origin_source)
        if item is None:
            continue
        _arrive(shop, sku, wanted.destination_source, item.quantity, item.status)
        if wanted.unassign_from_origin:
            shop.inventory.drop(sku, wanted.origin_source)
        else:
            shop.inventory.put(sku, wanted.origin_source, Decimal(0), 0, cause="transfer")
    return True


def transfer_partially(shop: Shop, asked: Asked) -> list[Any]:
    """Move some units to another source; all or none."""
    wanted = asked.input
    _known_sources(shop, [wanted.origin_source_code, wanted.destination_source_code])
    leaving: dict[str, Decimal] = {}
    for each in wanted.items:
        item = shop.inventory.item(each.sku, wanted.origin_source_code)
        mark = fold(each.sku)
        leaving[mark] = leaving.get(mark, Decimal(0)) + each.qty
        if item is None or item.quantity < leaving[mark] or each.qty <= 0:
            raise refuse("transfer_quantity", {"sku": each.sku,
                                               "source": wanted.origin_source_code})  # fmt: skip
    for each in wanted.items:
        item = shop.inventory.item(each.sku, wanted.origin_source_code)
        assert item is not None
        shop.inventory.take(each.sku, item.source_code, each.qty, cause="transfer", ref="")
        _arrive(shop, each.sku, wanted.destination_source_code, each.qty, 1)
    return []


def _arrive(shop: Shop, sku: str, code: str, amount: Decimal, status: int) -> None:
    known = shop.inventory.item(sku, code)
    had = known.quantity if known is not None else Decimal(0)
    flag = max(status, known.status if known is not None else 0)
    shop.inventory.put(sku, code, had + amount, flag, cause="transfer")


def get_low(shop: Shop, asked: Asked) -> LowQuantity:
    """From which quantity on somebody is told."""
    sku, code = asked.params["sku"], asked.params["sourceCode"]
    item = shop.inventory.item(sku, code)
    if item is None:
        raise refuse("wrong_input")
    amount = shop.inventory.low.get((fold(sku), fold(code)), shop.catalogue.rules(sku).notify)
    return LowQuantity(source_code=item.source_code, sku=item.sku, notify_stock_qty=amount)


def save_low(shop: Shop, asked: Asked) -> list[Any]:
    """Set from which quantity on somebody is told."""
    wanted = asked.input.source_item_configurations
    if not wanted:
        raise refuse("empty_input")
    for each in wanted:
        cell = (fold(each.sku), fold(each.source_code))
        if each.notify_stock_qty is None:
            shop.inventory.low.pop(cell, None)
        else:
            shop.inventory.low[cell] = each.notify_stock_qty
    return []


def delete_low(shop: Shop, asked: Asked) -> list[Any]:
    """Let the shop's own limit hold again."""
    if not asked.input.source_items:
        raise refuse("empty_input")
    for each in asked.input.source_items:
        shop.inventory.low.pop((fold(each.sku), fold(each.source_code)), None)
    return []
