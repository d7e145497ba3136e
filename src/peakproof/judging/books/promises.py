"""What becomes of the promises in an order: taken on by a warehouse, cut, shipped, withdrawn.

A promise may be served from any node of its mask until a warehouse order holds units of it; then
those come from that warehouse's node.
"""

from __future__ import annotations

from peakproof.judging.books.papers import Order, Promise
from peakproof.judging.books.stock import StockBook


def hold(stock: StockBook, order: Order, sku: str, units: int, mask: int) -> None:
    """A warehouse order takes units on: they will come from the node of ``mask``."""
    for promise in _of(order, sku):
        if promise.held and promise.held_mask != mask:
            continue
        taken = min(units, promise.open - promise.held)
        if taken > 0:
            promise.held_mask = mask
            promise.held += taken
            units -= taken
            if mask != promise.mask:
                stock.commit(promise.sku, promise.mask, -taken)
                stock.commit(promise.sku, mask, taken)


def unhold(stock: StockBook, order: Order, sku: str, units: int, mask: int) -> None:
    """A warehouse order lets go of units: they may come from anywhere again."""
    for promise in _of(order, sku):
        back = min(units, promise.held)
        if back > 0 and promise.held_mask == mask:
            promise.held -= back
            units -= back
            if mask != promise.mask:
                stock.commit(promise.sku, mask, -back)
                stock.commit(promise.sku, promise.mask, back)


def end(stock: StockBook, order: Order, sku: str, units: int, *, node: int) -> int:
    """End promises of a SKU: shipped from a node, or (``node`` below 0) withdrawn.

    A parcel ends what its node held, a withdrawal what nobody held, before anything else.
    Returns how many units ended.
    """
    mine = [promise for promise in _of(order, sku) if promise.open]
    if node >= 0 and len(mine) > 1:
        mine.sort(key=lambda promise: not promise.held_mask >> node & 1)
    ended = 0
    for promise in mine:
        here = min(units - ended, promise.open)
        if here <= 0:
            break
        free = promise.open - promise.held
        held = min(promise.held, here if node >= 0 else max(0, here - free))
        promise.open -= here
        promise.held -= held
        ended += here
        if held:
            stock.commit(promise.sku, promise.held_mask, -held)
        if here > held:
            stock.commit(promise.sku, promise.mask, held - here)
        stock.release(promise.sku, promise.mask, here)
    order.open_units -= ended
    return ended


def reopen(stock: StockBook, order: Order, sku: str, units: int) -> None:
    """A parcel came back: its units are owed again."""
    for promise in _of(order, sku)[:1]:
        promise.open += units
        order.open_units += units
        stock.promise(promise.sku, promise.mask, units)


def _of(order: Order, sku: str) -> list[Promise]:
    return [promise for promise in order.promises if promise.sku.sku == sku]
