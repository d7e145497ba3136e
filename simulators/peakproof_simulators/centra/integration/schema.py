"""The schema file with resolvers on it; made once for all runs of a process."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from typing import Any, Final

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
)

from peakproof.errors import SimulatorFault
from peakproof_simulators.centra import entities, events
from peakproof_simulators.centra.integration import shown
from peakproof_simulators.centra.integration.dates import checked
from peakproof_simulators.centra.integration.finding import QUERIES
from peakproof_simulators.centra.integration.order_mutations import ORDER_MUTATIONS
from peakproof_simulators.centra.integration.queue_mutations import QUEUE_MUTATIONS
from peakproof_simulators.centra.integration.session import Info
from peakproof_simulators.centra.integration.shipment_mutations import SHIPMENT_MUTATIONS
from peakproof_simulators.centra.integration.stock_mutations import STOCK_MUTATIONS
from peakproof_simulators.centra.integration.writing import mutation

PACKAGE: Final = "peakproof_simulators.centra"
MUTATIONS: Final = {
    **STOCK_MUTATIONS, **ORDER_MUTATIONS, **SHIPMENT_MUTATIONS, **QUEUE_MUTATIONS,
}  # fmt: skip

ENTITIES: Final[dict[type, str]] = {
    entities.Order: "DirectToConsumerOrder",
    entities.Shipment: "Shipment",
    entities.Return: "Return",
    entities.Product: "Product",
    entities.Variant: "ProductVariant",
    entities.Size: "ProductSize",
    entities.Warehouse: "Warehouse",
    entities.StockChange: "StockChange",
}
"""Which GraphQL type an entity is, where a field may hold several."""

STRUCTS: Final[dict[str, type]] = {
    **{name: kind for kind, name in ENTITIES.items()},
    "Store": entities.Store,
    "Market": entities.Market,
    "AllocationRule": entities.AllocationRule,
    "Pricelist": entities.Pricelist,
    "WholesaleOrder": entities.Order,
    "Event": events.Event,
    "Stock": entities.Cell,
}
"""Types whose plain fields are attributes; those of all others are keys of a dict."""

_WORD: Final = re.compile(r"(?<!^)(?=[A-Z])")


def text() -> str:
    """The schema as the vendor's tools would show it."""
    return resources.files(PACKAGE).joinpath("schema.graphql").read_text("utf-8")


@cache
def schema() -> GraphQLSchema:
    """The schema, every field of it with a resolver.

    Raises:
        SimulatorFault: the file has a field that nothing here can answer.
    """
    made = build_schema(text())
    for name, kind in made.type_map.items():
        if isinstance(kind, GraphQLObjectType) and not name.startswith("__"):
            for field_name, field in kind.fields.items():
                field.resolve = _resolver(name, field_name, field)
        elif isinstance(kind, GraphQLInterfaceType | GraphQLUnionType):
            kind.resolve_type = _type_of
        elif isinstance(kind, GraphQLScalarType) and name == "DateTime":
            # graphql-core 3.3 asks the second, older ones the first.
            kind.parse_value = _date  # type: ignore[method-assign]  # its own way to build
            kind.coerce_input_value = _date
    return made


def _date(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("a DateTime is text")  # noqa: TRY004  # GraphQL words it
    return checked(value)


def _type_of(value: Any, _info: Any, _kind: Any) -> str:
    return ENTITIES.get(type(value), "ObjectReferenceInt")


def _resolver(type_: str, name: str, field: GraphQLField) -> Callable[..., Any]:
    if type_ == "Query":
        return QUERIES[name]
    if type_ == "Mutation":
        return mutation(MUTATIONS[name])
    if (type_, name) == ("ProductSize", "stock"):
        return shown.stock_of_size
    show = shown.FIELDS.get(type_, {}).get(name)
    if show is not None:
        return _shower(show, takes=bool(field.args))
    struct = STRUCTS.get(type_)
    if struct is None:
        return _key(name)
    attribute = _WORD.sub("_", name).lower()
    if attribute not in struct.__struct_fields__:  # type: ignore[attr-defined]  # msgspec's
        raise SimulatorFault(f"centra: nothing answers {type_}.{name}")
    return _attribute(attribute)


def _shower(show: Callable[..., Any], *, takes: bool) -> Callable[..., Any]:
    if takes:
        return lambda entity, info, **given: show(info.context.centra, entity, **given)
    return lambda entity, info: show(info.context.centra, entity)


def _key(name: str) -> Callable[..., Any]:
    def resolve(entity: Mapping[str, Any], _info: Info) -> Any:
        return entity.get(name)

    return resolve


def _attribute(name: str) -> Callable[..., Any]:
    def resolve(entity: Any, _info: Info) -> Any:
        return getattr(entity, name)

    return resolve
