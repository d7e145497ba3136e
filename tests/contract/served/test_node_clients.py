"""The vendors' own Node clients, unchanged, against what `peakproof serve` serves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.node_client import report_of

if TYPE_CHECKING:
    from tests.contract.served.conftest import Access

pytestmark = [pytest.mark.node, pytest.mark.slow]


def test_the_shops_client_reads_writes_pages_and_meets_refusals(served: Access) -> None:
    shop = served["commercetools"]
    access = [shop["url"], shop["project_key"], shop["client_id"], shop["client_secret"]]
    assert report_of("commercetools", "served.mjs", *access) == {
        "paged": 36,
        "written": [201, 1, 4],
        "error": [400, "DuplicateField"],
        "conflict": [409, "ConcurrentModification"],
        "read": 7,
    }


def test_the_tills_client_reads_writes_pages_and_meets_refusals(served: Access) -> None:
    till = served["pos"]
    assert report_of("square", "served.mjs", till["url"], till["access_token"]) == {
        "read": ["S1", "S2"],
        "paged": 24,
        "written": [1, "250"],
        "conflict": [409, "CONFLICT"],
        "kept": "first",
        "error": [404, "NOT_FOUND"],
    }
