"""Reasons for adjustments: Square's own and the seller's."""

from __future__ import annotations

from tests.contract.pos.shop import Shop

BASE = "/v2/inventory/adjustment-reasons"


def made(shop: Shop) -> dict[str, str]:
    wanted = {"id": {"type": "CUSTOM"}, "name": "Given away", "direction": "DECREASE"}
    body = {"idempotency_key": "k", "adjustment_reason": wanted}
    reason: dict[str, str] = shop.ok("POST", f"{BASE}/create", body)["adjustment_reason"]["id"]
    return reason


def test_a_custom_reason_lives_is_renamed_hidden_and_brought_back(shop: Shop) -> None:
    id_ = made(shop)
    one = {"reason_id": id_}
    assert shop.ok("POST", f"{BASE}/retrieve", one)["adjustment_reason"]["name"] == "Given away"
    renamed = shop.ok("PUT", f"{BASE}/update", {**one, "adjustment_reason": {"name": "Donated"}})
    assert renamed["adjustment_reason"]["name"] == "Donated"
    assert shop.ok("POST", f"{BASE}/delete", one)["adjustment_reason"]["is_deleted"] is True
    listed = shop.ok("GET", BASE)["adjustment_reasons"]
    assert id_ not in [each["id"] for each in listed]
    hidden = shop.ok("GET", f"{BASE}?include_deleted=true")["adjustment_reasons"]
    assert [each["name"] for each in hidden if each["id"] == id_] == ["Donated"]
    again = shop.send("PUT", f"{BASE}/update", {**one, "adjustment_reason": {"name": "No"}})
    assert again.error[:2] == (400, "BAD_REQUEST")
    restored = shop.ok("POST", f"{BASE}/restore", one)["adjustment_reason"]
    assert (restored["name"], restored["is_deleted"]) == ("Donated", False)
    assert shop.ok("POST", f"{BASE}/retrieve", one)["adjustment_reason"]["is_deleted"] is False


def test_a_custom_reason_is_shown_on_the_adjustment_until_it_is_hidden(shop: Shop) -> None:
    id_ = made(shop)
    change = shop.adjust("TEE-RED-M", "S1", "IN_STOCK", "WASTE", reason_id=id_).body["changes"][0]
    assert change["adjustment"]["reason_id"] == id_
    shop.ok("POST", f"{BASE}/delete", {"reason_id": id_})
    refused = shop.adjust("TEE-RED-M", "S1", "IN_STOCK", "WASTE", reason_id=id_)
    assert refused.error[:2] == (400, "INVALID_VALUE")


def test_squares_own_reasons_are_listed_when_asked_for_and_never_made(shop: Shop) -> None:
    def types(query: str) -> list[str]:
        listed = shop.ok("GET", f"{BASE}{query}")["adjustment_reasons"]
        return [each["id"]["type"] for each in listed]

    assert "SALE" not in types("")
    assert "SALE" in types("?include_system_codes=true")
    body = {"idempotency_key": "k", "adjustment_reason": {"id": {"type": "SALE"}, "name": "x"}}
    assert shop.send("POST", f"{BASE}/create", body).error[:2] == (400, "INVALID_VALUE")
    one = {"reason_id": {"type": "RECOUNT"}}
    assert shop.ok("POST", f"{BASE}/retrieve", one)["adjustment_reason"]["id"]["type"] == "RECOUNT"
    lost = {"reason_id": {"type": "CUSTOM", "custom_reason_id": "nothing"}}
    assert shop.send("POST", f"{BASE}/retrieve", lost).status == 404
