"""Paths that the vendor has and the fake does not: they say so instead of pretending."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from peakproof.wire.message import Response
from peakproof_simulators.deposco.errors import TEXT
from peakproof_simulators.kit.operations import Operation

if TYPE_CHECKING:
    from peakproof_simulators.deposco.state import Deposco
    from peakproof_simulators.kit.service import Call

NOT_MODELLED: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("/addressvalidation", ("POST",)),
    ("/users", ("GET", "POST", "PUT")),
    ("/containers", ("GET", "POST", "PUT")),
    ("/cube", ("POST",)),
    ("/tradingPartners", ("GET", "POST", "PUT")),
    ("/tradingPartners/updates", ("POST",)),
    ("/tradingPartnerSite", ("GET", "POST", "PUT")),
    ("/itemVendor", ("GET", "POST", "PUT")),
    ("/itemVendor/updates", ("POST",)),
    ("/pricelists/{bu}", ("GET", "POST", "PUT")),
    ("/images", ("GET", "POST")),
    ("/receiptadvices", ("GET",)),
    ("/receiptadvices/{bu}", ("GET",)),
)
"""Paths below ``/integration/{code}`` and their methods."""


def _refuse(_store: Deposco, call: Call) -> Response:
    said = f"{call.request.method} {call.operation.path} is not modelled by this fake"
    return Response(501, said.encode(), dict(TEXT))


def _name(method: str, path: str) -> str:
    words = [part.strip("{}") for part in path.split("/") if part]
    return f"v1.beyond.{'.'.join(words)}.{method.lower()}"


def operations(base: str) -> tuple[Operation, ...]:
    """The operations of these paths; each answers 501 and names itself."""
    return tuple(
        Operation(
            name=_name(method, path), method=method, path=f"{base}{path}", handler=_refuse,
            effect="other", summary="Not modelled: answers 501.", provenance="documented",
            source="MZ, XSD", answers={501: str}, auth="basic",
            media=("text/plain",),
        )
        for path, methods in NOT_MODELLED
        for method in methods
    )  # fmt: skip
