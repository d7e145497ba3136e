"""Lists of V1: cut into pages that answer 206 while more is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from peakproof_simulators.deposco.errors import spoken

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from peakproof_simulators.deposco.state import Deposco
    from peakproof_simulators.kit.service import Call

T = TypeVar("T")

_MAX_KEYS = 500


def page_number(call: Call, name: str = "pageNo") -> int:
    """The page that is asked for, from 1.

    Raises:
        VendorError: 400 in words when it is no number above zero.
    """
    return positive(call, name, default=1)


def positive(call: Call, name: str, *, default: int) -> int:
    """A query parameter that counts something.

    Raises:
        VendorError: 400 in words when it is no number above zero.
    """
    said = dict(call.parameters).get(name)
    if said is None:
        return default
    if not (said.isascii() and said.isdigit()) or len(said) > 9 or int(said) < 1:
        raise spoken(400, f"{name} [{said}] is not valid")
    return int(said)


def page(rows: Sequence[T], number: int, size: int) -> tuple[Sequence[T], int]:
    """A page and the status that goes with it: 206 when more remain."""
    start = (number - 1) * size
    return rows[start : start + size], 206 if start + size < len(rows) else 200


def note(call: Call, key: str) -> None:
    """Remember a resource that the answer shows."""
    if len(call.keys) < _MAX_KEYS:
        call.keys.append(key)


def note_all(call: Call, shown: Iterable[tuple[str, ...]]) -> None:
    """Remember the resources of each thing that the answer shows."""
    keys = call.keys
    for some in shown:
        if len(keys) >= _MAX_KEYS:
            break
        keys += some
    del keys[_MAX_KEYS:]


def check_unit(store: Deposco, unit: str) -> None:
    """Refuse a business unit that is not this tenant's.

    Raises:
        VendorError: 400 in words.
    """
    if unit != store.settings.business_unit:
        raise spoken(400, f"Business unit [{unit}] does not exist")
