"""Pages, sorting, totals, expansion, and answers that are older than the truth."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.commercetools.shop import Answer, Json, Shop

from peakproof_simulators.kit.seed import Seed, SeedLevel, SeedPlace


@pytest.fixture(scope="module")
def full() -> Shop:
    """1,200 entries, S-0000 … S-1199, with the number modulo 7 on stock."""
    levels = tuple(SeedLevel(f"S-{n:04}", "W1", n % 7) for n in range(1200))
    return Shop(filling=Seed(places=(SeedPlace("W1", "W"),), levels=levels))


def skus(answer: Answer) -> list[str]:
    return [one["sku"] for one in answer["results"]]


def test_a_page_has_20_unless_asked_otherwise(full: Shop) -> None:
    answer = full.get("inventory")
    assert (answer["limit"], answer["offset"], answer["count"], answer["total"]) == (
        20, 0, 20, 1200,
    )  # fmt: skip
    assert len(answer["results"]) == 20
    assert full.keys == [f"stock:S-{n:04}@W1" for n in range(20)]


@pytest.mark.parametrize(("limit", "count"), [(0, 0), (1, 1), (500, 500)])
def test_the_limit_is_kept(full: Shop, limit: int, count: int) -> None:
    answer = full.get("inventory", limit=limit)
    assert (answer["limit"], answer["count"], answer["total"]) == (limit, count, 1200)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({"limit": 501}, "limit: The limit parameter must be in the range of [0..500]"),
        ({"limit": -1}, "limit: The limit parameter must be in the range of [0..500]"),
        ({"offset": 10001}, "offset: The offset parameter must be in the range of [0..10000]"),
        ({"offset": -1}, "offset: The offset parameter must be in the range of [0..10000]"),
        ({"limit": "x"}, "limit: The value 'x' is not a number."),
        ({"limit": "9" * 30}, f"limit: The value '{'9' * 30}' is not a number."),
        ({"withTotal": "maybe"}, "withTotal: The value 'maybe' is not true or false."),
        ({"sort": "moon asc"}, "sort: The field 'moon' does not exist."),
        ({"sort": "sku up"}, "sort: Syntax error while parsing 'sort': 'sku up'."),
        ({"sort": ""}, "sort: Syntax error while parsing 'sort': ''."),
        ({"sort": "supplyChannel"}, "sort: The field 'supplyChannel' cannot be sorted by."),
        ({"expand": ""}, "expand: The value '' is not an expansion path."),
        ({"page": 2}, "page: This endpoint has no such parameter."),
    ],
)
def test_a_parameter_that_cannot_be_is_refused(full: Shop, query: Json, text: str) -> None:
    answer = full.get("inventory", **query)
    assert (answer.status, answer.code) == (400, "InvalidInput")
    assert answer["message"] == f"Malformed parameter: {text}"


def test_unknown_parameters_can_be_ignored() -> None:
    shop = Shop(unknown_parameters="ignore")
    assert shop.get("inventory", page=2).status == 200
    entry = shop.entry("TEE")
    assert shop.get(f"inventory/{entry['id']}", page=2).status == 200
    strict = Shop()
    assert strict.get(f"inventory/{strict.entry('TEE')['id']}", page=2).code == "InvalidInput"


def test_offset_and_limit_walk_through_everything_once(full: Shop) -> None:
    pages = [
        skus(full.get("inventory", limit=500, offset=offset, sort="sku asc"))
        for offset in range(0, 1300, 500)
    ]
    assert [len(page) for page in pages] == [500, 500, 200]
    assert [sku for page in pages for sku in page] == [f"S-{n:04}" for n in range(1200)]


@pytest.mark.parametrize("more", [{}, {"where": "quantityOnStock >= 0"}])
def test_paging_by_id_walks_through_everything_once(full: Shop, more: Json) -> None:
    """As the vendor's clients page: ``id > last``, sorted by id, without a total."""
    seen: list[str] = []
    last = ""
    while True:
        where = [f'id > "{last}"'] if last else []
        where += [more["where"]] if more else []
        answer = full.get("inventory", limit=500, sort="id asc", withTotal="false", where=where)
        assert "total" not in answer.body
        if not answer["results"]:
            break
        ids = [one["id"] for one in answer["results"]]
        assert ids == sorted(ids)
        seen += skus(answer)
        last = ids[-1]
    assert sorted(seen) == [f"S-{n:04}" for n in range(1200)]


def test_the_total_counts_what_fits(full: Shop) -> None:
    answer = full.get("inventory", where="quantityOnStock = 0", limit=3)
    assert (answer["count"], answer["total"]) == (3, 172)
    none = full.get("inventory", where='sku="none"')
    assert (none["count"], none["total"], none["results"]) == (0, 0, [])


def test_sorting_by_several_fields(full: Shop) -> None:
    answer = full.get("inventory", sort=["quantityOnStock desc", "sku asc"], limit=2, offset=170)
    assert skus(answer) == ["S-1196", "S-0005"]
    assert [one["quantityOnStock"] for one in answer["results"]] == [6, 5]
    down = full.get("inventory", sort="sku desc", limit=2)
    assert skus(down) == ["S-1199", "S-1198"]
    plain = full.get("inventory", sort="sku", limit=1)
    assert skus(plain) == ["S-0000"]


