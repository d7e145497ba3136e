"""XML in and out of the payload structs; the shape of each struct is worked out once.

Elements stand in no namespace, roots in the vendor's (the schemas say ``unqualified``). Reading
refuses document types, and with them entities, before anything is expanded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Final, NamedTuple, TypeVar, cast

import msgspec
from lxml import etree
from msgspec import UNSET, inspect

T = TypeVar("T")

NAMESPACE: Final = "http://integration.deposco.com/"
_DIGITS: Final = 30
_NIL: Final = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_ILLEGAL: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPECIAL: Final = re.compile('[&<>"]')
_ESCAPES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


class Malformed(Exception):
    """The body is no document of the kind that was asked for."""


class Root(NamedTuple):
    """The name of a document's root element; ``space`` is the last part of its namespace."""

    name: str
    space: str


class Part(NamedTuple):
    """A field of a struct as an element or (``@`` in front) as an attribute."""

    attribute: str
    element: str
    kind: str
    """``text``, ``figure``, ``struct``, ``opaque``."""
    many: bool
    inner: Any


class Shape(NamedTuple):
    """What a struct looks like in XML."""

    parts: tuple[Part, ...]
    by_element: Mapping[str, Part]


@cache
def shape(kind: type[msgspec.Struct]) -> Shape:
    """The shape of a struct type."""
    told = inspect.type_info(kind)
    assert isinstance(told, inspect.StructType)
    parts = tuple(_part(found.name, found.encode_name, found.type) for found in told.fields)
    return Shape(parts, {part.element: part for part in parts})


def _part(attribute: str, element: str, told: inspect.Type) -> Part:
    options = told.types if isinstance(told, inspect.UnionType) else (told,)
    many = any(isinstance(option, inspect.ListType) for option in options)
    kind, inner = "text", None
    for option in options:
        one = option.item_type if isinstance(option, inspect.ListType) else option
        if isinstance(one, inspect.StructType):
            kind, inner = "struct", one.cls
        elif isinstance(one, inspect.AnyType):
            kind = "opaque"
        elif isinstance(one, inspect.DecimalType | inspect.IntType | inspect.BoolType):
            kind = "figure"
    return Part(attribute, element, kind, many, inner)


# --- in -------------------------------------------------------------------------------


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
    )


_PARSER: Final = _parser()


def parse(body: bytes) -> etree._Element:
    """The root element of a document that has no document type.

    Raises:
        Malformed: it is not well formed, or it declares a document type.
    """
    try:
        root = etree.fromstring(body, _PARSER)
    except (etree.LxmlError, ValueError, LookupError) as error:
        raise Malformed(str(error)) from None
    if cast(Any, root.getroottree()).docinfo.doctype:
        raise Malformed("a document type is not accepted")
    return root


def read(root: etree._Element, kind: type[T], *, refuse_unknown: bool) -> T:
    """A struct from an element.

    Raises:
        Malformed: a field is unknown (when that is refused), missing or of the wrong form.
    """
    assert issubclass(kind, msgspec.Struct)
    tree = _struct(root, shape(kind), refuse_unknown)
    try:
        return msgspec.convert(tree, kind, strict=False)
    except msgspec.ValidationError as error:
        raise Malformed(str(error)) from None


def _struct(element: etree._Element, form: Shape, refuse_unknown: bool) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for child in element:
        name = etree.QName(child).localname
        part = form.by_element.get(name)
        if part is None:
            if refuse_unknown:
                raise Malformed(f"unexpected element {name}")
            continue
        value = _value(child, part, refuse_unknown)
        if part.many:
            tree.setdefault(name, []).append(value)
        elif value is not UNSET:
            tree[name] = value
    for attribute, found in element.attrib.items():
        part = form.by_element.get(f"@{attribute!s}")
        if part is not None:
            tree[part.element] = str(found)
    return tree


def _value(child: etree._Element, part: Part, refuse_unknown: bool) -> Any:
    if child.get(_NIL) in ("true", "1"):
        return None
    if part.kind == "struct":
        return _struct(child, shape(part.inner), refuse_unknown)
    if part.kind == "opaque":
        return _opaque(child)
    if len(child):
        raise Malformed(f"element {part.element} holds elements")
    found = child.text or ""
    if part.kind == "figure":
        return found.strip() or UNSET
    return found


def _opaque(element: etree._Element) -> Any:
    if not len(element) and not element.attrib:
        return element.text or ""
    tree: dict[str, Any] = {f"@{name!s}": str(found) for name, found in element.attrib.items()}
    for child in element:
        name = etree.QName(child).localname
        value = _opaque(child)
        if name not in tree:
            tree[name] = value
        elif isinstance(tree[name], list):
            tree[name].append(value)
        else:
            tree[name] = [tree[name], value]
    return tree


# --- out ------------------------------------------------------------------------------


def write(root: Root, document: msgspec.Struct) -> bytes:
    """A document as bytes, in the vendor's manner: a prefixed root, bare children."""
    out = ['<?xml version="1.0" encoding="UTF-8" standalone="yes"?>']
    name = root.name
    if root.space:
        name = f"ns2:{root.name}"
        out.append(f'<{name} xmlns:ns2="{NAMESPACE}{root.space}">')
    else:
        out.append(f"<{name}>")
    _write_struct(out, document, shape(type(document)))
    out.append(f"</{name}>")
    return "".join(out).encode()


