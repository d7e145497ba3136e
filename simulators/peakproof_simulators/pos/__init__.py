"""A fake point of sale: neutral tills, stock and sales behind the face of Square's API v2."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from peakproof_simulators.kit.service import VendorService
from peakproof_simulators.pos.controls import controls
from peakproof_simulators.pos.inspection import inspection
from peakproof_simulators.pos.roles import TillStaff
from peakproof_simulators.pos.settings import read_settings
from peakproof_simulators.pos.square.notices import Notices
from peakproof_simulators.pos.square.operations import OPERATIONS
from peakproof_simulators.pos.square.surface import Square
from peakproof_simulators.pos.square.vendor import SquareVendor
from peakproof_simulators.pos.state import SYSTEM, PointOfSale

if TYPE_CHECKING:
    from peakproof.world import World


def create_service(world: World, settings: Mapping[str, object]) -> VendorService:
    """A point of sale for one run.

    Raises:
        ScenarioError: a setting is unknown or does not fit.
    """
    profile = read_settings(settings)
    credentials = _credentials(world, profile.credentials)
    pos = PointOfSale(world, profile)
    square = Square(pos, profile, credentials)
    square.notices = Notices(square)
    pos.watcher = square.notices
    return VendorService(
        name=SYSTEM,
        title="Point of sale (Square API v2)",
        world=world,
        state=square,
        vendor=SquareVendor(square),
        operations=OPERATIONS,
        inspect=lambda: inspection(pos),
        seed=pos.seed,
        credentials=credentials,
        roles={"tills": TillStaff(pos)},
        security={"default": {"type": "http", "scheme": "bearer"}},
        controls=controls(pos),
    )


def _credentials(world: World, fixed: Mapping[str, str]) -> dict[str, str]:
    """Credentials drawn from the seed, those that are fixed laid over them."""
    ids = world.ids(SYSTEM, "credentials")
    return {
        "access_token": f"EAAA{ids.token(48)}",
        "merchant_id": ids.token(13),
        "client_id": f"sq0idp-{ids.token(22)}",
        "client_secret": f"sq0csp-{ids.token(43)}",
        "refresh_token": f"EQAA{ids.token(48)}",
        **fixed,
    }
