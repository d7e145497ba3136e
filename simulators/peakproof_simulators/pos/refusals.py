"""What the tills' rules refuse, in words that no vendor owns; a surface says it in its own."""

from __future__ import annotations

from typing import Literal

Reason = Literal["wrong_state", "too_many", "too_few", "unknown", "unpaid", "unfulfilled", "same"]


class NotAllowed(Exception):
    """A rule says no. ``field`` is what of the request it is about, in dots."""

    def __init__(self, reason: Reason, detail: str, field: str = "") -> None:
        super().__init__(detail)
        self.reason: Reason = reason
        self.detail = detail
        self.field = field
