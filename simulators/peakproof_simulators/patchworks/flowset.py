"""Reads flow sets, says what is wrong with them, and takes out what guards that are off hold."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from peakproof.errors import ScenarioError
from peakproof_simulators.patchworks import paper_scripts as _papers  # noqa: F401  # registers
from peakproof_simulators.patchworks import shapes as form
from peakproof_simulators.patchworks import stock_scripts as _stock  # noqa: F401  # registers
from peakproof_simulators.patchworks.scripts import SCRIPTS
from peakproof_simulators.patchworks.values import FORMS, TRANSFORMS, Condition, Value

_STEP: Final = re.compile(r"\[(\d+)\]")
_FOLDER: Final = "flows"
_SHARED: Final = "estate.json"


def read(document: Mapping[str, Any]) -> form.FlowSet:
    """A flow set out of its document. Shapes that several flows share stand under ``parts``;
    ``{"shape": "part", "part": name}`` is where they go.

    Raises:
        ScenarioError: which flow, which shape, which field is wrong, and how.
    """
    written = _in_full(document)
    try:
        found = msgspec.convert(written, form.FlowSet)
    except msgspec.ValidationError as error:
        raise ScenarioError(_placed(written, str(error))) from None
    check(found)
    return found


def _in_full(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with each ``part`` replaced by the shapes that it stands for."""
    parts = document.get("parts", {})
    written = {name: each for name, each in document.items() if name != "parts"}
    if isinstance(parts, Mapping) and parts and isinstance(document.get("flows"), list):
        written["flows"] = [_filled(flow, parts) for flow in document["flows"]]
    return written


def _filled(node: Any, parts: Mapping[str, Any]) -> Any:
    if isinstance(node, Mapping):
        return {name: _filled(each, parts) for name, each in node.items()}
    if not isinstance(node, list):
        return node
    made: list[Any] = []
    for each in node:
        if isinstance(each, Mapping) and each.get("shape") == "part":
            if each.get("part") not in parts:
                there = ", ".join(parts)
                raise ScenarioError(f"flow set: there is no part {each.get('part')!r}; {there} are")
            made += _filled(parts[each["part"]], parts)
        else:
            made.append(_filled(each, parts))
    return made


def read_flow(document: Mapping[str, Any], beside: form.FlowSet) -> form.Flow:
    """One flow more for a set.

    Raises:
        ScenarioError: as of :func:`read`.
    """
    try:
        found = msgspec.convert(document, form.Flow)
    except msgspec.ValidationError as error:
        told = str(error).replace("`$.", "`$.flows[0].").replace("`$`", "`$.flows[0]`")
        raise ScenarioError(_placed({"flows": [document]}, told)) from None
    others = tuple(each for each in beside.flows if each.name != found.name)
    check(replace(beside, flows=(*others, found)))
    return found


@cache
def installed(name: str) -> form.FlowSet:
    """A flow set that comes with the package, by the name of its integration.

    Raises:
        ScenarioError: there is none of that name, or it is wrong.
    """
    folder = resources.files("peakproof_simulators.patchworks").joinpath(_FOLDER, name)
    if not name or not folder.is_dir():
        known = resources.files("peakproof_simulators.patchworks").joinpath(_FOLDER).iterdir()
        named = sorted(each.name for each in known if each.is_dir())
        raise ScenarioError(f"flows: there is no flow set {name!r}; there are {', '.join(named)}")
    files = sorted(each.name for each in folder.iterdir() if each.name.endswith(".json"))
    whole: dict[str, Any] = msgspec.json.decode(folder.joinpath(_SHARED).read_bytes())
    whole["flows"] = [
        msgspec.json.decode(folder.joinpath(each).read_bytes()) for each in files if each != _SHARED
    ]
    return read(whole)


# --- guards ------------------------------------------------------------------------------------


