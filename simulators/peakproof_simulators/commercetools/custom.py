"""Custom fields: checked against the type that defines them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Final

import msgspec

from peakproof_simulators.commercetools.change import changed
from peakproof_simulators.commercetools.errors import Refusal, forbidden, invalid
from peakproof_simulators.commercetools.payloads.common import (
    CustomFields,
    CustomFieldsDraft,
    Reference,
    ResourceIdentifier,
)
from peakproof_simulators.commercetools.payloads.definitions import FieldDefinition, Type

if TYPE_CHECKING:
    from peakproof_simulators.commercetools.state import Project


def _parses(parse: Callable[[str], object]) -> Callable[[Any], bool]:
    def fits(value: Any) -> bool:
        if not isinstance(value, str):
            return False
        try:
            parse(value)
        except ValueError:
            return False
        return True

    return fits


def _texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) for one in value.values())


def _money(value: Any) -> bool:
    return isinstance(value, dict) and {"centAmount", "currencyCode"} <= set(value)


_FITS: Final[dict[str, Callable[[Any], bool]]] = {
    "Boolean": lambda value: isinstance(value, bool),
    "String": lambda value: isinstance(value, str),
    "LocalizedString": _texts,
    "Number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "Money": _money,
    "Date": _parses(date.fromisoformat),
    "Time": _parses(time.fromisoformat),
    "DateTime": _parses(datetime.fromisoformat),
    "Enum": lambda value: isinstance(value, str),
    "Set": lambda value: isinstance(value, list),
    "Reference": lambda value: isinstance(value, dict) and "typeId" in value and "id" in value,
}


def _checked(defined: FieldDefinition, value: Any) -> Any:
    kind = defined.type.name
    if not _FITS[kind](value):
        raise invalid(defined.name, value)
    if kind == "Enum" and defined.type.values is not None:
        allowed = [one.get("key") for one in defined.type.values]
        if value not in allowed:
            raise invalid(defined.name, value, allowed)
    return value


def _definition(type_: Type, name: str) -> FieldDefinition:
    for defined in type_.field_definitions:
        if defined.name == name:
            return defined
    raise invalid("custom", name, [defined.name for defined in type_.field_definitions])


def fields_of(
    project: Project, resource_type: str, named: ResourceIdentifier, fields: dict[str, Any]
) -> CustomFields:
    """Custom fields of a type for a resource of some type.

    Raises:
        Refusal: there is no such type, it is for other resources, a field or a value is wrong.
    """
    type_: Type = project.resolve("type", named)
    if resource_type not in type_.resource_type_ids:
        raise forbidden(f"The type '{type_.key}' is not for resources of type '{resource_type}'.")
    present = {
        name: _checked(_definition(type_, name), value)
        for name, value in fields.items()
        if value is not None
    }
    for defined in type_.field_definitions:
        if defined.required and defined.name not in present:
            raise Refusal("RequiredField", field=defined.name)
    return CustomFields(type=Reference(type_id="type", id=type_.id), fields=present)


def drafted(
    project: Project, resource_type: str, draft: CustomFieldsDraft | None
) -> CustomFields | None:
    """The custom fields of a draft."""
    if draft is None:
        return None
    return fields_of(project, resource_type, draft.type, draft.fields)


def set_type(
    project: Project, resource_type: str, named: ResourceIdentifier | None, fields: dict[str, Any]
) -> CustomFields | None:
    """What ``setCustomType`` leaves: no type takes all custom fields away."""
    if named is None:
        return None
    return fields_of(project, resource_type, named, fields)


def set_field(project: Project, custom: CustomFields | None, name: str, value: Any) -> CustomFields:
    """What ``setCustomField`` leaves: null takes the field away.

    Raises:
        Refusal: there is no type yet, the field is not defined, or there is nothing to remove.
    """
    if custom is None:
        raise forbidden("The resource has no custom type; use 'setCustomType' first.")
    type_ = project.types.by_id[custom.type.id]
    defined = _definition(type_, name)
    fields = dict(custom.fields)
    if value is None:
        if name not in fields:
            raise forbidden(f"The custom field '{name}' does not exist and cannot be removed.")
        if defined.required:
            raise Refusal("RequiredField", field=name)
        del fields[name]
    elif fields.get(name) == value:
        return custom
    else:
        fields[name] = _checked(defined, value)
    return msgspec.structs.replace(custom, fields=fields)


def type_rule(kind: str) -> Callable[[Project, Any, Any, object], Any]:
    """The update action ``setCustomType`` of resources of a kind."""

    def rule(project: Project, one: Any, action: Any, _: object) -> Any:
        return changed(one, custom=set_type(project, kind, action.type, action.fields))

    return rule


def field_rule(project: Project, one: Any, action: Any, _: object) -> Any:
    """The update action ``setCustomField``."""
    return changed(one, custom=set_field(project, one.custom, action.name, action.value))
