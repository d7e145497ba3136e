"""Query documents: read, checked and priced once, then kept by their text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    parse,
    validate,
)

from peakproof_simulators.centra.integration.schema import schema

_MOST: Final = 512
"""Documents that are kept; a connector has a few dozen."""

_LONGEST: Final = 20_000
"""Letters of a text that is worth keeping."""

QUANTITIES: Final = frozenset(
    {
        "physicalQuantity", "allocatedQuantity", "demandQuantity", "availableNowQuantity",
        "incomingQuantity", "availableQuantity", "unshippedQuantity",
    }
)  # fmt: skip
"""Fields of ``Stock`` that are expensive; ``freeToAllocateQuantity`` is not among them."""

PERMITTED: Final[dict[str, str]] = {
    "Order": "Order", "DirectToConsumerOrder": "Order", "WholesaleOrder": "Order",
    "Shipment": "Shipment", "Return": "Return", "Product": "Product",
    "ProductVariant": "ProductVariant", "ProductSize": "ProductSize", "Warehouse": "Warehouse",
    "Market": "Market", "Store": "Store", "Pricelist": "Pricelist",
    "AllocationRule": "AllocationRule", "StockChange": "StockChange", "Event": "Event",
    "EventListener": "Event", "PaymentHistoryEntry": "Payment", "IdConversion": "IdConversion",
    "OrderConnection": "Order", "StockChangeConnection": "StockChange",
}  # fmt: skip
"""Types that need a permission, and by what name. What is left out needs none."""

NESTED: Final = frozenset({"shippingAddress", "billingAddress"})
"""Fields of an order that have a permission of their own."""

WRITES: Final[dict[str, tuple[str, ...]]] = {
    "setStock": ("StockChange:write",),
    "changeStock": ("StockChange:write",),
    "createWarehouse": ("Warehouse:write",),
    "confirmOrder": ("Order:write",),
    "setOrdersLock": ("Order.isLocked:write",),
    "updateDirectToConsumerOrder": ("Order:write",),
    "allocateOrder": ("Order:write",),
    "unallocateOrder": ("Order:write",),
    "cancelDirectToConsumerOrder": ("Order:write", "Payment.cancel:write"),
    "captureOrder": ("Payment.capture:write",),
    "releaseRemainingOrderAuthorization": ("Payment.cancel:write",),
    "createShipment": ("Shipment:write",),
    "updateShipment": ("Shipment:write",),
    "captureShipment": ("Payment.capture:write",),
    "completeShipment": ("Shipment:write",),
    "deleteShipment": ("Shipment:write",),
    "createReturn": ("Return:write",),
    "completeReturn": ("Return:write",),
    "uncompleteReturn": ("Return:write",),
    "deleteReturn": ("Return:write",),
    "refundReturn": ("Payment.refund:write",),
    "setEventListeners": ("Event:write",),
    "unsetEventListeners": ("Event:write",),
    "confirmEvents": ("Event:write",),
    "setIdConversions": ("IdConversion:write",),
    "unsetIdConversions": ("IdConversion:write",),
    "createProduct": ("Product:write",),
    "createProductVariant": ("ProductVariant:write",),
    "createProductSize": ("ProductSize:write",),
    "createBundle": ("Product:write",),
    "setPrices": ("Pricelist:write",),
}


class Need(msgspec.Struct, frozen=True):
    """A permission that a field wants."""

    permission: str
    field: str
    path: tuple[str, ...]
    line: int
    column: int


class Plan(msgspec.Struct):
    """A document that can be executed. ``cost`` is None where variables have a say in it."""

    document: DocumentNode
    operation: OperationDefinitionNode
    roots: tuple[str, ...]
    mutations: int
    needs: tuple[Need, ...]
    introspects: bool
    cost: int | None
    deprecated: tuple[str, ...] = ()


class Refused(msgspec.Struct):
    """A document that cannot be executed: why, as the answer's errors."""

    errors: list[dict[str, Any]]


