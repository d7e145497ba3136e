"""What surrounds every operation: authentication, unknown paths, faults of the wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, cast

import msgspec

from peakproof.wire.message import Request, Response
from peakproof_simulators.centra.integration import face
from peakproof_simulators.centra.integration.documents import Plan
from peakproof_simulators.centra.integration.face import GraphCall
from peakproof_simulators.centra.integration.operations import FINER, HTTP, PATH
from peakproof_simulators.kit.service import Call, VendorError, VendorService

if TYPE_CHECKING:
    from peakproof_simulators.centra.state import Centra
    from peakproof_simulators.centra.tokens import Token

REST: Final = "/api/order-api"
WIRE: Final[dict[int, tuple[str, str]]] = {
    400: ("request", "Bad request."),
    403: ("authorization", "Invalid or expired token."),
    429: ("rate-limit", "Rate limit exceeded."),
    499: ("internal", "Client closed the connection."),
    500: ("internal", "Internal server error."),
    502: ("internal", "Bad gateway."),
    503: ("internal", "Service unavailable."),
    504: ("internal", "Gateway timeout."),
}
"""Category and text of a fault of the wire; the texts are ours."""


class Vendor:
    """The vendor's ways; satisfies the kit's ``Vendor``."""

    def __init__(self, centra: Centra) -> None:
        self.centra = centra

    def authenticate(self, call: Call) -> Token | None:
        """The token of the caller; the Order API has a key of its own.

        Raises:
            VendorError: 403.
        """
        headers = call.request.headers
        if call.operation.auth == "key":
            key = headers.get("api-authorization", "")
            if key != self.centra.tokens.order_api_key:
                raise VendorError(not_allowed())
            return None
        token = self.centra.tokens.find(headers)
        if token is None:
            raise VendorError(face.refusal(403, "Invalid or expired token.", "authorization"))
        return token

    def unknown_path(self, call: Call) -> Response:
        """404."""
        if call.request.path.startswith(REST):
            return plain(404, {"status": "no", "msg": "Not Found"})
        return face.refusal(404, "Not Found", "request")

    def unknown_method(self, call: Call, allowed: Sequence[str]) -> Response:
        """405, with the methods that there are."""
        if call.request.path.startswith(REST):
            answer = plain(405, {"status": "no", "msg": "Method Not Allowed"})
        else:
            answer = face.refusal(405, "Method Not Allowed", "request")
        answer.headers["allow"] = ", ".join(allowed)
        return answer

    def refusal(self, status: int, headers: Mapping[str, str]) -> Response:
        """The vendor's body for a fault of the wire; ``Retry-After`` becomes a moment."""
        category, text = WIRE.get(status, ("internal", "Something went wrong."))
        own = dict(headers)
        wait = own.get("retry-after", "")
        if wait.replace(".", "", 1).isdigit():
            own["retry-after"] = self.centra.limits.resume_at(float(wait))
        return face.refusal(status, text, category, own)

    def expire_tokens(self) -> None:
        """No token that was given out works any more."""
        self.centra.tokens.expire()


def plain(status: int, body: object) -> Response:
    """An answer in JSON."""
    return Response(status, msgspec.json.encode(body), {"content-type": face.JSON})


def not_allowed() -> Response:
    """What the Order API answers to a wrong key and for a disabled endpoint."""
    return plain(403, {"status": "Not Allowed"})


class Service(VendorService):
    """The kit's service; a GraphQL request is named by the first field that it asks for.

    ``fields`` are those finer operations by field. Weather and aims know a call by their names.
    """

    fields = FINER

    def receive(self, request: Request) -> Call:
        """Find the operation; a document is read once and kept by its text."""
        if request.path != PATH or request.method != "POST":
            return super().receive(request)
        centra = cast("Centra", self.state)
        limit = centra.settings.body_limit_bytes
        asked, plan, problem = face.reading(centra.documents, limit, request.body)
        operation = HTTP
        if isinstance(plan, Plan):
            operation = FINER.get(plan.roots[0], HTTP)
        return GraphCall(self, request, operation, {}, asked=asked, plan=plan, problem=problem)

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document: JSON values only (a default may be a tuple)."""
        document: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(super().openapi()))
        return document
