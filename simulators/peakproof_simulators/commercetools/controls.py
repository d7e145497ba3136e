"""The control plane's own operations, and the state as plain values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast, get_args

import msgspec

from peakproof.errors import UsageError
from peakproof_simulators.commercetools import subscriptions
from peakproof_simulators.commercetools.errors import Refusal
from peakproof_simulators.commercetools.payloads.hooks import HealthStatus, SubscriptionDraft
from peakproof_simulators.commercetools.state import Project


class Controls:
    """What a test or a scenario may do to the project behind the vendor's back."""

    def __init__(self, project: Project) -> None:
        self.project = project

    def by_name(self) -> dict[str, Callable[[dict[str, Any]], Any]]:
        """The operations, by name."""
        return {
            "push_endpoints": self.push_endpoints,
            "subscribe": self.subscribe,
            "subscription_status": self.subscription_status,
        }

    def push_endpoints(self, wanted: dict[str, Any]) -> dict[str, str]:
        """Map Pub/Sub topics and SNS ARNs to URLs; answers all mappings."""
        for topic, url in wanted.items():
            if not isinstance(url, str):
                raise UsageError(f"push_endpoints: the URL of {topic} must be text")
            self.project.outbox.endpoints[topic] = url
        return dict(self.project.outbox.endpoints)

    def subscribe(self, draft: dict[str, Any]) -> dict[str, Any]:
        """Create a subscription at once; its test notification is not sent."""
        project = self.project
        try:
            change = subscriptions.create(project, msgspec.convert(draft, SubscriptionDraft))
            project.outbox.check_reachable(change.after)
        except msgspec.ValidationError as error:
            raise UsageError(f"subscribe: {error}") from None
        except Refusal as refusal:
            raise UsageError(f"subscribe: {refusal.message}") from None
        stored = project.carry_out(project.kinds["subscription"], change)
        plain: dict[str, Any] = msgspec.to_builtins(stored)
        return plain

    def subscription_status(self, wanted: dict[str, Any]) -> dict[str, str]:
        """Set the health of a subscription, ``{"id": …, "status": …}``."""
        found = self.project.outbox.collection.get(str(wanted.get("id")))
        status = wanted.get("status")
        if found is None or not isinstance(status, str) or status not in get_args(HealthStatus):
            raise UsageError(
                f"subscription_status: id {wanted.get('id')!r}, status {status!r}: give the id "
                f"of a subscription and one of {', '.join(get_args(HealthStatus))}"
            )
        self.project.outbox.set_status(found, cast(HealthStatus, status))
        return {"id": found.id, "status": status}

    def inspect(self) -> dict[str, Any]:
        """Everything that the project holds, and the counts that readers do not see yet."""
        project = self.project
        cells = [
            {
                "sku": cell.sku,
                "place": project.stock.place_of(cell.channel_id),
                "on_hand": cell.on_hand,
                "available": cell.available,
                "reserved": cell.reserved,
                "unseen": sum(change.on_hand for change in cell.pending),
            }
            for cell in project.stock.cells.values()
        ]
        found: dict[str, Any] = {
            kind.path: [msgspec.to_builtins(one) for one in kind.collection.by_id.values()]
            for kind in project.kinds.values()
        }
        found["messages"] = [
            msgspec.to_builtins(one) for one in project.log.messages.by_id.values()
        ]
        found["reservations"] = [msgspec.to_builtins(one) for one in project.reservations.values()]
        found["cells"] = cells
        return found
