"""Fixtures of the point of sale: a shop, and its face on a loopback socket."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator

import msgspec
import pytest
import uvicorn
from tests.contract.pos.asgi import Application
from tests.contract.pos.shop import Shop


@pytest.fixture
def shop() -> Shop:
    """Two stores and a warehouse, with the default settings."""
    return Shop()


class Till(msgspec.Struct):
    """A shop whose Square face listens on loopback."""

    shop: Shop
    application: Application
    url: str

    @property
    def token(self) -> str:
        """The access token of the client."""
        return self.shop.service.credentials["access_token"]


@pytest.fixture
def till(shop: Shop) -> Iterator[Till]:
    """A shop on a loopback port, served by a thread of its own."""
    application = Application(shop.service)
    config = uvicorn.Config(application, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])))
        thread.start()
        try:
            yield Till(shop, application, f"http://127.0.0.1:{listener.getsockname()[1]}")
        finally:
            server.should_exit = True
            thread.join(10.0)
