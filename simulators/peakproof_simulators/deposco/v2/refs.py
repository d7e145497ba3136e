"""References of V2: an id or a business key, either way round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import UNSET, UnsetType

from peakproof_simulators.deposco.catalogue import EACH, Entry, Facility
from peakproof_simulators.deposco.errors import Declined, errors
from peakproof_simulators.deposco.v2.payloads import EntityRef
from peakproof_simulators.kit.service import VendorError

if TYPE_CHECKING:
    from peakproof_simulators.deposco.state import Deposco


def unit_ref(store: Deposco) -> EntityRef:
    """The tenant's one business unit."""
    settings = store.settings
    return EntityRef(
        id=settings.business_unit_id,
        business_key={"code": settings.business_unit},
        href=f"/latest/companies/{settings.business_unit_id}",
    )


def item_ref(store: Deposco, entry: Entry) -> EntityRef:
    """An item, as others point at it."""
    unit = store.settings.business_unit
    return EntityRef(
        id=entry.id,
        business_key={"number": entry.number, "businessUnit.code": unit},
        href=f"/latest/items/{entry.id}",
    )


def facility_ref(store: Deposco, facility: Facility) -> EntityRef:
    """A facility, as others point at it."""
    unit = store.settings.business_unit
    return EntityRef(
        id=facility.id,
        business_key={"number": facility.number, "businessUnit.code": unit},
        href=f"/latest/facilities/{facility.id}",
    )


def pack_ref(store: Deposco, entry: Entry, kind: str, quantity: int) -> EntityRef:
    """A pack of an item; one that the item no longer has keeps its key and loses its id."""
    number = entry.packs.get((kind, quantity))
    unit = store.settings.business_unit
    href = UNSET if number is None else f"/latest/items/{entry.id}/packs/{number}"
    return EntityRef(
        id=number,
        business_key={
            "item.number": entry.number, "quantity": quantity, "item.businessUnit.code": unit,
        },
        href=href,
    )  # fmt: skip


# --- in -------------------------------------------------------------------------------


def _key(ref: EntityRef) -> dict[str, Any]:
    return ref.business_key if isinstance(ref.business_key, dict) else {}


def check_unit(store: Deposco, ref: EntityRef | UnsetType) -> None:
    """Refuse a business unit that is not this tenant's.

    Raises:
        VendorError: 404 in the vendor's words.
    """
    if ref is UNSET:
        return
    code, number = _key(ref).get("code"), ref.id
    settings = store.settings
    if code not in (None, settings.business_unit) or (
        isinstance(number, int) and number != settings.business_unit_id
    ):
        raise errors(404, f"Business unit with business key code = [{code}] does not exist")


def _refused(store: Deposco, said: object, reason: str, entity: str) -> VendorError:
    text = f"{entity} with business key number = [{said}] does not exist"
    store.refused(str(said), Declined(404, reason, text))
    return errors(404, text)


def find_item(store: Deposco, ref: EntityRef) -> Entry:
    """The item of a reference.

    Raises:
        VendorError: 404 in the vendor's words (DQ16).
    """
    catalogue = store.catalogue
    number = _key(ref).get("number")
    if isinstance(ref.id, int):
        number = catalogue.by_id.get(ref.id)
    found = catalogue.items.get(number) if isinstance(number, str) else None
    if found is None:
        said = ref.id if isinstance(ref.id, int) else number
        raise _refused(store, said, "unknown_item", "Item")
    return found


def find_facility(store: Deposco, ref: EntityRef) -> Facility:
    """The facility of a reference.

    Raises:
        VendorError: 404 in the vendor's words.
    """
    catalogue = store.catalogue
    number = _key(ref).get("number")
    if isinstance(ref.id, int):
        number = catalogue.facility_ids.get(ref.id)
    found = catalogue.facilities.get(number) if isinstance(number, str) else None
    if found is None:
        said = ref.id if isinstance(ref.id, int) else number
        raise _refused(store, said, "unknown_facility", "Facility")
    return found


def find_pack(entry: Entry, ref: EntityRef | UnsetType) -> tuple[str, int]:
    """The pack of a reference; a single unit when there is none.

    Raises:
        VendorError: 404 when the item has no such pack.
    """
    if ref is UNSET:
        return EACH, 1
    wanted = _key(ref).get("quantity")
    for (kind, quantity), number in entry.packs.items():
        if (isinstance(ref.id, int) and number == ref.id) or (
            not isinstance(ref.id, int) and quantity == wanted
        ):
            return kind, quantity
    raise errors(404, f"Pack of item [{entry.number}] does not exist")
