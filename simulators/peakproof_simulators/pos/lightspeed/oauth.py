"""Getting an access token: for the code of an authorization, or for a refresh token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import parse_qsl

import msgspec
from msgspec import UNSET

from peakproof.wire.message import Response
from peakproof_simulators.kit.operations import Operation
from peakproof_simulators.pos.lightspeed.errors import malformed, refusal
from peakproof_simulators.pos.lightspeed.payloads.common import Given, Maybe, Text, Trouble
from peakproof_simulators.pos.lightspeed.table import PAGES

if TYPE_CHECKING:
    from peakproof_simulators.kit.service import Call
    from peakproof_simulators.pos.lightspeed.surface import Lightspeed


class TokenRequest(Given):
    """What a token is asked for with."""

    grant_type: Literal["authorization_code", "refresh_token"]
    client_id: Text
    client_secret: Text
    code: Text | Maybe = UNSET
    refresh_token: Text | Maybe = UNSET
    redirect_uri: Text | Maybe = UNSET


class TokenAnswer(msgspec.Struct):
    """An access token; ``expires`` is in seconds since 1970."""

    access_token: str
    token_type: str
    expires: int
    expires_in: int
    refresh_token: str
    domain_prefix: str
    scope: str


def obtain_token(face: Lightspeed, call: Call) -> Response:
    """A fresh access token; what it was had for is used up, and the old token ends."""
    asked, own = _asked(face, call), face.credentials
    if (asked.client_id, asked.client_secret) != (own["app_id"], own["app_secret"]):
        raise refusal(401, "The client is not known")
    by_code = asked.grant_type == "authorization_code"
    given = asked.code if by_code else asked.refresh_token
    if given is UNSET or not given or given != (face.code if by_code else face.refresh_token):
        raise refusal(401, f"The {asked.grant_type} is invalid, or was used before")
    if by_code:
        face.code = ""
    personal = own["personal_token"]
    face.tokens = {personal: face.tokens[personal]}
    token, lives_s = face.ids.token(40), face.settings.token_lifetime_s
    face.refresh_token = face.ids.token(40)
    ends_s = face.tokens[token] = face.world.t + lives_s
    return face.reply(
        TokenAnswer(
            access_token=token, token_type="Bearer",
            expires=int(face.world.clock.epoch_s + ends_s), expires_in=int(lives_s),
            refresh_token=face.refresh_token, domain_prefix=own["domain_prefix"],
            scope=face.settings.scope,
        )
    )  # fmt: skip


def _asked(face: Lightspeed, call: Call) -> TokenRequest:
    body = call.request.body
    if len(body) > face.settings.most_body_bytes:
        raise refusal(413, "The body of the request is too large")
    try:
        if call.request.headers.get("content-type", "").startswith("application/json"):
            return msgspec.json.decode(body, type=TokenRequest)
        pairs: dict[str, Any] = dict(parse_qsl(body.decode(), keep_blank_values=True))
        return msgspec.convert(pairs, TokenRequest)
    except msgspec.DecodeError as error:
        raise malformed(error) from error
    except (UnicodeDecodeError, RecursionError, ValueError) as error:
        raise refusal(400, "The body of the request is no form") from error


OAUTH: Final = (
    Operation(
        name="lightspeed.oauth.token", method="POST", path="/api/1.0/token",
        handler=obtain_token, effect="auth", summary="Get an access token.",
        provenance="documented", source=f"{PAGES}/docs/authorization", body=TokenRequest,
        auth="", media=("application/x-www-form-urlencoded", "application/json"),
        answers={200: TokenAnswer, 400: Trouble, 401: Trouble, 413: Trouble},
    ),
)  # fmt: skip
