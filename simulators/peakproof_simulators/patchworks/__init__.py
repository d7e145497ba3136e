"""A fake Patchworks: flows as data, the queue that runs them, the API that starts and shows them.

``create_service`` makes the fake; ``connector`` plays a flow set in a rehearsal, by default the
reference set of ``patchworks_deposco``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from peakproof_simulators.kit.seed import Seed
from peakproof_simulators.kit.service import VendorService
from peakproof_simulators.patchworks import flowset
from peakproof_simulators.patchworks.company import Company
from peakproof_simulators.patchworks.connector import COMPANIES, SYSTEM, connector
from peakproof_simulators.patchworks.controls import Controls
from peakproof_simulators.patchworks.desk import Desk
from peakproof_simulators.patchworks.hands import WorldHands
from peakproof_simulators.patchworks.operations import KEY, OPERATIONS
from peakproof_simulators.patchworks.settings import Settings, read

if TYPE_CHECKING:
    from peakproof.world import World

__all__ = ["connector", "create_service"]

SECURITY: Final[dict[str, dict[str, Any]]] = {
    KEY: {"type": "apiKey", "in": "header", "name": "Authorization"}
}


def create_service(world: World, settings: Mapping[str, object]) -> VendorService:
    """A company on Patchworks behind its HTTP face.

    Raises:
        ScenarioError: a setting or the flow set in it is wrong.
    """
    profile = read(settings)
    company = Company(
        profile,
        now=lambda: world.t,
        epoch_s=world.clock.epoch_s,
        ids=world.ids(SYSTEM),
        chance=world.streams.get(SYSTEM, "faults"),
        hands=WorldHands(world),
    )
    credentials = _credentials(world, profile)
    COMPANIES[credentials["api_key"]] = company
    if profile.flows is not None:
        company.install(flowset.read(profile.flows), {"systems": {}})
    desk, controls = Desk(world, company, profile, credentials), Controls(company)
    return VendorService(
        name=SYSTEM,
        title="Patchworks Core and Start API (what peakproof models)",
        world=world,
        state=desk,
        vendor=desk,
        operations=OPERATIONS,
        inspect=controls.inspect,
        seed=_seed,
        credentials=credentials,
        roles={},
        security=SECURITY,
        controls=controls.by_name(),
        hosts=("*.wearepatchworks.com",),
    )


def _seed(_seed: Seed) -> None:
    """A seed is about goods and places, and Patchworks holds neither."""


def _credentials(world: World, profile: Settings) -> dict[str, str]:
    own = profile.credentials
    ids = world.ids(SYSTEM, "credentials")
    return {
        "company": profile.company,
        "api_key": ids.token(40) if own is None else own.api_key,
        "email": f"api@{profile.company}.test" if own is None else own.email,
        "password": ids.token(24) if own is None else own.password,
    }
