"""The same seed makes the same history, in another process and under another hash seed."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from tests.contract.pos.shop import Shop

PLAY = """
from tests.contract.pos.test_sameness import play
print(play(5))
"""


def play(seed: int) -> str:
    """A bit of everything; the digest of its history, its answers and its notices."""
    shop = Shop(seed=seed)
    shop.subscribe("inventory.count.updated", "order.updated")
    shop.control("go_offline", store="S2")
    for sku in ("TEE-RED-M", "TEE-BLUE-M", "SOCKS"):
        shop.at(shop.world.t + 1.0)
        sale = shop.ring(sku, 2)
        shop.ring(sku, store="S2")
        shop.take_back(sku, sale=sale, restock=False)
        shop.adjust(sku, "S1", "NONE", "IN_STOCK", "3")
    shop.control("upload", store="S2")
    goods = [{"sku": "TEE-RED-M", "units": 2}]
    sent = shop.control("start_transfer", src="W1", dst="S1", items=goods)["transfer"]
    shop.control("receive_transfer", transfer=sent)
    shop.pay_cash(shop.make_order())
    parts = [shop.world.recorder.digest(), repr(shop.service.inspect()), repr(shop.events())]
    parts += [repr(shop.ok("POST", "/v2/orders/search", {"location_ids": ["S1", "S2"]}))]
    parts += [repr(shop.ok("POST", "/v2/inventory/counts/batch-retrieve", {}))]
    parts += [repr(shop.ok("POST", "/v2/inventory/changes/batch-retrieve", {}))]
    return "\n".join(parts)


@pytest.mark.slow
def test_another_process_under_another_hash_seed_plays_the_same() -> None:
    here = play(5)
    path = os.pathsep.join(sys.path)
    for hash_seed in ("0", "77"):
        ran = subprocess.run(
            [sys.executable, "-c", PLAY], capture_output=True, text=True, timeout=60, check=True,
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": path},
        )  # fmt: skip
        assert ran.stdout.rstrip("\n") == here


def test_another_seed_plays_other_numbers() -> None:
    assert play(5) == play(5)
    assert play(5) != play(6)
