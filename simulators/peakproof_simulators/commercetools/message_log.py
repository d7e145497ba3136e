"""The messages of a project, numbered for each resource."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from peakproof_simulators.commercetools.collection import Collection
from peakproof_simulators.commercetools.payloads.common import (
    Author,
    Reference,
    Resource,
    UserProvidedIdentifiers,
)
from peakproof_simulators.commercetools.payloads.messages import Message


def _resource_id(message: Message) -> str:
    return message.resource.id


def _type(message: Message) -> str:
    tag: str = message.__struct_config__.tag  # type: ignore[assignment]  # ours are all text
    return tag


def _resource_type(message: Message) -> str:
    return message.resource.type_id


class MessageLog:
    """Keeps messages in the order in which they were written."""

    __slots__ = ("_new_id", "_next", "messages")

    def __init__(self, now: Callable[[], float], new_id: Callable[[], str]) -> None:
        self._new_id = new_id
        self._next: dict[str, int] = {}
        self.messages: Collection[Message] = Collection(
            now,
            {
                ("resource", "id"): _resource_id,
                ("resource", "typeId"): _resource_type,
                ("type",): _type,
            },
        )

    def write(
        self,
        message: type[Message],
        resource: Resource,
        reference: Reference,
        *,
        at: str,
        by: Author | None,
        resource_version: int,
        identifiers: UserProvidedIdentifiers | None,
        fields: dict[str, Any],
    ) -> Message:
        """Number and keep a message; ``resource_version`` is the version that it is about."""
        number = self._next.get(resource.id, 0) + 1
        self._next[resource.id] = number
        made = message(
            id=self._new_id(),
            version=1,
            created_at=at,
            last_modified_at=at,
            created_by=by,
            last_modified_by=by,
            sequence_number=number,
            resource=reference,
            resource_version=resource_version,
            resource_user_provided_identifiers=identifiers,
            **fields,
        )
        self.messages.add(made)
        return made

    def last_number(self, resource_id: str) -> int:
        """The sequence number of a resource's newest message, 0 when it has none."""
        return self._next.get(resource_id, 0)

    def forget_before(self, moment: str) -> None:
        """Drop messages that are older than the project keeps them."""
        old: list[Message] = []
        for message in self.messages.by_id.values():
            if message.created_at >= moment:
                break
            old.append(message)
        for message in old:
            self.messages.remove(message)
