"""What an answer comes to, and the same answer saying something else than it should."""

from __future__ import annotations

import json
import re
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from peakproof.wire.message import Response

_DOOR: Final = (401, 403, 405, 413, 415, 429)
"""Who calls, how and how much: these come before anybody asked what for."""
_REFUSED_WITHIN: Final = re.compile(
    rb'"(userErrors|errors)":\s*\[\s*\{|"status":\s*"no"|"success":\s*false|HTTP/1\.1 [45]|^false$'
)
"""A refusal inside a 2xx, as some vendors have it."""
_TEXT: Final = re.compile(rb">([^<>]+)<")


def outcome(response: Response) -> str:
    """``done``, or ``refused`` for what was asked for; empty: turned away at the door."""
    if response.status in _DOOR:
        return ""
    if response.status < 400 and not _REFUSED_WITHIN.search(response.body):
        return "done"
    return "refused"


def falsified(response: Response) -> Response:
    """A refusal with another status; another answer with every value in its body changed (without
    a body: not found)."""
    body = response.body
    if not body or response.status >= 400:
        return Response(404 if response.status < 400 else 418, body, response.headers)
    if body[:1] == b"<":
        return Response(response.status, _TEXT.sub(rb">\1~<", body), response.headers)
    try:
        told = json.loads(body)
    except ValueError:
        pairs = parse_qsl(body.decode("utf-8", "replace"))
        made = urlencode([(name, f"{value}~") for name, value in pairs]) if pairs else "~"
        return Response(response.status, made.encode(), response.headers)
    return Response(response.status, json.dumps(other(told)).encode(), response.headers)


def other(value: Any) -> Any:
    """The same shape, nothing in it the same; what is empty is empty no more."""
    if isinstance(value, dict):
        return {name: other(each) for name, each in value.items()} or {"~": 1}
    if isinstance(value, list):
        return [other(each) for each in value] or ["~"]
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return "~" if value is None else f"{value[::-1]}~"
