"""Reads request bodies; says in the vendor's words what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

import msgspec

from peakproof_simulators.commercetools.errors import Refusal, invalid, not_json

T = TypeVar("T")

_EXPECTED: Final = {
    "int": "JSON Number",
    "float": "JSON Number",
    "str": "JSON String",
    "datetime": "JSON String",
    "bool": "JSON Boolean",
    "object": "JSON object",
    "array": "JSON array",
}
_PATH: Final = re.compile(r" - at `(?P<path>\$[^`]*)`$")
_MISSING: Final = re.compile(r"^Object missing required field `(?P<name>[^`]+)`")
_UNKNOWN: Final = re.compile(r"^Object contains unknown field `(?P<name>[^`]*)`")
_TYPE: Final = re.compile(r"^Expected `(?P<type>[a-z]+)[^`]*`(?:, got `[^`]+`)?$")
_TAG: Final = re.compile(r"^Invalid value ")
_STEP: Final = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")


class Reader(Generic[T]):
    """Decodes one kind of body. Made once, used for every request."""

    __slots__ = ("_ignore", "_type", "decode")

    def __init__(self, type_: Any, *, ignore_unknown: bool) -> None:
        self._type = type_
        self.decode: Callable[[bytes], T] = msgspec.json.Decoder(type_).decode
        self._ignore = ignore_unknown

    def read(self, body: bytes) -> T:
        """The body as data.

        Raises:
            Refusal: it is no JSON, or its shape or a value is wrong.
        """
        try:
            return self.decode(body)
        except msgspec.ValidationError as error:
            return self._second_look(body, str(error))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise not_json(str(error)) from None

    def _second_look(self, body: bytes, text: str) -> T:
        """Off the fast path: drop fields that are not modelled, or say what is wrong."""
        try:
            document = msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise not_json(str(error)) from None
        while True:
            unknown = _UNKNOWN.match(text)
            if unknown is None or not self._ignore:
                raise refusal(text, document)
            del _held(document, _steps(text))[unknown["name"]]
            try:
                return msgspec.convert(document, self._type)  # type: ignore[no-any-return]
            except msgspec.ValidationError as error:
                text = str(error)


def _steps(text: str) -> list[str | int]:
    found = _PATH.search(text)
    if found is None:
        return []
    steps: list[str | int] = []
    for name, index in _STEP.findall(found["path"]):
        steps.append(name if name else int(index) if index.isdigit() else 0)
    return steps


def _held(document: Any, steps: list[str | int]) -> Any:
    for step in steps:
        try:
            document = document[step]
        except (KeyError, IndexError, TypeError):
            return None
    return document


def _named(steps: list[str | int], *more: str) -> str:
    return " -> ".join([*(step for step in steps if isinstance(step, str)), *more])


def refusal(text: str, document: Any) -> Refusal:
    """What the vendor says when a decoder says ``text`` about ``document``."""
    steps = _steps(text)
    plain = _PATH.sub("", text)
    missing = _MISSING.match(plain)
    if missing is not None:
        return not_json(f"{_named(steps, missing['name'])}: Missing required value")
    unknown = _UNKNOWN.match(plain)
    if unknown is not None:
        return not_json(f"{_named(steps, unknown['name'])}: This fake does not model this field.")
    found = _TYPE.match(plain)
    if found is not None and found["type"] in _EXPECTED:
        where = _named(steps)
        prefix = f"{where}: " if where else ""
        return not_json(f"{prefix}{_EXPECTED[found['type']]} expected.")
    if _TAG.match(plain):
        return not_json(f"{_named(steps)}: {plain}")
    names = [step for step in steps if isinstance(step, str)]
    return invalid(names[-1] if names else "body", _held(document, steps))
