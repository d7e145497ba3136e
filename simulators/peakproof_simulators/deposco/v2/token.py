"""The token endpoint: client credentials with Basic, or the refresh token of an installed app."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

import msgspec

from peakproof.wire.message import Response
from peakproof_simulators.deposco.errors import JSON, token_error
from peakproof_simulators.deposco.tenancy import SCOPES, basic_pair
from peakproof_simulators.deposco.v2.payloads import Token

if TYPE_CHECKING:
    from peakproof_simulators.deposco.state import Deposco
    from peakproof_simulators.kit.service import Call

FORM: Final = "application/x-www-form-urlencoded"
_BASIC: Final = {"www-authenticate": 'Basic realm="Deposco"'}


def give(store: Deposco, call: Call) -> Response:
    """POST /oauth2/token: an access token for about an hour.

    Raises:
        VendorError: 400 or 401 in the words of RFC 6749.
    """
    form = _form(call)
    kind = form.get("grant_type", "")
    if kind == "client_credentials":
        _check_basic(store, call)
    elif kind == "refresh_token":
        _check_refresh(store, form)
    elif not kind:
        raise token_error(400, "invalid_request", "grant_type is missing")
    else:
        raise token_error(400, "unsupported_grant_type", f"grant_type {kind} is not supported")
    _check_tenant(store, form)
    scopes = _scopes(form.get("scope", ""))
    token, life_s = store.tenancy.grant(scopes)
    said = Token(token, "Bearer", life_s, " ".join(scopes))
    headers = {**JSON, "cache-control": "no-store"}
    return Response(200, msgspec.json.encode(said), headers)


def _form(call: Call) -> dict[str, str]:
    media = call.request.headers.get("content-type", FORM).partition(";")[0].strip().lower()
    if media != FORM:
        raise token_error(400, "invalid_request", f"content type {media} is not {FORM}")
    try:
        pairs = parse_qsl(
            call.request.body.decode("ascii"), keep_blank_values=True, max_num_fields=50,
            errors="strict",
        )  # fmt: skip
    except ValueError:
        raise token_error(400, "invalid_request", "the form is malformed") from None
    form = dict(pairs)
    if len(form) != len(pairs):
        raise token_error(400, "invalid_request", "a parameter is there twice")
    return form


def _check_basic(store: Deposco, call: Call) -> None:
    known = store.tenancy.credentials
    pair = basic_pair(call.request.headers.get("authorization", ""))
    if pair != (known["client_id"], known["client_secret"]):
        refusal = token_error(401, "invalid_client", "client authentication failed")
        refusal.response.headers.update(_BASIC)
        raise refusal


def _check_refresh(store: Deposco, form: dict[str, str]) -> None:
    known = store.tenancy.credentials
    if (form.get("client_id"), form.get("client_secret")) != (
        known["client_id"], known["client_secret"],
    ):  # fmt: skip
        refusal = token_error(401, "invalid_client", "client authentication failed")
        refusal.response.headers.update(_BASIC)
        raise refusal
    if form.get("refresh_token") != known["refresh_token"]:
        raise token_error(400, "invalid_grant", "the refresh token is not valid")


def _check_tenant(store: Deposco, form: dict[str, str]) -> None:
    if "businessUnitId" in form:
        raise token_error(400, "invalid_request", "Invalid business unit id")
    settings = store.settings
    for name, wanted in (("company", settings.code), ("env", settings.environment)):
        found = form.get(name)
        if found is None and settings.token_requires_company:
            raise token_error(400, "invalid_request", f"{name} is missing")
        if found is not None and found != wanted:
            raise token_error(400, "invalid_request", f"{name} {found} is not valid")


def _scopes(said: str) -> tuple[str, ...]:
    """The scopes that are asked for; all of the app's when none are named (chosen)."""
    asked = tuple(dict.fromkeys(re.split(r"\s+", said.strip()))) if said.strip() else SCOPES
    unknown = [scope for scope in asked if scope not in SCOPES]
    if unknown:
        raise token_error(400, "invalid_scope", f"scope {' '.join(unknown)} is not known")
    return asked
