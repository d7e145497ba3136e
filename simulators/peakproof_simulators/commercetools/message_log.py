"""The messages of a project, numbered for each resource."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from peakproof.ids import uuid_text
from peakproof_simulators.commercetools.collection import Collection
from peakproof_simulators.commercetools.payloads.common import (
    Author,
    Reference,
    UserProvidedIdentifiers,
)
from peakproof_simulators.commercetools.payloads.messages import Message

Fields = dict[str, Any] | Callable[[Any, Any], dict[str, Any]]
"""A message's own fields, or how they follow from the resource before and after."""


def _resource_id(message: Message) -> str:
    return message.resource.id


def _type(message: Message) -> str:
    tag: str = message.__struct_config__.tag  # type: ignore[assignment]  # ours are all text
    return tag


def _resource_type(message: Message) -> str:
    return message.resource.type_id


class Note(msgspec.Struct, gc=False):
    """All that a message says. ``drawn`` becomes its id, ``version`` is the one it is about.

    ``number`` is its place among the messages of its resource, 0 as long as nobody has asked. It
    holds nothing that leads back to the project, as what the collector does not look at must.
    """

    message: type[Message]
    type_id: str
    identifiers: Callable[[Any], UserProvidedIdentifiers | None]
    resource: Any
    version: int
    fields: Fields
    before: Any
    drawn: int
    at_s: float
    at: str
    by: Author | None
    number: int = 0
    written: Message | None = None

    def write(self) -> Message:
        """The message; it has a number by now."""
        if self.written is not None:
            return self.written
        resource, fields = self.resource, self.fields
        self.written = self.message(
            id=uuid_text(self.drawn),
            version=1,
            created_at=self.at,
            last_modified_at=self.at,
            created_by=self.by,
            last_modified_by=self.by,
            sequence_number=self.number,
            resource=Reference(type_id=self.type_id, id=resource.id),
            resource_version=self.version,
            resource_user_provided_identifiers=self.identifiers(resource),
            **(fields if isinstance(fields, dict) else fields(self.before, resource)),
        )
        return self.written


class MessageLog:
    """Keeps messages in the order in which they were noted.

    Most messages are never read: they are written out when somebody looks.
    """

    __slots__ = ("_counted", "_messages", "_numbers", "_unwritten", "note")

    def __init__(self, now: Callable[[], float]) -> None:
        self._numbers: dict[str, int] = {}
        self._unwritten: list[Note] = []
        self._counted = 0
        self.note = self._unwritten.append
        self._messages: Collection[Message] = Collection(
            now,
            {
                ("resource", "id"): _resource_id,
                ("resource", "typeId"): _resource_type,
                ("type",): _type,
            },
        )

    @property
    def messages(self) -> Collection[Message]:
        """All messages up to now; who keeps this must ask again before looking into it."""
        self._count()
        for note in self._unwritten:
            self._messages.add(note.write(), at_s=note.at_s)
        self._unwritten.clear()
        self._counted = 0
        return self._messages

    def _count(self) -> None:
        """Number what was noted since this was done last."""
        unwritten, numbers = self._unwritten, self._numbers
        for position in range(self._counted, len(unwritten)):
            note = unwritten[position]
            id: str = note.resource.id
            note.number = numbers[id] = numbers.get(id, 0) + 1
        self._counted = len(unwritten)

    def newest(self) -> Message:
        """The message that was noted last; those before it are not written out for that."""
        self._count()
        return self._unwritten[-1].write()

    def forget_before(self, moment: str) -> None:
        """Drop messages that are older than the project keeps them."""
        messages = self.messages
        old: list[Message] = []
        for message in messages.by_id.values():
            if message.created_at >= moment:
                break
            old.append(message)
        for message in old:
            messages.remove(message)
