"""What it costs a fake to find few things among 100 and among 100,000: ``make bench``."""

from __future__ import annotations

import gc
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote

import msgspec
import pytest
import simpy
from benchmarks.call_subjects import Caller, counter, house, shop
from benchmarks.wire_subject import PROJECT, SHOP, fake, shop_token, world_of

from peakproof.wire.message import Request, Response

FEW: Final = 100
MANY: Final = 100_000
ASKED: Final = 100
ROUNDS: Final = 15
SLACK: Final = 1.5
CACHES_US: Final = 5.0
"""A table of 100,000 does not fit into the processor's caches, and one of 100 does."""

Ask = Callable[[int], Request]


def _of_shop(service: Any) -> Ask:
    headers = {"authorization": f"Bearer {shop_token(service)}"}

    def ask(number: int) -> Request:
        where = quote(f'sku="SKU-{number:06d}"')
        return Request("GET", f"{PROJECT}/inventory", f"where={where}", headers)

    return ask


def _of_warehouse(service: Any) -> Ask:
    access = service.credentials
    pair = b64encode(f"{access['user']}:{access['password']}".encode()).decode()
    headers = {"authorization": f"Basic {pair}", "accept": "application/json"}
    path = f"/integration/{access['code']}/enterpriseinventory/{access['business_unit']}"

    def ask(number: int) -> Request:
        query = f"measures=totalOnHandQty,atpQty&itemNumbers=SKU-{number:06d}"
        return Request("GET", f"{path}/availability", query, headers)

    return ask


def _of_tills(service: Any) -> Ask:
    headers = {
        "authorization": f"Bearer {service.credentials['access_token']}",
        "content-type": "application/json",
    }
    variants = service.state.pos.range

    def ask(number: int) -> Request:
        (variant,) = variants.with_sku(f"SKU-{number:06d}")
        body = msgspec.json.encode({"catalog_object_ids": [variant.id], "location_ids": ["W1"]})
        return Request("POST", "/v2/inventory/counts/batch-retrieve", "", headers, body)

    return ask


def _of_v2(service: Any) -> Ask:
    call = Caller(service)
    house(call)
    return lambda number: call.request("GET", f"/latest/items?number=SKU-{number:06d}")


def _of_changed_items(service: Any) -> Ask:
    call = Caller(service)
    house(call)
    return lambda _number: call.request("GET", "/latest/items?updatedAfter=2030-01-01T00:00:00Z")


def _of_magento(*fields: str) -> Callable[[Any], Ask]:
    def of(service: Any) -> Ask:
        call = Caller(service)
        shop(call)

        def ask(number: int) -> Request:
            values = {"sku": f"SKU-{number:06d}", "source_code": "W1"}
            criteria = [
                f"searchCriteria[filter_groups][{at}][filters][0][{part}]={said}"
                for at, field in enumerate(fields)
                for part, said in (("field", field), ("value", values[field]))
            ]
            query = "&".join([*criteria, "searchCriteria[pageSize]=20"])
            return call.request("GET", f"/rest/V1/inventory/source-items?{query}")

        return ask

    return of


def _of_centra(service: Any) -> Ask:
    call = Caller(service)
    call.bearer(service.credentials["integration_token"])
    query = (
        "query($sku: String!) { productSizes(where: {SKU: {equals: $sku}}) "
        "{ SKU stock { physicalQuantity } } }"
    )

    def ask(number: int) -> Request:
        asked = {"query": query, "variables": {"sku": f"SKU-{number:06d}"}}
        return call.request("POST", "/graphql", asked)

    return ask


def _of_counter(service: Any) -> Ask:
    call = Caller(service)
    counter(call)
    return lambda number: call.request("GET", f"/api/2026-07/products?sku=SKU-{number:06d}")


def _of_last_version(service: Any) -> Ask:
    call = Caller(service)
    counter(call)
    last = call("GET", "/api/2026-07/products?page_size=1&before=999999999999")["version"]["max"]
    return lambda _number: call.request("GET", f"/api/2026-07/products?after={last}&page_size=5")


_FOUND: Final = (b"SKU-", b"catalog_object_id", b'"data":[]')
"""What an answer has when the query found what it looked for, or when nothing is that new."""


def _asked(
    system: str, ask_of: Callable[[Any], Ask], settings: Mapping[str, Any], items: int
) -> Callable[[], float]:
    """One round of queries spread over all items: CPU seconds."""
    service = fake(world_of(simpy.Environment()), system, items, settings)
    ask = ask_of(service)
    requests = [ask(number) for number in range(0, items, items // ASKED)]
    for request in requests:
        body = service.receive(request).serve().body
        assert any(said in body for said in _FOUND), body

    def play() -> float:
        began = time.process_time()
        for request in requests:
            served = service.receive(request).serve()
            assert isinstance(served, Response)
            assert served.status == 200, served.body
        return time.process_time() - began

    return play


_COUNTER: Final = {"surface": "lightspeed", "lightspeed": {"rate_limit": False}}
_QUERIES: Final[dict[str, tuple[str, Callable[[Any], Ask], Mapping[str, Any]]]] = {
    "commercetools: entries by SKU": (SHOP, _of_shop, {}),
    "deposco: availability of an item": ("deposco", _of_warehouse, {}),
    "deposco v2: an item by number": ("deposco", _of_v2, {}),
    "deposco v2: items changed since": ("deposco", _of_changed_items, {}),
    "pos: counts of a variant": ("pos", _of_tills, {}),
    "lightspeed: a product by SKU": ("pos", _of_counter, _COUNTER),
    "lightspeed: products after a version": ("pos", _of_last_version, _COUNTER),
    "adobe: source items by SKU": ("adobe_commerce", _of_magento("sku"), {}),
    "adobe: source items by source and SKU": (
        "adobe_commerce", _of_magento("source_code", "sku"), {},
    ),
    "adobe: a page of a source": ("adobe_commerce", _of_magento("source_code"), {}),
    "centra: a size by SKU": ("centra", _of_centra, {"plan": "off"}),
}  # fmt: skip


@pytest.mark.parametrize("name", _QUERIES)
def bench_a_query(benchmark: Any, capsys: Any, name: str) -> None:
    """A query costs the same whatever the number of stock cells; both in turns."""
    few, many = (_asked(*_QUERIES[name], items) for items in (FEW, MANY))
    gc.collect()
    gc.freeze()
    small: list[float] = []
    large: list[float] = []
    few(), many()
    benchmark.pedantic(
        lambda: large.append(many()), setup=lambda: small.append(few()), rounds=ROUNDS
    )
    gc.unfreeze()
    few_us, many_us = (min(taken) / ASKED * 1e6 for taken in (small, large))
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{name}: {few_us:.1f} us of {FEW}, {many_us:.1f} us of {MANY}: "
            f"{many_us / few_us:.2f} times"
        )
    assert many_us <= SLACK * few_us + CACHES_US
