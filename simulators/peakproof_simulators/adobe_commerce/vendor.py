"""What surrounds every operation: paths with store and queue, permissions, faults of the wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

import msgspec

from peakproof.wire.message import Request, Response
from peakproof_simulators.adobe_commerce import wire
from peakproof_simulators.adobe_commerce.auth import Caller
from peakproof_simulators.adobe_commerce.errors import INTERNAL, JSON, refuse
from peakproof_simulators.kit.service import Call, VendorService

if TYPE_CHECKING:
    from peakproof_simulators.adobe_commerce.state import Shop

_HTML: Final = "<html><head><title>{0} {1}</title></head><body><h1>{0} {1}</h1></body></html>"
_GATEWAY: Final = {
    502: "Bad Gateway", 503: "Backend fetch failed", 504: "Gateway Time-out",
}  # fmt: skip
_MOST_PATHS: Final = 4096


class AdobeCommerce:
    """The vendor's ways; satisfies the kit's ``Vendor``."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def authenticate(self, call: Call) -> Caller:
        """The caller, if it may do this.

        Raises:
            Refusal: 401; the shop has no 403.
        """
        return self.shop.door.allow(call.request, call.operation.scopes[0])

    def unknown_path(self, call: Call) -> Response:
        """404; 400 where a queue is asked to read."""
        if "/async/" in call.request.path and call.request.method == "GET":
            return refuse("not_async").response
        return refuse("no_route").response

    def unknown_method(self, call: Call, allowed: Sequence[str]) -> Response:
        """The same: a route is a path and a method."""
        return self.unknown_path(call)

    def refusal(self, status: int, headers: Mapping[str, str]) -> Response:
        """The body for a fault of the wire: a gateway's page, or the shop's own."""
        if status in _GATEWAY:
            page = _HTML.format(status, _GATEWAY[status])
            return Response(status, page.encode(), {"content-type": "text/html", **headers})
        body: dict[str, Any]
        if status == 429:
            body = {"message": "Too Many Requests", "trace": None}
            headers = {"pragma": "no-cache", "cache-control": "no-store", **headers}
        else:
            body = {"message": INTERNAL.format(self.shop.reports.token(13).lower())}
        return Response(status, msgspec.json.encode(body), {"content-type": JSON, **headers})

    def expire_tokens(self) -> None:
        """No token that was given out works any more."""
        self.shop.door.forget()


class Service(VendorService):
    """The kit's service, with a store's code in the path."""

    def receive(self, request: Request) -> Call:
        """Find the operation, whichever store view is named before it."""
        plain, store = self._way(request.path)
        operation, params = self._lane(request.method, plain)
        return Call(self, request, operation, {**params, "store": store})

    def _way(self, path: str) -> tuple[str, str]:
        """The path without its store, and the store's code."""
        ways: dict[str, tuple[str, str]] = self.state.ways
        found = ways.get(path)
        if found is None:
            if len(ways) >= _MOST_PATHS:
                ways.clear()
            found = ways[path] = self._parted(path)
        return found

    def _parted(self, path: str) -> tuple[str, str]:
        rest = path.removeprefix("/index.php")
        if len(rest) > 1:
            rest = rest.rstrip("/")
        head, _, tail = rest.removeprefix("/rest/").partition("/")
        code = unquote(head)
        if rest.startswith("/rest/") and code not in ("V1", "async"):
            if code == "all" or code in self.state.store_views:
                return f"/rest/{tail}", code
            return "/unknown-store", "default"
        return rest, "default"

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document of the operations table, in values that JSON has."""
        plain = wire.encode(super().openapi())
        document: dict[str, Any] = msgspec.json.decode(plain)
        _numbers(document)
        return document


def _numbers(schema: Any) -> None:
    """Exact numbers are numbers on the wire; the library would announce them as text."""
    if isinstance(schema, dict):
        if schema.get("format") == "decimal":
            schema.update(type="number", format="double")
        for inner in schema.values():
            _numbers(inner)
    elif isinstance(schema, list):
        for inner in schema:
            _numbers(inner)
