"""A parcel in Centra's words: a shipment is made, captured, completed, and each can fail alone."""

from __future__ import annotations

from typing import Any, Protocol

from peakproof_engine.budget import ORDERS
from peakproof_engine.clock import Clock
from peakproof_engine.errors import Blocked, NotNow, Refused, TimedOut
from peakproof_engine.guards import Guards
from peakproof_engine.systems import centra_translate as translate
from peakproof_engine.systems import centra_wire as wire
from peakproof_engine.systems.ports import ConfirmParcel

_LOOK_AGAIN_S = 5.0


class Shop(Protocol):
    """What is needed of the shop itself."""

    async def whole(self, id_: str) -> wire.Order:
        """An order as it is now."""

    async def write(
        self, document: str, variables: wire.Variables, rank: int, what: str
    ) -> wire.Payload:
        """What a mutation answered."""


class Parcels:
    """Confirms parcels. A shipment goes by our key, which stands in its message."""

    def __init__(self, shop: Shop, clock: Clock, guards: Guards, *, late_s: float) -> None:
        self._shop = shop
        self._clock = clock
        self._guards = guards
        self._late_s = late_s
        self._unsure: dict[str, float] = {}
        """Orders with a shipment of which nobody knows whether it was made, and since when."""

    async def confirm(self, order: str, parcel: ConfirmParcel) -> None:
        """Bring a parcel to its end, from wherever an earlier attempt has left it.

        Raises:
            Blocked: the order is on hold, or its money could not be captured.
            NotNow: an earlier attempt may still be on its way.
        """
        body = await self._shop.whole(order)
        made = _of(body, parcel)
        if made is None:
            made = await self._created(order, body, parcel)
        if not (made.is_captured or made.is_paid or made.is_completed):
            made = await self._captured(order, made)
        if not made.is_completed:
            info = _info(parcel)
            given = {"id": made.id, "input": {"sendEmail": True, "shipmentInfo": info}}
            await self._written(wire.COMPLETE, given, order, "complete shipment")

    async def _created(self, order: str, body: wire.Order, parcel: ConfirmParcel) -> wire.Shipment:
        left_s = self._unsure.get(order, 0.0) + self._late_s - self._clock.now()
        if order in self._unsure and left_s > 0:
            raise NotNow(
                "centra shipment", "may have been made", delay_s=min(left_s, _LOOK_AGAIN_S)
            )
        paid = translate.payment(body) == "captured" or not self._guards.capture_checked
        given = {
            "order": {"id": order},
            "lines": [
                {"orderLine": {"id": translate.line_id(line)}, "quantity": units}
                for line, units in parcel.units.items()
            ],
            "isGoodToGo": True,
            "isPaid": paid,
            "capture": translate.payment(body) != "captured",
            "shipmentInfo": _info(parcel),
            "additionalMessage": parcel.parcel,
        }
        try:
            told = await self._written(
                wire.CREATE_SHIPMENT, {"input": given}, order, "create shipment"
            )
        except TimedOut:
            self._unsure[order] = self._clock.now()
            raise
        self._unsure.pop(order, None)
        return told.shipment or wire.Shipment(0, is_completed=True)

    async def _captured(self, order: str, made: wire.Shipment) -> wire.Shipment:
        """A capture that failed is a mere warning beside a shipment: it is tried by itself."""
        try:
            told = await self._shop.write(wire.CAPTURE, {"id": made.id}, ORDERS, "capture")
        except Refused as refused:
            raise Blocked(refused.what, refused.why, status=200, code="capture_failed") from None
        made = told.shipment or made
        if not (made.is_captured or made.is_paid):
            raise Blocked("centra capture", "not captured yet", status=200, code="capture_failed")
        return made

    async def _written(
        self, document: str, given: wire.Variables, order: str, what: str
    ) -> wire.Payload:
        """A refusal while the order is on hold is none for good."""
        try:
            return await self._shop.write(document, given, ORDERS, what)
        except Refused as refused:
            if refused.code != "user_error" or not (await self._shop.whole(order)).is_on_hold:
                raise
            why = f"the order is on hold: {refused.why}"
            raise Blocked(refused.what, why, status=200, code="update_blocked") from None


def _of(body: wire.Order, parcel: ConfirmParcel) -> wire.Shipment | None:
    """The shipment that an earlier attempt made of a parcel."""
    for shipment in body.shipments:
        if parcel.parcel and shipment.additional_message == parcel.parcel:
            return shipment
    return None


def _info(parcel: ConfirmParcel) -> dict[str, Any]:
    told = {"carrier": parcel.carrier, "trackingNumber": parcel.tracking}
    return {name: value for name, value in told.items() if value}
