"""Requests that the vendor makes itself: test notifications, API extensions."""

from __future__ import annotations

from urllib.parse import urlsplit

from peakproof.wire.message import Request, Response
from peakproof_simulators.commercetools.state import Project


class NoAnswer(Exception):
    """Nothing answered in time, or nothing was there."""


async def post(
    project: Project, url: str, body: bytes, headers: dict[str, str], timeout_s: float
) -> Response:
    """POST to somebody else; redirects are not followed.

    Raises:
        NoAnswer: there was no whole answer in time.
    """
    parts = urlsplit(url)
    request = Request("POST", parts.path or "/", parts.query, headers, body)
    try:
        return await project.world.fetch(url, request, timeout_s)
    except (TimeoutError, OSError) as error:
        raise NoAnswer(str(error) or type(error).__name__) from None
