"""`peakproof serve`, as a user starts it: one line of JSON, then it serves until stopped."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

COMMAND = [sys.executable, "-m", "peakproof", "serve", "--json"]


@pytest.fixture(scope="module")
def served() -> Iterator[dict[str, Any]]:
    process = subprocess.Popen(COMMAND, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.terminate()
        rest, errors = process.communicate(timeout=20)
        assert process.returncode == 0, errors
        assert rest == "", "one line of JSON is all that it prints"


def test_each_system_is_there_with_its_credentials(served: dict[str, Any]) -> None:
    assert list(served["systems"]) == [
        "adobe_commerce", "centra", "commercetools", "deposco", "patchworks", "pos",
    ]  # fmt: skip
    for access in served["systems"].values():
        assert access["url"].startswith("http://127.0.0.1:")


def test_the_shop_gives_a_token_and_shows_its_stock(served: dict[str, Any]) -> None:
    shop = served["systems"]["commercetools"]
    granted = httpx.post(
        f"{shop['auth_url']}/oauth/token",
        auth=(shop["client_id"], shop["client_secret"]),
        data={"grant_type": "client_credentials", "scope": shop["scope"]},
    )
    bearer = {"authorization": f"Bearer {granted.json()['access_token']}"}
    found = httpx.get(f"{shop['url']}/{shop['project_key']}/inventory?limit=500", headers=bearer)
    assert found.status_code == 200
    assert found.json()["total"] == 36
    assert {entry["availableQuantity"] for entry in found.json()["results"]} == {30}


def test_the_other_shops_hold_the_same_range(served: dict[str, Any]) -> None:
    adobe, centra = served["systems"]["adobe_commerce"], served["systems"]["centra"]
    admin = httpx.post(
        f"{adobe['url']}/rest/V1/integration/admin/token",
        json={"username": adobe["admin_user"], "password": adobe["admin_password"]},
    )
    sources = httpx.get(
        f"{adobe['url']}/rest/V1/inventory/source-items",
        params={"searchCriteria[pageSize]": 1},
        headers={"authorization": f"Bearer {admin.json()}"},
    )
    assert sources.json()["total_count"] == 36
    stock = httpx.post(
        f"{centra['url']}/graphql",
        json={"query": "{ warehouses(limit: 9) { name } }"},
        headers={"authorization": f"Bearer {centra['integration_token']}"},
    )
    assert {one["name"] for one in stock.json()["data"]["warehouses"]} == {"W1", "S1", "S2"}


def test_the_warehouse_and_the_tills_hold_the_same_range(served: dict[str, Any]) -> None:
    deposco, pos = served["systems"]["deposco"], served["systems"]["pos"]
    url = f"{deposco['url']}/integration/{deposco['code']}/enterpriseinventory/PEAK/availability"
    stock = httpx.get(
        url, params={"measures": "totalOnHandQty"}, auth=(deposco["user"], deposco["password"])
    )
    skus = {row["itemNumber"] for row in stock.json()["enterpriseInventory"]}
    listed = httpx.get(
        f"{pos['url']}/v2/catalog/list?types=ITEM_VARIATION",
        headers={"authorization": f"Bearer {pos['access_token']}"},
    )
    assert len(skus) == 12
    assert {one["item_variation_data"]["sku"] for one in listed.json()["objects"]} == skus


def test_the_control_plane_wants_its_token(served: dict[str, Any]) -> None:
    url = served["systems"]["pos"]["url"] + "/_peakproof/openapi.json"
    assert httpx.get(url).status_code == 401
    answered = httpx.get(url, headers={"x-peakproof-token": served["control_token"]})
    assert answered.status_code == 200
    assert answered.json()["openapi"].startswith("3.")


def test_a_taken_port_is_named_with_its_option(served: dict[str, Any]) -> None:
    taken = served["systems"]["pos"]["url"].rpartition(":")[2]
    command = [*COMMAND, "--systems", "pos", "--port", f"pos={taken}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2
    assert f"--port pos={taken}: port {taken} is taken" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--systems", "deposko"], "did you mean deposco"),
        (["--port", "pos=eighty"], "write SYSTEM=NUMBER"),
        (["--rate", "0.5"], "at real speed or faster"),
    ],
)
def test_bad_options_are_answered_without_a_traceback(options: list[str], said: str) -> None:
    done = subprocess.run(
        [*COMMAND, *options], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
