"""Invoice numbers: counted by register, unless a client gives one of its own."""

from __future__ import annotations


class Invoices:
    """The number of each sale, and the sales of each number."""

    __slots__ = ("_last", "_of", "_with")

    def __init__(self) -> None:
        self._last: dict[str, int] = {}
        self._of: dict[str, str] = {}
        self._with: dict[str, list[str]] = {}

    def last(self, place: str) -> int:
        """The last number that the register of a place counted to."""
        return self._last.get(place, 0)

    def of(self, sale: str) -> str:
        """The number of a sale; empty when it has none yet."""
        return self._of.get(sale, "")

    def sales(self, number: str) -> list[str]:
        """The sales with a number."""
        return list(self._with.get(number, ()))

    def count(self, sale: str, place: str) -> None:
        """Give a sale the next number of its register, if it has none."""
        if sale not in self._of:
            number = self._last[place] = self._last.get(place, 0) + 1
            self.give(sale, f"{place}-{number}")

    def give(self, sale: str, number: str) -> None:
        """Give a sale a number; it loses the one that it had."""
        was = self._of.get(sale)
        if was is not None:
            self._with[was].remove(sale)
        self._of[sale] = number
        self._with.setdefault(number, []).append(sale)
