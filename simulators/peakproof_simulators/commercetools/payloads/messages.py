"""Messages: what happened to a resource, numbered without gaps for each resource."""

from __future__ import annotations

from typing import Any

from peakproof_simulators.commercetools.payloads.catalogue import ProductProjection, ProductVariant
from peakproof_simulators.commercetools.payloads.common import (
    BaseAddress,
    CustomFields,
    Moment,
    NotNegative,
    Payload,
    Reference,
    Resource,
    UserProvidedIdentifiers,
)
from peakproof_simulators.commercetools.payloads.inventory import InventoryEntry
from peakproof_simulators.commercetools.payloads.lines import (
    Delivery,
    DeliveryItem,
    Parcel,
    ParcelMeasurements,
    TrackingData,
)
from peakproof_simulators.commercetools.payloads.orders import Order, ReturnInfo
from peakproof_simulators.commercetools.payloads.payments import Payment, Transaction


class Message(Resource, tag_field="type", kw_only=True):
    """What all messages have. ``version`` is always 1; ``type`` is the tag."""

    sequence_number: int
    resource: Reference
    resource_version: int
    resource_user_provided_identifiers: UserProvidedIdentifiers | None = None

    @property
    def type(self) -> str:
        """The vendor's name for this kind of message."""
        return str(self.__struct_config__.tag)


class OrderCreated(Message, tag="OrderCreated", kw_only=True):
    order: Order


class OrderImported(Message, tag="OrderImported", kw_only=True):
    order: Order


class OrderDeleted(Message, tag="OrderDeleted", kw_only=True):
    order: Order


class OrderStateChanged(Message, tag="OrderStateChanged", kw_only=True):
    order_state: str
    old_order_state: str | None = None


class OrderShipmentStateChanged(Message, tag="OrderShipmentStateChanged", kw_only=True):
    shipment_state: str | None = None
    old_shipment_state: str | None = None


class OrderPaymentStateChanged(Message, tag="OrderPaymentStateChanged", kw_only=True):
    payment_state: str | None = None
    old_payment_state: str | None = None


class OrderStateTransition(Message, tag="OrderStateTransition", kw_only=True):
    state: Reference
    force: bool
    old_state: Reference | None = None


class LineItemStateTransition(Message, tag="LineItemStateTransition", kw_only=True):
    line_item_id: str
    transition_date: Moment
    quantity: int
    from_state: Reference
    to_state: Reference
    line_item_key: str | None = None


class DeliveryAdded(Message, tag="DeliveryAdded", kw_only=True):
    delivery: Delivery


class DeliveryRemoved(Message, tag="DeliveryRemoved", kw_only=True):
    delivery: Delivery


class DeliveryItemsUpdated(Message, tag="DeliveryItemsUpdated", kw_only=True):
    delivery_id: str
    items: tuple[DeliveryItem, ...]
    old_items: tuple[DeliveryItem, ...]


class DeliveryAddressSet(Message, tag="DeliveryAddressSet", kw_only=True):
    delivery_id: str
    address: BaseAddress | None = None
    old_address: BaseAddress | None = None


class ParcelAddedToDelivery(Message, tag="ParcelAddedToDelivery", kw_only=True):
    delivery: Delivery
    parcel: Parcel


class ParcelRemovedFromDelivery(Message, tag="ParcelRemovedFromDelivery", kw_only=True):
    delivery_id: str
    parcel: Parcel


class ParcelTrackingDataUpdated(Message, tag="ParcelTrackingDataUpdated", kw_only=True):
    delivery_id: str
    parcel_id: str
    tracking_data: TrackingData | None = None


class ParcelItemsUpdated(Message, tag="ParcelItemsUpdated", kw_only=True):
    delivery_id: str
    parcel_id: str
    items: tuple[DeliveryItem, ...]
    old_items: tuple[DeliveryItem, ...]


class ParcelMeasurementsUpdated(Message, tag="ParcelMeasurementsUpdated", kw_only=True):
    delivery_id: str
    parcel_id: str
    measurements: ParcelMeasurements | None = None


class ReturnInfoAdded(Message, tag="ReturnInfoAdded", kw_only=True):
    return_info: ReturnInfo


class ReturnInfoSet(Message, tag="ReturnInfoSet", kw_only=True):
    return_info: tuple[ReturnInfo, ...] | None = None


class OrderReturnShipmentStateChanged(Message, tag="OrderReturnShipmentStateChanged", kw_only=True):
    return_item_id: str
    return_shipment_state: str


class OrderPaymentAdded(Message, tag="OrderPaymentAdded", kw_only=True):
    payment_ref: Reference


class OrderPaymentRemoved(Message, tag="OrderPaymentRemoved", kw_only=True):
    payment_ref: Reference
    removed_payment_info: bool


class OrderCustomerEmailSet(Message, tag="OrderCustomerEmailSet", kw_only=True):
    email: str | None = None
    old_email: str | None = None


class OrderShippingAddressSet(Message, tag="OrderShippingAddressSet", kw_only=True):
    address: BaseAddress | None = None
    old_address: BaseAddress | None = None


class OrderBillingAddressSet(Message, tag="OrderBillingAddressSet", kw_only=True):
    address: BaseAddress | None = None
    old_address: BaseAddress | None = None


class OrderPurchaseOrderNumberSet(Message, tag="OrderPurchaseOrderNumberSet", kw_only=True):
    purchase_order_number: str | None = None
    old_purchase_order_number: str | None = None


class OrderCustomFieldAdded(Message, tag="OrderCustomFieldAdded", kw_only=True):
    name: str
    value: Any


