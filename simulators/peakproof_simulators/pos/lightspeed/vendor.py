"""The second face before and around an operation: tokens, versions, limits, faults of the wire."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from peakproof.wire.message import Response
from peakproof_simulators.kit.service import VendorError
from peakproof_simulators.pos.lightspeed.errors import LIMITED, WORDS, refusal, response
from peakproof_simulators.pos.lightspeed.limits import http_date

if TYPE_CHECKING:
    from peakproof_simulators.kit.service import Call
    from peakproof_simulators.pos.lightspeed.surface import Lightspeed

_VERSION: Final = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


class LightspeedVendor:
    """What :class:`peakproof_simulators.kit.service.VendorService` asks of its vendor."""

    def __init__(self, face: Lightspeed) -> None:
        self._face = face

    def authenticate(self, call: Call) -> str:
        """The retailer that a bearer token belongs to.

        Raises:
            VendorError: no token that works, a version that is not out yet, too large a body, too
                many calls, a parameter that is not known, or a scope that the token lacks.
        """
        face, settings, headers = self._face, self._face.settings, call.request.headers
        if settings.user_agent_required and not headers.get("user-agent", "").strip():
            raise refusal(403, "A User-Agent header is required")
        scheme, _, token = headers.get("authorization", "").partition(" ")
        ends_s = face.tokens.get(token)
        if ends_s is None or scheme.lower() != "bearer" or ends_s <= face.world.t:
            raise refusal(401, "The access token is missing, invalid or expired")
        version = call.params["version"]
        if not _VERSION.fullmatch(version) or version > settings.versions[0]:
            raise refusal(404, "Resource not found")
        if settings.rate_limit and not face.bucket.take():
            raise VendorError(self._limited())
        if len(call.request.body) > settings.most_body_bytes:
            raise refusal(413, "The body of the request is too large")
        self._parameters(call)
        self._scopes(call, token)
        return face.credentials["domain_prefix"]

    def served(self, version: str) -> str:
        """The version that answers a call for one: an older one than the last gets the last."""
        live = self._face.settings.versions
        return next((each for each in live if each <= version), live[-1])

    def unknown_path(self, call: Call) -> Response:
        """The answer to a path that there is not."""
        return response(404, "Resource not found")

    def unknown_method(self, call: Call, allowed: Sequence[str]) -> Response:
        """The answer to a method that a path does not have."""
        made = response(405, "The method is not allowed")
        made.headers["allow"] = ", ".join(allowed)
        return made

    def refusal(self, status: int, headers: Mapping[str, str]) -> Response:
        """The vendor's body for a fault of the wire; a 429 says a date to try again."""
        made = response(status, LIMITED if status == 429 else WORDS.get(status, WORDS[500]))
        made.headers.update({name.lower(): value for name, value in headers.items()})
        if status == 429 and "retry-after" not in made.headers:
            world = self._face.world
            at_s = world.t + self._face.settings.retry_after_s
            made.headers["retry-after"] = http_date(world.clock, at_s)
        return made

    def expire_tokens(self) -> None:
        """Access tokens given out so far stop working; a personal token is not one of them."""
        personal = self._face.credentials["personal_token"]
        kept = self._face.tokens.get(personal)
        self._face.tokens.clear()
        if kept is not None:
            self._face.tokens[personal] = kept

    def _limited(self) -> Response:
        face = self._face
        made = response(429, LIMITED)
        made.headers.update(face.bucket.headers())
        made.headers["retry-after"] = http_date(face.world.clock, face.bucket.ends_s)
        return made

    def _parameters(self, call: Call) -> None:
        if call.request.query:
            known = [parameter.name for parameter in call.operation.query]
            for name, _value in call.parameters:
                if name not in known:
                    raise refusal(400, f"The parameter {name[:200]} is not known")

    def _scopes(self, call: Call, token: str) -> None:
        face, needed = self._face, call.operation.scopes
        if not face.scopes or not needed or token == face.credentials["personal_token"]:
            return
        if face.scopes.isdisjoint(needed):
            raise refusal(403, f"One of these scopes is required: {', '.join(needed)}")
