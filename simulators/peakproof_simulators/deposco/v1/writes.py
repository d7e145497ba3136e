"""The answer to a V1 write: an outcome for each entity, inside a 207 whatever became of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from peakproof.wire.message import Response
from peakproof_simulators.deposco.errors import JSON, Declined, status_line
from peakproof_simulators.deposco.errors import bare as bare_refusal
from peakproof_simulators.deposco.payloads.common import Multistatus, Outcome, bare
from peakproof_simulators.deposco.v1.media import accept, answer

if TYPE_CHECKING:
    from peakproof_simulators.deposco.state import Deposco
    from peakproof_simulators.kit.service import Call

T = TypeVar("T")


def done(kind: str, number: str, href: str, *, created: bool) -> Outcome:
    """The outcome of an entity that was taken."""
    return Outcome(
        status=status_line(201 if created else 200), href=href, type=kind, entity=number,
        description="Created" if created else "Updated",
    )  # fmt: skip


def write_each(
    store: Deposco, call: Call, entities: Sequence[T], act: Callable[[T], Outcome], *,
    key: Callable[[T], str], kind: str,
) -> Response:  # fmt: skip
    """Do something for each entity; one that is declined does not keep the others.

    Raises:
        VendorError: a bare 400 when there is no entity at all.
    """
    if not entities:
        raise bare_refusal(400)
    outcomes: list[Outcome] = []
    reasons: list[str] = []
    statuses: list[int] = []
    for entity in entities:
        number = key(entity)
        try:
            outcome = act(entity)
            reason, status = "", int(outcome.status[9:12])
        except Declined as refusal:
            store.refused(number, refusal)
            outcome = Outcome(
                status=refusal.line, type=kind, entity=number, description=refusal.text
            )
            reason, status = refusal.reason, refusal.status
        outcomes.append(outcome)
        reasons.append(reason)
        statuses.append(status)
    outer = 207
    settings = store.settings
    if all(reason == "unknown_item" for reason in reasons):
        outer = settings.unknown_item_outer
    if not settings.outer_207 and len(outcomes) == 1:
        outer = statuses[0]
    if accept(call).json:
        # All that these outcomes hold is text, so that both forms of JSON come out right.
        shown = bare(outcomes) if settings.xml_isms_in_json else outcomes
        return Response(outer, _ENCODE(Multistatus(shown)), dict(JSON))
    return answer(store, call, Multistatus(outcomes), status=outer)


_ENCODE: Final = msgspec.json.Encoder().encode
