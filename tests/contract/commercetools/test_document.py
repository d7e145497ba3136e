"""The OpenAPI document and the list of sources: made from the table, complete."""

from __future__ import annotations

import subprocess
import sys
from importlib import resources
from pathlib import Path

import msgspec
import pytest
from openapi_spec_validator import validate
from tests.contract.commercetools.shop import Shop, announced

from peakproof_simulators.commercetools.errors import KINDS
from peakproof_simulators.commercetools.settings import Settings

SOURCES = (
    resources.files("peakproof_simulators.commercetools").joinpath("SOURCES.md").read_text("utf-8")
)


def test_the_document_is_valid_openapi() -> None:
    validate(announced().document)


def test_the_document_survives_json() -> None:
    assert msgspec.json.decode(msgspec.json.encode(announced().document)) == announced().document


def test_every_operation_has_a_name_of_its_own_and_says_where_it_is_from(shop: Shop) -> None:
    names = [operation.name for operation in shop.service.operations]
    assert len(names) == len(set(names)) == 125
    assert all(operation.source for operation in shop.service.operations)
    assert {operation.provenance for operation in shop.service.operations} == {"documented"}


@pytest.mark.parametrize(
    ("name", "effect"),
    [
        ("inventory.update", "stock"), ("inventory.create", "stock"), ("inventory.query", "read"),
        ("inventory.delete_by_key", "stock"), ("order.create", "write"),
        ("order.update_by_number", "write"), ("order.import", "write"), ("order.get", "read"),
        ("message.query", "read"), ("oauth.token", "auth"), ("inventory.exists", "read"),
    ],
)  # fmt: skip
def test_operations_say_what_they_do(shop: Shop, name: str, effect: str) -> None:
    found = {operation.name: operation.effect for operation in shop.service.operations}
    assert found[name] == effect


@pytest.mark.parametrize("setting", Settings.__struct_fields__)
def test_every_setting_is_among_the_sources(setting: str) -> None:
    assert f"`{setting}`" in SOURCES


@pytest.mark.parametrize("code", KINDS)
def test_every_refusal_is_among_the_sources(code: str) -> None:
    assert f"`{code}`" in SOURCES


def test_every_group_of_operations_is_among_the_sources(shop: Shop) -> None:
    groups = {operation.name.partition(".")[0] for operation in shop.service.operations}
    missing = [group for group in sorted(groups) if f"`{group}.*`" not in SOURCES]
    assert missing == []


PLAY = """
import sys
sys.path.insert(0, sys.argv[1])
from tests.contract.commercetools.shop import Shop
from peakproof_simulators.trading.ports import Want
shop = Shop(seed=int(sys.argv[2]), reservation_expiration_min=1)
for number in range(6):
    shop.storefront.checkout((Want("TEE", 1), Want("SOCKS", 1)), email="a@b.test", name="A B")
    shop.run(3)
shop.cart(shop.line("TEE", 2), mode="ReserveOnCart")
order = shop.order(shop.line("TEE", 2))
shop.act(f"orders/{order['id']}", {"action": "changeOrderState", "orderState": "Cancelled"})
shop.get("messages", limit=500)
shop.run(400)
import hashlib, json
state = json.dumps(shop.service.inspect())
print(shop.world.recorder.digest(), hashlib.sha256(state.encode()).hexdigest())
"""


def play(seed: int, hash_seed: str) -> str:
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", PLAY, str(root), str(seed)],
        env={"PYTHONHASHSEED": hash_seed, "PATH": ""},
        capture_output=True, text=True, check=True, cwd=root,
    )  # fmt: skip
    return done.stdout


def test_the_same_seed_gives_the_same_bytes_in_any_process() -> None:
    first = play(1, "0")
    assert first == play(1, "4242")
    assert first != play(2, "0")


def test_the_whole_state_can_be_looked_at(shop: Shop) -> None:
    shop.order(shop.line("TEE", 4))
    state = msgspec.json.decode(msgspec.json.encode(shop.service.inspect()))
    assert [one["orderNumber"] for one in state["orders"]] == ["N-1"]
    cell = state["cells"][0]
    assert cell == {
        "sku": "TEE", "place": "W1", "on_hand": 6, "available": 6, "reserved": 0, "unseen": -4,
    }  # fmt: skip
    assert {"inventory", "carts", "payments", "messages", "reservations", "products"} <= set(state)
