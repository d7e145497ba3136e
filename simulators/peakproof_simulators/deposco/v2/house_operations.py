"""The table of V2's items, kits, places, partners and the rest of the house."""

from __future__ import annotations

from typing import Any, Final

from peakproof_simulators.deposco.errors import Errors
from peakproof_simulators.deposco.v2 import goods, house, places, quiet
from peakproof_simulators.deposco.v2 import goods_models as items
from peakproof_simulators.deposco.v2 import house_models as rooms
from peakproof_simulators.deposco.v2 import partner_models as partners
from peakproof_simulators.deposco.v2.payloads import LocationCollection
from peakproof_simulators.deposco.v2.rows import BASE, DATE, ID, REFUSALS, TEXT, list_row, read_row
from peakproof_simulators.kit.operations import Operation, Parameter

_WRITES: Final[dict[int, Any]] = {**REFUSALS, 404: Errors, 409: Errors}
_SIZE: Final = Parameter("pageSize", {"type": "integer", "minimum": 1, "maximum": 100})
_DAYS: Final = (Parameter("createdAfter", DATE), Parameter("updatedAfter", DATE))
_UNIT: Final = Parameter("businessUnit", TEXT)
_SEARCH: Final = Parameter("searchId", TEXT)
_PAGED: Final = (_UNIT, _SEARCH, *_DAYS, _SIZE)


def _texts(*names: str) -> tuple[Parameter, ...]:
    return tuple(Parameter(name, TEXT) for name in names)


def _write(name: str, path: str, handler: Any, kind: Any, scope: str, *, created: bool = True,
           ) -> Operation:  # fmt: skip
    answers = {**_WRITES, 200: kind, **({201: kind} if created else {})}
    return Operation(
        name=f"v2.{name}", method="POST", path=f"{BASE}{path}", handler=handler, effect="write",
        summary="Create one, or change the one of that key.", provenance="documented",
        source="SDK", answers=answers, body=kind, auth="oauth2", scopes=(f"{scope}/write",),
    )  # fmt: skip


def _remove(name: str, path: str, handler: Any, scope: str, *variables: str) -> Operation:
    return Operation(
        name=f"v2.{name}", method="DELETE", path=f"{BASE}{path}", handler=handler, effect="write",
        summary="Remove one; an empty 204.", provenance="documented",
        source="SDK; the status is chosen", answers={**REFUSALS, 204: None, 404: Errors},
        auth="oauth2", scopes=(f"{scope}/write",), path_schemas=dict.fromkeys(variables, ID),
    )  # fmt: skip


def _parts(name: str, path: str, handler: Any, kind: Any, scope: str, *filters: str) -> Operation:
    return list_row(
        name, path, handler, kind, f"{scope}/read", query=(*_PAGED, *_texts(*filters)),
        path_schemas={path.split("{")[1].split("}", maxsplit=1)[0]: ID}, missing=True,
    )  # fmt: skip


_IDS: Final = {"companies": "companyId", "trading_partners": "tradingPartnerId",
               "zones": "zoneId", "containers": "containerId", "kits": "kitHeaderId"}  # fmt: skip


def _sort(sort: house.Sort) -> tuple[Operation, ...]:
    variable = _IDS[sort.name]
    one = f"{sort.path}/{{{variable}}}"
    return (
        list_row(f"{sort.name}.list", sort.path, house.listing(sort), sort.page,
                 f"{sort.scope}/read", query=(*_PAGED, *_texts(*sort.filters))),
        read_row(f"{sort.name}.read", one, house.reading(sort, variable), sort.kind,
                 f"{sort.scope}/read"),
        _write(f"{sort.name}.write", sort.path, house.writing(sort), sort.kind, sort.scope,
               created=not sort.always_200),
    )  # fmt: skip


_SORTS: Final = {sort.name: sort for sort in house.SORTS}
_KIT, _DETAILS = "/kitHeaders/{kitHeaderId}", "/kitHeaders/{kitHeaderId}/kitDetails"
_DETAIL: Final = f"{_DETAILS}/{{kitDetailId}}"
_PARTNER: Final = "/tradingPartners/{tradingPartnerId}"
_PARTNERS: Final = _SORTS["trading_partners"]
_ITEM: Final = "/items/{itemId}"
_PACK: Final = "/items/{itemId}/packs/{packId}"
_LOCATION: Final = "/locations/{locationId}"
_STORAGE: Final = f"{_LOCATION}/storageDetails"
_STORED: Final = f"{_STORAGE}/{{storageDetailId}}"


