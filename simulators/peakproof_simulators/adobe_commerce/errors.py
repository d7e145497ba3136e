"""The shop's refusals: statuses, texts with their placeholders, and the body around them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from peakproof.wire.message import Response
from peakproof_simulators.kit.service import VendorError

JSON: Final = "application/json; charset=utf-8"

REFUSALS: Final[dict[str, tuple[int, str]]] = {
    # transport
    "no_route": (404, "Request does not match any route."),
    "not_async": (400, "Specified request cannot be processed."),
    "no_content_type": (400, "Content-Type header is empty."),
    "content_type": (400, "Server cannot understand Content-Type HTTP header media type %1"),
    "accept": (406, "Server cannot understand Accept HTTP header media type."),
    "decoding": (400, "Decoding error."),
    "too_large": (413, "Request Entity Too Large"),
    "required": (400, '"%fieldName" is required. Enter and try again.'),
    "several_inputs": (400, "One or more input exceptions have occurred."),
    "too_many_items": (400, 'Maximum items of type "%type" is %max'),
    "page_size": (400, "Maximum SearchCriteria pageSize is %max"),
    "unknown_parameter": (400, 'Unknown parameter "%1".'),
    "store": (400, "Specified request cannot be processed."),
    "rate_limited": (429, "Too Many Requests"),
    # who
    "unauthorized": (401, "The consumer isn't authorized to access %resources."),
    "sign_in": (
        401,
        "The account sign-in was incorrect or your account is disabled temporarily. "
        "Please wait and try again later.",
    ),
    "two_factor": (401, "Please use the 2fa provider-specific endpoints to obtain a token."),
    "second_factor": (401, "Invalid code."),
    # entities
    "no_such_entity": (404, "No such entity with %fieldName = %fieldValue"),
    "no_entity": (404, "The entity that was requested doesn't exist. Verify the entity and try "
                  "again."),
    "no_product": (404, "The product that was requested doesn't exist. Verify the product and try "
                   "again."),
    "no_bulk": (404, 'No such entity with %fieldName = %fieldValue'),
    # inventory
    "no_source": (404, 'Source with code "%value" does not exist.'),
    "no_stock": (404, 'Stock with id "%value" does not exist.'),
    "no_linked_stock": (404, "No linked stock found"),
    "default_stock_stays": (400, "Default Stock could not be deleted."),
    "stock_has_channel": (400, "Stock has at least one sale channel and could not be deleted."),
    "empty_input": (400, "Input data is empty"),
    "source_item_not_saved": (400, "Could not save Source Item"),
    "no_source_items": (
        400, "Can't check requested quantity for products without Source Items support."
    ),
    "wrong_input": (400, "Wrong input data"),
    "transfer_quantity": (400, "Requested quantity of %sku is not available at %source."),
    # orders
    "cannot_hold": (400, "A hold action is not available."),
    "cannot_unhold": (400, "You cannot remove the hold."),
    "shipment_failed": (400, "Could not save a shipment, see error log for details"),
    "shipment_not_saved": (400, "The shipment couldn't be saved."),
    "invoice_failed": (400, "Could not save an invoice, see error log for details"),
    "creditmemo_failed": (400, "Could not save a Creditmemo, see error log for details"),
    "creditmemo_cancel": (400, "You can not cancel Credit Memo"),
    "no_capture": (400, "The capture action is not available."),
    "no_void": (400, "The void action is not available."),
    "not_enough": (400, "Not enough items for sale"),
    "qty_not_available": (400, "The requested qty is not available"),
    "product_not_available": (400, "Product that you are trying to add is not available."),
    "guest_order_failed": (
        400, "An error occurred on the server. Please try to place the order again."
    ),
    "order_failed": (
        400,
        "A server error stopped your order from being placed. Please try to place your order "
        "again.",
    ),
    "no_shipping": (400, "The shipping method is missing. Select the shipping method and try "
                    "again."),
    "no_method": (400, "The requested Payment Method is not available."),
    "no_carrier": (400, "Carrier with such method not found: %1, %2"),
    "no_address": (400, "The shipping address is missing. Set the address and try again."),
    "empty_cart": (400, "The shipping method can't be set for an empty cart. Add an item to cart "
                   "and try again."),
}  # fmt: skip
"""By our name: the status and the vendor's text."""

INTERNAL: Final = "Internal Error. Details are available in Magento log file. Report ID: webapi-{}"

_PLACEHOLDER: Final = re.compile(r"%(\w+)")
_encode = msgspec.json.Encoder(decimal_format="number").encode

Parameters = Mapping[str, Any] | Sequence[Any]


class Said(msgspec.Struct, frozen=True, omit_defaults=True):
    """One of several errors of a refusal: the raw text and what stands for its placeholders."""

    message: str
    parameters: Any = None


def filled(message: str, parameters: Any) -> str:
    """A text with its placeholders filled in."""
    if not parameters:
        return message

    def put(found: re.Match[str]) -> str:
        name = found.group(1)
        if isinstance(parameters, Mapping):
            return str(parameters.get(name, found.group()))
        number = int(name) if name.isdigit() else 0
        return str(parameters[number - 1]) if 0 < number <= len(parameters) else found.group()

    return _PLACEHOLDER.sub(put, message)


class Refusal(VendorError):
    """A refusal in the shop's words. ``text`` is what a person would read, ``why`` the reason
    that the shop keeps to its log, where it hides one."""

    def __init__(
        self,
        status: int,
        message: str,
        parameters: Parameters | None = None,
        *,
        errors: Sequence[Said] = (),
        code: int = 0,
        headers: Mapping[str, str] | None = None,
        why: str = "",
    ) -> None:
        body: dict[str, Any] = {"message": message}
        if parameters is not None:
            body["parameters"] = parameters
        if errors:
            body["errors"] = errors
        if code:
            body["code"] = code
        super().__init__(Response(status, _encode(body), {"content-type": JSON, **(headers or {})}))
        self.status = status
        self.message = message
        self.text = filled(message, parameters)
        self.why = why or self.text


def refuse(
    name: str, parameters: Parameters | None = None, *, why: str = "", **headers: str
) -> Refusal:
    """A refusal of the table."""
    status, text = REFUSALS[name]
    return Refusal(status, text, parameters, why=why, headers=headers)


def required(names: Sequence[str]) -> Refusal:
    """What is said of parameters that are missing: one, or several at once."""
    status, text = REFUSALS["required"]
    if len(names) == 1:
        return Refusal(status, text, {"fieldName": names[0]})
    said = [Said(text, {"fieldName": name}) for name in names]
    return Refusal(status, REFUSALS["several_inputs"][1], errors=said)


def invalid(errors: Sequence[Said], *, first: bool = False) -> Refusal:
    """A refusal of validators; with ``first`` the message says the first error too."""
    message = "Validation Failed"
    if first:
        message += ": " + filled(errors[0].message, errors[0].parameters)
    return Refusal(400, message, errors=errors)


def document(kind: str, texts: Sequence[str]) -> Refusal:
    """What is said of a shipment, invoice or credit memo that may not be."""
    head = f"{kind} Document Validation Error(s):\n"
    return Refusal(400, head + "\n".join(texts))
