"""How long the judge takes for a record, and that a long day costs no more a record than a short.

Run with ``python benchmarks/bench_judge.py [ORDERS]`` or collect it with pytest.
"""

from __future__ import annotations

import gc
import io
import sys
import tracemalloc
from collections.abc import Iterator
from random import Random
from time import process_time

from peakproof.history import records as say
from peakproof.history.by_hand import ESTATE
from peakproof.history.reader import FORMAT, Reader
from peakproof.history.recorder import Recorder
from peakproof.history.records import Line, Record
from peakproof.judging.judge import judge
from peakproof.judging.verdict import Verdict

_SKUS = 500
_APART_S = 4.0
_BATCH = 4_000


class Day:
    """A quiet, correct day: some thirty records an order, as a run through three systems makes."""

    def __init__(self, orders: int, *, skus: int = _SKUS) -> None:
        self._orders = orders
        self._rng = Random(1)
        self._skus = [f"SKU-{number:04d}" for number in range(skus)]
        self._there = {(sku, node): 1_000_000 for sku in self._skus for node in ("W1", "S1")}
        self._total = dict(self._there)
        self._calls = 0

    def records(self) -> Iterator[Record]:
        """The whole history, in order."""
        estate = {**ESTATE, "prices": dict.fromkeys(self._skus, 1_999)}
        yield say.Run(
            0.0, FORMAT, "bench/day", 1, "none", "virtual", "in_order", estate,
            {"floor_latency_s": 1.0}, {},
        )  # fmt: skip
        yield say.Phase(0.0, "open")
        for (sku, node), units in self._there.items():
            yield say.Move(0.0, "seed", sku, units, "supplier", f"shelf:{node}", "receipt")
            for system in ("wms", "shop", "pos") if node == "S1" else ("wms", "shop"):
                yield say.Level(0.0, "seed", 0, system, sku, node, units, units, "seed")
        yield say.Phase(1.0, "trade")
        t = 1.0
        for number in range(self._orders):
            t += _APART_S
            if number % 5 == 4:
                yield from self._sale(t, number)
            yield from self._order(t, number)
        yield say.Phase(t + 100.0, "calm")
        yield say.Phase(t + 1_000.0, "end")

    def _level(  # noqa: PLR0917  # in the order of the record's fields
        self, t: float, by: say.By, system: str, sku: str, node: str, cause: str
    ) -> say.Level:
        free, total = self._there[sku, node], self._total[sku, node]
        return say.Level(t, by, self._calls, system, sku, node, total, free, cause)

    def _call(self, t: float, system: str, op: str, effect: say.Effect, key: str) -> say.Call:
        self._calls += 1
        return say.Call(
            t - 0.1, self._calls, t, system, op, effect, "POST", f"/{op}", 200, "ok", (key,), "",
            self._calls, self._calls,
        )  # fmt: skip

    def _order(self, t: float, number: int) -> Iterator[Record]:
        sku = self._skus[self._rng.randrange(len(self._skus))]
        name, key = f"{number:07d}", f"order:{number:07d}"
        cell = sku, "W1"
        line = (Line("1", sku, 1, 1_999, "W1"),)
        self._there[cell] -= 1
        yield say.Placed(t, "shopper", 0, "shop", name, f"id-{name}", line, 1_999, "GBP")
        yield self._level(t, "shopper", "shop", sku, "W1", "order")
        yield say.Payment(t + 0.2, "shopper", 0, "shop", name, "captured", 1_999)
        yield say.Hook(t + 0.2, 0, t + 0.3, "shop", "order", name, 1, 200, "ok")
        yield self._call(t + 0.4, "shop", "orders.get", "read", key)
        yield self._call(t + 0.5, "wms", "orders.find", "read", f"work:{name}")
        yield say.Work(t + 0.6, "connector", 0, "wms", name, (name,), "W1", line)
        yield say.WorkState(t + 0.6, "connector", 0, "wms", name, "New", "new")
        yield self._level(t + 0.6, "connector", "wms", sku, "W1", "order")
        yield self._call(t + 0.7, "wms", "orders.create", "write", f"work:{name}")
        yield say.OrderState(
            t + 0.8, "connector", 0, "shop", name, "order", "Open", "Confirmed", "acknowledged"
        )
        yield self._call(t + 0.9, "shop", "orders.update", "write", key)
        yield self._call(t + 1.0, "shop", "inventory.query", "read", f"stock:{sku}@W1")
        yield self._call(t + 1.1, "shop", "inventory.update", "stock", f"stock:{sku}@W1")
        for state in ("waved", "released", "picking"):
            yield say.WorkState(t + 1.2, "warehouse", 0, "wms", name, state.title(), state)
        yield say.Move(t + 1.3, "warehouse", sku, 1, "shelf:W1", "bench:W1", "pick", name)
        yield say.WorkState(t + 1.4, "warehouse", 0, "wms", name, "Packed", "packed")
        parcel = f"P{name}"
        yield say.Parcel(
            t + 1.4, "warehouse", 0, "wms", name, parcel, "packed", line, "W1", "DPD", parcel
        )
        yield say.Move(t + 2.0, "carrier", sku, 1, "bench:W1", "van:W1", "ship", name)
        yield say.Parcel(
            t + 2.0, "carrier", 0, "wms", name, parcel, "shipped", line, "W1", "DPD", parcel
        )
        self._total[cell] -= 1
        yield self._level(t + 2.0, "carrier", "wms", sku, "W1", "ship")
        yield say.WorkState(t + 2.0, "carrier", 0, "wms", name, "Shipped", "shipped")
        yield say.Hook(t + 2.0, 0, t + 2.1, "wms", "shipment", name, 1, 200, "ok")
        yield self._call(t + 2.2, "wms", "shipments.get", "read", f"work:{name}")
        yield say.Confirmed(t + 2.3, "connector", 0, "shop", name, parcel, line)
        yield self._call(t + 2.4, "shop", "orders.update", "write", key)
        yield say.OrderState(
            t + 2.5, "connector", 0, "shop", name, "shipment", "Pending", "Shipped", "shipped"
        )
        yield say.Notice(t + 2.5, "system", 0, "shop", name, "shipped")
        yield self._call(t + 2.6, "shop", "orders.update", "write", key)

    def _sale(self, t: float, number: int) -> Iterator[Record]:
        sku = self._skus[self._rng.randrange(len(self._skus))]
        name = f"R{number}"
        line = (Line("1", sku, 1, 1_999, "S1"),)
        self._there[sku, "S1"] -= 1
        self._total[sku, "S1"] -= 1
        t -= 1.0
        yield say.Sale(t, "till", 0, "pos", name, "S1", "sale", line, t)
        yield self._level(t, "till", "pos", sku, "S1", "sale")
        yield say.Move(t, "till", sku, 1, "shelf:S1", "customer", "sale", name)
        yield self._call(t + 0.2, "pos", "orders.get", "read", f"sale:{name}")
        yield say.Activity(t + 0.3, "connector", 0, "wms", (name,), "S1", "sale", line)
        yield self._level(t + 0.3, "connector", "wms", sku, "S1", "sale")
        yield self._call(t + 0.4, "wms", "activities.post", "write", f"sale:{name}")
        yield self._level(t + 0.5, "connector", "shop", sku, "S1", "write")
        yield self._call(t + 0.5, "shop", "inventory.update", "stock", f"stock:{sku}@S1")


