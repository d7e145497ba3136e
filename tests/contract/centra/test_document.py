"""The documents and the list of sources: made from the tables, complete; the same in any run."""

from __future__ import annotations

import subprocess
import sys
from importlib import resources
from pathlib import Path

import msgspec
import pytest
from openapi_spec_validator import validate
from tests.contract.centra.shop import SEED, Shop, announced, new_world

import peakproof_simulators.centra as package
from peakproof.errors import ScenarioError, UsageError
from peakproof_simulators.centra import create_service
from peakproof_simulators.centra.errors import REFUSALS, SAID
from peakproof_simulators.centra.integration.documents import WRITES
from peakproof_simulators.centra.integration.operations import FINER
from peakproof_simulators.centra.integration.schema import MUTATIONS
from peakproof_simulators.centra.settings import Settings
from peakproof_simulators.kit.seed import Seed, SeedLevel, SeedPlace

SOURCES = resources.files("peakproof_simulators.centra").joinpath("SOURCES.md").read_text("utf-8")


def test_the_document_is_valid_openapi() -> None:
    validate(announced().document)


def test_the_document_survives_json() -> None:
    assert msgspec.json.decode(msgspec.json.encode(announced().document)) == announced().document


def test_every_operation_has_a_name_of_its_own(shop: Shop) -> None:
    names = [operation.name for operation in shop.service.operations]
    assert len(names) == len(set(names)) == 20
    assert all(operation.source for operation in shop.service.operations)


def test_every_query_and_mutation_is_an_operation() -> None:
    schema = Shop.schema()
    fields = [*schema.query_type.fields, *schema.mutation_type.fields]
    assert [name for name in fields if FINER[name].name != name] == []
    assert len(fields) == 18 + 31
    assert set(WRITES) == set(MUTATIONS) == set(schema.mutation_type.fields)


@pytest.mark.parametrize("setting", Settings.__struct_fields__)
def test_every_setting_is_among_the_sources(setting: str) -> None:
    assert f"`{setting}`" in SOURCES


@pytest.mark.parametrize("reason", REFUSALS)
def test_every_refusal_is_among_the_sources(reason: str) -> None:
    assert f"`{reason}`" in SOURCES


def test_every_operation_is_among_the_sources(shop: Shop) -> None:
    names = {one.name for one in (*shop.service.operations, *FINER.values())}
    assert [name for name in sorted(names) if f"`{name}`" not in SOURCES] == []


def test_every_documented_text_belongs_to_an_operation_and_a_reason(shop: Shop) -> None:
    names = {operation.name for operation in shop.service.operations}
    assert [name for name, _ in SAID if name != "*" and f"rest.{name}" not in names] == []
    assert [reason for _, reason in SAID if reason != "*" and reason not in REFUSALS] == []


def test_who_looks_for_stock_pools_finds_them(shop: Shop) -> None:
    assert "stock pool" in (package.__doc__ or "")
    assert "stock pool" in SOURCES


# --- settings, seed, controls ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"strange": 1}, "strange"),
        ({"plan": "free"}, "plan"),
        ({"markets": {}}, "one at least"),
        ({"markets": {"UK": {"rule": "North"}}}, "no allocation rule 'North'"),
    ],
)
def test_a_wrong_setting_is_named(settings: dict[str, object], text: str) -> None:
    with pytest.raises(ScenarioError, match=text):
        create_service(new_world(), settings)


@pytest.mark.parametrize(
    ("settings", "seed", "text"),
    [
        ({"allocation_rules": {"A": ["W9"]}}, SEED, "no place 'W9'"),
        ({}, Seed(places=(SeedPlace("UK", "x"),)), "a place and a market"),
        ({}, Seed(levels=(SeedLevel("TEE", "W1", 1),)), "no such item"),
    ],
)
def test_a_wrong_seed_is_named(settings: dict[str, object], seed: Seed, text: str) -> None:
    service = create_service(new_world(), settings)
    with pytest.raises(ScenarioError, match=text):
        service.seed(seed)


def test_the_seed_can_come_in_parts(shop: Shop) -> None:
    more = Seed(places=(SeedPlace("W3", "x"),), levels=(SeedLevel("TEE", "W3", 4),))
    shop.service.seed(more)
    assert shop.cell("TEE", "W3") == (4, 0, 0)
    assert shop.storefront.offered("TEE")["UK"] == 17


def test_credentials_may_be_fixed() -> None:
    fixed = {"integration_token": "token", "order_api_key": "key", "webhook_secret": "secret"}
    shop = Shop(credentials=fixed)
    assert shop.service.credentials == fixed
    assert shop.ask("{ stores { id } }")


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("spend_quota", {"type": "COFFEE", "units": 1}),
        ("fail_captures", {"number": 1}),
        ("create_token", {}),
        ("expect_delivery", {"sku": "NONE", "place": "W1", "units": 1}),
    ],
)
def test_a_wrong_control_is_refused(shop: Shop, name: str, wanted: dict[str, object]) -> None:
    with pytest.raises(UsageError, match=name):
        shop.service.controls[name](wanted)


def test_the_whole_state_can_be_looked_at(shop: Shop) -> None:
    shop.shipped(("TEE", 4))
    state = msgspec.json.decode(msgspec.json.encode(shop.service.inspect()))
    assert [one["number"] for one in state["orders"]] == [1001]
    assert state["cells"][0] == {
        "sku": "TEE", "place": "W1", "physical": 6, "allocated": 0, "free": 6, "demand": 0,
        "available_now": 6, "incoming": 0,
    }  # fmt: skip
    assert {"shipments", "returns", "events", "markets", "rules", "requests"} <= set(state)


PLAY = """
import sys
sys.path.insert(0, sys.argv[1])
from tests.contract.centra.shop import Shop
from peakproof_simulators.trading.ports import Want
hook = {"url": "http://connector.test/centra"}
shop = Shop(seed=int(sys.argv[2]), webhooks=[hook], capture_failure_share=0.5, capture="async",
            warehouses={"W1": {"allocation_policy": "DIRECT_THEN_CONFIRM"}})
for number in range(6):
    shop.storefront.checkout((Want("TEE", 1), Want("SOCKS", 1)), email="a@b.test", name="A B")
    shop.run(3)
    shop.storefront.settle(str(1001 + number), "authorised") if number < 5 else None
    shop.write("captureOrder", "order { number }", order={"number": 1001 + number})
shop.run(7200)
shop.ask("{ orders(limit: 50) { id number status } }")
import hashlib, json
state = json.dumps(shop.service.inspect())
sent = b"".join(one.body for one in shop.posted)
print(shop.world.recorder.digest(), hashlib.sha256(state.encode() + sent).hexdigest())
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
