"""What is compared with the figures of channels, by an engine as it is put together."""

from __future__ import annotations

import asyncio

from tests.unit.engine.stage import EPOCH_S, clock, config, play

from peakproof_engine.app import Engine
from peakproof_engine.httpx_send import HttpxSend
from peakproof_engine.model import Share
from peakproof_engine.systems.ports import Shown


class Shelf:
    """A till that shows three units since a minute before the start."""

    async def figures(self, since_s: float | None = None) -> list[Shown]:
        """See :class:`peakproof_engine.flows.audit.Figures`."""
        raise AssertionError(since_s)

    async def figure(self, entry: str, sku: str, place: str) -> Shown:
        """See :class:`peakproof_engine.flows.audit.Figures`."""
        return Shown(sku, place, 3, entry, 1, EPOCH_S - 60.0)


def given_after(sales_s: float, changes_s: float) -> int | None:
    """What a till counts as given that shows two units too few, once these sweeps were made."""

    async def story() -> int | None:
        engine = Engine(config(), send=HttpxSend(), clock=clock())
        assert engine.sales is not None
        engine.audit.sources["pos"] = Shelf()
        live = engine.core.ledger.live("S1", "TEE", "till")
        assert live is not None
        live.share = Share(given=5, entry="v-1")
        engine.audit.verify(live, 1.0)
        engine.sales.swept_s = EPOCH_S + sales_s
        engine.core.swept("changes", EPOCH_S + changes_s)
        await asyncio.sleep(200.0)
        await engine.core.stop()
        engine.store.close()
        return live.share.given

    return play(story())


def test_a_till_is_put_right_once_its_sales_and_its_stock_book_were_swept_and_no_sooner() -> None:
    """Goods that the store wrote off are no sale: they are in the stock book only."""
    assert given_after(100.0, 100.0) == 3
    assert given_after(100.0, 10.0) == 5
    assert given_after(10.0, 100.0) == 5
