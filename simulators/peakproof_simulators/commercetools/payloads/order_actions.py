"""The update actions of an order."""

from __future__ import annotations

from typing import Any

import msgspec

from peakproof_simulators.commercetools.payloads.carts import LineNamed
from peakproof_simulators.commercetools.payloads.common import (
    Action,
    BaseAddress,
    CustomFieldsDraft,
    Draft,
    Email,
    Identifier,
    Key,
    Locale,
    MomentDraft,
    ResourceIdentifier,
    Text,
    Version,
    Whole,
)
from peakproof_simulators.commercetools.payloads.lines import (
    DeliveryItem,
    ParcelDraft,
    ParcelMeasurements,
    TrackingData,
)
from peakproof_simulators.commercetools.payloads.orders import (
    ItemStateDraft,
    OrderState,
    PaymentState,
    ReturnInfoDraft,
    ReturnItemDraft,
    ReturnPaymentState,
    ReturnShipmentState,
    ShipmentState,
)


class DeliveryNamed(Action, kw_only=True):
    """An action about one delivery, named by id or by key."""

    delivery_id: str | None = None
    delivery_key: str | None = None


class ParcelNamed(Action, kw_only=True):
    """An action about one parcel, named by id or by key."""

    parcel_id: str | None = None
    parcel_key: str | None = None


class ReturnItemNamed(Action, kw_only=True):
    """An action about one item of a return, named by id or by key."""

    return_item_id: str | None = None
    return_item_key: str | None = None


class OrderChangeOrderState(Action, tag="changeOrderState", kw_only=True):
    order_state: OrderState


class OrderChangeShipmentState(Action, tag="changeShipmentState", kw_only=True):
    shipment_state: ShipmentState


class OrderChangePaymentState(Action, tag="changePaymentState", kw_only=True):
    payment_state: PaymentState


class OrderTransitionState(Action, tag="transitionState", kw_only=True):
    state: ResourceIdentifier
    force: bool = False


class OrderAddDelivery(Action, tag="addDelivery", kw_only=True):
    delivery_key: Key | None = None
    items: tuple[DeliveryItem, ...] = ()
    address: BaseAddress | None = None
    parcels: tuple[ParcelDraft, ...] = ()
    custom: CustomFieldsDraft | None = None


class OrderRemoveDelivery(DeliveryNamed, tag="removeDelivery", kw_only=True):
    pass


class OrderSetDeliveryItems(DeliveryNamed, tag="setDeliveryItems", kw_only=True):
    items: tuple[DeliveryItem, ...]


class OrderSetDeliveryAddress(DeliveryNamed, tag="setDeliveryAddress", kw_only=True):
    address: BaseAddress | None = None


class OrderAddParcelToDelivery(DeliveryNamed, tag="addParcelToDelivery", kw_only=True):
    parcel_key: Key | None = None
    measurements: ParcelMeasurements | None = None
    tracking_data: TrackingData | None = None
    items: tuple[DeliveryItem, ...] | None = None
    custom: CustomFieldsDraft | None = None


class OrderRemoveParcelFromDelivery(ParcelNamed, tag="removeParcelFromDelivery", kw_only=True):
    pass


class OrderSetParcelTrackingData(ParcelNamed, tag="setParcelTrackingData", kw_only=True):
    tracking_data: TrackingData | None = None


class OrderSetParcelItems(ParcelNamed, tag="setParcelItems", kw_only=True):
    items: tuple[DeliveryItem, ...]


class OrderSetParcelMeasurements(ParcelNamed, tag="setParcelMeasurements", kw_only=True):
    measurements: ParcelMeasurements | None = None


class OrderTransitionLineItemState(LineNamed, tag="transitionLineItemState", kw_only=True):
    quantity: Whole
    from_state: ResourceIdentifier
    to_state: ResourceIdentifier
    actual_transition_date: MomentDraft | None = None


class OrderImportLineItemState(LineNamed, tag="importLineItemState", kw_only=True):
    state: tuple[ItemStateDraft, ...]


