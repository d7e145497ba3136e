"""What an OpenAPI document announces of its operations' answers, to hold answers against."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import quote

from jsonschema_rs import Draft202012, Draft202012Validator, Registry

DOCUMENT = "urn:document"


class Announced:
    """A document, and the shapes of its answers.

    All shapes look up their parts in one copy of the document: a validator that carries the
    document's components itself takes megabytes, and there are hundreds of answers.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self._registry = Registry([(DOCUMENT, document)], draft=Draft202012)
        self._places = {
            each["operationId"]: ("paths", path, method, "responses")
            for path, methods in document["paths"].items()
            for method, each in methods.items()
        }
        self.shape = cache(self._shape)

    def __contains__(self, operation: str) -> bool:
        """Whether the document has an operation."""
        return operation in self._places

    def content(self, operation: str, status: int) -> dict[str, Any]:
        """The media types of an answer; none: it has no body. Unannounced: AssertionError."""
        assert operation in self, f"{operation} is not in the document"
        _paths, path, method, _responses = self._places[operation]
        answers: dict[str, Any] = self.document["paths"][path][method]["responses"]
        assert str(status) in answers, f"{operation} answers {status} unannounced"
        content: dict[str, Any] = answers[str(status)].get("content", {})
        return content

    def _shape(self, operation: str, status: int, media: str) -> Draft202012Validator:
        """What a body of that media type has to look like."""
        assert media in self.content(operation, status), f"{operation} {status} as {media}"
        place = (*self._places[operation], str(status), "content", media, "schema")
        steps = [step.replace("~", "~0").replace("/", "~1") for step in place]
        pointer = quote("".join(f"/{step}" for step in steps))
        return Draft202012Validator({"$ref": f"{DOCUMENT}#{pointer}"}, registry=self._registry)
