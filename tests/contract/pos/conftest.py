"""Fixtures of the point of sale: a shop, and its face on a loopback socket."""

from __future__ import annotations

import pytest
from tests.contract.pos.shop import Shop


@pytest.fixture
def shop() -> Shop:
    """Two stores and a warehouse, with the default settings."""
    return Shop()
