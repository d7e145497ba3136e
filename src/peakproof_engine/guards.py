"""Every protection of the engine by name. Each can be switched off to show what it is for.

Switching one off takes a step away, as a plain connector would not have it; nothing is added
that a plain connector would not contain. ``scenario`` and ``breach`` say where the harness shows
the need for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from peakproof_engine.errors import ConfigError


class Guard(msgspec.Struct, frozen=True):
    """One protection: what it does, and the scenario and breach that need it."""

    name: str
    does: str
    scenario: str
    breach: str


_TABLE: Final = (
    # --- what is offered ---
    ("allocation", "Each channel sells from a share of its own, and shares never sum to more "
     "than the stock.", "last-unit-race", "oversold"),
    ("hold_back", "Units that a walk-in customer may carry to the till are not offered.",
     "last-unit-walk-in, last-unit-race", "oversold"),
    ("unacknowledged_demand", "What channels sold and the master has not yet taken off is "
     "counted against its figure.", "unacknowledged-demand", "oversold"),
    ("level_order", "An older level of the master never replaces a newer one: its sequence "
     "decides, not its arrival.", "stale-overwrite, webhook-reordered, stale-read",
     "stock_diverged"),
    ("snapshot", "The master's levels are read at intervals and the channels' figures compared "
     "with them; a difference that stays is repaired.", "delta-drift", "stock_diverged"),
    ("quantity_kind", "What is on the shelf and what is free to sell are told apart wherever a "
     "quantity is read or written.", "wrong-quantity-kind", "ghost_stock"),
    ("figure_checked", "What a stock write did is read from its answer, not assumed.",
     "silent-clamp", "stock_diverged, oversold"),
    ("one_route", "Units that a shipment's document takes off a figure are not taken off by a "
     "stock message as well.", "double-deduction", "ghost_stock"),
    ("place_map", "A place is what the map says it is in each system; codes that look the same "
     "are not taken to be the same, and one that is on no map is not guessed.",
     "pool-mapping, new-facility", "stock_diverged, misrouted"),
    ("made_salable", "A quantity is written together with the word that it may be sold.",
     "moved-not-salable", "ghost_stock"),
    ("store_commitment", "An order that a store ships holds its units at that store's till from "
     "the moment that it is there.", "store-commit-unseen", "oversold, order_stuck"),
    ("source_shipped", "A parcel is shipped through the source that it left, which takes its units "
     "off there and lets go of what the order held.", "reservation-leak", "reservation_leak"),
    ("stock_first", "Stock messages go before all others when calls are scarce.",
     "stock-update-starved", "oversold"),
    # --- movements ---
    ("echo", "Stock changes that the engine itself made are recognised and dropped.",
     "sync-loop", "sync_loop"),
    ("movement_once", "A till transaction is posted under its own id, so it is booked once "
     "however often it is told.", "till-sale-twice", "stock_diverged"),
    ("returns_posted", "Each till return becomes one receipt in the master.",
     "ghost-return", "ghost_stock, till_sale_lost"),
    ("count_time", "A stock count is applied at the time of counting and later movements are "
     "replayed on it.", "recount-mid-trade, offline-till", "stock_diverged"),
    ("booked_once", "A till transaction goes into one batch, whatever the overlap of sweeps.",
     "month-end", "ledger_unbalanced"),
    ("tax_as_charged", "Tax is booked as the till charged it, not worked out again.",
     "tax-rounding", "ledger_unbalanced"),
    # --- orders ---
    ("release_on_payment", "An order goes to the warehouse only when its payment is final.",
     "payment-race", "unpaid_release"),
    ("validated_only", "An order goes to the warehouse only when the shop has looked it through.",
     "released-unvalidated", "unpaid_release"),
    ("hold_honoured", "An order that the shop has on hold waits until the hold is lifted.",
     "order-on-hold", "unpaid_release"),
    ("item_check", "Items are looked up in the item master before an order with them is sent; "
     "an order with an unknown one waits, with an owner, and goes when the item appears.",
     "unknown-sku", "order_lost"),
    ("look_before_create", "An order is created under its own number, and after an unknown "
     "outcome the warehouse is asked for that number first.", "lost-response, reset-after",
     "order_duplicated"),
    ("inner_outcome", "An answer is read before it is believed: the outcome inside a 2xx, or "
     "the lack of one, decides.", "false-success, truncated", "order_lost"),
    ("conflict_reread", "A 409 is answered by reading the record again and deciding again, "
     "not by giving up.", "version-conflict", "status_stalled"),
    ("version_check", "A write carries the version on which it was decided, not whichever is "
     "current when it is sent.", "cancel-overwritten, slow", "lost_update, oversold"),
    ("cancel_answer", "The warehouse's answer to the cancel itself decides; money is returned "
     "only after it.", "cancel-too-late", "refunded_and_shipped"),
    ("confirm_once", "A parcel that the channel already shows is not confirmed again.",
     "confirmation-twice", "confirmed_twice"),
    ("cuts_told", "What the warehouse will not ship is withdrawn in the shop, and its money goes "
     "back.", "warehouse-cancels", "order_stuck"),
    ("capture_checked", "Whether the money of a shipment was captured is read after the call, and "
     "tried again or raised.", "capture-fails", "shipped_uncaptured"),
    ("blocked_replayed", "News that the shop refuses for now is raised and told again until the "
     "shop takes it.", "shipment-update-blocked", "confirmation_missing"),
    # --- the wire and the machine ---
    ("claim", "A notice is claimed before the work is begun, so that a second one finds it "
     "taken and its units are not promised twice.", "webhook-duplicated", "ghost_stock"),
    ("sweep", "What no notice told is found by asking at intervals.", "webhook-lost",
     "order_lost"),
    ("overlap_window", "Each sweep begins some time before the last one ended, and pages by "
     "key, not by offset.", "missed-by-paging", "order_lost"),
    ("retry_unknown", "Work whose outcome is unknown is taken up again until it is known.",
     "reset-before, outage", "order_stuck, order_lost"),
    ("timeout_is_unknown", "A time-out is an unknown outcome, not a failure.", "slow",
     "oversold"),
    ("retry_after", "A 429 is a request to wait, for as long as it says.", "rate-limited",
     "order_lost"),
    ("token_single_flight", "An expired token is fetched anew, once, and all callers wait for "
     "that one.", "token-expired", "status_stalled"),
    ("write_ahead", "Work is written to the store together with the message that brought it, "
     "and is taken up again after a crash.", "crash", "order_lost"),
)  # fmt: skip

GUARDS: Final[dict[str, Guard]] = {row[0]: Guard(*row) for row in _TABLE}
"""All protections by name."""


class Guards:
    """Which protections are on: one attribute each, so that asking costs nothing."""

    __slots__ = (
        "allocation", "blocked_replayed", "booked_once", "cancel_answer", "capture_checked",
        "claim", "confirm_once", "conflict_reread", "count_time", "cuts_told", "echo",
        "figure_checked", "hold_back", "hold_honoured", "inner_outcome", "item_check",
        "level_order", "look_before_create", "made_salable", "movement_once", "one_route",
        "overlap_window", "place_map", "quantity_kind", "release_on_payment", "retry_after",
        "retry_unknown", "returns_posted", "snapshot", "source_shipped", "stock_first",
        "store_commitment", "sweep", "tax_as_charged", "timeout_is_unknown", "token_single_flight",
        "unacknowledged_demand", "validated_only", "version_check", "write_ahead",
    )  # fmt: skip

    allocation: bool
    blocked_replayed: bool
    booked_once: bool
    cancel_answer: bool
    capture_checked: bool
    claim: bool
    confirm_once: bool
    conflict_reread: bool
    count_time: bool
    cuts_told: bool
    echo: bool
    figure_checked: bool
    hold_back: bool
    hold_honoured: bool
    inner_outcome: bool
    item_check: bool
    level_order: bool
    look_before_create: bool
    made_salable: bool
    movement_once: bool
    one_route: bool
    overlap_window: bool
    place_map: bool
    quantity_kind: bool
    release_on_payment: bool
    retry_after: bool
    retry_unknown: bool
    returns_posted: bool
    snapshot: bool
    source_shipped: bool
    stock_first: bool
    store_commitment: bool
    sweep: bool
    tax_as_charged: bool
    timeout_is_unknown: bool
    token_single_flight: bool
    unacknowledged_demand: bool
    validated_only: bool
    version_check: bool
    write_ahead: bool

    def __init__(self, off: Iterable[str] = ()) -> None:
        """All on but those named.

        Raises:
            ConfigError: there is no guard of that name.
        """
        without = dict.fromkeys(off)
        for name in without:
            if name not in GUARDS:
                known = ", ".join(sorted(GUARDS))
                raise ConfigError(f"guards.off: there is no guard {name!r}; there are {known}")
        for name in GUARDS:
            setattr(self, name, name not in without)
