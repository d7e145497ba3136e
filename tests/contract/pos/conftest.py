"""Fixtures of the point of sale: a shop, and its face on a loopback socket."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from tests.asgi import Application, on_loopback
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
    with on_loopback(application) as url:
        yield Till(shop, application, url)
