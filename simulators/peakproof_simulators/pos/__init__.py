"""A fake point of sale: neutral tills, stock and sales behind the face of one vendor, or of two.

The setting ``surface`` says which: Square's API v2 (``square``), Lightspeed Retail X-Series
(``lightspeed``), or both at once over the same books (``both``; their paths do not overlap). It
is a setting because a connector is written for one vendor: it should get that vendor's refusal
for everything else, and one document should describe one API.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from peakproof_simulators.kit.operations import Operation
from peakproof_simulators.kit.service import Vendor, VendorService
from peakproof_simulators.pos.controls import controls
from peakproof_simulators.pos.dispatch import Dispatch
from peakproof_simulators.pos.inspection import inspection
from peakproof_simulators.pos.lightspeed import service as lightspeed
from peakproof_simulators.pos.lightspeed.changes import Both
from peakproof_simulators.pos.lightspeed.surface import Lightspeed
from peakproof_simulators.pos.lightspeed.vendor import LightspeedVendor
from peakproof_simulators.pos.roles import StoreFloor, TillStaff
from peakproof_simulators.pos.settings import Settings, read_settings
from peakproof_simulators.pos.square.notices import Notices
from peakproof_simulators.pos.square.operations import OPERATIONS
from peakproof_simulators.pos.square.surface import Square
from peakproof_simulators.pos.square.vendor import SquareVendor
from peakproof_simulators.pos.state import SYSTEM, PointOfSale

if TYPE_CHECKING:
    from peakproof.world import World

_SQUARE_HOSTS: Final = ("connect.squareup.com", "connect.squareupsandbox.com")
_HOSTS: Final = {
    "square": _SQUARE_HOSTS,
    "lightspeed": lightspeed.HOSTS,
    "both": (*_SQUARE_HOSTS, *lightspeed.HOSTS),
}
_TITLES: Final = {
    "square": "Point of sale (Square API v2)",
    "lightspeed": lightspeed.TITLE,
    "both": f"Point of sale (Square API v2); {lightspeed.TITLE}",
}


def create_service(world: World, settings: Mapping[str, object]) -> VendorService:
    """A point of sale for one run.

    Raises:
        ScenarioError: a setting is unknown or does not fit.
    """
    profile = read_settings(settings)
    credentials = _credentials(world, profile)
    pos = PointOfSale(world, profile)
    square = None if profile.surface == "lightspeed" else _square(pos, credentials)
    face = None if profile.surface == "square" else _lightspeed(pos, credentials)
    return VendorService(
        name=SYSTEM,
        title=_TITLES[profile.surface],
        world=world,
        state=square or face,
        vendor=_vendor(square, face),
        operations=_operations(square, face),
        inspect=lambda: _inspection(pos, face),
        seed=pos.seed,
        credentials=credentials,
        roles=_roles(pos),
        security=_security(square, face),
        controls=controls(pos),
        hosts=_HOSTS[profile.surface],
    )


def _roles(pos: PointOfSale) -> dict[str, object]:
    """Who uses the tills: cashiers, and the people who ship from the stores where they do."""
    roles: dict[str, object] = {"tills": TillStaff(pos)}
    if pos.settings.ships_orders:
        pos.dispatch = Dispatch(pos)
        roles["floor"] = StoreFloor(pos, pos.dispatch)
    return roles


def _square(pos: PointOfSale, credentials: dict[str, str]) -> Square:
    """The first face, following the tills."""
    square = Square(pos, pos.settings, credentials)
    square.notices = Notices(square)
    pos.watcher = square.notices
    return square


def _lightspeed(pos: PointOfSale, credentials: dict[str, str]) -> Lightspeed:
    """The second face, following the tills beside the first."""
    face, changes = lightspeed.open_face(pos, credentials)
    pos.watcher = changes if pos.watcher is None else Both(pos.watcher, changes)
    return face


def _vendor(square: Square | None, face: Lightspeed | None) -> Vendor:
    if square is None:
        assert face is not None
        return LightspeedVendor(face)
    first = SquareVendor(square)
    return first if face is None else lightspeed.EitherVendor(first, face)


def _operations(square: Square | None, face: Lightspeed | None) -> tuple[Operation, ...]:
    first = () if square is None else OPERATIONS
    return first if face is None else (*first, *lightspeed.operations_of(face))


def _security(square: Square | None, face: Lightspeed | None) -> dict[str, dict[str, Any]]:
    first = {} if square is None else {"default": {"type": "http", "scheme": "bearer"}}
    return first if face is None else {**first, **lightspeed.SECURITY}


def _inspection(pos: PointOfSale, face: Lightspeed | None) -> dict[str, Any]:
    told = inspection(pos)
    return told if face is None else {**told, "lightspeed": lightspeed.inspection_of(face)}


def _credentials(world: World, profile: Settings) -> dict[str, str]:
    """Credentials drawn from the seed, those that are fixed laid over them."""
    drawn: dict[str, str] = {}
    if profile.surface != "lightspeed":
        ids = world.ids(SYSTEM, "credentials")
        drawn = {
            "access_token": f"EAAA{ids.token(48)}",
            "merchant_id": ids.token(13),
            "client_id": f"sq0idp-{ids.token(22)}",
            "client_secret": f"sq0csp-{ids.token(43)}",
            "refresh_token": f"EQAA{ids.token(48)}",
        }
    if profile.surface != "square":
        drawn |= lightspeed.credentials_of(world)
    return {**drawn, **profile.credentials}