class Documents:
    """Plans by text and operation name."""

    def __init__(self, *, tokens: int, depth: int, stock_cost: int) -> None:
        self._tokens = tokens
        self._depth = depth
        self._stock_cost = stock_cost
        self._kept: dict[tuple[str, str | None], Plan | Refused] = {}

    def plan(self, query: str, operation_name: str | None) -> Plan | Refused:
        """What to do with a query's text."""
        key = query, operation_name
        found = self._kept.get(key)
        if found is None:
            found = self._made(query, operation_name)
            if len(self._kept) >= _MOST:
                self._kept.clear()
            if len(query) <= _LONGEST:
                self._kept[key] = found
        return found

    def _made(self, query: str, operation_name: str | None) -> Plan | Refused:
        try:
            document = parse(query, max_tokens=self._tokens)
            _check_depth(document, self._depth)
            errors = validate(schema(), document, max_errors=20, allow_empty_selection_sets=False)
        except GraphQLError as error:
            return Refused([formatted(error)])
        except RecursionError:
            return Refused([formatted(GraphQLError("The query is nested too deeply."))])
        if errors:
            return Refused([formatted(error) for error in errors])
        held = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
        named = [one for one in held if one.name is not None and one.name.value == operation_name]
        if operation_name is None:
            named = held
        if len(named) != 1:
            word = "Must provide operation name if query contains multiple operations."
            if operation_name is not None:
                word = f'Unknown operation named "{operation_name}".'
            return Refused([{"message": word, "extensions": {"category": "graphql"}}])
        return self._planned(document, named[0])

    def _planned(self, document: DocumentNode, operation: OperationDefinitionNode) -> Plan:
        walk = Walk(document, self._stock_cost)
        root = schema().get_root_type(operation.operation)
        assert root is not None
        top = walk.fields(root, operation.selection_set)
        roots = tuple(dict.fromkeys(node.name.value for _, node in top))
        writes = operation.operation == OperationType.MUTATION
        if writes:
            walk.write_needs(top)
        walk.gather(root, operation.selection_set, ())
        variable = walk.uses_variables
        return Plan(
            document, operation, roots,
            sum(1 for _, node in top if not node.name.value.startswith("__")) if writes else 0,
            tuple(walk.needs), any(name in ("__schema", "__type") for name in roots),
            None if variable else walk.cost(root, operation.selection_set, {}),
            tuple(walk.deprecated),
        )  # fmt: skip

    def cost(self, plan: Plan, variables: Mapping[str, Any]) -> int:
        """What a request costs in complexity."""
        if plan.cost is not None:
            return plan.cost
        root = schema().get_root_type(plan.operation.operation)
        assert root is not None
        walk = Walk(plan.document, self._stock_cost)
        values = _with_defaults(plan.operation, variables)
        return walk.cost(root, plan.operation.selection_set, values)


def formatted(error: GraphQLError) -> dict[str, Any]:
    """An error as an answer shows it."""
    made: dict[str, Any] = dict(error.formatted)
    made["extensions"] = {"category": "graphql", **(error.extensions or {})}
    return made


