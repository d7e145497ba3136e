"""What the engine sends to Deposco: figures as strings, as the vendor's own examples have them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from peakproof_engine.model import Movement
from peakproof_engine.money import decimal_text
from peakproof_engine.systems.ports import WarehouseOrder

SALES: Final = "Sales Order"
ACTIVITY: Final = {"sale": "Sale", "return": "Return", "void": "PostVoid"}
REASONS: Final = {"count": "RECOUNT", "intake": "RECEIVED", "waste": "DAMAGED", "late": "RECOUNT"}
_REFERENCE_LENGTH: Final = 50


def utc(wall_s: float) -> str:
    """A date in UTC, to the second."""
    return f"{datetime.fromtimestamp(wall_s, UTC).isoformat()[:19]}Z"


def order(order: WarehouseOrder, unit: str) -> dict[str, Any]:
    """An order for V1; the channel's line ids are its line numbers."""
    contact = order.contact
    address = {
        "name": contact.name, "email": contact.email, "phone": contact.phone,
        "addressLine1": contact.street, "addressLine2": contact.more, "city": contact.city,
        "stateProvinceCode": contact.region, "postalCode": contact.postal_code,
        "countryCode": contact.country,
    }  # fmt: skip
    lines = [
        {
            "lineNumber": line.line, "customerLineNumber": line.line, "lineStatus": "New",
            "itemNumber": line.sku, "orderPackQuantity": str(line.units),
            "pack": {"type": "Each", "quantity": "1"},
            "unitPrice": decimal_text(line.price_minor, order.currency),
        }
        for line in order.lines
    ]  # fmt: skip
    return {
        "businessUnit": unit, "facility": order.place, "number": order.number, "type": SALES,
        "status": "New", "otherReferenceNumber": order.order[:_REFERENCE_LENGTH],
        "customerOrderNumber": order.order[:_REFERENCE_LENGTH],
        "placedDate": utc(order.placed_s), "currencyCode": order.currency,
        "shipToAddress": address, "orderTotal": decimal_text(order.total_minor, order.currency),
        "orderLines": {"orderLine": lines},
    }  # fmt: skip


def activity(movement: Movement, place: str, unit: str) -> dict[str, Any]:
    """A till's transaction for V1, under the till's own id and at its own time."""
    quantity = "returnedQuantity" if movement.kind == "return" else "saleQuantity"
    currency = movement.currency or "GBP"
    lines = [
        {
            "externalLineNumber": str(at), "item": line.sku, "pack": "Each",
            quantity: str(line.units), "unitPrice": decimal_text(line.price_minor, currency),
        }
        for at, line in enumerate(movement.lines, start=1)
    ]  # fmt: skip
    occurred = utc(movement.occurred_s)
    told = {
        "type": ACTIVITY[movement.kind], "retailTransactionId": movement.reference,
        "referenceNumber": movement.reference, "facility": place,
        "transactionStartDate": occurred, "transactionEndDate": occurred,
        "primarySalesChannel": unit, "currencyCode": currency,
        "saleReturnLines": {"saleReturnLine": lines},
    }  # fmt: skip
    return {"retailActivity": [{"businessUnit": unit, "retailTransaction": told}]}


def adjustment(movement: Movement, place: str, units: int, unit: str) -> dict[str, Any]:
    """A signed movement of units for V2, tagged so that it can be found again."""
    return {
        "businessUnit": {"businessKey": {"code": unit}},
        "facility": {"businessKey": {"number": place, "businessUnit.code": unit}},
        "item": {"businessKey": {"number": movement.lines[0].sku, "businessUnit.code": unit}},
        "quantity": units,
        "reasonCode": REASONS[movement.kind],
        "importReference1": movement.reference[:_REFERENCE_LENGTH],
    }
