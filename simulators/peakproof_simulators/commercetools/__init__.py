"""A fake commercetools project: stock, carts, orders, payments, messages, extensions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from peakproof_simulators.commercetools import project as building
from peakproof_simulators.commercetools.controls import Controls
from peakproof_simulators.commercetools.filling import Filler
from peakproof_simulators.commercetools.operations import table
from peakproof_simulators.commercetools.roles import Storefront
from peakproof_simulators.commercetools.settings import read
from peakproof_simulators.commercetools.vendor import Commercetools, Service

if TYPE_CHECKING:
    from peakproof.world import World

SECURITY: Final[dict[str, dict[str, Any]]] = {
    "oauth2": {
        "type": "oauth2",
        "flows": {"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": {}}},
    }
}


def create_service(world: World, settings: Mapping[str, object]) -> Service:
    """A commercetools project behind its HTTP face.

    Raises:
        ScenarioError: a setting is wrong.
    """
    profile = read(settings)
    project = building.make(world, profile)
    filler = Filler(project)
    filler.start()
    controls = Controls(project)
    return Service(
        name="commercetools",
        title="commercetools HTTP API (what peakproof models)",
        world=world,
        state=project,
        vendor=Commercetools(project),
        operations=table(
            building.parts(project), project=project, imports=building.importing(project)
        ),
        inspect=controls.inspect,
        seed=filler.fill,
        credentials={
            "project_key": profile.project_key,
            "client_id": project.tokens.client_id,
            "client_secret": project.tokens.client_secret,
            "scope": f"manage_project:{profile.project_key}",
        },
        roles={"storefront": Storefront(project)},
        security=SECURITY,
        controls=controls.by_name(),
        hosts=("auth.*.commercetools.com", "api.*.commercetools.com"),
    )
