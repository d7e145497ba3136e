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
    from peakproof.world import World
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


class _Place(msgspec.Struct, forbid_unknown_fields=True):
    facility: str


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
    world = store.world
    return {**_house(world, store), **_orders(world, floor), **_goods(world, floor)}


def _control(world: World, kind: type[T], by: By, act: Callable[[T], Any]) -> Control:
    def run(sent: dict[str, Any]) -> Any:
        try:
            wanted = msgspec.convert(sent, kind)
        except msgspec.ValidationError as error:
            raise UsageError(f"deposco control: {error}") from None
        with world.acting(by):
            try:
                return act(wanted)
            except Declined as refusal:
                raise UsageError(f"deposco control: {refusal.text}") from None

    return run


def _house(world: World, store: Deposco) -> dict[str, Control]:
    def arm(sent: _Blank) -> int:
        store.blanks.arm(sent.operation, nth=sent.nth, stored=sent.stored)
        return store.blanks.waiting()

    def add_facility(sent: _Facility) -> int:
        kind = "Retail Store" if sent.kind == "store" else "Distribution Center"
        return store.catalogue.add_facility(sent.facility, sent.name, kind).id

    def add_item(sent: _Item) -> bool:
        upcs = Upcs(upc=[sent.upc]) if sent.upc else None
        return store.catalogue.write(Item(number=sent.sku, name=sent.name, upcs=upcs))

    return {
        "arm_blank_200": _control(world, _Blank, "system", arm),
        "add_item": _control(world, _Item, "staff", add_item),
        "add_facility": _control(world, _Facility, "staff", add_facility),
    }


def _orders(world: World, floor: DeposcoFloor) -> dict[str, Control]:
    def release(sent: _Number) -> list[dict[str, Any]]:
        return [msgspec.structs.asdict(pick) for pick in floor.release(sent.number)]

    def picked(sent: _LineUnits) -> None:
        floor.picked(sent.number, sent.line, sent.units)

    def short(sent: _LineUnits) -> None:
        floor.short(sent.number, sent.line, sent.units)

    by_number = {"wave": floor.wave, "pack": floor.packed}
    by_parcel: dict[str, tuple[By, Callable[[str], None]]] = {
        "ship": ("carrier", floor.shipped),
        "scan": ("carrier", floor.scanned),
        "roll_back": ("warehouse", floor.roll_back),
    }
    return {
        "ready": _control(world, _Place, "warehouse", lambda sent: floor.ready(sent.facility)),
        "release": _control(world, _Number, "warehouse", release),
        "pick": _control(world, _LineUnits, "warehouse", picked),
        "short": _control(world, _LineUnits, "warehouse", short),
        "cancel": _control(
            world, _Cancel, "warehouse", lambda sent: floor.cancel(sent.number, sent.why)
        ),
        **{
            name: _control(world, _Number, "warehouse", _on_number(act))
            for name, act in by_number.items()
        },
        **{
            name: _control(world, _Parcel, by, _on_parcel(act))
            for name, (by, act) in by_parcel.items()
        },
    }


def _on_number(act: Callable[[str], Any]) -> Callable[[_Number], Any]:
    return lambda sent: act(sent.number)


def _on_parcel(act: Callable[[str], Any]) -> Callable[[_Parcel], Any]:
    return lambda sent: act(sent.parcel)


def _goods(world: World, floor: DeposcoFloor) -> dict[str, Control]:
    def adjust(sent: _Adjust) -> None:
        floor.adjust(sent.facility, sent.sku, sent.units, sent.reason)

    def receive(sent: _Receive) -> None:
        floor.receive(sent.facility, sent.sku, sent.units, reference=sent.reference)

    def send(sent: _Receive) -> None:
        floor.send(sent.facility, sent.sku, sent.units, reference=sent.reference)

    return {
        "adjust": _control(world, _Adjust, "warehouse", adjust),
        "send": _control(world, _Receive, "warehouse", send),
        "receive": _control(world, _Receive, "warehouse", receive),
    }
