"""The answers that weather gives in a system's place: errors, pages, and when to come back."""

from __future__ import annotations

from datetime import UTC, timedelta
from email.utils import format_datetime
from http import HTTPStatus
from math import ceil
from typing import TYPE_CHECKING, Final

from peakproof.wire.kinds import Fate, Retry
from peakproof.wire.message import Response

if TYPE_CHECKING:
    from peakproof.clock import Clock
    from peakproof.service import Service

HTML: Final = "text/html; charset=utf-8"

_WORDS: Final = {200: "Please wait", 429: "Too many requests"}
"""Headings where the standard phrase is not what such a page says."""


def html_page(status: int) -> bytes:
    """The page that a proxy or a gateway shows in a system's place."""
    heading = _WORDS.get(status)
    if heading is None:
        try:
            heading = HTTPStatus(status).phrase
        except ValueError:
            heading = "Error"
    title = heading if status == 200 else f"{status} {heading}"
    return (
        f"<!DOCTYPE html>\n<html><head><title>{title}</title></head>\n"
        f"<body><h1>{title}</h1><hr><p>gateway</p></body></html>\n"
    ).encode()


def retry_header(retry: Retry, clock: Clock) -> dict[str, str]:
    """The header that says when to come back, in the form that the vendor writes it.

    Forms: ``seconds`` (whole, rounded up), ``http_date`` (RFC 9110), ``epoch`` (seconds since
    1970, rounded up), ``iso`` (RFC 3339 with milliseconds), ``none`` (no header).
    """
    if retry.form == "none":
        return {}
    if retry.form == "seconds":
        return {retry.header: str(max(1, ceil(retry.wait_s)))}
    at_s = clock.now + retry.wait_s
    if retry.form == "iso":
        return {retry.header: clock.iso(at_s)}
    epoch = ceil(clock.epoch_s + at_s - 1e-6)
    if retry.form == "epoch":
        return {retry.header: str(epoch)}
    moment = clock.epoch + timedelta(seconds=epoch - clock.epoch_s)
    return {retry.header: format_datetime(moment.astimezone(UTC), usegmt=True)}


def answer_in_place(
    fate: Fate, served: Response | None, service: Service, clock: Clock
) -> Response | None:
    """The answer that a call with this fate gets; None when nothing was ever to come back."""
    if not fate.status:
        return served
    headers = {} if fate.retry is None else retry_header(fate.retry, clock)
    if fate.body == "vendor":
        refused = service.refusal(fate.status, headers)
        return Response(refused.status, refused.body, {**refused.headers, **headers})
    if fate.body == "empty":
        return Response(fate.status, b"", headers)
    return Response(fate.status, html_page(fate.status), {"content-type": HTML, **headers})
