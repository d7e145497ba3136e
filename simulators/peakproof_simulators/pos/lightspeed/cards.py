"""Digits that look like a card are masked where people write freely; the call still works."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from peakproof_simulators.pos.lightspeed.surface import Lightspeed

_LOOKS_LIKE: Final = re.compile(r"(?<![0-9])[0-9](?:[ -]?[0-9]){12,18}(?![0-9])")


def masked(face: Lightspeed, text: str) -> str:
    """The text with the digits of every card number in it replaced by stars."""
    return _LOOKS_LIKE.sub(_stars, text) if face.settings.redact_cards else text


def _stars(found: re.Match[str]) -> str:
    digits = [int(each) for each in found[0] if each.isdigit()]
    doubled = [2 * each for each in digits[-2::-2]]
    total = sum(digits[-1::-2]) + sum(each - 9 if each > 9 else each for each in doubled)
    return found[0] if total % 10 else re.sub("[0-9]", "*", found[0])
