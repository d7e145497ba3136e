"""A fake Centra environment: the GraphQL Integration API, the REST Order API, events, webhooks.

Looking for *stock pools*? The vendor has no thing of that name. Stock lies in warehouses; an
allocation rule puts warehouses in order of priority; each market sells from one rule. A pool is
the warehouses that a market's rule names: lay pools out with the settings ``markets``,
``allocation_rules`` and ``warehouses``, read them with the queries ``markets`` and
``allocationRules``, and map each *warehouse* to one facility of a warehouse system.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from peakproof_simulators.centra.controls import Controls
from peakproof_simulators.centra.events import EventQueues
from peakproof_simulators.centra.filling import Filler
from peakproof_simulators.centra.integration.documents import Documents
from peakproof_simulators.centra.integration.operations import HTTP
from peakproof_simulators.centra.limits import Limits
from peakproof_simulators.centra.order_api.operations import OPERATIONS
from peakproof_simulators.centra.roles import Storefront, storefronts
from peakproof_simulators.centra.settings import read
from peakproof_simulators.centra.state import SYSTEM, Centra
from peakproof_simulators.centra.tokens import Tokens
from peakproof_simulators.centra.vendor import Service, Vendor
from peakproof_simulators.centra.webhooks import Webhooks

if TYPE_CHECKING:
    from peakproof.world import World

__all__ = ["Service", "Storefront", "create_service"]

SECURITY: Final[dict[str, dict[str, Any]]] = {
    "token": {"type": "http", "scheme": "bearer"},
    "key": {"type": "apiKey", "in": "header", "name": "API-Authorization"},
}


def create_service(world: World, settings: Mapping[str, object]) -> Service:
    """A Centra environment behind its HTTP face.

    Raises:
        ScenarioError: a setting is wrong.
    """
    profile = read(settings)
    centra = Centra(world, profile)
    centra.tokens = Tokens(centra)
    centra.events = EventQueues(centra)
    centra.webhooks = Webhooks(centra, centra.tokens.webhook_secret)
    centra.limits = Limits(centra)
    centra.documents = Documents(
        tokens=profile.query_limit_tokens,
        depth=profile.query_limit_depth,
        stock_cost=profile.complexity_of_stock,
    )
    filler = Filler(centra)
    filler.start()
    controls = Controls(centra)
    return Service(
        name=SYSTEM,
        title="Centra (what peakproof models)",
        world=world,
        state=centra,
        vendor=Vendor(centra),
        operations=(HTTP, *OPERATIONS),
        inspect=controls.inspect,
        seed=filler.fill,
        credentials={
            "integration_token": centra.tokens.given,
            "order_api_key": centra.tokens.order_api_key,
            "webhook_secret": centra.tokens.webhook_secret,
        },
        roles=storefronts(centra),
        security=SECURITY,
        controls=controls.by_name(),
        hosts=("*.centra.com",),
    )
