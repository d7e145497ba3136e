"""How the trade of a day is spread over its hours: 24 shares each, from midnight.

Shares are normalised when they are used. ``uk_online`` is inferred from the two daily peaks that
online sellers report (late morning, 20:00-21:00); ``stores`` was computed from the baskets of the
Complete Journey data set (dunnhumby, published CC0 in the R package ``completejourney``).
"""

from __future__ import annotations

from typing import Final

PROFILES: Final[dict[str, tuple[float, ...]]] = {
    "flat": (1.0,) * 24,
    "uk_online": (
        2.4, 1.2, 0.7, 0.4, 0.3, 0.4, 1.0, 2.4, 4.3, 5.6, 6.3, 6.4,
        6.6, 6.3, 5.9, 5.7, 5.6, 5.7, 5.9, 6.4, 7.1, 6.9, 5.6, 3.9,
    ),
    "stores": (
        0.5, 0.3, 0.2, 0.1, 0.1, 0.3, 0.7, 1.3, 2.3, 3.8, 5.5, 6.9,
        7.2, 7.6, 7.8, 8.9, 10.2, 10.3, 8.7, 7.1, 4.9, 3.1, 1.7, 0.8,
    ),
}  # fmt: skip
