"""Queues: accepted now, carried out later, and told apart only by asking."""

from __future__ import annotations

from hashlib import sha256

import msgspec
import pytest
from tests.contract.adobe_commerce.shop import Answer, Json, Shop, search

from peakproof.history.records import Level, Refused

BULK = "/rest/all/async/bulk/V1"


def items(*quantities: float, source: str = "W1") -> list[Json]:
    return [
        {"sourceItems": [{"sku": "TEE", "source_code": source, "quantity": one, "status": 1}]}
        for one in quantities
    ]


def push(shop: Shop, *quantities: float, source: str = "W1") -> Answer:
    return shop.send("POST", f"{BULK}/inventory/source-items", items(*quantities, source=source))


def status(shop: Shop, uuid: str) -> list[tuple[int, str]]:
    shown = shop.get(f"bulk/{uuid}/status")
    return [(one["status"], one.get("result_message", "")) for one in shown["operations_list"]]


def test_a_bulk_is_accepted_and_carried_out_later(shop: Shop) -> None:
    answer = push(shop, 7, 8)
    assert (answer.status, answer["errors"]) == (202, False)
    hashed = sha256(msgspec.json.encode(items(7)[0])).hexdigest()
    assert answer["request_items"][0] == {"id": 0, "data_hash": hashed, "status": "accepted"}
    assert shop.on_hand("TEE") == 10
    uuid = answer["bulk_uuid"]
    assert status(shop, uuid) == [(4, ""), (4, "")]
    shop.run(1)
    assert shop.on_hand("TEE") == 8
    success = "Service execution success async.v1.inventory.source-items.post"
    assert status(shop, uuid) == [(1, success), (1, success)]
    shown = shop.get(f"bulk/{uuid}/status")
    assert (shown["user_type"], shown["operation_count"], shown["start_time"]) == (
        2, 2, "2026-11-27 06:00:00",
    )  # fmt: skip
    detail = shop.get(f"bulk/{uuid}/detailed-status")["operations_list"][0]
    assert (detail["serialized_data"], detail["result_serialized_data"]) == (
        msgspec.json.encode(items(7)[0]).decode(), "[]",
    )  # fmt: skip
    assert shop.get(f"bulk/{uuid}/operation-status/1").body == 2
    assert shop.get(f"bulk/{uuid}/operation-status/3").body == 0
    assert shop.get("bulk", search(size=1))["total_count"] == 2


def test_the_connectors_call_stands_behind_what_the_consumer_does(shop: Shop) -> None:
    push(shop, 7)
    call = shop.calls
    shop.by = "system"
    shop.run(1)
    last = shop.facts(Level)[-1]
    assert (last.by, last.n, last.on_hand) == ("connector", call, 7)


def test_accepted_says_nothing_of_what_comes_of_it(shop: Shop) -> None:
    """202 for all of them; one fails later, and only its status says so."""
    answer = push(shop, 7, source="nowhere")
    assert (answer.status, answer["request_items"][0]["status"]) == (202, "accepted")
    shop.run(1)
    uuid = answer["bulk_uuid"]
    assert status(shop, uuid) == [(3, "Could not save Source Item")]
    assert [(fact.key, fact.reason) for fact in shop.facts(Refused)] == [(uuid, "operation")]


def test_one_operation_that_cannot_be_read_refuses_all(shop: Shop) -> None:
    wrong = items(7)[0]
    wrong["sourceItems"][0]["note"] = "x"
    path = f"{BULK}/inventory/source-items"
    assert shop.send("POST", path, [*items(8), wrong]).status == 500
    mistyped = items(7)[0]
    mistyped["sourceItems"][0]["quantity"] = "many"
    assert shop.send("POST", path, [*items(8), mistyped]).status == 400
    for body in ({"a": 1}, ["x"], b""):
        assert shop.send("POST", path, body).message == "Decoding error."
    shop.run(1)
    assert shop.on_hand("TEE") == 10
    assert shop.get("bulk", search())["total_count"] == 0


def test_a_deadlock_may_be_tried_again(shop: Shop) -> None:
    shop.control("deadlock_next", count=1)
    uuid = push(shop, 7, 8)["bulk_uuid"]
    shop.run(1)
    assert [code for code, _ in status(shop, uuid)] == [2, 1]
    assert shop.on_hand("TEE") == 8


def test_several_consumers_may_let_the_older_quantity_win() -> None:
    outcomes = set()
    for seed in range(6):
        shop = Shop(seed=seed, consumer_delay_s=10, consumer_spread_s=60)
        push(shop, 7)
        push(shop, 8)
        shop.run(9)
        assert shop.on_hand("TEE") == 10
        shop.run(62)
        outcomes.add(shop.on_hand("TEE"))
    assert outcomes == {7, 8}


def test_parameters_of_the_path_move_into_the_body(shop: Shop) -> None:
    order = shop.order(("TEE", 2))
    ship = {"orderId": order["entity_id"],
            "arguments": {"extension_attributes": {"source_code": "W1"}}}  # fmt: skip
    answer = shop.send("POST", f"{BULK}/order/byOrderId/ship", [ship, ship])
    assert answer.status == 202
    shop.run(1)
    assert [code for code, _ in status(shop, answer["bulk_uuid"])] == [1, 3]
    assert shop.read(order["entity_id"])["items"][0]["qty_shipped"] == 2
    assert shop.send("POST", f"{BULK}/order/byOrderId/ship", [{}]).message == (
        '"%fieldName" is required. Enter and try again.'
    )


def test_a_single_operation_can_be_queued(shop: Shop) -> None:
    item = {"stockItem": {"qty": 4, "is_in_stock": True}}
    path = "/rest/V1/products/TEE/stockItems/1"
    answer = shop.send("PUT", path.replace("/V1", "/async/V1"), item)
    assert (answer.status, len(answer["request_items"])) == (202, 1)
    assert shop.item("TEE", "default") is None
    shop.run(1)
    assert shop.on_hand("TEE", "default") == 4
    several = [{"sku": "SOCKS", "itemId": 1, **item}]
    shop.send("PUT", f"{BULK}/products/bySku/stockItems/byItemId", several)
    shop.run(1)
    assert shop.on_hand("SOCKS", "default") == 4


@pytest.mark.parametrize("path", ["status", "detailed-status", "operation-status/1"])
def test_an_unknown_bulk_is_404(shop: Shop, path: str) -> None:
    answer = shop.get(f"bulk/nothing/{path}")
    assert (answer.status, answer["parameters"]) == (
        404, {"fieldName": "bulkUuid", "fieldValue": "nothing"},
    )  # fmt: skip


def test_a_bulk_has_a_limit_of_its_own() -> None:
    shop = Shop(input_limits=True, async_list_limit=2)
    assert push(shop, 1, 2).status == 202
    assert push(shop, 1, 2, 3).status == 400
