"""Where a direct call goes: the short way to read a URL and the long one say the same."""

from __future__ import annotations

from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest

from peakproof.errors import FenceError
from peakproof.wire.direct import DirectTransport, split_url
from peakproof.wire.message import Request

HOSTS = {"shop.test": "shop", "till.test:8080": "till"}
BEGINNINGS = ("http://shop.test", "https://shop.test", "HTTP://shop.test", "http://till.test:8080")
ENDS = (
    "", "/", "/items", "/items?sku=A", "?sku=/A", "?", "/a//b", "/a?b?c", "/a#b", "/a#b?c", "#/a",
    "/a?b#c", "x/a", "//a", "/http://shop.test/b",
)  # fmt: skip


class Departed(Exception):
    """A call set out."""


class Addresses:
    """What a transport makes of URLs."""

    def __init__(self) -> None:
        self.seen: tuple[str, str, str] = ("", "", "")
        wire: Any = SimpleNamespace(hosts=HOSTS, depart=self._depart, lapse=None)
        self.transport = DirectTransport(wire)

    def _depart(self, system: str, request: Request) -> None:
        self.seen = system, request.path, request.query
        raise Departed

    def read(self, url: str) -> tuple[str, str, str]:
        """System, path and query that a call to a URL sets out with."""
        with pytest.raises((Departed, FenceError)) as caught:
            self.transport.send("GET", url, {}, b"", 1.0).send(None)
        return ("", "", "") if caught.type is FenceError else self.seen


def _expected(url: str) -> tuple[str, str, str]:
    host, path, query = split_url(url)
    return (HOSTS[host], path, query) if host in HOSTS else ("", "", "")


@pytest.mark.parametrize(("beginning", "end"), list(product(BEGINNINGS, ENDS)))
def test_a_url_leads_to_the_same_place_the_first_time_and_later(beginning: str, end: str) -> None:
    addresses = Addresses()
    first = addresses.read(beginning + end)
    for known in BEGINNINGS:
        addresses.read(known + "/known")
    assert first == addresses.read(beginning + end) == _expected(beginning + end)


def test_what_is_kept_of_addresses_does_not_grow_with_the_day() -> None:
    addresses = Addresses()
    for number in range(2_000):
        assert addresses.read(f"http://shop.test/orders/{number}") == (
            "shop", f"/orders/{number}", "",
        )  # fmt: skip
    kept = addresses.transport._systems
    assert len(kept) == 2
    assert set(kept) == {"http://shop.test/", "https://shop.test/"}
    assert 0 < len(addresses.transport._addresses) <= 1024


def test_an_address_with_a_query_is_not_kept_for_it_seldom_comes_again() -> None:
    addresses = Addresses()
    for number in range(3):
        addresses.read(f"http://shop.test/orders?since={number}")
    assert addresses.transport._addresses == {}
