"""`peakproof serve` in a process of its own, for the clients that the vendors publish."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

Access = dict[str, dict[str, str]]
"""What the command prints: for each system its URL and how to get in."""


@pytest.fixture(scope="module")
def served() -> Iterator[Access]:
    """The shop and the tills as the command serves them; what it prints is all that is known."""
    process = subprocess.Popen(
        [sys.executable, "-m", "peakproof", "serve", "--systems", "commercetools,pos", "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        told = json.loads(process.stdout.readline())
        assert list(told["systems"]) == ["commercetools", "pos"]
        yield told["systems"]
    finally:
        process.terminate()
        _rest, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")
