"""A fake that holds two million stock rows: ``python -m benchmarks.stock_rows SYSTEM [SURFACE]``.

Prints the most memory that the process had, in MiB, and how long the filling took.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from typing import Any, Final

import simpy
from benchmarks.wire_subject import world_of

from peakproof import catalogue
from peakproof_simulators.kit.seed import Seed, SeedItem, SeedLevel, SeedPlace

SKUS: Final = 100_000
PLACES: Final = 200
PLACES_OF_A_SKU: Final = 20
AT_A_TIME: Final = 5_000
"""SKUs in one seed: the filling itself shall not be what takes the memory."""


def fill(service: Any, skus: int) -> int:
    """Fill a fake; the rows that it has got."""
    codes = [f"L{number:03d}" for number in range(PLACES)]
    places = tuple(SeedPlace(code, code) for code in codes)
    rows = 0
    for first in range(0, skus, AT_A_TIME):
        part = range(first, min(first + AT_A_TIME, skus))
        levels = tuple(
            SeedLevel(f"SKU-{number:06d}", codes[(number * 7 + step * 13) % PLACES], 5 + step)
            for number in part
            for step in range(PLACES_OF_A_SKU)
        )
        items = tuple(SeedItem(f"SKU-{number:06d}", "Tee", 1_999) for number in part)
        service.seed(Seed(items=items, places=() if first else places, levels=levels))
        rows += len(levels)
    return rows


def main(system: str, surface: str = "") -> None:
    """Fill, and say what it took."""
    world = world_of(simpy.Environment())
    service = catalogue.simulator(system)(world, {"surface": surface} if surface else {})
    began = time.process_time()
    with world.acting("seed"):
        rows = fill(service, SKUS)
    taken_s = time.process_time() - began
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    json.dump({"rows": rows, "peak_mib": peak_mib, "taken_s": taken_s}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
