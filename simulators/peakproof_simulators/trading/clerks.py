"""What a storefront's people do with single orders: hold them, let them go, look them through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakproof.errors import ScenarioError
from peakproof_simulators.trading.act_tables import OrderTarget
from peakproof_simulators.trading.events import kind
from peakproof_simulators.trading.ports import Clerks

if TYPE_CHECKING:
    from peakproof_simulators.trading.day import Day


def _checked(day: Day, _event: OrderTarget) -> None:
    for shoppers in day.shoppers:
        if not isinstance(shoppers.storefront, Clerks):
            raise ScenarioError(f"event: the storefront of {shoppers.channel.id} knows no holds")


def _clerks(day: Day, event: OrderTarget) -> tuple[Clerks, str] | None:
    """Who looks after the order that an event aims at, and its number."""
    bought = day.bought(event.order)
    if bought is None:
        return None
    storefront = day.shoppers_of(bought.channel).storefront
    assert isinstance(storefront, Clerks)
    return storefront, bought.order


@kind("hold", OrderTarget, check=_checked)
def hold(day: Day, event: OrderTarget) -> bool:
    """An order is put on hold in the storefront, to be looked into."""
    found = _clerks(day, event)
    with day.stage.world.acting("staff"):
        return found is not None and found[0].hold(found[1], on=True)


@kind("lift", OrderTarget, check=_checked)
def lift(day: Day, event: OrderTarget) -> bool:
    """The hold on an order is lifted."""
    found = _clerks(day, event)
    with day.stage.world.acting("staff"):
        return found is not None and found[0].hold(found[1], on=False)


@kind("validate", OrderTarget, check=_checked)
def validate(day: Day, event: OrderTarget) -> bool:
    """A clerk has looked an order through: it may go to the warehouse."""
    found = _clerks(day, event)
    with day.stage.world.acting("staff"):
        return found is not None and found[0].validate(found[1])
