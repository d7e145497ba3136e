"""Parts of V2 of which this house has nothing, or one: trips, users, billing.

The vendor's documents have the routes; no flow of stock or orders depends on them (chosen: what
the floor does makes no trips, nothing is billed, the one user is the one of the API).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from peakproof_simulators.deposco.errors import errors
from peakproof_simulators.deposco.v2.bodies import answer
from peakproof_simulators.deposco.v2.inventory import numeric
from peakproof_simulators.deposco.v2.paging import begin, cut, moment
from peakproof_simulators.deposco.v2.partner_models import TripPage, User, UserPage
from peakproof_simulators.deposco.v2.payloads import EntityRef
from peakproof_simulators.deposco.v2.words import Page

if TYPE_CHECKING:
    from peakproof.wire.message import Response
    from peakproof_simulators.deposco.state import Deposco
    from peakproof_simulators.kit.service import Call

_USER: Final = 4_400_001


class Transactions(Page, kw_only=True):
    """A page of what is billed."""

    data: list[dict[str, Any]]


def _looked(store: Deposco, call: Call) -> None:
    search = begin(store, call)
    moment(store, search, "createdAfter")
    moment(store, search, "updatedAfter")


def trips(store: Deposco, call: Call) -> Response:
    """GET /latest/trips: none."""
    _looked(store, call)
    return answer(TripPage(data=[], links=[], complete=True, pages=0))


def no_trip(_store: Deposco, call: Call) -> Response:
    """GET /latest/trips/{tripId}: there is none."""
    raise errors(404, f"Trip [{call.params['tripId']}] does not exist")


def _user(store: Deposco) -> User:
    since = store.world.clock.iso(0.0)
    return User(
        self_=EntityRef(id=_USER, href=f"/latest/users/{_USER}"),
        username=store.tenancy.credentials["user"][:30], enabled=True, active=True,
        created_date=since, updated_date=since,
    )  # fmt: skip


def users(store: Deposco, call: Call) -> Response:
    """GET /latest/users: the user of the API."""
    search = begin(store, call)
    found = _user(store)
    since = max(
        moment(store, search, "createdAfter") or 0.0, moment(store, search, "updatedAfter") or 0.0
    )
    fits = search.filters.get("username", found.username) == found.username and since <= 0.0
    rows, around = cut(
        store, search, iter([found] if fits else []), number=lambda _user: _USER, count=None
    )
    return answer(UserPage(data=rows, **around))


def user(store: Deposco, call: Call) -> Response:
    """GET /latest/users/{userId}: one user."""
    if numeric(call.params["userId"]) != _USER:
        raise errors(404, f"User [{call.params['userId']}] does not exist")
    return answer(_user(store))


def billing(store: Deposco, call: Call) -> Response:
    """GET /latest/billing/transactions: none."""
    _looked(store, call)
    return answer(Transactions(data=[], links=[], complete=True, pages=0))