class OrderAddReturnInfo(Action, tag="addReturnInfo", kw_only=True):
    items: tuple[ReturnItemDraft, ...]
    return_tracking_id: Text | None = None
    return_date: MomentDraft | None = None


class OrderSetReturnInfo(Action, tag="setReturnInfo", kw_only=True):
    items: tuple[ReturnInfoDraft, ...] = ()


class OrderSetReturnShipmentState(ReturnItemNamed, tag="setReturnShipmentState", kw_only=True):
    shipment_state: ReturnShipmentState


class OrderSetReturnPaymentState(ReturnItemNamed, tag="setReturnPaymentState", kw_only=True):
    payment_state: ReturnPaymentState


class OrderUpdateSyncInfo(Action, tag="updateSyncInfo", kw_only=True):
    channel: ResourceIdentifier
    external_id: Text | None = None
    synced_at: MomentDraft | None = None


class OrderSetOrderNumber(Action, tag="setOrderNumber", kw_only=True):
    order_number: Identifier | None = None


class OrderSetPurchaseOrderNumber(Action, tag="setPurchaseOrderNumber", kw_only=True):
    purchase_order_number: Text | None = None


class OrderSetCustomField(Action, tag="setCustomField", kw_only=True):
    name: Identifier
    value: Any = None


class OrderSetCustomType(Action, tag="setCustomType", kw_only=True):
    type: ResourceIdentifier | None = None
    fields: dict[str, Any] = msgspec.field(default_factory=dict)


class OrderSetLineItemCustomField(LineNamed, tag="setLineItemCustomField", kw_only=True):
    name: Identifier
    value: Any = None


class OrderSetLineItemCustomType(LineNamed, tag="setLineItemCustomType", kw_only=True):
    type: ResourceIdentifier | None = None
    fields: dict[str, Any] = msgspec.field(default_factory=dict)


class OrderAddPayment(Action, tag="addPayment", kw_only=True):
    payment: ResourceIdentifier


class OrderRemovePayment(Action, tag="removePayment", kw_only=True):
    payment: ResourceIdentifier


class OrderSetCustomerEmail(Action, tag="setCustomerEmail", kw_only=True):
    email: Email | None = None


class OrderSetShippingAddress(Action, tag="setShippingAddress", kw_only=True):
    address: BaseAddress | None = None


class OrderSetBillingAddress(Action, tag="setBillingAddress", kw_only=True):
    address: BaseAddress | None = None


class OrderSetLocale(Action, tag="setLocale", kw_only=True):
    locale: Locale | None = None


OrderUpdateAction = (
    OrderChangeOrderState
    | OrderChangeShipmentState
    | OrderChangePaymentState
    | OrderTransitionState
    | OrderAddDelivery
    | OrderRemoveDelivery
    | OrderSetDeliveryItems
    | OrderSetDeliveryAddress
    | OrderAddParcelToDelivery
    | OrderRemoveParcelFromDelivery
    | OrderSetParcelTrackingData
    | OrderSetParcelItems
    | OrderSetParcelMeasurements
    | OrderTransitionLineItemState
    | OrderImportLineItemState
    | OrderAddReturnInfo
    | OrderSetReturnInfo
    | OrderSetReturnShipmentState
    | OrderSetReturnPaymentState
    | OrderUpdateSyncInfo
    | OrderSetOrderNumber
    | OrderSetPurchaseOrderNumber
    | OrderSetCustomField
    | OrderSetCustomType
    | OrderSetLineItemCustomField
    | OrderSetLineItemCustomType
    | OrderAddPayment
    | OrderRemovePayment
    | OrderSetCustomerEmail
    | OrderSetShippingAddress
    | OrderSetBillingAddress
    | OrderSetLocale
)


class OrderUpdate(Draft, kw_only=True):
    """Update actions for the version that the caller has read."""

    version: Version
    actions: tuple[OrderUpdateAction, ...]
