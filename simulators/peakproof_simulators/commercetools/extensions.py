"""API extensions: somebody else's URL is asked before a cart, order or payment is stored."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import msgspec
from msgspec.structs import replace

from peakproof.wire.message import Response
from peakproof_simulators.commercetools.change import Change, changed
from peakproof_simulators.commercetools.collection import Collection
from peakproof_simulators.commercetools.errors import (
    Refusal,
    Rejected,
    duplicate,
    forbidden,
)
from peakproof_simulators.commercetools.outbound import NoAnswer, post
from peakproof_simulators.commercetools.payloads import hooks as payload
from peakproof_simulators.commercetools.payloads.carts import CartUpdateAction
from peakproof_simulators.commercetools.payloads.common import Resource, UserProvidedIdentifiers
from peakproof_simulators.commercetools.payloads.hooks import Extension
from peakproof_simulators.commercetools.payloads.order_actions import OrderUpdateAction
from peakproof_simulators.commercetools.payloads.payments import PaymentUpdateAction
from peakproof_simulators.commercetools.predicates import syntax
from peakproof_simulators.commercetools.predicates.compiled import Ask, Compiler
from peakproof_simulators.commercetools.predicates.shapes import Shape
from peakproof_simulators.commercetools.state import Kind, Project, Rule

ExtensionChange: TypeAlias = Change[Extension]

MOST: Final = 25
MOST_ACTIONS: Final = 100
ACTIONS: Final[dict[str, Any]] = {
    "cart": tuple[CartUpdateAction, ...],
    "order": tuple[OrderUpdateAction, ...],
    "payment": tuple[PaymentUpdateAction, ...],
}
"""The update actions that an extension may return, by the resource that it is asked about."""


class Extensions:
    """The extensions of a project, asked one after the other in the order of their creation."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.collection: Collection[Extension] = Collection(
            lambda: project.world.env.now, {("key",): lambda one: one.key}
        )

    def wanted(self, kind: Kind, change: Change[Any]) -> list[Extension]:
        """The extensions that want to be asked about a change."""
        if not self.collection.by_id or kind.type_id not in ACTIONS:
            return []
        action = "Create" if change.before is None else "Update"
        return [
            one
            for one in self.collection.by_id.values()
            if any(self._fits(kind, trigger, action, change.after) for trigger in one.triggers)
        ]

    @staticmethod
    def _fits(kind: Kind, trigger: payload.ExtensionTrigger, action: str, resource: Any) -> bool:
        if trigger.resource_type_id != kind.type_id or action not in trigger.actions:
            return False
        if trigger.condition is None:
            return True
        return _condition(kind, trigger.condition)(resource)

    async def ask(self, kind: Kind, change: Change[Any], extension: Extension) -> tuple[Any, ...]:
        """Ask one extension about a change; the update actions that it returns.

        Raises:
            Refusal: it does not answer, answers badly, rejects, or returns what is no action.
        """
        headers = {"content-type": "application/json"}
        authentication = extension.destination.authentication
        if isinstance(authentication, payload.AuthorizationHeader):
            headers["authorization"] = authentication.header_value
        elif authentication is not None:
            headers["x-functions-key"] = authentication.key
        try:
            answer = await post(
                self.project,
                extension.destination.url,
                msgspec.json.encode(_question(kind, change, extension)),
                headers,
                extension.timeout_in_ms / 1000,
            )
        except NoAnswer:
            refusal = Refusal(
                "ExtensionNoResponse", extensionId=extension.id, extensionKey=extension.key
            )
            refusal.status = self.project.settings.extension_no_response_status
            raise refusal from None
        return self._understood(kind, extension, answer)

    def apply(
        self, kind: Kind, change: Change[Any], extension: Extension, actions: tuple[Any, ...]
    ) -> None:
        """Apply what an extension returned to the change.

        Raises:
            Refusal: an action is refused.
        """
        try:
            self.project.apply(kind, change, actions)
        except Refusal as refusal:
            error = refusal.error()
            code, message = error.pop("code"), error.pop("message")
            raise failed(extension, code, message, **error) from None

    def _understood(self, kind: Kind, extension: Extension, answer: Response) -> tuple[Any, ...]:
        if answer.status not in (200, 201, 400):
            text = f"'{answer.status}' is not an expected status code."
            raise self._bad(extension, answer, text)
        if answer.status != 400 and not answer.body.strip():
            return ()
        try:
            said = msgspec.json.decode(answer.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            said = None
        name = "errors" if answer.status == 400 else "actions"
        listed = said.get(name, []) if isinstance(said, dict) else None
        if not isinstance(listed, list):
            raise self._bad(extension, answer, "The extension did not return the expected JSON.")
        if answer.status == 400:
            raise self._rejection(extension, answer, listed)
        if len(listed) > MOST_ACTIONS:
            raise failed(extension, "InvalidInput", f"More than {MOST_ACTIONS} update actions.")
        try:
            actions: tuple[Any, ...] = msgspec.convert(listed, ACTIONS[kind.type_id])
        except msgspec.ValidationError as error:
            raise failed(extension, "InvalidJsonInput", str(error)) from None
        return actions

    def _bad(self, extension: Extension, answer: Response, text: str) -> Refusal:
        refusal = Refusal(
            "ExtensionBadResponse",
            text=text,
            extensionErrors=[],
            extensionBody=answer.body.decode("utf-8", "replace"),
            extensionStatusCode=answer.status,
            extensionId=extension.id,
            extensionKey=extension.key,
        )
        refusal.status = self.project.settings.extension_bad_response_status
        return refusal

    def _rejection(self, extension: Extension, answer: Response, listed: list[Any]) -> Refusal:
        by: dict[str, Any] = {"id": extension.id}
        if extension.key is not None:
            by["key"] = extension.key
        errors = [
            {**error, "errorByExtension": by}
            for error in listed
            if isinstance(error, dict)
            and isinstance(error.get("code"), str)
            and isinstance(error.get("message"), str)
        ]
        if not errors or len(errors) != len(listed):
            return self._bad(extension, answer, "The extension did not return the expected JSON.")
        return Rejected(400, errors)


def _question(kind: Kind, change: Change[Any], extension: Extension) -> dict[str, Any]:
    def expanded(resource: Resource) -> dict[str, Any]:
        return {"typeId": kind.type_id, "id": resource.id, "obj": resource}

    candidate = replace(change.after, version=change.version)
    asked: dict[str, Any] = {
        "action": "Create" if change.before is None else "Update",
        "resource": expanded(candidate),
    }
    context = extension.additional_context
    if change.before is not None and context is not None and context.include_old_resource:
        asked["oldResource"] = expanded(change.before)
    return asked


def failed(extension: Extension, code: str, message: str, **fields: Any) -> Refusal:
    """The refusal of update actions that an extension returned."""
    error = {"code": code, "message": message, "extensionId": extension.id, **fields}
    if extension.key is not None:
        error["extensionKey"] = extension.key
    return Refusal("ExtensionUpdateActionsFailed", extensionErrors=[error])


def _condition(kind: Kind, condition: str) -> Ask:
    shape = Shape("object", structs=(kind.struct,))
    return Compiler(shape, {}, "condition").whole(syntax.parse(condition, "condition"))


# --- rules ------------------------------------------------------------------------------------


def create(project: Project, draft: payload.ExtensionDraft) -> ExtensionChange:
    """A new extension.

    Raises:
        Refusal: the key is taken, a trigger is wrong, or there are too many.
    """
    extensions = project.extensions
    if draft.key is not None and extensions.collection.one(("key",), draft.key) is not None:
        raise duplicate("key", draft.key)
    if len(extensions.collection) >= MOST:
        raise Refusal("MaxResourceLimitExceeded", limit=MOST, exceededResource="extension")
    _check(project, draft.triggers)
    made = Extension(
        **project.fresh(),
        key=draft.key,
        destination=draft.destination,
        triggers=draft.triggers,
        timeout_in_ms=draft.timeout_in_ms,
        additional_context=draft.additional_context,
    )
    return Change(None, made)


def delete(project: Project, extension: Extension, version: int | None) -> None:
    """Take an extension away."""
    project.remove(project.kinds["extension"], extension, version)


def identifiers(extension: Extension) -> UserProvidedIdentifiers | None:
    """The names that users gave to an extension."""
    return UserProvidedIdentifiers(key=extension.key) if extension.key is not None else None


def shown(extension: Extension) -> Extension:
    """An extension as it is answered: secrets are partially hidden."""
    found = extension.destination.authentication
    if isinstance(found, payload.AuthorizationHeader):
        hidden: Any = replace(found, header_value=found.header_value[:4] + "****")
    elif found is not None:
        hidden = replace(found, key=found.key[:4] + "****")
    else:
        return extension
    return replace(extension, destination=replace(extension.destination, authentication=hidden))


def _check(project: Project, triggers: tuple[payload.ExtensionTrigger, ...]) -> None:
    if not triggers:
        raise forbidden("An extension needs at least one trigger.")
    for trigger in triggers:
        if not trigger.actions:
            raise forbidden("A trigger needs at least one action.")
        if trigger.condition is not None:
            _condition(project.kinds[trigger.resource_type_id], trigger.condition)


def _set_key(
    project: Project, one: Extension, action: payload.ExtensionSetKey, _: ExtensionChange
) -> Extension:
    if action.key == one.key:
        return one
    if action.key is not None and project.extensions.collection.one(("key",), action.key):
        raise duplicate("key", action.key)
    return replace(one, key=action.key)


def _change_destination(
    _: Project, one: Extension, action: payload.ExtensionChangeDestination, __: ExtensionChange
) -> Extension:
    return changed(one, destination=action.destination)


def _change_triggers(
    project: Project, one: Extension, action: payload.ExtensionChangeTriggers, _: ExtensionChange
) -> Extension:
    _check(project, action.triggers)
    return changed(one, triggers=action.triggers)


def _set_timeout(
    _: Project, one: Extension, action: payload.ExtensionSetTimeoutInMs, __: ExtensionChange
) -> Extension:
    return changed(one, timeout_in_ms=action.timeout_in_ms or 2000)


def _set_context(
    _: Project, one: Extension, action: payload.ExtensionSetAdditionalContext, __: ExtensionChange
) -> Extension:
    return changed(one, additional_context=action.additional_context)


RULES: Final[dict[type[Any], Rule]] = {
    payload.ExtensionSetKey: _set_key,
    payload.ExtensionChangeDestination: _change_destination,
    payload.ExtensionChangeTriggers: _change_triggers,
    payload.ExtensionSetTimeoutInMs: _set_timeout,
    payload.ExtensionSetAdditionalContext: _set_context,
}
