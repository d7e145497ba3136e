"""The fake on a port of this machine, for clients that speak real HTTP."""

from __future__ import annotations

import socket
import threading

import uvicorn
from tests.contract.commercetools.asgi import Application
from tests.contract.commercetools.shop import Shop

from peakproof.wire.message import Request, Response


class Loopback:
    """The fake on a port of this machine, for as long as a test runs."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.faults: list[Response] = []
        self.application = Application(shop.service, self._fault)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(self.application, log_level="error", lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]})

    def _fault(self, request: Request) -> Response | None:
        writes = request.method in ("POST", "DELETE") and "/oauth/" not in request.path
        return self.faults.pop(0) if writes and self.faults else None

    def __enter__(self) -> Loopback:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()
