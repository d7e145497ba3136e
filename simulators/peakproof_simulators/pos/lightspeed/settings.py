"""What had to be chosen about the second face of the tills: each choice has a name and a default.

``SOURCES.md`` says which facts are documented and which of them rest on a setting here.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

Seconds = Annotated[float, Meta(ge=0)]
Count = Annotated[int, Meta(ge=1)]
Versions = Annotated[
    tuple[Annotated[str, Meta(pattern=r"^20\d{2}-(0[1-9]|1[0-2])$")], ...], Meta(min_length=1)
]

_HOUR: Final = 3600.0
_MINUTE: Final = 60.0


class LightspeedSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The vendor profile of the second face.

    Door
        ``versions``: the live versions of the API, newest first; an older one is served by the
        last of them without a word. ``user_agent_required``. ``scope``: what the OAuth token may
        do, in the vendor's words, empty for everything. ``token_lifetime_s``.
        ``most_body_bytes``: a larger body is refused.
    Limits
        ``rate_limit``: whether calls are counted; ``rate_base`` and ``rate_per_register`` calls
        in ``rate_window_s``. ``retry_after_s``: what a 429 of the weather asks for when the
        weather gave no time.
    Lists
        ``page_size``, ``most_page_size``: of a list that says neither. ``first_version``: where
        the numbers of changes begin.
    Stock
        ``stocktake``: a finished count ``sets`` the figure, or ``shifts`` it by the difference to
        what was expected when the count began. ``short_transfer``: units of a transfer that did
        not come are ``written_off`` or ``returned`` to the source. ``unstated_received``: goods
        of a transfer for which nothing was noted came in full (``count``) or not at all
        (``none``). ``bulk_accumulates``: for which kinds the bulk call adds to what is there.
        ``count_when_dispatched``: what becomes of an expected quantity that is given for a
        supplier's order that is dispatched.
    Sales
        ``sale_id_reuse``: creating a sale under an id that is taken is ``refused`` or gives the
        sale as it is (``same``). ``redact_cards``: digits that look like a card are masked in
        notes and names. ``late_sale_opens_register``: money that comes in for a closed register
        opens its next closure. ``price_after_discount``: a line's price already has the discount
        taken off.
    Notices
        ``notice_timeout_s``; ``retries_s``: waits before each further delivery;
        ``signed_with``: the header that carries the signature.
    """

    versions: Versions = ("2026-07", "2026-04", "2026-01", "2025-10")
    user_agent_required: bool = True
    scope: str = ""
    token_lifetime_s: Seconds = 86_400.0
    most_body_bytes: Count = 10_000_000
    rate_limit: bool = True
    rate_base: Count = 50
    rate_per_register: Annotated[int, Meta(ge=0)] = 300
    rate_window_s: Annotated[float, Meta(gt=0)] = 5 * _MINUTE
    retry_after_s: Seconds = 1.0
    page_size: Count = 200
    most_page_size: Count = 10_000
    first_version: Count = 1_000_000_000
    stocktake: Literal["sets", "shifts"] = "sets"
    short_transfer: Literal["written_off", "returned"] = "written_off"
    unstated_received: Literal["count", "none"] = "count"
    bulk_accumulates: tuple[Literal["SUPPLIER", "OUTLET", "RETURN", "STOCKTAKE"], ...] = (
        "SUPPLIER",
    )
    count_when_dispatched: Literal["ignored", "refused"] = "ignored"
    price_after_discount: bool = True
    sale_id_reuse: Literal["refused", "same"] = "refused"
    redact_cards: bool = True
    late_sale_opens_register: bool = True
    notice_timeout_s: Seconds = 5.0
    retries_s: tuple[Seconds, ...] = (
        1 * _MINUTE, 1 * _MINUTE, 2 * _MINUTE, 4 * _MINUTE, 8 * _MINUTE, 15 * _MINUTE,
        30 * _MINUTE, *(1 * _HOUR,) * 4, *(2 * _HOUR,) * 3, *(4 * _HOUR,) * 3, *(8 * _HOUR,) * 3,
    )  # fmt: skip
    signed_with: str = "x-signature"
