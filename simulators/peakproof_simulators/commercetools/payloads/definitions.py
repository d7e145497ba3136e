"""Types of custom fields and workflow states."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from peakproof_simulators.commercetools.payloads.common import (
    Action,
    ChannelKey,
    Draft,
    Key,
    LocalizedString,
    NotNegative,
    Payload,
    Reference,
    Resource,
    ResourceIdentifier,
    Version,
)

FieldName = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]+$", min_length=2, max_length=36)]

# --- types of custom fields -------------------------------------------------------------

CustomizableTypeId = Literal[
    "address", "channel", "inventory-entry", "line-item", "order", "order-delivery",
    "order-parcel", "order-return-item", "payment", "payment-interface-interaction", "shipping",
    "transaction",
]  # fmt: skip
"""What can carry custom fields here (a cart's and an order's share the id ``order``)."""


class FieldType(Draft, kw_only=True):
    """The type of a custom field. ``values`` is for enums, ``elementType`` for sets."""

    name: Literal[
        "Boolean", "String", "LocalizedString", "Number", "Money", "Date", "Time", "DateTime",
        "Enum", "Set", "Reference",
    ]  # fmt: skip
    values: tuple[dict[str, str], ...] | None = None
    element_type: dict[str, Any] | None = None
    reference_type_id: str | None = None


class FieldDefinition(Draft, kw_only=True):
    """A custom field."""

    type: FieldType
    name: FieldName
    label: LocalizedString
    required: bool
    input_hint: Literal["SingleLine", "MultiLine"] | None = None


class Type(Resource, kw_only=True):
    """A type: the custom fields that resources of some kinds may have."""

    key: str
    name: LocalizedString
    resource_type_ids: tuple[CustomizableTypeId, ...]
    field_definitions: tuple[FieldDefinition, ...]
    description: LocalizedString | None = None


class TypeDraft(Draft, kw_only=True):
    """A new type."""

    key: Key
    name: LocalizedString
    resource_type_ids: tuple[CustomizableTypeId, ...]
    field_definitions: tuple[FieldDefinition, ...] = ()
    description: LocalizedString | None = None


class TypeAddFieldDefinition(Action, tag="addFieldDefinition", kw_only=True):
    field_definition: FieldDefinition


class TypeRemoveFieldDefinition(Action, tag="removeFieldDefinition", kw_only=True):
    field_name: str


class TypeChangeKey(Action, tag="changeKey", kw_only=True):
    key: Key


class TypeChangeName(Action, tag="changeName", kw_only=True):
    name: LocalizedString


TypeUpdateAction = (
    TypeAddFieldDefinition | TypeRemoveFieldDefinition | TypeChangeKey | TypeChangeName
)


class TypeUpdate(Draft, kw_only=True):
    """Update actions for the version that the caller has read."""

    version: Version
    actions: tuple[TypeUpdateAction, ...]


class TypePagedQueryResponse(Payload, kw_only=True):
    """A page of types."""

    limit: NotNegative
    offset: NotNegative
    count: NotNegative
    results: tuple[Type, ...]
    total: NotNegative | None = None


# --- workflow states --------------------------------------------------------------------

StateKind = Literal["OrderState", "LineItemState", "PaymentState", "ProductState", "ReviewState"]
StateRole = Literal["ReviewIncludedInStatistics", "Return"]


class State(Resource, kw_only=True):
    """A state of a workflow that the merchant defines."""

    key: str
    type: StateKind
    initial: bool
    built_in: bool
    name: LocalizedString | None = None
    description: LocalizedString | None = None
    roles: tuple[StateRole, ...] | None = None
    transitions: tuple[Reference, ...] | None = None


class StateDraft(Draft, kw_only=True):
    """A new state."""

    key: ChannelKey
    type: StateKind
    name: LocalizedString | None = None
    description: LocalizedString | None = None
    initial: bool = True
    roles: tuple[StateRole, ...] | None = None
    transitions: tuple[ResourceIdentifier, ...] | None = None


class StateSetTransitions(Action, tag="setTransitions", kw_only=True):
    transitions: tuple[ResourceIdentifier, ...] | None = None


class StateChangeKey(Action, tag="changeKey", kw_only=True):
    key: ChannelKey


class StateChangeInitial(Action, tag="changeInitial", kw_only=True):
    initial: bool


StateUpdateAction = StateSetTransitions | StateChangeKey | StateChangeInitial


class StateUpdate(Draft, kw_only=True):
    """Update actions for the version that the caller has read."""

    version: Version
    actions: tuple[StateUpdateAction, ...]


class StatePagedQueryResponse(Payload, kw_only=True):
    """A page of states."""

    limit: NotNegative
    offset: NotNegative
    count: NotNegative
    results: tuple[State, ...]
    total: NotNegative | None = None
