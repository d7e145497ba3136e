"""``ReserveOnCart``: units that a cart's lines hold before they are ordered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from msgspec.structs import replace

from peakproof_simulators.commercetools import moments
from peakproof_simulators.commercetools.change import Change
from peakproof_simulators.commercetools.errors import forbidden
from peakproof_simulators.commercetools.lines import mode_of
from peakproof_simulators.commercetools.payloads.carts import Cart, CartWarning
from peakproof_simulators.commercetools.payloads.common import Reference
from peakproof_simulators.commercetools.payloads.inventory import Reservation
from peakproof_simulators.commercetools.payloads.lines import LineItem
from peakproof_simulators.commercetools.state import Project
from peakproof_simulators.commercetools.stock import ACTIVE, Cell, reservation_reference


def check_configured(project: Project, mode: str | None) -> None:
    """``ReserveOnCart`` needs the project's expiration time.

    Raises:
        Refusal: it is not configured.
    """
    if mode == "ReserveOnCart" and project.settings.reservation_expiration_min == 0:
        raise forbidden(
            "The inventory mode 'ReserveOnCart' needs 'reservationExpirationInMinutes' to be set "
            "on the project."
        )


def held(project: Project, line: LineItem) -> Reservation | None:
    """The reservation of a line, as long as it holds something."""
    if line.reservation is None:
        return None
    found = project.reservations.get(line.reservation.id)
    return found if found is not None and found.state in ACTIVE else None


def arrange(project: Project, cart: Cart, line: LineItem, change: Change[Cart]) -> LineItem:
    """The line with the reservation that its mode and quantity ask for.

    What cannot be had is a warning on the answer, not an error; the line keeps what it holds.
    """
    if mode_of(cart, line) != "ReserveOnCart":
        return let_go(project, line, change)
    sku = line.variant.sku or ""
    channel_id = line.supply_channel.id if line.supply_channel is not None else ""
    cell = project.stock.at(sku, channel_id)
    known = _planned(project, line, change)
    if known is not None and cell is not None and known.inventory_entry.id != cell.entry_id:
        line = let_go(project, line, change)
        known = None
    before = known.quantity if known is not None else 0
    more = line.quantity - before
    if more == 0:
        return line
    if cell is None or cell.available - change.holding.held.get(cell.entry_id, 0) < more:
        change.holding.warnings.append(_warning(line, sku, channel_id, before, known is not None))
        return line
    reservation = _reservation(project, cart, line, cell, known)
    if not change.holding.staged:
        change.effect(lambda _: _carry_out(project, change))
        change.checks.append(lambda: _check_still(change))
    change.holding.held[cell.entry_id] = change.holding.held.get(cell.entry_id, 0) + more
    change.holding.staged[line.id] = (cell, reservation)
    return replace(line, reservation=reservation_reference(reservation.id))


def let_go(project: Project, line: LineItem, change: Change[Cart]) -> LineItem:
    """The line without its reservation."""
    if line.reservation is None:
        return line
    known = held(project, line)
    staged = change.holding.staged.get(line.id)
    if staged is not None:
        cell, reservation = staged
        before = known.quantity if known is not None else 0
        change.holding.held[cell.entry_id] -= reservation.quantity - before
        change.holding.staged[line.id] = None
    if known is not None:
        change.effect(lambda _: project.stock.release(known.id, "Released"))
    return replace(line, reservation=None)


def _planned(project: Project, line: LineItem, change: Change[Cart]) -> Reservation | None:
    """What a line will hold when the change so far is carried out."""
    staged = change.holding.staged.get(line.id)
    if staged is not None:
        planned: Reservation = staged[1]
        return planned
    return held(project, line)


def _carry_out(project: Project, change: Change[Cart]) -> None:
    for staged in change.holding.staged.values():
        if staged is not None:
            cell, reservation = staged
            project.stock.reserve(cell, reservation)


def prolong(project: Project, cart: Cart, minutes: int, change: Change[Cart]) -> None:
    """Give all reservations of a cart a new expiry; warn about those that cannot have one."""
    for line in cart.line_items:
        if mode_of(cart, line) != "ReserveOnCart":
            continue
        known = held(project, line)
        if known is None:
            change.holding.warnings.append(
                CartWarning(
                    code="CannotChangeReservationExpiry",
                    message=f"The reservation expiration for line item {line.id} cannot be "
                    "changed.",
                    line_item_id=line.id,
                )
            )
            continue
        after = replace(
            known,
            version=known.version + 1,
            expires_at=_expiry(project, minutes),
            last_modified_at=project.stamp(),
        )
        change.effect(_keeping(project, after))


def _keeping(project: Project, reservation: Reservation) -> Callable[[Cart], None]:
    def keep(_: Cart) -> None:
        project.reservations[reservation.id] = reservation
        project.stock.watch(reservation)

    return keep


def _expiry(project: Project, minutes: int) -> str:
    return moments.text(project.world.clock.date() + timedelta(minutes=minutes))


def _reservation(
    project: Project, cart: Cart, line: LineItem, cell: Cell, known: Reservation | None
) -> Reservation:
    entry = project.entries.by_id[cell.entry_id]
    minutes = entry.reservation_expiration_in_minutes or project.settings.reservation_expiration_min
    if known is not None:
        return replace(
            known,
            version=known.version + 1,
            quantity=line.quantity,
            state="Updated",
            last_modified_at=project.stamp(),
        )
    return Reservation(
        **project.fresh(),
        expires_at=_expiry(project, minutes),
        inventory_entry=Reference(type_id="inventory-entry", id=entry.id),
        quantity=line.quantity,
        owner=Reference(type_id="cart", id=cart.id),
        line_item_id=line.id,
        state="Created",
    )


def _check_still(change: Change[Cart]) -> None:
    for staged in change.holding.staged.values():
        if staged is not None and staged[0].available < change.holding.held[staged[0].entry_id]:
            raise forbidden("The stock was taken by somebody else in the meantime.")


def _warning(
    line: LineItem, sku: str, channel_id: str, reserved: int, updating: bool
) -> CartWarning:
    where = channel_id or "none"
    if updating:
        return CartWarning(
            code="CannotUpdateReservation",
            message=f"Failed to update the reservation for line item {line.id} (Product ID: "
            f"{line.product_id}, SKU: {sku}, Supply Channel: {where}) to a quantity of "
            f"{line.quantity}. The reserved amount is still {reserved}.",
            line_item_id=line.id,
            requested_quantity=line.quantity,
            reserved_quantity=reserved,
            product_id=line.product_id,
            sku=sku,
            supply_channel=channel_id or None,
        )
    return CartWarning(
        code="CannotCreateReservation",
        message=f"Failed to create a reservation for product {line.product_id} (SKU: {sku}, "
        f"Supply Channel: {where}) with quantity {line.quantity}.",
        product_id=line.product_id,
        sku=sku,
        supply_channel=channel_id or None,
        quantity=line.quantity,
    )
