"""The table of V2: the token, the adjustments feed, the writes of stock, and what they point at."""

from __future__ import annotations

from typing import Any, Final

from peakproof_simulators.deposco.errors import Errors, TokenError
from peakproof_simulators.deposco.v2 import inventory, references, token
from peakproof_simulators.deposco.v2 import payloads as models
from peakproof_simulators.kit.operations import Operation, Parameter

BASE: Final = "/latest"
_TEXT: Final[dict[str, Any]] = {"type": "string"}
_DATE: Final[dict[str, Any]] = {"type": "string", "format": "date-time"}
_ID: Final[dict[str, Any]] = {"type": "integer", "format": "int64", "minimum": 1}
_SIZE: Final = Parameter("pageSize", {"type": "integer", "minimum": 1, "maximum": 100})

REFUSALS: Final[dict[int, Any]] = {400: Errors, 401: Errors, 403: Errors, 429: None}


def _list(name: str, path: str, handler: Any, kind: Any, scope: str, *filters: str) -> Operation:
    query = tuple(
        Parameter(each, _DATE if each.endswith("After") else _TEXT)
        for each in ("businessUnit", "searchId", *filters)
    )
    return Operation(
        name=f"v2.{name}", method="GET", path=f"{BASE}{path}", handler=handler, effect="read",
        summary="A page, id descending; the next one by the link's searchId.",
        provenance="documented", source="SDK", answers={**REFUSALS, 200: kind},
        query=(*query, _SIZE), auth="oauth2", scopes=(scope,),
    )  # fmt: skip


def _read(name: str, path: str, handler: Any, kind: Any, scope: str) -> Operation:
    variable = path.rpartition("{")[2].rstrip("}")
    return Operation(
        name=f"v2.{name}", method="GET", path=f"{BASE}{path}", handler=handler, effect="read",
        summary="One entity by its id.", provenance="documented", source="SDK",
        answers={**REFUSALS, 200: kind, 404: Errors}, auth="oauth2", scopes=(scope,),
        path_schemas={variable: _ID},
    )  # fmt: skip


OPERATIONS: Final = (
    Operation(
        name="v2.token", method="POST", path="/oauth2/token", handler=token.give, effect="auth",
        summary="An access token, by client credentials or by a refresh token.",
        provenance="observed", source="PK", answers={200: models.Token, 400: TokenError,
                                                     401: TokenError},
        body=models.TokenRequest, auth="", media=(token.FORM,),
    ),
    _list("adjustments.list", "/inventory/inventoryAdjustments", inventory.feed,
          models.AdjustmentCollection, "inventoryAdjustments/read", "actionType",
          "facilityNumber", "itemNumber", "createdAfter"),
    Operation(
        name="v2.adjustments.create", method="POST", path=f"{BASE}/inventory/inventoryAdjustments",
        handler=inventory.adjust, effect="stock", summary="Move stock by a signed quantity.",
        provenance="inferred", source="PK: coded by one integrator, never verified",
        answers={**REFUSALS, 201: models.InventoryAdjustment, 404: Errors, 409: Errors},
        body=models.InventoryAdjustment, auth="oauth2", scopes=("inventory/write",),
    ),
    Operation(
        name="v2.inventory.update", method="POST",
        path=f"{BASE}/inventory/facilities/{{facilityId}}/locations/{{locationId}}/updates",
        handler=inventory.set_location, effect="stock",
        summary="Set what lies at a location, absolutely.", provenance="documented", source="SDK",
        answers={**REFUSALS, 200: models.InventoryUpdate, 404: Errors, 409: Errors},
        body=models.InventoryUpdate, query=(Parameter("businessUnit", _TEXT),), auth="oauth2",
        scopes=("inventory/write",), path_schemas={"facilityId": _ID, "locationId": _ID},
    ),
    _list("items.list", "/items", references.items, models.ItemCollection, "items/read",
          "number", "name", "createdAfter", "updatedAfter"),
    _read("items.read", "/items/{itemId}", references.item, models.Item, "items/read"),
    _list("facilities.list", "/facilities", references.facilities, models.FacilityCollection,
          "facilities/read", "number", "name", "createdAfter", "updatedAfter"),
    _read("facilities.read", "/facilities/{facilityId}", references.facility, models.Facility,
          "facilities/read"),
    _list("locations.list", "/locations", references.locations, models.LocationCollection,
          "locations/read", "locator", "facilityNumber", "createdAfter"),
)  # fmt: skip
