"""The PyPI client ``commercetools``, unchanged, against the fake over loopback HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.contract.commercetools.loopback import Loopback
from tests.contract.commercetools.shop import Shop

commercetools = pytest.importorskip("commercetools")

pytestmark = [
    pytest.mark.slow,
    # The client's marshmallow schemas use ways of marshmallow that are being phased out.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*marshmallow.*"),
]


class Forgetful:
    """Keeps no token: the client's own keeper hands one fake's token to the next fake."""

    def add_token(self, *_: object) -> None:
        """Take note of nothing."""

    def get_token(self, *_: object) -> None:
        """Remember nothing."""


@pytest.fixture
def served() -> Iterator[Loopback]:
    with Loopback(Shop()) as loopback:
        yield loopback


@pytest.fixture
def project(served: Loopback, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The client's entry to the project, logged in."""
    from commercetools.platform.client import Client  # noqa: PLC0415

    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    held = served.shop.service.credentials
    client: Any = Client(  # type: ignore[no-untyped-call]  # the client has no types here
        client_id=held["client_id"],
        client_secret=held["client_secret"],
        scope=[held["scope"]],
        url=served.url,
        token_url=served.url,
        token_saver=Forgetful(),
    )
    yield client.with_project_key(served.shop.key)
    client._http_client.close()  # it has no way of its own to end its connections


def test_the_client_reads_writes_and_pages(served: Loopback, project: Any) -> None:
    from commercetools.platform import models  # noqa: PLC0415

    def add(number: int) -> Any:
        draft = models.InventoryEntryDraft(sku=f"X-{number:02}", quantity_on_stock=number)
        return project.inventory().post(body=draft)

    made = [add(number) for number in range(45)][-1]
    assert (made.version, made.available_quantity) == (1, 44)
    one = project.inventory().with_id(made.id).get()
    assert (one.sku, one.created_at) == ("X-44", made.created_at)
    change = models.InventoryEntryChangeQuantityAction(quantity=7)
    after = (
        project.inventory()
        .with_id(made.id)
        .post(body=models.InventoryEntryUpdate(version=1, actions=[change]))
    )
    assert (after.version, after.quantity_on_stock) == (2, 7)
    seen: list[str] = []
    last = ""
    while True:
        where = ['sku > "X"'] + ([f'id > "{last}"'] if last else [])
        page = project.inventory().get(where=where, sort=["id asc"], limit=20, with_total=False)
        assert page.total is None
        if not page.results:
            break
        seen += [entry.sku for entry in page.results]
        last = page.results[-1].id
    assert sorted(seen) == [f"X-{number:02}" for number in range(45)]
    first = project.inventory().get(where=["sku = :sku"], predicate_var={"sku": ["X-07"]})
    assert (first.total, first.results[0].quantity_on_stock) == (1, 7)
    assert served.shop.stock("X-44", "") == (7, 7)


def test_the_client_understands_refusals_and_conflicts(served: Loopback, project: Any) -> None:
    from commercetools.exceptions import CommercetoolsError  # noqa: PLC0415
    from commercetools.platform import models  # noqa: PLC0415

    entry = project.inventory().get(where=['sku="TEE"'], limit=1).results[0]
    channel = models.ChannelResourceIdentifier(id=entry.supply_channel.id)
    twin = models.InventoryEntryDraft(sku="TEE", quantity_on_stock=1, supply_channel=channel)
    with pytest.raises(CommercetoolsError) as refused:
        project.inventory().post(body=twin)
    assert refused.value.code == "DuplicateField"
    assert str(refused.value.correlation_id).startswith(served.shop.key)
    update = models.InventoryEntryUpdate(
        version=9, actions=[models.InventoryEntryAddQuantityAction(quantity=1)]
    )
    with pytest.raises(CommercetoolsError) as conflict:
        project.inventory().with_id(entry.id).post(body=update)
    assert conflict.value.code == "ConcurrentModification"
    assert conflict.value.errors[0]["currentVersion"] == entry.version
    with pytest.raises(CommercetoolsError) as wrong:
        project.inventory().get(where=["sku"])
    assert wrong.value.code == "InvalidInput"
    assert project.inventory().with_id("none").get() is None
    assert project.inventory().with_key("none").get() is None
    assert served.shop.stock("TEE") == (10, 10)


