"""When calls are scarce, stock goes first: every call says how much it can wait."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Final

import pytest
import respx
from tests.unit.engine.stage import over_respx
from tests.unit.engine.test_calls import CASES
from tests.unit.engine.vendor import HOSTS, Case, Vendor, adapter, learned

from peakproof_engine.budget import ORDERS, SNAPSHOTS, STOCK, SWEEPS

RANKS: Final = {
    STOCK: (
        "StockLevels.levels_since", "StockMaster.book", "StockMaster.adjust",
        "StockMaster.adjusted", "Entries.entry", "Shop.figure", "Entries.new_entry",
        "Entries.change", "Entries.changes", "Tills.figure", "Tills.apply",
    ),
    ORDERS: (
        "Warehouse.create", "Warehouse.find", "Warehouse.cancel", "Warehouse.status",
        "ItemMaster.knows", "Shop.order", "Shop.update", "Shop.refund", "Tills.learn",
        "Tills.sales", "Deposco.subscribe", "Commercetools.subscribe", "Pos.subscribe",
    ),
    SWEEPS: (
        "Warehouse.shipped_since", "Warehouse.ended_since", "Shop.orders_since",
        "Tills.sales_since", "Tills.changes_since",
    ),
    SNAPSHOTS: ("StockLevels.all_levels", "Shop.learn_range", "Shop.range", "Shop.sells"),
}  # fmt: skip
BY_NAME: Final = {does: rank for rank, names in RANKS.items() for does in names}
OTHERS: Final[dict[str, list[int]]] = {
    "Shop.learn_places": [STOCK, ORDERS],
    # The first reading of all figures opens the books; later ones only compare.
    "Shop.figures all, page by page": [STOCK, STOCK], "Shop.figures changed since": [SNAPSHOTS],
    "Tills.figures all": [STOCK, STOCK], "Tills.figures changed since": [SNAPSHOTS],
    "Tills.figures none changed": [SNAPSHOTS],
    "Tills.changes_since of what came into the catalogue meanwhile": [SWEEPS, ORDERS],
    "Tills.sells": [],
}  # fmt: skip


def ranks_of(case: Case) -> list[int]:
    """The ranks of a case's calls, one by one."""

    async def story(router: respx.MockRouter) -> list[int]:
        made = adapter(case.system, case.off)
        if not case.does.endswith((".learn", ".learn_places")):
            await learned(case.system, router, made)
        vendor = Vendor(case.exchanges, {})
        router.route(host=HOSTS[case.system]).mock(side_effect=vendor.answer)
        ranks: list[int] = []
        line = made._line

        async def call(method: str, path: str, *rest: Any, rank: int, **more: Any) -> Any:
            ranks.append(rank)
            return await line.call(method, path, *rest, rank=rank, **more)

        made._line = SimpleNamespace(call=call)
        await case.act(made)
        return ranks

    return over_respx(story)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_call_says_how_much_it_can_wait(case: Case) -> None:
    expected = OTHERS.get(f"{case.does} {case.name}".strip())
    if expected is None:
        expected = [BY_NAME[case.does]] * len(case.exchanges)
    assert ranks_of(case) == expected


def test_stock_goes_before_orders_before_sweeps_before_snapshots() -> None:
    assert STOCK < ORDERS < SWEEPS < SNAPSHOTS
