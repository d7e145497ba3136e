"""Turns a predicate's tree into a function of a resource."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from math import asin, cos, radians, sin, sqrt
from typing import Any, Final

from peakproof_simulators.commercetools import moments
from peakproof_simulators.commercetools.errors import Refusal, malformed
from peakproof_simulators.commercetools.predicates import shapes
from peakproof_simulators.commercetools.predicates.shapes import Shape
from peakproof_simulators.commercetools.predicates.syntax import (
    All,
    Condition,
    Negation,
    Nested,
    Node,
    Some,
    Variable,
)

Ask = Callable[[Any], bool]
Variables = Mapping[str, list[str]]

_ORDER: Final = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
_FITS: Final[Mapping[str, Ask]] = {
    "text": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "flag": lambda value: isinstance(value, bool),
    "any": lambda _value: True,
}
_EARTH_M: Final = 6_371_000.0


class Compiler:
    """Compiles predicates about one kind of resource; unknown fields are refused here."""

    def __init__(self, root: Shape, variables: Variables, parameter: str = "where") -> None:
        self.root = root
        self.variables = variables
        self.parameter = parameter

    def whole(self, node: Node) -> Ask:
        """The function of a resource.

        Raises:
            Refusal: a field does not exist, a value does not fit, a variable has no value.
        """
        return self.node(node, self.root)

    def node(self, node: Node, shape: Shape) -> Ask:
        if isinstance(node, All):
            parts = [self.node(part, shape) for part in node.parts]
            return lambda holder: all(part(holder) for part in parts)
        if isinstance(node, Some):
            parts = [self.node(part, shape) for part in node.parts]
            return lambda holder: any(part(holder) for part in parts)
        if isinstance(node, Negation):
            inner = self.node(node.inner, shape)
            return lambda holder: not inner(holder)
        found = shapes.field(shape, node.field)
        if found is None:
            raise self.refuse(f"The field '{node.field}' does not exist.")
        get, held = found
        if isinstance(node, Nested):
            return self.nested(get, held, self.node(node.inner, held._replace(many=False)))
        return self.condition(node, get, held)

    def nested(self, get: Callable[[Any], Any], held: Shape, inner: Ask) -> Ask:
        if held.many or held.kind == "any":

            def any_of_them(holder: Any) -> bool:
                value = get(holder)
                if isinstance(value, (tuple, list)):
                    return any(inner(item) for item in value)
                return value is not None and inner(value)

            return any_of_them

        def of_it(holder: Any) -> bool:
            value = get(holder)
            return value is not None and inner(value)

        return of_it

    def condition(self, node: Condition, get: Callable[[Any], Any], held: Shape) -> Ask:
        asked = node.operator
        if asked == "defined":
            return lambda holder: get(holder) is not None
        if asked == "empty":
            return lambda holder: not get(holder)
        if asked == "within":
            return _within(get, [self.number(part) for part in node.operand])
        if asked == "in":
            listed = self.many(node.operand, node.field, held)
            wanted = tuple(listed) if held.kind == "any" else frozenset(listed)
            return _element(get, held, lambda value: value in wanted)
        if asked.startswith("contains"):
            asked_for = self.many(node.operand, node.field, held)
            found_in = any if asked == "contains any" else all
            return lambda holder: found_in([one in (get(holder) or ()) for one in asked_for])
        value = self.one(node.operand, node.field, held)
        if asked == "=":
            return _element(get, held, lambda found: found == value)
        if asked == "!=":
            equal = _element(get, held, lambda found: found == value)
            return lambda holder: not equal(holder)
        if asked == "matches":
            folded = str(value).casefold()
            return _element(get, held, lambda found: str(found).casefold() == folded)
        return _element(get, held, _ordered(_ORDER[asked], value))

    def many(self, operand: tuple[Any, ...], name: str, held: Shape) -> list[Any]:
        if len(operand) == 1 and isinstance(operand[0], Variable):
            return [self.fitting(text, name, held, typed=False) for text in self.bound(operand[0])]
        return [self.one(part, name, held) for part in operand]

    def one(self, operand: Any, name: str, held: Shape) -> Any:
        if isinstance(operand, Variable):
            return self.fitting(self.bound(operand)[-1], name, held, typed=False)
        return self.fitting(operand, name, held, typed=True)

    def number(self, operand: Any) -> float:
        value = self.one(operand, "circle", Shape("number"))
        return float(value)

    def bound(self, variable: Variable) -> list[str]:
        values = self.variables.get(variable.name)
        if not values:
            raise self.refuse(f"The variable '{variable.name}' has no value.")
        return values

    def fitting(self, value: Any, name: str, held: Shape, *, typed: bool) -> Any:
        """The value as the field holds it; a variable's text is read as the field's kind."""
        kind = held.kind
        if kind == "moment" and isinstance(value, str):
            moment = moments.of_text(value)
            if moment is None:
                raise self.refuse(f"The value '{value}' of '{name}' is not a date.")
            return moment
        if kind == "number" and not typed:
            try:
                return float(value) if "." in value else int(value)
            except ValueError:
                raise self.refuse(f"The value '{value}' of '{name}' is not a number.") from None
        if kind == "flag" and not typed:
            return value == "true"
        fits = _FITS.get(kind)
        if fits is None or not fits(value):
            raise self.refuse(f"The field '{name}' cannot be compared with this value.")
        return value

    def refuse(self, text: str) -> Refusal:
        return malformed(self.parameter, text)


def _element(get: Callable[[Any], Any], held: Shape, fits: Ask) -> Ask:
    if held.many or held.kind == "any":

        def any_element(holder: Any) -> bool:
            value = get(holder)
            if isinstance(value, (tuple, list)):
                return any(fits(item) for item in value)
            return value is not None and fits(value)

        return any_element

    def only(holder: Any) -> bool:
        value = get(holder)
        return value is not None and fits(value)

    return only


def _ordered(compare: Callable[[Any, Any], bool], value: Any) -> Ask:
    text = isinstance(value, str)

    def ordered(found: Any) -> bool:
        return isinstance(found, str) is text and compare(found, value)

    return ordered


def _within(get: Callable[[Any], Any], circle: list[float]) -> Ask:
    longitude, latitude, radius_m = circle

    def within(holder: Any) -> bool:
        place = get(holder)
        found = getattr(place, "coordinates", None)
        if found is None:
            return False
        return _distance_m((longitude, latitude), found) <= radius_m

    return within


def _distance_m(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Great-circle distance (haversine) between two (longitude, latitude) pairs."""
    west, south = radians(one[0]), radians(one[1])
    east, north = radians(other[0]), radians(other[1])
    half = sin((north - south) / 2) ** 2
    half += cos(south) * cos(north) * sin((east - west) / 2) ** 2
    return 2 * _EARTH_M * asin(min(1.0, sqrt(half)))