def without(found: form.FlowSet, off: Collection[str]) -> form.FlowSet:
    """The set as it is when some guards are off; a set without any has each of them on."""
    return replace(
        found,
        connections=tuple(_connected(each, off) for each in found.connections),
        flows=tuple(
            replace(
                flow,
                priority="regular" if flow.priority_guard in off else flow.priority,
                shapes=_left(flow.shapes, off),
                catch=_caught(flow.catch, off),
            )
            for flow in found.flows
        ),
    )


def _connected(connection: form.Connection, off: Collection[str]) -> form.Connection:
    auth = connection.auth
    if isinstance(auth, form.ClientCredentials) and auth.renewal_guard in off:
        return replace(connection, auth=replace(auth, renews=False))
    return connection


def _caught(catch: form.Catch | None, off: Collection[str]) -> form.Catch | None:
    if catch is None or catch.guard in off:
        return None
    return replace(catch, shapes=_left(catch.shapes, off))


def _left(listed: Iterable[Any], off: Collection[str]) -> tuple[Any, ...]:
    kept: list[Any] = []
    for shape in listed:
        if shape.guard in off or (shape.without and shape.without not in off):
            continue
        if isinstance(shape, form.Route):
            shape = replace(  # noqa: PLW2901  # what follows is about the shape that is left
                shape,
                routes=tuple(
                    replace(each, shapes=_left(each.shapes, off)) for each in shape.routes
                ),
                otherwise=_left(shape.otherwise, off),
            )
        elif isinstance(shape, form.Connector) and shape.response_guard in off:
            shape = replace(shape, response=())  # noqa: PLW2901
        kept.append(shape)
    return tuple(kept)


def every_shape(flow: form.Flow) -> Iterator[tuple[str, Any]]:
    """All shapes of a flow with their places, nested ones after those that they are in."""
    yield from _nested("", flow.shapes)
    if flow.catch is not None:
        yield from _nested("catch.", flow.catch.shapes)


