"""The fake's own control operations, for scenarios and for served mode."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from peakproof.errors import UsageError
from peakproof_simulators.deposco.errors import Declined
from peakproof_simulators.deposco.payloads.common import Upcs
from peakproof_simulators.deposco.payloads.goods import Item

if TYPE_CHECKING:
    from peakproof.history.records import By
    from peakproof_simulators.deposco.roles import DeposcoFloor
    from peakproof_simulators.deposco.state import Deposco

T = TypeVar("T", bound=msgspec.Struct)
Control = Callable[[dict[str, Any]], Any]


class _Blank(msgspec.Struct, forbid_unknown_fields=True):
    operation: str
    nth: int = 1
    stored: bool = False


class _Number(msgspec.Struct, forbid_unknown_fields=True):
    number: str


class _Parcel(msgspec.Struct, forbid_unknown_fields=True):
    parcel: str


class _LineUnits(msgspec.Struct, forbid_unknown_fields=True):
    number: str
    line: str
    units: int


class _Cancel(msgspec.Struct, forbid_unknown_fields=True):
    number: str
    why: str = ""


class _Facility(msgspec.Struct, forbid_unknown_fields=True):
    facility: str
    name: str = ""
    kind: str = "warehouse"


class _Adjust(msgspec.Struct, forbid_unknown_fields=True):
    facility: str
    sku: str
    units: int
    reason: str = "ADJUST"


class _Receive(msgspec.Struct, forbid_unknown_fields=True):
    facility: str
    sku: str
    units: int
    reference: str = ""


class _Item(msgspec.Struct, forbid_unknown_fields=True):
    sku: str
    name: str = ""
    upc: str = ""


def make_controls(store: Deposco, floor: DeposcoFloor) -> dict[str, Control]:
    """The control operations by name; each takes a JSON object and gives a JSON value.

    What people on the floor do happens on behalf of the warehouse, the carrier's part on behalf
    of the carrier. A request that does not fit raises :class:`peakproof.errors.UsageError`.
    """

    def control(kind: type[T], by: By, act: Callable[[T], Any]) -> Control:
        def run(sent: dict[str, Any]) -> Any:
            try:
                wanted = msgspec.convert(sent, kind)
            except msgspec.ValidationError as error:
                raise UsageError(f"deposco control: {error}") from None
            with store.world.acting(by):
                try:
                    return act(wanted)
                except Declined as refusal:
                    raise UsageError(f"deposco control: {refusal.text}") from None

        return run

    def arm(sent: _Blank) -> int:
        store.blanks.arm(sent.operation, nth=sent.nth, stored=sent.stored)
        return store.blanks.waiting()

    def release(sent: _Number) -> list[dict[str, Any]]:
        return [msgspec.structs.asdict(pick) for pick in floor.release(sent.number)]

    def add_facility(sent: _Facility) -> int:
        kind = "Retail Store" if sent.kind == "store" else "Distribution Center"
        return store.catalogue.add_facility(sent.facility, sent.name, kind).id

    def add_item(sent: _Item) -> bool:
        upcs = Upcs(upc=[sent.upc]) if sent.upc else None
        return store.catalogue.write(Item(number=sent.sku, name=sent.name, upcs=upcs))

    return {
        "arm_blank_200": control(_Blank, "system", arm),
        "ready": control(_Facility, "warehouse", lambda sent: floor.ready(sent.facility)),
        "wave": control(_Number, "warehouse", lambda sent: floor.wave(sent.number)),
        "release": control(_Number, "warehouse", release),
        "pick": control(
            _LineUnits, "warehouse", lambda sent: floor.picked(sent.number, sent.line, sent.units)
        ),
        "short": control(
            _LineUnits, "warehouse", lambda sent: floor.short(sent.number, sent.line, sent.units)
        ),
        "pack": control(_Number, "warehouse", lambda sent: floor.packed(sent.number)),
        "ship": control(_Parcel, "carrier", lambda sent: floor.shipped(sent.parcel)),
        "scan": control(_Parcel, "carrier", lambda sent: floor.scanned(sent.parcel)),
        "roll_back": control(_Parcel, "warehouse", lambda sent: floor.roll_back(sent.parcel)),
        "cancel": control(
            _Cancel, "warehouse", lambda sent: floor.cancel(sent.number, sent.why)
        ),
        "adjust": control(
            _Adjust, "warehouse",
            lambda sent: floor.adjust(sent.facility, sent.sku, sent.units, sent.reason),
        ),
        "receive": control(
            _Receive, "warehouse",
            lambda sent: floor.receive(
                sent.facility, sent.sku, sent.units, reference=sent.reference
            ),
        ),
        "add_item": control(_Item, "staff", add_item),
        "add_facility": control(_Facility, "staff", add_facility),
    }  # fmt: skip