def test_sorting_by_a_field_inside_and_what_lacks_it_comes_last(shop: Shop) -> None:
    channels = {key: shop.channel(key) for key in ("W1", "S1")}
    for order in ("asc", "desc"):
        answer = shop.get("inventory", sort=f"supplyChannel.id {order}")
        seen = [one.get("supplyChannel", {}).get("id") for one in answer["results"]]
        expected = sorted(channels.values(), reverse=order == "desc")
        assert seen == [*expected, None]


@pytest.mark.parametrize("path", ["inventory", "orders", "carts", "payments", "channels",
                                  "products", "product-types", "types", "states",
                                  "subscriptions", "extensions", "messages"])  # fmt: skip
def test_every_collection_is_queried_in_the_same_way(shop: Shop, path: str) -> None:
    answer = shop.get(path, limit=1, offset=1, sort="createdAt desc", where='id > "0"')
    assert answer.status == 200
    assert answer["total"] >= answer["count"]
    assert shop.head(path, where='id = "none"') == 404
    assert shop.get(f"{path}/none").status == 404
    assert shop.head(f"{path}/none") == 404


# --- expansion -----------------------------------------------------------------------------


def test_references_are_written_out_on_demand(shop: Shop) -> None:
    payment = shop.pay()
    order = shop.order()
    path = f"orders/{order['id']}"
    shop.act(path, {"action": "addPayment", "payment": {"id": payment["id"]}})
    plain = shop.get(path)
    assert "obj" not in plain["paymentInfo"]["payments"][0]
    paths = ["paymentInfo.payments[*]", "lineItems[*].supplyChannel", "lineItems[*].state[*].state"]
    full = shop.get(path, expand=paths)
    assert full["paymentInfo"]["payments"][0]["obj"] == shop.get(f"payments/{payment['id']}").body
    line = full["lineItems"][0]
    assert line["supplyChannel"]["obj"]["key"] == "W1"
    assert line["state"][0]["state"]["obj"]["key"] == "Initial"
    listed = shop.get("orders", expand=["cart", "cart.paymentInfo.payments[*]"])
    assert listed["results"][0]["cart"]["obj"]["cartState"] == "Ordered"
    same = shop.get(path, expand=["moon", "lineItems.moon.x", "orderNumber.x"])
    assert same.body == plain.body, "a path that leads nowhere changes nothing"
    done = shop.post(path, {"version": 2, "actions": []}, expand="cart")
    assert done["cart"]["obj"]["id"] == order["cart"]["id"]


# --- what lags behind ----------------------------------------------------------------------


def set_stock(shop: Shop, units: int) -> None:
    entry = shop.project.entries.one(("sku",), "TEE")
    assert entry is not None
    body = {
        "version": entry.version, "actions": [{"action": "changeQuantity", "quantity": units}],
    }  # fmt: skip
    assert shop.post(f"inventory/{entry.id}", body).status == 200


def seen(shop: Shop, **query: Any) -> list[int]:
    return [one["quantityOnStock"] for one in shop.get("inventory", **query)["results"]]


def test_a_stale_query_shows_the_past_and_a_read_by_id_the_present(shop: Shop) -> None:
    shop.run(10)
    set_stock(shop, 50)
    shop.run(5)
    set_stock(shop, 60)
    shop.run(5)
    entry = shop.project.entries.one(("sku",), "TEE")
    assert entry is not None
    for lag, units in ((0.0, 60), (4.0, 60), (6.0, 50), (11.0, 10)):
        shop.stale_s = lag
        where = f'sku="TEE" and supplyChannel(id="{shop.channel("W1")}")'
        assert seen(shop, where=where) == [units], lag
        assert shop.get(f"inventory/{entry.id}")["quantityOnStock"] == 60


def test_a_stale_query_asks_the_past_not_the_present(shop: Shop) -> None:
    shop.run(10)
    set_stock(shop, 50)
    shop.run(1)
    shop.stale_s = 5
    assert seen(shop, where="quantityOnStock = 50") == []
    assert seen(shop, where="quantityOnStock = 10") == [10]
    assert shop.get("inventory", where="quantityOnStock = 10")["total"] == 1
    entry = shop.project.entries.one(("sku",), "TEE")
    assert entry is not None
    assert shop.head("inventory", where="quantityOnStock = 50") == 404


def test_what_is_new_is_not_there_yet_and_what_is_gone_still_is(shop: Shop) -> None:
    shop.run(10)
    shop.post("inventory", {"sku": "MUG", "quantityOnStock": 1})
    entry = shop.entry("SOCKS", "")
    shop.delete(f"inventory/{entry['id']}", version=1)
    shop.run(1)
    shop.stale_s = 5
    assert shop.get("inventory", where='sku="MUG"')["total"] == 0
    assert shop.get("inventory", where='sku="SOCKS"')["results"] == [entry]
    assert shop.get("inventory")["total"] == 3
    shop.stale_s = 0
    assert shop.get("inventory")["total"] == 3
    assert shop.get("inventory", where='sku="SOCKS"')["total"] == 0


def test_queries_can_always_lag() -> None:
    shop = Shop(query_lag_s=5)
    shop.run(20)
    set_stock(shop, 50)
    where = 'sku="TEE" and quantityOnStock > 3'
    assert seen(shop, where=where) == [10]
    shop.run(6)
    assert seen(shop, where=where) == [50]
