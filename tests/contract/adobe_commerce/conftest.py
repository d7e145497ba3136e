"""Fixtures of Adobe Commerce: the estates that its tests play on."""

from __future__ import annotations

import pytest
from tests.contract.adobe_commerce.shop import SINGLE, Shop, default_source, msi


@pytest.fixture
def shop() -> Shop:
    """Ten TEE in the warehouse and three in the store, sold from stock 2; five SOCKS."""
    return Shop()


@pytest.fixture
def single() -> Shop:
    """A hundred TEE and fifty SOCKS on the default source, sold from stock 1; no tax."""
    return Shop(SINGLE)


@pytest.fixture
def estate() -> Shop:
    """The vendor's test estate of five sources and three stocks."""
    return msi()


@pytest.fixture
def default() -> Shop:
    """The vendor's test products on the default source."""
    return default_source()
