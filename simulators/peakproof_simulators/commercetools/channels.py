"""Channels: creating, update actions, deleting. A supply channel is a place of the seed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, TypeAlias

from msgspec.structs import replace

from peakproof_simulators.commercetools import custom
from peakproof_simulators.commercetools.change import Change, changed
from peakproof_simulators.commercetools.errors import Refusal, duplicate, forbidden
from peakproof_simulators.commercetools.payloads import inventory as payload
from peakproof_simulators.commercetools.payloads.common import UserProvidedIdentifiers
from peakproof_simulators.commercetools.payloads.inventory import Channel
from peakproof_simulators.commercetools.state import Project, Rule

Channels: TypeAlias = Change[Channel]


def create(project: Project, draft: payload.ChannelDraft) -> Change[Channel]:
    """A new channel.

    Raises:
        Refusal: the key is empty or taken, or there is no role.
    """
    _check_key(project, draft.key)
    channel = Channel(
        **project.fresh(),
        key=draft.key,
        roles=_roles(("InventorySupply",) if draft.roles is None else draft.roles),
        name=draft.name,
        description=draft.description,
        address=draft.address,
        geo_location=draft.geo_location,
        custom=custom.drafted(project, "channel", draft.custom),
    )
    change = Change(None, channel)
    change.effect(lambda stored: _place(project, stored))
    return change


def delete(project: Project, channel: Channel, version: int | None) -> None:
    """Take a channel away; not while an inventory entry points at it."""
    if project.entries.having(("supplyChannel", "id"), channel.id):
        raise Refusal("ReferenceExists", resource="channel", referencedBy="inventory-entry")
    project.remove(project.kinds["channel"], channel, version)
    project.places.pop(channel.id, None)


def identifiers(channel: Channel) -> UserProvidedIdentifiers:
    """The names that users gave to a channel."""
    return UserProvidedIdentifiers(key=channel.key)


def _place(project: Project, channel: Channel) -> None:
    project.places[channel.id] = channel.key


def _check_key(project: Project, key: str) -> None:
    if not key:
        raise forbidden("The key of a channel must not be empty.")
    if project.channels.one(("key",), key) is not None:
        raise duplicate("key", key)


def _roles(roles: Iterable[payload.ChannelRole]) -> tuple[payload.ChannelRole, ...]:
    found = tuple(dict.fromkeys(roles))
    if not found:
        raise forbidden("A channel must have at least one role.")
    return found


def _add_roles(
    _: Project, channel: Channel, action: payload.ChannelAddRoles, __: Channels
) -> Channel:
    if all(role in channel.roles for role in action.roles):
        raise forbidden("The channel has these roles already.")
    return changed(channel, roles=_roles((*channel.roles, *action.roles)))


def _set_roles(
    _: Project, channel: Channel, action: payload.ChannelSetRoles, __: Channels
) -> Channel:
    roles = _roles(action.roles)
    if sorted(roles) == sorted(channel.roles):
        raise forbidden("The channel has these roles already.")
    return replace(channel, roles=roles)


def _remove_roles(
    _: Project, channel: Channel, action: payload.ChannelRemoveRoles, __: Channels
) -> Channel:
    if not any(role in channel.roles for role in action.roles):
        raise forbidden("The channel has none of these roles.")
    left = _roles(role for role in channel.roles if role not in action.roles)
    return replace(channel, roles=left)


def _change_key(
    project: Project, channel: Channel, action: payload.ChannelChangeKey, change: Channels
) -> Channel:
    if action.key == channel.key:
        return channel
    _check_key(project, action.key)
    change.effect(lambda stored: _place(project, stored))
    return replace(channel, key=action.key)


def _change_name(
    _: Project, channel: Channel, action: payload.ChannelChangeName, __: Channels
) -> Channel:
    if not action.name or action.name == channel.name:
        raise forbidden("The name is empty or the same as before.")
    return replace(channel, name=action.name)


def _change_description(
    _: Project, channel: Channel, action: payload.ChannelChangeDescription, __: Channels
) -> Channel:
    if not action.description or action.description == channel.description:
        raise forbidden("The description is empty or the same as before.")
    return replace(channel, description=action.description)


def _set_address(
    _: Project, channel: Channel, action: payload.ChannelSetAddress, __: Channels
) -> Channel:
    return changed(channel, address=action.address)


def _set_geo_location(
    _: Project, channel: Channel, action: payload.ChannelSetGeoLocation, __: Channels
) -> Channel:
    return changed(channel, geo_location=action.geo_location)


RULES: Final[dict[type[Any], Rule]] = {
    payload.ChannelAddRoles: _add_roles,
    payload.ChannelSetRoles: _set_roles,
    payload.ChannelRemoveRoles: _remove_roles,
    payload.ChannelChangeKey: _change_key,
    payload.ChannelChangeName: _change_name,
    payload.ChannelChangeDescription: _change_description,
    payload.ChannelSetAddress: _set_address,
    payload.ChannelSetGeoLocation: _set_geo_location,
    payload.ChannelSetCustomField: custom.field_rule,
    payload.ChannelSetCustomType: custom.type_rule("channel"),
}
