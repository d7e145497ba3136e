"""Goods on their way between two places: ordered = received + damaged + cancelled + pending."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from peakproof_simulators.pos.refusals import NotAllowed
from peakproof_simulators.pos.sale import TRANSFER_MOVES, Transfer, TransferLine, TransferState
from peakproof_simulators.pos.stock import State

if TYPE_CHECKING:
    from peakproof_simulators.pos.state import PointOfSale


class Receipt(msgspec.Struct, frozen=True):
    """What became of part of a line: in good order, damaged, or not to come any more."""

    uid: str
    received_e5: int = 0
    damaged_e5: int = 0
    cancelled_e5: int = 0

    @property
    def units_e5(self) -> int:
        """All that the receipt accounts for."""
        return self.received_e5 + self.damaged_e5 + self.cancelled_e5


def draft(
    pos: PointOfSale,
    src: str,
    dst: str,
    lines: Sequence[TransferLine],
    *,
    expected: str = "",
    notes: str = "",
    tracking: str = "",
    person: str = "",
) -> Transfer:
    """Write down an intention: nothing moves yet.

    Raises:
        NotAllowed: both ends are the same place.
    """
    if src == dst:
        raise NotAllowed("same", "The two places of a transfer must differ.")
    now_ms = pos.now_ms
    return pos.add_transfer(
        Transfer(
            id=pos.ids.token(24), no=pos.transfers.next_no(), mark=pos.transfers.next_mark(),
            version=pos.stamp(), src=src, dst=dst, state="draft", lines=tuple(lines),
            created_ms=now_ms, updated_ms=now_ms, expected=expected, notes=notes,
            tracking=tracking, person=person,
        )
    )  # fmt: skip


def start(pos: PointOfSale, transfer: Transfer) -> Transfer:
    """The goods leave: off the shelf of the source, under way.

    Raises:
        NotAllowed: the transfer is no draft, or has no lines.
    """
    _may(transfer, "started")
    if not transfer.lines:
        raise NotAllowed("too_few", "A transfer without lines cannot be started.")
    now = pos.change_transfer(transfer, state="started")
    for line in transfer.lines:
        _move(
            pos, now, line.variant, line.ordered_e5,
            src=("on_hand", now.src), dst=under_way(pos, now),
        )  # fmt: skip
    return now


def receive(pos: PointOfSale, transfer: Transfer, receipts: Sequence[Receipt]) -> Transfer:
    """Goods arrive: on the shelf, damaged, or never; what never comes is the source's again.

    Raises:
        NotAllowed: the transfer is not under way, a line is unknown, or more than what is
            pending would be accounted for.
    """
    if transfer.state not in ("started", "partially_received"):
        _may(transfer, "partially_received")
    lines = {line.uid: line for line in transfer.lines}
    for at, receipt in enumerate(receipts):
        line = lines.get(receipt.uid)
        if line is None:
            raise NotAllowed(
                "unknown", f"There is no line {receipt.uid}.", f"receipt.line_items[{at}]"
            )
        if receipt.units_e5 > line.pending_e5:
            raise NotAllowed(
                "too_many", f"Line {receipt.uid} has less than that pending.",
                f"receipt.line_items[{at}]",
            )  # fmt: skip
        lines[receipt.uid] = msgspec.structs.replace(
            line,
            received_e5=line.received_e5 + receipt.received_e5,
            damaged_e5=line.damaged_e5 + receipt.damaged_e5,
            cancelled_e5=line.cancelled_e5 + receipt.cancelled_e5,
        )
    done = not any(line.pending_e5 for line in lines.values())
    now = pos.change_transfer(
        transfer,
        lines=tuple(lines.values()),
        state="completed" if done else "partially_received",
        completed_ms=pos.now_ms if done else 0,
    )
    way = under_way(pos, now)
    for receipt in receipts:
        variant = lines[receipt.uid].variant
        _move(pos, now, variant, receipt.received_e5, src=way, dst=("on_hand", now.dst))
        _move(pos, now, variant, receipt.damaged_e5, src=way, dst=("damaged", now.dst))
        _move(pos, now, variant, receipt.cancelled_e5, src=way, dst=("on_hand", now.src))
    return now


def cancel(pos: PointOfSale, transfer: Transfer) -> Transfer:
    """What has not arrived is the source's again.

    Raises:
        NotAllowed: the transfer is not under way.
    """
    _may(transfer, "cancelled")
    pending = [(line, line.pending_e5) for line in transfer.lines]
    now = pos.change_transfer(
        transfer,
        state="cancelled",
        lines=tuple(
            msgspec.structs.replace(line, cancelled_e5=line.cancelled_e5 + units_e5)
            for line, units_e5 in pending
        ),
    )
    for line, units_e5 in pending:
        _move(
            pos, now, line.variant, units_e5,
            src=under_way(pos, now), dst=("on_hand", now.src),
        )  # fmt: skip
    return now


def under_way(pos: PointOfSale, transfer: Transfer) -> tuple[State, str]:
    """The cell that holds what is under way."""
    at_end = pos.settings.in_transit_at == "destination"
    return ("in_transit", transfer.dst if at_end else transfer.src)


def _may(transfer: Transfer, state: TransferState) -> None:
    if state not in TRANSFER_MOVES[transfer.state]:
        raise NotAllowed("wrong_state", f"The transfer is {transfer.state.replace('_', ' ')}.")


def _move(
    pos: PointOfSale,
    transfer: Transfer,
    variant: str,
    units_e5: int,
    *,
    src: tuple[State, str],
    dst: tuple[State, str],
) -> None:
    if units_e5:
        pos.move(
            variant=variant, units_e5=units_e5, src=src, dst=dst, cause="transfer",
            by_till=pos.world.by != "connector", occurred_ms=pos.now_ms, transfer=transfer.id,
            reason="in_transit" if dst[0] == "in_transit" else "transfer",
        )  # fmt: skip
