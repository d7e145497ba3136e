"""What surrounds every operation: authentication, unknown paths, faults of the wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from peakproof.wire.message import Response
from peakproof_simulators.commercetools import errors, faces
from peakproof_simulators.commercetools.auth import Token
from peakproof_simulators.commercetools.errors import Refusal
from peakproof_simulators.commercetools.state import Project
from peakproof_simulators.kit.service import Call, VendorError, VendorService


class Commercetools:
    """The vendor's ways; satisfies the kit's ``Vendor``."""

    def __init__(self, project: Project) -> None:
        self.project = project

    def authenticate(self, call: Call) -> Token:
        """The token of the caller.

        Raises:
            VendorError: 401 or 403.
        """
        project = self.project
        header, key = call.request.headers.get("authorization", ""), call.params["projectKey"]
        token = project.tokens.passes.get(header)
        if (
            token is not None
            and token.expires > project.world.env._now
            and key == project.settings.project_key
        ):
            return token
        try:
            return project.tokens.allow(header, call.operation.scopes, key)
        except Refusal as refusal:
            raise VendorError(faces.refuse(project, call, refusal)) from None

    def unknown_path(self, call: Call) -> Response:
        """404, as the vendor says it."""
        return self._plain(call, 404, "ResourceNotFound", f"URI not found: {call.request.path}")

    def unknown_method(self, call: Call, allowed: Sequence[str]) -> Response:
        """405, with the methods that there are."""
        text = f"Method {call.request.method} is not allowed for {call.request.path}"
        answer = self._plain(call, 405, "InvalidInput", text)
        answer.headers["allow"] = ", ".join(allowed)
        return answer

    def refusal(self, status: int, headers: Mapping[str, str]) -> Response:
        """The vendor's body for a fault of the wire."""
        code, message = errors.WIRE.get(status, ("General", "Something went wrong."))
        body = errors.envelope(status, [{"code": code, "message": message}])
        own = {
            "content-type": faces.JSON,
            "x-correlation-id": self.project.next_correlation(),
            **headers,
        }
        return Response(status, msgspec.json.encode(body), own)

    def expire_tokens(self) -> None:
        """No token that was given out works any more."""
        self.project.tokens.forget()

    def _plain(self, call: Call, status: int, code: str, message: str) -> Response:
        body = errors.envelope(status, [{"code": code, "message": message}])
        return faces.answer(self.project, call, status, body)


class Service(VendorService):
    """The kit's service, with two things of its document set right.

    It holds JSON values only (a default may be a tuple), and what is asked with a form is
    answered with JSON all the same.
    """

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document of the operations table."""
        document: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(super().openapi()))
        for operations in document["paths"].values():
            for operation in operations.values():
                for answer in operation["responses"].values():
                    if "content" in answer:
                        shape = next(iter(answer["content"].values()))
                        answer["content"] = {"application/json": shape}
        return document
