"""The npm client ``magento-api-rest``, unchanged, against the fake over loopback HTTP."""

from __future__ import annotations

import pytest
from tests.asgi import Application, on_loopback
from tests.contract.adobe_commerce.shop import Shop
from tests.node_client import report_of

pytestmark = [pytest.mark.node, pytest.mark.slow]


def test_the_client_signs_searches_pages_pushes_ships_and_queues() -> None:
    shop = Shop()
    shop.order(("TEE", 2))
    held = shop.service.credentials
    names = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
    with on_loopback(Application(shop.service)) as url:
        report = report_of("adobe", "client.mjs", url, *(held[name] for name in names))
    assert report == {
        "sha1": [401, "The consumer isn't authorized to access %resources."],
        "orders": [["000000001", 1]],
        "pushed": [],
        "found": ["TEE@S1", "SOCKS@W1"],
        "masked": [400, "Could not save a shipment, see error log for details"],
        "shipped": "1",
        "cancelled": True,
        "accepted": [202, "accepted"],
        "open": 4,
    }
    assert (shop.on_hand("TEE"), shop.on_hand("TEE", "S1")) == (8, 9)
