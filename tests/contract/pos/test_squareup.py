"""The vendor's own Python client, untouched, against the fake on a loopback socket."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx
import pytest
from square import Square
from square.core.api_error import ApiError
from square.utils.webhooks_helper import verify_signature

from peakproof.wire.message import Request, Response

if TYPE_CHECKING:
    from tests.contract.pos.conftest import Till

pytestmark = pytest.mark.slow


@pytest.fixture
def client(till: Till) -> Iterator[Square]:
    """The client, pointed at the fake."""
    with httpx.Client(trust_env=False) as http:
        yield Square(token=till.token, base_url=till.url, httpx_client=http)


def test_the_client_lists_stores_and_finds_a_variation_by_its_sku(
    till: Till, client: Square
) -> None:
    locations = client.locations.list().locations
    assert locations is not None
    assert [each.id for each in locations] == ["S1", "S2", "W1"]
    assert till.application.requests[0].headers["square-version"] == "2026-09-16"
    found = client.catalog.search(
        object_types=["ITEM_VARIATION"],
        query={"exact_query": {"attribute_name": "sku", "attribute_value": "TEE-RED-M"}},
    ).objects
    assert found is not None
    assert [each.id for each in found] == [till.shop.variant("TEE-RED-M")]
    listed = [each.id for each in client.catalog.list(types="ITEM_VARIATION")]
    assert len(listed) == 3


def test_the_client_pages_through_all_counts(till: Till, client: Square) -> None:
    pager = client.inventory.batch_get_counts(limit=1)
    counts = {(count.catalog_object_id, count.location_id): count.quantity for count in pager}
    red, blue = till.shop.variant("TEE-RED-M"), till.shop.variant("TEE-BLUE-M")
    assert counts == {(red, "S1"): "10", (red, "S2"): "3", (red, "W1"): "100", (blue, "S1"): "5"}
    paths = [request.path for request in till.application.requests]
    assert paths == ["/v2/inventory/counts/batch-retrieve"] * 4


def test_the_client_writes_a_batch_of_changes(till: Till, client: Square) -> None:
    shop = till.shop
    answer = client.inventory.batch_create_changes(
        idempotency_key="one",
        changes=[
            {
                "type": "PHYSICAL_COUNT",
                "physical_count": {
                    "catalog_object_id": shop.variant("TEE-RED-M"), "location_id": "S1",
                    "state": "IN_STOCK", "quantity": "53", "occurred_at": shop.iso(),
                },
            },
            {
                "type": "ADJUSTMENT",
                "adjustment": {
                    "catalog_object_id": shop.variant("TEE-BLUE-M"), "from_location_id": "S1",
                    "to_location_id": "S1", "from_state": "IN_STOCK", "to_state": "WASTE",
                    "quantity": "2", "occurred_at": shop.iso(),
                },
            },
        ],
    )  # fmt: skip
    assert answer.errors is None
    assert len(answer.changes or []) == 2
    assert shop.count("TEE-RED-M", "S1") == "53"
    assert shop.count("TEE-BLUE-M", "S1") == "3"


def test_the_client_sends_a_stale_update_three_times_before_it_gives_up(
    till: Till, client: Square
) -> None:
    """It repeats a 409 without reading again: two more tries, the same body."""
    order = till.shop.make_order()
    path = f"/v2/orders/{order['id']}"
    till.shop.ok("PUT", path, {"order": {"version": 1, "reference_id": "first"}})
    with pytest.raises(ApiError) as caught:
        client.orders.update(
            order["id"], order={"location_id": "S1", "version": 1, "reference_id": "second"}
        )
    assert caught.value.status_code == 409
    assert [error.code for error in caught.value.errors] == ["CONFLICT"]
    puts = [each for each in till.application.requests if each.method == "PUT"]
    assert len(puts) == 3
    assert len({each.body for each in puts}) == 1
    assert till.shop.order(order["id"])["reference_id"] == "first"


def test_the_client_honours_retry_after(till: Till, client: Square) -> None:
    """P14: after a 429 it waits as it is told and tries again."""
    refused: list[str] = []

    def busy_once(request: Request) -> Response | None:
        if refused:
            return None
        refused.append(request.path)
        return till.shop.service.refusal(429, {"retry-after": "1"})

    till.application.before = busy_once
    locations = client.locations.list().locations
    assert len(locations or []) == 3
    assert len(till.application.requests) == 2
    refused.clear()
    with pytest.raises(ApiError) as caught:
        client.locations.list(request_options={"max_retries": 0})
    assert caught.value.status_code == 429
    assert caught.value.errors[0].category == "RATE_LIMIT_ERROR"


def test_the_client_reads_orders_transfers_and_money(till: Till, client: Square) -> None:
    shop = till.shop
    sale = shop.ring("TEE-RED-M", 2)
    order = client.orders.get(sale).order
    assert order is not None
    assert order.version is None
    assert order.total_money is not None
    assert order.total_money.amount == 3998
    found = client.orders.search(location_ids=["S1"]).orders
    assert [each.id for each in found or []] == [sale]
    line = {"item_variation_id": shop.variant("TEE-RED-M"), "quantity_ordered": "2"}
    made = client.transfer_orders.create(
        idempotency_key="t",
        transfer_order={
            "source_location_id": "S1", "destination_location_id": "W1",
            "line_items": [line],
        },
    ).transfer_order  # fmt: skip
    assert made is not None
    assert made.id is not None
    started = client.transfer_orders.start(
        made.id, idempotency_key="s", version=made.version
    ).transfer_order
    assert started is not None
    assert started.status == "STARTED"
    payment = (order.tenders or [])[0].payment_id
    assert payment is not None
    refund = client.refunds.refund_payment(
        idempotency_key="r", payment_id=payment, amount_money={"amount": 1, "currency": "GBP"}
    ).refund
    assert refund is not None
    assert refund.status == "PENDING"


def test_the_clients_helper_verifies_what_is_sent(till: Till, client: Square) -> None:
    subscription = client.webhooks.subscriptions.create(
        subscription={
            "name": "test", "event_types": ["inventory.count.updated"],
            "notification_url": "https://connector.test/hooks",
        }
    ).subscription  # fmt: skip
    assert subscription is not None
    till.shop.ring("TEE-RED-M")
    (notice,) = till.shop.notices
    assert verify_signature(
        request_body=notice.body.decode(),
        signature_header=notice.headers(1)["x-square-hmacsha256-signature"],
        signature_key=subscription.signature_key or "",
        notification_url=subscription.notification_url or "",
    )