def _nested(place: str, listed: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    for index, shape in enumerate(listed):
        here = f"{place}{index}"
        yield here, shape
        if isinstance(shape, form.Route):
            for number, branch in enumerate(shape.routes):
                yield from _nested(f"{here}.{number}.", branch.shapes)
            yield from _nested(f"{here}.otherwise.", shape.otherwise)


# --- what is wrong -----------------------------------------------------------------------------


def _placed(document: Mapping[str, Any], told: str) -> str:
    """A message of the decoder with the names of the flow and the shape that it is about."""
    message, _, path = told.partition(" - at `$")
    path = path.rstrip("`")
    said: list[str] = []
    found: Any = document
    for step in re.findall(r"[^.\[\]]+|\[\d+\]|\[\.\.\.\]", path):
        number = _STEP.fullmatch(step)
        if number is None or not isinstance(found, list):
            found = found.get(step) if isinstance(found, dict) else None
            said.append(step)
            continue
        found = found[int(number[1])] if int(number[1]) < len(found) else None
        named = found.get("name") if isinstance(found, dict) else None
        kind = found.get("shape") if isinstance(found, dict) else None
        said[-1] += f"[{number[1]}]"
        said[-1] += f" ({' '.join(str(each) for each in (kind, named) if each)})" * bool(
            kind or named
        )
    return f"flow set: {'.'.join(said) or 'the document'}: {message}"


def check(found: form.FlowSet) -> None:
    """Look for what a document can say and a set cannot mean.

    Raises:
        ScenarioError: a name that leads nowhere, a number that a shape does not take.
    """
    for what, listed in (
        ("connections", found.connections), ("pools", found.pools), ("tables", found.tables),
        ("flows", found.flows),
    ):  # fmt: skip
        names = [each.name for each in listed]
        twice = sorted({name for name in names if names.count(name) > 1 or not name})
        if twice:
            raise ScenarioError(f"flow set: {what}: {twice[0]!r} is there twice, or is no name")
    for flow in found.flows:
        for field, guard in (
            ("priority_guard", flow.priority_guard),
            ("catch.guard", flow.catch.guard if flow.catch is not None else ""),
        ):
            for _field, message in _known(field, guard, found.guards) if guard else ():
                raise ScenarioError(f"flow {flow.name!r}: {field}: {message}")
        for place, shape in every_shape(flow):
            for field, message in _wrong(found, shape):
                kind = type(shape).__struct_config__.tag
                raise ScenarioError(
                    f"flow {flow.name!r}, shape {place} ({kind} {shape.name}): {field}: {message}"
                )


def _known(field: str, name: str, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    listed = list(names)
    if name not in listed:
        yield field, f"there is no {name!r}; there are {', '.join(listed) or 'none'}"


def _wrong(found: form.FlowSet, shape: Any) -> Iterator[tuple[str, str]]:
    if shape.guard and shape.without:
        yield "without", "a shape has a guard or is there without it, not both"
    for field in ("guard", "without", "response_guard"):
        if getattr(shape, field, ""):
            yield from _known(field, getattr(shape, field), found.guards)
    tables = [each.name for each in found.tables]
    if isinstance(shape, form.Connector):
        yield from _known("connection", shape.connection, [c.name for c in found.connections])
        if not shape.path.startswith("/"):
            yield "path", f"expected a path from the root, got {shape.path!r}"
        if shape.pages is not None and shape.pages.kind == "link" and not shape.pages.next:
            yield "pages.next", "a pull that follows links has to say where the link stands"
        if shape.pages is not None and shape.pages.kind != "link" and not shape.pages.parameter:
            yield "pages.parameter", "a pull by number or offset needs the parameter's name"
    elif isinstance(shape, form.DeDupe):
        yield from _known("pool", shape.pool, [each.name for each in found.pools])
    elif isinstance(shape, form.Lookup):
        yield from _known("table", shape.table, tables)
    elif isinstance(shape, form.Script):
        yield from _known("script", shape.script, SCRIPTS)
    elif isinstance(shape, form.RunFlow):
        yield from _known("flow", shape.flow, [each.name for each in found.flows])
    for value in _values(shape):
        yield from _wrong_value(value, tables)


def _values(node: Any) -> Iterator[Value]:
    """Every value that a shape itself says, not those of shapes inside it."""
    if isinstance(node, Value):
        yield node
        for inner in (node.fields or {}).values():
            yield from _values(inner)
    elif isinstance(node, form.Shape):
        for field in node.__struct_fields__:
            yield from _values(getattr(node, field))
    elif isinstance(node, dict):
        for inner in node.values():
            yield from _values(inner)


def _wrong_value(value: Value, tables: list[str]) -> Iterator[tuple[str, str]]:
    origins = [
        name
        for name, given in (
            ("from", value.from_ is not None), ("const", value.const is not msgspec.UNSET),
            ("text", value.text is not None), ("each", value.each is not None),
            ("date_s", value.date_s is not None and value.text is None),
            ("fields", value.fields is not None and value.each is None),
        )
        if given
    ]  # fmt: skip
    if len(origins) != 1:
        yield "value", f"expected one origin, got {' and '.join(origins) or 'none'}"
    if value.each is not None and value.fields is None:
        yield "each", "a list of records needs fields"
    if value.form not in FORMS:
        yield "form", f"there is no {value.form!r}; there are {', '.join(FORMS)}"
    for step in value.then:
        name = step[0] if step else ""
        if name not in TRANSFORMS:
            yield "then", f"there is no transform {name!r}; there are {', '.join(TRANSFORMS)}"
            continue
        _rule, fewest, most = TRANSFORMS[name]
        if not fewest <= len(step) - 1 <= most:
            yield "then", f"{name} takes {fewest} to {most} arguments, got {len(step) - 1}"
        elif name == "lookup":
            yield from _known("then", step[1], tables)
        elif name == "keep":
            try:
                msgspec.convert(step[1], Condition)
            except msgspec.ValidationError as error:
                yield "then", f"keep: {error}"
