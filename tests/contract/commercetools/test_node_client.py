"""The vendor's own JavaScript client, unchanged, against the fake over loopback HTTP."""

from __future__ import annotations

import pytest
from tests.contract.commercetools.loopback import Loopback
from tests.contract.commercetools.shop import Shop
from tests.node_client import report_of

pytestmark = [pytest.mark.node, pytest.mark.slow]


def test_the_vendors_client_reads_writes_pages_and_meets_refusals() -> None:
    with Loopback(Shop()) as served:
        held = served.shop.service.credentials
        report = report_of(
            "commercetools", "client.mjs", served.url, served.shop.key,
            held["client_id"], held["client_secret"],
        )  # fmt: skip
    assert report == {
        "paged": 48,
        "duplicate": [400, "DuplicateField", "sku"],
        "conflict": [409, "ConcurrentModification", 2],
        "missing": 404,
        "forced": [200, 99],
        "order": [2850, "Shipped", "W1"],
        "messages": [
            "OrderCreated", "DeliveryAdded", "ParcelAddedToDelivery", "OrderShipmentStateChanged",
        ],
    }  # fmt: skip
    assert served.shop.cell("TEE") == (97, 97)
    updates = [status for name, status in served.application.statuses
               if name == "inventory.update"]  # fmt: skip
    assert updates == [200, 409, 409, 200]
