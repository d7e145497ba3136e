"""Inventory entries: creating, the thirteen update actions, deleting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from peakproof_simulators.commercetools import custom, moments
from peakproof_simulators.commercetools.change import Change, changed
from peakproof_simulators.commercetools.errors import Refusal, duplicate, forbidden
from peakproof_simulators.commercetools.payloads import inventory as payload
from peakproof_simulators.commercetools.payloads import messages
from peakproof_simulators.commercetools.payloads.common import (
    Reference,
    ResourceIdentifier,
    UserProvidedIdentifiers,
)
from peakproof_simulators.commercetools.payloads.inventory import InventoryEntry
from peakproof_simulators.commercetools.state import Project, Rule

if TYPE_CHECKING:
    Entries = Change[InventoryEntry]


def create(
    project: Project, draft: payload.InventoryEntryDraft, *, cause: str = "write"
) -> Change[InventoryEntry]:
    """A new entry; unique by SKU and supply channel.

    Raises:
        Refusal: the pair or the key is taken, the channel is not there or supplies nothing.
    """
    channel = _supplier(project, draft.supply_channel)
    entry = InventoryEntry(
        **project.fresh(),
        sku=draft.sku,
        quantity_on_stock=draft.quantity_on_stock,
        available_quantity=draft.quantity_on_stock,
        key=draft.key,
        supply_channel=channel,
        min_cart_quantity=draft.min_cart_quantity,
        max_cart_quantity=draft.max_cart_quantity,
        restockable_in_days=draft.restockable_in_days,
        expected_delivery=moments.optional(draft.expected_delivery),
        reservation_expiration_in_minutes=draft.reservation_expiration_in_minutes,
        stock_levels=draft.stock_levels,
        custom=custom.drafted(project, "inventory-entry", draft.custom),
    )
    _check_limits(entry)
    _check_free(project, entry.sku, channel)
    if entry.key is not None and project.entries.one(("key",), entry.key) is not None:
        raise duplicate("key", entry.key)
    change = Change(None, entry)
    change.effect(lambda stored: project.stock.open(stored, cause=cause))
    change.say_whole(messages.InventoryEntryCreated, "inventory_entry")
    return change


def delete(project: Project, entry: InventoryEntry, version: int | None) -> None:
    """Take an entry away, with its stock."""
    kind = project.kinds["inventory-entry"]
    project.remove(kind, entry, version)
    project.stock.close(entry)
    fields = {"sku": entry.sku, "supply_channel": entry.supply_channel}
    project.say(kind, entry, messages.InventoryEntryDeleted, entry.version, fields)


def identifiers(entry: InventoryEntry) -> UserProvidedIdentifiers:
    """The names that users gave to an entry."""
    return UserProvidedIdentifiers(key=entry.key, sku=entry.sku)


def _supplier(project: Project, named: ResourceIdentifier | None) -> Reference | None:
    if named is None:
        return None
    channel: payload.Channel = project.resolve("channel", named)
    if "InventorySupply" not in channel.roles:
        raise Refusal(
            "InvalidInput",
            text=f"The channel '{channel.key}' does not have the role 'InventorySupply'.",
        )
    return project.supplying.setdefault(channel.id, Reference(type_id="channel", id=channel.id))


def _check_free(project: Project, sku: str, channel: Reference | None) -> None:
    if project.stock.at(sku, channel.id if channel else "") is not None:
        raise duplicate("sku", sku)


def _check_limits(entry: InventoryEntry) -> None:
    low, high = entry.min_cart_quantity, entry.max_cart_quantity
    if low is not None and high is not None and low > high:
        raise forbidden("'minCartQuantity' must not be greater than 'maxCartQuantity'.")


# --- update actions -------------------------------------------------------------------------


def _write(
    project: Project, entry: InventoryEntry, change: Entries, step: str, units: int
) -> InventoryEntry:
    on_stock, available = project.stock.readable(entry, step, units)
    cell = project.stock.by_entry[entry.id]
    unseen = step == "set" and cell.pending and project.settings.absolute_write_absorbs_lag
    if (on_stock, available) == (entry.quantity_on_stock, entry.available_quantity) and not unseen:
        return entry
    if not change.stock:
        change.effect(lambda stored: project.stock.written(stored, change.stock))
        change.last = lambda stored: _reached(project, change, stored)
    change.stock += ((step, units),)
    after = replace(entry, quantity_on_stock=on_stock, available_quantity=available)
    change.say(messages.InventoryEntryQuantitySet, **quantities(entry, after))
    return after


def quantities(before: InventoryEntry, after: InventoryEntry) -> dict[str, Any]:
    """What the message of a changed quantity says."""
    return {
        "old_quantity_on_stock": before.quantity_on_stock,
        "new_quantity_on_stock": after.quantity_on_stock,
        "old_available_quantity": before.available_quantity,
        "new_available_quantity": after.available_quantity,
        "sku": after.sku,
        "supply_channel": after.supply_channel,
    }


def _reached(project: Project, change: Entries, stored: InventoryEntry) -> None:
    assert change.before is not None
    project.stock.reached(change.before, stored)


def _add(
    project: Project,
    entry: InventoryEntry,
    action: payload.InventoryEntryAddQuantity,
    change: Entries,
) -> InventoryEntry:
    return _write(project, entry, change, "add", action.quantity)


def _remove(
    project: Project,
    entry: InventoryEntry,
    action: payload.InventoryEntryRemoveQuantity,
    change: Entries,
) -> InventoryEntry:
    return _write(project, entry, change, "add", -action.quantity)


def _change_quantity(
    project: Project,
    entry: InventoryEntry,
    action: payload.InventoryEntryChangeQuantity,
    change: Entries,
) -> InventoryEntry:
    return _write(project, entry, change, "set", action.quantity)


def _set_supply_channel(
    project: Project,
    entry: InventoryEntry,
    action: payload.InventoryEntrySetSupplyChannel,
    change: Entries,
) -> InventoryEntry:
    channel = _supplier(project, action.supply_channel)
    if channel == entry.supply_channel:
        return entry
    _check_free(project, entry.sku, channel)
    change.effect(project.stock.moved)
    return replace(entry, supply_channel=channel)


def _set_key(
    project: Project, entry: InventoryEntry, action: payload.InventoryEntrySetKey, _: Entries
) -> InventoryEntry:
    if action.key == entry.key:
        return entry
    if action.key is not None and project.entries.one(("key",), action.key) is not None:
        raise duplicate("key", action.key)
    return replace(entry, key=action.key)


def _set_restockable(
    _: Project,
    entry: InventoryEntry,
    action: payload.InventoryEntrySetRestockableInDays,
    __: Entries,
) -> InventoryEntry:
    return changed(entry, restockable_in_days=action.restockable_in_days)


def _set_expected(
    _: Project,
    entry: InventoryEntry,
    action: payload.InventoryEntrySetExpectedDelivery,
    __: Entries,
) -> InventoryEntry:
    return changed(entry, expected_delivery=moments.optional(action.expected_delivery))


def _set_limits(
    _: Project, entry: InventoryEntry, action: payload.InventoryEntrySetInventoryLimits, __: Entries
) -> InventoryEntry:
    after = changed(
        entry,
        min_cart_quantity=action.min_cart_quantity,
        max_cart_quantity=action.max_cart_quantity,
    )
    _check_limits(after)
    return after


def _set_reorder_point(
    _: Project, entry: InventoryEntry, action: payload.InventoryEntrySetReorderPoint, __: Entries
) -> InventoryEntry:
    levels = entry.stock_levels or payload.InventoryEntryStockLevels()
    return changed(entry, stock_levels=_levels(replace(levels, reorder_point=action.quantity)))


def _set_safety_stock(
    _: Project, entry: InventoryEntry, action: payload.InventoryEntrySetSafetyStock, __: Entries
) -> InventoryEntry:
    levels = entry.stock_levels or payload.InventoryEntryStockLevels()
    return changed(entry, stock_levels=_levels(replace(levels, safety_stock=action.quantity)))


def _levels(
    levels: payload.InventoryEntryStockLevels,
) -> payload.InventoryEntryStockLevels | None:
    if levels.reorder_point is None and levels.safety_stock is None:
        return None
    return levels


def _set_expiration(
    _: Project,
    entry: InventoryEntry,
    action: payload.InventoryEntrySetReservationExpirationInMinutes,
    change: Entries,
) -> InventoryEntry:
    old, new = entry.reservation_expiration_in_minutes, action.reservation_expiration_in_minutes
    if old == new:
        return entry
    change.say(
        messages.InventoryEntryReservationExpirationInMinutesSet,
        new_reservation_expiration_in_minutes=new,
        old_reservation_expiration_in_minutes=old,
    )
    return replace(entry, reservation_expiration_in_minutes=new)


RULES: Final[dict[type[Any], Rule]] = {
    payload.InventoryEntryAddQuantity: _add,
    payload.InventoryEntryRemoveQuantity: _remove,
    payload.InventoryEntryChangeQuantity: _change_quantity,
    payload.InventoryEntrySetRestockableInDays: _set_restockable,
    payload.InventoryEntrySetExpectedDelivery: _set_expected,
    payload.InventoryEntrySetSupplyChannel: _set_supply_channel,
    payload.InventoryEntrySetKey: _set_key,
    payload.InventoryEntrySetCustomField: custom.field_rule,
    payload.InventoryEntrySetCustomType: custom.type_rule("inventory-entry"),
    payload.InventoryEntrySetInventoryLimits: _set_limits,
    payload.InventoryEntrySetReorderPoint: _set_reorder_point,
    payload.InventoryEntrySetSafetyStock: _set_safety_stock,
    payload.InventoryEntrySetReservationExpirationInMinutes: _set_expiration,
}
