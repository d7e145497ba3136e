"""A fake Deposco: one warehouse, two faces (V1 ``/integration/{code}``, V2 ``/latest``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from peakproof_simulators.deposco import documents
from peakproof_simulators.deposco.controls import make_controls
from peakproof_simulators.deposco.roles import DeposcoFloor
from peakproof_simulators.deposco.settings import read_settings
from peakproof_simulators.deposco.state import Deposco
from peakproof_simulators.deposco.tenancy import SCOPES
from peakproof_simulators.deposco.v1.operations import OPERATIONS as V1
from peakproof_simulators.deposco.v2.house_operations import OPERATIONS as V2_HOUSE
from peakproof_simulators.deposco.v2.operations import OPERATIONS as V2
from peakproof_simulators.deposco.v2.order_operations import OPERATIONS as V2_ORDERS
from peakproof_simulators.kit.service import VendorService

if TYPE_CHECKING:
    from peakproof.world import World

SECURITY: Final[dict[str, dict[str, Any]]] = {
    "basic": {"type": "http", "scheme": "basic"},
    "oauth2": {
        "type": "oauth2",
        "flows": {
            "clientCredentials": {
                "tokenUrl": "/oauth2/token",
                "scopes": {scope: scope for scope in SCOPES},
            }
        },
    },
}


class DeposcoService(VendorService):
    """The fake behind its two tables."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document of both faces."""
        return documents.corrected(super().openapi())


def create_service(world: World, settings: Mapping[str, object]) -> DeposcoService:
    """A tenant of its own, empty until it is seeded.

    Raises:
        peakproof.errors.UsageError: a setting does not exist or does not fit.
    """
    store = Deposco(world, read_settings(settings))
    floor = DeposcoFloor(store)
    return DeposcoService(
        name="deposco",
        title="Deposco (fake)",
        world=world,
        state=store,
        vendor=store.tenancy,
        operations=(*V1, *V2, *V2_ORDERS, *V2_HOUSE),
        inspect=store.inspect,
        seed=store.seed,
        credentials=store.tenancy.credentials,
        roles={"floor": floor},
        security=SECURITY,
        controls=make_controls(store, floor),
        hosts=("*.deposco.com",),
    )
