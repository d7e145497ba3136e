"""The second face put together: its state, its operations, and its place beside another face."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import msgspec

from peakproof.wire.message import Response
from peakproof_simulators.kit.operations import Operation
from peakproof_simulators.kit.service import Call, Vendor
from peakproof_simulators.pos.lightspeed.changes import Changes
from peakproof_simulators.pos.lightspeed.notices import Notices
from peakproof_simulators.pos.lightspeed.operations import OPERATIONS
from peakproof_simulators.pos.lightspeed.surface import Lightspeed, bound
from peakproof_simulators.pos.lightspeed.table import SCHEME
from peakproof_simulators.pos.lightspeed.vendor import LightspeedVendor
from peakproof_simulators.pos.state import SYSTEM

if TYPE_CHECKING:
    from peakproof.world import World
    from peakproof_simulators.pos.state import PointOfSale

HOSTS: Final = ("*.retail.lightspeed.app", "*.vendhq.com")
TITLE: Final = "Point of sale (Lightspeed Retail X-Series)"
SECURITY: Final[Mapping[str, dict[str, Any]]] = {SCHEME: {"type": "http", "scheme": "bearer"}}
_BELOW: Final = "/api/"


def credentials_of(world: World) -> dict[str, str]:
    """Credentials drawn from the seed: a personal token, and an application with its own."""
    ids = world.ids(SYSTEM, "lightspeed", "credentials")
    return {
        "domain_prefix": f"peak{ids.token(6).lower()}",
        "personal_token": f"lsxs_pt_{ids.token(32)}",
        "app_id": ids.token(32),
        "app_secret": ids.token(32),
        "app_token": ids.token(40),
        "app_refresh_token": ids.token(40),
        "app_code": ids.token(24),
    }


def open_face(pos: PointOfSale, credentials: Mapping[str, str]) -> tuple[Lightspeed, Changes]:
    """The second face of the tills, and what follows the tills for it."""
    face = Lightspeed(pos, pos.settings.lightspeed, credentials)
    face.notices = Notices(face)
    return face, Changes(face)


def operations_of(face: Lightspeed) -> tuple[Operation, ...]:
    """The operations table, each handler bound to the face."""
    return tuple(replace(each, handler=bound(face, each.handler)) for each in OPERATIONS)


def inspection_of(face: Lightspeed) -> dict[str, Any]:
    """What the second face keeps beside the tills, as plain values."""
    plain = msgspec.to_builtins
    return {
        "version": face.versions.last,
        "consignments": [plain(each.thing) for each in face.consignments if not each.deleted],
        "fulfilments": [plain(each) for each in face.fulfilments.values()],
        "customers": [plain(each.thing) for each in face.customers],
        "registers": [plain(each.thing) for each in face.drawers],
        "webhooks": [plain(each) for each in face.notices.webhooks.values()],
        "calls_left": face.bucket.limit - face.bucket.spent,
    }


class EitherVendor:
    """Two faces on one host, told apart by their paths. Implements the kit's ``Vendor``.

    A fault of the wire is told without the request that it hit, so it speaks the first face's
    words.
    """

    def __init__(self, first: Vendor, face: Lightspeed) -> None:
        self._first = first
        self._second = LightspeedVendor(face)

    def authenticate(self, call: Call) -> Any:
        """Who calls, as the face says that the operation belongs to."""
        return self._of(call.operation.auth == SCHEME).authenticate(call)

    def unknown_path(self, call: Call) -> Response:
        """The answer to a path that neither face has."""
        return self._of(call.request.path.startswith(_BELOW)).unknown_path(call)

    def unknown_method(self, call: Call, allowed: Sequence[str]) -> Response:
        """The answer to a method that a path does not have."""
        return self._of(call.request.path.startswith(_BELOW)).unknown_method(call, allowed)

    def refusal(self, status: int, headers: Mapping[str, str]) -> Response:
        """The first face's body for a fault of the wire."""
        return self._first.refusal(status, headers)

    def expire_tokens(self) -> None:
        """The tokens of both faces stop working."""
        self._first.expire_tokens()
        self._second.expire_tokens()

    def _of(self, second: bool) -> Vendor:
        return self._second if second else self._first