class OrderCustomFieldChanged(Message, tag="OrderCustomFieldChanged", kw_only=True):
    name: str
    value: Any
    previous_value: Any = None


class OrderCustomFieldRemoved(Message, tag="OrderCustomFieldRemoved", kw_only=True):
    name: str


class OrderCustomTypeSet(Message, tag="OrderCustomTypeSet", kw_only=True):
    custom_fields: CustomFields
    previous_type_id: str | None = None


class OrderCustomTypeRemoved(Message, tag="OrderCustomTypeRemoved", kw_only=True):
    previous_type_id: str | None = None


class PaymentCreated(Message, tag="PaymentCreated", kw_only=True):
    payment: Payment


class PaymentTransactionAdded(Message, tag="PaymentTransactionAdded", kw_only=True):
    transaction: Transaction


class PaymentTransactionStateChanged(Message, tag="PaymentTransactionStateChanged", kw_only=True):
    transaction_id: str
    state: str


class PaymentStatusInterfaceCodeSet(Message, tag="PaymentStatusInterfaceCodeSet", kw_only=True):
    payment_id: str
    interface_code: str | None = None


class PaymentStatusStateTransition(Message, tag="PaymentStatusStateTransition", kw_only=True):
    state: Reference
    force: bool


class PaymentInterfaceIdSet(Message, tag="PaymentInterfaceIdSet", kw_only=True):
    interface_id: str | None = None
    old_interface_id: str | None = None


class PaymentInteractionAdded(Message, tag="PaymentInteractionAdded", kw_only=True):
    interaction: CustomFields


class PaymentMethodInfoMethodSet(Message, tag="PaymentMethodInfoMethodSet", kw_only=True):
    method: str | None = None
    old_method: str | None = None


class InventoryEntryCreated(Message, tag="InventoryEntryCreated", kw_only=True):
    inventory_entry: InventoryEntry


class InventoryEntryDeleted(Message, tag="InventoryEntryDeleted", kw_only=True):
    sku: str
    supply_channel: Reference | None = None


class InventoryEntryQuantitySet(Message, tag="InventoryEntryQuantitySet", kw_only=True):
    old_quantity_on_stock: int
    new_quantity_on_stock: int
    old_available_quantity: int
    new_available_quantity: int
    sku: str | None = None
    supply_channel: Reference | None = None


class InventoryEntryOutOfStock(Message, tag="InventoryEntryOutOfStock", kw_only=True):
    sku: str
    supply_channel: Reference | None = None


class InventoryEntryReorderPoint(Message, tag="InventoryEntryReorderPoint", kw_only=True):
    sku: str
    quantity_on_stock: int
    supply_channel: Reference | None = None


class InventoryEntrySafetyStock(Message, tag="InventoryEntrySafetyStock", kw_only=True):
    sku: str
    quantity_on_stock: int
    supply_channel: Reference | None = None


class InventoryEntryReservationExpirationInMinutesSet(
    Message, tag="InventoryEntryReservationExpirationInMinutesSet", kw_only=True
):
    new_reservation_expiration_in_minutes: int | None = None
    old_reservation_expiration_in_minutes: int | None = None


class ProductCreated(Message, tag="ProductCreated", kw_only=True):
    product_projection: ProductProjection


class ProductPublished(Message, tag="ProductPublished", kw_only=True):
    product_projection: ProductProjection
    removed_image_urls: tuple[str, ...]
    scope: str


class ProductUnpublished(Message, tag="ProductUnpublished", kw_only=True):
    pass


class ProductVariantAdded(Message, tag="ProductVariantAdded", kw_only=True):
    variant: ProductVariant
    staged: bool


AnyMessage = (
    OrderCreated
    | OrderImported
    | OrderDeleted
    | OrderStateChanged
    | OrderShipmentStateChanged
    | OrderPaymentStateChanged
    | OrderStateTransition
    | LineItemStateTransition
    | DeliveryAdded
    | DeliveryRemoved
    | DeliveryItemsUpdated
    | DeliveryAddressSet
    | ParcelAddedToDelivery
    | ParcelRemovedFromDelivery
    | ParcelTrackingDataUpdated
    | ParcelItemsUpdated
    | ParcelMeasurementsUpdated
    | ReturnInfoAdded
    | ReturnInfoSet
    | OrderReturnShipmentStateChanged
    | OrderPaymentAdded
    | OrderPaymentRemoved
    | OrderCustomerEmailSet
    | OrderShippingAddressSet
    | OrderBillingAddressSet
    | OrderPurchaseOrderNumberSet
    | OrderCustomFieldAdded
    | OrderCustomFieldChanged
    | OrderCustomFieldRemoved
    | OrderCustomTypeSet
    | OrderCustomTypeRemoved
    | PaymentCreated
    | PaymentTransactionAdded
    | PaymentTransactionStateChanged
    | PaymentStatusInterfaceCodeSet
    | PaymentStatusStateTransition
    | PaymentInterfaceIdSet
    | PaymentInteractionAdded
    | PaymentMethodInfoMethodSet
    | InventoryEntryCreated
    | InventoryEntryDeleted
    | InventoryEntryQuantitySet
    | InventoryEntryOutOfStock
    | InventoryEntryReorderPoint
    | InventoryEntrySafetyStock
    | InventoryEntryReservationExpirationInMinutesSet
    | ProductCreated
    | ProductPublished
    | ProductUnpublished
    | ProductVariantAdded
)


class MessagePagedQueryResponse(Payload, kw_only=True):
    """A page of messages."""

    limit: NotNegative
    offset: NotNegative
    count: NotNegative
    results: tuple[AnyMessage, ...]
    total: NotNegative | None = None
