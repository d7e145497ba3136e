"""The OpenAPI document and the list of sources: made from the table, complete."""

from __future__ import annotations

import subprocess
import sys
from importlib import resources
from pathlib import Path

import msgspec
import pytest
from openapi_spec_validator import validate
from tests.contract.adobe_commerce.shop import Shop, announced

from peakproof.errors import ScenarioError
from peakproof_simulators.adobe_commerce.settings import Settings

SOURCES = (
    resources.files("peakproof_simulators.adobe_commerce").joinpath("SOURCES.md").read_text("utf-8")
)


def test_the_document_is_valid_openapi() -> None:
    validate(announced().document)


def test_the_document_survives_json() -> None:
    assert msgspec.json.decode(msgspec.json.encode(announced().document)) == announced().document


def test_every_operation_has_a_name_of_its_own_and_says_where_it_is_from(shop: Shop) -> None:
    names = [operation.name for operation in shop.service.operations]
    assert len(names) == len(set(names)) == 196
    assert all(operation.source for operation in shop.service.operations)


@pytest.mark.parametrize(
    ("name", "effect"),
    [
        ("source_item.save", "stock"), ("bulk.source_item.save", "stock"), ("order.list", "read"),
        ("order.ship", "write"), ("token.admin", "auth"), ("stock_item.save", "stock"),
    ],
)  # fmt: skip
def test_operations_say_what_they_do(shop: Shop, name: str, effect: str) -> None:
    found = {operation.name: operation.effect for operation in shop.service.operations}
    assert found[name] == effect


@pytest.mark.parametrize("setting", Settings.__struct_fields__)
def test_every_setting_is_among_the_sources(setting: str) -> None:
    assert f"`{setting}`" in SOURCES


def test_every_group_of_operations_is_among_the_sources(shop: Shop) -> None:
    groups = {operation.name.partition(".")[0] for operation in shop.service.operations}
    assert [group for group in sorted(groups) if f"`{group}.*`" not in SOURCES] == []


def test_a_wrong_setting_is_the_scenarios_fault() -> None:
    with pytest.raises(ScenarioError, match="adobe_commerce"):
        Shop(versoin="2.4.7")


PLAY = """
import sys
sys.path.insert(0, sys.argv[1])
from tests.contract.adobe_commerce.shop import Shop
from peakproof_simulators.trading.ports import Want
shop = Shop(seed=int(sys.argv[2]), consumer_spread_s=5.0, index_lag_s=2.0)
for number in range(4):
    made = shop.storefront.checkout((Want("TEE", 1), Want("SOCKS", 1)), email="a@b.c", name="A B")
    shop.storefront.settle(made, "captured")
    shop.run(3)
order = shop.order(("TEE", 2))
shop.ship(order, (0, 1))
body = [{"sourceItems": [{"sku": "TEE", "source_code": "S1", "quantity": n, "status": 1}]}
        for n in range(5)]
shop.send("POST", "/rest/all/async/bulk/V1/inventory/source-items", body)
shop.run(60)
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
    shop.order(("TEE", 4))
    state = msgspec.json.decode(msgspec.json.encode(shop.service.inspect()))
    assert [one["increment_id"] for one in state["orders"]] == ["000000001"]
    assert state["cells"][0] == {"sku": "TEE", "place": "W1", "on_hand": 10, "available": 6}
    assert [row["quantity"] for row in state["reservations"]] == [-4]
