"""Fixtures of Deposco: a warehouse and a store with the default settings."""

from __future__ import annotations

import pytest
from tests.contract.deposco.depot import Depot


@pytest.fixture
def depot() -> Depot:
    """Ten TEE and five SOCKS in the warehouse, three TEE in the store."""
    return Depot()
