"""Query predicates: what each form finds, and what is refused in the vendor's words."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.commercetools.shop import Json, Shop

from peakproof_simulators.commercetools.payloads.inventory import InventoryEntry
from peakproof_simulators.commercetools.predicates import plan, syntax
from peakproof_simulators.commercetools.predicates.compiled import Compiler
from peakproof_simulators.commercetools.predicates.shapes import Shape


@pytest.fixture(scope="module")
def stocked() -> Shop:
    """A, B, C … with 1, 2, 3 … on stock; some with keys, channels, dates and custom fields."""
    shop = Shop()
    fields = [
        {"type": {"name": kind}, "name": name, "label": {}, "required": False}
        for kind, name in (("String", "aisle"), ("Set", "tags"), ("Boolean", "cold"))
    ]
    shop.post(
        "types",
        {"key": "bin", "name": {}, "resourceTypeIds": ["inventory-entry"],
         "fieldDefinitions": fields},
    )  # fmt: skip
    for number, sku in enumerate("ABCDEF", start=1):
        shop.run(1)
        draft: Json = {"sku": sku, "quantityOnStock": number, "key": f"key-{sku}"}
        if sku in "AB":
            draft["supplyChannel"] = {"key": "W1"}
        if sku in "CD":
            draft["restockableInDays"] = number
            draft["expectedDelivery"] = f"2026-12-0{number}T00:00:00Z"
        if sku in "EF":
            own = {"aisle": sku.lower(), "tags": ["x", sku], "cold": sku == "E"}
            draft["custom"] = {"type": {"key": "bin"}, "fields": own}
        assert shop.post("inventory", draft).status == 201
    return shop


def find(shop: Shop, where: Any, **more: Any) -> str:
    answer = shop.get("inventory", where=where, sort="sku asc", **more)
    assert answer.status == 200, answer.body
    return "".join(one["sku"] for one in answer["results"] if len(one["sku"]) == 1)


FINDS: list[tuple[str, str]] = [
    ('sku="B"', "B"),
    ('sku = "B"', "B"),
    ('  sku\n=\t"B"  ', "B"),
    ('sku != "B" and quantityOnStock < 4', "AC"),
    ('sku <> "B" and quantityOnStock < 4', "AC"),
    ("quantityOnStock < 3", "AB"),
    ("quantityOnStock <= 3", "ABC"),
    ("quantityOnStock > 5", "F"),
    ("quantityOnStock >= 5 and availableQuantity <= 6", "EF"),
    ("quantityOnStock = 2.5", ""),
    ("quantityOnStock > 1.5 and quantityOnStock < 3", "B"),
    ("quantityOnStock = -1", ""),
    ('sku > "D" and sku < "TEA"', "EF"),
    ('sku in ("A", "C", "none")', "AC"),
    ('sku in ("A")', "A"),
    ('sku not in ("A", "C") and quantityOnStock < 4', "B"),
    ("quantityOnStock in (1, 6)", "AF"),
    ('sku="A" or sku="F"', "AF"),
    ('sku="A" or sku="F" and quantityOnStock=6', "AF"),
    ('(sku="A" or sku="F") and quantityOnStock=6', "F"),
    ('not(sku="A") and quantityOnStock < 3', "B"),
    ('not (not (sku="A"))', "A"),
    ('supplyChannel is not defined and sku in ("A","C")', "C"),
    ('supplyChannel is defined and sku in ("A","C")', "A"),
    ("restockableInDays is defined", "CD"),
    ("custom is empty and restockableInDays is not defined and quantityOnStock < 5", "AB"),
    ("custom is not empty", "EF"),
    ("custom(fields(tags is not empty))", "EF"),
    ('custom(fields(aisle="e"))', "E"),
    ("custom(fields(cold=true))", "E"),
    ("custom(fields(cold=false))", "F"),
    ('custom(fields(tags contains any ("E", "Z")))', "E"),
    ('custom(fields(tags contains all ("x", "F")))', "F"),
    ('custom(fields(tags contains all ("x", "Z")))', ""),
    ('custom(fields(tags="x"))', "EF"),
    ('custom(fields(tags in ("F")))', "F"),
    ('custom(fields(aisle matches ignore case "E"))', "E"),
    ('sku matches ignore case "b"', "B"),
    ('`sku`="B"', "B"),
    ('expectedDelivery > "2026-12-03T00:00:00Z"', "D"),
    ('expectedDelivery >= "2026-12-03T01:00:00+01:00"', "CD"),
    ('expectedDelivery = "2026-12-03"', "C"),
    ('createdAt > "2026-11-27T06:00:04.000Z"', "EF"),
    ('createdAt >= "2026-11-27T06:00:04Z" and sku < "TEA"', "DEF"),
    ('lastModifiedAt <= "2026-11-27T06:00:02.000Z" and quantityOnStock < 3', "AB"),
    ("version = 1 and quantityOnStock = 1", "A"),
    ('key="key-C"', "C"),
    ('key in ("key-C", "key-D") and quantityOnStock = 4', "D"),
    ('sku="\\u0041"', "A"),
    ('sku="a\\"b"', ""),
]


@pytest.mark.parametrize(("where", "skus"), FINDS)
def test_a_predicate_finds(stocked: Shop, where: str, skus: str) -> None:
    assert find(stocked, where) == skus


@pytest.mark.parametrize(("where", "skus"), FINDS)
def test_an_index_never_changes_what_is_found(stocked: Shop, where: str, skus: str) -> None:
    """The same predicate without any index or shortcut: asked of every entry."""
    ask = Compiler(Shape("object", structs=(InventoryEntry,)), {}).whole(syntax.parse(where))
    every = stocked.project.entries.by_id.values()
    found = "".join(sorted(one.sku for one in every if len(one.sku) == 1 and ask(one)))
    assert found == skus


def test_several_predicates_must_all_hold(stocked: Shop) -> None:
    assert find(stocked, ['sku in ("A","B")', "quantityOnStock > 1"]) == "B"


def test_a_channel_is_found_by_its_id_together_with_the_sku(stocked: Shop) -> None:
    channel = stocked.channel("W1")
    assert find(stocked, f'sku="A" and supplyChannel(id="{channel}")') == "A"
    assert find(stocked, f'supplyChannel(id="{channel}" and typeId="channel")') == "AB"
    assert find(stocked, f'sku="C" and supplyChannel(id="{channel}")') == ""


def test_variables_take_the_place_of_values(stocked: Shop) -> None:
    assert find(stocked, "sku = :sku", var_sku="B") == "B"
    assert find(stocked, "sku in :skus", var_skus=["A", "C"]) == "AC"
    assert find(stocked, "sku in (:one, :two)", var_one="A", var_two="D") == "AD"
    assert find(stocked, "quantityOnStock > :n", var_n="5") == "F"
    assert find(stocked, 'quantityOnStock > :n and sku < "TEA"', var_n="4.5") == "EF"
    assert find(stocked, "custom(fields(cold = true)) and sku = :sku", var_sku="E") == "E"
    assert find(stocked, "expectedDelivery > :d", var_d="2026-12-03") == "D"
    channel = stocked.channel("W1")
    assert find(stocked, "supplyChannel(id = :c)", var_c=channel) == "AB"


def test_a_circle_is_drawn_on_the_globe(shop: Shop) -> None:
    for key, place in (("London", [-0.1276, 51.5072]), ("Leeds", [-1.5491, 53.8008])):
        shop.post("channels", {"key": key, "geoLocation": {"type": "Point",
                                                           "coordinates": place}})  # fmt: skip

    def within(radius: int) -> list[str]:
        where = f"geoLocation within circle(-0.1276, 51.5072, {radius})"
        return [one["key"] for one in shop.get("channels", where=where)["results"]]

    assert within(1000) == ["London"]
    assert within(272_000) == ["London"]
    assert within(274_000) == ["London", "Leeds"]


def test_fields_of_arrays_fit_when_any_element_does(shop: Shop) -> None:
    shop.order(shop.line("TEE"), shop.line("SOCKS", 2, ""))
    for where, total in (
        ('lineItems(variant(sku="SOCKS"))', 1),
        ('lineItems(variant(sku="SOCKS") and quantity=2)', 1),
        ('lineItems(variant(sku="SOCKS") and quantity=1)', 0),
        ("lineItems is not empty", 1),
        ("returnInfo is empty", 1),
        ('shippingAddress(country="GB")', 1),
        ('totalPrice(currencyCode="GBP" and centAmount > 1000)', 1),
        ('totalPrice(type="centPrecision")', 1),
        ('lineItems(name(en="Socks"))', 1),
    ):
        assert shop.get("orders", where=where)["total"] == total, where


UNKNOWN = "Malformed parameter: where: The field '{}' does not exist."
BROKEN: list[tuple[str, str]] = [
    ("slug=\"x\"", UNKNOWN.format("slug")),
    ('supplyChannel(name="x")', UNKNOWN.format("name")),
    ('sku(en="x")', UNKNOWN.format("en")),
    (
        "invalid",
        "Malformed parameter: where: Syntax error while parsing 'where'. Unexpected end of "
        "input, expected SphereIdentifierChar, comparison operator, not, in, contains, is, "
        "within or matches (line 1, column 8):\ninvalid\n       ^",
    ),
    (
        'sku ilike "x"',
        "Malformed parameter: where: Syntax error while parsing 'where'. Invalid input 'ilike', "
        "expected SphereIdentifierChar, comparison operator, not, in, contains, is, within or "
        'matches (line 1, column 5):\nsku ilike "x"\n    ^',
    ),
]  # fmt: skip


@pytest.mark.parametrize(("where", "text"), BROKEN)
def test_the_vendors_words_for_a_broken_predicate(shop: Shop, where: str, text: str) -> None:
    answer = shop.get("inventory", where=where)
    assert (answer.status, answer.code, answer["message"]) == (400, "InvalidInput", text)
    assert shop.head("inventory", where=where) == 400


@pytest.mark.parametrize(
    "where",
    [
        "", " ", "(", "sku", "sku=", 'sku="A" and', 'sku="A" or or sku="B"', "not sku", 'sku "A"',
        "sku is", "sku is nice", "sku in", "sku in ()", 'sku in "A"', 'sku contains ("A")',
        "sku within square(1)", "sku within circle(1, 2)", 'sku matches case "a"', 'sku="A',
        "=1", 'sku="A")', "sku=#", "sku=:", 'sku not "A"', "quantityOnStock=" + "9" * 60,
        "sku=1", 'quantityOnStock="1"', 'createdAt="yesterday"', "createdAt=1", "sku=:missing",
        "custom=1", 'custom(fields="x")', "(" * 80 + 'sku="A"' + ")" * 80,
    ],
)  # fmt: skip
def test_whatever_does_not_fit_is_refused(shop: Shop, where: str) -> None:
    answer = shop.get("inventory", where=where)
    assert (answer.status, answer.code) == (400, "InvalidInput")
    assert answer["message"].startswith("Malformed parameter: where: ")


def test_a_caret_points_at_the_line_that_is_wrong(shop: Shop) -> None:
    answer = shop.get("inventory", where='sku="A"\nand quantityOnStock')
    assert "(line 2, column 20):\nand quantityOnStock\n                   ^" in answer["message"]


def test_a_lower_bound_of_ids_takes_in_the_bound_only_where_it_says_so(shop: Shop) -> None:
    first, second, *_ = sorted(shop.project.entries.by_id)
    for where, least in ((f'id >= "{first}"', first), (f'id > "{first}"', second)):
        found = shop.get("inventory", where=where, sort="id asc")["results"]
        assert found[0]["id"] == least


def test_the_cheapest_way_is_chosen() -> None:
    """A look-up by SKU reads what has that SKU, however large the collection is."""
    shop = Shop()
    for number in range(300):
        shop.post("inventory", {"sku": f"X-{number}", "quantityOnStock": number})

    def looks_at(*where: str) -> int:
        nodes = [syntax.parse(text) for text in where]
        chosen = plan.plan(shop.project.entries, nodes, {}, by_id=False)
        return len(list(chosen.resources))

    channel = shop.channel("W1")
    assert looks_at('sku="X-7"') == 1
    assert looks_at('sku in ("X-7", "X-8", "X-7")') == 2
    assert looks_at(f'sku="X-7" and supplyChannel(id="{channel}")') == 1
    assert looks_at(f'supplyChannel(id="{channel}")', 'sku="TEE"') == 1
    assert looks_at('sku="none"') == 0
    assert looks_at("quantityOnStock > 1") == 303
    assert looks_at('sku="X-7" or sku="X-8"') == 303
    last = max(shop.project.entries.by_id)
    assert looks_at(f'id > "{last}"') == 0
    assert looks_at(f'id >= "{last}"') == 1
    assert looks_at(f'id = "{last}"') == 1
    shop.run(5)
    shop.act(f"inventory/{shop.entry('TEE')['id']}", {"action": "addQuantity", "quantity": 1})
    assert looks_at('lastModifiedAt >= "2026-11-27T06:00:05.000Z"') == 1
