"""What fields a resource has, read from its payload types, for predicates, sorting, expansion."""

from __future__ import annotations

import types
from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Annotated, Any, Final, Literal, NamedTuple, Union, get_args, get_origin
from typing import get_type_hints as hints

import msgspec

Getter = Callable[[Any], Any]


class Shape(NamedTuple):
    """What a value can be: a leaf of some kind, an object, a map, and maybe many of them.

    ``kind`` is ``text``, ``number``, ``flag``, ``moment``, ``object``, ``map`` or ``any``.
    """

    kind: str
    many: bool = False
    structs: tuple[type[msgspec.Struct], ...] = ()
    value: Any = None


class Field(NamedTuple):
    """A field: how to take it out of its holder, and what comes out."""

    get: Getter
    shape: Shape


ANY: Final = Shape("any")
_LEAVES: Final = {str: "text", int: "number", float: "number", bool: "flag"}


@cache
def of_struct(structs: tuple[type[msgspec.Struct], ...]) -> dict[str, Field]:
    """The fields of a payload type by JSON name; of several types: the fields of any."""
    found: dict[str, Field] = {}
    for struct in structs:
        known = hints(struct, include_extras=True)
        for field in msgspec.structs.fields(struct):
            shape = _shape(known[field.name])
            if field.encode_name not in found:
                found[field.encode_name] = Field(_getter(field.name, len(structs) > 1), shape)
            elif found[field.encode_name].shape != shape:
                found[field.encode_name] = found[field.encode_name]._replace(shape=ANY)
        tag_field = struct.__struct_config__.tag_field
        if tag_field is not None:
            found[tag_field] = Field(_tag, Shape("text"))
    return found


def _getter(name: str, may_lack: bool) -> Getter:
    if may_lack:
        return lambda holder: getattr(holder, name, None)
    return attrgetter(name)


def _tag(holder: Any) -> str:
    return str(holder.__struct_config__.tag)


def _shape(annotation: Any) -> Shape:
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *marks = get_args(annotation)
        extra = [mark.extra for mark in marks if isinstance(mark, msgspec.Meta) and mark.extra]
        if any(mark.get("moment") for mark in extra):
            return Shape("moment")
        return _shape(inner)
    if origin in (Union, types.UnionType):
        parts = [part for part in get_args(annotation) if part is not type(None)]
        if len(parts) == 1:
            return _shape(parts[0])
        if all(isinstance(part, type) and issubclass(part, msgspec.Struct) for part in parts):
            return Shape("object", structs=tuple(parts))
        return ANY
    if origin is tuple:
        return _shape(get_args(annotation)[0])._replace(many=True) if get_args(annotation) else ANY
    if origin is dict:
        return Shape("map", value=_shape(get_args(annotation)[1]))
    if origin is Literal:
        return Shape(_LEAVES[type(get_args(annotation)[0])])
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return Shape("object", structs=(annotation,))
    return Shape(_LEAVES[annotation]) if annotation in _LEAVES else ANY


def field(shape: Shape, name: str) -> Field | None:
    """The field of a shape by its JSON name, None when it has none of that name."""
    if shape.kind == "object":
        return of_struct(shape.structs).get(name)
    if shape.kind == "map":
        return Field(_entry(name), shape.value)
    if shape.kind == "any":
        return Field(_entry(name), ANY)
    return None


def _entry(name: str) -> Getter:
    def get(holder: Any) -> Any:
        return holder.get(name) if isinstance(holder, dict) else None

    return get