def _kit_part(act: Any) -> Any:
    return act(_SORTS["kits"], "kitHeaderId", "kit_details", "kitDetailId")


OPERATIONS: Final = (
    *(operation for sort in house.SORTS for operation in _sort(sort)),
    # --- items
    _write("items.write", "/items", goods.write, items.ItemSent, "items"),
    read_row("items.pack", _PACK, goods.pack, items.PackSent, "items/read"),
    _parts("items.upcs", f"{_ITEM}/upcs", goods.codes, items.BarCodes, "items"),
    list_row("items.pack_upcs", f"{_PACK}/upcs", goods.pack_codes, items.BarCodes, "items/read",
             query=(_UNIT, _SEARCH), path_schemas={"itemId": ID, "packId": ID}, missing=True),
    _parts("items.vendors", f"{_ITEM}/itemVendors", goods.vendors, items.ItemVendors, "items"),
    _parts("items.hs_codes", f"{_ITEM}/hsCodes", goods.tariffs, items.HsCodes, "items"),
    _remove("items.remove_upc", f"{_ITEM}/upcs/{{upcId}}", goods.remove_code, "items", "itemId",
            "upcId"),
    _remove("items.remove_pack_upc", f"{_PACK}/upcs/{{upcId}}", goods.remove_pack_code, "items",
            "itemId", "packId", "upcId"),
    # --- kits
    _parts("kits.details", _DETAILS,
           house.parts(_SORTS["kits"], "kitHeaderId", "kit_details", items.KitDetails,
                       ("itemNumber", "item"), ("type", "type")),
           items.KitDetails, "kits", "itemNumber", "type"),
    read_row("kits.detail", _DETAIL, _kit_part(house.part_reading), items.KitDetail, "kits/read"),
    _remove("kits.remove_detail", _DETAIL, _kit_part(house.part_removing), "kits", "kitHeaderId",
            "kitDetailId"),
    # --- partners
    _parts("trading_partners.sites", f"{_PARTNER}/sites",
           house.parts(_PARTNERS, "tradingPartnerId", "sites", partners.Sites,
                       ("siteCode", "site_code")),
           partners.Sites, "tradingPartners", "siteCode"),
    _parts("trading_partners.parameters", f"{_PARTNER}/parameters",
           house.parts(_PARTNERS, "tradingPartnerId", "parameters", partners.Parameters,
                       ("code", "code")),
           partners.Parameters, "tradingPartners", "code"),
    _remove("trading_partners.remove_parameter", f"{_PARTNER}/parameters/{{parameterId}}",
            house.part_removing(_PARTNERS, "tradingPartnerId", "parameters", "parameterId"),
            "tradingPartners", "tradingPartnerId", "parameterId"),
    # --- places
    _write("facilities.write", "/facilities", places.write_facility, rooms.FacilitySent,
           "facilities"),
    _write("locations.write", "/locations", places.write_location, rooms.LocationSent,
           "locations"),
    read_row("locations.read", _LOCATION, places.read_location, rooms.LocationSent,
             "locations/read"),
    _parts("locations.zones", f"{_LOCATION}/zones", places.zones_of_location, rooms.ZonePage,
           "locations", "name"),
    _parts("locations.storage", _STORAGE, places.storage, rooms.StoragePage, "locations"),
    read_row("locations.stored", _STORED, places.no_storage, rooms.Storage, "locations/read"),
    _remove("locations.remove_stored", _STORED, places.no_storage, "locations", "locationId",
            "storageDetailId"),
    _parts("zones.locations", "/zones/{zoneId}/locations", places.locations_of_zone,
           LocationCollection, "zones", "locator", "name"),
    _remove("zones.remove_location", "/zones/{zoneId}/locations/{locationId}", places.leave_zone,
            "zones", "zoneId", "locationId"),
    # --- what the fake has none of
    list_row("trips.list", "/trips", quiet.trips, partners.TripPage, "trips/read",
             query=(*_PAGED, *_texts("number"))),
    read_row("trips.read", "/trips/{tripId}", quiet.no_trip, partners.Trip, "trips/read"),
    list_row("users.list", "/users", quiet.users, partners.UserPage, "users/read",
             query=(_SEARCH, *_DAYS, _SIZE, *_texts("username"))),
    read_row("users.read", "/users/{userId}", quiet.user, partners.User, "users/read"),
    list_row("billing.list", "/billing/transactions", quiet.billing, quiet.Transactions, "",
             query=(*_PAGED, *_texts("billingProfileName", "billingConfigType", "facility",
                                     "status", "orderId", "transactionType", "transactionNumber"))),
)  # fmt: skip
