"""The PyPI client ``squareup``, unchanged, against the tills that `peakproof serve` serves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from square import Square
from square.core.api_error import ApiError

if TYPE_CHECKING:
    from tests.contract.served.conftest import Access

pytestmark = pytest.mark.slow


@pytest.fixture
def client(served: Access) -> Iterator[Square]:
    """The client, pointed at the address and with the token that the command printed."""
    till = served["pos"]
    with httpx.Client(trust_env=False) as http:
        yield Square(token=till["access_token"], base_url=till["url"], httpx_client=http)


def test_the_client_reads_the_stores_and_pages_through_the_counts(client: Square) -> None:
    locations = client.locations.list().locations
    assert [each.id for each in locations or []] == ["S1", "S2"]
    counts = list(client.inventory.batch_get_counts(limit=5))
    assert len(counts) == 24
    assert {(one.state, one.quantity) for one in counts} == {("IN_STOCK", "30")}


def gift_wrap(client: Square, key: str) -> Any:
    """A new order of one thing that is not in the range."""
    order = client.orders.create(
        idempotency_key=key,
        order={
            "location_id": "S1",
            "line_items": [
                {"name": "Gift wrap", "quantity": "1",
                 "base_price_money": {"amount": 250, "currency": "GBP"}},
            ],
        },
    ).order  # fmt: skip
    assert order is not None
    return order


def test_the_client_writes_a_count_and_reads_it_back(client: Square) -> None:
    now = gift_wrap(client, "clock").created_at
    (variation, *_rest) = client.catalog.list(types="ITEM_VARIATION")
    answer = client.inventory.batch_create_changes(
        idempotency_key="served-1",
        changes=[
            {
                "type": "PHYSICAL_COUNT",
                "physical_count": {
                    "catalog_object_id": variation.id, "location_id": "S1", "state": "IN_STOCK",
                    "quantity": "12", "occurred_at": now,
                },
            },
        ],
    )  # fmt: skip
    assert answer.errors is None
    pager = client.inventory.batch_get_counts(
        catalog_object_ids=[variation.id or ""], location_ids=["S1"]
    )
    assert [count.quantity for count in pager] == ["12"]


def test_the_client_meets_an_error_and_a_conflict(client: Square, served: Access) -> None:
    with pytest.raises(ApiError) as missing:
        client.orders.get("no-such-order")
    assert missing.value.status_code == 404
    assert missing.value.errors[0].category == "INVALID_REQUEST_ERROR"
    made = gift_wrap(client, "order-1")
    assert made.total_money is not None
    assert made.total_money.amount == 250
    assert made.id is not None
    newer = client.orders.update(
        made.id, order={"location_id": "S1", "version": made.version, "reference_id": "first"}
    ).order
    assert newer is not None
    with pytest.raises(ApiError) as conflict:
        client.orders.update(
            made.id,
            order={"location_id": "S1", "version": made.version, "reference_id": "second"},
            request_options={"max_retries": 0},
        )
    assert conflict.value.status_code == 409
    assert [error.code for error in conflict.value.errors] == ["CONFLICT"]
    kept = client.orders.get(made.id).order
    assert kept is not None
    assert kept.reference_id == "first"
    with httpx.Client(trust_env=False) as http:
        other = Square(token="no-token", base_url=served["pos"]["url"], httpx_client=http)
        with pytest.raises(ApiError) as stranger:
            other.locations.list()
    assert stranger.value.status_code == 401
