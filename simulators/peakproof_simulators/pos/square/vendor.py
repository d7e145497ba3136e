"""Square before and around an operation: tokens, versions, paths, faults of the wire."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from peakproof.wire.message import Response
from peakproof_simulators.pos.square.errors import WEATHER, encode, refusal, response
from peakproof_simulators.pos.square.payloads.common import Error, Errors

if TYPE_CHECKING:
    from peakproof_simulators.kit.service import Call
    from peakproof_simulators.pos.square.surface import Square

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class SquareVendor:
    """What :class:`peakproof_simulators.kit.service.VendorService` asks of its vendor."""

    def __init__(self, square: Square) -> None:
        self._square = square

    def authenticate(self, call: Call) -> str:
        """The merchant that a bearer token belongs to.

        Raises:
            VendorError: no token, an unknown or spent one, or a request that no endpoint takes.
        """
        square, headers = self._square, call.request.headers
        scheme, _, token = headers.get("authorization", "").partition(" ")
        ends = square.tokens.get(token)
        if ends is None or scheme.lower() != "bearer":
            if token in square.spent:
                raise refusal("ACCESS_TOKEN_EXPIRED", "The access token has expired.")
            raise refusal("UNAUTHORIZED", "This request could not be authorized.")
        if ends <= square.world.t:
            raise refusal("ACCESS_TOKEN_EXPIRED", "The access token has expired.")
        version = headers.get("square-version")
        if version is not None and not _DATE.fullmatch(version):
            raise refusal("INVALID_SQUARE_VERSION_FORMAT", "Square-Version is no date.")
        if call.request.query:
            known = [parameter.name for parameter in call.operation.query]
            for name, _value in call.parameters:
                if name not in known:
                    raise refusal("UNKNOWN_QUERY_PARAMETER", "The parameter is not known.", name)
        return square.merchant_id

    def unknown_path(self, call: Call) -> Response:
        """The answer to a path that Square does not have."""
        return response("NOT_FOUND", "Resource not found.")

    def unknown_method(self, call: Call, allowed: Sequence[str]) -> Response:
        """The answer to a method that a path does not have."""
        made = response("METHOD_NOT_ALLOWED", "The method is not allowed.")
        made.headers["allow"] = ", ".join(allowed)
        return made

    def refusal(self, status: int, headers: Mapping[str, str]) -> Response:
        """Square's body for a fault of the wire; a 429 always says when to try again."""
        code, detail = WEATHER.get(status, WEATHER[500])
        if status in WEATHER:
            made = response(code, detail)
        else:
            body = Errors(errors=[Error(category="API_ERROR", code=code, detail=detail)])
            made = Response(status, encode(body), {"content-type": "application/json"})
        made.headers.update({name.lower(): value for name, value in headers.items()})
        if status == 429 and "retry-after" not in made.headers:
            made.headers["retry-after"] = f"{self._square.settings.retry_after_s:.0f}"
        return made

    def expire_tokens(self) -> None:
        """All tokens given out so far stop working; a refresh token gets a new one."""
        square = self._square
        square.spent.update(square.tokens)
        square.tokens.clear()
