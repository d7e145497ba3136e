"""Product types, types of custom fields and workflow states: small resources that others name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, TypeAlias

from msgspec.structs import replace

from peakproof_simulators.commercetools.change import Change, changed
from peakproof_simulators.commercetools.collection import Collection
from peakproof_simulators.commercetools.errors import (
    Refusal,
    duplicate,
    forbidden,
    invalid,
)
from peakproof_simulators.commercetools.payloads import catalogue as product_payload
from peakproof_simulators.commercetools.payloads import definitions as payload
from peakproof_simulators.commercetools.payloads.catalogue import ProductType
from peakproof_simulators.commercetools.payloads.common import (
    Reference,
    ResourceIdentifier,
    UserProvidedIdentifiers,
)
from peakproof_simulators.commercetools.payloads.definitions import FieldDefinition, State, Type
from peakproof_simulators.commercetools.state import Project, Rule

ProductTypes: TypeAlias = Change[ProductType]
Types: TypeAlias = Change[Type]
States: TypeAlias = Change[State]

INITIAL: Final = "Initial"
"""Key of the built-in state that every line starts in."""


def identifiers(resource: ProductType | Type | State) -> UserProvidedIdentifiers | None:
    """The names that users gave to one of these."""
    return UserProvidedIdentifiers(key=resource.key) if resource.key is not None else None


def _check_key(collection: Collection[Any], key: str | None) -> None:
    if key is not None and collection.one(("key",), key) is not None:
        raise duplicate("key", key)


# --- product types --------------------------------------------------------------------------


def create_product_type(project: Project, draft: product_payload.ProductTypeDraft) -> ProductTypes:
    """A new product type."""
    _check_key(project.product_types, draft.key)
    made = ProductType(
        **project.fresh(),
        name=draft.name,
        description=draft.description,
        key=draft.key,
        attributes=(),
    )
    return Change(None, made)


def delete_product_type(project: Project, product_type: ProductType, version: int | None) -> None:
    """Take a product type away; not while a product is of it."""
    for product in project.products.by_id.values():
        if product.product_type.id == product_type.id:
            raise Refusal("ReferenceExists", resource="product-type", referencedBy="product")
    project.remove(project.kinds["product-type"], product_type, version)


def _set_product_type_key(
    project: Project, one: ProductType, action: product_payload.ProductTypeSetKey, _: ProductTypes
) -> ProductType:
    if action.key != one.key:
        _check_key(project.product_types, action.key)
    return changed(one, key=action.key)


def _change_product_type_name(
    _: Project, one: ProductType, action: product_payload.ProductTypeChangeName, __: ProductTypes
) -> ProductType:
    return changed(one, name=action.name)


PRODUCT_TYPE_RULES: Final[dict[type[Any], Rule]] = {
    product_payload.ProductTypeSetKey: _set_product_type_key,
    product_payload.ProductTypeChangeName: _change_product_type_name,
}


# --- types ------------------------------------------------------------------------------------


def create_type(project: Project, draft: payload.TypeDraft) -> Types:
    """A new type."""
    _check_key(project.types, draft.key)
    if not draft.resource_type_ids:
        raise forbidden("A type must be for at least one kind of resource.")
    made = Type(
        **project.fresh(),
        key=draft.key,
        name=draft.name,
        description=draft.description,
        resource_type_ids=draft.resource_type_ids,
        field_definitions=_fields(draft.field_definitions),
    )
    return Change(None, made)


def delete_type(project: Project, type_: Type, version: int | None) -> None:
    """Take a type away; not while a resource has custom fields of it."""
    for kind in project.kinds.values():
        for resource in kind.collection.by_id.values():
            custom = getattr(resource, "custom", None)
            if custom is not None and custom.type.id == type_.id:
                raise Refusal("ReferenceExists", resource="type", referencedBy=kind.type_id)
    project.remove(project.kinds["type"], type_, version)


def _fields(definitions: Iterable[FieldDefinition]) -> tuple[FieldDefinition, ...]:
    found: dict[str, FieldDefinition] = {}
    for defined in definitions:
        if defined.name in found:
            raise duplicate("name", defined.name)
        found[defined.name] = defined
    return tuple(found.values())


def _add_field(_: Project, type_: Type, action: payload.TypeAddFieldDefinition, __: Types) -> Type:
    return replace(
        type_, field_definitions=_fields((*type_.field_definitions, action.field_definition))
    )


def _remove_field(
    _: Project, type_: Type, action: payload.TypeRemoveFieldDefinition, __: Types
) -> Type:
    left = tuple(one for one in type_.field_definitions if one.name != action.field_name)
    if len(left) == len(type_.field_definitions):
        raise invalid("fieldName", action.field_name)
    return replace(type_, field_definitions=left)


def _change_type_key(
    project: Project, type_: Type, action: payload.TypeChangeKey, _: Types
) -> Type:
    if action.key != type_.key:
        _check_key(project.types, action.key)
    return changed(type_, key=action.key)


def _change_type_name(_: Project, type_: Type, action: payload.TypeChangeName, __: Types) -> Type:
    return changed(type_, name=action.name)


TYPE_RULES: Final[dict[type[Any], Rule]] = {
    payload.TypeAddFieldDefinition: _add_field,
    payload.TypeRemoveFieldDefinition: _remove_field,
    payload.TypeChangeKey: _change_type_key,
    payload.TypeChangeName: _change_type_name,
}


# --- workflow states ------------------------------------------------------------------------------


def create_state(project: Project, draft: payload.StateDraft, *, built_in: bool = False) -> States:
    """A new state."""
    _check_state_key(project, draft.key)
    made = State(
        **project.fresh(),
        key=draft.key,
        type=draft.type,
        initial=draft.initial,
        built_in=built_in,
        name=draft.name,
        description=draft.description,
        roles=draft.roles,
        transitions=_transitions(project, draft.transitions),
    )
    return Change(None, made)


def delete_state(project: Project, state: State, version: int | None) -> None:
    """Take a state away; not a built-in one, and not while an order is in it."""
    if state.built_in:
        raise forbidden(f"The built-in state '{state.key}' cannot be deleted.")
    for order in project.orders.by_id.values():
        of_lines = (one.state.id for line in order.line_items for one in line.state)
        if (order.state is not None and order.state.id == state.id) or state.id in of_lines:
            raise Refusal("ReferenceExists", resource="state", referencedBy="order")
    project.remove(project.kinds["state"], state, version)


def _check_state_key(project: Project, key: str) -> None:
    if not key:
        raise forbidden("The key of a state must not be empty.")
    _check_key(project.states, key)


def _transitions(
    project: Project, named: tuple[ResourceIdentifier, ...] | None
) -> tuple[Reference, ...] | None:
    if named is None:
        return None
    return tuple(Reference(type_id="state", id=project.resolve("state", one).id) for one in named)


def _set_transitions(
    project: Project, state: State, action: payload.StateSetTransitions, _: States
) -> State:
    return changed(state, transitions=_transitions(project, action.transitions))


def _change_state_key(
    project: Project, state: State, action: payload.StateChangeKey, _: States
) -> State:
    if state.built_in:
        raise forbidden(f"The key of the built-in state '{state.key}' cannot be changed.")
    if action.key != state.key:
        _check_state_key(project, action.key)
    return changed(state, key=action.key)


def _change_initial(
    _: Project, state: State, action: payload.StateChangeInitial, __: States
) -> State:
    return changed(state, initial=action.initial)


STATE_RULES: Final[dict[type[Any], Rule]] = {
    payload.StateSetTransitions: _set_transitions,
    payload.StateChangeKey: _change_state_key,
    payload.StateChangeInitial: _change_initial,
}


def check_transition(
    project: Project, old: Reference | None, new: State, *, force: bool, kind: str
) -> None:
    """May something go from one workflow state to another?

    Raises:
        Refusal: the state is of another kind, or the workflow has no such transition.
    """
    if new.type != kind:
        raise forbidden(f"The state '{new.key}' is not of type '{kind}'.")
    if force:
        return
    if old is None:
        if not new.initial:
            raise forbidden(f"The state '{new.key}' is not an initial state.")
        return
    known = project.states.get(old.id)
    if known is None or known.transitions is None:
        return
    if new.id not in [one.id for one in known.transitions]:
        raise forbidden(f"There is no transition from '{known.key}' to '{new.key}'.")
