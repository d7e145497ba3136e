"""Getting a new access token for a refresh token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.json import Decoder

from peakproof.wire.message import Response
from peakproof_simulators.pos.square.errors import refusal
from peakproof_simulators.pos.square.payloads.payments import TokenAnswer, TokenRequest

if TYPE_CHECKING:
    from peakproof_simulators.kit.service import Call
    from peakproof_simulators.pos.square.surface import Square

_TOKEN: Final = Decoder(TokenRequest)


def obtain_token(square: Square, call: Call) -> Response:
    """A fresh access token; the refresh token stays as it is."""
    body = square.read(call, _TOKEN)
    own = square.credentials
    given = (body.client_id, body.client_secret, body.refresh_token)
    if given != (own["client_id"], own["client_secret"], own["refresh_token"]):
        raise refusal("UNAUTHORIZED", "The client or its refresh token is not known.")
    token = f"EAAA{square.pos.ids.token(48)}"
    lives_s = square.settings.token_lifetime_s
    square.tokens[token] = square.world.t + lives_s
    return square.reply(
        TokenAnswer(
            access_token=token, token_type="bearer",
            expires_at=square.iso(square.pos.now_ms + round(lives_s * 1000)),
            merchant_id=square.merchant_id, refresh_token=body.refresh_token, short_lived=False,
        )
    )  # fmt: skip