def test_the_client_forces_a_version_blindly_when_told_to(served: Loopback, project: Any) -> None:
    """A 200 after a 409 says nothing: the client re-sent the same write."""
    from commercetools.platform import models  # noqa: PLC0415

    entry = served.shop.entry("TEE")
    served.shop.act(f"inventory/{entry['id']}", {"action": "removeQuantity", "quantity": 4})
    update = models.InventoryEntryUpdate(
        version=1, actions=[models.InventoryEntryChangeQuantityAction(quantity=10)]
    )
    after = (
        project.inventory().with_id(entry["id"]).post(body=update, options={"force_version": True})
    )
    assert (after.version, after.quantity_on_stock) == (3, 10)
    statuses = [status for name, status in served.application.statuses
                if name == "inventory.update"]  # fmt: skip
    assert statuses == [409, 200]


def test_a_fault_of_the_wire_reaches_the_client_as_the_vendors(
    served: Loopback, project: Any
) -> None:
    from commercetools.exceptions import CommercetoolsError  # noqa: PLC0415
    from commercetools.platform import models  # noqa: PLC0415

    served.faults.append(served.shop.service.refusal(500, {}))
    draft = models.InventoryEntryDraft(sku="NEW", quantity_on_stock=1)
    with pytest.raises(CommercetoolsError) as fault:
        project.inventory().post(body=draft)
    assert fault.value.code == "General"
    assert project.inventory().post(body=draft).sku == "NEW"
    served.faults.append(served.shop.service.refusal(429, {"retry-after": "1"}))
    other = models.InventoryEntryDraft(sku="LOST", quantity_on_stock=1)
    with pytest.warns(UserWarning, match="429"):
        assert project.inventory().post(body=other) is None, "silently lost: the client's way"
    assert served.shop.get("inventory", where='sku="LOST"')["total"] == 0


def test_an_order_goes_all_the_way_through_the_client(served: Loopback, project: Any) -> None:
    from commercetools.platform import models  # noqa: PLC0415

    shop = served.shop
    channel = models.ChannelResourceIdentifier(key="W1")
    cart = project.carts().post(
        body=models.CartDraft(
            currency="GBP",
            country="GB",
            inventory_mode=models.InventoryMode.RESERVE_ON_ORDER,
            shipping_address=models.BaseAddress(country="GB"),
            line_items=[models.LineItemDraft(sku="TEE", quantity=2, supply_channel=channel)],
        )
    )
    assert cart.total_price.cent_amount == 2400
    shipped = shop.act(f"carts/{cart.id}", {
        "action": "setCustomShippingMethod", "shippingMethodName": "Van",
        "shippingRate": {"price": {"centAmount": 0, "currencyCode": "GBP"}}})  # fmt: skip
    order = project.orders().post(
        body=models.OrderFromCartDraft(
            cart=models.CartResourceIdentifier(id=cart.id),
            version=shipped["version"],
            order_number="P-1",
        )
    )
    assert order.order_state == models.OrderState.OPEN
    line = order.line_items[0].id
    parcel = models.ParcelDraft(tracking_data=models.TrackingData(tracking_id="T-1"))
    item = models.DeliveryItem(id=line, quantity=2)
    updated = (
        project.orders()
        .with_order_number("P-1")
        .post(
            body=models.OrderUpdate(
                version=order.version,
                actions=[
                    models.OrderChangeOrderStateAction(order_state=models.OrderState.CONFIRMED),
                    models.OrderAddDeliveryAction(items=[item], parcels=[parcel]),
                    models.OrderChangeShipmentStateAction(
                        shipment_state=models.ShipmentState.SHIPPED
                    ),
                ],
            )
        )
    )
    assert updated.version == 4
    delivery = updated.shipping_info.deliveries[0]
    assert delivery.parcels[0].tracking_data.tracking_id == "T-1"
    told = [one["type"] for one in shop.messages() if one["resource"]["id"] == order.id]
    assert told == [
        "OrderCreated", "OrderStateChanged", "DeliveryAdded", "ParcelAddedToDelivery",
        "OrderShipmentStateChanged",
    ]  # fmt: skip
    with pytest.raises(ValueError, match="Could not find discriminator schema OrderCreated"):
        project.messages().get(where=[f'resource(id="{order.id}")'])  # the client knows none
    assert shop.cell("TEE") == (8, 8)
