"""The fake on a port of this machine, for clients that speak real HTTP."""

from __future__ import annotations

from contextlib import ExitStack

from tests.asgi import Application, on_loopback
from tests.contract.commercetools.shop import Shop

from peakproof.wire.message import Request, Response


class Loopback:
    """The fake on a port of this machine, for as long as a test runs."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.faults: list[Response] = []
        self.application = Application(shop.service, self._fault)
        self.url = ""
        self._serving = ExitStack()

    def _fault(self, request: Request) -> Response | None:
        writes = request.method in ("POST", "DELETE") and "/oauth/" not in request.path
        return self.faults.pop(0) if writes and self.faults else None

    def __enter__(self) -> Loopback:
        self.url = self._serving.enter_context(on_loopback(self.application))
        return self

    def __exit__(self, *_: object) -> None:
        self._serving.close()
