"""Fixtures of commercetools: a shop with the default settings, and one without lag."""

from __future__ import annotations

import pytest
from tests.contract.commercetools.shop import Shop


@pytest.fixture
def shop() -> Shop:
    """Ten TEE in the warehouse, three in the store, five SOCKS in the entry without a channel."""
    return Shop()


@pytest.fixture
def prompt() -> Shop:
    """The same, where readers see at once what orders take."""
    return Shop(stock_lag_s=0)
