"""Fixtures of Centra."""

from __future__ import annotations

import pytest
from tests.contract.centra.shop import Shop


@pytest.fixture
def shop() -> Shop:
    """Ten TEE in W1, three in W2, five SOCKS in W1; nothing counts against a rate limit."""
    return Shop()
