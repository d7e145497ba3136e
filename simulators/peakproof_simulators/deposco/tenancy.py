"""Who may call: the tenant's credentials, access tokens, and how many calls a second it has."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec

from peakproof.wire.message import Response
from peakproof_simulators.deposco.errors import bare, errors, unauthorised, wire_refusal
from peakproof_simulators.deposco.settings import CREDENTIALS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peakproof.world import World
    from peakproof_simulators.deposco.settings import Settings
    from peakproof_simulators.kit.service import Call

RESOURCES: Final = (
    "items", "kits", "tradingPartners", "companies", "facilities", "zones", "locations",
    "salesOrders", "purchaseOrders", "outboundTransferOrders", "inboundTransferOrders",
    "customerReturns", "vendorReturns", "customerOrders", "containers",
)  # fmt: skip
"""Resources that have a scope to read and one to write."""

SCOPES: Final = (
    *(f"{name}/{right}" for name in RESOURCES for right in ("read", "write")),
    "users/read", "trips/read", "outboundShipments/read", "receipts/read", "inventory/write",
    "inventoryAdjustments/read", "itemDeliveryPromise/write", "checkoutDeliveryPromise/write",
)  # fmt: skip
"""The vendor's scopes."""


class Grant(msgspec.Struct, frozen=True, gc=False):
    """What an access token allows, and until when (run time)."""

    scopes: frozenset[str]
    until: float


def make_credentials(world: World, settings: Settings) -> dict[str, str]:
    """The tenant's credentials: fixed ones where the settings have them, else of the seed."""
    ids = world.ids("deposco", "credentials")
    drawn = {name: ids.token(20).lower() for name in CREDENTIALS}
    return {
        "code": settings.code,
        "business_unit": settings.business_unit,
        "company": settings.code,
        "env": settings.environment,
        **drawn,
        **settings.credentials,
    }


def basic_pair(header: str) -> tuple[str, str] | None:
    """User and password of a Basic header; None when it is none."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        text = base64.b64decode(value.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    user, colon, password = text.partition(":")
    return (user, password) if colon else None


class Tenancy:
    """Satisfies :class:`peakproof_simulators.kit.service.Vendor` for both faces."""

    def __init__(self, world: World, settings: Settings, credentials: Mapping[str, str]) -> None:
        self._world = world
        self._settings = settings
        self.credentials = dict(credentials)
        pair = f"{credentials['user']}:{credentials['password']}".encode()
        self._basic = f"Basic {base64.b64encode(pair).decode()}"
        self._pair = (credentials["user"], credentials["password"])
        self._ids = world.ids("deposco", "tokens")
        self._grants: dict[str, Grant] = {}
        self._second = -1
        self._calls = 0

    # --- every call -------------------------------------------------------------------

    def authenticate(self, call: Call) -> Any:
        """Let a call in.

        Raises:
            VendorError: 401, 403 or 429 as the face that is called says them; a bare 400 for an
                encoded space where the gateway refuses that (DQ3).
        """
        headers = call.request.headers
        if call.operation.auth == "basic":
            self._limit("v1")
            if self._settings.refuse_encoded_space and "%20" in call.request.path:
                raise bare(400)
            given = headers.get("authorization", "")
            if given != self._basic and basic_pair(given) != self._pair:
                raise unauthorised()
            if call.params["code"] != self._settings.code:
                raise unauthorised()
            return self._pair[0]
        self._limit("v2")
        grant = self._bearer(headers.get("authorization", ""))
        scopes = call.operation.scopes
        if scopes and grant.scopes.isdisjoint(scopes):
            raise errors(403, f"Missing scope: {' or '.join(scopes)}")
        return grant

    def _bearer(self, given: str) -> Grant:
        scheme, _, token = given.partition(" ")
        grant = self._grants.get(token) if scheme.lower() == "bearer" else None
        if grant is None or grant.until <= self._world.t:
            self._grants.pop(token, None)
            raise errors(401, "Unauthorized")
        return grant

    def _limit(self, face: Literal["v1", "v2"]) -> None:
        most = self._settings.rate_limit_per_s
        if most is None or self._settings.rate_limit_covers not in ("both", face):
            return
        second = int(self._world.t)
        if second != self._second:
            self._second, self._calls = second, 0
        self._calls += 1
        if self._calls > most:
            after = self._settings.retry_after_s
            raise bare(429, {} if after is None else {"retry-after": str(after)})

    # --- tokens -----------------------------------------------------------------------

    def grant(self, scopes: tuple[str, ...]) -> tuple[str, int]:
        """A new access token and its life in seconds."""
        life_s = self._settings.token_life_s
        while self._grants and next(iter(self._grants.values())).until <= self._world.t:
            del self._grants[next(iter(self._grants))]  # the longest ago was granted first
        token = self._ids.token(40).lower()
        self._grants[token] = Grant(frozenset(scopes), self._world.t + life_s)
        return token, int(life_s)

    def expire_tokens(self) -> None:
        """Forget the tokens given out so far."""
        self._grants.clear()

    # --- what is not there ------------------------------------------------------------

    def unknown_path(self, call: Call) -> Response:
        """404: with V2's body below ``/latest``, with nothing elsewhere."""
        if _is_v2(call.request.path):
            older = self._settings.beta_stale_s
            if older is not None and call.request.path.startswith("/beta/"):
                return _older(call, older)
            return errors(404, f"No resource at {call.request.path}").response
        return Response(404)

    def unknown_method(self, call: Call, allowed: Sequence[str]) -> Response:
        """405, with what the path allows."""
        headers = {"allow": ", ".join(allowed)}
        if _is_v2(call.request.path):
            said = f"Method {call.request.method} is not allowed"
            return errors(405, said, headers=headers).response
        return Response(405, b"", headers)

    def refusal(self, status: int, headers: Mapping[str, str]) -> Response:
        """The body that goes with a fault of the wire."""
        return wire_refusal(status, headers)


def _older(call: Call, stale_s: float) -> Response:
    """What /latest says, with lists as they were (DQ30); its links lead to /latest."""
    path = call.request.path.replace("/beta", "/latest", 1)
    inner = call.service.receive(msgspec.structs.replace(call.request, path=path))
    inner.stale_s = max(stale_s, call.stale_s)
    answer = inner.serve()
    call.keys += inner.keys
    assert isinstance(answer, Response)
    return answer


def _is_v2(path: str) -> bool:
    return path.startswith(("/latest", "/beta"))