def escape(text: str) -> str:
    """Text as it may stand in an element; characters that XML cannot hold become U+FFFD."""
    if not text.isprintable():
        text = _ILLEGAL.sub("\ufffd", text)
    if _SPECIAL.search(text) is None:
        return text
    return _SPECIAL.sub(lambda found: _ESCAPES[found.group()], text)


def _write_struct(out: list[str], found: msgspec.Struct, form: Shape) -> None:
    for part in form.parts:
        value = getattr(found, part.attribute)
        if value is UNSET or part.element[0] == "@":
            continue
        if part.many and isinstance(value, list):
            for one in value:
                _write_one(out, part, one)
        else:
            _write_one(out, part, value)


def _write_one(out: list[str], part: Part, value: Any) -> None:
    name = part.element
    if value is None:
        out.append(f'<{name} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ')
        out.append('xsi:nil="true"/>')
    elif part.kind == "struct":
        form = shape(part.inner)
        out.append(f"<{name}{_attributes(value, form)}>")
        _write_struct(out, value, form)
        out.append(f"</{name}>")
    elif part.kind == "opaque":
        _write_opaque(out, name, value)
    else:
        out.append(f"<{name}>{escape(value if isinstance(value, str) else plain(value))}</{name}>")


def _attributes(found: msgspec.Struct, form: Shape) -> str:
    said = ""
    for part in form.parts:
        if part.element[0] == "@":
            value = getattr(found, part.attribute)
            if value is not UNSET and value is not None:
                said += f' {part.element[1:]}="{escape(plain(value))}"'
    return said


def _write_opaque(out: list[str], name: str, value: Any) -> None:
    if not _is_name(name):
        return
    if isinstance(value, list):
        for one in value:
            _write_opaque(out, name, one)
    elif isinstance(value, dict):
        attributes = "".join(
            f' {key[1:]}="{escape(plain(one))}"'
            for key, one in value.items()
            if key.startswith("@") and _is_name(key[1:])
        )
        out.append(f"<{name}{attributes}>")
        for key, one in value.items():
            if not key.startswith("@"):
                _write_opaque(out, key, one)
        out.append(f"</{name}>")
    elif value is not None:
        out.append(f"<{name}>{escape(plain(value))}</{name}>")


_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]*\Z")


def _is_name(name: str) -> bool:
    return _NAME.match(name) is not None


def plain(value: Any) -> str:
    """A value as text, as XML and V1's JSON write it."""
    if value is True:
        return "true"
    if value is False:
        return "false"
    if type(value) is Decimal and -_DIGITS < value.adjusted() < _DIGITS:
        return f"{value:f}"
    return str(value)


# --- JSON that was XML ----------------------------------------------------------------


def as_json(document: msgspec.Struct, *, isms: bool) -> Any:
    """A document as plain values: with the marks of XML on it (DQ5), or without them.

    Most fields of most documents are not set: what is there is found outside Python, and only
    what is no text is looked at again.
    """
    tree: dict[str, Any] = msgspec.to_builtins(document, builtin_types=_KEPT_TYPES)
    return _marked(tree, shape(type(document)).by_element, isms)


_KEPT_TYPES: Final = (Decimal,)


def _marked(tree: dict[str, Any], parts: Mapping[str, Part], isms: bool) -> dict[str, Any]:
    for element, value in tree.items():
        kind = type(value)
        if kind is str:
            continue
        if kind is not dict and kind is not list:
            tree[element] = _leaf(value, isms)
            continue
        part = parts[element]
        form = shape(part.inner).by_element if part.kind == "struct" else None
        if kind is dict or not part.many:
            tree[element] = _json_one(value, form, isms)
        elif isms and len(value) == 1:
            tree[element] = _json_one(value[0], form, isms)
        else:
            tree[element] = [_json_one(one, form, isms) for one in value]
    return tree


def _json_one(value: Any, form: Mapping[str, Part] | None, isms: bool) -> Any:
    """A value that ``to_builtins`` made; ``form`` is that of the struct it was, if it was one."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        if form is not None:
            return _marked(value, form, isms)
        return {name: _json_one(one, None, isms) for name, one in value.items()}
    if isinstance(value, list):
        return [_json_one(one, None, isms) for one in value]
    return _leaf(value, isms)


def _leaf(value: Any, isms: bool) -> Any:
    """A value that is neither text nor made of others."""
    if isms:
        return {"@nil": "true"} if value is None else plain(value)
    return float(value) if isinstance(value, Decimal) else value


def without_nil(tree: Any) -> Any:
    """Values that were sent with the marks of XML on them, with ``{"@nil": "true"}`` as null."""
    if isinstance(tree, dict):
        if tree.get("@nil") in ("true", True) and len(tree) == 1:
            return None
        return {name: without_nil(one) for name, one in tree.items()}
    if isinstance(tree, list):
        return [without_nil(one) for one in tree]
    return tree


def pruned(tree: Any, kind: type[msgspec.Struct]) -> Any:
    """Values without the fields that a struct does not have."""
    if not isinstance(tree, dict):
        return tree
    known = shape(kind).by_element
    kept: dict[str, Any] = {}
    for name, value in tree.items():
        part = known.get(name)
        if part is None:
            continue
        if part.kind != "struct":
            kept[name] = value
        elif isinstance(value, list):
            kept[name] = [pruned(one, part.inner) for one in value]
        else:
            kept[name] = pruned(value, part.inner)
    return kept
