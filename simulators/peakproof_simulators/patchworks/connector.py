"""The flow set as a connector: it plays the flows of a company inside a rehearsal."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any, Final
from weakref import WeakValueDictionary

import msgspec

from peakproof.errors import ScenarioError
from peakproof.ids import Ids
from peakproof.rng import derive
from peakproof_simulators.patchworks import flowset
from peakproof_simulators.patchworks import shapes as form
from peakproof_simulators.patchworks.company import Company
from peakproof_simulators.patchworks.effects import Ask
from peakproof_simulators.patchworks.flowbook import FlowEntry, NotEnabled
from peakproof_simulators.patchworks.hands import LoopHands
from peakproof_simulators.patchworks.runs import Payload
from peakproof_simulators.patchworks.settings import Settings
from peakproof_simulators.patchworks.values import decoded

SYSTEM: Final = "patchworks"
DEFAULT: Final = "patchworks_deposco"
COMPANIES: Final[WeakValueDictionary[str, Company]] = WeakValueDictionary()
"""The companies of the fakes that are alive, by API key: a connector plays the runs that the
fake's API shows. Without a fake of Patchworks in the estate the connector has one of its own."""


class _Nobody:
    """Hands for the moment before a connector attaches its own."""

    def later(self, _delay_s: float, _action: Any) -> None:
        """Nothing happens: whoever attaches sets all of it anew."""

    def ask(self, _asked: Ask, _done: Any, _failed: Any) -> None:
        """Nothing runs yet."""

    def tell(self, key: str, kind: str, owner: str, reason: str) -> None:
        """Nobody listens yet."""

    def broken(self, error: Exception) -> None:
        """Nothing runs yet."""
        raise error


def chosen(document: Mapping[str, Any]) -> form.FlowSet:
    """The flow set that a connector's document asks for.

    ``flow_set`` is a whole set, or the name of one that is installed (else that of the
    integration's name, else the reference set).

    Raises:
        ScenarioError: there is no such set, or it is wrong.
    """
    asked = document.get("flow_set")
    if isinstance(asked, Mapping):
        return flowset.read(asked)
    return flowset.installed(DEFAULT if asked is None else str(asked))


def settings_of(document: Mapping[str, Any]) -> Settings:
    """The profile for a company of the connector's own: the table ``patchworks``.

    Raises:
        ValueError: a setting is wrong.
    """
    try:
        return msgspec.convert(dict(document.get(SYSTEM, {})), Settings)
    except msgspec.ValidationError as error:
        raise ValueError(f"{SYSTEM}: {error}") from None


class FlowConnector:
    """A connector that is a flow set; ``flow_set`` of the document chooses it."""

    @property
    def guards(self) -> dict[str, str]:
        """The guards of the reference set."""
        return dict(flowset.installed(DEFAULT).guards)

    def check(self, document: Mapping[str, Any]) -> None:
        """Say what is wrong with a configuration.

        Raises:
            ValueError: field first.
        """
        try:
            found = chosen(document)
        except ScenarioError as error:
            raise ValueError(f"flow_set: {error}") from None
        settings_of(document)
        for name in document.get("guards", {}).get("off", []):
            if name not in found.guards:
                raise ValueError(f"guards.off: the flow set has no guard {name!r}")

    async def __call__(self, rehearsal: Any) -> None:
        """Play the flows until cancelled."""
        config: dict[str, Any] = rehearsal.config
        found = chosen(config)
        company = _company(rehearsal)
        company.install(found, config, off=config.get("guards", {}).get("off", []))
        rehearsal.declare({name for flow in found.flows for name in flow.plays})
        hands = LoopHands(rehearsal.send, rehearsal.report)
        rehearsal.on_hook(_listener(company))
        company.attach(hands)
        try:
            await hands.failed
        finally:
            hands.close()


def _company(rehearsal: Any) -> Company:
    access = rehearsal.config.get("systems", {}).get(SYSTEM, {})
    known = COMPANIES.get(access.get("api_key", ""))
    if known is not None:
        return known
    seed = derive(0, SYSTEM, "connector")
    return Company(
        settings_of(rehearsal.config),
        now=rehearsal.now,
        epoch_s=rehearsal.epoch_s,
        ids=Ids(Random(seed)),
        chance=Random(seed + 1),
        hands=_Nobody(),
    )


def _listener(company: Company) -> Any:
    """What takes notifications: the path of a webhook trigger says which flow it starts."""

    async def hear(_method: str, path: str, _headers: dict[str, str], body: bytes) -> int:
        entry = _addressed(company, path.partition("?")[0])
        if entry is None:
            return 404
        content = decoded(body) if body else {}
        try:
            company.start(entry, [Payload(content)], trigger="Webhook")
        except NotEnabled:
            return company.settings.idle_webhook_status
        version = entry.deployed
        assert version is not None
        assert isinstance(version.flow.trigger, form.Webhook)
        return version.flow.trigger.status

    return hear


def _addressed(company: Company, path: str) -> FlowEntry | None:
    for entry in company.flows.values():
        version = entry.deployed
        trigger = version.flow.trigger if version is not None else None
        if isinstance(trigger, form.Webhook) and trigger.path and trigger.path == path:
            return entry
    return None


connector: Final = FlowConnector()
"""The connector, as ``peakproof_simulators.patchworks:connector`` names it."""