def cost(orders: int) -> tuple[int, float]:
    """Records of a day, and CPU seconds that the judge took (records ready in memory)."""
    days = list(Day(orders).records())
    gc.collect()
    gc.freeze()
    started = process_time()
    verdict = judge(days)
    took_s = process_time() - started
    gc.unfreeze()
    assert verdict.verdict is Verdict.HOLDS, verdict.reasons
    return len(days), took_s


def bench_a_long_day_costs_no_more_a_record_than_a_short_one() -> None:
    """Linear cost: eight times the orders take less than twelve times as long."""
    cost(200)
    short, short_s = cost(500)
    long, long_s = cost(_BATCH)

    assert long_s / long < 1.5 * short_s / short


def bench_finished_orders_leave_memory() -> None:
    """What the judge holds on to grows by far less than the records themselves (7 kB an order).

    Few SKUs, so that their latest records are there in the shorter day already.
    """
    kept = []
    for orders in (1_000, 3_000):
        tracemalloc.start()
        verdict = judge(Day(orders, skus=25).records())
        kept.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert verdict.verdict is Verdict.HOLDS

    assert (kept[1] - kept[0]) / 2_000 < 1_000, "bytes an order"


def main(orders: int) -> None:
    """Print the cost of a day of so many orders: judged from memory, and from the file's bytes."""
    records, took_s = cost(orders)
    each_us = took_s / records * 1e6
    sys.stdout.write(f"{orders} orders, {records} records: {took_s:.2f} s, {each_us:.2f} us each\n")
    recorder = Recorder()
    for record in Day(orders).records():
        recorder.write(record)
    content = recorder.contents()
    started = process_time()
    judge(Reader(io.BytesIO(content)))
    took_s = process_time() - started
    each_us = took_s / records * 1e6
    size = f"{len(content) >> 20} MiB of NDJSON"
    sys.stdout.write(f"read and judged from {size}: {took_s:.2f} s, {each_us:.2f} us each\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
