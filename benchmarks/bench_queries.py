"""What it costs a fake to find one stock cell among 100 and among 100,000: ``make bench``."""

from __future__ import annotations

import gc
import time
from base64 import b64encode
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote

import msgspec
import pytest
import simpy
from benchmarks.wire_subject import PROJECT, SHOP, fake, shop_token, world_of

from peakproof.wire.message import Request, Response

FEW: Final = 100
MANY: Final = 100_000
ASKED: Final = 100
ROUNDS: Final = 15
SLACK: Final = 1.5
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


def _asked(system: str, ask_of: Callable[[Any], Ask], items: int) -> Callable[[], float]:
    """One round of queries spread over all items: CPU seconds."""
    service = fake(world_of(simpy.Environment()), system, items)
    ask = ask_of(service)
    requests = [ask(number) for number in range(0, items, items // ASKED)]
    for request in requests:
        found = service.receive(request).serve().body
        assert found.count(b"SKU-") + found.count(b"catalog_object_id") in (1, 2), found

    def play() -> float:
        began = time.process_time()
        for request in requests:
            served = service.receive(request).serve()
            assert isinstance(served, Response)
            assert served.status == 200, served.body
        return time.process_time() - began

    return play


@pytest.mark.parametrize(
    ("system", "ask_of"),
    [(SHOP, _of_shop), ("deposco", _of_warehouse), ("pos", _of_tills)],
    ids=["commercetools", "deposco", "pos"],
)
def bench_a_query_by_sku(
    benchmark: Any, capsys: Any, system: str, ask_of: Callable[[Any], Ask]
) -> None:
    """A query by SKU costs the same whatever the number of stock cells; both in turns."""
    few, many = _asked(system, ask_of, FEW), _asked(system, ask_of, MANY)
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
            f"\n{system}: {few_us:.1f} us of {FEW}, {many_us:.1f} us of {MANY}: "
            f"{many_us / few_us:.2f} times"
        )
    assert many_us <= SLACK * few_us
