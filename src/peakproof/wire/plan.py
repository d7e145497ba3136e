"""Fault plans: a short list of (where, which call, what) that replays a run's weather."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from peakproof.errors import ScenarioError
from peakproof.history.records import Strike
from peakproof.wire.aim import Target
from peakproof.wire.rules import Rule, known_kind, parameters_of

_STRIKE: Final = b'{"k":"strike",'
_DECODER: Final = msgspec.json.Decoder(Strike)


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One strike: the ``nth`` call of ``op`` (or notification of that event) of ``system``.

    ``args`` are the kind's parameters that differ from their defaults. ``nth`` 0 is weather that
    stands: it strikes whatever fits ``system`` and ``op`` (names or globs) and, in ``args``,
    ``window`` and ``key``.
    """

    kind: str
    system: str
    op: str
    nth: int = 0
    args: dict[str, Any] = {}

    def rule(self, where: str) -> Rule:
        """The entry as a checked rule; ``nth`` becomes the target's.

        Raises:
            ScenarioError: the entry is wrong; the message names the field.
        """
        kind = known_kind(self.kind, where)
        if kind.role == "ground":
            raise ScenarioError(f"{where}.kind: {kind.name} is climate, no entry of a plan")
        if self.nth < 0:
            raise ScenarioError(f"{where}.nth: expected 0 or more, got {self.nth}")
        given = dict(self.args)
        window, key = None, ""
        if not self.nth:
            window, key = given.pop("window", None), given.pop("key", "")
        parameters = parameters_of(kind, given, f"{where}.args")
        aimed: dict[str, Any] = {"system": self.system, "operation": self.op, "key": key}
        if self.nth:
            aimed["nth"] = self.nth
        if window is not None:
            aimed["window"] = window
        try:
            target = msgspec.convert(aimed, Target)
        except msgspec.ValidationError as error:
            raise ScenarioError(f"{where}.args: {error}") from None
        problem = target.problem()
        if problem is not None:
            raise ScenarioError(f"{where}.args.{problem[0]}: {problem[1]}")
        return Rule(kind, parameters, target)


class Plan(msgspec.Struct, frozen=True):
    """A fault plan: its entries in the order in which they strike. Checked when it is made."""

    entries: tuple[Entry, ...] = ()

    def __post_init__(self) -> None:
        for _rule in self.rules():
            pass

    def rules(self) -> Iterator[Rule]:
        """The entries as rules.

        Raises:
            ScenarioError: an entry is wrong; the message has its number and the field.
        """
        for index, entry in enumerate(self.entries):
            yield entry.rule(f"plan[{index}]")

    @classmethod
    def of(cls, history: bytes) -> Plan:
        """The plan that replays a history, from its strikes."""
        strikes = [
            _DECODER.decode(line) for line in history.splitlines() if line.startswith(_STRIKE)
        ]
        return cls(tuple(Entry(one.kind, one.system, one.op, one.nth, one.args) for one in strikes))

    @classmethod
    def from_documents(cls, documents: Iterable[Mapping[str, Any]]) -> Plan:
        """Read entries from plain values.

        Raises:
            ScenarioError: an entry is wrong; the message has its number and the field.
        """
        entries = []
        for index, document in enumerate(documents):
            try:
                entries.append(msgspec.convert(document, Entry))
            except msgspec.ValidationError as error:
                problem, _, path = str(error).partition(" - at `$")
                raise ScenarioError(
                    f"plan[{index}]{path.rstrip('`')}: {problem[0].lower()}{problem[1:]}"
                ) from None
        return cls(tuple(entries))

    @classmethod
    def from_json(cls, text: str | bytes) -> Plan:
        """Read a plan file: a JSON array of entries.

        Raises:
            ScenarioError: it is not JSON, or no array, or an entry is wrong.
        """
        try:
            documents = msgspec.json.decode(text)
        except msgspec.DecodeError as error:
            raise ScenarioError(f"plan: this is not valid JSON: {error}") from None
        if not isinstance(documents, list):
            raise ScenarioError("plan: it must be an array of entries")
        return cls.from_documents(documents)

    def documents(self) -> tuple[dict[str, Any], ...]:
        """The entries as plain values, as the first record of a history keeps them."""
        return tuple(msgspec.to_builtins(entry) for entry in self.entries)

    def to_json(self) -> bytes:
        """The plan as a file that people can read: a JSON array, one entry a line."""
        lines = b",\n".join(b"  " + msgspec.json.encode(entry) for entry in self.entries)
        return b"[\n" + lines + b"\n]\n" if lines else b"[]\n"