def _with_defaults(
    operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> dict[str, Any]:
    values = dict(variables)
    for definition in operation.variable_definitions or ():
        default = definition.default_value
        if isinstance(default, IntValueNode):
            values.setdefault(definition.variable.name.value, int(default.value))
    return values


def _check_depth(document: DocumentNode, most: int) -> None:
    """Fragments count with what is in them; a circle of them is validation's to refuse."""
    fragments = {
        one.name.value: one
        for one in document.definitions
        if isinstance(one, FragmentDefinitionNode)
    }
    known: dict[str, int] = {}

    def deep(selections: SelectionSetNode, under: tuple[str, ...]) -> int:
        found = 0
        for node in selections.selections:
            inner = 0
            if isinstance(node, FragmentSpreadNode):
                name = node.name.value
                if name in under or name not in fragments:
                    continue
                if name not in known:
                    known[name] = deep(fragments[name].selection_set, (*under, name))
                inner = known[name]
            elif (
                isinstance(node, FieldNode | InlineFragmentNode) and node.selection_set is not None
            ):
                inner = deep(node.selection_set, under) + isinstance(node, FieldNode)
            found = max(found, inner)
        return found

    held = [
        one
        for one in document.definitions
        if isinstance(one, OperationDefinitionNode | FragmentDefinitionNode)
    ]
    if any(deep(one.selection_set, ()) > most for one in held):
        raise GraphQLError(f"The query is nested deeper than {most} levels.")


class Walk:
    """Walks through the selections of one valid document."""

    def __init__(self, document: DocumentNode, stock_cost: int) -> None:
        self.fragments = {
            one.name.value: one
            for one in document.definitions
            if isinstance(one, FragmentDefinitionNode)
        }
        self.stock_cost = stock_cost
        self.needs: dict[Need, None] = {}
        self.deprecated: dict[str, None] = {}
        self.uses_variables = False
        self._seen: dict[int, None] = {}
        self._costs: dict[int, int] = {}

    def fields(
        self, type_: Any, selections: SelectionSetNode, seen: dict[str, None] | None = None
    ) -> list[tuple[Any, FieldNode]]:
        """The fields of a selection, those of fragments too, each with the type it is of.

        A fragment counts once in a selection, however often it is spread there.
        """
        found: list[tuple[Any, FieldNode]] = []
        seen = {} if seen is None else seen
        for node in selections.selections:
            if isinstance(node, FieldNode):
                found.append((type_, node))
            elif isinstance(node, InlineFragmentNode):
                named = node.type_condition
                on = schema().type_map[named.name.value] if named is not None else type_
                found.extend(self.fields(on, node.selection_set, seen))
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                seen[node.name.value] = None
                fragment = self.fragments[node.name.value]
                on = schema().type_map[fragment.type_condition.name.value]
                found.extend(self.fields(on, fragment.selection_set, seen))
        return found

    def gather(self, type_: Any, selections: SelectionSetNode, path: tuple[str, ...]) -> None:
        """Collect what permissions the fields below want, and which are deprecated."""
        if id(selections) in self._seen:
            return
        self._seen[id(selections)] = None
        for on, node in self.fields(type_, selections):
            name = node.name.value
            field = None if name.startswith("__") else on.fields.get(name)
            if field is None:
                continue
            here = (*path, node.alias.value if node.alias is not None else name)
            kind = get_named_type(field.type)
            if field.deprecation_reason:
                self.deprecated[f"{on.name}.{name}"] = None
            if any(isinstance(each.value, VariableNode) for each in node.arguments or ()):
                self.uses_variables = True
            if name in NESTED and PERMITTED.get(on.name) == "Order":
                self._need(f"Order.{name}:read", name, here, node)
            elif kind.name in PERMITTED:
                self._need(f"{PERMITTED[kind.name]}:read", name, here, node)
            if node.selection_set is not None:
                self.gather(kind, node.selection_set, here)

    def write_needs(self, top: Sequence[tuple[Any, FieldNode]]) -> None:
        """What the mutations of a document want."""
        for _, node in top:
            for permission in WRITES.get(node.name.value, ()):
                self._need(permission, node.name.value, (node.name.value,), node)

    def _need(self, permission: str, name: str, path: tuple[str, ...], node: FieldNode) -> None:
        place = node.loc.start_token if node.loc is not None else None
        line, column = (place.line, place.column) if place is not None else (0, 0)
        self.needs[Need(permission, name, path, line, column)] = None

    def cost(self, type_: Any, selections: SelectionSetNode, values: Mapping[str, Any]) -> int:
        """Complexity: 1 for each object, its list's limit times what is in it, and stock."""
        known = self._costs.get(id(selections))
        if known is not None:
            return known
        total = 0
        for on, node in self.fields(type_, selections):
            name = node.name.value
            field = None if name.startswith("__") else on.fields.get(name)
            if field is None:
                continue
            if on.name == "Stock" and name in QUANTITIES:
                total += self.stock_cost
            if node.selection_set is None:
                continue
            inner = 1 + self.cost(get_named_type(field.type), node.selection_set, values)
            total += inner * self._factor(node, field, values)
        self._costs[id(selections)] = total
        return total

    def _factor(self, node: FieldNode, field: Any, values: Mapping[str, Any]) -> int:
        """How many entries a field may have: its limit, where it has one."""
        for name in ("limit", "first", "last"):
            if name not in field.args:
                continue
            given = next((a.value for a in node.arguments or () if a.name.value == name), None)
            value: Any = None
            if isinstance(given, IntValueNode):
                value = int(given.value)
            elif isinstance(given, VariableNode):
                value = values.get(given.name.value)
            elif given is None:
                node_of = field.args[name].ast_node
                default = node_of.default_value if node_of is not None else None
                value = int(default.value) if isinstance(default, IntValueNode) else None
            if isinstance(value, int):
                return max(min(value, 200), 1)
        return 1
