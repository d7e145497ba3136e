"""A fake Adobe Commerce shop: sources, stocks, reservations, carts, orders and their documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec

from peakproof_simulators.adobe_commerce.controls import Controls
from peakproof_simulators.adobe_commerce.filling import Filler
from peakproof_simulators.adobe_commerce.roles import Storefront
from peakproof_simulators.adobe_commerce.settings import read
from peakproof_simulators.adobe_commerce.state import Shop
from peakproof_simulators.adobe_commerce.table_shop import table
from peakproof_simulators.adobe_commerce.vendor import AdobeCommerce, Service

if TYPE_CHECKING:
    from peakproof.world import World

SECURITY: Final[dict[str, dict[str, Any]]] = {"bearer": {"type": "http", "scheme": "bearer"}}


def create_service(world: World, settings: Mapping[str, object]) -> Service:
    """An Adobe Commerce shop behind its REST face.

    Raises:
        ScenarioError: a setting is wrong.
    """
    shop = Shop(world, read(settings))
    controls = Controls(shop)
    held: dict[str, str] = msgspec.structs.asdict(shop.door.held)
    return Service(
        name="adobe_commerce",
        title="Adobe Commerce REST API (what peakproof models)",
        world=world,
        state=shop,
        vendor=AdobeCommerce(shop),
        operations=table(),
        inspect=controls.inspect,
        seed=Filler(shop).fill,
        credentials={"store": "default", **held},
        roles={"storefront": Storefront(shop)},
        security=SECURITY,
        controls=controls.by_name(),
    )
